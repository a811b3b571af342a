"""Results opened as what they are: any folder that the program writes, by the kind that its manifest names."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from market.measures.outcomes import headlines, usual
from market.parameters import InputError, unknown
from market.registry import Registry
from market.saving.manifest import MANIFEST, DamageError, read_manifest, read_verified, versions
from market.scenario.schema import Scenario, build
from market.schemas import SCHEMAS
from market.studies import break_even, crossing, sensitivity, tournament, verdict
from market.studies.answers import study as answers
from market.studies.answers.study import Answers
from market.studies.calibration import Calibration
from market.studies.compare import COLUMNS
from market.studies.exploit import Exploitability
from market.studies.hindcast import study as hindcasts
from market.studies.hindcast.study import Hindcast
from market.studies.levels import Range
from market.studies.points import SCENARIO, Design
from market.studies.policies import PolicyEquilibrium
from market.studies.priors import known
from market.studies.sensitivity import Sensitivity
from market.studies.sweep import open_sweep
from market.studies.targets import targets
from market.studies.tournament import Tournament
from market.studies.verdict import Verdict
from market.tables import Run, open_run


@dataclass(frozen=True)
class Swept:
    """A sweep: its tidy table, design, outcomes of interest, scenario and worlds, and the paths that these leave."""

    table: pd.DataFrame
    design: Design
    outcomes: Sequence[str]
    scenario: Scenario | None = None
    worlds: int = 0
    fixed: tuple[str, ...] = ()

    @property
    def known(self) -> list[str]:
        """Outcomes that some run gave."""
        return [name for name in self.outcomes if self.table[name].notna().any()]

    @property
    def seeds(self) -> list[int]:
        """The random seeds of its runs."""
        return sorted(map(int, self.table["seed"].unique()))

    @property
    def counted(self) -> str:
        """What its means are over."""
        return "worlds" if self.worlds else "seeds"


@dataclass(frozen=True)
class Compared:
    """Two scenarios under the same seeds: `market.studies.compare.differences`, and the runs behind it."""

    differences: pd.DataFrame
    runs: pd.DataFrame
    a: Scenario
    b: Scenario
    worlds: int = 0
    fixed: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, str]:
        """Names of both worlds: those of their scenarios, told apart where they are the same."""
        same = self.a.name == self.b.name
        return (f"{self.a.name} (A)", f"{self.b.name} (B)") if same else (self.a.name, self.b.name)

    @property
    def seeds(self) -> list[int]:
        """The random seeds of its runs."""
        return sorted(map(int, self.runs["seed"].unique()))


@dataclass(frozen=True)
class Crossed:
    """A search for a break-even: what was tried, under how many seeds, and the answer in a sentence."""

    evidence: pd.DataFrame
    sentence: str
    path: str
    outcome: str
    level: float
    scenario: Scenario
    worlds: int = 0
    fixed: tuple[str, ...] = ()
    seeds: int = 0

    @property
    def log(self) -> bool:
        """Whether the range was searched on a log scale."""
        low, high = self._ends
        return low > 0 and high / low >= break_even.LOG_FROM

    @cached_property
    def crossing(self) -> crossing.Crossing:
        """Where the outcome crosses the level, read from what was tried as the search did."""
        low, high = self._ends
        return crossing.conclude(self.evidence, Range(low, high, self.log), self.level)

    @property
    def _ends(self) -> tuple[float, float]:
        return float(self.evidence["value"].min()), float(self.evidence["value"].max())


@dataclass(frozen=True)
class Inquired:
    """What an experiment gave: tables by name, and the files of its pictures by name."""

    name: str
    quick: bool
    seeds: int
    tables: Mapping[str, pd.DataFrame]
    pictures: Mapping[str, Path]
    worlds: int = 0


Game = Exploitability | PolicyEquilibrium | Tournament
Studied = Sensitivity | Calibration | Verdict | Hindcast | Answers
Result = Run | Swept | Compared | Crossed | Game | Studied | Inquired


@dataclass(frozen=True)
class Kind:
    """A kind of result: the word that manifests have for it, its class, and how it is read from its folder."""

    name: str
    of: type
    opens: Callable[[Path, Mapping[str, Any]], Result]


KINDS: Registry[Kind] = Registry("kind of result")


def _kind(name: str, of: type) -> Callable[[Callable[[Path, Mapping[str, Any]], Result]], None]:
    """Register a function of a folder and its manifest, as the one that opens results of a kind."""
    return lambda opens: KINDS.add(name, Kind(name, of, opens))


def kind_of(result: object) -> str:
    """Name the kind of a result.

    Raises
    ------
    InputError
        If it is none.
    """
    for kind in KINDS.values():
        if isinstance(result, kind.of):
            return kind.name
    raise InputError(f"an object of the class {type(result).__name__} is no result; allowed: {', '.join(KINDS)}")


def source_of(result: Result) -> str:
    """Say in one line where a figure of a result comes from: the scenario, the seeds, and this package's version."""
    parts = []
    if isinstance(result, Compared):
        parts.append(" and ".join(result.names))
    elif not isinstance(result, Inquired | Answers) and result.scenario is not None:
        parts.append(result.scenario.name)
    if isinstance(result, Run | Hindcast):
        parts.append(f"seed {result.seed}")
    elif isinstance(result, Swept | Compared | Calibration):
        parts.append(_in_words(result.seeds))
        parts += [f"evidence to {result.until}"] if isinstance(result, Calibration) else []
    elif isinstance(result, Crossed):
        parts.append(f"{int(result.evidence[['n', 'left_out']].sum(axis=1).max())} seeds")
    elif isinstance(result, Exploitability):
        parts.append(f"{int(result.firms['seeds'].max())} seeds")
    elif isinstance(result, Verdict | Answers):
        parts.append(f"{result.count} worlds, {result.seeds} seed{'s' * (result.seeds > 1)} each")
    elif isinstance(result, PolicyEquilibrium | Tournament | Sensitivity):
        parts.append(f"{result.replications} seed{'s' * (result.replications > 1)}")
    return " · ".join([*parts, f"market-of-models {versions().get('market-of-models', '')}".strip()])


def _in_words(seeds: Sequence[int]) -> str:
    """Random seeds in few characters."""
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    in_a_row = list(seeds) == list(range(seeds[0], seeds[0] + len(seeds))) if seeds else False
    return f"seeds {seeds[0]}–{seeds[-1]}" if in_a_row else f"{len(seeds)} seeds"


def opened(folder: str | os.PathLike[str]) -> Result:
    """Open a folder that this program wrote, whatever it holds.

    Raises
    ------
    InputError
        If there is no such folder (the line gives the nearest), it holds no result, or a damaged one.
    """
    place = existing(folder)
    try:
        noted = read_manifest(place)
    except DamageError as error:
        raise InputError(f"{place}: holds no result ({error}); `market run`, `sweep` or `compare` make one") from None
    if noted["kind"] not in KINDS:
        raise InputError(f"{place}: {unknown('kind of result', noted['kind'], KINDS)}")
    try:
        return KINDS[noted["kind"]].opens(place, noted)
    except InputError:
        raise
    except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{place}: is no complete result of the kind '{noted['kind']}' ({said})") from None


def tables_of(result: Result) -> dict[str, pd.DataFrame]:
    """All tables of a result by name, those of a run that are derived when asked for too."""
    if isinstance(result, Run):
        return {name: result.table(name) for name in SCHEMAS}
    if isinstance(result, Swept):
        return {"table": result.table}
    if isinstance(result, Compared):
        return {"differences": result.differences, "runs": result.runs}
    if isinstance(result, Exploitability):
        return {"firms": result.firms, "tried": result.tried}
    if isinstance(result, PolicyEquilibrium):
        return {"replies": result.replies, "ends": result.ends}
    if isinstance(result, Tournament | Studied):
        return result.tables
    return {"evidence": result.evidence} if isinstance(result, Crossed) else dict(result.tables)


def existing(folder: str | os.PathLike[str], *kinds: str) -> Path:
    """Accept a folder that exists.

    Parameters
    ----------
    kinds : of results, from which the nearest name is taken; all if none is given.

    Raises
    ------
    InputError
        If there is none of that name; the line gives the nearest one.
    """
    place = Path(folder)
    if os.path.lexists(place):
        return place
    beside = place.parent if os.path.isdir(place.parent) else Path("results")
    near = [path.parent for path in sorted(beside.glob(f"*/{MANIFEST}"))]
    what = f"{kinds[0]} folder" if len(kinds) == 1 else "folder"
    raise InputError(unknown(what, place, [str(one) for one in near if _kind_in(one) in (kinds or KINDS)]))


def _kind_in(folder: Path) -> str | None:
    """The kind that a folder's manifest names, if it has one."""
    try:
        return str(read_manifest(folder)["kind"])
    except DamageError:
        return None


@_kind("run", Run)
def _run(folder: Path, _: Mapping[str, Any]) -> Run:
    return open_run(folder)


@_kind("sweep", Swept)
def _sweep(folder: Path, noted: Mapping[str, Any]) -> Swept:
    what = noted["identity"]
    table, starts = open_sweep(folder), {name: _scenario(folder, data) for name, data in what["scenarios"].items()}
    points = [
        point | {SCENARIO: starts[point[SCENARIO]]} if SCENARIO in point else dict(point) for point in what["points"]
    ]
    known = [name for name in what["outcomes"] if name in table] if isinstance(what["outcomes"], dict) else []
    if known == usual():
        known = [name for name in headlines() if name in table]
    design = Design(what["design"], tuple(points))
    outcomes, scenario = known or _outcomes(table, design), _scenario(folder, what["scenario"])
    draws = what.get("draws", ())
    return Swept(table, design, outcomes, scenario, len(draws), _fixed(*draws[:1]))


@_kind("comparison", Compared)
def _comparison(folder: Path, noted: Mapping[str, Any]) -> Compared:
    tables = _tables(folder, noted, "differences.csv", "runs.csv")
    a, b = (_scenario(folder, noted[world]) for world in "ab")
    found = tables["differences"].reindex(columns=list(COLUMNS))  # which earlier versions had not all of
    return Compared(found, tables["runs"], a, b, noted.get("worlds", 0), _fixed(noted))


@_kind("break-even", Crossed)
def _break_even(folder: Path, noted: Mapping[str, Any]) -> Crossed:
    evidence = _tables(folder, noted, "evidence.csv")["evidence"].astype({"value": float, "mean": float})
    question = {name: noted[name] for name in ("sentence", "path", "outcome", "level")}
    sizes = {"worlds": noted.get("worlds", 0), "fixed": _fixed(noted), "seeds": noted.get("seeds", 0)}
    return Crossed(evidence, scenario=_scenario(folder, noted["scenario"]), **sizes, **question)


@_kind("exploitability", Exploitability)
def _exploitability(folder: Path, noted: Mapping[str, Any]) -> Exploitability:
    tables = _tables(folder, noted, "firms.csv", "tried.csv")
    firms = tables["firms"].assign(verdict=tables["firms"]["verdict"].astype("object").fillna(""))
    asked = noted["within"], noted["what"], _scenario(folder, noted["scenario"]), noted["replications"]
    return Exploitability(firms, tables["tried"], *asked)


@_kind("policies", PolicyEquilibrium)
def _policies(folder: Path, noted: Mapping[str, Any]) -> PolicyEquilibrium:
    tables: Any = _tables(folder, noted, "replies.csv", "ends.csv")
    asked = {name: noted[name] for name in ("verdict", "grid", "alike", "firm", "replications")}
    return PolicyEquilibrium(**tables, scenario=_scenario(folder, noted["scenario"]), **asked)


@_kind("tournament", Tournament)
def _tournament(folder: Path, noted: Mapping[str, Any]) -> Tournament:
    tables: Any = _tables(folder, noted, *(f"{name}.csv" for name in tournament.TABLES))
    rest = (*tournament.TABLES, "scenario")
    asked = {each.name: noted[each.name] for each in fields(Tournament) if each.name not in rest}
    return Tournament(**tables, scenario=_scenario(folder, noted["scenario"]), **asked)


@_kind("sensitivity", Sensitivity)
def _sensitivity(folder: Path, noted: Mapping[str, Any]) -> Sensitivity:
    tables: Any = _tables(folder, noted, *(f"{name}.csv" for name in sensitivity.TABLES))
    named = ("factors", "outcomes", "trajectories", "samples", "each", "ranked", "replications")
    asked = {name: noted[name] for name in named}
    return Sensitivity(**tables, scenario=_scenario(folder, noted["scenario"]), **asked)


@_kind("verdict", Verdict)
def _verdict(folder: Path, noted: Mapping[str, Any]) -> Verdict:
    tables: Any = _tables(folder, noted, *(f"{name}.csv" for name in verdict.TABLES))
    asked = {name: noted[name] for name in ("count", "seeds")}
    return Verdict(**tables, scenario=_scenario(folder, noted["scenario"]), fixed=_fixed(noted), **asked)


@_kind("answers", Answers)
def _answers(folder: Path, noted: Mapping[str, Any]) -> Answers:
    names = [name for name in noted["files"] if name.endswith(".csv")]
    tables: Any = _tables(folder, noted, *names)
    cases = {name: tables.pop(name) for name in list(tables) if name not in answers.TABLES}
    asked = {name: noted[name] for name in ("count", "seeds", "customers")}
    return Answers(**tables, cases=cases, claims=tuple(noted["claims"]), **asked)


@_kind("hindcast", Hindcast)
def _hindcast(folder: Path, noted: Mapping[str, Any]) -> Hindcast:
    tables: Any = _tables(folder, noted, *(f"{name}.csv" for name in hindcasts.TABLES))
    rest = (*hindcasts.TABLES, "scenario")
    asked = {each.name: noted[each.name] for each in fields(Hindcast) if each.name not in rest}
    return Hindcast(**tables, scenario=_scenario(folder, noted["scenario"]), **asked)


@_kind("calibration", Calibration)
def _calibration(folder: Path, noted: Mapping[str, Any]) -> Calibration:
    tables: Any = _tables(folder, noted, "worlds.csv", "runs.csv", "luck.csv")  # the others are read from these
    scenario = _scenario(folder, noted["scenario"])
    asked = {name: noted[name] for name in ("tempering", "effective", "until")}
    return Calibration(
        **tables, **asked, priors=known(scenario, noted["factors"]), held=targets(noted["until"]), scenario=scenario,
        seeds=tuple(range(noted["replications"])),
    )  # fmt: skip


@_kind("experiment", Inquired)
def _experiment(folder: Path, noted: Mapping[str, Any]) -> Inquired:
    files = noted["files"]
    tables = _tables(folder, noted, *(name for name in files if name.endswith(".csv")))
    pictures = {name.removesuffix(".png"): folder / name for name in files if name.endswith(".png")}
    read_verified(folder, {path.name: files[path.name] for path in pictures.values()})
    return Inquired(noted["name"], noted["quick"], noted["seeds"], tables, pictures, noted.get("worlds", 0))


def _tables(folder: Path, noted: Mapping[str, Any], *names: str) -> dict[str, pd.DataFrame]:
    """Read CSV files of a result, by name without the ending, as they were written."""
    contents = read_verified(folder, {name: noted["files"][name] for name in names})
    return {name.removesuffix(".csv"): _read(content) for name, content in contents.items()}


def _read(content: bytes) -> pd.DataFrame:
    """Read a CSV file; one without any column is an empty table."""
    try:
        return pd.read_csv(io.BytesIO(content))
    except pd.errors.EmptyDataError:
        return pd.DataFrame()


def _scenario(folder: Path, data: Any) -> Scenario:
    """Build a scenario that a manifest describes."""
    try:
        return build(data, opening=True)
    except InputError as error:
        raise InputError(f"{folder}: {MANIFEST} describes a scenario that cannot be opened: {error}") from None


def _fixed(noted: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Paths that no world moved."""
    return tuple((noted or {}).get("fixed", ()))


def _outcomes(table: pd.DataFrame, design: Design) -> list[str]:
    """Columns of a sweep's table that are outcomes."""
    return [str(name) for name in table if name not in {"point", "seed", "status", "error", *design.factors}]
