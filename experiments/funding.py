"""Where money binds, how much cash labs burn, and whether labs that forecast their launches get them right.

Labs raise money from a capital market that prices growth. In several worlds under the same seeds: the cash labs burn
per dollar of revenue in 2025 (reported of the largest lab: 0.61), how often they raise and are refused, and in what
share of worlds a lab fails. Then labs that train on a hurdle: what launches of bases earn, in all tiers and with
their updates, over what was forecast, of each lab's first two and of later ones, when it has learned.

Full: 7 worlds and 3 kinds of expectations, 16 seeds each, about five minutes. Quick: 2 worlds and 2 kinds, 2 seeds.
"""

import market
from market.evidence import load
from market.experiment import Study, experiment
from market.measures.cash import burn
from market.measures.forecasts import earned_over_forecast
from market.measures.outcomes import SHARE
from market.studies.words import in_words, table_in_words
from market.tables import Run

WORLDS: dict[str, tuple[str, dict[str, object]]] = {
    "baseline": ("baseline", {}),
    "open to all": ("full_open_access", {}),
    "costs fourfold a year": ("baseline", {"labs.*.training.growth": 4.0}),
    "costs threefold a year": ("baseline", {"labs.*.training.growth": 3.0}),
    "two labs": ("duopoly", {}),
    "eight labs": ("eight_labs", {}),
    "nothing in kind": ("baseline", {"capital.in_kind": 0.0}),
}
FAILED = "worlds with a failure"
KINDS = ("static", "adaptive", "trend")


def money(run: Run) -> dict[str, float]:
    """What money does in one run."""
    labs, year = list(run.scenario.labs), run.calendar.period("2025")
    count = run.events.loc[run.events["firm"].isin(labs), "kind"].value_counts()
    sold = run.companies[(run.companies["year"] == 2025) & run.companies["firm"].isin(labs)].set_index("firm")
    return {
        "burn": burn(run, labs, year),
        "burn of the largest": burn(run, sold["revenue"].nlargest(1).index, year),
        "raises per lab": count.get("raised", 0) / len(labs),
        "refusals": count.get("refused", 0),
        "failed labs": count.get("failed", 0),
        FAILED: float(count.get("failed", 0) > 0),
    }


def forecasts(run: Run) -> dict[str, float]:
    """What launches earned over what was forecast: medians of each lab's first two, and of the later ones."""
    table = earned_over_forecast(run)
    first_two = table["number"] < 2
    return {
        "first two launches": table.loc[first_two, "ratio"].median(),
        "later launches": table.loc[~first_two, "ratio"].median(),
    }


@experiment(seeds=16, quick_seeds=2)
def funding(study: Study) -> None:
    """Show where money binds."""
    size = study.pick({"customers": 8000, "panel.size": 800}, {"customers": 200, "panel.size": 20, "months": 38})
    chosen = study.pick(list(WORLDS), list(WORLDS)[:2])
    worlds = {world: market.load(WORLDS[world][0]).vary({**size, **WORLDS[world][1]}) for world in chosen}
    runs = study.read(worlds, money)
    title = "Money by world; burn is cash per dollar of revenue in 2025"
    study.table("money", runs, title, shown=table_in_words(runs, "world", units={FAILED: SHARE}))

    kinds = study.pick(KINDS, KINDS[:2])
    hurdle = {kind: {"labs.*.training": {"rule": "hurdle", "expectations": kind}} for kind in kinds}
    learning = {kind: worlds["baseline"].vary(changes) for kind, changes in hurdle.items()}
    launches = study.read(learning, forecasts, by="expectations")
    title = "What launches earn over what was forecast, labs that train on a hurdle"
    study.table("forecasts", launches, title, shown=table_in_words(launches, "expectations"))

    known = load("calibration").set_index(["parameter", "period"])["value"]
    reported = float(known["OpenAI_cash_burn", "FY2025"]) / float(known["OpenAI_revenue", "FY2025"])
    here, failures = runs[runs["world"] == "baseline"], runs.groupby("world", sort=False)[FAILED]
    by_seed = launches.groupby("seed").mean(numeric_only=True)  # kinds share their seed's luck
    study.say(
        f"Labs of the baseline burn {in_words(here['burn'])} of their revenue in cash in 2025, the largest "
        f"{in_words(here['burn of the largest'])} (reported of the largest: {reported:.2f}).\n"
        f"Share of worlds in which a lab fails: {'; '.join(f'{w} {in_words(p, unit=SHARE)}' for w, p in failures)}.\n"
        f"Launches earn {in_words(by_seed['first two launches'])} times their forecast at first, and "
        f"{in_words(by_seed['later launches'])} times it later."
    )


if __name__ == "__main__":
    funding()
