"""The command that makes a result again, as far as its scenario can be written as one."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from market.parameters import InputError
from market.scenario import toml
from market.scenario.load import catalogue, load
from market.scenario.schema import Scenario
from market.studies import design
from market.studies.answers.study import Answers
from market.studies.calibrate import SIZE
from market.studies.calibration import Calibration
from market.studies.exploit import Exploitability
from market.studies.hindcast.study import Hindcast
from market.studies.levels import label
from market.studies.points import SCENARIO, Design, found_at, values_at
from market.studies.policies import PolicyEquilibrium
from market.studies.profiles import SMALL
from market.studies.sensitivity import Sensitivity
from market.studies.tournament import PLAYED, Tournament
from market.studies.verdict import Verdict
from market.tables import Run
from market.views.results import Compared, Crossed, Inquired, Swept
from market.views.settings import changes


def command(result: Any) -> str:
    """The command that makes a result again; empty if its scenario is none of the catalogue with values set."""
    words = _WORDS[type(result)](result)
    return shlex.join(["market", *words] if not isinstance(result, Inquired) else ["python", *words]) if words else ""


def _run(run: Run) -> list[str]:
    start = _scenario(run.scenario)
    return ["run", *start, "--seed", str(run.seed)] if start else []


def _sweep(swept: Swept) -> list[str]:
    start = _scenario(swept.scenario, swept.fixed) if swept.scenario is not None else []
    factors = _factors(swept) if start else []
    if not factors:
        return []
    outcomes = [word for name in swept.outcomes for word in ("--outcome", name)]
    kind = ["--design", swept.design.kind] if swept.design.kind != "grid" else []
    return ["sweep", *start, *factors, *kind, *_over(swept.worlds, len(swept.seeds)), *outcomes]


def _comparison(compared: Compared) -> list[str]:
    a, b = _scenario(compared.a, compared.fixed), _scenario(compared.b, compared.fixed)
    outcomes = [word for name in compared.differences["outcome"] for word in ("--outcome", name)]
    if not (a and b) or a[1:] != b[1:]:
        return []
    return ["compare", a[0], b[0], *a[1:], *_over(compared.worlds, len(compared.seeds)), *outcomes]


def _break_even(crossed: Crossed) -> list[str]:
    start = _scenario(crossed.scenario, crossed.fixed)
    ends = [repr(float(end)) for end in (crossed.evidence["value"].min(), crossed.evidence["value"].max())]
    seeds = crossed.seeds or int(crossed.evidence.iloc[0][["n", "left_out"]].sum())  # which earlier versions noted not
    asked = ["--outcome", crossed.outcome, "--level", repr(crossed.level), "--between", *ends]
    return ["break-even", crossed.path, *start, *asked, *_over(crossed.worlds, seeds)] if start else []


def _over(worlds: int, seeds: int, option: str = "--replications") -> list[str]:
    """So many worlds that agree with the evidence, with seeds of each, or seeds of the scenario as it stands."""
    each = ["--seeds", str(seeds // worlds)] if worlds and seeds > worlds else []
    return ["--worlds", str(worlds), *each] if worlds else [option, str(seeds)]


def _exploitability(found: Exploitability) -> list[str]:
    start = _scenario(found.scenario)
    within = [] if found.within is None else ["--within", repr(found.within)]
    firms = [word for firm in found.firms["firm"] for word in ("--firm", firm)]
    asked = ["--of", found.what, "--replications", str(found.replications), *within, *firms]
    return ["exploit", *start, *asked] if start else []


def _policies(found: PolicyEquilibrium) -> list[str]:
    start = _sized(found.scenario)
    grid = [
        word for path, values in found.grid.items() for word in ("--policy", f"{path}={','.join(map(label, values))}")
    ]
    firm = [] if found.firm is None else ["--firm", found.firm]
    how = firm if found.alike else ["--by-firm"]
    return ["policies", *start, *grid, *how, "--replications", str(found.replications)] if start else []


def _tournament(found: Tournament) -> list[str]:
    start = _sized(found.scenario)
    rules = [w for name in PLAYED for rule in getattr(found, name) for w in (f"--{name}", rule)]
    sizes = ("finalists", "compared", "terminal", "replications")
    asked = [word for name in sizes for word in (f"--{name}", str(getattr(found, name)))]
    return ["tournament", *start, *rules, *asked] if start else []


def _sensitivity(found: Sensitivity) -> list[str]:
    start = _sized(found.scenario)
    named = [word for one in found.factors for word in ("--factor", one)]
    named += [word for one in found.outcomes for word in ("--outcome", one)]
    sizes = ("trajectories", "samples", "each", "replications")
    asked = [word for name in sizes for word in (f"--{name}", str(getattr(found, name)))]
    asked += [] if found.ranked else ["--raw"]
    return ["sensitivity", *start, *named, *asked] if start else []


def _verdict(found: Verdict) -> list[str]:
    start = _sized(found.scenario, fixed=found.fixed)
    return ["verdict", *start, "--worlds", str(found.count), "--seeds", str(found.seeds)] if start else []


def _answers(found: Answers) -> list[str]:
    some = [word for one in found.claims for word in ("--claim", str(one))]
    return ["answers", *some, "--worlds", str(found.count), "--seeds", str(found.seeds)]


def _hindcast(found: Hindcast) -> list[str]:
    start = _scenario(found.scenario)
    return ["hindcast", *start, "--customers", str(found.customers), "--seed", str(found.seed)] if start else []


def _calibration(found: Calibration) -> list[str]:
    start, worlds = _sized(found.scenario, SIZE), found.worlds["wave"].value_counts(sort=False)
    named = [word for one in found.priors for word in ("--factor", one.name)]
    sizes = {"first": worlds.iloc[0], "each": worlds.iloc[1], "last": worlds.iloc[-1], "replications": len(found.seeds)}
    asked = [word for name, size in sizes.items() for word in (f"--{name}", str(size))]
    return ["calibrate", *start, "--until", str(found.until), *named, *asked] if start else []


def _sized(scenario: Scenario, size: Mapping[str, Any] = SMALL, fixed: tuple[str, ...] = ()) -> list[str]:
    """As `_scenario`, with the sizes that these commands set themselves unless they are set."""
    start, data = _scenario(scenario, fixed), scenario.model_dump()
    left = [path for path in size if not any(word.startswith(f"{path}=") for word in start)]
    return (
        [*start, *(word for path in left for word in ("--set", f"{path}={values_at(data, path)[0]}"))] if start else []
    )


def _experiment(inquired: Inquired) -> list[str]:
    quick = ["--quick"] if inquired.quick else []
    return [f"experiments/{inquired.name}.py", *quick, *_over(inquired.worlds, inquired.seeds, "--seeds")]


_WORDS: Mapping[type, Any] = {
    Run: _run, Swept: _sweep, Compared: _comparison, Crossed: _break_even, Inquired: _experiment,
    Exploitability: _exploitability, PolicyEquilibrium: _policies, Tournament: _tournament,
    Sensitivity: _sensitivity, Verdict: _verdict, Hindcast: _hindcast,
    Calibration: _calibration, Answers: _answers,
}  # fmt: skip


def _scenario(scenario: Scenario, fixed: tuple[str, ...] = ()) -> list[str]:
    """A name of the catalogue and --set options that give a scenario, and fix paths; none if no such options do."""
    if scenario.name not in catalogue():
        return []
    base = load(scenario.name)
    try:
        needed = _fixing(scenario, fixed) | changes(base, scenario)
        if (
            base.with_responses().vary({path: v for path, v in needed.items() if path != "record_responses"})
            == scenario
        ):
            needed.pop("record_responses", None)
        if base.vary(needed).with_responses() != scenario.with_responses():
            return []
        options = [word for path, value in needed.items() for word in ("--set", f"{path}={_toml(value)}")]
    except (InputError, TypeError, ValueError):
        return []
    return [scenario.name, *options]


def _fixing(scenario: Scenario, fixed: tuple[str, ...]) -> dict[str, Any]:
    """Values that a scenario has at some paths: under these paths where they are all alike, else one by one."""
    made, data = dict[str, Any](), scenario.model_dump()
    for path in fixed:
        found = found_at(data, path)
        alike = all(value == next(iter(found.values())) for value in found.values())
        made |= {path: next(iter(found.values()))} if found and alike else found
    return made


def _factors(swept: Swept) -> list[str]:
    """Options that make the same design; none if none do, as where points were drawn."""
    levels: dict[str, list[Any]] = {}
    for point in swept.design.points:
        for path, value in point.items():
            if value not in levels.setdefault(path, []):
                levels[path].append(value)
    plain = all(isinstance(value, int | float | str) for values in levels.values() for value in values)
    if SCENARIO in levels or swept.scenario is None or not plain:
        return []
    try:
        same = design.build(swept.scenario, levels, swept.design.kind) == Design(swept.design.kind, swept.design.points)
    except InputError:
        return []
    listed = [f"{path}={','.join(map(label, values))}" for path, values in levels.items()]
    return [word for text in listed for word in ("--factor", text)] if same else []


def _toml(value: Any) -> str:
    if not isinstance(value, str | int | float):
        raise TypeError(f"{type(value).__name__} is not written on a command line")
    return toml.written(value)
