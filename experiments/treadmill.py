"""Whether a lab that stops releasing is overtaken, and labs are therefore locked in (claim 10).

Four worlds under the same luck: from a month on nobody stops training, Alpha alone does, all other labs do, or all do.
Who stops starts neither bases nor updates. Labs release in turn and are passed in any case: Alpha is held against
itself going on. It stops at the close, two years before the horizon, in any case: its payoff is cash until then, with
two years of running off, or with a valuation at assumed multiples of revenue. All labs price by the catalogue's rule,
which the answer names. One case is of labs with one product a generation. Full: nine cases, 12 seeds of each, a quarter
of an hour; patient parents pay. Quick: two seeds.
"""

from functools import partial

import pandas as pd

import market
from market.experiment import Study, experiment
from market.measures.payoffs import BEFORE_RESEARCH, CASH, PAYOFFS, RUN_RATE, RUNNING_OFF, TRAINING, VALUED
from market.studies.changes import stopping
from market.studies.game import SIDES, fates, games, going_on, just_pays
from market.studies.summary import means
from market.studies.words import in_seeds, ratio_in_words, table_in_words
from market.views.plots import Picture, outcome_by_factor, panels

FIRM, RUN_OFF, LEAVING = "Alpha", 24, "segments.*.firm_switching_cost"
MARKETS = [("four labs", 24, "baseline", {}), ("four labs", 36, "baseline", {}), ("two labs", 24, "duopoly", {})]
MARKETS += [("eight labs", 24, "eight_labs", {}), ("no open weights", 24, "no_open_source", {})]
MARKETS += [("free to leave", 24, "baseline", {LEAVING: 0.0}), ("dear to leave", 24, "baseline", {LEAVING: 4.0})]
MARKETS += [("Alpha reprices often", 24, "baseline", {"labs.Alpha.pricing.reprice_hazard": 0.3})]
MARKETS += [("no updates or tiers", 24, "single_line", {})]
said = partial(table_in_words, forms=",.1f", say=in_seeds)


def answer(stands: pd.DataFrame, keeps: pd.DataFrame, paid: pd.DataFrame) -> str:
    """Answer claim 10 in one market."""
    base, gain = market.load("baseline"), going_on(paid)[SIDES[0]]
    terms, pricing = base.capital, base.labs[FIRM].pricing
    at = {name: f"{one} (going on: {nobody})" for name, (nobody, one) in said(stands, "what").iloc[:, 1:].items()}
    at |= {name: in_seeds(part, ".0%" if " kept " in name else ",.1f") for name, part in keeps.items()}
    return (
        f"Claim 10, Alpha stops in month 24, and labs price by {pricing.rule}, reconsidering what is on sale with "
        f"{pricing.reprice_hazard:.1%} a month. In the 24 months from the release it missed it leads in "
        f"{at['leads of 24']}; in the second year it is {at['behind, year 2']} points behind the best lab. A lab is "
        f"ahead for good {at['a lab for good']} months after that release, all labs {at['all labs for good']}, open "
        f"weights {at['open weights for good']}. After {at['below half of due']} months it sells less than half of "
        f"what it would have, a year later {at['revenue kept 12 on']}, two years later {at['revenue kept 24 on']}: "
        f"{at['times its own']} times its own last quarter before. To the close it keeps "
        f"{at['contribution kept to close']} of its contribution.\n"
        f"Going on instead gains it, in $bn of month 24: cash {in_seeds(gain[CASH])}, with running off "
        f"{in_seeds(gain[RUNNING_OFF])}, with a valuation {in_seeds(gain[VALUED])}, on the capital market's assumed "
        f"terms: capital.low_exit_multiple {terms.low_exit_multiple:g} to capital.top_exit_multiple "
        f"{terms.top_exit_multiple:g} times run-rate revenue at the close. At one multiple in both worlds going on "
        f"just pays at {just_pays(paid)[SIDES[0]]}; two years of running off earn "
        f"{ratio_in_words(gain[RUNNING_OFF] - gain[CASH], gain[RUN_RATE])} of it. With running off it pays if research "
        f"costs up to {ratio_in_words(gain[BEFORE_RESEARCH], gain[TRAINING])} times training (below 0: not even if it "
        "were free). The game: " + "; ".join(f"{way}: {games(paid)[way]}" for way in (CASH, RUNNING_OFF, VALUED))
    )


@experiment(seeds=12, quick_seeds=2)
def treadmill(study: Study) -> None:
    """Stop one lab, its rivals, or all of them."""
    size = {"customers": study.pick(6000, 200), "panel.size": study.pick(500, 30), "months": study.pick(96, 48)}
    read: dict[str, dict[str, pd.DataFrame]] = {}
    for name, month, scenario, changes in study.pick(MARKETS, MARKETS[:1]):
        base = market.load(scenario).vary({**size, **changes, "labs.*.funding": {"rule": "patient"}})
        close = base.months - RUN_OFF
        tables = study.read_tables(stopping(base, {FIRM: close}), partial(fates, firm=FIRM, month=month, close=close))
        for part, table in tables.items():
            study.table(f"{part}_{name.replace(' ', '_')}_{month}", table.set_index("what").reset_index())
            read.setdefault(part, {})[f"{name}, {month}"] = table
    pooled = {part: pd.concat(tables, names=["market"]).reset_index("market") for part, tables in read.items()}
    stood = said(pooled["stands"], ["market", "what"]).rename(columns={"what": "world"})
    study.show(f"{FIRM} since the release it missed", stood)
    kept = said(pooled["keeps"].filter(regex="^(?!what|contr)"), "market", forms=",.2f")
    study.show("Months until it sells less than half of what it would have; what it keeps of that", kept)
    paid = pooled["payoffs"].pivot_table(index=["market", "seed"], columns="what", sort=False)
    for side, gain in going_on(paid).items():
        shown = said(gain[list(PAYOFFS)].reset_index(), "market", forms=",.0f")
        study.show(f"What {FIRM} gains by going on {side}, $bn", shown)
    by_market = paid.groupby("market", sort=False)
    study.show("Multiple of run-rate revenue at which that just pays", by_market.apply(just_pays).reset_index())
    study.show("Which game that is", by_market.apply(games).reset_index())
    stands, keeps, payoffs, revenue = (tables["four labs, 24"] for tables in read.values())
    lines = means(revenue.melt(["what", "seed"], var_name="line"), by=["line", "what"])
    lines["level"] = int(base.start[:4]) + lines["what"] / 4
    picture = Picture((lines,), labels={"yscale": "log", "title": f"{FIRM}'s revenue, $ a year: mean and interval"})
    study.figure("revenue", panels(outcome_by_factor, [picture], size=(9, 5)))
    worlds = said(payoffs.rename(columns={"what": "payoff"}), "payoff")
    study.show(f"{FIRM}'s payoff in the four worlds of the first market, $bn", worlds)
    study.say(answer(stands, keeps, paid.loc["four labs, 24"]))


if __name__ == "__main__":
    treadmill()
