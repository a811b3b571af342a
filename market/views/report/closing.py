"""How a report ends: what was assumed, what it cannot tell, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from market.scenario.schema import Scenario
from market.views.limits import LIMITS
from market.views.report import again
from market.views.report.blocks import Block, Code, Facts, Fold, Words
from market.views.report.parameters import differing, required, sheet
from market.views.report.sections import Reported, section
from market.views.report.sheets import of_texts
from market.views.report.titles import heading


@section("run", "sweep", "break-even", title="Assumptions of the scenario", place=70)
def parameters(reported: Reported) -> Iterator[Block]:
    """The scenario's description, and its parameters that differ from their defaults."""
    scenario: Scenario | None = reported.result.scenario
    if scenario is None:
        return
    if scenario.description:
        yield Words([f"{scenario.name}: {scenario.description}"])
    found = differing(scenario)
    if found:
        yield sheet("Parameters with another value than the declared default", found)
    yield Fold(
        "Parameters without a default, which every scenario says",
        [sheet("Parameters without a default", required(scenario), default=False)],
    )


@section(title="Limits", place=80)
def limits(_: Reported) -> Iterator[Block]:
    """What is assumed or left out, and what depends on it."""
    rows = [(limit.says, limit.affects) for limit in LIMITS]
    yield of_texts("What the market assumes and cannot tell", rows, ("Limit", "What it affects"))


@section(title="Where it comes from", place=90)
def provenance(reported: Reported) -> Iterator[Block]:
    """What the result stands on, how to make it again, and how to cite it."""
    noted = reported.noted
    same = again.command(reported.result)
    if same:
        yield Code("The command that makes it again", same)
    else:
        yield Words(["Its scenario is none of the catalogue with values set; the manifest holds all of it."])
    yield Code("To cite it", cited(reported))
    seal = _seal(noted)
    facts = [("kind", reported.kind), ("commit", noted.get("commit") or "none: not run from a checkout")]
    facts += [("SHA-256 of the manifest", seal)] if seal else []
    yield Facts(facts, code=True)
    yield Fold("Versions of the program and of what it depends on", [Facts(list(_versions(noted).items()), code=True)])
    files = noted.get("files", {})
    if files:
        yield Fold("SHA-256 checksums of the files", [Facts(list(files.items()), code=True)])


def cited(reported: Reported) -> str:
    """A result in one line for a list of references."""
    noted, title = reported.noted, heading(reported.result)
    version = _versions(noted).get("market-of-models", "unknown")
    commit = f", commit {noted['commit']}" if noted.get("commit") else ""
    return (
        f"Market of Models, version {version}{commit} [computer program]. {title} ({reported.kind}). "
        f"SHA-256 of its manifest: {_seal(noted) or 'none'}."
    )


def _versions(noted: Mapping[str, Any]) -> dict[str, str]:
    """Versions that a manifest names; a sweep's name those of its results as well."""
    return {**noted.get("versions", {}), **noted.get("identity", {}).get("versions", {})}


def _seal(noted: Mapping[str, Any]) -> str:
    return noted.get("checksum") or noted.get("fingerprint") or ""
