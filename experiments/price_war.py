"""Do labs tied at the frontier fall into price wars and lose their profits (claim 7), and what conduct does it take.

Labs that train on the same plan with the same money and no luck are tied; with a gap all but the first spend less. They
launch together, blind to each other's prices, or one month or three apart, each seeing those of the last; where they
update too, updates are shifted with their bases. (Of eight labs three months apart two share every date, and so do the
updates, one a quarter, of labs three months apart.) By pricing rule, number of labs, gap, switching costs and repricing
hazard: how often wars open, how deep they go, who cuts first, what margin and multiple remain, and where profits lie
between Nash (0) and a cartel (1). That is read every January, in which no lab launches: what a launch is priced at,
blind, is no conduct yet. One product a generation is on purpose, so the world is `single_line`: that is the tie of
theory, and Nash and cartel prices of a hundred products take a hundred times as long. Four tied labs that update and
sell tiers stand beside it, without them.

Full: a grid of all rules x 1, 2, 4 and 8 labs x 2 gaps x 3 ways to launch, for four tied labs hazards x switching costs
too, 4 seeds of each, about an hour. Quick: two rules, two and four labs, few customers, one seed.
"""

import pandas as pd

import market
from market.experiment import Study, experiment
from market.strategies.pricing import PricingRule
from market.studies.levels import last_word
from market.studies.summary import means, wide
from market.studies.tied import APART, tied
from market.studies.words import table_in_words

GAIN = "profit_gain@2024-01:2028-12"
"""Read from the second year on: until then not all labs are there, and in month 0 all is priced, blind."""
OUTCOMES = {
    "price_wars": "wars",
    "price_wars_beside_launches": "beside launches",
    "price_war_depth": "depth",
    "price_wars_begun_at_the_frontier": "begun at frontier",
    "labs_gross_margin": "gross margin",
    "multiple": "multiple",
    GAIN: "profit gain",
}
RULE, HAZARD, COST = "labs.*.pricing.rule", "labs.*.pricing.reprice_hazard", "segments.*.firm_switching_cost"
Factors = dict[str, list[object]]
RULES = sorted(PricingRule.registry)
SIZE = {"customers": 6000, "panel.size": 500}


def grid(study: Study, name: str, title: str, worlds: list[market.Scenario], factors: Factors) -> pd.DataFrame:
    """Show the means of all outcomes by factors and world, and give the runs; factors by the last words of paths."""
    by, small = [*map(last_word, factors), "scenario"], {"customers": 100, "panel.size": 20}
    asked = [outcome for outcome in OUTCOMES if outcome != GAIN or worlds[0].record_benchmarks]
    short = {} if GAIN in asked else {"months": 30}
    worlds = [world.vary(study.pick(SIZE, small | short)) for world in worlds]
    runs = study.sweep(worlds[0], {**factors, "scenario": worlds}, asked).rename(columns=last_word)
    runs = runs[[*by, "seed", *asked]].sort_values(by, kind="stable")
    table = wide(means(runs, by).replace({"figure": OUTCOMES}), by)
    study.table(name, table, title, shown=table_in_words(runs, by).rename(columns=OUTCOMES))
    return runs


def answer(study: Study, runs: pd.DataFrame) -> None:
    """Say what conduct it takes of four tied labs, by how they launch; means over costs of leaving, then over seeds."""
    runs = runs.assign(launch=runs["scenario"].str.split(", ").str[-1])
    by_seed = runs.groupby(["reprice_hazard", "rule", "launch", "seed"], as_index=False)[list(OUTCOMES)].mean()
    for hazard, rows in table_in_words(by_seed, ["reprice_hazard", "rule", "launch"]).groupby("reprice_hazard"):
        lines = []
        for rule, ways in rows.groupby("rule"):
            at = ways.set_index("launch").loc[list(APART.values()), list(OUTCOMES)].agg(" / ".join)
            lines.append(
                f"{rule}: profit gain {at[GAIN]}; {at['price_wars']} wars, {at['price_wars_beside_launches']} beside "
                f"launch adjustments; gross margin {at['labs_gross_margin']}; multiple {at['multiple']}"
            )
        study.say(
            f"Claim 7: four tied labs that reprice with {hazard:.0%} a month and launch {' / '.join(APART.values())}; "
            "profits from Nash (0) to a cartel (1) in months without a launch:\n  " + "\n  ".join(lines)
        )


@experiment(seeds=4, quick_seeds=1)
def price_war(study: Study) -> None:
    """Say what conduct a price war takes, and what of it is launching blind."""
    rules = study.pick(RULES, ["best_response", "undercutting"])
    numbers, gaps = study.pick((1, 2, 4, 8), (2,)), study.pick((0.0, 5.0), (0.0,))
    worlds = [tied(1)] if 1 in numbers else []
    worlds += [tied(number, gap, apart) for number in numbers if number > 1 for gap in gaps for apart in APART]
    title = f"By rule, number of labs and way to launch: mean over {len(study.seeds)} seeds [95% interval]"
    grid(study, "rules", title, worlds, {RULE: rules})
    hazards, costs = study.pick([0.03, 0.3], [0.3]), study.pick([0.0, 2.0], [2.0])
    title = "Four tied labs by rule, repricing hazard, cost of leaving a firm and way to launch"
    ways = [tied(4, apart=apart) for apart in APART]
    answer(study, grid(study, "habits", title, ways, {RULE: rules, HAZARD: hazards, COST: costs}))
    title = "Four tied labs that update and sell tiers, by rule, repricing hazard and way to launch"
    ways = [tied(4, apart=apart, world="baseline") for apart in APART]
    grid(study, "families", title, ways, {RULE: study.pick(rules, rules[:1]), HAZARD: hazards})


if __name__ == "__main__":
    price_war()
