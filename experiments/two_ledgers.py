"""Two readings of the same cash: companies lose ever more while every model returns twice its cost.

Part a (claim 1) posts the interview's figures to the ledger and reads them both ways; the training of 2025 is the
stake of a third model. Part b (claim 2) asks whether a market that nobody scripted does the same: three labs, costs
tenfold a year. Part c (claims 3, 4, 11, 12) reads the baseline's labs at every cost boundary, and what each
generation costs and can do.

Full: 20 seeds of the cartoon and 16 of the baseline, about a minute. Quick: 3 and 2.
"""

from itertools import pairwise

import market
from market.experiment import Study, experiment
from market.measures import boundaries, generations, interview
from market.studies.intervals import interval
from market.studies.summary import means
from market.studies.words import in_words
from market.views.plots import FIGURES, Picture

MONEY = ["revenue", "training", "result"]


def part_a(study: Study) -> None:
    """Read the interview's cash by year and by model."""
    years, models = interview.books().companies, interview.books().models
    study.table("a_companies", years, "a. The interview's figures by calendar year, $M", shown=years[["year", *MONEY]])
    study.table("a_models", models, "a. The same, model by model, $M", shown=models[["model", *MONEY, "multiple"]])
    stake = models.iloc[-1]
    study.say(
        f"Company: {', '.join(f'{r / interview.MILLION:,.0f}' for r in years['result'])} $M. "
        f"Models: {', '.join(f'{m:.1f}x' for m in models['multiple'][:-1])}. "
        f"{stake['model']} is a stake of ${stake['training'] / interview.MILLION:,.0f}M: its revenue is still to come."
    )
    study.figure("two_readings", FIGURES["two_readings"].draw(Picture((years, models))))


def part_b(study: Study, customers: int) -> None:
    """Ask whether every model is profitable and the company ever deeper in loss where nothing is scripted."""
    runs = study.read(market.load("cartoon").vary({"customers": customers}), interview.two_readings)
    table = means(runs)
    table["interview"] = table["figure"].map(interview.two_readings(interview.books()))
    title = f"b. Three labs in the cartoon's market: mean over labs and {len(study.seeds)} seeds, 95% interval"
    study.table("b_cartoon", table, title)
    multiples, results = runs.filter(like="multiple"), runs.filter(like="company result")
    profitable = all(interval(multiples[model])[1] > 1 for model in multiples)
    deeper = all(interval(results[then])[1] > interval(results[later])[2] for then, later in pairwise(results))
    study.say(
        f"Claim 2 {'holds' if profitable and deeper else 'is not shown'} where nothing is scripted: the first two "
        f"models return {' and '.join(in_words(multiples[model]) for model in multiples)} times their training, while "
        f"the company's result is {', '.join(f'{mean:,.0f}' for mean in results.mean())} $M."
    )


def part_c(study: Study, customers: int) -> None:
    """Show the baseline's labs together at every named boundary, and what each generation costs and can do."""
    baseline, seeds = market.load("baseline").vary({"customers": customers}), study.seeds[: study.pick(16, 2)]
    margins, steps = (study.read(baseline, reading, seeds=seeds) for reading in (boundaries.margins, generations.steps))
    table = means(margins)
    named = table.assign(year=table["figure"].str[:4], boundary=table["figure"].str[5:])
    wide = named.pivot_table(index="boundary", columns="year", values="mean", sort=False).reset_index()
    title = f"c. The baseline's labs together: margins on revenue at each boundary, mean over {len(seeds)} seeds"
    study.table("c_boundaries", table, title, shown=wide)
    study.table("c_generations", means(steps), "c. From generation to generation")
    at = {boundary: in_words(margins[f"2025 {boundary}"]) for boundary in wide["boundary"]}
    study.say(
        f"Claim 3: serving leaves a margin of {at['after serving']} in 2025, overhead {at['after overhead']}, "
        f"amortised training {at['after amortised training']}, all R&D {at['after all rd']}.\n"
        f"Claim 4: a generation costs {steps[generations.STEP].mean():.1f} times the last one, not ten, and gains "
        f"{in_words(steps['points gained per generation'])} points.\n"
        f"Claim 11: excluding training the labs' margin in 2025 is {at['excluding training']}; excluding research "
        f"as well it is {at['excluding training and research']}.\n"
        f"Claim 12: a dollar of revenue cost {in_words(margins['2024 cost per revenue dollar'])} dollars in 2024 and "
        f"{at['cost per revenue dollar']} in 2025."
    )


@experiment(seeds=20, quick_seeds=3)
def two_ledgers(study: Study) -> None:
    """Read the same cash twice."""
    customers = study.pick(20_000, 3000)
    part_a(study)
    part_b(study, customers)
    part_c(study, customers)


if __name__ == "__main__":
    two_ledgers()
