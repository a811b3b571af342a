"""What became of one world: what was read off its run, or its error in one line; the same text wherever it was run."""

from __future__ import annotations

import json
import time
from array import array
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from market.parameters import InputError, plain, shown
from market.run import simulate
from market.studies.reading import Asked, Reading
from market.studies.worlds import World
from market.wording import escaped, shortened


@dataclass(frozen=True)
class Result:
    """What became of a world.

    Attributes
    ----------
    point, seed : which world.
    read : what was read: figures by name, a table, or tables by name; none after an error.
    error : in one line; empty if all went well.
    seconds, simulated : time that it took in all, and in the simulation alone.
    kept : whether it was read from a store and not computed by this call.
    """

    point: int
    seed: int
    read: Any
    error: str = ""
    seconds: float = 0.0
    simulated: float = 0.0
    kept: bool = False


def evaluate(world: World, reading: Reading, warm: bool = False) -> bytes:
    """Run one world and read it. Whatever goes wrong in it becomes its error.

    Parameters
    ----------
    warm : load compiled code first, off the clock, by running one month.

    Returns
    -------
    bytes
        The result, as `decoded` reads it.

    Raises
    ------
    InputError
        If the changes are refused; a study tries them before any run, so this process lacks something.
    """
    if warm:
        warm_up(world)
    start = time.perf_counter()
    scenario, simulated = world.setting, 0.0
    if isinstance(reading, Asked):
        scenario = reading.readable(scenario)
    try:
        before = time.perf_counter()
        run = simulate(scenario, world.seed)
        simulated = time.perf_counter() - before
        read = packed_values(reading(run))
    except Exception as error:  # a study outlives any failure of one of its runs
        return encoded(world, {}, one_line(error), time.perf_counter() - start)
    return encoded(world, read, "", time.perf_counter() - start, simulated)


def warm_up(world: World) -> None:
    """Load compiled code by running one month, so that the first run tells how long the others will take."""
    with suppress(InputError):  # firms may start later
        evaluate(replace(world, changes={**world.changes, "months": 1}), lambda _: {})


def encoded(
    world: World, read: Mapping[str, Any], error: str = "", seconds: float = 0.0, simulated: float = 0.0
) -> bytes:
    """Write a result as JSON.

    Parameters
    ----------
    world : of which it is.   read : as `packed_values` gives them.   error : in one line, or empty.
    seconds, simulated : as in `Result`.
    """
    facts = {"seed": world.seed, "read": read, "error": error, "seconds": seconds, "simulated": simulated}
    return json.dumps(facts, ensure_ascii=True).encode()


def decoded(content: bytes, point: int, kept: bool = False) -> Result:
    """Read a result back; a `ValueError` says that the text is none."""
    facts = json.loads(content)
    try:
        return Result(point, read=unpacked_values(facts.pop("read")), kept=kept, **facts)
    except (TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"no result: {error}") from None


def tabulated(results: Iterable[Result], names: Iterable[str]) -> pd.DataFrame:
    """Lay out outcomes as they come, a few bytes each, so that memory does not grow with the number of runs.

    Parameters
    ----------
    names : of the outcomes, as each result has read them.

    Returns
    -------
    DataFrame
        Point, seed, status ("ok" or "failed"), error, and a column per outcome (NaN where failed); by point and seed.
        ``attrs`` counts the results that were reused.
    """
    names, places, values, errors, reused = list(names), array("q"), array("d"), dict[int, str](), 0
    for row, result in enumerate(results):
        places.extend((result.point, result.seed))
        values.extend(result.read.get(name, float("nan")) for name in names)
        if result.error:
            errors[row] = result.error
        reused += result.kept
    place = np.array(places, np.int64).reshape(-1, 2)
    status, error = np.full(len(place), "ok", object), np.full(len(place), "", object)
    status[list(errors)], error[list(errors)] = "failed", list(errors.values())
    columns = {"point": place[:, 0], "seed": place[:, 1], "status": pd.array(status, "str")}
    columns |= {"error": pd.array(error, "str")}
    columns |= dict(zip(names, np.array(values, np.float64).reshape(len(place), len(names)).T, strict=True))
    table = pd.DataFrame(columns).sort_values(["point", "seed"], ignore_index=True)
    table.attrs["reused"] = reused
    return table


def packed_values(values: Any) -> dict[str, Any]:
    """Turn what a reading gave into JSON.

    Raises
    ------
    TypeError
        If it is neither figures by name, nor a table without an index of its own, nor tables by name.
    """
    if isinstance(values, pd.DataFrame):
        return {"table": _columns(values)}
    if not isinstance(values, Mapping) or not all(isinstance(name, str) for name in values):
        raise TypeError(f"a reading gives figures by name, a table, or tables by name, and not {shown(values)}")
    if values and all(isinstance(value, pd.DataFrame) for value in values.values()):
        return {"tables": {name: _columns(table) for name, table in values.items()}}
    return {"figures": {name: _figure(name, value) for name, value in values.items()}}


def unpacked_values(packed: Mapping[str, Any]) -> Any:
    """Turn JSON back into what a reading gave."""
    if "table" in packed:
        return _table(packed["table"])
    if "tables" in packed:
        return {name: _table(columns) for name, columns in packed["tables"].items()}
    return packed.get("figures", {})


def one_line(error: BaseException) -> str:
    """An error in one line, with its type if it is none of this program's own lines."""
    if isinstance(error, InputError):
        return str(error)
    said = escaped(" ".join(str(error).split()))
    return shortened(f"{type(error).__name__}: {said}") if said else type(error).__name__


def _columns(table: pd.DataFrame) -> list[list[Any]]:
    """Name, type and values of every column."""
    if not isinstance(table.index, pd.RangeIndex) or not table.columns.is_unique:
        raise TypeError(
            "a reading's table has no index of its own (reset_index() makes columns of it), and different column names"
        )
    return [[str(name), str(column.dtype), _cells(column)] for name, column in table.items()]


def _cells(column: pd.Series) -> list[Any]:
    if column.dtype.kind in "iufb" and not column.isna().any():
        return column.tolist()
    if column.dtype.kind == "f":
        return column.astype("float64").tolist()
    return [None if pd.isna(cell) else plain(cell) for cell in column]


def _table(columns: list[list[Any]]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(cells, dtype=kind) for name, kind, cells in columns})


def _figure(name: str, value: Any) -> Any:
    """Take a figure that JSON can hold to its last bit."""
    known = plain(value)
    if known is None or isinstance(known, str | bool | int | float):
        return known
    raise TypeError(f"figure '{name}': {shown(known)} is no number and no text")
