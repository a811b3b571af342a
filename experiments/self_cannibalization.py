"""Whether labs cannibalise their own models before these have earned their keep, and when that pays (claim 8).

What a lab gains if it alone releases more often, or less. By cadence, retirement, switching costs and turnover: which
part of flagships' net losses to other models goes to their own newer generations, and how many are succeeded before
they have paid back. With one launch taken away under the same luck: how much of what it took from its predecessor
rivals would have had anyway, and what it adds to the firm's contribution for a dollar of its cost. Then the Shapley
split of those losses. Patient parents pay: a lab that raises money may not survive without a launch.
Full: 48 points and two turnovers, 6 seeds each: about six minutes. Quick: few points, 2 seeds, few customers.
"""

from functools import partial

import pandas as pd

import market
from market.experiment import Study, experiment
from market.measures.payoffs import contribution_after
from market.studies.counterfactual import PRICES, effect_of_launch
from market.studies.levels import last_word
from market.studies.shapley import split
from market.studies.words import in_words, ratio_in_words, table_in_words

FATES = ["lost_to_own_newer", "lost_to_rivals", "succeeded_before_payback", "succeeded_before_full_payback"]
OUTCOMES = [*FATES, "gross_over_net"]
OLD, NEW, FIRM = "Alpha-3", "Alpha-4", "Alpha"
TURNOVER, PACE, OWN_PACE = "demand.turnover", "labs.*.training.cadence", f"labs.{FIRM}.training.cadence"
COSTS = {"training": ["training"], "all R&D": ["training", "research"]}
GAINS = {name: partial(contribution_after, firm=FIRM, costs=costs) for name, costs in COSTS.items()}


def pace(study: Study, base: market.Scenario, factors: dict[str, list[float]]) -> None:
    """Let one firm alone release every 6 or 24 months instead of 12: what it gains, paired, at every point."""
    runs = study.sweep(base, {**factors, OWN_PACE: [6, 12, 24]}, GAINS)
    ends = runs.pivot_table(index=[*factors, "seed"], columns=OWN_PACE, values=list(GAINS))
    gains = pd.DataFrame({f"after {c}, every {k}": ends[c][k] - ends[c][12] for c in GAINS for k in (6, 24)})
    table = table_in_words(gains.reset_index(), list(factors)).rename(columns=last_word)
    study.table("pace", table, f"What {FIRM} gains by another pace than every 12 months, alone, $bn")
    pooled = {name: in_words(gain) for name, gain in gains.groupby(level="seed").mean().items()}
    study.say(
        f"Releasing twice as often, alone, gains {FIRM} {pooled['after training, every 6']} $bn after training and "
        f"{pooled['after all R&D, every 6']} after all R&D, on average over these markets; half as often "
        f"{pooled['after training, every 24']} and {pooled['after all R&D, every 24']}."
    )


def verdict(study: Study, turnover: float, runs: pd.DataFrame, launches: pd.DataFrame) -> None:
    """Answer claim 8 at one turnover."""
    own, _, early, late, gross = (in_words(runs[name]) for name in OUTCOMES)
    anyway, adds, full = (
        [ratio_in_words(launches[f"{did}, {prices}"], launches[unit]) for prices in PRICES]
        for did, unit in (("lost to others anyway", "taken"), ("added", "training"), ("added", "full R&D"))
    )
    study.say(
        f"Claim 8 at turnover {turnover:g}: of what flagships lose to other models, {own} goes to their own newer "
        f"generations (gross flows are {gross} times the net). {early} of them are succeeded before they have paid "
        f"back their training, {late} before all their R&D. Of what {NEW} took from {OLD}, others would have had "
        f"{anyway[0]} anyway at fixed prices, {anyway[1]} re-priced. Cannibalising pays all the same if the launch "
        f"adds its cost to the firm's contribution: it adds {adds[0]} times its training at fixed prices, {adds[1]} "
        f"re-priced, and {full[0]} and {full[1]} times its training and research."
    )


@experiment(seeds=6)
def self_cannibalization(study: Study) -> None:
    """Say who takes the revenue of labs' models."""
    size = study.pick({"customers": 6000, "panel.size": 500}, {"customers": 800, "panel.size": 100, "months": 48})
    base = market.load("baseline").vary({**size, "labs.*.funding": {"rule": "patient"}})
    turnovers = [1.0, base.demand.turnover]
    others = {"labs.*.retirement": [1, 18], "segments.*.firm_switching_cost": [0.0, 2.0]}
    pace(study, base, study.pick({TURNOVER: turnovers, **others}, {TURNOVER: turnovers[1:]}))
    factors = {TURNOVER: turnovers, **study.pick({PACE: [6, 12, 24], **others}, {PACE: [12]})}
    runs = study.sweep(base, factors, OUTCOMES).sort_values(list(factors), kind="stable")
    table = table_in_words(runs, list(factors), dict.fromkeys(OUTCOMES, ",.2f")).astype(dict.fromkeys(factors, str))
    study.table("grid", table.rename(columns=last_word), f"Mean over {len(study.seeds)} seeds [95% interval]")
    for turnover in turnovers:
        world = base.vary({TURNOVER: turnover})
        launches = study.read(world, partial(effect_of_launch, model=NEW, predecessor=OLD))
        study.table(f"launch_{turnover:g}", launches)
        verdict(study, turnover, study.read(world, OUTCOMES), launches)
        if not study.quick:
            lost = split(world, OLD, study.seeds, executor=study.engine)
            shown = lost.table.assign(**lost.table[["mean", "low", "high"]] / 1e6)
            title = f"What {OLD} lost, $M, by Shapley value; turnover {turnover:g}"
            study.table(f"shapley_{turnover:g}", lost.worlds, title, shown)


if __name__ == "__main__":
    self_cannibalization()
