"""Two readings of the same cash: companies lose ever more while every model returns twice its cost.

Part a (claim 1) posts the interview's figures to the ledger and reads them both ways. The training of 2025 is the stake
of a third model, whose revenue lies beyond the figures quoted.

Quick and full are the same here: a second.
"""

from pathlib import Path
from typing import Annotated

import typer
from matplotlib.figure import Figure

from market.accounts import pnl
from market.accounts.ledger import Account, Ledger
from market.evidence import load
from market.studies.experiment import experiment_folder
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
    out = terminal.console()
    out.print(terminal.frame_table("By calendar year, $M", companies[["year", *MONEY]]))
    out.print(terminal.frame_table("Model by model, $M", models[["model", *MONEY, "multiple"]]))
    stake = models.iloc[-1]
    out.print(
        f"Company: {', '.join(f'{r / MILLION:,.0f}' for r in companies['result'])} $M. "
        f"Models: {', '.join(f'{m:.1f}x' for m in models['multiple'][:-1])}. "
        f"{stake['model']} is a stake of ${stake['training'] / MILLION:,.0f}M: its revenue is still to come.",
        highlight=False,
    )
    figure = Figure(figsize=(12, 4.5), layout="constrained")
    plots.two_readings(companies, models, tuple(figure.subplots(1, 2)))
    figure.savefig(folder / "two_readings.png", dpi=120)
    companies.to_csv(folder / "companies.csv", index=False)
    models.to_csv(folder / "models.csv", index=False)


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Under 30 s; the same as the full one so far.")] = False,
    out: Annotated[Path, typer.Option(help="Folder for tables and figures; replaced.")] = Path("results/two_ledgers"),
) -> None:
    """Read the same cash twice."""
    with experiment_folder(out, quick) as folder:
        part_a(folder)
    typer.echo(f"Tables and figures: {out}/")


if __name__ == "__main__":
    typer.run(main)
