"""What a section of a report is made of. Each block is laid out by the template's macro of its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple


class Cell(NamedTuple):
    """A cell of a table: what is shown, and the number by which it sorts; None if it sorts as text."""

    text: str
    value: float | None = None


class Heading(NamedTuple):
    """A heading of a column: what is shown, what it means, and whether the column holds numbers."""

    text: str
    meaning: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Block:
    """A part of a section."""

    kind: ClassVar[str]


@dataclass(frozen=True)
class Words(Block):
    """Paragraphs. Those that are `grave` stand out, as failures do."""

    kind = "words"
    lines: Sequence[str]
    grave: bool = False


@dataclass(frozen=True)
class Sheet(Block):
    """A table; the first cell of a row names it. `sorts` says whether its columns can be sorted."""

    kind = "sheet"
    caption: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    sorts: bool = True


@dataclass(frozen=True)
class Drawn(Block):
    """A figure as SVG, or as the bytes of a PNG file."""

    kind = "drawn"
    title: str
    svg: str = ""
    png: str = ""
    width: int = 0


@dataclass(frozen=True)
class Group(Block):
    """Blocks under a heading of their own."""

    kind = "group"
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Fold(Block):
    """Blocks that are shown when asked for, and in print."""

    kind = "fold"
    summary: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Timeline(Block):
    """Events by year, to be filtered by firm and kind: each row has a month, a firm, a kind, and what happened."""

    kind = "timeline"
    years: Mapping[str, Sequence[tuple[str, str, str, str]]]
    firms: Sequence[str]
    kinds: Sequence[str]


@dataclass(frozen=True)
class Facts(Block):
    """Terms, each with what it is; `code` sets the latter in a fixed width."""

    kind = "facts"
    pairs: Sequence[tuple[str, str]]
    code: bool = False


@dataclass(frozen=True)
class Code(Block):
    """Text to be copied, such as a command."""

    kind = "code"
    label: str
    text: str


@dataclass(frozen=True)
class Explorer(Block):
    """Design points to be explored with sliders; the script reads the data. Without scripts it is not shown."""

    kind = "explorer"
    data: Mapping[str, Any]
