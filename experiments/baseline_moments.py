"""Is the baseline right? Every moment of the evidence's targets beside the simulation's, with intervals over seeds.

A second table does the same with smaller siblings on sale: they bring the cheapest closed model at the open frontier
nearer to what open models cost, and put the leader's margin and the open token share out of their bands, so the
baseline has none. A third shows what turnover does to switching, upgrading and the one-month price elasticity.

Full: 16 seeds of each, about two minutes. Quick: 2 seeds of the first with few customers.
"""

from typing import Annotated

import pandas as pd
import typer

import market
from market.evidence import load
from market.saving.spreadsheet import write_csv
from market.studies.experiment import Out, experiment_folder, run_script
from market.studies.replicate import summary
from market.studies.words import in_words
from market.views import terminal

FIRST_PASS = {"labs_revenue@2024": (4.5e9, 2), "labs_revenue@2025": (19e9, 2), "frontier_price": (6.7, 2.23)}
"""Magnitudes to meet before any moment: a figure (calibration.csv: two labs and others; models.csv) and a factor."""
BESIDE = [
    "closed_price_at_open_frontier",
    "vendor_switching",
    "upgraded_in_first_month",
    "own_price_elasticity_long_run",
]
"""Moments without a target of their own that the choice of siblings and turnover rests on."""
HABITS = ["vendor_switching", "upgraded_in_first_month", "own_price_elasticity_short_run", "multiple"]


def moments(changes: dict[str, object], seeds: int) -> pd.DataFrame:
    """Targets, bands and simulated means with intervals; `inside` says whether the mean is in its band."""
    targets = load("targets")[["moment", "target", "low", "high"]].rename(columns={"low": "from", "high": "to"})
    firsts = [(name, at, at / factor, at * factor) for name, (at, factor) in FIRST_PASS.items()]
    targets = pd.concat([targets, pd.DataFrame(firsts, columns=targets.columns)], ignore_index=True)
    names = [*targets["moment"], *BESIDE]
    found = summary(market.replicate(market.load("baseline").vary(changes), range(seeds), names))
    table = found.rename(columns={"outcome": "moment"}).merge(targets, on="moment", how="left")
    inside = table["mean"].between(table["from"], table["to"])
    table["inside"] = [
        "" if pd.isna(t) else "yes" if yes else "NO" for t, yes in zip(table["target"], inside, strict=True)
    ]
    money = table["moment"].str.startswith("labs_revenue")
    table.loc[money, ["target", "from", "to", "mean", "low", "high"]] /= 1e9
    table.loc[money, "moment"] += ", $bn"
    return table[["moment", "target", "from", "to", "mean", "low", "high", "inside", "n", "left_out"]]


def report(title: str, table: pd.DataFrame) -> None:
    """Print a table of moments and how many are inside."""
    terminal.show(title, table)
    own = table[table["moment"].isin(load("targets")["moment"])]
    terminal.say(f"{(own['inside'] == 'yes').sum()} of the {len(own)} moments of the targets are inside their band.")


def main(
    quick: Annotated[bool, typer.Option("--quick", help="2 seeds with few customers, the first table only.")] = False,
    out: Out = None,
) -> None:
    """Hold the baseline against the evidence."""
    small: dict[str, object] = {"customers": 3000, "months": 36} if quick else {}
    seeds = 2 if quick else 16
    with experiment_folder(out, quick) as folder:
        table = moments(small, seeds)
        report(f"The baseline against the evidence: mean over {seeds} seeds, 95% interval", table)
        write_csv(table, folder / "moments.csv")
        if not quick:
            table = moments({"labs.*.sibling": {}}, seeds)
            report("The same with a smaller sibling in every generation", table)
            write_csv(table, folder / "moments_with_siblings.csv")
            rows, found = [], []
            for turnover in (1.0, 0.1, 0.03, 0.01, 0.0):
                varied = market.load("baseline").vary({"demand.turnover": turnover})
                runs = market.replicate(varied, range(seeds), HABITS)
                rows.append({"turnover": turnover, **{name: in_words(runs[name]) for name in HABITS}})
                found.append(summary(runs).assign(turnover=turnover))
            title = "What turnover does (evidence: 0.11 vendor switches a year, 0.45 upgraded in a month)"
            terminal.show(title, pd.DataFrame(rows))
            write_csv(pd.concat(found), folder / "turnover.csv")
    terminal.say(f"Tables: {out}/")


if __name__ == "__main__":
    run_script(main)
