"""The commands of the program `market`: every file in this folder that registers a function with `@command`.

Heavy imports wait inside the functions until a command needs them, so that `--help` answers at once.
"""

from __future__ import annotations

from collections.abc import Callable

from market.registry import Registry

Command = Callable[..., None]

COMMANDS: Registry[Command] = Registry("command")


def command(do: Command) -> Command:
    """Register a function as a command: its name is the function's, its help the docstring, its options the arguments.

    Raises
    ------
    TypeError
        If the name is in use.
    """
    COMMANDS.add(do.__name__.strip("_").replace("_", "-"), do)
    return do
