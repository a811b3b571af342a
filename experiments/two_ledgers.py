"""Two readings of the same cash: companies lose ever more while every model returns twice its cost.

Part a (claim 1) posts the interview's figures to the ledger and reads them both ways; the training of 2025 is the
stake of a third model. Part b (claim 2) asks whether a market that nobody scripted does the same: three labs, costs
tenfold a year. Part c (claims 3, 4, 11, 12) reads the baseline's labs at every cost boundary, and what each
generation costs and can do.

Full: 20 seeds of the cartoon and 16 of the baseline, about a minute. Quick: 3 and 2.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from matplotlib.figure import Figure

import market
from market import formats
from market.accounts import amortisation, pnl
from market.accounts.ledger import Account, Ledger
from market.evidence import load
from market.measures import readings
from market.saving.spreadsheet import write_csv
from market.studies.experiment import Out, experiment_folder, over_seeds, run_script
from market.tables import Run
from market.views import plots, terminal

MILLION = 1e6
MONEY = ["revenue", "training", "result"]


def interview_ledger() -> Ledger:
    """Post the figures quoted in the interview: each year's training, and the revenue of the model trained before."""
    quoted = load("published_numbers")["amodei_two_ways"]
    ledger = Ledger(start="2023-01")
    for index, (training, revenue) in enumerate(zip(quoted["training_spend"], quoted["revenue"], strict=True)):
        ledger.post(12 * index, "Lab", Account.TRAINING, -training * MILLION, model=f"Lab-{index + 1}")
        if revenue:
            ledger.post(12 * index, "Lab", Account.REVENUE, revenue * MILLION, model=f"Lab-{index}")
    return ledger


def part_a(folder: Path) -> None:
    """Read the interview's cash by year and by model; print both and draw them side by side."""
    ledger = interview_ledger()
    companies, models = pnl.company(ledger), pnl.models(ledger)
    models["complete"] = models["revenue"] > 0
    terminal.show("a. The interview's figures by calendar year, $M", companies[["year", *MONEY]])
    terminal.show("a. The same, model by model, $M", models[["model", *MONEY, "multiple"]])
    stake = models.iloc[-1]
    terminal.say(
        f"Company: {', '.join(f'{r / MILLION:,.0f}' for r in companies['result'])} $M. "
        f"Models: {', '.join(f'{m:.1f}x' for m in models['multiple'][:-1])}. "
        f"{stake['model']} is a stake of ${stake['training'] / MILLION:,.0f}M: its revenue is still to come."
    )
    figure = Figure(figsize=(12, 4.5), layout="constrained")
    plots.two_readings(companies, models, tuple(figure.subplots(1, 2)))
    figure.savefig(folder / "two_readings.png", dpi=120)
    write_csv(companies, folder / "a_companies.csv")
    write_csv(models, folder / "a_models.csv")


def cartoon_figures(run: Run) -> dict[str, float]:
    """Mean over labs: contribution and multiple of the first two models, company result by year ($M)."""
    lives = run.models.groupby("generation")[["contribution", "multiple"]].mean()
    results = run.companies.groupby("year")["result"].mean() / MILLION
    found = {f"contribution of model {g}, $M": lives.loc[g, "contribution"] / MILLION for g in (1, 2)}
    found |= {f"multiple of model {g}": lives.loc[g, "multiple"] for g in (1, 2)}
    return found | {f"company result {year}, $M": results[year] for year in (2023, 2024, 2025)}


def part_b(folder: Path, seeds: int, customers: int) -> None:
    """Overlapping generations in a market: every model profitable, the company ever deeper in loss."""
    table = over_seeds(market.load("cartoon").vary({"customers": customers}), range(seeds), cartoon_figures)
    table["interview"] = [200.0, 2000.0, 2.0, 2.0, -100.0, -800.0, -8000.0]
    terminal.show(f"b. Three labs in the cartoon's market: mean over labs and {seeds} seeds, 95% interval", table)
    write_csv(table, folder / "b_cartoon.csv")
    said = table.set_index("figure")
    results = ", ".join(f"{said.loc[f'company result {year}, $M', 'mean']:,.0f}" for year in (2023, 2024, 2025))
    returned = [said.loc[f"multiple of model {g}", "low"] > 1 for g in (1, 2)]
    deeper = said.loc["company result 2024, $M", "high"] < said.loc["company result 2023, $M", "low"]
    deeper &= said.loc["company result 2025, $M", "high"] < said.loc["company result 2024, $M", "low"]
    verdict = "holds" if all(returned) and deeper else "is not shown"
    terminal.say(
        f"Claim 2 {verdict} where nothing is scripted: the first two models return "
        f"{in_words(said.loc['multiple of model 1'])} and {in_words(said.loc['multiple of model 2'])} times their "
        f"training, while the company's result is {results} $M."
    )


def boundaries(run: Run) -> dict[str, float]:
    """Margins of all labs together by whole year at each boundary, and dollars spent per dollar of revenue."""
    whole = run.companies["year"].isin(run.calendar.whole_years())
    labs = run.companies[whole & run.companies["firm"].isin(run.scenario.labs)]
    models = run.models[run.models["firm"].isin(run.scenario.labs)]
    lives = {name: lab.training.cadence + lab.retirement for name, lab in run.scenario.labs.items()}
    table = amortisation.margins(labs, amortisation.straight_line(run.ledger, models, lives, run.scenario.months))
    table["cost_per_revenue_dollar"] = 1 - table["after_all_rd"]
    wide = table.set_index("year").drop(columns="revenue")
    return {f"{year} {what.replace('_', ' ')}": wide.loc[year, what] for year in wide.index for what in wide}


def generations(run: Run) -> dict[str, float]:
    """Cost of a generation over the last one's, points gained, and complete lives left in and out."""
    closed = run.models[run.models["firm"].isin(run.scenario.labs)]
    table = closed[closed["released"].notna()].groupby("generation")[["training", "capability"]].mean()[:6]
    steps = table["training"].pct_change().add(1).dropna()
    lives = closed[closed["complete"]]
    return {
        "cost of a generation over the last one's": float(np.exp(np.log(steps).mean())),
        "points gained per generation": float(table["capability"].diff().mean()),
        "multiple on training, complete lives": readings.pooled(lives),
        "multiple on full R&D, complete lives": readings.pooled(lives, full_rd=True),
        "typical multiple on training": readings.geometric_mean(lives["multiple"]),
        "complete lives": len(lives),
        "of these earned nothing": int((lives["contribution"] <= 0).sum()),
        "left out": len(closed) - len(lives),
    }


def part_c(folder: Path, seeds: int, customers: int) -> None:
    """Margins at every named boundary, and what each generation costs and can do."""
    baseline = market.load("baseline").vary({"customers": customers})
    tables = {read: over_seeds(baseline, range(seeds), read) for read in (boundaries, generations)}
    margins = tables[boundaries].assign(year=lambda t: t["figure"].str[:4], boundary=lambda t: t["figure"].str[5:])
    wide = margins.pivot_table(index="boundary", columns="year", values="mean", sort=False).reset_index()
    terminal.show(
        f"c. The baseline's labs together: margins on revenue at each boundary, mean over {seeds} seeds", wide
    )
    terminal.show("c. From generation to generation", tables[generations])
    for read, table in tables.items():
        write_csv(table, folder / f"c_{read.__name__}.csv")
    said = pd.concat(tables.values()).set_index("figure")
    at = {what: in_words(said.loc[f"2025 {what}"]) for what in margins["boundary"].unique()}
    step = said.loc["cost of a generation over the last one's"]
    terminal.say(
        f"Claim 3: serving leaves a margin of {at['after serving']} in 2025, overhead {at['after overhead']}, "
        f"amortised training {at['after amortised training']}, all R&D {at['after all rd']}.\n"
        f"Claim 4: a generation costs {step['mean']:.1f} times the last one, not ten, and gains "
        f"{in_words(said.loc['points gained per generation'])} points.\n"
        f"Claim 11: excluding training the labs' margin in 2025 is {at['excluding training']}; excluding research "
        f"as well it is {at['excluding training and research']}.\n"
        f"Claim 12: a dollar of revenue cost {in_words(said.loc['2024 cost per revenue dollar'])} dollars in 2024 and "
        f"{at['cost per revenue dollar']} in 2025."
    )


def in_words(row: pd.Series) -> str:
    """A mean with its interval."""
    return formats.with_interval((row["mean"], row["low"], row["high"]), seeds=row["n"])


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Few seeds, under 30 s.")] = False,
    out: Out = None,
) -> None:
    """Read the same cash twice."""
    customers = 3000 if quick else 20_000
    with experiment_folder(out, quick) as folder:
        part_a(folder)
        part_b(folder, 3 if quick else 20, customers)
        part_c(folder, 2 if quick else 16, customers)
    terminal.say(f"Tables and figures: {out}/")


if __name__ == "__main__":
    run_script(main)
