"""One saved result of every kind, of a small market, shared by the tests of views."""

import math
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from matplotlib.figure import Figure

from market.cli import main
from market.experiment import experiment
from market.studies.priors import PRIORS
from market.studies.targets import YEARS, forecasts, targets
from market.studies.workers import crew

TINY = ("--set", "customers=300", "--set", "panel.size=20", "--set", "months=14")
MYOPIC = ("--set", "labs.*.pricing.rule=best_response", *TINY)
"""For studies of many runs: looking ahead takes time."""
BASES = ("--set", "labs.*.tiers={}", "--set", "labs.*.updates=false", *TINY)
"""For Nash and cartel prices: those of many products take time."""
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
    "policies": (
        "policies", "duopoly", "--policy", "pricing.launch_scale=0.8,1", "--by-firm", "--workers", "1",
        "--replications", "4", *TINY,
    ),
    "tournament": (
        "tournament", "duopoly", "--pricing", "cost_plus", "--pricing", "list_price", "--pricing", "best_response",
        "--training", "cadence", "--finalists", "2", "--compared", "6", *PAIR, *BASES,
    ),
    "sensitivity": (
        "sensitivity", "duopoly", "--factor", "research", "--factor", "values", "--factor", "pricing",
        "--outcome", "labs_result", "--outcome", "labs_gross_margin", "--outcome", "open_token_share",
        "--trajectories", "2", "--samples", "4", "--each", "4", "--workers", "1", *MYOPIC,
    ),
    "verdict": ("verdict", "duopoly", "--worlds", "4", "--workers", "1", *TINY),
    "answers": ("answers", "--quick", "--claim", "11", "--claim", "12", "--workers", "1"),
    "hindcast": ("hindcast", "--customers", "200"),
    "exploitability": (
        "exploit", "duopoly", "--firm", "Alpha", "--of", "investment", "--workers", "1", "--replications", "4", *MYOPIC,
    ),
    "calibration": (
        "calibrate", "duopoly", "--until", "2024", "--factor", "research", "--factor", "overhead", "--factor", "unpaid",
        "--first", "24", "--each", "16", "--last", "48", "--workers", "1", *TINY,
    ),
}  # fmt: skip


@experiment(seeds=2)
def asked(study):
    """Ask nothing that takes long."""
    study.table("numbers", pd.DataFrame({"number": [1.5, 2.5]}))
    study.figure("empty", Figure(figsize=(1, 1)))


def supposed(_, worlds, reading, progress=None):
    """Moments in proportion to research and overhead, with luck: those of a market take too long to compute.

    One depends on nothing, and one is undefined where overhead is high.
    """
    known = {one.moment: (one.target, one.high - one.low) for year in YEARS for one in targets(year)}
    known |= {one.moment: (one.actual, one.high - one.low) for one in forecasts()}
    rows = []
    for point, changes in enumerate(worlds.design.points):
        shares = [PRIORS[name].levels.share(changes[f"labs.Alpha.{name}"]) for name in ("research", "overhead")]
        for seed in worlds.seeds:
            row = {"point": point, "seed": seed, "status": "ok", "error": None}
            for place, moment in enumerate(reading):
                target, width = known[moment]
                luck = (seed * 7 + place * 5) % 4 - 1.5
                row[moment] = target + width * ((shares[place % 2] - 0.3) * 2 + 0.1 * luck)
            row["leadership_changes@2024"] = math.nan if shares[1] > 0.45 else row["leadership_changes@2024"]
            rows.append(row)
    return pd.DataFrame(rows)


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
        patch.setattr("market.studies.hindcast.calibration.GRID", {})  # nothing is tried but the start
        for kind, words in ASKED.items():
            if kind == "calibration":
                patch.setattr("market.studies.engine.Engine.outcomes", supposed)
            assert ends(main, "market", *words, "--out", folder / kind) in (0, None)
    assert ends(asked, "small.py", "--quick", "--out", folder / "experiment") in (0, None)
    return folder
