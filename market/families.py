"""Blocks that are one of several classes, chosen by name: rules of conduct by family, and kinds of intervention."""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationInfo
from pydantic_core import PydanticCustomError

from market.parameters import OPENING, InputError, Parameters, unknown

Thing = TypeVar("Thing", bound=Any)


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
        elif hasattr(cls, "registry") and not issubclass(cls, _Absent) and not _is_empty(cls):
            cls._register(cls.model_fields[cls.word].default)

    @classmethod
    def _register(cls, name: str) -> None:
        if not documented(cls):
            raise TypeError(f"{cls.word} {name!r} ({cls.__name__}) needs a docstring that says what it does")
        other = cls.registry.get(name)
        if other is not None and (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
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
    """Refuse a block in which something is kept as data only, before it is simulated."""
    for one in registered_in(block):
        if isinstance(one, _Absent):
            raise not_known(one)


def own(things: Iterable[Thing]) -> list[Thing]:
    """Classes and functions that a user defined: they are not of this package."""
    return [one for one in things if not one.__module__.startswith("market.")]


def registered() -> list[type[Registered]]:
    """All rules and kinds of intervention of all families."""
    return [one for family in FAMILIES.values() for one in family.registry.values()]


def documented(thing: Any) -> bool:
    """Whether something has a docstring, or cannot have one because ``python -OO`` takes them away."""
    return bool(thing.__doc__) or sys.flags.optimize >= 2


def _is_empty(cls: type[Registered]) -> bool:
    """Whether a class holds nothing: cloudpickle makes those that it unpacks so, and fills them afterwards."""
    return cls.__doc__ is None and not inspect.get_annotations(cls)
