"""Read scenarios: TOML files, ``extends`` (merges by key), ``remove`` (deletes) and ``set`` (paths, as in `vary`)."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import Any

from market.evidence import read_supply
from market.parameters import InputError, plain, shown, unknown, usable_name
from market.scenario import toml
from market.scenario.schema import Scenario, build
from market.scenario.vary import WHOLE, remove_path, set_paths

LONGEST_CHAIN = 50
"""Most scenarios that may extend one another."""

TABLES = ("labs", "open_providers", "segments")
"""Tables of a scenario whose entries may be like one another."""


def catalogue() -> dict[str, str]:
    """Names and one-line descriptions of the scenarios that come with the program."""
    return {name: _read(name).get("description", "") for name in _names()}


def load(source: str | os.PathLike[str]) -> Scenario:
    """Load a scenario by its catalogue name or from a TOML file.

    Parameters
    ----------
    source : "baseline", or a path that ends in .toml.

    Raises
    ------
    InputError
        In one line: missing file, malformed TOML, unknown key, refused value.
    """
    if not isinstance(source, str | os.PathLike):
        raise InputError(f"scenario: {shown(plain(source))} is refused; allowed: a scenario, a name or a path")
    return _load(os.fspath(source), {})


def as_scenario(source: Scenario | str | os.PathLike[str]) -> Scenario:
    """Take a scenario as it is, or load it."""
    return source if isinstance(source, Scenario) else load(source)


def _folder() -> Any:
    return resources.files("market.scenario") / "catalogue"


def _names() -> list[str]:
    return sorted(path.name.removesuffix(".toml") for path in _folder().iterdir() if path.name.endswith(".toml"))


def _read(source: str) -> dict[str, Any]:
    """Read a file, or a scenario of the catalogue."""
    if toml.is_file_name(source):
        return toml.read(source)
    if source not in _names():
        raise InputError(f"{unknown('scenario', source, _names())}, or a path that ends in .toml")
    return toml.parse((_folder() / f"{source}.toml").read_text(encoding="utf-8"), source)


def _load(source: str, children: dict[str, str]) -> Scenario:
    """Load a file on top of the scenario it extends: first ``remove``, then its tables, then its ``set`` paths.

    Parameters
    ----------
    children : what led here, by resolved path, as it was written.
    """
    data = _read(source)
    true_name = os.path.realpath(source) if toml.is_file_name(source) else source
    if true_name in children:
        raise InputError(f"{source}: extends itself, by way of {', '.join(children.values())}")
    if len(children) >= LONGEST_CHAIN:
        raise InputError(f"{source}: is extended by way of {len(children)} others; allowed: {LONGEST_CHAIN} in a chain")
    base, removed, changes = (data.pop(word, empty) for word, empty in (("extends", ""), ("remove", []), ("set", {})))
    if not isinstance(base, str):
        raise InputError(f"{source}: extends must name one scenario or file, in quotes")
    if not isinstance(removed, list) or not all(isinstance(path, str) for path in removed):
        raise InputError(f'{source}: remove must be a list of paths, as in remove = ["open_providers.*"]')
    if not isinstance(changes, dict):
        raise InputError(f"{source}: set must be a table of paths and values")
    if "supply" in data:
        data["supply"] = _read_supply(source, data["supply"])
    parent: dict[str, Any] = {}
    if base:
        beside = os.path.join(os.path.dirname(source), base) if toml.is_file_name(base) else base
        parent = _load(beside, {**children, true_name: source}).model_dump()
    for path in removed:
        remove_path(parent, path)
    name = usable_name(Path(source).stem) if toml.is_file_name(source) else source
    _only_the_new_are_alike(source, parent, data)
    merged = build(_alike(_merge(parent, {"name": name, **data})))
    return build(set_paths(merged.model_dump(), changes)) if changes else merged


def _read_supply(source: str, given: Any) -> Any:
    """What a scenario says of supply, with the rows of the files that it names; their paths are from its own folder."""
    if not (isinstance(given, dict) and isinstance(given.get("releases"), str)):
        example = 'as in [supply] releases = "releases.csv"'
        raise InputError(f"{source}: supply: {shown(given)} is refused; allowed: a table that names a file, {example}")
    if not isinstance(given.get("prices", ""), str):
        raise InputError(f"{source}: supply.prices: {shown(given['prices'])} is refused; allowed: the name of a file")
    folder = os.path.dirname(source) if toml.is_file_name(source) else str(_folder())
    releases, prices = (os.path.join(folder, given[name]) if name in given else None for name in ("releases", "prices"))
    scales = given.get("scale", {})
    return given | read_supply(str(releases), prices, scales=scales if isinstance(scales, dict) else {})


def _only_the_new_are_alike(source: str, parent: dict[str, Any], data: dict[str, Any]) -> None:
    """Refuse `like` for what the scenario that is extended has already: all of it is said there."""
    for table in TABLES:
        entries = data.get(table)
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            if isinstance(entry, dict) and "like" in entry and name in (parent.get(table) or ()):
                there = f"{table}.{name}.like: {name} is in the scenario that {source} extends"
                raise InputError(f'{there}; take it out first, with remove = ["{table}.{name}"], to make it anew')


def _alike(data: dict[str, Any]) -> dict[str, Any]:
    """Fill in what firms and segments do not say themselves that are `like` another of their table."""
    for table in TABLES:
        entries = data.get(table)
        if isinstance(entries, dict):
            data = {**data, table: {name: _filled(table, name, entries, ()) for name in entries}}
    return data


def _filled(table: str, name: str, entries: dict[str, Any], asking: tuple[str, ...]) -> Any:
    """One entry, on top of what it is `like`; `asking` are those that are like it, and so on."""
    own = entries[name]
    if not isinstance(own, dict) or "like" not in own:
        return own
    other, rest = own["like"], {key: value for key, value in own.items() if key != "like"}
    if not isinstance(other, str) or other not in entries or other in (name, *asking):
        among = [each for each in entries if each not in (name, *asking)]
        raise InputError(f"{table}.{name}.like: {unknown('name', str(other), among)}")
    return _merge(_filled(table, other, entries, (*asking, name)), rest)


def _merge(base: Any, over: Any) -> Any:
    """Merge two tables by key; a rule of another name replaces the whole block."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    if "rule" in over and over["rule"] != base.get("rule"):
        return over
    return {**base, **{key: _replaced(key, base.get(key), value) for key, value in over.items()}}


def _replaced(key: str, base: Any, over: Any) -> Any:
    """What a key comes to: tables of names of the user's own are replaced whole."""
    return over if key in WHOLE else _merge(base, over)
