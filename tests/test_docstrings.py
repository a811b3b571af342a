"""Every public function and method with four or more arguments documents each of them: shape, unit, meaning."""

import dataclasses
import importlib
import inspect
import pkgutil
import re

import pytest

import market

FLOORS = sorted(one.name for one in pkgutil.iter_modules(market.__path__) if one.name not in ("commands", "__main__"))
"""What is checked, by first part of the name below `market`; an option of a command is documented by its help."""
MANY = 4
ENTRY = re.compile(r"(?:^|   )((?:\w+, )*\w+) : ", re.M)
"""Names before a colon, at the beginning of a line or behind three spaces: ``a, b : …   c : …``."""


def documented(thing) -> set[str]:
    """Names in the Parameters section of a docstring."""
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\w+\n-+\n|\Z)", inspect.getdoc(thing) or "", re.M | re.S)
    return {name for names in ENTRY.findall(section[1]) for name in names.split(", ")} if section else set()


def many(function) -> set[str]:
    """Arguments of a function that has many; none of one that has few."""
    arguments = inspect.signature(function).parameters.items()
    names = {name for name, one in arguments if name not in ("self", "cls") and "help=" not in str(one.annotation)}
    return names if len(names) >= MANY else set()


def functions_of(module):
    """Public functions of a module, methods and constructors of its public classes, and where each is documented.

    A dataclass has fields, not a constructor.
    """
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(thing):
            yield f"{module.__name__}.{name}", thing, [thing]
        elif inspect.isclass(thing):
            for key, method in vars(thing).items():
                method = getattr(method, "__func__", method)
                if inspect.isfunction(method) and method.__module__ == module.__name__:
                    bases = [vars(base)[key] for base in thing.__mro__ if key in vars(base)]
                    if key == "__init__" and not dataclasses.is_dataclass(thing):
                        yield f"{module.__name__}.{name}", method, [thing]
                    elif not key.startswith("_"):
                        yield f"{module.__name__}.{name}.{key}", method, bases


def modules(floor: str):
    """Modules of a floor."""
    top = importlib.import_module(f"market.{floor}")
    below = pkgutil.iter_modules(getattr(top, "__path__", []), f"market.{floor}.")
    return [top, *(importlib.import_module(info.name) for info in below)]


@pytest.mark.parametrize("floor", FLOORS)
def test_functions_with_many_arguments_document_each(floor):
    lacking = {
        name: sorted(arguments - set().union(*map(documented, sources)))
        for module in modules(floor)
        for name, function, sources in functions_of(module)
        if (arguments := many(function)) - set().union(*map(documented, sources))
    }
    assert not lacking


def test_the_floors_are_floors_and_the_check_finds_what_is_missing():
    def lacking(a, b, c, d):
        """Do nothing.

        Parameters
        ----------
        a, b : two.   c : one.
        """

    assert many(lacking) - documented(lacking) == {"d"}
    assert {name for _, name, _ in pkgutil.iter_modules(market.__path__)} >= set(FLOORS)
