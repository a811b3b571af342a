"""Whether labs cannibalise their own models before these have earned their keep, and when that pays (claim 8).

By cadence, life, switching costs and turnover: which part of flagships' net losses to other models goes to updates and
tiers of their own families and to their own next bases, and how many families are succeeded before they have paid back.
Every base costs the same here, whatever the cadence; `pace` holds R&D constant. With one family taken away under the
same luck: how much of what it took its predecessor would have kept, or rivals would have had anyway, and what it adds
to the firm's contribution for a dollar of its cost. Then the Shapley split of those losses. Patient parents pay: a lab
that raises money may not survive without a launch.
Full: 36 points and two turnovers, 6 seeds each: about a quarter of an hour. Quick: two labs, few points, 2 seeds.
"""

from functools import partial

import pandas as pd

import market
from market.experiment import Study, experiment
from market.studies.counterfactual import PRICES, effect_of_launch
from market.studies.levels import last_word
from market.studies.shapley import split
from market.studies.words import in_words, ratio_in_words, table_in_words

OWN = ["lost_to_own", "lost_to_own_update", "lost_to_own_tier", "lost_to_own_next"]
FATES = [*OWN, "lost_to_rivals", "succeeded_before_payback", "succeeded_before_full_payback"]
OUTCOMES = [*FATES, "gross_over_net"]
OLD, NEW = "Alpha-3", "Alpha-4"
TURNOVER, LIFE, LEAVING = "demand.turnover", "labs.*.life", "segments.*.firm_switching_cost"
BASES = "labs.*.training.cadence"


def verdict(study: Study, turnover: float, runs: pd.DataFrame, launches: pd.DataFrame) -> None:
    """Answer claim 8 at one turnover."""
    at = {name: in_words(runs[name]) for name in OUTCOMES}
    kept = launches.assign(
        **{f"back, {p}": launches["taken"] - launches[f"lost to others anyway, {p}"] for p in PRICES}
    )
    back, adds, full = (
        [ratio_in_words(kept[f"{did}, {prices}"], kept[unit]) for prices in PRICES]
        for did, unit in (("back", "taken"), ("added", "training"), ("added", "full R&D"))
    )
    study.say(
        f"Claim 8 at turnover {turnover:g}: of what flagships lose to other models, {at['lost_to_own']} goes to newer "
        f"models of their own lab: {at['lost_to_own_update']} to updates and {at['lost_to_own_tier']} to other tiers "
        f"of the family, {at['lost_to_own_next']} to the next bases (gross flows are {at['gross_over_net']} times the "
        f"net). {at['succeeded_before_payback']} of families are succeeded before they have paid back their training, "
        f"{at['succeeded_before_full_payback']} before all their R&D. For every dollar that moved from the family of "
        f"{OLD} to that of {NEW}, the old one would sell {back[0]} more without the new one at fixed prices, {back[1]} "
        "re-priced: below 1 others would have had the rest anyway, above 1 it would also keep some who came to the new "
        "one from elsewhere. Cannibalising pays all the same if a family adds its cost to the firm's contribution: "
        f"it adds {adds[0]} times its training at fixed prices, {adds[1]} re-priced, and {full[0]} and {full[1]} times "
        "its training and research."
    )


@experiment(seeds=6)
def self_cannibalization(study: Study) -> None:
    """Say who takes the revenue of labs' models."""
    size = study.pick({"customers": 6000, "panel.size": 500}, {"customers": 300, "panel.size": 40, "months": 38})
    base = market.load(study.pick("baseline", "duopoly")).vary({**size, "labs.*.funding": {"rule": "patient"}})
    turnovers = [1.0, base.demand.turnover]
    others = study.pick({BASES: [6, 12, 24], LIFE: [12, 18, 24], LEAVING: [0.0, 2.0]}, {LIFE: [12, 24]})
    factors = {TURNOVER: turnovers, **others}
    runs = study.sweep(base, factors, OUTCOMES).sort_values(list(factors), kind="stable")
    table = table_in_words(runs, list(factors), dict.fromkeys(OUTCOMES, ",.2f")).astype(dict.fromkeys(factors, str))
    study.table("grid", table.rename(columns=last_word), f"Mean over {len(study.seeds)} seeds [95% interval]")
    for turnover in turnovers:
        world = base.vary({TURNOVER: turnover})
        launches = study.read(world, partial(effect_of_launch, family=NEW, predecessor=OLD))
        study.table(f"launch_{turnover:g}", launches)
        verdict(study, turnover, study.read(world, OUTCOMES), launches)
        if not study.quick:
            lost = split(world, OLD, study.seeds, executor=study.engine)
            shown = lost.table.assign(**lost.table[["mean", "low", "high"]] / 1e6)
            title = f"What the family of {OLD} lost, $M, by Shapley value; turnover {turnover:g}"
            study.table(f"shapley_{turnover:g}", lost.worlds, title, shown)


if __name__ == "__main__":
    self_cannibalization()
