"""Supply tables: releases, prices and withdrawals of real or invented models, read from a CSV file."""

from __future__ import annotations

import os
from typing import Any

import pandas as pd

from market.calendar import Calendar
from market.parameters import InputError, unknown

NEEDED = ("firm", "model", "date", "price", "capability", "unit_cost")
OPTIONAL = ("training",)


def read_supply(path: str | os.PathLike[str], start: str = "2023-01") -> list[dict[str, Any]]:
    """Read a supply table, as ``scenario.vary({"supply": …})`` takes it.

    A row is a model's release or, further down, a change of its price; a row without a price withdraws it. Capability,
    unit cost and, if there is such a column, the cost of its training are read from its first row.

    Parameters
    ----------
    path : a CSV file with the columns firm, model, date (as 2023-03 or 2023-03-14), price and unit_cost ($ per Mtok),
        capability (points) and, if known, training ($).
    start : calendar month that is month 0.

    Raises
    ------
    InputError
        If the file cannot be read, a column is missing or unknown, or a row has no date, or is in the wrong order.
    """
    name = os.fspath(path)
    try:
        table = pd.read_csv(name, comment="#", dtype={"firm": str, "model": str, "date": str})
    except (OSError, ValueError) as error:
        raise InputError(f"{name}: cannot be read as a supply table: {str(error).splitlines()[0]}") from None
    for column in NEEDED:
        if column not in table:
            raise InputError(f"{name}: the column '{column}' is missing; needed: {', '.join(NEEDED)}")
    for column in table.columns:
        if column not in NEEDED + OPTIONAL:
            raise InputError(f"{name}: {unknown('column', column, NEEDED + OPTIONAL)}")
    dated = table["date"].str.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])(-\d\d)?", na=False)
    if not dated.all():
        row = dated.tolist().index(False)
        raise InputError(f"{name}: row {row + 2}: date '{table['date'][row]}' is refused; allowed: as in 2023-03")
    origin = Calendar(start, 0).origin
    table["month"] = [Calendar(date, 0).origin - origin for date in table["date"]]
    return [_product(name, str(model), rows) for model, rows in table.groupby("model", sort=False)]


def _product(name: str, model: str, rows: pd.DataFrame) -> dict[str, Any]:
    """One model from its rows."""
    months, prices = rows["month"].tolist(), rows["price"].tolist()
    priced = rows["price"].notna()
    if not priced.iloc[:-1].all() or not priced.iloc[0]:
        raise InputError(f"{name}: {model}: only the last of its rows may be without a price, which withdraws it")
    first = rows.iloc[0]
    product: dict[str, Any] = {
        "firm": str(first["firm"]),
        "model": model,
        "released": months[0],
        "retired": None if priced.all() else months[-1],
        "capability": float(first["capability"]),
        "unit_cost": float(first["unit_cost"]),
        "prices": [[month, price] for month, price, known in zip(months, prices, priced, strict=True) if known],
    }
    if "training" in rows and pd.notna(first["training"]):
        product["training"] = float(first["training"])
    return product
