"""Figures of the market: who sells how much, at which price and how good, and who took customers from whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.accounts.ledger import HOSTS
from market.measures.movements import between_models
from market.measures.structure import annualised, shares
from market.measures.vintages import by_vintage
from market.views import theme
from market.views.figures import Picture, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from market.tables import Run

MOST_MODELS = 16
"""Models in the picture of who took customers from whom."""


def _shares_by_month(run: Run) -> Iterator[Picture]:
    firms = [*run.scenario.firms, HOSTS]
    sold = annualised(run.offers, firms, run.scenario.months)
    days = theme.days(run.calendar, sold.index)
    parts = [
        shares(run.offers, of).pivot_table(index="month", columns="firm", values="share")
        for of in ("revenue", "tokens")
    ]
    parts = [part.reindex(sold.index, columns=firms).fillna(0.0).set_axis(days) for part in parts]
    sizes = sold.sum(axis=1).set_axis(days)
    words = "What independent hosts sell of open models is grey." if sold[HOSTS].any() else ""
    yield Picture((sizes, *parts), {"firms": list(run.scenario.firms)}, words=words)


@figure(
    needs="run",
    title="the market's size, and who sells it: shares of revenue and of tokens",
    reads=_shares_by_month,
    size=(12.5, 4.6),
    columns=3,
    place=8,
)
def market_share(
    sizes: pd.Series,
    revenue: pd.DataFrame,
    tokens: pd.DataFrame,
    axes: tuple[Axes, Axes, Axes],
    firms: Sequence[str] = (),
) -> None:
    """Draw what the market sells a year, and stack the firms' shares of revenue and of tokens over time.

    Parameters
    ----------
    sizes : dollars a year by date.
    revenue, tokens : date as index, a column per firm, shares that add up to at most 1; the rest stays empty.
    axes : for the size, the shares of revenue, the shares of tokens.   firms : in the order of the scenario.
    """
    looks = theme.looks([*firms, *revenue.columns])
    axes[0].set_title("All revenue")
    if not (sizes > 0).any():
        for axis in axes:
            theme.nothing(axis, "nothing was sold")
        return
    axes[0].fill_between(sizes.index, sizes, color=theme.GREY, alpha=0.35, linewidth=0)
    axes[0].plot(sizes.index, sizes, color=theme.GREY, marker="o" if len(sizes) == 1 else "")
    axes[0].set_ylim(bottom=0)
    theme.in_dollars(axes[0].yaxis, sizes, "revenue of all firms and hosts", " a year")
    theme.over_time(axes[0], sizes.index)
    for axis, table, title in zip(axes[1:], (revenue, tokens), ("Shares of revenue", "Shares of tokens"), strict=True):
        axis.set_title(title)
        stacked(axis, table, looks)
        axis.set_ylim(0, 1)
        theme.in_percent(axis.yaxis)
    theme.legend(axes[2], reverse=True)


def stacked(axis: Axes, table: pd.DataFrame, looks: dict[str, theme.Look]) -> None:
    """Stack the columns of a table over time, each in the look of its name; a month alone as bars."""
    known = table.loc[:, (table > 0).any()]
    if len(table) == 1:
        known = pd.concat([known, known.set_axis(known.index + pd.Timedelta(days=31))])
    below = np.zeros(len(known))
    for name in known.columns:
        look, above = looks[str(name)], below + known[name].to_numpy(float)
        axis.fill_between(
            known.index, below, above, facecolor=look.colour, hatch=look.hatch or None, label=str(name), linewidth=0.4
        )
        below = above
    theme.over_time(axis, known.index)


# ----------------------------------------------------------------------------------------------- prices, capability


def _prices_and_capability(run: Run) -> Iterator[Picture]:
    offers = run.offers[run.offers["firm"] != HOSTS].sort_values(["model", "month"], kind="stable")
    table = offers[["month", "firm", "model", "open_weights", "price", "capability"]]
    table = table.assign(day=theme.days(run.calendar, table["month"]), first=~table["model"].duplicated())
    table = table.assign(
        first=table["first"] & table["model"].isin(run.models.loc[run.models["released"] >= 0, "model"])
    )
    words = (
        "A line per model while it is on sale, a dot at its release: filled if its weights are closed, hollow if open."
    )
    yield Picture((table,), {"firms": list(run.scenario.firms)}, words=words)


@figure(
    needs="run",
    title="prices and capabilities of all models on sale",
    reads=_prices_and_capability,
    size=(12, 5),
    columns=2,
    place=9,
    written=False,
)
def prices_and_capability(offers: pd.DataFrame, axes: tuple[Axes, Axes], firms: Sequence[str] = ()) -> None:
    """Draw the list price and the capability of every model while it is on sale.

    Parameters
    ----------
    offers : day, firm, model, open_weights, price, capability, first (whether the row is that of its release).
    axes : for prices and capabilities.   firms : in the order of the scenario.
    """
    looks = theme.looks([*firms, *offers["firm"]])
    for axis, column, title, unit in (
        (axes[0], "price", "List price", "$ per Mtok, log scale"),
        (axes[1], "capability", "Capability", "points: 10 more are tenfold effective compute"),
    ):
        axis.set_title(title)
        shown = offers[offers["price"] > 0] if column == "price" else offers
        if shown.empty:
            theme.nothing(axis, "nothing was on sale")
            continue
        named: set[str] = set()
        for (firm, _, is_open), rows in shown.groupby(["firm", "model", "open_weights"], sort=False):
            look = looks[str(firm)]
            axis.plot(
                rows["day"], rows[column], look.line, color=look.colour, linewidth=1.1, alpha=0.75,
                drawstyle="steps-post",
            )  # fmt: skip
            at, fill = rows[rows["first"]], axis.get_facecolor() if is_open else look.colour
            label = None if firm in named else str(firm)
            axis.plot(
                at["day"],
                at[column],
                look.marker,
                markersize=4.5,
                color=look.colour,
                markerfacecolor=fill,
                label=label,
                zorder=4,
            )
            named.add(str(firm))
        if column == "price":
            theme.log_scale(axis)
        axis.set_ylabel(unit)
        theme.over_time(axis, pd.DatetimeIndex(offers["day"]))
    theme.legend(axes[1])


# --------------------------------------------------------------------------------------------------------- vintages


def _vintages(run: Run) -> Iterator[Picture]:
    table = by_vintage(run)
    words = "Revenue of all labs, twelve times the month's, by the year in which the model was released."
    yield Picture((table.set_axis(theme.days(run.calendar, table.index)),), words=words)


@figure(needs="run", title="how long a generation sells", reads=_vintages, size=(9, 4.6), place=10, written=False)
def vintages(table: pd.DataFrame, axis: Axes) -> None:
    """Stack the labs' revenue over time by the year in which the model was released, the oldest below.

    Parameters
    ----------
    table : date as index, a column per year of release, dollars a year.
    """
    from matplotlib import colormaps

    if table.empty or not (table > 0).any(axis=None):
        theme.nothing(axis, "no lab sold anything")
        return
    tones = colormaps["viridis"](np.linspace(0.05, 0.95, len(table.columns)))
    looks = {str(year): theme.Look(tone) for year, tone in zip(table.columns, tones, strict=True)}
    stacked(axis, table, looks)
    axis.set_ylim(bottom=0)
    theme.in_dollars(axis.yaxis, table.sum(axis=1), "revenue", " a year")
    theme.legend(axis, title="released in", reverse=True)


# ------------------------------------------------------------------------------------------------------------ flows


def _movements(run: Run) -> Iterator[Picture]:
    table = between_models(run, MOST_MODELS)
    side = 3.2 + 0.36 * len(table)
    words = (
        "What customers who moved had paid in the month before, over the whole run; the models between which most was "
        "moved, by firm and generation."
    )
    firms = list(run.models.set_index("model")["firm"].reindex(table.index))
    yield Picture((table, firms), words=words, size=(max(side + 1.0, 6.5), max(side, 4.8)))


@figure(needs="run", title="who took customers from whom", reads=_movements, size=(9, 8), place=11, written=False)
def movements(table: pd.DataFrame, firms: Sequence[str], axis: Axes) -> None:
    """Draw as colours what moved from the model of each row to the model of each column.

    Parameters
    ----------
    table : dollars, models as index (left) and columns (gone to); empty cells where nobody moved.
    firms : whose each of these models is.
    """
    if not len(table):
        theme.nothing(axis, "no customer moved from one model to another")
        return
    size, name = theme.unit_of(table.to_numpy(float).ravel())
    shown = axis.imshow(table.to_numpy(float) / size, cmap=theme.shades(axis), aspect="equal")
    axis.set_xticks(range(len(table.columns)), [str(name) for name in table.columns], rotation=90)
    axis.set_yticks(range(len(table.index)), [str(name) for name in table.index])
    for place in range(1, len(table)):
        if firms[place] != firms[place - 1]:
            axis.axhline(place - 0.5, color=theme.GREY, linewidth=0.8)
            axis.axvline(place - 0.5, color=theme.GREY, linewidth=0.8)
    axis.set_xlabel("went to")
    axis.set_ylabel("came from")
    axis.grid(visible=False)
    bar = axis.figure.colorbar(shown, ax=axis, shrink=0.7)
    bar.set_label(f"a month's payments moved, {name}")
