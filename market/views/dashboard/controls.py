"""What can be changed on the page: controls made from the declarations, and what is wrong with a value, beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from market.declarations import Declaration, declarations, without_rules
from market.families import Rule
from market.parameters import InputError
from market.scenario import toml
from market.scenario.load import load
from market.scenario.schema import Scenario
from market.scenario.toml import written
from market.scenario.vary import precedence


@dataclass(frozen=True)
class Chosen:
    """A parameter of the short list: its path, what it is called on the page, the group it stands in.

    Attributes
    ----------
    low, high : over which its slider goes; a value beyond it can be typed if it is allowed.
    """

    path: str
    label: str
    group: str
    low: float | None = None
    high: float | None = None


COSTS, CONDUCT, CUSTOMERS, TECHNOLOGY, RUN = (
    "What labs spend", "What labs do", "Customers", "Technology and open weights", "Size of the run",
)  # fmt: skip

SHORT_LIST = (
    Chosen("labs.*.training.growth", "Growth of training cost", COSTS, 1, 6),
    Chosen("labs.*.research", "Research", COSTS, 0, 15),
    Chosen("labs.*.overhead", "Overhead", COSTS, 0, 1),
    Chosen("labs.*.training.cadence", "Time between bases", COSTS, 3, 36),
    Chosen("labs.*.life", "Life of a model", COSTS, 0, 48),
    Chosen("labs.*.training.rule", "How labs decide on training", CONDUCT),
    Chosen("labs.*.pricing.rule", "How labs price", CONDUCT),
    Chosen("labs.*.pricing.reprice_hazard", "Chance to reconsider prices", CONDUCT, 0, 1),
    Chosen("labs.*.funding.rule", "How losses are funded", CONDUCT),
    Chosen("labs.*.updates", "Updates between two bases", CONDUCT),
    Chosen("labs.*.updates.interval", "Time between updates", CONDUCT, 3, 12),
    Chosen("labs.*.tiers", "Smaller tiers of every release", CONDUCT),
    Chosen("segments.*.open_access", "Can use open weights", CUSTOMERS, 0, 1),
    Chosen("segments.*.access_spread", "Speed at which that spreads", CUSTOMERS, 0, 1),
    Chosen("segments.*.auto_upgrade", "Moved to updates without asking", CUSTOMERS, 0, 1),
    Chosen("segments.*.reconsideration", "Chance to reconsider the choice", CUSTOMERS, 0, 1),
    Chosen("segments.*.firm_switching_cost", "Cost of leaving a firm", CUSTOMERS, 0, 5),
    Chosen("segments.*.taste_sd", "Spread of tastes for firms", CUSTOMERS, 0, 3),
    Chosen("segments.*.choice_scale", "Insensitivity to price", CUSTOMERS, 0.02, 1),
    Chosen("technology.serving_progress", "Serving gets cheaper", TECHNOLOGY, 1, 10),
    Chosen("technology.algorithmic_progress", "Algorithmic progress", TECHNOLOGY, 1, 10),
    Chosen("open_providers.*.spillover", "Gap closed by imitation", TECHNOLOGY, 0, 1),
    Chosen("open_providers.*.spillover_delay", "Time until a model is imitated", TECHNOLOGY, 0, 24),
    Chosen("months", "Length of the run", RUN, 12, 120),
    Chosen("customers", "Customer agents", RUN, 100, 20_000),
)
"""What is on the page from the start; the search finds every other parameter."""

ON, OFF = "on", "off"
"""Of updates: those of the declared defaults, and none."""

CATALOGUE, NONE = "those of the catalogue", "none"
"""Of tiers: those that firms of the catalogue's baseline have, and none; any others are shown as they are written."""


@cache
def of_catalogue(table: str) -> dict[str, Any]:
    """Tiers that the first firm of a table of the catalogue's baseline has."""
    firms = getattr(load("baseline"), table)
    return dict(next(iter(firms.values())).model_dump()["tiers"])


def _named(path: str) -> dict[str, Any]:
    """Words of a choice, each with the value that it stands for; none if the path is no such choice."""
    if path.endswith(".updates"):
        return {OFF: False, ON: {}}
    if path.endswith(".tiers"):
        return {NONE: {}, CATALOGUE: of_catalogue(path.partition(".")[0])}
    return {}


BLOCKS = {
    "updates": "post-training releases between two bases, which take over the customers of what they improve on",
    "tiers": "smaller, cheaper products of every release beside its flagship",
}
"""Tables that are chosen as a whole, with their meanings."""


@dataclass(frozen=True)
class Control:
    """One control, as a scenario has it.

    Attributes
    ----------
    path, label, group : as in `Chosen`; without a group it was added by path.
    kind : "number", "whole", "choice" or "text".   choices : words to choose from.
    low, high, step, middle : of the slider, if it is a number that has one, and where it stands.
    text : its value as it would be written in TOML, or a choice; "" if firms or segments differ.
    differs : the values of firms or segments in words, if they do.   help : meaning, unit, range, source.
    """

    path: str
    label: str
    group: str
    kind: str
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    step: float
    middle: float
    text: str
    differs: str
    help: str


@cache
def declared() -> dict[str, Declaration]:
    """Declarations of all parameters by the path that sets them; of rules that share a name, the first."""
    found: dict[str, Declaration] = {}
    for one in declarations(Scenario):
        path = without_rules(one.path)
        if not path.startswith(("supply.", "interventions")):
            found.setdefault(path, one)
    for table in ("labs", "open_providers"):
        for family in Rule.families():
            if any(path.startswith(f"{table}.*.{family}.") for path in found):
                path = f"{table}.*.{family}.rule"
                found[path] = Declaration(path, "text", "", None, None, False, False, None, _of_rules(family), "")
        for name, meaning in BLOCKS.items():
            path = f"{table}.*.{name}"
            found[path] = Declaration(path, "a table", "", None, None, False, False, None, meaning, "")
    return found


def _of_rules(family: str) -> str:
    rules = sorted(Rule.families()[family].registry.items())
    lines = ((name, (rule.__doc__ or "").strip().partition("\n")[0]) for name, rule in rules)
    return " ".join(f"{name}: {line}" for name, line in lines)


def values_at(table: Any, path: str) -> list[Any]:
    """All values that a path stands for in a complete table; none where it does not exist."""
    head, _, rest = path.partition(".")
    if not isinstance(table, Mapping):
        return []
    inner = list(table.values()) if head == "*" else [table[head]] if head in table else []
    return [value for one in inner for value in values_at(one, rest)] if rest else inner


def control(chosen: Chosen, scenario: Scenario) -> Control | None:
    """The control of a parameter, as a scenario has it; None if it has no such parameter.

    A path with a name instead of ``*`` is declared as that with ``*``; one that nobody declares takes any text.
    """
    values = values_at(scenario.model_dump(), chosen.path)
    choices: tuple[str, ...] = ()
    if not values:
        return None
    known = declared().get(re.sub(r"^(labs|open_providers|segments)\.\w+", r"\1.*", chosen.path))
    family = chosen.path.split(".")[-2] if chosen.path.endswith(".rule") else ""
    words = _named(chosen.path)
    if words:
        values = [text_of(chosen.path, value) for value in values]
        kind, choices = "choice", tuple(dict.fromkeys([*words, *values]))
    elif family in Rule.families():
        kind, choices = "choice", tuple(sorted(Rule.families()[family].registry))
    elif known is not None and known.kind == "true or false":
        kind, choices = "choice", ("true", "false")
    else:
        kinds = {"a whole number": "whole", "a number": "number"}
        kind = kinds.get(known.kind if known else "", "text")
    low, high = chosen.low, chosen.high
    step, middle = 0.01, 0.0
    if low is not None and high is not None:
        step = 100 if high > 1000 else 1 if kind == "whole" else 0.05 if high - low > 1 else 0.01
        middle = min(max(sum(values) / len(values), low), high)
    texts = [value if kind == "choice" and isinstance(value, str) else shortest(value) for value in values]
    same = len(set(texts)) == 1
    differs = "" if same else f"differs: {', '.join(dict.fromkeys(texts))}; a value here is for all"
    label = f"{chosen.label} ({known.unit})" if known and known.unit else chosen.label
    return Control(
        chosen.path, label, chosen.group, kind, choices, low, high, step, middle, texts[0] if same else "", differs,
        _help(known),
    )  # fmt: skip


def shortest(value: Any) -> str:
    """A value as TOML writes it, but whole numbers without a point."""
    text = written(value)
    return text.removesuffix(".0") if isinstance(value, float) else text


def _help(known: Declaration | None) -> str:
    if known is None:
        return ""
    source = f" Source: {known.source}." if known.source else ""
    allowed = f" Allowed: {known.allowed}." if known.kind not in ("text", "a table") else ""
    return f"{known.path}: {known.meaning}.{allowed}{source}"


def short_list(scenario: Scenario) -> Iterator[Control]:
    """Controls of the short list that a scenario has."""
    yield from filter(None, (control(chosen, scenario) for chosen in SHORT_LIST))


def read(path: str, text: str) -> Any:
    """What a text in a control means: TOML, a bare word is text; updates and tiers have words of their own."""
    words = _named(path)
    return words[text] if text in words else toml.value(text.strip())


def text_of(path: str, value: Any) -> str:
    """What stands in a control for a value: what `read` understands. Of updates only whether there are any."""
    if path.endswith(".updates"):
        return OFF if value is None or value is False else ON
    word = next((word for word, one in _named(path).items() if one == value), None)
    return word or (value if isinstance(value, str) else written(value))


@dataclass(frozen=True)
class Read:
    """A scenario with the changes that can be applied to it, and what is wrong with the others, by path.

    Under the path ``""`` stands what is wrong with all of them together. `given` are the changes with those values that
    the scenario has anyway, which no world moves.
    """

    scenario: Scenario
    changes: dict[str, Any]
    problems: dict[str, str]
    given: dict[str, Any]


def apply(base: Scenario, texts: Mapping[str, str]) -> Read:
    """Apply what stands in the controls to a scenario; what changes nothing is among what is given only.

    Parameters
    ----------
    texts : by path, of the controls that somebody touched; an empty one changes nothing.
    """
    given = {path: read(path, text) for path, text in texts.items() if text.strip()}
    changes = {path: value for path, value in given.items() if not _is_there(base, path, value)}
    try:
        return Read(base.vary(changes), changes, {}, given)
    except InputError as error:
        whole = str(error)
    now, good, problems = base, dict[str, Any](), dict[str, str]()
    for path in sorted(changes, key=precedence):
        try:
            now, good = base.vary({**good, path: changes[path]}), {**good, path: changes[path]}
        except InputError as error:
            problems[path] = str(error)
    return Read(now, good, problems or {"": whole}, {path: one for path, one in given.items() if path not in problems})


def _is_there(base: Scenario, path: str, value: Any) -> bool:
    values = values_at(base.model_dump(), path)
    if path.endswith(".updates"):  # {} stands for the defaults, if there is none, and false for none
        return all(one is None for one in values) if value is False else all(values) and value == {}
    return bool(values) and all((isinstance(one, bool), one) == (isinstance(value, bool), value) for one in values)


def added(path: str) -> Chosen:
    """A parameter that was searched for."""
    known = next((one for one in SHORT_LIST if one.path == path), None)
    return replace(known, group="") if known else Chosen(path, path, "")
