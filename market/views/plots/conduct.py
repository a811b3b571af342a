"""The figure of conduct: list prices of the labs' best models, and the price wars among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from market.measures.price_wars import PriceWar
from market.measures.price_wars import price_wars as wars_of
from market.measures.prices import leading_prices
from market.views import theme
from market.views.figures import Picture, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from market.tables import Run


def _wars(run: Run) -> Iterator[Picture]:
    prices = leading_prices(run.offers)
    prices = prices.set_axis(theme.days(run.calendar, prices.index))
    wars = wars_of(run.offers, run.models, run.runways)
    last = run.scenario.months - 1
    spans = pd.DataFrame(
        {
            "begin": theme.days(run.calendar, wars["first_cut"]),
            "end": theme.days(run.calendar, wars["closed"].fillna(last)),
            "label": wars["label"],
            "depth": wars["depth"],
        }
    )
    many = "No price war" if wars.empty else f"{len(wars)} price war{'s' if len(wars) > 1 else ''}, shaded"
    limits = PriceWar()
    words = (
        f"{many}. In one, markups on matched models fall by {limits.fall:g} log points or more within {limits.window} "
        f"months, and a cut follows a rival's within {limits.reply}."
    )
    yield Picture((prices, spans), {"firms": list(run.scenario.firms)}, words=words)


@figure(
    needs="run",
    title="list prices of each firm's best closed model, and price wars",
    reads=_wars,
    size=(10, 4.8),
    place=12,
    written=False,
)
def price_wars(prices: pd.DataFrame, wars: pd.DataFrame, axis: Axes, firms: Sequence[str] = ()) -> None:
    """Draw the price of every firm's best closed model over time, with the price wars shaded.

    Parameters
    ----------
    prices : date as index, a column per firm, $ per Mtok.   wars : begin and end (dates), label.
    axis : to draw on.   firms : in the order of the scenario.
    """
    known = prices.where(prices > 0)
    if known.notna().sum().sum() == 0:
        theme.nothing(axis, "no closed model was on sale")
        return
    looks = theme.looks([*firms, *prices.columns])
    for firm in [name for name in looks if name in known]:
        look = looks[firm]
        single = known[firm].notna().sum() == 1
        axis.plot(
            known.index, known[firm], look.line, color=look.colour, label=firm, drawstyle="steps-post",
            marker="o" if single else "",
        )  # fmt: skip
    theme.log_scale(axis)
    middle = known.index[len(known) // 2]
    for place, (_, war) in enumerate(wars.iterrows()):
        axis.axvspan(war["begin"], war["end"], color=theme.GREY, alpha=0.22, linewidth=0)
        side, align = (war["begin"], "left") if war["begin"] < middle else (war["end"], "right")  # within the axes
        axis.text(
            side, 0.99 - 0.06 * (place % 3), f" {war['label']} ", transform=axis.get_xaxis_transform(), va="top",
            ha=align, fontsize=8, color=theme.ink(axis),
        )  # fmt: skip
    axis.set_ylabel("list price, $ per Mtok, log scale")
    theme.over_time(axis, pd.DatetimeIndex(prices.index))
    theme.legend(axis)
