"""Figures by name: each is declared where it is drawn, with what it needs and how its tables are read from that."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from market.parameters import InputError, unknown
from market.registry import Registry

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Size = tuple[float, float]
Drawing = Callable[..., None]


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
    """

    tables: tuple[Any, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    size: Size | None = None


@dataclass(frozen=True)
class Declared:
    """A figure.

    Attributes
    ----------
    name, title : as listings show them.
    needs : what it draws: "run" is a `Run`, "sweep" a `Swept`.
    reads : gives the pictures of what it needs; none where there is nothing to draw.
    size, columns : inches, and axes side by side.
    drawing : a function of tables and an axis, or a tuple of axes; it neither computes nor saves.
    """

    name: str
    title: str
    needs: str
    reads: Callable[[Any], Iterable[Picture]]
    size: Size
    columns: int
    drawing: Drawing

    def draw(self, picture: Picture) -> Figure:
        """Draw one of its pictures."""
        from matplotlib.figure import Figure

        canvas = Figure(figsize=picture.size or self.size, layout="constrained")
        axes = canvas.subplots(1, self.columns)
        self.drawing(*picture.tables, axes if self.columns == 1 else tuple(axes), **picture.options)
        if picture.labels:
            axes.set(**picture.labels)
        return canvas


FIGURES: Registry[Declared] = Registry("figure")
NEEDS = ("run", "sweep")
"""What there is to draw: a `Run`, a `Swept`."""


def figure(
    *,
    needs: str,
    title: str,
    reads: Callable[[Any], Iterable[Picture]],
    size: Size = (7, 4.5),
    columns: int = 1,
) -> Callable[[Drawing], Drawing]:
    """Register a function of tables and axes as a figure of its name.

    Parameters
    ----------
    needs, title, reads, size, columns : as in `Declared`.

    Raises
    ------
    TypeError
        If the name is in use, or nothing gives what it needs.
    """
    if needs not in NEEDS:
        raise TypeError(f"figures need {' or '.join(NEEDS)}, and not {needs!r}")

    def register(drawing: Drawing) -> Drawing:
        name = drawing.__name__
        FIGURES.add(name, Declared(name, title, needs, reads, size, columns, drawing))
        return drawing

    return register


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
    from matplotlib.figure import Figure

    pictures = list(pictures)
    canvas = Figure(figsize=size, layout="constrained")
    axes = canvas.subplots(rows, len(pictures) // rows, sharey="row" if sharey else "none", squeeze=False)
    for axis, picture in zip(axes.flat, pictures, strict=True):
        drawing(*picture.tables, axis, **picture.options)
        axis.set(**labels, **picture.labels)
    return canvas


def draw(name: str, of: Any) -> Figure:
    """Draw a figure by name; the first of its pictures, if there are several.

    Parameters
    ----------
    of : what the figure needs, as `market list figures` says it.

    Raises
    ------
    InputError
        If there is no such figure, or nothing to draw.
    """
    if name not in FIGURES:
        raise InputError(unknown("figure", name, FIGURES))
    for picture in FIGURES[name].reads(of):
        return FIGURES[name].draw(picture)
    raise InputError(f"figure '{name}': there is nothing to draw")


def files(needs: str) -> list[str]:
    """Names of the files of all figures that need something, as far as they have one picture of it each."""
    return [f"{name}.png" for name, one in FIGURES.items() if one.needs == needs]


def images(needs: str, of: Any) -> tuple[dict[str, bytes], Exception | None]:
    """Draw all pictures of all figures that need something: what files hold by name, and why one could not be drawn."""
    drawn: dict[str, bytes] = {}
    undrawn: Exception | None = None
    for name, one in FIGURES.items():
        try:
            for picture in one.reads(of) if one.needs == needs else ():
                image = io.BytesIO()
                one.draw(picture).savefig(image, format="png", dpi=120)
                drawn[f"{picture.file or name}.png"] = image.getvalue()
        except Exception as error:  # costs neither the other figures nor the tables
            undrawn = undrawn or error
    return drawn, undrawn
