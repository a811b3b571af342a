"""How does it end: models cannot get larger, models stop getting better, or a company turns a profit (claims 5, 6, 15).

Both limits strike bases that start in month 36. Each is known in advance or a surprise; labs follow their roadmap
(cadence) or train only when it pays (hurdle); with open weights as in the baseline, with none, and open to all
customers. All is held against the unlimited world under the same luck, over eight years.
`market.measures.endings.ending` says what is read. Full: 30 worlds, 6 seeds, ten minutes. Quick: 6 worlds of
two labs, 2 seeds.
"""

from functools import partial

import pandas as pd

import market
from market.experiment import Study, experiment
from market.measures.outcomes import SHARE
from market.studies.counterfactual import UNLIMITED, ends
from market.studies.summary import means
from market.studies.words import in_short, range_in_words, table_in_words
from market.views.plots import Picture, outcome_by_factor, panels

STRIKE, SIZE, END = 36, "largest run, known", "capability ceiling, surprise"
RULES = {rule: {"labs.*.training.rule": rule} for rule in ("cadence", "hurdle")}
OPEN = {"as it is": {}, "none": {"open_providers": {}}, "open to all": {"segments.*.open_access": 1.0}}
MONEY = dict.fromkeys(("value", "worth", "overhang", "still lost", "without", "months"), ",.0f")
TABLES = {
    "money": MONEY | {"overhang": ",.1f"},
    "the last year": {"revenue": ",.0f", "training": ",.0f", "result": ",.0f", "labs left": ".1f"},
    "profit for good": {"in profit": ".2f", "worlds": ".2f", "first year": ".0f", "its funding": ",.0f"},
}
SHARES = {"in profit": SHARE, "worlds": SHARE}


def answers(runs: pd.DataFrame) -> str:
    """Claims 5, 6 and 15 for one degree of open access, in sentences; money in $bn."""
    forms = {figure: form for table in TABLES.values() for figure, form in table.items()}
    words = table_in_words(runs, ["rule", "limit"], forms, SHARES).set_index(["rule", "limit"])
    road, pays = (words.loc[rule].to_dict() for rule in RULES)
    paid = runs.set_index(["limit", "rule", "seed"])[["value", "worth"]]
    gains = table_in_words((paid.loc[SIZE] - paid.loc[UNLIMITED]).reset_index(), "rule", ",.0f").set_index("rule")
    more = {name: f"{gain['cadence']} ({gain['hurdle']} when it pays)" for name, gain in gains.items()}
    limited = runs[runs["limit"] != UNLIMITED].groupby("rule")
    span = {rule: range_in_words(part, "limit", "worlds") for rule, part in limited}
    return (
        f"Claim 5, models cannot get larger. On the roadmap training settles at {road['training'][SIZE]} a year, not "
        f"at {road['training'][UNLIMITED]}; in the last year labs earn {road['result'][SIZE]} on "
        f"{road['revenue'][SIZE]} instead of {road['result'][UNLIMITED]} on {road['revenue'][UNLIMITED]}. Their "
        f"results are worth {more['value']} more than without a limit; with what the capital market would pay at the "
        f"end the difference is {more['worth']}.\n"
        "Claim 6, models stop getting better, by surprise. Labs that train when it pays have an overhang of "
        f"{pays['overhang'][END]}, still lose {pays['still lost'][END]} (in the same months without a limit "
        f"{pays['without'][END]}) and earn {pays['result'][END]} on {pays['revenue'][END]} in the last year. On the "
        f"roadmap the overhang is {road['overhang'][END]}, {road['still lost'][END]} is lost until the end (without a "
        f"limit {road['without'][END]}) and {road['labs left'][END]} labs are left.\n"
        f"Claim 15, some lab turns a profit for good within the run: without a limit in {road['worlds'][UNLIMITED]} of "
        f"worlds on the roadmap and {pays['worlds'][UNLIMITED]} if labs train when it pays; with a limit in "
        f"{span['cadence']} and {span['hurdle']}. On the roadmap to a largest run the first does in "
        f"{road['first year'][SIZE]} after {road['its funding'][SIZE]} of funding, in cash and in kind."
    )


def margins(runs: pd.DataFrame) -> list[Picture]:
    """Labs' result over revenue by year: a panel for each rule, a line for each limit."""
    own = runs[runs["open"] == "as it is"].set_index(["rule", "limit"])
    years = own.filter(like="margin ").rename(columns=lambda name: int(name.removeprefix("margin ")))
    rows = means(years.reset_index(names=["rule", "line"]), by=["rule", "line"], name="level")
    title = "Labs' result per dollar of revenue, {} (cut at −4)".format
    looks = {rule: {"ylim": (-4, 1), "title": title(rule)} for rule in RULES}
    return [Picture((rows[rows["rule"] == rule],), {"level": 0.0}, look) for rule, look in looks.items()]


@experiment(seeds=6, quick_seeds=2)
def endings(study: Study) -> None:
    """Show how it ends."""
    size = {"customers": study.pick(6000, 200), "panel.size": study.pick(500, 30), "months": study.pick(96, 48)}
    base = market.load(study.pick("baseline", "duopoly")).vary(size)
    worlds = {(o, rule): base.vary(OPEN[o] | RULES[rule]) for o in study.pick(OPEN, ["as it is"]) for rule in RULES}
    reading = partial(ends, month=STRIKE, only=study.pick(None, (SIZE, END)))
    runs = study.read(worlds, reading, by=("open", "rule")).sort_values("seed", kind="stable")
    runs.insert(2, "limit", runs.pop("limit"))
    study.table("runs", runs)
    study.figure("margins", panels(outcome_by_factor, margins(runs), size=(12, 4.5), sharey=True))
    for access, part in runs.groupby("open", sort=False):
        for title, forms in TABLES.items():
            shown = table_in_words(part, ["rule", "limit"], forms, SHARES, say=in_short)
            study.show(f"Open weights {access}, {title}: all labs, $bn, mean ± half of the interval", shown)
        study.say(f"Open weights {access}, $bn.\n{answers(part)}\n")


if __name__ == "__main__":
    endings()
