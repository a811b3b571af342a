"""Scenarios drawn from everything that is declared: several parameters at a time, each over all it allows."""

import math

from hypothesis import strategies as st

import market
from market.declarations import Declaration, declarations
from market.families import Rule
from market.scenario.load import catalogue
from market.scenario.schema import Scenario

FAMILIES = Rule.families()
DECLARED = list(declarations(Scenario))
SMALL = {"customers", "panel.size", "months", "segments.*.agents"}
"""What is kept small, or what must fit together, and so is drawn apart."""

TIER = {"capability_gap": 6.0, "cost_ratio": 0.15, "training_share": 0.1}
"""A smaller product of every release."""

OFF = {"tiers": {}, "updates": False}
ALONE = {f"{table}.*.{name}": off for table in ("labs", "open_providers") for name, off in OFF.items()}
"""Changes that leave one product of each base."""


def numbers(declared: Declaration):
    """Floats of a declaration: its ends, its default and thereabouts, and all sizes in between."""
    low, high = declared.low, declared.high
    ends = [math.nextafter(low, math.inf) if declared.open_low else low]
    ends.append(math.nextafter(high, -math.inf) if declared.open_high else high)
    inside = st.floats(*ends)
    sizes = [x for x in (10.0**k for k in range(-9, 16)) if ends[0] <= x <= ends[1]]
    near = [x * declared.default for x in (0.1, 0.5, 1.0, 2.0, 10.0)] if declared.default else []
    near = [x for x in near if ends[0] <= x <= ends[1]]
    return st.one_of(st.sampled_from(ends), *(st.sampled_from(x) for x in (sizes, near) if x), inside)


def wholes(declared: Declaration):
    """Whole numbers of a declaration: its ends, small ones, and all in between."""
    low, high = int(declared.low), int(declared.high)
    small = st.integers(max(low, -24), min(high, 24))
    return st.one_of(st.sampled_from([low, high]), small, small, st.integers(low, high))


def values(declared: Declaration):
    """Values of a declaration, of whatever kind."""
    if declared.kind == "true or false":
        return st.booleans()
    if declared.kind == "a whole number":
        return wholes(declared)
    if declared.kind == "a number":
        return numbers(declared)
    return st.sampled_from(declared.kind.split(" or "))


APART = ("[", ".tiers.", ".updates.")
"""What stands in the path of a rule's parameter, or of one of a block that may be missing."""


def alone(path: str) -> bool:
    """Whether a declared path can be drawn by itself: it is a number or a word, of no rule and no optional block."""
    inside = any(part in path for part in APART)
    return not inside and path.split(".")[0] not in ("interventions", "supply") and path not in SMALL


PLAIN = [d for d in DECLARED if alone(d.path) and d.kind != "text"]


REPLAY = "history"
"""Where a table says what is sold, what it does not know is missing in the books by design; its own tests say what."""


@st.composite
def blocks(draw, prefix: str):
    """A table of some of the parameters declared below a prefix."""
    below = [d for d in DECLARED if d.path.startswith(prefix)]
    picked = draw(st.lists(st.sampled_from(below), max_size=3, unique_by=lambda d: d.path)) if below else []
    return {d.path.removeprefix(prefix): draw(values(d)) for d in picked}


@st.composite
def rules(draw, family: str):
    """A rule of a family with some of its parameters."""
    rule = draw(st.sampled_from(sorted(FAMILIES[family].registry)))
    return {"rule": rule, **draw(blocks(f"labs.*.{family}[{rule}]."))}


@st.composite
def interventions(draw, scenario: Scenario, months: int):
    """A change from outside, of any kind."""
    kind = draw(st.sampled_from(["suppress_launch", "freeze_prices", "shut_capital", "change_rule"]))
    lab, firm = draw(st.sampled_from(sorted(scenario.labs))), draw(st.sampled_from(sorted(scenario.firms)))
    model = f"{firm}-{draw(st.integers(1, 3))}"
    target, value = {
        "suppress_launch": (model, None),
        "freeze_prices": (draw(st.sampled_from([firm, "*"])), {model: {"0": draw(st.sampled_from([1e-9, 1.0, 1e6]))}}),
        "shut_capital": (draw(st.sampled_from([firm, "*"])), draw(st.sampled_from([None, 1, 12]))),
        "change_rule": (None, None),
    }[kind]
    if kind == "change_rule":
        family = draw(st.sampled_from(sorted(FAMILIES)))
        target, value = f"{lab}.{family}", draw(rules(family))
    return {"month": draw(st.integers(0, months)), "kind": kind, "target": target, "value": value}


@st.composite
def drawn(draw, longest: int = 30):
    """A scenario of the catalogue by name, changes of it that `Scenario.vary` takes or refuses, and what to look at."""
    name = draw(st.sampled_from([one for one in sorted(catalogue()) if one != REPLAY]))
    scenario = market.load(name)
    months = draw(st.one_of(st.integers(1, min(5, longest)), st.integers(1, longest)))
    changes = {
        "customers": draw(st.sampled_from([100, 150, 200])),
        "panel.size": draw(st.integers(10, 60)),
        "months": months,
        "start": f"{draw(st.integers(1900, 2199))}-{draw(st.integers(1, 12)):02d}",
    }

    def place(path: str) -> str:
        table, star, rest = path.partition(".*.")
        names = sorted(getattr(scenario, table)) if star else []
        return f"{table}.{draw(st.sampled_from(['*', '*', *names]))}.{rest}" if star else path

    for declared in draw(st.lists(st.sampled_from(PLAIN), max_size=6, unique_by=lambda d: d.path)):
        if declared.path.startswith("open_providers") and not scenario.open_providers:
            continue
        changes[place(declared.path)] = draw(values(declared))
    for family in draw(st.lists(st.sampled_from(sorted(FAMILIES)), max_size=3, unique=True)):
        changes[place(f"labs.*.{family}")] = draw(rules(family))
    if draw(st.integers(0, 3)) == 0:
        changes[place("labs.*.tiers")] = {"mini": {**TIER, **draw(blocks("labs.*.tiers.*."))}}
    if draw(st.integers(0, 3)) == 0:
        changes[place("labs.*.updates")] = draw(blocks("labs.*.updates."))
    if draw(st.integers(0, 3)) == 0:
        changes["interventions"] = draw(st.lists(interventions(scenario, months), max_size=3))
    return name, changes, draw(st.sampled_from(["", *[""] * 16, "outcomes", "outcomes", "figures"]))
