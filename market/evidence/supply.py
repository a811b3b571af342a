"""Supply tables: releases and list prices of models, real or invented, of CSV files. Blank is unknown, never 0."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from typing import Any

from market.evidence.rows import Row, read_rows
from market.parameters import unknown

NEEDED = ("model", "firm", "released", "open_weights")
PRICED = ("price", "price_in", "price_out", "input_share")
AMOUNTS = ("unit_cost", "training", "training_low", "training_high")
WORDS = ("predecessor", "tier", "base", "source")
RELEASES = (*NEEDED, *PRICED, "capability", "score", "scale", "withdrawn", *WORDS, *AMOUNTS)
"""Columns of a table of releases; those of `NEEDED` and a price must be there."""
PRICES = ("model", "date", "price")
INPUT_SHARE = 0.75
"""Part of input tokens in a blended price: three to one."""


def read_supply(
    releases: str | os.PathLike[str],
    prices: str | os.PathLike[str] | None = None,
    *,
    scales: Collection[str] | None = None,
) -> dict[str, Any]:
    """Read a supply table, as ``scenario.vary({"supply": …})`` takes it.

    Parameters
    ----------
    releases : a CSV file, a row for each model: model, firm, released (YYYY-MM-DD), open_weights (true or false), price
        or price_in and price_out ($ per Mtok; blended 3:1 unless input_share says otherwise), capability (points) or
        score and scale; optional: withdrawn, predecessor, tier, base, unit_cost ($ per Mtok), training, training_low,
        training_high ($), source.
    prices : a CSV file of changes of price since: model, date, price.
    scales : names of scales that a score may be on, to be checked against; a scenario checks them anyway.

    Returns
    -------
    dict
        "releases" and "prices", lists of rows without what is blank; "files", the SHA-256 of each file by its name.

    Raises
    ------
    InputError
        In one line that names the file and the row: the value, and what is allowed.
    """
    rows, files = _read(releases, RELEASES, NEEDED)
    models = _once_each(rows)
    found = [_release(row, scales) for row in rows]
    for row in rows:
        _known_ancestors(row, models)
    _no_circle(models)
    changes: list[dict[str, Any]] = []
    if prices is not None:
        more, digest = _read(prices, PRICES, PRICES)
        files |= digest
        changes = [_change(row, models) for row in more]
    return {"releases": found, "prices": changes, "files": files}


def _read(
    path: str | os.PathLike[str], columns: tuple[str, ...], needed: tuple[str, ...]
) -> tuple[list[Row], dict[str, str]]:
    """The rows of a file, and its checksum by its name."""
    rows, content = read_rows(os.fspath(path), columns, needed)
    return rows, {os.path.basename(os.fspath(path)): hashlib.sha256(content).hexdigest()}


def _once_each(rows: list[Row]) -> dict[str, Row]:
    """Rows by model; a model that is there twice is refused, with its first row."""
    models: dict[str, Row] = {}
    for row in rows:
        name = row.text("model")
        if name in models:
            raise row.error(f"model '{name}' is there twice; first in row {models[name].number}")
        models[name] = row
    return models


def _release(row: Row, scales: Collection[str] | None) -> dict[str, Any]:
    """One release: what is known of it."""
    released, withdrawn = row.day("released"), row.day("withdrawn") if row.word("withdrawn") else None
    if withdrawn is not None and withdrawn < released:
        raise row.error(f"withdrawn '{withdrawn}' is before released '{released}'; allowed: that day or later")
    found: dict[str, Any] = {
        "model": row.text("model"),
        "firm": row.text("firm"),
        "released": released,
        "withdrawn": withdrawn,
        "open_weights": row.flag("open_weights"),
        "price": _price(row),
        **_capability(row, scales),
        **{name: row.number_of(name, at_least=0.0) for name in AMOUNTS},
        **{name: row.word(name) for name in WORDS},
        "row": row.number,
    }
    low, high = found["training_low"], found["training_high"]
    if (low is None) != (high is None) or (low is not None and high is not None and low > high):
        raise row.error("training_low and training_high: allowed: both or neither, the lower first")
    if found["unit_cost"] == 0:
        raise row.error("unit_cost '0' is refused; allowed: above 0, or blank if unknown")
    return {name: value for name, value in found.items() if value is not None}


def _price(row: Row) -> float:
    """The price at release, $ per Mtok: as given, or blended of input and output."""
    given = {name: row.number_of(name, at_least=0.0) for name in PRICED}
    price, paid_in, paid_out, share = given.values()
    if price is not None:
        return price
    if paid_in is None or paid_out is None:
        raise row.error("has no price; allowed: price, or price_in and price_out, in $ per Mtok")
    share = INPUT_SHARE if share is None else share
    if share > 1:
        raise row.error(f"input_share '{share:g}' is refused; allowed: 0 to 1")
    return share * paid_in + (1 - share) * paid_out


def _capability(row: Row, scales: Collection[str] | None) -> dict[str, Any]:
    """What a model can do: points, or a score and the scale that it is on."""
    points, score, scale = row.number_of("capability"), row.number_of("score"), row.word("scale")
    known = f"; scales known: {', '.join(sorted(scales)) or 'none'}" if scales is not None else ""
    if points is not None:
        return {"capability": points}
    if score is None or scale is None:
        raise row.error(f"has neither capability nor score and scale{known}")
    if scales is not None and scale not in scales:
        raise row.error(unknown("scale", scale, scales))
    return {"score": score, "scale": scale}


def _known_ancestors(row: Row, models: dict[str, Row]) -> None:
    for column in ("predecessor", "base"):
        name = row.word(column)
        if name is not None and name not in models:
            raise row.error(f"{column}: {unknown('model', name, models)}")


def _no_circle(models: dict[str, Row]) -> None:
    """Refuse predecessors, or bases, that lead back to where they began."""
    for column in ("predecessor", "base"):
        for name, row in models.items():
            chain = [name]
            while (above := models[chain[-1]].word(column)) is not None and above not in chain:
                chain.append(above)
            if above == name:
                raise row.error(f"{column}: goes in a circle: {' → '.join([*chain, name])}")


def _change(row: Row, models: dict[str, Row]) -> dict[str, Any]:
    """One change of price; not of a model that is not there, nor before its release."""
    name, day, price = row.text("model"), row.day("date"), row.number_of("price", at_least=0.0)
    if name not in models:
        raise row.error(unknown("model", name, models))
    if day < models[name].day("released"):
        raise row.error(f"date '{day}' is before the release of '{name}' on {models[name].day('released')}")
    if price is None:
        raise row.error("has no price; allowed: $ per Mtok, at least 0")
    return {"model": name, "date": day, "price": price, "row": row.number}
