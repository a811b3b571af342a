"""Does the market move the way economics says? Signs of competition, catch-up and switching costs, with intervals.

Gross margin and multiple by number of labs; multiples by spillover where everybody can use open weights; with and
without open source; and vendors under an infinite switching cost.

Full: 16 seeds of nine markets, about three minutes. Quick: 2 seeds with few customers.
"""

from typing import Annotated

import pandas as pd
import typer

import market
from market.saving.spreadsheet import write_csv
from market.studies.experiment import Out, experiment_folder, over_seeds, run_script
from market.tables import Run
from market.views import terminal

OUTCOMES = ["labs_gross_margin", "multiple", "multiple_full_rd", "open_token_share"]
LOCKED_IN = {"segments.*.firm_switching_cost": 1e6}

MARKETS: dict[str, tuple[str, dict[str, object]]] = {
    "one lab": ("monopoly", {}),
    "two labs": ("duopoly", {}),
    "four labs": ("baseline", {}),
    "eight labs": ("eight_labs", {}),
    "four labs, no open source": ("no_open_source", {}),
    "open to all, spillover 0": ("full_open_access", {"open_providers.*.spillover": 0.0}),
    "open to all, spillover 0.6": ("full_open_access", {}),
    "open to all, spillover 1": ("full_open_access", {"open_providers.*.spillover": 1.0}),
    "infinite switching cost": ("baseline", LOCKED_IN),
}


def read(run: Run) -> dict[str, float]:
    """Outcomes of one run; vendor changes are per customer and year once all labs are on sale, from month 12."""
    found = market.measures.outcomes.compute(run, OUTCOMES)
    late = run.segments[run.segments["month"] >= 12]
    found["vendor_changes"] = 12 * late["switchers"].sum() / late["active"].sum()
    return found


def main(
    quick: Annotated[bool, typer.Option("--quick", help="2 seeds with few customers.")] = False,
    out: Out = None,
) -> None:
    """Show the signs."""
    small: dict[str, object] = {"customers": 1000} if quick else {}
    tables = []
    with experiment_folder(out, quick) as folder:
        for label, (name, changes) in MARKETS.items():
            scenario = market.load(name).vary({**small, **changes})
            tables.append(over_seeds(scenario, range(2 if quick else 16), read).assign(market=label))
        table = pd.concat(tables)
        rows = zip(table["mean"], table["low"], table["high"], table["n"], strict=True)
        table["shown"] = [terminal.with_interval((mean, low, high), ".3g", n) for mean, low, high, n in rows]
        wide = table.pivot_table(index="market", columns="figure", values="shown", aggfunc="first", sort=False)
        terminal.show(
            "Mean over seeds [95% interval]; multiples of complete lives of labs' flagships",
            wide.reset_index(),
        )
        write_csv(table.drop(columns="shown"), folder / "signs.csv")
    terminal.say(f"Tables: {out}/")


if __name__ == "__main__":
    run_script(main)
