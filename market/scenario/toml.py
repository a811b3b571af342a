"""TOML: read as people have it, with a byte order mark, any line ends, any file name; values written so that they read.

What is wrong is said in one line.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from market.parameters import InputError, plain


def is_file_name(source: object) -> bool:
    """Whether a word names a TOML file, whatever the case of its ending."""
    return str(source).lower().endswith(".toml")


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    InputError
        If it cannot be read, is not UTF-8 text, is malformed, or is nested too deeply.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({(error.strerror or str(error)).lower()})") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: cannot be read (it is not UTF-8 text)") from None
    except ValueError as error:
        raise InputError(f"{path}: cannot be read ({error})") from None
    return parse(text, str(path))


def parse(text: str, name: str) -> dict[str, Any]:
    """Parse TOML.

    Parameters
    ----------
    name : what to call the text in a message.
    """
    try:
        data = tomllib.loads(text)
        plain(data)
    except RecursionError:
        raise InputError(f"{name}: malformed TOML (tables and lists are nested too deeply)") from None
    except ValueError as error:  # also integers of more digits than Python reads
        raise InputError(f"{name}: malformed TOML ({error})") from None
    return data


def value(text: str) -> Any:
    """Read one value; what is not TOML is text."""
    try:
        data = parse(f"value = {text}", text)
    except InputError:
        return text
    return data["value"] if data.keys() == {"value"} else text


def written(value: Any) -> str:
    """A value as TOML writes it: what `value` reads back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{written(str(key))} = {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    return "" if value is None else repr(value)
