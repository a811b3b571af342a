"""Two readings of the same cash: companies lose ever more while every model returns twice its cost.

Part a (claim 1) posts the interview's figures to the ledger and reads them both ways; the training of 2025 is the
stake of a third model. Part b (claim 2) asks whether a market that nobody scripted does the same: three labs, costs
tenfold a year, a model a family of its own. Part c asks it of the baseline, where a model may be a family (a base, its
updates, their tiers) or one release, which returns more or less by who bears the base. Part d (claims 3, 4, 11, 12)
reads the baseline's labs at every cost boundary, and what each generation costs and can do.

Full: 20 seeds of the cartoon and 16 of the baseline, about two minutes. Quick: 3 and 2.
"""

from itertools import pairwise

import pandas as pd

import market
from market.experiment import Study, experiment
from market.measures import boundaries, generations, interview, outcomes
from market.studies.intervals import interval
from market.studies.summary import means
from market.studies.words import in_words
from market.tables import Run
from market.views.plots import FIGURES, Picture

MONEY = ["revenue", "training", "result"]
RETURNS = {
    "contribution over training": ("multiple", "release_multiple_low", "release_multiple_high"),
    "over training and research": ("multiple_full_rd", "release_multiple_full_rd_low", "release_multiple_full_rd_high"),
    "share that return training": ("lives_profitable", "releases_profitable_low", "releases_profitable_high"),
}
"""What complete lives return: of families, and of releases, each bearing as much or as little of its base as it may."""


def part_a(study: Study) -> None:
    """Read the interview's cash by year and by model."""
    years, models = interview.books().companies, interview.books().families
    study.table("a_companies", years, "a. The interview's figures by calendar year, $M", shown=years[["year", *MONEY]])
    study.table("a_models", models, "a. The same, model by model, $M", shown=models[["family", *MONEY, "multiple"]])
    stake = models.iloc[-1]
    study.say(
        f"Company: {', '.join(f'{r / interview.MILLION:,.0f}' for r in years['result'])} $M. "
        f"Models: {', '.join(f'{m:.1f}x' for m in models['multiple'][:-1])}. "
        f"{stake['family']} is a stake of ${stake['training'] / interview.MILLION:,.0f}M: its revenue is still to come."
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


def of_the_baseline(run: Run) -> dict[str, pd.DataFrame]:
    """What parts c and d read off one run."""
    returns = outcomes.compute(run, [*(n for names in RETURNS.values() for n in names), "labs_deeper_in_loss"])
    figures = {"returns": returns, "margins": boundaries.margins(run), "steps": generations.steps(run)}
    return {name: pd.DataFrame([one]) for name, one in figures.items()}


def part_c(study: Study, runs: pd.DataFrame) -> None:
    """Ask the same of the baseline: of families first, then of releases."""
    said = {what: [in_words(runs[name]) for name in names] for what, names in RETURNS.items()}
    columns = ["families", "releases, at least", "releases, at most"]
    shown = pd.DataFrame.from_dict(said, orient="index", columns=columns).reset_index(names="complete lives")
    study.table("c_returns", runs, f"c. What the baseline's models return, mean over {len(runs)} seeds", shown=shown)
    (family, least, most), (full, *_), (share, few, many) = said.values()
    study.say(
        f"Claim 2 in the baseline: families return {family} times their training and {full} times full R&D; a share of "
        f"{share} return their training. Releases return {least} to {most} times theirs by who bears the base: a share "
        f"of {few} in every way, of {many} in some. A share of {in_words(runs['labs_deeper_in_loss'])} of labs lose "
        "more in their last whole year than in their first."
    )


def part_d(study: Study, margins: pd.DataFrame, steps: pd.DataFrame) -> None:
    """Show the baseline's labs together at every named boundary, and what each generation costs and can do."""
    table = means(margins)
    named = table.assign(year=table["figure"].str[:4], boundary=table["figure"].str[5:])
    wide = named.pivot_table(index="boundary", columns="year", values="mean", sort=False).reset_index()
    title = f"d. The baseline's labs together: margins on revenue at each boundary, mean over {len(margins)} seeds"
    study.table("d_boundaries", table, title, shown=wide)
    study.table("d_generations", means(steps), "d. From one generation of families to the next")
    at = {boundary: in_words(margins[f"2025 {boundary}"]) for boundary in wide["boundary"]}
    study.say(
        f"Claim 3: serving leaves a margin of {at['after serving']} in 2025, overhead {at['after overhead']}, "
        f"amortised training {at['after amortised training']}, all R&D {at['after all rd']}.\n"
        f"Claim 4: a family costs {steps[generations.STEP].mean():.1f} times the last one, not ten, and its base gains "
        f"{in_words(steps['points gained per generation'])} points.\n"
        f"Claim 11: excluding training the labs' margin in 2025 is {at['excluding training']}; excluding research "
        f"as well it is {at['excluding training and research']}.\n"
        f"Claim 12: a dollar of revenue cost {in_words(margins['2024 cost per revenue dollar'])} dollars in 2024 and "
        f"{at['cost per revenue dollar']} in 2025."
    )


@experiment(seeds=20, quick_seeds=3)
def two_ledgers(study: Study) -> None:
    """Read the same cash twice."""
    customers = study.pick(20_000, 1000)
    part_a(study)
    part_b(study, customers)
    baseline, seeds = market.load("baseline").vary({"customers": customers}), study.seeds[: study.pick(16, 2)]
    read = study.read_tables(baseline, of_the_baseline, seeds=seeds)
    part_c(study, read["returns"])
    part_d(study, read["margins"], read["steps"])


if __name__ == "__main__":
    two_ledgers()
