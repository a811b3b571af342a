"""Fixtures shared by the tests: small scenarios and their runs."""

import os
import signal
import sys

import numpy as np
import pytest

import market
from market.scenario.schema import Scenario
from market.tables import Run

for name in ("COLUMNS", "LINES"):  # which pytest-xdist gives its workers
    os.environ.pop(name, None)

SMALL = {"customers": 1500, "months": 30, "panel.size": 300}


@pytest.fixture(autouse=True)
def strict_numpy():
    """Let NumPy raise where it would otherwise go on with a wrong number; underflow is no error."""
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        yield


@pytest.fixture(scope="session")
def small() -> Scenario:
    """Version 0.1's baseline, which has one product a generation, with few customers and a short horizon."""
    return market.load("single_line").vary(SMALL)


@pytest.fixture(scope="session")
def families() -> Scenario:
    """The baseline, which has bases, updates and tiers, with few customers and a short horizon."""
    return market.load("baseline").vary(SMALL)


@pytest.fixture(scope="session")
def small_run(small) -> Run:
    """One run of the small baseline."""
    return market.simulate(small, seed=1)


@pytest.fixture
def here(monkeypatch, capsys, tmp_path):
    """Run a program without a process of its own, in an empty folder: (status, output, errors)."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def call(program, *words):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", list(words))
        with pytest.raises(SystemExit) as end:
            program()
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    yield call
    for number, handler in handlers.items():
        signal.signal(number, handler)
