"""Opening a saved run again, whichever version wrote it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from market.accounts.ledger import HOSTS
from market.accounts.register import REGISTER
from market.economics.technology import FLAGSHIP
from market.parameters import InputError
from market.saving.manifest import MANIFEST, DamageError, read_manifest, read_verified
from market.scenario.schema import build
from market.schemas import SCHEMAS, Schema
from market.tables.books import MODELS, facts
from market.tables.run import DERIVED, KIND, Run


def open_run(folder: str | Path) -> Run:
    """Open a saved run. Its files are compared with the checksums in its manifest; version 0.1 wrote none.

    A table that can be derived, and is not among the files, is derived when asked for; files of other tables are left
    alone.

    Raises
    ------
    InputError
        If the folder does not hold a complete and undamaged run; the line names the file.
    """
    folder = Path(folder)
    try:
        noted = read_manifest(folder)
        if noted["kind"] != KIND:
            raise DamageError(f"{MANIFEST} is of kind '{noted['kind']}'")
        return _read(noted, read_verified(folder, _files(folder, noted.get("files"))))
    except InputError as error:
        raise InputError(f"{folder}: {MANIFEST} describes a scenario that cannot be opened: {error}") from None
    except (OSError, ValueError, RecursionError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{folder}: is no complete run ({said}); `market run` makes one") from None


def _files(folder: Path, noted: Mapping[str, str] | None) -> dict[str, str | None]:
    """Files to be read, with the checksums noted of them: all that are noted, and all that a run cannot do without."""
    needed = {f"{s.name}.parquet" for s in SCHEMAS.values() if s.saved and not (s.beside or s.later or _derivable(s))}
    if noted is None:
        more = {*DERIVED, *(schema.name for schema in SCHEMAS.values() if schema.later)}
        needed |= {f"{name}.parquet" for name in more if (folder / f"{name}.parquet").exists()}
    return dict.fromkeys(sorted(needed)) | dict(noted or {})


def _derivable(schema: Schema) -> bool:
    """Whether a table can be derived from the files of others."""
    return schema.name in DERIVED and DERIVED[schema.name].of is None


def _read(noted: Mapping[str, Any], contents: Mapping[str, bytes]) -> Run:
    """Read a run's tables from the contents of its files: pandas would take some names of folders for addresses.

    Raises
    ------
    DamageError
        If a table cannot be read, is not as its schema says, or is not of the scenario in the manifest.
    """
    if not isinstance(noted.get("scenario"), dict) or not isinstance(noted.get("seed"), int):
        raise DamageError(f"{MANIFEST} names no scenario or no seed")
    run = Run(build(noted["scenario"], opening=True), noted["seed"], {})
    for schema in SCHEMAS.values():
        if f"{schema.name}.parquet" in contents:
            run.tables[schema.name] = _table(schema, contents[f"{schema.name}.parquet"])
        elif schema.later:
            run.tables[schema.name] = schema.empty
    for name in [name for name in run.tables if _derivable(SCHEMAS[name])]:
        if not set(SCHEMAS[name].names) <= set(run.tables[name]):  # of an earlier version: derived anew when asked for
            del run.tables[name]
    if not set(MODELS.names) <= set(run.tables["models"]):
        run.tables["register"] = _register(run.tables.pop("models"))
    if not _fit(run):
        raise DamageError(f"{MANIFEST} is of another run than the tables")
    return run


def _table(schema: Schema, content: bytes) -> pd.DataFrame:
    """Read one table, and check it against its schema."""
    try:
        table = pd.read_parquet(io.BytesIO(content))
    except (OSError, ValueError) as error:
        raise DamageError(f"{schema.name}.parquet: {(str(error).splitlines() or ['cannot be read'])[0]}") from None
    fault = schema.fault(table)
    if fault:
        raise DamageError(f"{schema.name}.parquet {fault}")
    return table


def _register(models: pd.DataFrame) -> pd.DataFrame:
    """What earlier versions knew of models, as `REGISTER` has it: the rest of `models` is derived anew when asked for.

    Their bases had no updates, so a family was a flagship and what was trained beside it.
    """
    if "family" not in models:
        bases = models[models["line"] == FLAGSHIP].set_index(["firm", "generation"])["model"]
        of = bases.reindex(pd.MultiIndex.from_frame(models[["firm", "generation"]])).set_axis(models.index)
        models = models.assign(family=of.fillna(models["model"]).astype("str"), update=0)
    known: pd.DataFrame = models[REGISTER.names]
    return known


def _fit(run: Run) -> bool:
    """Whether a run's tables are of its scenario: its firms and its months."""
    try:
        named = {*run.companies["firm"], *facts(run)["firm"]}
        months = run.segments["month"].nunique()
    except TypeError:
        return False
    return named <= {*run.scenario.firms, HOSTS} and months == run.scenario.months
