"""What is said in sentences of runs and of studies: failures first, then answers, then what qualifies them.

To add one, decorate a function of what it needs in a module of this folder; `market run`, reports, the dashboard and
notebooks find it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from market.registry import Registry, import_all


class Part(IntEnum):
    """Where a sentence is said: a verdict is made of them in this order."""

    FAILURES = 0
    ANSWERS = 1
    OTHER_SEEDS = 2
    OTHER_WORLD = 3
    SURPRISES = 4
    NOTES = 5


Saying = Callable[[Any], str]


@dataclass(frozen=True)
class Sentence:
    """A sentence: what it needs ("run" is a `Run`), where it is said, and a function of that; "" says nothing."""

    needs: str
    part: Part
    saying: Saying


SENTENCES: Registry[Sentence] = Registry("sentence")


def sentence(*, needs: str, part: Part) -> Callable[[Saying], Saying]:
    """Register a function of what it needs as a sentence; those of a part are said in the order of registration.

    Raises
    ------
    TypeError
        If the name is in use.
    """

    def register(saying: Saying) -> Saying:
        SENTENCES.add(saying.__name__, Sentence(needs, part, saying))
        return saying

    return register


def said(needs: str, of: Any, *parts: Part) -> Iterator[str]:
    """Say all that there is to say in some parts about a thing, in the order of the parts; in all if none is named."""
    for part in sorted(parts or Part):
        texts = (one.saying(of) for one in SENTENCES.values() if (one.needs, one.part) == (needs, part))
        yield from filter(None, texts)


import_all(__name__)
