"""Figures of the market: who sells how much, at which price and how good, and who took customers from whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.accounts.ledger import HOSTS
from market.economics.technology import FLAGSHIP
from market.measures.movements import BY, between
from market.measures.structure import annualised, shares
from market.measures.tiers import newest
from market.measures.vintages import by_vintage
from market.parameters import InputError, unknown
from market.views import theme
from market.views.figures import Picture, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from market.tables import Run

MOST_GROUPS = 16
"""Families, or other groups of models, in the picture of who took customers from whom."""

SEEN = 1e4
"""How many times less than the largest movement is told from nothing."""

MOST_LINES = 60
"""Models of which each has a line of its own; of more, the newest of each tier has."""


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
    known = run.models.set_index("model")
    if run.offers["model"].nunique() <= MOST_LINES:
        offers = run.offers[run.offers["firm"] != HOSTS].join(known[["line", "update"]], on="model")
        offers = offers.assign(of=offers["model"]).sort_values(["model", "month"], kind="stable")
        words = "A line per model while it is on sale, a dot at its release"
    else:
        offers = newest(run)
        offers = offers.assign(of=offers["firm"] + "-" + offers["line"])
        words = "A line per firm and tier, on the right flagships alone: the newest product; a dot at every base"
    table = offers[["month", "firm", "model", "line", "of", "open_weights", "price", "capability"]]
    born = known["released"].ge(0).fillna(False).reindex(table["model"]).to_numpy(bool)
    bases = (offers["update"] == 0) | (offers["of"] == offers["model"])
    first = ~table["model"].duplicated() & born & bases
    table = table.assign(day=theme.days(run.calendar, table["month"]), first=first)
    words += ": filled if its weights are closed, hollow if open."
    options = {"firms": list(run.scenario.firms), "flagships": bool((offers["of"] != offers["model"]).any())}
    yield Picture((table,), options, words=words)


@figure(
    needs="run",
    title="prices and capabilities of models on sale",
    reads=_prices_and_capability,
    size=(12, 5),
    columns=2,
    place=9,
    written=False,
)
def prices_and_capability(
    offers: pd.DataFrame, axes: tuple[Axes, Axes], firms: Sequence[str] = (), flagships: bool = False
) -> None:
    """Draw the list price and the capability of every model while it is on sale, or of a firm's newest in each tier.

    Parameters
    ----------
    offers : day, firm, line (the tier), of (what is one line of the picture), open_weights, price, capability, first
        (whether a dot marks the row as a release).
    axes : for prices and capabilities.   firms : in the order of the scenario.
    flagships : whether only flagships' capabilities are drawn.
    """
    looks = theme.looks([*firms, *offers["firm"]])
    for axis, column, title, unit in (
        (axes[0], "price", "List price", "$ per Mtok, log scale"),
        (axes[1], "capability", "Capability", "points: 10 more are tenfold effective compute"),
    ):
        axis.set_title(title)
        shown = offers[offers["price"] > 0] if column == "price" else offers
        if column == "capability" and flagships:
            shown = offers[offers["line"] == FLAGSHIP]
        if shown.empty:
            theme.nothing(axis, "nothing was on sale")
            continue
        named: set[str] = set()
        for (firm, line, _, is_open), rows in shown.groupby(["firm", "line", "of", "open_weights"], sort=False):
            look, strong = looks[str(firm)], line == FLAGSHIP
            axis.plot(
                rows["day"], rows[column], look.line, color=look.colour, linewidth=1.1 if strong else 0.7,
                alpha=0.75 if strong else 0.5, drawstyle="steps-post",
            )  # fmt: skip
            at, fill = rows[rows["first"]], axis.get_facecolor() if is_open else look.colour
            label = None if firm in named else str(firm)
            axis.plot(
                at["day"],
                at[column],
                look.marker,
                markersize=4.5 if strong else 3,
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
    words = "Revenue of all labs, twelve times the month's, by the year in which the base of what is sold was released."
    yield Picture((table.set_axis(theme.days(run.calendar, table.index)),), words=words)


@figure(
    needs="run",
    title="how long a base and its updates sell",
    reads=_vintages,
    size=(9, 4.6),
    place=10,
    written=False,
)
def vintages(table: pd.DataFrame, axis: Axes) -> None:
    """Stack the labs' revenue over time by the year in which the base was released, the oldest below.

    Parameters
    ----------
    table : date as index, a column per year of a base's release, dollars a year.
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
    theme.legend(axis, title="base released in", reverse=True)


# ------------------------------------------------------------------------------------------------------------ flows


def _movements(run: Run, by: str = "family") -> Iterator[Picture]:
    if by not in BY:
        raise InputError(unknown("group", by, BY))
    table, firms = between(run, MOST_GROUPS, by)
    side = 3.2 + 0.36 * len(table)
    what = {"family": "families", "tier": "tiers", "model": "models"}[by]
    words = (
        f"What customers who moved had paid in the month before, over the whole run; the {what} between which most was "
        "moved."
    )
    if len(table) and not np.isnan(np.diagonal(table.to_numpy(float))).all():
        words += f" On the diagonal: moves within one of the {what}."
    yield Picture((table, firms), words=words, size=(max(side + 1.0, 6.5), max(side, 4.8)))


@figure(needs="run", title="who took customers from whom", reads=_movements, size=(9, 8), place=11, written=False)
def movements(table: pd.DataFrame, firms: Sequence[str], axis: Axes) -> None:
    """Draw as colours on a log scale what moved from the family of each row to that of each column.

    Parameters
    ----------
    table : dollars, families, or other groups, as index (left) and columns (gone to); empty cells where nobody moved.
    firms : whose each of these is.
    """
    from matplotlib.colors import LogNorm
    from matplotlib.ticker import NullFormatter

    if not table.notna().any(axis=None):
        theme.nothing(axis, "no customer moved from one model to another")
        return
    size, name = theme.unit_of(table.to_numpy(float).ravel())
    amounts = table.to_numpy(float) / size
    most = float(np.nanmax(amounts))
    norm = LogNorm(max(float(np.nanmin(amounts)), most / SEEN), most)
    shown = axis.imshow(amounts, cmap=theme.shades(axis), aspect="equal", norm=norm)
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
    bar.ax.yaxis.set_minor_formatter(NullFormatter())
    theme.write_as(lambda value: f"{value:,.10g}", bar.ax.yaxis)
    bar.set_label(f"a month's payments moved, {name}, log scale")
