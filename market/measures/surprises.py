"""What a reader would not expect of a run and should be told: revenue beyond reason, and pricing at cost that earns."""

from __future__ import annotations

import pandas as pd

from market.strategies.pricing import CostPlus
from market.tables import Run

WORLD_SHARE = 0.01
"""Part of world product above which the market's revenue is outside what its assumptions can carry."""

UNEXPLAINED = 0.02
"""Gross margin beyond what a fixed markup gives that is worth a word."""


def surprises(run: Run, by_year: pd.DataFrame) -> list[str]:
    """Say in sentences what is surprising; nothing if nothing is.

    Parameters
    ----------
    by_year : `yearly.by_year` of the run.
    """
    return [*_world(by_year), *_costs(run)]


def _world(by_year: pd.DataFrame) -> list[str]:
    share = by_year["of_world"]
    above = share > WORLD_SHARE
    if not above.any():
        return []
    years, most = ", ".join(str(year) for year in by_year.loc[above, "year"]), share.argmax()
    return [
        f"Warning: revenue is above {WORLD_SHARE:.0%} of world product in {years} ({share.iloc[most]:.1%} in "
        f"{by_year['year'].iloc[most]}); the market's assumptions do not hold there."
    ]


def _costs(run: Run) -> list[str]:
    """Labs whose margin is above what their fixed markup gives: costs fall while prices stand."""
    books = run.companies.groupby("firm")[["revenue", "contribution"]].sum()
    books = books[books["revenue"] > 0]
    margin_of = (books["contribution"] / books["revenue"]).to_dict()
    alike: dict[tuple[float, float], dict[str, float]] = {}
    for name, lab in run.scenario.labs.items():
        if not isinstance(lab.pricing, CostPlus) or name not in margin_of:
            continue
        markup, margin = lab.pricing.markup, margin_of[name]
        if margin - markup / (1 + markup) > UNEXPLAINED:
            alike.setdefault((markup, lab.pricing.reprice_hazard), {})[name] = margin
    falls = run.scenario.technology.serving_gain_on_sale
    return [
        f"A markup of {markup:.0%} on unit cost alone gives a gross margin of {markup / (1 + markup):.0%}; "
        f"{', '.join(f'{name} has {margin:.0%}' for name, margin in margins.items())}: prices are revised with a "
        f"chance of {hazard:.0%} a month, while serving a model on sale gets cheaper by {falls:g}x a year."
        for (markup, hazard), margins in alike.items()
    ]
