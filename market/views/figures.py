"""Figures by name: each is declared where it is drawn, with what it needs and how its tables are read from that."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from market.parameters import InputError, unknown
from market.registry import Registry

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from market.views.sheet import Sheet

Size = tuple[float, float]
Drawing = Callable[..., None]
Reading = Callable[..., Iterable["Picture"]]


@dataclass(frozen=True)
class Picture:
    """One picture of a figure; most figures have one.

    Attributes
    ----------
    tables : what the figure's function takes before the axes.
    options : what it takes after them, by name.
    labels : of the axes and above them, as `matplotlib.axes.Axes.set` takes them.
    file : name of its file, without an ending; by default the figure's.
    size : in inches; by default the figure's.
    title, words : what is written above, by default the figure's title, and below that: how to read it.
    """

    tables: tuple[Any, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    size: Size | None = None
    title: str = ""
    words: str = ""


@dataclass(frozen=True)
class Declared:
    """A figure.

    Attributes
    ----------
    name, title : as listings show them.
    needs : what it draws: a kind of `market.views.results.KINDS`.
    reads : gives the pictures of what it needs; none where there is nothing to draw. Its other arguments are options.
    size : inches.
    rows, columns : axes below and beside each other; those below each other share the horizontal axis.
    widths : of the columns, relative to each other; equal if not given.
    place : in the order of want, in which listings show them.
    written : whether commands draw it beside what they save.
    drawing : a function of tables and an axis, or a tuple of axes; it neither computes nor saves.
    """

    name: str
    title: str
    needs: str
    reads: Reading
    size: Size
    rows: int
    columns: int
    widths: tuple[float, ...]
    place: int
    written: bool
    drawing: Drawing

    @property
    def options(self) -> list[str]:
        """What can be asked for: names of the arguments of `reads` after the first."""
        return list(inspect.signature(self.reads).parameters)[1:]

    def pictures(self, of: Any, **options: Any) -> Iterable[Picture]:
        """Read its pictures.

        Raises
        ------
        InputError
            If it has no such option.
        """
        for name in options:
            if name not in self.options:
                raise InputError(f"figure '{self.name}': {unknown('option', name, self.options)}")
        return self.reads(of, **options)

    def draw(self, picture: Picture, dark: bool = False, source: str = "") -> Sheet:
        """Draw one of its pictures.

        Parameters
        ----------
        dark : on dark paper.   source : what is said at the foot, of where it comes from.
        """
        from market.views.sheet import Sheet
        from market.views.theme import styled

        title = picture.title or f"{self.title[:1].upper()}{self.title[1:]}"
        canvas = Sheet(picture.size or self.size, dark, (title, picture.words, source))
        with styled(canvas.settings):
            axes: Any = canvas.subplots(self.rows, self.columns, sharex=self.rows > 1, width_ratios=self.widths or None)
            single = self.rows * self.columns == 1
            self.drawing(*picture.tables, axes if single else tuple(axes.flat), **picture.options)
            if picture.labels:
                axes.set(**picture.labels)
        return canvas


FIGURES: Registry[Declared] = Registry("figure")


def figure(
    *,
    needs: str,
    title: str,
    reads: Reading,
    size: Size = (7, 4.5),
    rows: int = 1,
    columns: int = 1,
    widths: tuple[float, ...] = (),
    place: int = 100,
    written: bool = True,
) -> Callable[[Drawing], Drawing]:
    """Register a function of tables and axes as a figure of its name.

    Parameters
    ----------
    needs, title, reads, size, rows, columns, widths, place, written : as in `Declared`.

    Raises
    ------
    TypeError
        If the name is in use, or nothing gives what it needs.
    """
    from market.views.results import KINDS

    if needs not in KINDS:
        raise TypeError(f"figures need {' or '.join(KINDS)}, and not {needs!r}")

    def register(drawing: Drawing) -> Drawing:
        name = drawing.__name__
        own = Declared(name, title, needs, reads, size, rows, columns, widths, place, written, drawing)
        FIGURES.add(name, own)
        return drawing

    return register


def ordered() -> list[Declared]:
    """All figures, in the order of want."""
    return sorted(FIGURES.values(), key=lambda one: (one.place, one.name))


def panels(
    drawing: Drawing, pictures: Iterable[Picture], size: Size, rows: int = 1, sharey: bool = False, **labels: Any
) -> Figure:
    """Draw several pictures on one canvas, all by one function of tables and an axis.

    Parameters
    ----------
    drawing : such as `market.views.plots.heat_map`.
    pictures : row by row.   size : of the canvas, in inches.
    rows : of pictures, of equal lengths.   sharey : whether all pictures of a row have the same vertical axis.
    labels : of all pictures, beside their own.
    """
    from market.views.sheet import Sheet
    from market.views.theme import styled

    pictures = list(pictures)
    canvas = Sheet(size, dark=False)
    with styled(canvas.settings):
        axes = canvas.subplots(rows, len(pictures) // rows, sharey="row" if sharey else "none", squeeze=False)
        for axis, picture in zip(axes.flat, pictures, strict=True):
            drawing(*picture.tables, axis, **picture.options)
            axis.set(**labels, **picture.labels)
    return canvas


def draw(name: str, of: Any, dark: bool = False, **options: Any) -> Sheet:
    """Draw a figure by name; the first of its pictures, if there are several.

    Parameters
    ----------
    name : as `market list figures` says it.   of : what the figure needs.   dark : on dark paper.
    options : of the figure, such as a model's name.

    Raises
    ------
    InputError
        If there is no such figure, it needs something else, it has no such option, or there is nothing to draw.
    """
    return next(iter(drawings(name, of, dark, **options)))[1]


def drawings(name: str, of: Any, dark: bool = False, **options: Any) -> list[tuple[str, Sheet]]:
    """Draw all pictures of a figure by name, each with the name of its file, without an ending.

    Parameters
    ----------
    name, of, dark, options : as in `draw`, with the same errors.
    """
    from market.views.results import kind_of, source_of

    if name not in FIGURES:
        raise InputError(unknown("figure", name, FIGURES))
    one, kind = FIGURES[name], kind_of(of)
    if one.needs != kind:
        fitting = ", ".join(other.name for other in ordered() if other.needs == kind) or "none"
        this = f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
        raise InputError(f"figure '{name}': needs a {one.needs}, and this is {this}; figures of {this}: {fitting}")
    drawn = [(picture.file or name, one.draw(picture, dark, source_of(of))) for picture in one.pictures(of, **options)]
    if not drawn:
        raise InputError(f"figure '{name}': there is nothing to draw")
    return drawn


def files(needs: str) -> list[str]:
    """Names of the files of all figures that commands draw of something, as far as they have one picture of it each."""
    return [f"{name}.png" for name, one in FIGURES.items() if one.needs == needs and one.written]


def images(needs: str, of: Any) -> tuple[dict[str, bytes], Exception | None]:
    """Draw what commands draw of something: what files hold by name, and why one could not be drawn."""
    from market.views.results import source_of

    drawn: dict[str, bytes] = {}
    undrawn: Exception | None = None
    for name, one in FIGURES.items():
        try:
            for picture in one.reads(of) if one.needs == needs and one.written else ():
                drawn[f"{picture.file or name}.png"] = png(one.draw(picture, source=source_of(of)))
        except Exception as error:  # costs neither the other figures nor the tables
            undrawn = undrawn or error
    return drawn, undrawn


def png(drawn: Figure) -> bytes:
    """A figure as a picture in the format PNG."""
    image = io.BytesIO()
    drawn.savefig(image, format="png", dpi=120)
    return image.getvalue()
