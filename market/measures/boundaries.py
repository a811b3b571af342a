"""Margins of all labs together at each cost boundary that people argue about."""

from __future__ import annotations

from market.accounts import amortisation
from market.tables import Run


def margins(run: Run) -> dict[str, float]:
    """Labs' margins by whole year at each boundary of `amortisation.margins`, and dollars spent per dollar of revenue.

    Returns
    -------
    dict
        By year and boundary, such as "2025 after serving".
    """
    labs = run.scenario.labs
    companies, models = (table[table["firm"].isin(labs)] for table in (run.companies, run.models))
    lives = {name: lab.expected_life for name, lab in labs.items()}
    written_off = amortisation.straight_line(run.postings, models, lives, run.scenario.months)
    whole = companies[companies["year"].isin(run.calendar.whole_years())]
    table = amortisation.margins(whole, written_off).set_index("year").drop(columns="revenue")
    table["cost_per_revenue_dollar"] = 1 - table["after_all_rd"]
    names = [str(name).replace("_", " ") for name in table]
    return {
        f"{year} {name}": float(share)
        for year, row in zip(table.index, table.to_numpy(float), strict=True)
        for name, share in zip(names, row, strict=True)
    }
