"""A sweep as data for the sliders of a page: its design points, and each outcome there with its interval."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from market.measures.outcomes import OUTCOMES, level_of
from market.studies import summary
from market.studies.levels import label
from market.views.results import Swept

DIGITS = 6
"""Significant digits that the page is given."""


def explored(swept: Swept) -> dict[str, Any]:
    """Lay out a sweep as JSON.

    Returns
    -------
    dict
        `grid`: whether each factor can be moved while the others stay. `start`: the place of the point to begin at.
        `factors`: path and levels, each with its name and, if all are numbers, its value. `outcomes`: name, unit,
        meaning, and the level at which it breaks even.
        `points`: for each design point the place of its level of each factor, and for each outcome mean, low, high, n.
    """
    factors, names = swept.design.factors, swept.known
    rows = pd.DataFrame(columns=["point", *factors])
    if names:
        rows = summary.by_point(swept.table, factors, names, swept.worlds)
    levels = {factor: _levels(rows[factor]) for factor in factors}
    points = []
    for _, part in rows.groupby("point", sort=False):
        head, by_name = part.iloc[0], part.set_index("outcome").to_dict("index")
        at = [levels[factor].index(head[factor]) for factor in factors]
        points.append({"at": at, "of": [_estimate(by_name[name]) for name in names]})
    return {
        "grid": swept.design.kind in ("grid", "one_at_a_time"),
        "start": _start(swept, points, rows),
        "factors": [{"path": factor, **_described(levels[factor])} for factor in factors],
        "outcomes": [
            {"name": name, "unit": _of(name, "unit"), "meaning": _of(name, "meaning"), "level": level_of(name)}
            for name in names
        ],
        "points": points,
    }


def _start(swept: Swept, points: list[dict[str, Any]], rows: pd.DataFrame) -> int:
    """The scenario as it is, where factors are moved one at a time; else the point in the middle of the order."""
    order = rows["point"].drop_duplicates().tolist()
    return order.index(0) if swept.design.kind == "one_at_a_time" and 0 in order else len(points) // 2


def _levels(column: pd.Series) -> list[Any]:
    """Values of a factor in order."""
    found = list(dict.fromkeys(column.tolist()))
    return sorted(found) if all(isinstance(value, int | float) for value in found) else found


def _described(levels: list[Any]) -> dict[str, Any]:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in levels)
    return {"levels": [label(value) for value in levels], "values": levels if numbers else None}


def _estimate(row: Mapping[Hashable, Any]) -> list[float | None]:
    return [_short(row[name]) for name in ("mean", "low", "high", "n")]


def _short(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def _of(name: str, fact: str) -> str:
    known = OUTCOMES.get(name.partition("@")[0])
    return str(getattr(known, fact)) if known else ""
