"""The commands of the program `market`: every file in this folder that registers a function with `@command`.

Heavy imports wait inside the functions until a command needs them, so that `--help` answers at once.
"""

from __future__ import annotations

from collections.abc import Callable

from market.registry import Registry

Command = Callable[..., None]

COMMANDS: Registry[Command] = Registry("command")


def command(do: Command) -> Command:
    """Register a function as a command: named as it is, with its docstring as help and its arguments as options."""
    COMMANDS.add(do.__name__.strip("_").replace("_", "-"), do)
    return do
