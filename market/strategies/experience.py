"""What a lab has learned about its own forecasts: how much of what launches were to earn they did earn.

Forecasts are too high by their nature. Of several sizes the best forecast is taken (the winner's curse, Thaler 1988),
rivals forecast the same sales, and the own next base takes over long before the horizon. The remedy is to hold a
new forecast against the record of the old ones (reference class forecasting, Kahneman and Lovallo 1993).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from market.strategies.expectations import Forecast
from market.strategies.view import FirmView

MOST = 1000.0
"""Forecasts that came true more than this many times over say no more than that they were nothing."""


def promise(memory: Mapping[str, Any], month: int, forecast: Forecast) -> dict[str, Any]:
    """Remember what the launch of a run started in `month` is to earn a month, and for how many months."""
    return {**memory, "promised": (*memory.get("promised", ()), (month, forecast.monthly, forecast.horizon))}


def reckon(view: FirmView, memory: Mapping[str, Any]) -> dict[str, Any]:
    """Add last month's sales to the record: what own families earned, and what they were to earn, on sale or not."""
    sold: dict[int, float] = {}
    for own in view.own:
        sold[own.model.base_started] = sold.get(own.model.base_started, 0.0) + own.contribution
    earned, due = memory.get("earned", 0.0), memory.get("due", 0.0)
    for started, monthly, horizon in memory.get("promised", ()):
        released = started + view.technology.training_months
        if released < view.month <= released + horizon:
            earned, due = earned + sold.get(started, 0.0), due + monthly
    return {**memory, "earned": earned, "due": due}


def experience(memory: Mapping[str, Any], before: float) -> float:
    """Part of what own launches were to earn so far that they did earn; `before` there is a record."""
    if memory.get("due", 0.0) <= 0:
        return before
    return float(min(max(0.0, memory["earned"]) / memory["due"], MOST))


def sobered(forecast: Forecast, part: float) -> Forecast:
    """The forecast times the part of earlier ones that came true; `monthly` stays what the panel says."""
    scaled = {name: getattr(forecast, name) * part for name in ("gross", "destroyed", "lead", "exit")}
    return replace(forecast, **scaled)
