"""Text in one line: whatever a user gave, what is printed about it is short and does nothing to a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

LONGEST = 400
"""Characters of the longest message: what was given may be of any length."""


def is_control(character: str) -> bool:
    """Whether a character would do something to a terminal or a line instead of being shown."""
    bidirectional = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    return bidirectional or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def escaped(text: str) -> str:
    """Write control characters, and lone surrogates, with backslashes as Python does."""
    return "".join(c.encode("unicode_escape").decode() if is_control(c) else c for c in text)


def shortened(text: str, most: int = LONGEST) -> str:
    """Cut the middle out of a long text: what is wrong stands at its beginning, what to do at its end."""
    end = most // 3
    return text if len(text) <= most else f"{text[: most - end - 3]} … {text[-end:]}"


def told(thing: object, form: Callable[[object], str] = repr) -> str:
    """A thing as text; only its kind where it cannot say what it is, as a number of too many digits cannot."""
    try:
        return form(thing)
    except Exception:  # whatever an object's own way to be shown raises
        return f"something of kind {type(thing).__name__}"


def one_line(text: object) -> str:
    """Any text as one line of at most `LONGEST` characters, without control characters."""
    return shortened(escaped(str(text)))


class InputError(ValueError):
    """Bad input, said in one line that names the path, the value, what is allowed and the nearest valid name.

    Whatever the text holds, the message is one line without control characters, of bounded length. A command that ends
    with it has the exit status `status`.
    """

    status = 2

    def __init__(self, text: str) -> None:
        super().__init__(one_line(text))
