"""How a parameter is declared: unit, bounds, meaning and source, once, beside the equation or rule that uses it.

The declarations feed validation, ``--set`` and ``vary``, ``market list parameters`` and the table in ``docs/ODD.md``.
"""

from __future__ import annotations

import datetime as dt
import difflib
import numbers
import sys
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import annotated_types
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from market.wording import is_control, one_line, shortened, told

DEEPEST = 50
"""Levels of tables and lists in what a user gives; far more than a scenario has, and no danger to any recursion."""

NAME_BYTES = 200
"""Bytes of the longest name of a scenario: a results folder adds a seed, and file systems stop at 255."""

FORBIDDEN = frozenset('/\\<>:"|?*')
"""Characters that cannot be part of a folder's name on one system or another."""


class InputError(ValueError):
    """Bad input, said in one line that names the path, the value, what is allowed and the nearest valid name.

    Whatever the text holds, the message is one line without control characters, of bounded length.
    """

    def __init__(self, text: str) -> None:
        super().__init__(one_line(text))


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
        found = value.tolist()
        wider = isinstance(found, numbers.Real) and hasattr(found, "dtype")  # a long double stays one
        return float(found) if wider else plain(found, depth)
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
    ge, gt, le, lt : bounds; a value outside is refused with the bounds in the message.
    """
    extra: dict[str, Any] = {"unit": unit, "source": source}
    return Field(default, ge=ge, gt=gt, le=le, lt=lt, description=meaning, json_schema_extra=extra)


class Parameters(BaseModel):
    """A frozen block of declared parameters: unknown keys, wrong types, inf and nan are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _named_as_now(cls, data: Any, info: ValidationInfo) -> Any:
        """Where a saved scenario is opened, read the names that its parameters had."""
        if not (isinstance(data, Mapping) and info.context and info.context.get(OPENING)):
            return data
        now = {old: new for old, new in RENAMED.items() if new in cls.model_fields and old not in cls.model_fields}
        return {now.get(key, key): value for key, value in data.items()}


class Registered(Parameters):
    """A block that is one of several classes, chosen by the name it gives: a rule of conduct, a kind of intervention.

    A subclass that says its ``family`` opens one, under the name of the field of a scenario that it stands in; the
    subclasses of a family register by themselves. A class that is defined again, as in a notebook, takes the place of
    the one before.

    Attributes
    ----------
    word : the key that names the class, as in ``{"rule": "cost_plus"}``.
    family : the name of the family.
    registry : the classes of the family by name.
    default_name : the name that is meant where none is given.
    absent : the class of the family that keeps as data what was saved and whose module is not imported.

    Raises
    ------
    TypeError
        At class creation, if a class has no docstring or takes a name that another one has.
    """

    word: ClassVar[str]
    family: ClassVar[str]
    registry: ClassVar[dict[str, type[Registered]]]
    default_name: ClassVar[str | None] = None
    absent: ClassVar[type[Registered]]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "family" in vars(cls):
            cls.registry, cls.absent = {}, _absent(cls)
            FAMILIES[cls.family] = cls
        elif hasattr(cls, "registry") and not issubclass(cls, _Absent):
            cls._register(cls.model_fields[cls.word].default)

    @classmethod
    def _register(cls, name: str) -> None:
        if not documented(cls):
            raise TypeError(f"{cls.word} {name!r} ({cls.__name__}) needs a docstring that says what it does")
        other = cls.registry.get(name)
        if other is not None and _defined_as(other) != _defined_as(cls):
            raise TypeError(f"{cls.word} {name!r} is registered already, by {other.__name__}")
        cls.registry[name] = cls

    @classmethod
    def families(cls) -> dict[str, type[Self]]:
        """All families below this class, by name."""
        return {name: family for name, family in FAMILIES.items() if issubclass(family, cls)}

    @property
    def chosen(self) -> str:
        """The name by which its class was chosen."""
        return str(getattr(self, self.word))

    @classmethod
    def parse(cls, value: Any, _handler: Any, info: ValidationInfo) -> Self:
        """Validate a field of the family; where a saved run is opened, unknown names are kept."""
        return cls.named(value, opening=bool(info.context and info.context.get(OPENING)))

    @classmethod
    def named(cls, value: Any, opening: bool = False) -> Self:
        """Turn a table such as ``{"rule": "cost_plus", "markup": 0.4}`` into the rule it names.

        Parameters
        ----------
        opening : keep what is not known as data, under its name; it cannot be simulated.
        """
        if isinstance(value, cls):
            return value
        name = value.get(cls.word, cls.default_name) if isinstance(value, Mapping) else None
        if name is None:
            raise PydanticCustomError("input", "{text}", {"text": f"a table with the key '{cls.word}' is needed"})
        if isinstance(name, str) and name in cls.registry:
            return typing.cast(Self, cls.registry[name].model_validate(dict(value), context={OPENING: opening}))
        if opening and isinstance(name, str):
            return typing.cast(Self, cls.absent.model_validate(dict(value)))
        raise PydanticCustomError("input", "{text}", {"text": unknown(cls.word, name, cls.registry)})


class Rule(Registered):
    """A way for firms to decide something."""

    word = "rule"


FAMILIES: dict[str, type[Registered]] = {}
"""All families that are opened, by name; see `Registered.families`."""

OPENING = "opening"
"""Key of the validation context under which a saved scenario is opened."""


class _Absent:
    """What marks the classes that keep as data what is not known."""


def _absent(family: type[Registered]) -> type[Registered]:
    """Make the class of a family that keeps a block as data; whatever it is asked to decide, it refuses in one line."""

    def refuse(self: Any, *_: Any) -> Any:
        raise not_known(self)

    methods = dict.fromkeys(family.__abstractmethods__, refuse)
    body = {
        **methods, "__module__": family.__module__, "__qualname__": f"{family.__qualname__}.absent",
        "__doc__": f"A saved {family.word} whose module is not imported.", "model_config": ConfigDict(extra="allow"),
    }  # fmt: skip
    return types.new_class(f"Absent{family.__name__}", (_Absent, family), exec_body=lambda space: space.update(body))


def not_known(block: Registered) -> InputError:
    """Refuse to simulate what is kept as data only."""
    return InputError(
        f"{block.word} '{block.chosen}': is not known here; import the module that defines it, then open the run again"
    )


def registered_in(block: BaseModel) -> Iterator[Registered]:
    """All rules and interventions in a block and in the blocks below it, one within another as well."""
    if isinstance(block, Registered):
        yield block
    for value in vars(block).values():
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
        for one in inner:
            if isinstance(one, BaseModel):
                yield from registered_in(one)


def check_known(block: BaseModel) -> None:
    """Refuse a block in which something is kept as data only, before it is simulated.

    Raises
    ------
    InputError
        If the module of a rule or of a kind of intervention is not imported; the line names it.
    """
    for one in registered_in(block):
        if isinstance(one, _Absent):
            raise not_known(one)


def own(classes: Iterable[type[Registered]]) -> list[type[Registered]]:
    """Those that a user defined: they are not of this package."""
    return [one for one in classes if not one.__module__.startswith("market.")]


def registered() -> list[type[Registered]]:
    """All rules and kinds of intervention of all families."""
    return [one for family in FAMILIES.values() for one in family.registry.values()]


def documented(thing: Any) -> bool:
    """Whether something has a docstring, or cannot have one because ``python -OO`` takes them away."""
    return bool(thing.__doc__) or sys.flags.optimize >= 2


def _defined_as(rule: type[Registered]) -> tuple[str, str]:
    """Where a class is defined; a script's own classes have another module's name in worker processes."""
    return rule.__module__.replace("__mp_main__", "__main__"), rule.__qualname__


RENAMED = {
    "unlock": "compute_elasticity",
    "upgrade": "reconsideration_at_release",
    "top_multiple": "top_exit_multiple",
    "low_multiple": "low_exit_multiple",
}
"""Names of parameters in version 0.1 that have another name now: saved scenarios open, and messages say the new one."""


def unknown(what: str, name: object, allowed: Iterable[str]) -> str:
    """Say that a name is unknown, with its new name or the nearest valid one first."""
    names = sorted(map(str, allowed))
    given = told(name, str)
    if RENAMED.get(given) in names:
        return f"unknown {what} '{given}'; it is now '{RENAMED[given]}'"
    close = difflib.get_close_matches(given[:99], names, n=1, cutoff=0.5)
    hint = f"did you mean '{close[0]}'? " if close else ""
    return f"unknown {what} '{shortened(given, 99)}'; {hint}allowed: {', '.join(names) or 'none'}"


@dataclass(frozen=True)
class Declaration:
    """One declared parameter, as listings and messages show it. `path` is dotted, ``*`` for every firm or segment."""

    path: str
    kind: str
    unit: str
    low: float | None
    high: float | None
    open_low: bool
    open_high: bool
    default: Any
    meaning: str
    source: str

    @property
    def allowed(self) -> str:
        """What is allowed, in words: the kind, the range, the unit."""
        unit = f" ({self.unit})" if self.unit else ""
        low = None if self.low is None else _written(self.low)
        high = None if self.high is None else _written(self.high)
        if low is None and high is None:
            return f"{self.kind}{unit}"
        if high is None:
            return f"{self.kind} {'above' if self.open_low else 'of at least'} {low}{unit}"
        if low is None:
            return f"{self.kind} {'below' if self.open_high else 'of at most'} {high}{unit}"
        edges = {
            (True, True): " (both excluded)",
            (True, False): " (first excluded)",
            (False, True): " (last excluded)",
        }.get((self.open_low, self.open_high), "")
        return f"{self.kind}, {low} to {high}{edges}{unit}"


def _written(bound: float) -> str:
    """A bound as a person writes it: 10,000,000 but 1e+12."""
    return f"{bound:,.0f}" if bound == int(bound) and abs(bound) < 1e9 else f"{bound:g}"


_KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text", type(None): "nothing"}


def declare(path: str, field: FieldInfo) -> Declaration:
    """Read one declaration back from its pydantic field."""
    extra = typing.cast(Mapping[str, str], field.json_schema_extra or {})
    low = high = None
    open_low = open_high = False
    for rule in field.metadata:
        if isinstance(rule, annotated_types.Ge | annotated_types.Gt):
            low, open_low = getattr(rule, "ge", getattr(rule, "gt", None)), isinstance(rule, annotated_types.Gt)
        if isinstance(rule, annotated_types.Le | annotated_types.Lt):
            high, open_high = getattr(rule, "le", getattr(rule, "lt", None)), isinstance(rule, annotated_types.Lt)
    choices = () if typing.get_origin(field.annotation) in (dict, tuple) else typing.get_args(field.annotation)
    plain = next((t for t in (field.annotation, *choices) if t in _KINDS), None)
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    kind = _KINDS[plain] if plain else "a table"
    if typing.get_origin(field.annotation) is typing.Literal:
        kind = " or ".join(choices)
    meaning, source = field.description or "", extra.get("source", "")
    return Declaration(
        path, kind, extra.get("unit", ""), low, high, open_low, open_high, default, meaning, source
    )  # fmt: skip


def block_of(annotation: Any) -> type[Parameters] | None:
    """Return the block of parameters inside an annotation such as ``Sibling | None`` or ``dict[str, LabSpec]``."""
    if isinstance(annotation, type) and issubclass(annotation, Parameters):
        return annotation
    return next(filter(None, map(block_of, typing.get_args(annotation))), None)


def declarations(block: type[Parameters], prefix: str = "") -> Iterator[Declaration]:
    """Walk every parameter declared in a block and in the blocks below it, each class of a family in turn."""
    for name, field in block.model_fields.items():
        inner, path = block_of(field.annotation), prefix + name
        if typing.get_origin(field.annotation) is dict:
            path += ".*"
        if inner is None or inner is Rule:
            if name != getattr(block, "word", None):
                yield declare(path, field)
        elif issubclass(inner, Registered):
            for rule, concrete in sorted(inner.registry.items()):
                yield from declarations(concrete, f"{path}[{rule}].")
        else:
            yield from declarations(inner, path + ".")


def refusal(error: ValidationError, schema: type[Parameters], data: Any, above: str = "") -> InputError:
    """Turn a pydantic error into one line: path, value, what is allowed, nearest name.

    Parameters
    ----------
    schema : the class of `data`.   data : what was refused, as a table.
    error : what pydantic raised while validating `data` against `schema`.
    above : path of the whole of `data`, if it is part of something.
    """
    problems = error.errors(include_url=False)
    renamed = [one for one in problems if one["type"] == "extra_forbidden" and one["loc"][-1] in RENAMED]
    problem = [*renamed, *problems][0]
    loc = problem["loc"]
    where, path = (".".join([above, *map(str, parts)] if above else map(str, parts)) for parts in (loc[:-1], loc))
    block, field = _locate(schema, loc, data)
    value = problem["input"]
    if problem["type"] == "extra_forbidden" and block is not None:
        text = (f"{where}: " if where else "") + unknown("key", loc[-1], block.model_fields)
    elif problem["type"] == "missing":
        text = f"{path}: missing; {field.meaning if field else 'a value is needed'}" + (
            f", {field.allowed}" if field else ""
        )
    elif problem["type"] in ("value_error", "input"):
        said = problem["msg"].removeprefix("Value error, ")
        text = f"{path}: {said}" if path else said
    else:
        allowed = field.allowed if field else problem["msg"].lower()
        text = f"{path}: {shown(value)} is refused; allowed: {allowed}"
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return InputError(text + more)


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


def _locate(
    schema: type[Parameters], loc: tuple[int | str, ...], data: Any
) -> tuple[type[Parameters] | None, Declaration | None]:
    """Find the block and the declaration that a pydantic location points at, following `data` into rules."""
    block: type[Parameters] | None = schema
    field: Declaration | None = None
    container = False
    for index, part in enumerate(loc):
        data = _inside(data, part)
        if container:  # a firm's or segment's name, or the number of an intervention
            container, block = False, _chosen(block, data)
            continue
        if block is None or part not in block.model_fields:
            return block, None
        info = block.model_fields[str(part)]
        field = declare(".".join(str(p) for p in loc[: index + 1]), info)
        container = typing.get_origin(info.annotation) in (dict, tuple)
        inner = block_of(info.annotation)
        if not container:
            inner = _chosen(inner, data)
        block = inner if inner is not None or index < len(loc) - 1 else block
    return block, field


def _inside(data: Any, part: int | str) -> Any:
    if isinstance(data, Mapping):
        return data.get(part)
    return data[part] if isinstance(data, list | tuple) and isinstance(part, int) and part < len(data) else None


def _chosen(block: type[Parameters] | None, data: Any) -> type[Parameters] | None:
    """The class that a table names, where a block is one of a family."""
    if block is None or not issubclass(block, Registered):
        return block
    name = data.get(block.word, block.default_name) if isinstance(data, Mapping) else block.default_name
    families = block.families().values() if block is Rule else [block]
    return next((one for family in families for key, one in family.registry.items() if key == name), None)
