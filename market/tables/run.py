"""A run as data: its scenario, its seed and its tables by name, which it derives, saves and lists."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import pandas as pd

from market.accounts import pnl
from market.accounts.events import EventKind
from market.accounts.ledger import Postings
from market.accounts.rows import Rows
from market.calendar import Calendar
from market.families import own
from market.parameters import InputError, unknown
from market.saving.manifest import write_manifest
from market.saving.place import Place
from market.saving.spreadsheet import write_csv
from market.scenario.schema import Scenario
from market.schemas import SCHEMAS, Columns, Schema, registered
from market.tables.unknown import without_unknown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KIND = "run"

Derivation = Callable[..., pd.DataFrame]
Reading = TypeVar("Reading", bound=Callable[..., Any])


@dataclass(frozen=True)
class Derived:
    """How a table is derived: by a function of a run and, if any, of a record `of` that is not saved with it."""

    make: Derivation
    of: Schema | None


DERIVED: dict[str, Derived] = {}
"""Derived tables by name; `market.schemas.SCHEMAS` has these and those that are written down."""


def derived(schema: Schema, of: Schema | None = None) -> Callable[[Derivation], Derivation]:
    """Register a function of a run as a table that every run has.

    Parameters
    ----------
    of : what the simulation writes down for it and does not save; the function takes it as a second argument. Such a
        table must be among the files of a saved run, any other is derived anew where it is not.

    Raises
    ------
    TypeError
        If a run has something of the table's name already.
    """

    def register(make: Derivation) -> Derivation:
        taken = {*Run.__dataclass_fields__, *(one.of.name for one in DERIVED.values() if one.of)}
        if hasattr(Run, schema.name) or schema.name in taken:
            raise TypeError(f"a run has {schema.name!r} already")
        if not schema.name.isidentifier():
            raise TypeError(f"{schema.name!r} is no name of a table; allowed: letters, digits and '_'")
        registered(schema)
        DERIVED[schema.name] = Derived(make, of)
        return make

    return register


def own_tables() -> dict[str, Derived]:
    """Derived tables that a user defined, by name."""
    mine = own(one.make for one in DERIVED.values())
    return {name: one for name, one in DERIVED.items() if one.make in mine}


def once(reading: Reading) -> Reading:
    """Let a function be computed once for each run and its other arguments; nobody is to change what it gives."""
    found: WeakKeyDictionary[Run, dict[Hashable, Any]] = WeakKeyDictionary()

    @wraps(reading)
    def kept(run: Run, *args: Hashable) -> Any:
        known = found.setdefault(run, {})
        if args not in known:
            known[args] = reading(run, *args)
        return known[args]

    return kept  # type: ignore[return-value]


def _above(module: str) -> Any:
    """A module of a floor above, which a run needs only where somebody asks it for what that floor makes of runs."""
    return import_module(module)


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """The outcome of one run. Each of its tables is an attribute, such as `run.models`; docs/DATA.md has their columns.

    Attributes
    ----------
    tables : by name, those made so far; `table` makes the others.
    recorded : by name, what the simulation wrote down, of which a table is made when it is asked for.
    """

    scenario: Scenario
    seed: int
    tables: dict[str, pd.DataFrame]
    recorded: Mapping[str, Rows] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """A table by name; it is made when it is first asked for. One of runs beside this one is empty without them.

        Raises
        ------
        InputError
            If the run has no such table; the line gives the nearest name.
        TypeError
            If a derived table is not as its schema says.
        """
        if name not in self.tables and name in SCHEMAS and SCHEMAS[name].beside:
            return SCHEMAS[name].empty
        if name not in self.tables:
            self.tables[name] = self.recorded[name].frame() if name in self.recorded else self._derived(name)
        return self.tables[name]

    def columns(self, name: str) -> Columns:
        """The columns of a table by name, for which none is made where they were written down; errors as in `table`."""
        return self.table(name) if name in self.tables or name not in self.recorded else self.recorded[name].columns

    def _derived(self, name: str) -> pd.DataFrame:
        how = DERIVED.get(name)
        if how is None:
            raise InputError(unknown("table", name, {*self.tables, *self.recorded, *DERIVED}))
        made = how.make(self, *([self.table(how.of.name)] if how.of else ()))
        fault = SCHEMAS[name].fault(made)
        if fault:
            raise TypeError(f"table {name!r} {fault}")
        return made

    def __repr__(self) -> str:
        return f"<run of {self.scenario.name}, seed {self.seed}, {self.scenario.months} months>"

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name not in SCHEMAS:
            raise AttributeError(unknown("table", name, SCHEMAS))
        return self.table(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *SCHEMAS})

    @property
    def calendar(self) -> Calendar:
        """The calendar of the simulated months."""
        return Calendar(self.scenario.start, self.scenario.months)

    @cached_property
    def dates(self) -> list[str]:
        """Calendar month of each simulated month, as "2023-01"."""
        return [self.calendar.date(month) for month in range(self.scenario.months)]

    @property
    def summary(self) -> dict[str, Any]:
        """What `market run` says, as figures by name; `market.tables.beside.SUMMARY` says what they are."""
        return dict(_above("market.measures.summary").summary(self))

    def plot(self, name: str, *, dark: bool = False, **options: Any) -> Figure:
        """Draw a figure of the run; `market list figures` has their names.

        Parameters
        ----------
        name : of the figure.   dark : light lines on a dark ground.   options : the figure's own, such as `model`.

        Raises
        ------
        InputError
            If there is no such figure of a run, or nothing to draw.
        """
        drawn: Figure = _above("market.views.plots").of_run(self, name, dark=dark, **options)
        return drawn

    def _repr_html_(self) -> str:
        """The verdict, as a notebook shows it."""
        return str(_above("market.views.notebook").of_run(self))

    @cached_property
    def postings(self) -> Postings:
        """The rows of the ledger as numbers."""
        return Postings.of(self.columns("ledger"))

    @property
    def failed(self) -> dict[str, int]:
        """Month in which each firm failed that did, in the order in which they did."""
        return self.months_of(EventKind.FAILED)

    @property
    def left(self) -> dict[str, int]:
        """Month in which each firm left the market of its own will that did, in the order in which they did."""
        return self.months_of(EventKind.LEFT)

    @property
    def entered(self) -> dict[str, int]:
        """Month in which each potential entrant entered that did, in the order in which they did."""
        return self.months_of(EventKind.ENTERED)

    def months_of(self, kind: EventKind) -> dict[str, int]:
        """Month of an event that a firm has once at most, by firm, in the order of the months."""
        events = self.columns("events")
        told = zip(events["firm"], events["month"], events["kind"], strict=True)
        return {str(firm): int(month) for firm, month, what in told if what == kind.value}

    @property
    def business(self) -> dict[str, tuple[int, int]]:
        """First month of every firm in business, and the one after its last: its end or the horizon.

        Firms that never entered are not in it.
        """
        entered, gone, last = self.entered, self.left | self.failed, self.scenario.months - 1
        potential = self.scenario.potential
        opened = {name: firm.first_start for name, firm in self.scenario.firms.items() if name not in potential}
        begun = opened | entered
        return {name: (begun[name], gone.get(name, last) + 1) for name in self.scenario.firms if name in begun}

    def company(self, by: str = "year") -> pd.DataFrame:
        """Company P&L by "year", "quarter" or "month"; the first two with the months in business."""
        business = None if by == "month" else self.business
        firms, until = list(self.scenario.firms), self.scenario.months
        table = pnl.company(self.postings, by, firms, self.assets, business, until=until)
        return without_unknown(table, "firm", self.scenario.untold.values())

    def save(self, folder: str | Path, force: bool = False, csv: bool = False) -> Path:
        """Write all tables and the manifest to a folder, which is complete or absent.

        Parameters
        ----------
        folder : a new folder; an existing one is replaced only with `force`, and only if it holds a run. Files in it
            that are not of that run stay.
        csv : write every table also as CSV; otherwise only the P&Ls are.

        Raises
        ------
        InputError
            If the folder exists (without `force`), holds something else, or cannot be written.
        """
        place = Place(Path(folder), KIND, force, names=file_names(csv))
        place.check()
        with place.filled() as unfinished:
            self.write(unfinished, csv)
            write_manifest(unfinished, KIND, **self.facts)
        return place.folder

    @property
    def facts(self) -> dict[str, Any]:
        """What the run stands on, as its manifest says it: seed and scenario."""
        return {"seed": self.seed, "scenario": self.scenario.model_dump(mode="json")}

    def write(self, folder: Path, csv: bool = False) -> None:
        """Write all tables into an existing folder; `csv` as in `save`."""
        for name in file_names(csv):
            schema = SCHEMAS[Path(name).stem]
            if schema.beside and schema.name not in self.tables:
                continue
            table = self.table(schema.name)
            if name.endswith(".csv"):
                write_csv(table, folder / name)
            else:
                (folder / name).write_bytes(table.to_parquet(index=False))


def file_names(csv: bool = False) -> list[str]:
    """Names of the files that hold a run's tables; with `csv` every table has two."""
    saved = [schema for schema in SCHEMAS.values() if schema.saved]
    sheets = [f"{schema.name}.csv" for schema in saved if csv or schema.csv]
    return [*(f"{schema.name}.parquet" for schema in saved), *sheets]
