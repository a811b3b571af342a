"""Fixtures shared by the tests, small scenarios and their runs; and which worker runs what, and when."""

import os
import signal
import sys

import numpy as np
import pytest

import market
from market.scenario.schema import Scenario
from market.tables import Run

SAVED = [f"tests/views/{name}.py" for name in ("test_drawn", "test_plot_command", "test_results")]
"""What looks at one saved result of every kind: one worker makes them for all."""
COMPILING = [f"tests/economics/{name}.py" for name in ("test_choice", "test_response", "test_forward")]
"""What two workers begin with: each compiles about half of the loops, and later finds the other's half on disk."""
LONG = ["tests/experiments/test_experiments.py", *SAVED, "tests/test_cli.py", "tests/test_docs.py"]
LONG += ["tests/views/test_report.py", "tests/test_tutorial.py", "tests/test_signs.py"]
"""What takes longest, by measurement, and so begins before the others: else one worker would be idle at the end."""

for name in ("COLUMNS", "LINES"):  # which pytest-xdist gives its workers
    os.environ.pop(name, None)

SMALL = {"customers": 1500, "months": 30, "panel.size": 300}


def pytest_collection_modifyitems(items):
    """Put first what compiles, then what takes long; all else stays in its order."""
    places = {file: place for place, file in enumerate([*COMPILING, *LONG])}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give modules to workers whole, and those that share what takes long to make to the same one."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return "saved" if nodeid.partition("::")[0] in SAVED else super()._split_scope(nodeid)

    return Together(config, log) if config.getoption("dist") == "loadscope" else None


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
