"""Declarations of parameters read back: for listings, for `docs/ODD.md`, and to say in one line what was refused."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import annotated_types
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from market.families import Registered, Rule
from market.parameters import RENAMED, InputError, Parameters, shown, unknown

MOST_BLOCKS = 100
"""Entries of a list or table that `settings` walks one by one."""


@dataclass(frozen=True)
class Declaration:
    """One declared parameter, as listings and messages show it. `path` is dotted, ``*`` for every firm or segment.

    One that is `required` has no default: every scenario says it. `plausible` is the range within which the value may
    reasonably lie; what lies between `low` and `high` beyond it is allowed, but nothing is known to speak for it.
    """

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
    required: bool = False
    plausible: tuple[float, float] | None = None

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
    extra = typing.cast(Mapping[str, Any], field.json_schema_extra or {})
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
        path, kind, extra.get("unit", ""), low, high, open_low, open_high, default, meaning, source,
        field.is_required(), extra.get("plausible"),
    )  # fmt: skip


def without_rules(path: str) -> str:
    """The path that sets a parameter: a listed one without the rule in brackets."""
    return re.sub(r"\[\w+\]", "", path)


def block_of(annotation: Any) -> type[Parameters] | None:
    """Return the block of parameters inside an annotation such as ``Updates | None`` or ``dict[str, LabSpec]``."""
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


def settings(block: Parameters, prefix: str = "") -> Iterator[tuple[Declaration, Any]]:
    """Walk every parameter of a block that was built, and of the blocks below it, each with the value that it has.

    A block of a family counts by its name first, under the word that chooses it; a list of rows counts as a whole.
    """
    for name, field in type(block).model_fields.items():
        value, path = getattr(block, name), prefix + name
        if isinstance(value, Registered):
            family = declare(f"{path}.{value.word}", field)
            usual = family.default.chosen if isinstance(family.default, Registered) else None
            yield replace(family, default=usual), value.chosen
        if isinstance(value, Parameters):
            yield from settings(value, f"{path}.")
        elif isinstance(value, Mapping | tuple) and value and _are_blocks(value):
            for key, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
                if isinstance(inner, Registered):
                    yield declare(f"{path}.{key}.{inner.word}", type(inner).model_fields[inner.word]), inner.chosen
                yield from settings(inner, f"{path}.{key}.")
        elif name != getattr(block, "word", None):
            yield declare(path, field), value


def _are_blocks(value: Mapping[Any, Any] | tuple[Any, ...]) -> bool:
    """Whether all entries are blocks of their own, with few enough of them to be read one by one."""
    inner = value.values() if isinstance(value, Mapping) else value
    return len(value) <= MOST_BLOCKS and all(isinstance(one, Parameters) for one in inner)


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
