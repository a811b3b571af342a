"""One run: simulate a scenario under a seed, save its tables, open them again."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from market.accounts import amortisation, attribution, pnl
from market.accounts.events import COLUMNS as EVENTS
from market.accounts.events import EventKind
from market.accounts.launches import launches
from market.accounts.ledger import COLUMNS as LEDGER
from market.accounts.ledger import HOSTS
from market.accounts.record import BENCHMARKS, OFFERS, PLANS, RUNWAYS, SEGMENTS
from market.accounts.register import FACTS
from market.calendar import Calendar
from market.economics.technology import model_name
from market.parameters import InputError, whole
from market.saving.manifest import MANIFEST, DamageError, read_manifest, read_verified, write_manifest
from market.saving.place import Place
from market.saving.spreadsheet import write_csv
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario, build
from market.simulation import Market

Progress = Callable[[int, int], None]

TABLES: dict[str, tuple[str, ...]] = {
    "models": (
        *FACTS, "training", "research", "revenue", "serving", "contribution", "result", "multiple", "multiple_full_rd",
        "payback_months", "half_life_months",
    ),
    "companies": (
        "firm", "year", "revenue", "serving", "contribution", "training", "research", "overhead", "result",
        "result_excluding_training", "result_capitalised", "cost_per_revenue_dollar", "raised", "cash",
    ),
    "offers": tuple(OFFERS),
    "segments": tuple(SEGMENTS),
    "flows": (
        "month", "segment", "origin", "destination", "customers", "tokens_before", "tokens_after", "revenue_before",
        "revenue_after",
    ),
    "events": EVENTS,
    "ledger": LEDGER,
    "benchmarks": tuple(BENCHMARKS),
    "launches": (
        *PLANS, "released", "capability", "realised_gross", "realised_spend", "realised_value", "counted",
    ),
    "runways": tuple(RUNWAYS),
}  # fmt: skip
"""The tables of a run, each with the columns that it has had since version 0.1."""

CSV_TABLES = ("models", "companies")
LAST_SEED = 2**63 - 1
MOST_THREADS = 1000
FILES = (*(f"{name}.parquet" for name in TABLES), *(f"{name}.csv" for name in CSV_TABLES))
KIND = "run"


@dataclass(frozen=True)
class Run:
    """The outcome of one run: its scenario, its seed and its tables.

    Attributes
    ----------
    models, companies, offers, segments, flows, events, ledger, benchmarks, launches, runways : DataFrame
        Money in dollars, volumes in Mtok, prices in $ per Mtok, time in months from the scenario's start. `companies`
        is by year; `company(by)` gives quarters and months.
    """

    scenario: Scenario
    seed: int
    models: pd.DataFrame
    companies: pd.DataFrame
    offers: pd.DataFrame
    segments: pd.DataFrame
    flows: pd.DataFrame
    events: pd.DataFrame
    ledger: pd.DataFrame
    benchmarks: pd.DataFrame
    launches: pd.DataFrame
    runways: pd.DataFrame

    @cached_property
    def dates(self) -> list[str]:
        """Calendar month of each simulated month, as "2023-01"."""
        return [self.calendar.date(month) for month in range(self.scenario.months)]

    @property
    def calendar(self) -> Calendar:
        """The calendar of the simulated months."""
        return Calendar(self.scenario.start, self.scenario.months)

    def company(self, by: str = "year") -> pd.DataFrame:
        """Company P&L by "year", "quarter" or "month"."""
        return _company(self.scenario, self.ledger, self.events, self.assets, by)

    @cached_property
    def assets(self) -> pd.DataFrame:
        """Training as an asset, by month and model; see `amortisation.capitalised`."""
        return _assets(self.scenario, self.ledger, self.models, self.offers, self.events)

    def save(self, folder: str | Path, force: bool = False) -> Path:
        """Write all tables and the manifest to a folder, which is complete or absent.

        Parameters
        ----------
        folder : a new folder; an existing one is replaced only with `force`, and only if it holds a run. Files in it
            that are not of that run stay.

        Raises
        ------
        InputError
            If the folder exists (without `force`), holds something else, or cannot be written.
        """
        place = Place(Path(folder), KIND, force, names=FILES)
        place.check()
        with place.filled() as unfinished:
            self.write(unfinished)
            write_manifest(unfinished, KIND, **self.facts)
        return place.folder

    @property
    def facts(self) -> dict[str, Any]:
        """What the run stands on, as its manifest says it: seed and scenario."""
        return {"seed": self.seed, "scenario": self.scenario.model_dump(mode="json")}

    def write(self, folder: Path) -> None:
        """Write all tables into an existing folder."""
        for name in TABLES:
            (folder / f"{name}.parquet").write_bytes(getattr(self, name).to_parquet(index=False))
        for name in CSV_TABLES:
            write_csv(getattr(self, name), folder / f"{name}.csv")


def simulate(scenario: Scenario | str, seed: int = 0, *, threads: int = 1, progress: Progress | None = None) -> Run:
    """Run a scenario and check that its books agree to the cent.

    Parameters
    ----------
    seed : the random seed; the same scenario and seed give the same tables, whatever the number of threads.
    threads : threads for customers' choices; more than one pays for hundreds of thousands of customers.
    progress : called as ``progress(done, total)`` after each month.

    Raises
    ------
    InputError
        If there is no such scenario, a rule of it is not imported, or the seed or the number of threads is refused.
    AssertionError
        If an accounting identity fails, which would be a bug.
    """
    scenario = as_scenario(scenario)
    scenario.check_known()
    seed, threads = whole("seed", seed, 0, LAST_SEED), whole("threads", threads, 1, MOST_THREADS)
    workers = ThreadPoolExecutor(threads) if threads > 1 else contextlib.nullcontext()
    with threadpool_limits(limits=1, user_api="blas"), workers as pool:
        market = Market(scenario, seed, pool)
        try:
            for month in range(scenario.months):
                market.step()
                if progress is not None:
                    progress(month + 1, scenario.months)
            return _tables(market)
        finally:
            market.close()


def open_run(folder: str | Path) -> Run:
    """Open a saved run. Its files are compared with the checksums in its manifest; version 0.1 wrote none.

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
        unnoted = {f"{name}.parquet": None for name in TABLES}
        return _read(noted, read_verified(folder, unnoted | noted.get("files", {})))
    except InputError as error:
        raise InputError(f"{folder}: {MANIFEST} describes a scenario that cannot be opened: {error}") from None
    except (OSError, ValueError, RecursionError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{folder}: is no complete run ({said}); `market run` makes one") from None


def _read(noted: Mapping[str, Any], contents: Mapping[str, bytes]) -> Run:
    """Read a run's tables from the contents of its files: pandas would take some names of folders for addresses.

    Raises
    ------
    DamageError
        If a table cannot be read, lacks a column, or is not of the scenario in the manifest.
    """
    if not isinstance(noted.get("scenario"), dict) or not isinstance(noted.get("seed"), int):
        raise DamageError(f"{MANIFEST} names no scenario or no seed")
    scenario, tables = build(noted["scenario"], opening=True), {}
    for name, columns in TABLES.items():
        try:
            tables[name] = pd.read_parquet(io.BytesIO(contents[f"{name}.parquet"]))
        except (OSError, ValueError) as error:
            raise DamageError(f"{name}.parquet: {(str(error).splitlines() or ['cannot be read'])[0]}") from None
        lacking = [column for column in columns if column not in tables[name]]
        if lacking:
            raise DamageError(f"{name}.parquet has no column '{lacking[0]}'")
    if not _fit(scenario, tables):
        raise DamageError(f"{MANIFEST} is of another run than the tables")
    return Run(scenario=scenario, seed=noted["seed"], **tables)


def _fit(scenario: Scenario, tables: Mapping[str, pd.DataFrame]) -> bool:
    """Whether tables are of a scenario: its firms and its months."""
    try:
        named = {*tables["companies"]["firm"], *tables["models"]["firm"]}
        months = tables["segments"]["month"].nunique()
    except TypeError:
        return False
    return named <= {*scenario.firms, HOSTS} and months == scenario.months


def _tables(market: Market) -> Run:
    """Build the tables once and check the identities."""
    settings, ledger = market.settings, market.ledger.frame()
    offers, segments = market.recorder.offers(), market.recorder.segments()
    flows, facts = market.recorder.flows(), market.register.facts(_unreleased(market))
    models = attribution.over_lives(pnl.models(ledger, facts, until=settings.months), flows, offers)
    events = market.journal.frame()
    assets = _assets(settings, ledger, models, offers, events)
    research = {name: firm.research for name, firm in settings.firms.items()}
    plans, rate = market.recorder.plans(), settings.discount_rate
    launched = launches(plans, ledger, models, research, rate, settings.months)
    spending = segments.groupby("month")["spending"].sum()
    cash = {firm.name: firm.cash for firm in market.firms}
    pnl.check(ledger, spending, cash, pnl.company(ledger, by="month", until=settings.months), models)
    amortisation.check(ledger, assets)
    return Run(
        scenario=settings,
        seed=market.seed,
        models=models,
        companies=_company(settings, ledger, events, assets),
        offers=offers,
        segments=segments,
        flows=flows,
        events=events,
        ledger=ledger,
        benchmarks=market.recorder.benchmarks(),
        launches=launched,
        runways=market.recorder.runways(),
    )


def business(scenario: Scenario, events: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """First month of every firm in business, and the one after its last: up to its failure or the horizon."""
    failed = events[events["kind"] == EventKind.FAILED.value]
    until = dict(zip(failed["firm"], failed["month"] + 1, strict=True))
    ends = {name: int(until.get(name, scenario.months)) for name in scenario.firms}
    return {name: (firm.first_start, ends[name]) for name, firm in scenario.firms.items()}


def _company(
    scenario: Scenario, ledger: pd.DataFrame, events: pd.DataFrame, assets: pd.DataFrame, by: str = "year"
) -> pd.DataFrame:
    """Company P&L by period, with the months in business."""
    table = pnl.company(ledger, by=by, firms=list(scenario.firms), assets=assets, until=scenario.months)
    if by == "month":
        return table
    return pnl.with_months(table, by, Calendar(scenario.start, scenario.months), business(scenario, events))


def _assets(
    scenario: Scenario, ledger: pd.DataFrame, models: pd.DataFrame, offers: pd.DataFrame, events: pd.DataFrame
) -> pd.DataFrame:
    """Training as an asset, over the lives that the scenario expects; what is given up is impaired in that month."""
    lives = {name: firm.expected_life for name, firm in scenario.firms.items()}
    lost = events[events["kind"].isin([EventKind.LAUNCH_SUPPRESSED.value, EventKind.ABANDONED.value])]
    abandoned = dict(zip(lost["model"], lost["month"], strict=True))
    return amortisation.capitalised(ledger, models, offers, lives, scenario.months, abandoned)


def _unreleased(market: Market) -> Iterator[tuple[str, str, str, bool, int, int, bool]]:
    """Models in training at the horizon, and those given up: kept off the market, or abandoned as a firm failed."""
    for firm in market.firms:
        for run in sorted([*firm.runs, *firm.shelved], key=lambda run: run.generation):
            for line in firm.lines():
                name = model_name(firm.name, run.generation, line)
                yield name, firm.name, line, firm.open_weights, run.generation, run.started, run in firm.shelved
