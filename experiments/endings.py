"""How does it end: models cannot get larger, models stop getting better, or a company turns a profit (claims 5, 6, 15).

Both limits strike in month 36. Each is known in advance or a surprise; labs follow their roadmap (cadence) or train
only when it pays (hurdle); with open weights as in the baseline, with none, and open to all customers. All is held
against the unlimited world under the same luck, over eight years. `market.measures.endings.ending` says what is read.

Full: 30 worlds, 6 seeds, three minutes. Quick: 6 worlds, 2 seeds.
"""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

import market
from market.experiment import Study, experiment
from market.measures.endings import ending, labs_results
from market.measures.outcomes import SHARE
from market.run import simulate
from market.studies.changes import Limits, limits
from market.studies.summary import means
from market.studies.words import in_short, in_words, table_in_words
from market.tables import Run
from market.views import plots

STRIKE, RULES = 36, ("cadence", "hurdle")
OPEN = {"as it is": {}, "none": {"open_providers": {}}, "open to all": {"segments.*.open_access": 1.0}}
UNLIMITED, SIZE, END = "no limit", "largest run, known", "capability ceiling, surprise"
TABLES = {
    "money": {
        "value": ",.0f", "worth": ",.0f", "overhang": ",.1f", "still lost": ",.0f", "without": ",.0f", "months": ".0f",
    },
    "the last year": {"revenue": ",.0f", "training": ",.0f", "result": ",.0f", "labs left": ".1f"},
    "profit for good": {"in profit": ".2f", "worlds": ".2f", "first year": ".0f", "its funding": ",.0f"},
}  # fmt: skip
SHARES = {"in profit": SHARE, "worlds": SHARE}


def read(run: Run, limited: Limits) -> pd.DataFrame:
    """How it ends in an unlimited world and in the limited ones under the same luck."""
    unlimited = labs_results(run)
    runs = {UNLIMITED: run} | {limit: simulate(run.scenario.vary(how), run.seed) for limit, how in limited.items()}
    return pd.DataFrame([{"limit": limit, **ending(one, unlimited, STRIKE)} for limit, one in runs.items()])


def answers(runs: pd.DataFrame) -> str:
    """Claims 5, 6 and 15 for one degree of open access, in sentences; money in $bn."""
    forms = {figure: form for table in TABLES.values() for figure, form in table.items()}
    words = table_in_words(runs, ["rule", "limit"], forms, SHARES).set_index(["rule", "limit"])
    road, pays = (words.loc[rule].to_dict() for rule in RULES)
    worlds = runs.set_index(["rule", "limit", "seed"]).sort_index()
    limited = worlds["worlds"].drop(index=UNLIMITED, level="limit").groupby(["rule", "limit"]).mean().groupby("rule")
    span = {rule: f"{part.min():.2f} to {part.max():.2f}" for rule, part in limited}

    def more(what: str) -> str:
        """How much more a figure is with a largest run than without, on the roadmap and when it pays."""
        road, pays = (in_words(worlds.loc[(r, SIZE), what] - worlds.loc[(r, UNLIMITED), what], ",.0f") for r in RULES)
        return f"{road} ({pays} when it pays)"

    return (
        f"Claim 5, models cannot get larger. On the roadmap training settles at {road['training'][SIZE]} a year, not "
        f"at {road['training'][UNLIMITED]}; in the last year labs earn {road['result'][SIZE]} on "
        f"{road['revenue'][SIZE]} instead of {road['result'][UNLIMITED]} on {road['revenue'][UNLIMITED]}. Their "
        f"results are worth {more('value')} more than without a limit; with what the capital market would pay at the "
        f"end the difference is {more('worth')}.\n"
        f"Claim 6, models stop getting better, by surprise. Labs that train when it pays have an overhang of "
        f"{pays['overhang'][END]}, still lose {pays['still lost'][END]} (in the same months without a limit "
        f"{pays['without'][END]}) and earn {pays['result'][END]} on {pays['revenue'][END]} in the last year. On the "
        f"roadmap the overhang is {road['overhang'][END]}, {road['still lost'][END]} is lost until the end (without a "
        f"limit {road['without'][END]}) and {road['labs left'][END]} labs are left.\n"
        f"Claim 15, some lab turns a profit for good within the run: without a limit in {road['worlds'][UNLIMITED]} of "
        f"worlds on the roadmap and {pays['worlds'][UNLIMITED]} if labs train when it pays; with a limit in "
        f"{span['cadence']} and {span['hurdle']}. On the roadmap to a largest run the first does in "
        f"{road['first year'][SIZE]} after {road['its funding'][SIZE]} of funding, in cash and in kind."
    )


def draw(runs: pd.DataFrame) -> Figure:
    """Labs' result over revenue by year: a panel for each rule, a line for each limit."""
    figure = Figure(figsize=(12, 4.5), layout="constrained")
    for axis, rule in zip(figure.subplots(1, len(RULES), sharey=True), RULES, strict=True):
        margins = runs[runs["rule"] == rule].set_index("limit").filter(like="margin ")
        years = margins.rename(columns=lambda name: int(name.removeprefix("margin ")))
        plots.outcome_by_factor(means(years.reset_index(names="line"), by="line", name="level"), axis, level=0.0)
        axis.set(ylim=(-4, 1), title=f"Labs' result per dollar of revenue, {rule} (cut at −4)")
    return figure


@experiment(seeds=6, quick_seeds=2)
def endings(study: Study) -> None:
    """Show how it ends."""
    size = {"customers": study.pick(6000, 600), "panel.size": study.pick(500, 60), "months": study.pick(96, 72)}
    base = market.load("baseline").vary(size)
    opened, limited = study.pick(OPEN, {"as it is": {}}), limits(base, STRIKE)
    limited = study.pick(limited, {name: limited[name] for name in (SIZE, END)})
    worlds = {
        (access, rule): base.vary({**change, "labs.*.training.rule": rule})
        for access, change in opened.items() for rule in RULES
    }  # fmt: skip
    runs = study.read(worlds, partial(read, limited=limited), by=("open", "rule")).sort_values("seed", kind="stable")
    runs.insert(2, "limit", runs.pop("limit"))
    study.table("runs", runs)
    study.figure("margins", draw(runs[runs["open"] == "as it is"]))
    for access, part in runs.groupby("open", sort=False):
        for title, forms in TABLES.items():
            shown = table_in_words(part, ["rule", "limit"], forms, SHARES, say=in_short)
            study.show(f"Open weights {access}, {title}: all labs, $bn, mean ± half of the interval", shown)
        study.say(f"Open weights {access}, $bn.\n{answers(part)}\n")


if __name__ == "__main__":
    endings()
