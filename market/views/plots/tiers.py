"""Figures of what families brought: products by tier over time, and who can use open weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market import formats
from market.measures import access as accesses
from market.measures.tiers import wide
from market.views import theme
from market.views.figures import Picture, figure
from market.views.plots.markets import stacked

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from market.tables import Run


def _tiers(run: Run) -> Iterator[Picture]:
    tables = [wide(run, column) for column in ("products", "selling", "share", "price")]
    tables = [table.set_axis(theme.days(run.calendar, table.index)) for table in tables]
    last = tables[0].sum(axis=1).iloc[-1], tables[1].sum(axis=1).iloc[-1]
    words = f"Labs' products. At the end {last[0]:.0f} are on sale, of which {last[1]:.0f} sell anything (line)."
    if len(tables[0].columns) == 1:
        words += " There is one tier: every release is a flagship alone."
    yield Picture(tuple(tables), words=words)


@figure(
    needs="run",
    title="products and tiers",
    reads=_tiers,
    size=(12.5, 4.6),
    columns=3,
    place=8,
    written=False,
)
def tiers(
    products: pd.DataFrame,
    selling: pd.DataFrame,
    share: pd.DataFrame,
    price: pd.DataFrame,
    axes: tuple[Axes, Axes, Axes],
) -> None:
    """Draw how many products labs have on sale by tier, what part of their revenue each tier has, and its median price.

    Parameters
    ----------
    products, selling, share, price : date as index, a column per tier: products on sale and those of them that sold
        anything; part of the labs' revenue; median list price, $ per Mtok.
    axes : for the products, the revenue, the prices.
    """
    looks = theme.by_place(products.columns, theme.KINDS)
    for axis, title in zip(axes, ("Products on sale", "Shares of the labs' revenue", "Median list price"), strict=True):
        axis.set_title(title)
    if not (products > 0).any(axis=None):
        for axis in axes:
            theme.nothing(axis, "no lab has anything on sale")
        return
    stacked(axes[0], products.fillna(0.0), looks)
    mark = "o" if len(products) == 1 else ""
    axes[0].plot(selling.index, selling.sum(axis=1), color=theme.ink(axes[0]), marker=mark, label="sell anything")
    axes[0].set_ylim(bottom=0)
    axes[0].set_ylabel("products")
    if (share > 0).any(axis=None):
        stacked(axes[1], share.fillna(0.0), looks)
        axes[1].set_ylim(0, 1)
        theme.in_percent(axes[1].yaxis)
    else:
        theme.nothing(axes[1], "no lab sold anything")
    for tier in price:
        look = looks[str(tier)]
        axes[2].plot(
            price.index, price[tier].where(price[tier] > 0), look.line, color=look.colour, label=str(tier), marker=mark
        )
    theme.log_scale(axes[2])
    axes[2].set_ylabel("$ per Mtok, log scale")
    theme.over_time(axes[2], price.index)
    handles, labels = axes[0].get_legend_handles_labels()
    axes[2].legend(handles, labels, loc="center left", bbox_to_anchor=(1.0, 0.5), reverse=True)


def _access(run: Run) -> Iterator[Picture]:
    access, every, sold = accesses.by_segment(run), accesses.of_all(run), accesses.open_shares(run)
    days = theme.days(run.calendar, access.index)
    words = "Customers who can use open weights; all: segments weighted by what they buy over the whole run."
    if len(every) and accesses.spreads(run):
        first, last = formats.percent(every.iloc[0]), formats.percent(every.iloc[-1])
        words += f" Access spreads, from {first} to {last} of all."
    else:
        words += " Access does not spread."
    sold = sold.set_axis(theme.days(run.calendar, sold.index))
    opened = bool(run.offers["open_weights"].any())
    yield Picture((access.set_axis(days), every.set_axis(days), sold), {"opened": opened}, words=words)


@figure(
    needs="run",
    title="who can use open weights, and what open models sell",
    reads=_access,
    size=(10.5, 4.4),
    columns=2,
    place=9,
    written=False,
)
def access(
    by_segment: pd.DataFrame,
    every: pd.Series,
    sold: pd.DataFrame,
    axes: tuple[Axes, Axes],
    opened: bool = True,
) -> None:
    """Draw which part of the customers can use open weights, and the shares of open models in what is sold.

    Parameters
    ----------
    by_segment : date as index, a column per segment.   every : the same of all customers.
    sold : date as index; the shares of open models in tokens and in revenue.
    axes : for access, and for what is sold.   opened : whether any open model is on sale in the run.
    """
    mark = "o" if len(every) == 1 else ""
    axes[0].set_title("Customers with access")
    for segment, look in theme.by_place(by_segment.columns, theme.KINDS).items():
        axes[0].plot(by_segment.index, by_segment[segment], look.line, color=look.colour, label=segment, marker=mark)
    axes[0].plot(every.index, every, color=theme.ink(axes[0]), linestyle="--", label="all", marker=mark)
    axes[0].set_ylim(0, min(1.03, 1.15 * max(0.1, float(np.nanmax(by_segment.to_numpy(float), initial=0.0)))))
    theme.in_percent(axes[0].yaxis)
    theme.over_time(axes[0], by_segment.index)
    theme.legend(axes[0])
    axes[1].set_title("Open models' share")
    if not opened or sold.dropna(how="all").empty:
        theme.nothing(axes[1], "no open model was on sale" if not opened else "nothing was sold")
        return
    for (column, shares), line in zip(sold.items(), theme.LINES, strict=False):
        axes[1].plot(sold.index, shares, line, color=theme.ink(axes[1]), label=f"of {column}", marker=mark)
    axes[1].set_ylim(0, min(1.03, 1.15 * max(0.1, float(np.nanmax(sold.to_numpy(float), initial=0.0)))))
    theme.in_percent(axes[1].yaxis)
    theme.over_time(axes[1], sold.index)
    theme.legend(axes[1])
