"""Do labs tied at the frontier fall into price wars and lose their profits (claim 7), and what conduct does it take.

Labs that train on the same dates with the same money and no luck are tied; with a gap all but the first spend less. By
pricing rule, number of labs, gap, switching costs and repricing hazard: how often wars open, how deep they go, who cuts
first, what margin and multiple remain, and where profits lie between Nash (0) and a cartel (1).

Full: a grid of rules x 1, 2, 4 and 8 labs x 2 gaps, and for four tied labs hazards x switching costs, 4 seeds of each,
about ten minutes. Quick: three rules, two labs, one seed.
"""

import pandas as pd

import market
from market.experiment import Study, experiment
from market.strategies.pricing import PricingRule
from market.studies.levels import last_word
from market.studies.summary import means, wide
from market.studies.words import table_in_words

OUTCOMES = {
    "price_wars": "wars",
    "price_wars_beside_launches": "beside launches",
    "price_war_depth": "depth",
    "price_wars_begun_at_the_frontier": "begun at frontier",
    "labs_gross_margin": "gross margin",
    "multiple": "multiple",
    "profit_gain": "profit gain",
}
RULE, HAZARD, COST = "labs.*.pricing.rule", "labs.*.pricing.reprice_hazard", "segments.*.firm_switching_cost"
RULES = sorted(PricingRule.registry)


def tied(labs: int, gap: float) -> market.Scenario:
    """Labs on the same dates without luck, all but the first `gap` points behind; a gap is bought by spending less."""
    patient = {"labs.*.funding": {"rule": "patient"}}  # nobody leaves a war for want of money
    data = market.load("baseline").vary({"technology.shock_sd": 0.0, **patient}).model_dump()
    one = {**data["labs"]["Alpha"], "first_start": -12}
    behind = {**one["training"], "first_cost": one["training"]["first_cost"] * 10 ** (-gap / 10)}
    names = [f"Lab{number}" for number in range(1, labs + 1)]
    data["labs"] = {name: one if name == "Lab1" else {**one, "training": behind} for name in names}
    small = {"customers": 6000, "panel": {"size": 500}, "record_benchmarks": 18, "name": f"{labs} labs, gap {gap:g}"}
    return market.Scenario.model_validate({**data, **small})


def grid(study: Study, name: str, title: str, factors: dict[str, list[object]]) -> pd.DataFrame:
    """Show the means of all outcomes by factors, and give the runs; factors by the last word of their paths."""
    by = [last_word(path) for path in factors]
    runs = study.sweep(tied(4, 0.0), factors, list(OUTCOMES)).rename(columns=last_word)
    runs = runs[[*by, "seed", *OUTCOMES]].sort_values(by, kind="stable")
    table = wide(means(runs, by).replace({"figure": OUTCOMES}), by)
    study.table(name, table, title, shown=table_in_words(runs, by).rename(columns=OUTCOMES))
    return runs


def answer(study: Study, runs: pd.DataFrame) -> None:
    """Say what conduct it takes, for four tied labs; means over the costs of leaving a firm, then over seeds."""
    by_seed = runs.groupby(["reprice_hazard", "rule", "seed"], as_index=False)[list(OUTCOMES)].mean()
    for hazard, rows in table_in_words(by_seed, ["reprice_hazard", "rule"]).groupby("reprice_hazard"):
        lines = [
            f"{row['rule']}: {row['price_wars']} wars in six years ({row['price_wars_beside_launches']} beside launch "
            f"adjustments), gross margin {row['labs_gross_margin']}, multiple {row['multiple']}, profit gain "
            f"{row['profit_gain']}"
            for _, row in rows.iterrows()
        ]
        study.say(f"Four tied labs that reprice with {hazard:.0%} a month:\n  " + "\n  ".join(lines))


@experiment(seeds=4, quick_seeds=1)
def price_war(study: Study) -> None:
    """Say what conduct a price war takes."""
    rules = study.pick(RULES, ["best_response", "undercutting", "penetration"])
    numbers, gaps = study.pick((1, 2, 4, 8), (2,)), study.pick((0.0, 5.0), (0.0,))
    worlds = [tied(number, gap) for number in numbers for gap in (gaps if number > 1 else (0.0,))]
    title = f"By rule and number of labs: mean over {len(study.seeds)} seeds [95% interval]"
    grid(study, "rules", title, {RULE: rules, "scenario": worlds})
    if not study.quick:
        title = "Four tied labs by rule, repricing hazard and cost of leaving a firm"
        answer(study, grid(study, "habits", title, {RULE: RULES, HAZARD: [0.03, 0.3], COST: [0.0, 2.0]}))


if __name__ == "__main__":
    price_war()
