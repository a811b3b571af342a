"""Sections of a report: each is a function of a result that gives blocks, declared once, with its place in the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from market.registry import Registry
from market.views.report.blocks import Block
from market.views.results import KINDS


@dataclass(frozen=True)
class Reported:
    """What a report is of: a result, the word that manifests have for its kind, and its manifest."""

    result: Any
    kind: str
    noted: Mapping[str, Any]


Giving = Callable[[Reported], Iterable[Block]]


@dataclass(frozen=True)
class Section:
    """A section: its name, its heading, its place, the kinds of result that have it, and what gives its blocks.

    `figures` are names of those that stand in it, and therefore not among all others.
    """

    name: str
    title: str
    place: int
    needs: tuple[str, ...]
    gives: Giving
    figures: tuple[str, ...] = ()


SECTIONS: Registry[Section] = Registry("section")


def section(*needs: str, title: str, place: int, figures: tuple[str, ...] = ()) -> Callable[[Giving], Giving]:
    """Register a function of what is reported as a section; one without blocks is left out.

    Parameters
    ----------
    needs : kinds of result that have it; all have if none is given.
    title : its heading.   place : in the order of the page; those of the same place follow as they are registered.
    figures : names of those that it shows itself.

    Raises
    ------
    TypeError
        If the name is in use, or there is no such kind of result.
    """
    strange = [kind for kind in needs if kind not in KINDS]
    if strange:
        raise TypeError(f"sections need {', '.join(KINDS)}, and not {strange[0]!r}")

    def register(gives: Giving) -> Giving:
        name = gives.__name__.strip("_")
        SECTIONS.add(name, Section(name, title, place, needs or tuple(KINDS), gives, figures))
        return gives

    return register


def sections_of(reported: Reported) -> Iterator[tuple[Section, list[Block]]]:
    """Give the sections of a result in order, each with its blocks."""
    for one in sorted(SECTIONS.values(), key=lambda one: one.place):
        blocks = list(one.gives(reported)) if reported.kind in one.needs else []
        if blocks:
            yield one, blocks
