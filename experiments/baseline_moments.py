"""Is the baseline right? Every moment of the evidence's targets beside the simulation's, with intervals over seeds.

A second table does the same without tiers, and a third without updates: which moments the baseline has them for. A
fourth shows what turnover does to switching, upgrading and the one-month price elasticity.

Full: 16 seeds of each, about six minutes. Quick: 2 seeds of the first with few customers.
"""

import pandas as pd

import market
from market.evidence import load
from market.experiment import Study, experiment
from market.studies.summary import means, summary
from market.studies.words import table_in_words

FIRST_PASS = {"labs_revenue@2024": (4.5e9, 2), "labs_revenue@2025": (19e9, 2), "frontier_price": (6.7, 2.23)}
"""Magnitudes to meet before any moment: a figure (calibration.csv: two labs and others; models.csv) and a factor."""
BESIDE = ["closed_price_at_open_frontier", "own_price_elasticity_long_run"]
"""Moments without a target of their own that the choice of tiers and turnover rests on."""
HABITS = ["vendor_switching", "upgraded_in_first_month", "own_price_elasticity_short_run"]
RETURNS = ["multiple", "release_multiple_low", "release_multiple_high"]
WITHOUT: dict[str, dict[str, object]] = {
    "tiers": {"labs.*.tiers": {}, "open_providers.*.tiers": {}},
    "updates": {"labs.*.updates": False, "open_providers.*.updates": False},
}
TURNOVER = (1.0, 0.1, 0.03, 0.01, 0.0)


def targets() -> pd.DataFrame:
    """The moments of the evidence, then the magnitudes of the first pass, with their bands."""
    known = load("targets")[["moment", "target", "low", "high"]].set_axis(["moment", "target", "from", "to"], axis=1)
    first = [(name, at, at / factor, at * factor) for name, (at, factor) in FIRST_PASS.items()]
    return pd.concat([known, pd.DataFrame(first, columns=known.columns)], ignore_index=True)


def beside_targets(runs: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Targets, bands and simulated means with intervals; `inside` says whether the mean is in its band."""
    table = means(runs, name="moment").merge(held, on="moment", how="left")
    inside = table["mean"].between(table["from"], table["to"])
    table["inside"] = inside.map({True: "yes", False: "NO"}).where(table["target"].notna(), "")
    money = table["moment"].str.startswith("labs_revenue")
    table.loc[money, ["target", "from", "to", "mean", "low", "high"]] /= 1e9
    table.loc[money, "moment"] += ", $bn"
    return table[["moment", "target", "from", "to", "mean", "low", "high", "inside", "n", "left_out"]]


def hold(study: Study, name: str, title: str, changes: dict[str, object]) -> None:
    """Show a baseline beside the evidence, and how many of its moments are inside."""
    held = targets()
    runs = study.read(market.load("baseline").vary(changes), [*held["moment"], *BESIDE])
    table = beside_targets(runs, held)
    study.table(name, table, title)
    fitted = table["moment"].map(load("targets").set_index("moment")["fitted"])
    inside = [(table.loc[fitted == used, "inside"] == "yes").tolist() for used in (True, False)]
    said = [f"{sum(one)} of the {len(one)}" for one in inside]
    study.say(f"{said[0]} moments that may be fitted and {said[1]} that are held out are inside their bands.")


@experiment(seeds=16, quick_seeds=2)
def baseline_moments(study: Study) -> None:
    """Hold the baseline against the evidence."""
    title = f"The baseline against the evidence: mean over {len(study.seeds)} seeds, 95% interval"
    hold(study, "moments", title, study.pick({}, {"customers": 500, "months": 36}))
    if study.quick:
        return
    for what, changes in WITHOUT.items():
        hold(study, f"moments_without_{what}", f"The same without {what}", changes)
    worlds = {turnover: market.load("baseline").vary({"demand.turnover": turnover}) for turnover in TURNOVER}
    runs = study.read(worlds, [*HABITS, *RETURNS], by="turnover")
    title = "What turnover does (evidence: 0.11 vendor switches a year, 0.45 upgraded in a month)"
    study.table("turnover", summary(runs, "turnover"), title, shown=table_in_words(runs, "turnover"))


if __name__ == "__main__":
    baseline_moments()
