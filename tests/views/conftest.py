"""One saved result of every kind, of a small market, shared by the tests of views."""

import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from matplotlib.figure import Figure

from market.cli import main
from market.experiment import experiment
from market.studies.workers import crew

TINY = ("--set", "customers=300", "--set", "panel.size=20", "--set", "months=14")
PAIR = ("--workers", "1", "--replications", "2")
ASKED = {
    "run": ("run", "duopoly", *TINY),
    "sweep": (
        "sweep", "duopoly", *TINY, *PAIR, "--outcome", "labs_revenue",
        "--factor", "labs.*.overhead=0.2,0.4", "--factor", "labs.*.research=2,8.5",
    ),
    "comparison": ("compare", "duopoly", "monopoly", *TINY, *PAIR),
    "break-even": (
        "break-even", "labs.*.research", "duopoly", "--outcome", "labs_result", "--level", "-1e9",
        "--between", "0", "9", *TINY, *PAIR,
    ),
}  # fmt: skip


@experiment(seeds=2)
def asked(study):
    """Ask nothing that takes long."""
    study.table("numbers", pd.DataFrame({"number": [1.5, 2.5]}))
    study.figure("empty", Figure(figsize=(1, 1)))


def ends(program, *words):
    """Run a program in this process; what it ends with."""
    before, handlers = sys.argv, {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    sys.argv = list(map(str, words))
    try:
        with pytest.raises(SystemExit) as end:
            program()
    finally:
        sys.argv = before
        for number, handler in handlers.items():
            signal.signal(number, handler)
    return end.value.code


@pytest.fixture(scope="session")
def saved(tmp_path_factory):
    """A folder with one result of every kind in it, each named as its kind."""
    folder = tmp_path_factory.mktemp("results")
    with ThreadPoolExecutor(1) as pool, pytest.MonkeyPatch.context() as patch:  # a process takes longer to start
        patch.setattr("market.studies.engine.crew", lambda _, workers, *others: crew(pool, workers, *others))
        patch.setattr("market.views.plots.images", lambda *_: ({}, None))  # figures are drawn by the tests themselves
        for kind, words in ASKED.items():
            assert ends(main, "market", *words, "--out", folder / kind) in (0, None)
    assert ends(asked, "small.py", "--quick", "--out", folder / "experiment") in (0, None)
    return folder
