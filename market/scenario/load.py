"""Read scenarios: TOML files, ``extends`` (merges by key), ``remove`` (deletes) and ``set`` (paths, as in `vary`)."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from market.parameters import InputError, unknown
from market.scenario.schema import Scenario, build
from market.scenario.vary import remove_path, set_paths


def catalogue() -> dict[str, str]:
    """Names and one-line descriptions of the scenarios that come with the program."""
    names = sorted(path.name.removesuffix(".toml") for path in _folder().iterdir() if path.name.endswith(".toml"))
    return {name: _parse(_read(name)[1], name).get("description", "") for name in names}


def load(source: str | Path) -> Scenario:
    """Load a scenario by its catalogue name or from a TOML file.

    Parameters
    ----------
    source : "baseline", or a path that ends in .toml.

    Raises
    ------
    InputError
        In one line: missing file, malformed TOML, unknown key, refused value.
    """
    return _load(source, ())


def _folder() -> Any:
    return resources.files("market.scenario") / "catalogue"


def _read(source: str | Path) -> tuple[str, str]:
    """Return the name and the text of a scenario file."""
    text = str(source)
    if not text.endswith(".toml"):
        file = _folder() / f"{text}.toml"
        if not file.is_file():
            names = [path.name.removesuffix(".toml") for path in _folder().iterdir() if path.name.endswith(".toml")]
            raise InputError(f"{unknown('scenario', text, names)}, or a path that ends in .toml")
        return text, file.read_text(encoding="utf-8")
    path = Path(source)
    try:
        return path.stem, path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({(error.strerror or str(error)).lower()})") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8 text") from None


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name}: malformed TOML ({error})") from None


def _load(source: str | Path, children: tuple[str, ...]) -> Scenario:
    """Load a file on top of the scenario it extends: first ``remove``, then its tables, then its ``set`` paths."""
    name, text = _read(source)
    data = _parse(text, str(source))
    if str(source) in children:
        raise InputError(f"{source}: extends itself, by way of {', '.join(children)}")
    base, removed, changes = (data.pop(word, empty) for word, empty in (("extends", ""), ("remove", []), ("set", {})))
    if not isinstance(base, str):
        raise InputError(f"{source}: extends must name one scenario or file, in quotes")
    if not isinstance(removed, list) or not all(isinstance(path, str) for path in removed):
        raise InputError(f'{source}: remove must be a list of paths, as in remove = ["open_providers.*"]')
    if not isinstance(changes, dict):
        raise InputError(f"{source}: set must be a table of paths and values")
    parent: dict[str, Any] = {}
    if base:
        beside = Path(source).parent / base if base.endswith(".toml") else base
        parent = _load(beside, (*children, str(source))).model_dump()
    for path in removed:
        remove_path(parent, path)
    merged = build(_merge(parent, {"name": name, **data}))
    return build(set_paths(merged.model_dump(), changes)) if changes else merged


def _merge(base: Any, over: Any) -> Any:
    """Merge two tables by key; a rule of another name replaces the whole block."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    if "rule" in over and over["rule"] != base.get("rule"):
        return over
    return {**base, **{key: _merge(base.get(key), value) for key, value in over.items()}}
