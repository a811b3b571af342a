"""How a parameter is declared: unit, bounds, meaning and source, once, beside the equation or rule that uses it.

The declarations feed validation, ``--set`` and ``vary``, ``market list parameters`` and the table in ``docs/ODD.md``.
"""

from __future__ import annotations

import datetime
import difflib
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import annotated_types
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError


class InputError(ValueError):
    """Bad input, said in one line that names the path, the value, what is allowed and the nearest valid name."""


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


class Rule(Parameters):
    """A way for firms to decide something. A direct subclass opens a family; its subclasses register by ``rule``.

    Raises
    ------
    TypeError
        At class creation, if a rule has no docstring or takes a name already in use.
    """

    registry: ClassVar[dict[str, type[Rule]]]
    default_rule: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if Rule in cls.__bases__:
            cls.registry = {}
            return
        name = cls.model_fields["rule"].default
        if not cls.__doc__:
            raise TypeError(f"rule {name!r} ({cls.__name__}) needs a docstring that says what it does")
        if name in cls.registry:
            raise TypeError(f"rule {name!r} is registered already, by {cls.registry[name].__name__}")
        cls.registry[name] = cls

    @classmethod
    def parse(cls, value: Any, _handler: Any) -> Self:
        """Turn a table such as ``{"rule": "cost_plus", "markup": 0.4}`` into the rule it names."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise PydanticCustomError("rule_type", "a table with the key 'rule' is needed")
        name = value.get("rule", cls.default_rule)
        if not isinstance(name, str) or name not in cls.registry:
            raise PydanticCustomError("rule_name", "{text}", {"text": unknown("rule", name, cls.registry)})
        return typing.cast(Self, cls.registry[name].model_validate(dict(value)))


def unknown(what: str, name: object, allowed: Iterable[str]) -> str:
    """Say that a name is unknown, with the nearest valid name first."""
    names = sorted(allowed)
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    hint = f"did you mean '{close[0]}'? " if close else ""
    return f"unknown {what} '{name}'; {hint}allowed: {', '.join(names) or 'none'}"


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
        """The allowed range in words, with the unit."""
        unit = f" ({self.unit})" if self.unit else ""
        low = None if self.low is None else _plain(self.low)
        high = None if self.high is None else _plain(self.high)
        if low is None and high is None:
            return f"{self.kind}{unit}"
        if high is None:
            return f"{'above' if self.open_low else 'at least'} {low}{unit}"
        if low is None:
            return f"{'below' if self.open_high else 'at most'} {high}{unit}"
        edges = {
            (True, True): " (both excluded)",
            (True, False): " (first excluded)",
            (False, True): " (last excluded)",
        }.get((self.open_low, self.open_high), "")
        return f"{low} to {high}{edges}{unit}"


def _plain(bound: float) -> str:
    """A bound as a person writes it: 10,000,000 but 1e+12."""
    return f"{bound:,.0f}" if bound == int(bound) and abs(bound) < 1e9 else f"{bound:g}"


_KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}


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
    for candidate in (annotation, *typing.get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, Parameters):
            return candidate
    return None


def declarations(block: type[Parameters], prefix: str = "") -> Iterator[Declaration]:
    """Walk every parameter declared in a block and in the blocks below it, each rule of a family in turn."""
    for name, field in block.model_fields.items():
        inner, path = block_of(field.annotation), prefix + name
        if typing.get_origin(field.annotation) is dict:
            path += ".*"
        if inner is None:
            if name != "rule":
                yield declare(path, field)
        elif issubclass(inner, Rule):
            for rule, concrete in sorted(inner.registry.items()):
                yield from declarations(concrete, f"{path}[{rule}].")
        else:
            yield from declarations(inner, path + ".")


def refusal(error: ValidationError, schema: type[Parameters], data: Any) -> InputError:
    """Turn a pydantic error into one line: path, value, what is allowed, nearest name.

    Parameters
    ----------
    error : what pydantic raised while validating `data` against `schema`.
    """
    problems = error.errors(include_url=False)
    problem = problems[0]
    loc = problem["loc"]
    path = ".".join(str(part) for part in loc)
    block, field = _locate(schema, loc, data)
    value = problem["input"]
    if problem["type"] == "extra_forbidden" and block is not None:
        where = ".".join(str(part) for part in loc[:-1])
        text = (f"{where}: " if where else "") + unknown("key", loc[-1], block.model_fields)
    elif problem["type"] == "missing":
        text = f"{path}: missing; {field.meaning if field else 'a value is needed'}" + (
            f", {field.allowed}" if field else ""
        )
    elif problem["type"] in ("rule_name", "rule_type", "value_error", "input"):
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
        return f'the text "{value[:60]}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return f"the date {value.isoformat()}"
    if isinstance(value, Mapping | list | tuple):
        return "a table" if isinstance(value, Mapping) else "a list"
    return repr(value)


def _locate(
    schema: type[Parameters], loc: tuple[int | str, ...], data: Any
) -> tuple[type[Parameters] | None, Declaration | None]:
    """Find the block and the declaration that a pydantic location points at, following `data` into rules."""
    block: type[Parameters] | None = schema
    field: Declaration | None = None
    container = False
    for index, part in enumerate(loc):
        data = data.get(part) if isinstance(data, Mapping) else None
        if container:  # a firm's or segment's name, or the number of an intervention
            container = False
            continue
        if block is None or part not in block.model_fields:
            return block, None
        info = block.model_fields[str(part)]
        field = declare(".".join(str(p) for p in loc[: index + 1]), info)
        container = typing.get_origin(info.annotation) in (dict, tuple)
        inner = block_of(info.annotation)
        if inner is not None and issubclass(inner, Rule):
            name = data.get("rule", inner.default_rule) if isinstance(data, Mapping) else inner.default_rule
            inner = inner.registry.get(name) if isinstance(name, str) else None
        block = inner if inner is not None or index < len(loc) - 1 else block
    return block, field
