"""The sheet that every figure is drawn on: a title, words below it, the drawing, and a line at its foot."""

from __future__ import annotations

from typing import Any

from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from market.views.theme import style, styled

_MARGIN, _HEAD, _LINE, _FOOT = 0.12, 0.24, 0.175, 0.22
"""Inches: beside the text, for the title and for each line below it, and for the line at the foot."""


class Sheet(Figure):
    """A figure that keeps its style until it is saved, with a title, words below it, and a line at its foot.

    Attributes
    ----------
    heading, words, source : these texts, as they were given.
    """

    def __init__(self, size: tuple[float, float], dark: bool, texts: tuple[str, str, str] = ("", "", "")) -> None:
        self.settings = style(dark)
        self.heading, self.words, self.source = texts
        with styled(self.settings):
            super().__init__(figsize=size, layout="constrained")
            self._write()

    def draw(self, renderer: RendererBase) -> None:
        """Draw everything in the style of the sheet."""
        with styled(self.settings):
            super().draw(renderer)

    def savefig(self, fname: Any, **how: Any) -> None:
        """Save it in its style; as `matplotlib.figure.Figure.savefig`."""
        with styled(self.settings):
            super().savefig(fname, **how)

    def _write(self) -> None:
        """Write the texts, and leave what they need free."""
        width, height = self.get_size_inches()
        heading, words = _lines(self.heading, 12.5, width, "bold"), _lines(self.words, 9.5, width)
        top = 0.0
        for line in heading:
            self._line(line, top + 0.1, size=12.5, weight="bold")
            top += _HEAD
        for line in words:
            self._line(line, top + 0.12, size=9.5, color=self.settings["axes.labelcolor"])
            top += _LINE
        top += 0.16 if top else 0.0
        foot = _FOOT if self.source else 0.0
        if self.source:
            at = (_MARGIN / width, 0.07 / height)
            self.text(*at, self.source, size=7.5, color=self.settings["axes.labelcolor"], va="bottom")
        engine: Any = self.get_layout_engine()
        engine.set(rect=(0, foot / height, 1, 1 - (foot + top) / height))

    def _line(self, text: str, down: float, **how: Any) -> None:
        width, height = self.get_size_inches()
        self.text(_MARGIN / width, 1 - down / height, text, va="top", **how)


def _lines(text: str, size: float, width: float, weight: str = "normal") -> list[str]:
    """Break a text into lines that are no wider than a sheet of some width."""
    font, lines = FontProperties(size=size, weight=weight), [""]
    room = 72 * 0.95 * (width - 2 * _MARGIN)  # letters are somewhat wider where pixels are few
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_to_path.get_text_width_height_descent(longer, font, False)[0] > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return [line for line in lines if line]
