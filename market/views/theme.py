"""What every figure shares: light and dark paper, a look per firm, one unit of dollars per axis, dates."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import pandas as pd
from matplotlib import rcsetup

from market import formats
from market.accounts.ledger import HOSTS
from market.calendar import Calendar

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9")
"""Those of Okabe and Ito that can be seen on white and on black: told apart by colour-blind readers too."""

LINES, MARKERS, HATCHES = ("-", "--", ":", "-."), ("o", "s", "D", "P"), ("", "///", "...", "xxx")
"""What tells firms of the same colour apart, if there are more firms than colours."""

GREY = "#8C8C8C"
"""Hosts, what nobody buys, and lines that mark a level."""

GOOD, BAD = "#009E73", "#D55E00"

KINDS = ("#6A51A3", "#B3A2D4", "#B5485D", "#3F8F7F", "#A89F91", "#D8D2C8", "#C9A227", "#DDA0B6", "#6E6259")
"""Colours of what is no firm, such as costs and causes: none of them is a firm's."""

FONTS = (
    "DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Noto Sans JP", "Noto Sans KR",
    "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", "WenQuanYi Zen Hei",
    "PingFang SC", "Hiragino Sans", "Apple SD Gothic Neo", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic",
    "Nirmala UI", "Arial Unicode MS",
)  # fmt: skip
"""Fonts in which letters are looked for, of those installed: names of firms may be in any script."""

LIGHT = {"paper": "#FFFFFF", "ink": "#1F2328", "soft": "#5F6670", "grid": "#E7E9EC"}
DARK = {"paper": "#15181D", "ink": "#E8EAED", "soft": "#A4ABB5", "grid": "#2C323A"}
"""Tones of light paper and of dark: the ground, texts, what says what is what, and lines to measure by."""


@dataclass(frozen=True)
class Look:
    """How a firm is drawn, in every figure: a colour, and what tells it from another firm of this colour."""

    colour: str
    line: str = "-"
    marker: str = "o"
    hatch: str = ""


def by_place(names: Iterable[object], colours: Sequence[str]) -> dict[str, Look]:
    """Give names a look by their place; once more does not count."""
    found = {}
    for place, name in enumerate(dict.fromkeys(map(str, names))):
        again, colour = divmod(place, len(colours))
        found[name] = Look(colours[colour], *(kind[again % len(kind)] for kind in (LINES, MARKERS, HATCHES)))
    return found


def looks(firms: Iterable[object]) -> dict[str, Look]:
    """Give every firm its look by its place; the hosts and what lies outside the market are grey.

    Parameters
    ----------
    firms : in the order of the scenario; once more does not count.
    """
    others = (HOSTS, "outside")
    own = by_place((name for name in map(str, firms) if name not in others), COLOURS)
    return own | {name: Look(GREY, LINES[2]) for name in others}


def style(dark: bool = False) -> dict[str, Any]:
    """Settings of matplotlib for a light sheet or a dark one. No text is parsed as mathematics."""
    tone = DARK if dark else LIGHT
    return {
        "font.family": _fonts(),
        "font.size": 9.5,
        "text.parse_math": False,
        "text.color": tone["ink"],
        "figure.facecolor": tone["paper"],
        "savefig.facecolor": tone["paper"],
        "savefig.edgecolor": "none",
        "axes.facecolor": tone["paper"],
        "axes.edgecolor": tone["soft"],
        "axes.labelcolor": tone["soft"],
        "axes.titlecolor": tone["ink"],
        "axes.titlelocation": "left",
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.linewidth": 0.8,
        "axes.unicode_minus": True,
        "axes.prop_cycle": rcsetup.cycler("color", COLOURS),
        "grid.color": tone["grid"],
        "grid.linewidth": 0.8,
        "xtick.color": tone["soft"],
        "ytick.color": tone["soft"],
        "xtick.labelcolor": tone["ink"],
        "ytick.labelcolor": tone["ink"],
        "legend.frameon": False,
        "legend.fontsize": 9,
        "lines.linewidth": 1.8,
        "lines.markersize": 5,
        "hatch.linewidth": 0.6,
        "hatch.color": tone["paper"],
        "patch.edgecolor": tone["paper"],
        "svg.fonttype": "none",
        "svg.hashsalt": "market",
    }


@contextmanager
def styled(settings: Mapping[str, Any]) -> Iterator[None]:
    """Draw in a style, in silence about letters that no installed font has."""
    rc: Any = dict(settings)
    with mpl.rc_context(rc), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"(Glyph|Matplotlib currently does not support)")
        yield


# ------------------------------------------------------------------------------------------------------------ axes


def unit_of(values: Iterable[float]) -> tuple[float, str]:
    """The one unit of dollars in which some values are read: its size and its name."""
    known = pd.Series(list(values), dtype="float64").abs()
    largest = float(known[known < float("inf")].max()) if len(known) else 0.0
    return next(((size, f"${name}") for size, name in ((1e9, "bn"), (1e6, "M")) if largest >= size), (1.0, "$"))


def in_dollars(side: Axis, values: Iterable[float], what: str = "", per: str = "") -> None:
    """Write the numbers beside an axis in one unit of dollars, and say so.

    Parameters
    ----------
    side : of some axes.   values : what is drawn, from which the unit is chosen.
    what, per : as in "revenue" and " a year".
    """
    size, name = unit_of(values)
    write_as(lambda value: f"{value / size:,.10g}", side)
    side.set_label_text(f"{what}, {name}{per}" if what else f"{name}{per}")


def in_percent(side: Axis) -> None:
    """Write shares beside an axis in percent."""
    write_as(lambda share: f"{100 * share:,.6g}%", side)


def write_as(form: Any, side: Axis) -> None:
    """Write the numbers beside an axis in some form, with a true minus."""
    side.set_major_formatter(lambda value, _: form(value).replace("-", "−"))


def days(calendar: Calendar, months: Iterable[int]) -> pd.DatetimeIndex:
    """First days of months of a record."""
    return pd.DatetimeIndex([pd.Timestamp(f"{calendar.date(int(month))}-01") for month in months])


def over_time(axis: Axes, index: pd.Index) -> None:
    """Let the horizontal axis show calendar time, from the first to the last of some days and no further."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, DateFormatter, MonthLocator, date2num

    first, last = date2num([index.min(), index.max()]) if len(index) else (0.0, 0.0)  # type: ignore[no-untyped-call]
    if last - first < 62:
        axis.xaxis.set_major_locator(MonthLocator())  # type: ignore[no-untyped-call]
        axis.xaxis.set_major_formatter(DateFormatter("%Y-%m"))  # type: ignore[no-untyped-call]
    else:
        locator: Any = AutoDateLocator(minticks=3, maxticks=8)  # type: ignore[no-untyped-call]
        axis.xaxis.set_major_locator(locator)
        axis.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))  # type: ignore[no-untyped-call]
    if len(index):
        axis.set_xlim(*((first, last) if last > first else (first - 31, first + 62)))


def whole_years(axis: Axes, years: Iterable[float]) -> None:
    """Mark whole years only along the horizontal axis."""
    from matplotlib.ticker import FixedLocator

    known = sorted({round(year) for year in years})
    if known:
        axis.xaxis.set_major_locator(FixedLocator(range(known[0], known[-1] + 1, 1 + (known[-1] - known[0]) // 10)))
        axis.set_xlim(known[0] - 0.4, known[-1] + 0.4)
    write_as(formats.level, axis.xaxis)


def log_scale(axis: Axes, which: str = "y") -> None:
    """Put the vertical axis ("y"), or the other one ("x"), on a log scale, marked at powers of ten, if few between too.

    What is on the axis must have been drawn.
    """
    from matplotlib.ticker import LogLocator, NullLocator

    axis.set(**{f"{which}scale": "log"})
    side: Axis = getattr(axis, f"{which}axis")
    low, high = side.get_view_interval()
    near = range(1, 10) if high < 5 * low else (1, 2, 5) if high < 100 * low else (1,)
    side.set_major_locator(LogLocator(subs=[float(one) for one in near] if low > 0 else (1.0,)))
    side.set_minor_locator(NullLocator())
    write_as(lambda value: f"{value:,.10g}", side)


def ink(axis: Axes) -> Any:
    """The colour in which text stands on the paper of some axes."""
    return axis.title.get_color()


def shades(axis: Axes) -> Any:
    """Colours from little to much, little being the nearest to the paper of some axes."""
    from matplotlib.colors import ListedColormap, to_rgb

    dark = sum(to_rgb(axis.get_facecolor())) < 1.5
    tones = mpl.colormaps["cividis" if dark else "YlGnBu"]
    return ListedColormap(tones([0.12 + 0.88 * step / 255 for step in range(256)]))


def legend(axis: Axes, **how: Any) -> None:
    """Name what is drawn, beside the axes if nothing else is said; nothing if nothing is named."""
    if axis.get_legend_handles_labels()[0]:
        axis.legend(**({"loc": "center left", "bbox_to_anchor": (1.0, 0.5)} | how))


def nothing(axis: Axes, words: str) -> None:
    """Say on empty axes that there is nothing to draw, and why."""
    axis.set_axis_off()
    axis.text(0.02, 0.9, words, transform=axis.transAxes, va="top")


@cache
def _fonts() -> list[str]:
    from matplotlib.font_manager import fontManager

    known = set(fontManager.get_font_names())
    return [name for name in FONTS if name in known] or ["sans-serif"]
