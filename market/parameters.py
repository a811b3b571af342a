"""How a parameter is declared: unit, bounds, range, meaning and source, once, beside the equation or rule that uses it.

The declarations feed validation, ``--set`` and ``vary``, ``market list parameters`` and the table in ``docs/ODD.md``.
"""

from __future__ import annotations

import datetime as dt
import difflib
import numbers
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from market.wording import InputError as InputError
from market.wording import is_control, shortened, told

DEEPEST = 50
"""Levels of tables and lists in what a user gives; far more than a scenario has, and no danger to any recursion."""

NAME_BYTES = 200
"""Bytes of the longest name of a scenario: a results folder adds a seed, and file systems stop at 255."""

FORBIDDEN = frozenset('/\\<>:"|?*')
"""Characters that cannot be part of a folder's name on one system or another."""


def name_problem(name: str) -> str | None:
    """Say why a name cannot be part of a folder's name, or None."""
    if not name or name.strip(". ") != name:
        return "is empty or begins or ends with a dot or a space"
    if any(c in FORBIDDEN or is_control(c) for c in name):
        return 'has a control character or one of / \\ < > : " | ? *'
    return f"is longer than {NAME_BYTES} bytes" if len(name.encode()) > NAME_BYTES else None


def usable_name(name: str) -> str:
    """Change as little of a name as makes it part of a folder's name."""
    kept = "".join("_" if c in FORBIDDEN or is_control(c) else c for c in name)
    return kept.encode()[:NAME_BYTES].decode(errors="ignore").strip(". ") or "scenario"


def tuples(value: Any) -> Any:
    """A list of rows, as a scenario file has it, as tuples; anything else as it is."""
    if not isinstance(value, list | tuple):
        return value
    return tuple(tuple(one) if isinstance(one, list) else one for one in value)


def plain(value: Any, depth: int = 0) -> Any:
    """Turn what NumPy and pandas count in into Python's own: numbers, booleans, text, arrays as lists, tables within.

    What has no counterpart is left as it is, to be refused where it is used.

    Raises
    ------
    InputError
        If tables and lists are nested more than `DEEPEST` deep.
    """
    if depth > DEEPEST:
        raise InputError(f"tables and lists are nested more than {DEEPEST} deep")
    kind = getattr(getattr(value, "dtype", None), "kind", None)
    if kind is not None and kind in "biufUO" and hasattr(value, "tolist"):
        native = value.tolist()
        wider = isinstance(native, numbers.Real) and hasattr(native, "dtype")  # a long double stays one
        return float(native) if wider else plain(native, depth)
    if isinstance(value, Mapping):
        return {plain(key, depth + 1): plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(plain(inner, depth + 1) for inner in value) if type(value) in (list, tuple) else value
    return value


def whole(name: str, value: Any, low: int, high: int) -> int:
    """Accept a whole number of any kind, a NumPy one as well, from `low` to `high`.

    Parameters
    ----------
    name : what begins the line.   value : what was given.
    low, high : bounds, both allowed.

    Raises
    ------
    InputError
        If it is anything else; `name` begins the line.
    """
    number = plain(value)
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        raise InputError(f"{name}: {shown(number)} is refused; allowed: a whole number, {low:,} to {high:,}")
    return number


def finite(name: str, value: Any) -> float:
    """Accept a finite number of any kind.

    Raises
    ------
    InputError
        If it is anything else; `name` begins the line.
    """
    number = plain(value)
    if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) <= sys.float_info.max:
        raise InputError(f"{name}: {shown(number)} is refused; allowed: a finite number")
    return float(number)


def parameter(
    default: Any = ...,
    *,
    unit: str,
    meaning: str,
    source: str = "assumed",
    plausible: tuple[float, float] | None = None,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
) -> Any:
    """Declare one parameter of a `Parameters` class.

    Parameters
    ----------
    default : value used when a scenario says nothing; required if left out.
    unit : the unit, in the words of the notation table.
    meaning : one line for a reader who has never seen the code.
    source : where the starting value comes from; "assumed" if from nowhere.
    plausible : range within which the value may reasonably lie, as far as one knows; other values are allowed too.
    ge, gt, le, lt : bounds; a value outside is refused with the bounds in the message.
    """
    extra: dict[str, Any] = {"unit": unit, "source": source, "plausible": plausible}
    return Field(default, ge=ge, gt=gt, le=le, lt=lt, description=meaning, json_schema_extra=extra)


OPENING = "opening"
"""Key of the validation context under which a saved scenario is opened."""


class Parameters(BaseModel):
    """A frozen block of declared parameters: unknown keys, wrong types, inf and nan are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _named_as_now(cls, data: Any, info: ValidationInfo) -> Any:
        """Where a saved scenario is opened, read the names that its parameters had, and what held before they were."""
        if not (isinstance(data, Mapping) and info.context and info.context.get(OPENING)):
            return data
        now = {old: new for old, new in RENAMED.items() if new in cls.model_fields and old not in cls.model_fields}
        before = {name: value for name, value in BEFORE.items() if name in cls.model_fields}
        known = {now.get(key, key): value for key, value in data.items()}
        return before | {key: value for key, value in known.items() if not (key in before and value is None)}


RENAMED = {
    "unlock": "compute_elasticity",
    "upgrade": "reconsideration_at_release",
    "top_multiple": "top_exit_multiple",
    "low_multiple": "low_exit_multiple",
}
"""Names of parameters in version 0.1 that have another name now: saved scenarios open, and messages say the new one."""

BEFORE: dict[str, Any] = {
    "life": 0,
    "research_flow": False,
    "unpaid": 0.0,
    "serving_follows_compute": False,
    "algorithmic_schedule": (),
    "luck_by_release": True,
    "auto_upgrade": 0.0,
    "reconsideration_at_rise": False,
}
"""Values at which parameters that version 0.1 did not have do what it did, for scenarios that it saved."""


def unknown(what: str, name: object, allowed: Iterable[str]) -> str:
    """Say that a name is unknown, with its new name or the nearest valid one first."""
    names = sorted(map(str, allowed))
    given = told(name, str)
    if RENAMED.get(given) in names:
        return f"unknown {what} '{given}'; it is now '{RENAMED[given]}'"
    close = difflib.get_close_matches(given[:99], names, n=1, cutoff=0.5)
    hint = f"did you mean '{close[0]}'? " if close else ""
    return f"unknown {what} '{shortened(given, 99)}'; {hint}allowed: {', '.join(names) or 'none'}"


def shown(value: Any) -> str:
    """Show a refused value so that its type is plain: text in quotes, true and false as TOML writes them."""
    if isinstance(value, str):
        return f'the text "{shortened(value, 60)}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date | dt.time):
        return f"the {'date' if isinstance(value, dt.date) else 'time'} {value.isoformat()}"
    if isinstance(value, Mapping | list | tuple):
        return "a table" if isinstance(value, Mapping) else "a list"
    if isinstance(value, int) and abs(value) >= 10**60:
        return "a whole number of more than 60 digits"
    return "nothing" if value is None else shortened(told(value), 60)
