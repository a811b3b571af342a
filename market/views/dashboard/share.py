"""A market in text that runs to the same result: a command line, or a scenario file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from market.scenario import toml


def command(source: str, changes: Mapping[str, Any], seed: int, worlds: int = 0) -> str:
    """The command line that simulates a scenario with changes, or says its verdict over worlds.

    Parameters
    ----------
    source : a scenario's name, or the path of its file.   changes : values by path.
    seed : of the run.   worlds : in so many, with a seed of its own each; 0 for the scenario as it stands.
    """
    words = ["market", "verdict" if worlds else "run", source]
    for path, value in changes.items():
        bare = isinstance(value, str) and toml.value(value) == value and value.strip() == value != ""
        words += ["--set", f"{path}={value if bare else toml.written(value)}"]
    return shlex.join([*words, *(["--worlds", str(worlds), "--seeds", "1"] if worlds else ["--seed", str(seed)])])


def scenario_file(source: str, changes: Mapping[str, Any]) -> str:
    """The scenario file that says the same, in TOML; it goes into the folder in which `source` is found."""
    lines = [f"extends = {toml.written(source)}"]
    if changes:
        lines += ["", "[set]", *(f"{toml.written(path)} = {toml.written(value)}" for path, value in changes.items())]
    return "\n".join(lines) + "\n"
