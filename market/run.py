"""One run: simulate a scenario under a seed, save its tables, open them again."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import operator
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from market.accounts import attribution, pnl, valuation
from market.accounts.events import EventKind
from market.accounts.launches import launches
from market.economics.technology import model_name
from market.parameters import InputError
from market.scenario.schema import Scenario, build
from market.simulation import Market

Progress = Callable[[int, int], None]

TABLES = (
    "models", "companies", "offers", "segments", "flows", "events", "ledger", "benchmarks", "launches", "runways",
)  # fmt: skip
CSV_TABLES = ("models", "companies")
MANIFEST = "manifest.json"
PACKAGES = ("market-of-models", "mesa", "numpy", "pandas", "numba", "scipy", "pydantic", "pyarrow")


@dataclass(frozen=True)
class Run:
    """The outcome of one run: its scenario, its seed and its tables (design §7).

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
        year, month = (int(part) for part in self.scenario.start.split("-"))
        return [f"{year + (month - 1 + t) // 12}-{(month - 1 + t) % 12 + 1:02d}" for t in range(self.scenario.months)]

    def company(self, by: str = "year") -> pd.DataFrame:
        """Company P&L by "year", "quarter" or "month"."""
        return pnl.company(
            self.ledger, by=by, firms=list(self.scenario.firms), assets=self.assets, until=self.scenario.months
        )

    @cached_property
    def assets(self) -> pd.DataFrame:
        """Training as an asset, by month and model; see `valuation.capitalised`."""
        return _assets(self.scenario, self.ledger, self.models, self.offers, self.events)

    def save(self, folder: str | Path, force: bool = False) -> Path:
        """Write all tables and the manifest to a folder, which is complete or absent.

        Parameters
        ----------
        folder : a new folder; an existing one is replaced only with `force`, and only if it holds a run.

        Raises
        ------
        InputError
            If the folder exists (without `force`), holds something else, or cannot be written.
        """
        with complete_folder(folder, force) as unfinished:
            self.write(unfinished)
        return Path(folder)

    def write(self, folder: Path) -> None:
        """Write all tables and the manifest into an existing folder."""
        for name in TABLES:
            getattr(self, name).to_parquet(folder / f"{name}.parquet", index=False)
        for name in CSV_TABLES:
            getattr(self, name).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        write_manifest(folder, "run", seed=self.seed, scenario=self.scenario.model_dump(mode="json"))


def simulate(scenario: Scenario, seed: int = 0, *, threads: int = 1, progress: Progress | None = None) -> Run:
    """Run a scenario and check that its books agree to the cent.

    Parameters
    ----------
    seed : owns all luck; the same scenario and seed give the same tables, whatever the number of threads.
    threads : threads for customers' choices; more than one pays for hundreds of thousands of customers.
    progress : called as ``progress(done, total)`` after each month.

    Raises
    ------
    InputError
        If the seed is not a whole number of at least 0, or threads not of at least 1.
    AssertionError
        If an accounting identity fails, which would be a bug.
    """
    seed, threads = _whole("seed", seed, 0), _whole("threads", threads, 1)
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


def _whole(name: str, value: Any, low: int) -> int:
    """Accept a whole number of any kind, a NumPy one as well, of at least `low`."""
    try:
        number = low - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = low - 1
    if number < low:
        raise InputError(f"{name}: {value!r} is refused; allowed: a whole number, at least {low}")
    return number


def open_run(folder: str | Path) -> Run:
    """Open a saved run.

    Raises
    ------
    InputError
        If the folder does not hold a complete run.
    """
    folder = Path(folder)
    try:
        noted = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES}
        return Run(scenario=build(noted["scenario"]), seed=noted["seed"], **tables)
    except InputError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        said = str(error).splitlines()[0]
        raise InputError(f"{folder}: is no complete run ({said}); `market run` makes one") from None


def write_manifest(folder: Path, kind: str, **facts: Any) -> None:
    """Write what a result stands on: its kind, the facts given, versions, and the commit if there is one. No clock."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    noted = {"kind": kind, **facts, "versions": versions, "commit": _commit()}
    text = json.dumps(noted, indent=1, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


@contextlib.contextmanager
def complete_folder(folder: str | Path, force: bool = False) -> Iterator[Path]:
    """Give a folder to write to that appears under its name only when all is written; nothing is left otherwise.

    Raises
    ------
    InputError
        If `folder` exists and `force` is not given or it holds no result of ours, or if it cannot be written.
    """
    folder = Path(folder)
    check_folder(folder, force)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", suffix=".unfinished", dir=folder.parent))
        unfinished.chmod(0o755)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({(error.strerror or str(error)).lower()})") from None
    try:
        yield unfinished
        if folder.exists():
            folder.rename(unfinished.with_suffix(".replaced"))
        unfinished.rename(folder)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({(error.strerror or str(error)).lower()})") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        replaced = unfinished.with_suffix(".replaced")
        if replaced.exists() and not folder.exists():  # interrupted between the two renames
            replaced.rename(folder)
        shutil.rmtree(replaced, ignore_errors=True)


def check_folder(folder: Path, force: bool = False) -> None:
    """Refuse a folder that cannot be written, before any work is done. Nothing is made.

    Raises
    ------
    InputError
        As in `complete_folder`.
    """
    if folder.exists() or folder.is_symlink():
        if not force:
            raise InputError(f"{folder}: exists already; give another --out, or --force to replace it")
        if not _is_ours(folder):
            raise InputError(f"{folder}: holds no result of this program and is not replaced; give another --out")
    parent = next(above for above in folder.absolute().parents if above.exists())
    if not parent.is_dir():
        raise InputError(f"{folder}: cannot be written ({parent} is not a folder)")
    try:
        with tempfile.TemporaryDirectory(prefix=".probe-", dir=parent):
            pass
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({(error.strerror or str(error)).lower()})") from None


def _is_ours(folder: Path) -> bool:
    """Whether a folder holds a result that this program wrote."""
    try:
        noted = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(noted, dict) and {"kind", "versions", "commit"} <= noted.keys()


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
    valuation.check(ledger, assets)
    return Run(
        scenario=settings,
        seed=market.seed,
        models=models,
        companies=pnl.company(ledger, firms=list(settings.firms), assets=assets, until=settings.months),
        offers=offers,
        segments=segments,
        flows=flows,
        events=events,
        ledger=ledger,
        benchmarks=market.recorder.benchmarks(),
        launches=launched,
        runways=market.recorder.runways(),
    )


def _assets(
    scenario: Scenario, ledger: pd.DataFrame, models: pd.DataFrame, offers: pd.DataFrame, events: pd.DataFrame
) -> pd.DataFrame:
    """Training as an asset, over the lives that the scenario expects; what is given up is impaired in that month."""
    lives = {name: firm.expected_life for name, firm in scenario.firms.items()}
    lost = events[events["kind"].isin([EventKind.LAUNCH_SUPPRESSED.value, EventKind.ABANDONED.value])]
    abandoned = dict(zip(lost["model"], lost["month"], strict=True))
    return valuation.capitalised(ledger, models, offers, lives, scenario.months, abandoned)


def _unreleased(market: Market) -> Iterator[tuple[str, str, str, bool, int, int, bool]]:
    """Models in training at the horizon, and those given up: kept off the market, or abandoned as a firm failed."""
    for firm in market.firms:
        for run in sorted([*firm.runs, *firm.shelved], key=lambda run: run.generation):
            for line in firm.lines():
                name = model_name(firm.name, run.generation, line)
                yield name, firm.name, line, firm.open_weights, run.generation, run.started, run in firm.shelved


def _commit() -> str | None:
    """Commit of the source tree this package runs from, with "+" if it has changed; None outside a checkout."""
    here = Path(__file__).resolve().parents[1]
    if not (here / ".git").exists():
        return None
    try:
        ask = ["git", "-C", str(here), "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"]
        answer = subprocess.run(ask, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None
