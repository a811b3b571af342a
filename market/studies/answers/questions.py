"""Questions: what is true or not in a world, the claim that this answers, and what it rests on.

`NUMBERED` are the claims under test, as people make them. A `Question` is a claim of a verdict with the case that it is
read off, and with what is said beside its share of worlds. `TOPICS` ask in plain words, and order the questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from market.registry import Registry
from market.studies.answers.cases import CASES, CEILING, EQUALS, READ_YEAR, RULES, SIZE, STOPPER, STOPS
from market.studies.claims import CLAIMS, FAMILIES, FIRMS, RESEARCH, Claim

NUMBERED: Mapping[int, str] = {
    1: "Read by year a company loses 100, 800 and 8,000 $M; read by model each model returned twice its cost.",
    2: "In a market that nobody scripted every model is profitable while the company is ever deeper in loss.",
    3: "What serving costs does not change the picture.",
    4: "Each generation costs about ten times the last, and scaling turns that into capability.",
    5: "If models cannot get larger, spending plateaus, and a large, profitable business remains.",
    6: "If models stop getting better there is an overhang and a loss, once, and business returns to its scale.",
    7: "Labs tied at the frontier fall into price wars and reap no profits.",
    8: "Labs cannibalise their own models before these have earned their keep.",
    9: "Open weights reach parity in months and close the window in which training is earned back.",
    10: "A lab that stops releasing is overtaken, so labs are locked in.",
    11: "Labs would be profitable if one left out training.",
    12: "Labs spend more than a dollar for a dollar of revenue.",
    13: "Each model returns about twice its training cost.",
    14: "Customers value improvements so much that revenue doubles as costs rise tenfold.",
    15: "The company itself turns a profit one day.",
    16: "What a model earns does not pay for training the next one.",
}

EXPERIMENTS: Mapping[int, str] = {
    **dict.fromkeys((1, 2, 3, 4, 11, 12), "two_ledgers"), **dict.fromkeys((5, 6, 15), "endings"), 7: "price_war",
    8: "self_cannibalization", 9: "open_catch_up", 10: "treadmill", **dict.fromkeys((13, 14, 16), "return_window"),
}  # fmt: skip
"""The experiment that varies more of each claim."""


class Basis(StrEnum):
    """What an answer rests on."""

    EMERGENT = "emergent"
    IMPOSED = "imposed path of R&D"
    FITTED = "fitted"
    ASSUMED = "assumed"
    CONSTRUCTED = "by construction"


MEANINGS: Mapping[Basis, str] = {
    Basis.EMERGENT: "nothing of it is set but rules of conduct and what the evidence leaves open",
    Basis.IMPOSED: "labs' training follows a path of costs that is set; prices, customers and shares do not",
    Basis.FITTED: "the worlds are fitted to a figure that all but says it",
    Basis.ASSUMED: "an assumption decides it that no data here test",
    Basis.CONSTRUCTED: "it follows from how a thing is defined or set",
}
"""What each basis means."""


@dataclass(frozen=True)
class Shown:
    """A figure that is told beside an answer.

    Attributes
    ----------
    figure : of the case.   words : what it is.
    unit : one of those of `market.views.plots.answers.FORMS`.
    level : the value that matters; NaN if none does.
    """

    figure: str
    words: str
    unit: str = "x"
    level: float = float("nan")


@dataclass(frozen=True)
class Question(Claim):
    """A claim of a verdict, read off a case.

    Attributes
    ----------
    number : of `NUMBERED`.   case : of `CASES`.
    basis, because : what it rests on, in a word (see `MEANINGS`) and, if there is more to say, in a clause.
    shows : what is told beside it; the first is drawn.
    """

    number: int
    case: str
    basis: Basis
    because: str
    shows: tuple[Shown, ...]


QUESTIONS: Registry[Question] = Registry("question")
TOPICS: dict[str, list[str]] = {}
"""Names of questions, by what is asked in plain words."""

_PATH = (Basis.IMPOSED, "")
_CHOSEN = (
    Basis.EMERGENT,
    "labs choose their R&D from their first base on, but reckon with an exit multiple of 7 times run-rate revenue, "
    "which is assumed, and research follows training by a set ratio",
)
_BUYER = "what a lab is worth to a buyer is a multiple of run-rate revenue; what real labs reckon with is not known"
_YES = 1.0


def _ask(
    topic: str,
    number: int,
    name: str,
    says: str,
    case: str,
    figure: str,
    level: float,
    basis: tuple[Basis, str],
    untested: tuple[str, ...],
    *shows: Shown,
    below: bool = False,
) -> None:
    """Register a question: `says` is true where the figure of the case is at least the level, or else below it."""
    if case not in CASES:
        raise TypeError(f"question {name!r}: there is no case {case!r}")
    QUESTIONS.add(name, Question(name, says, figure, level, untested, number, case, *basis, shows, below=below))
    TOPICS.setdefault(topic, []).append(name)


def _ask_claim(topic: str, number: int, name: str, *shows: Shown) -> None:
    """Register a claim of `market verdict` as a question of the baseline."""
    one = CLAIMS[name]
    what = (topic, number, name, one.says, "market", one.outcome, one.level)
    _ask(*what, _PATH, one.untested, *shows)


MULTIPLE = Shown("multiple", "contribution over training of complete families, all dollars together", "x", 1.0)
FULL_RD = Shown("multiple_full_rd", "their contribution over training and research", "x", 1.0)
DEEPER = Shown("labs_deeper_in_loss", "labs that lose more in their last whole year than in their first", "share")

_topic = "Is each model a profitable company of its own?"
_ask_claim(_topic, 2, "training", MULTIPLE)
_ask(
    _topic, 2, "each_returns", "every complete family returns its training, each alone",
    "market", "lives_profitable", 1.0, _PATH, FAMILIES,
    Shown("lives_profitable", "families that return it, each alone", "share", 1.0),
)  # fmt: skip
_ask(
    _topic, 2, "earn_and_lose",
    "complete families together return their training while most labs lose more in their last year than in their first",
    "market", "earn_and_lose", _YES, _PATH, FIRMS, DEEPER, MULTIPLE,
)  # fmt: skip
_ask(
    _topic, 2, "earn_and_lose_by_choice",
    "complete families return their training while most labs lose more, where labs choose R&D by the firm's value",
    "own_choice", "earn_and_lose", _YES, _CHOSEN, (*FIRMS, _BUYER), DEEPER, MULTIPLE,
    Shown("labs_in_profit", "labs in profit in the last whole year", "share"),
)  # fmt: skip
_ask_claim(_topic, 13, "twice", Shown("multiple", MULTIPLE.words, "x", 2.0))
_ask_claim(_topic, 13, "full_rd", FULL_RD)
_ask(
    _topic, 13, "full_rd_by_choice",
    "complete families return training and all research where labs choose R&D by what it adds to the firm's value",
    "own_choice", "multiple_full_rd", 1.0, _CHOSEN, (*RESEARCH, _BUYER), FULL_RD,
)  # fmt: skip
_ask(
    _topic, 13, "full_rd_no_buyer",
    "they do so where labs choose R&D by the firm's value and reckon with no exit multiple",
    "own_choice_no_buyer", "multiple_full_rd", 1.0, (Basis.EMERGENT, "research follows training by a set ratio"),
    RESEARCH, FULL_RD, MULTIPLE,
)  # fmt: skip
_ask_claim(
    _topic, 13, "bases",
    Shown("bases_multiple", "contribution of bases without their updates over their runs", "x", 1.0),
    Shown("release_multiple_low", "releases, each bearing as much of its base as it may"),
    Shown("release_multiple_high", "releases, each bearing as little of its base as it may"),
)  # fmt: skip
_ask(
    _topic, 16, "next_unpaid", "what families earn is less than what training the next ones costs",
    "market", "contribution_per_next_training", 1.0, _PATH, FAMILIES,
    Shown("contribution_per_next_training", "contribution over the training of the next family", "x", 1.0), below=True,
)  # fmt: skip
_ask(
    _topic, 16, "next_full_rd_unpaid", "what families earn is less than the full R&D of the next ones",
    "market", "contribution_per_next_full_rd", 1.0, _PATH, RESEARCH,
    Shown("contribution_per_next_full_rd", "contribution over the full R&D of the next family", "x", 1.0), below=True,
)  # fmt: skip
_ask(
    _topic, 3, "serving_changes_nothing",
    "with serving left out of the books families return their training, and labs lose money, or not, just as with it",
    "market", "serving_changes_nothing", _YES, _PATH, FIRMS,
    Shown("after serving", f"labs' margin after serving in {READ_YEAR}", "share"),
    Shown("after overhead", "after overhead too", "share"),
    Shown("after amortised training", "after training as it is written off", "share"),
    Shown("after all rd", "after all R&D of the year", "share"),
)  # fmt: skip
_ask(
    _topic, 4, "tenfold_cost", "a generation costs ten times the last or more",
    "market", "cost_step", 10.0,
    (Basis.CONSTRUCTED, "the growth of cost is a parameter, drawn between 2 and 4.6 times a year; that ten times the "
     "compute gives 10 points is the unit of capability"),
    FAMILIES,
    Shown("cost_step", "cost of a generation over the last one's", "x", 10.0),
    Shown("points_per_generation", "points of capability that it gains, algorithms' progress included", "number"),
)  # fmt: skip

_topic = "Does that survive competition?"
_FULL = (Basis.IMPOSED, "each lab spends the full path, so that more labs pay for the same R&D once more")
_HELD = (Basis.IMPOSED, "labs together spend what four do on the path, so that more labs are competition alone")
for _case, _number in {"one_lab": "one lab", "two_labs": "two labs", "eight_labs": "eight labs"}.items():
    _ask(
        _topic, 2, f"training_{_case}", f"with {_number} complete families together return their training",
        _case, "multiple", 1.0, _FULL, FAMILIES, MULTIPLE,
        Shown("labs_gross_margin", "labs' gross margin", "share"),
        Shown("labs_in_profit", "labs in profit in the last whole year", "share"),
    )  # fmt: skip
    _ask(
        _topic, 13, f"full_rd_{_case}", f"with {_number} complete families return training and all research",
        _case, "multiple_full_rd", 1.0, _FULL, RESEARCH, FULL_RD,
    )  # fmt: skip
    _ask(
        _topic, 13, f"full_rd_{_case}_held",
        f"with {_number} whose R&D is together that of four complete families return training and all research",
        _case, "multiple_full_rd, held", 1.0, _HELD, RESEARCH,
        Shown("multiple_full_rd, held", FULL_RD.words, "x", 1.0), Shown("multiple, held", MULTIPLE.words),
    )  # fmt: skip

_topic = "Do tied labs fall into price wars?"
for _rule, (_how, _) in RULES.items():
    _alike = (Basis.IMPOSED, "that labs are tied, launch together and price by one rule is set too")
    _ask(
        _topic, 7, f"wars_{_rule}",
        f"four tied labs that {_how} have a price war in six years, launches that find their price included",
        "tied", f"price_wars, {_rule}", 1.0, _alike, FAMILIES,
        Shown(f"price_wars, {_rule}", "price wars", "number", 1.0),
        Shown(f"price_wars_beside_launches, {_rule}", "those that are more than a launch finding its price", "number"),
        Shown(f"labs_gross_margin, {_rule}", "labs' gross margin", "share"),
    )  # fmt: skip
    _ask(
        _topic, 7, f"no_profit_{_rule}", f"families of four tied labs that {_how} do not return their training",
        "tied", f"multiple, {_rule}", 1.0, _alike, FAMILIES,
        Shown(f"multiple, {_rule}", MULTIPLE.words, "x", 1.0), Shown(f"multiple_full_rd, {_rule}", FULL_RD.words),
        below=True,
    )  # fmt: skip

_topic = "Do labs cannibalise their own models?"
_ask_claim(
    _topic, 8, "sooner",
    Shown("succeeded_before_payback", "families succeeded before they have paid back", "share", 0.5),
    Shown("lost_to_own", "part of what flagships lose that own newer models take", "share"),
    Shown("lost_to_own_update", "updates of the family", "share"),
    Shown("lost_to_own_tier", "other tiers of the family", "share"),
    Shown("lost_to_own_next", "the next bases", "share"),
)  # fmt: skip

_topic = "Do open weights close the window?"
_OPEN = (Basis.IMPOSED, "that all customers can use open weights is set too; how soon they catch up is not")
_ask(
    _topic, 9, "open_to_all",
    "families do not return their training if all customers can use open weights as they come",
    "equals", "multiple, open to all", 1.0, _OPEN, FAMILIES,
    Shown("multiple, open to all", MULTIPLE.words, "x", 1.0), Shown("multiple_full_rd, open to all", FULL_RD.words),
    Shown("multiple, none", "over training, without open weights"), below=True,
)  # fmt: skip
_CLOCK = (Basis.IMPOSED, "when open weights are as good, and who can use them, is set too")
for _lag in EQUALS:
    _ask(
        _topic, 9, f"equals_after_{_lag}",
        f"families do not return their training if all customers have a free equal of every closed base {_lag} months "
        "after it",
        "equals", f"multiple, after {_lag}", 1.0, _CLOCK, FAMILIES,
        Shown(f"multiple, after {_lag}", MULTIPLE.words, "x", 1.0),
        Shown(f"multiple_full_rd, after {_lag}", FULL_RD.words),
        Shown("multiple, none", "over training, without open weights"), below=True,
    )  # fmt: skip
for _name, _with in {"equal": "as many customers as can use open weights now", "equal, open to all": "all"}.items():
    _ask(
        _topic, 9, f"dear_base_{_name.replace(', ', '_').replace(' ', '_')}",
        f"a base for $10bn does not return its training if six months later an equal is free to {_with}",
        "dear_base", f"multiple, {_name}", 1.0, _CLOCK, FAMILIES,
        Shown(f"multiple, {_name}", "contribution of its family over its training", "x", 1.0),
        Shown("multiple, as it is", "the same with catch-up as it is"), below=True,
    )  # fmt: skip

_topic = "Are labs locked in?"
_STOPS = (
    Basis.IMPOSED,
    "under the same luck the lab goes on, or stops, with parents who pay; how long one that goes on leads is partly "
    "set, as labs release in turn",
)
_ask(
    _topic, 10, "overtaken",
    f"{STOPPER}, which stops training in month {STOPS}, leads less and sells less than half of what it would have two "
    "years after the release it missed",
    "stopping", "overtaken", _YES, _STOPS, FIRMS,
    Shown("kept", "part of its revenue that it keeps", "share", 0.5),
    Shown("leads, nobody stops", "months of 24 in which it leads if it goes on", "months"),
    Shown("leads, one stops", "the same if it stops", "months"),
)  # fmt: skip
_ask(
    _topic, 10, "locked_in_cash", f"going on pays {STOPPER} more than stopping, in cash",
    "stopping", "gain in cash", 0.0, _STOPS, FIRMS, Shown("gain in cash", "what going on gains in cash", "bn", 0.0),
)  # fmt: skip
_ask(
    _topic, 10, "locked_in_value",
    f"going on pays {STOPPER} more than stopping, with what a buyer would pay at the end",
    "stopping", "gain with a valuation", 0.0,
    (Basis.ASSUMED, "the buyer's multiples of revenue"), (*FIRMS, _BUYER),
    Shown("gain with a valuation", "what going on gains with a valuation", "bn", 0.0),
)  # fmt: skip

_topic = "What do the companies earn?"
_BURN = (Basis.FITTED, f"what the largest lab spends on R&D in {READ_YEAR} is among what the worlds are fitted to")
_ask(
    _topic, 11, "without_training", f"labs together are in profit in {READ_YEAR} if training is left out",
    "market", "excluding training", 0.0, _BURN, FIRMS,
    Shown("excluding training", "labs' margin without training", "share", 0.0),
)  # fmt: skip
_ask(
    _topic, 11, "without_rd", f"labs together are in profit in {READ_YEAR} if training and research are left out",
    "market", "excluding training and research", 0.0, _BURN, FIRMS,
    Shown("excluding training and research", "labs' margin without training and research", "share", 0.0),
)  # fmt: skip
_ask(
    _topic, 12, "dearer_than_revenue", f"labs spend more than a dollar for a dollar of revenue in {READ_YEAR}",
    "market", "cost per revenue dollar", 1.0, _BURN, FIRMS,
    Shown("cost per revenue dollar", "dollars spent for a dollar of revenue", "x", 1.0),
)  # fmt: skip
_ask(
    _topic, 14, "tenfold_doubles", "labs' revenue is twice as high or more where every run costs ten times as much",
    "market", "revenue_at_tenfold_cost", 2.0,
    (Basis.IMPOSED, "under the same luck each run costs ten times as much; larger models are dearer to serve, labs "
     "have to raise the money and some fail, and open providers spend more too"),
    FAMILIES, Shown("revenue_at_tenfold_cost", "labs' revenue, times", "x", 2.0),
)  # fmt: skip
_ask_claim(
    _topic, 15, "company",
    Shown("labs_in_profit", "labs in profit in the last whole year", "share", 0.5),
)  # fmt: skip
_ask_claim(_topic, 15, "all_spent", Shown("labs_result", "labs' result over six years", "dollars", 0.0))

_topic = "How does it end?"
_TRAIN = {
    "ends": ("on their path of costs", "on its path of costs"),
    "ends_if_it_pays": ("that train only when a run pays", "that trains only when a run pays"),
}
for _name, (_how, _one) in _TRAIN.items():
    _rests = (
        Basis.IMPOSED,
        "" if _name == "ends" else "it caps each run; whether and when labs train follows forecasts",
    )
    _short = {"ends": "roadmap", "ends_if_it_pays": "if_it_pays"}[_name]
    _ask(
        _topic, 5, f"plateau_{_short}",
        f"where models cannot get larger labs {_how} spend less on training and earn a profit together in 2030",
        _name, "plateau_in_profit", _YES, _rests, FIRMS,
        Shown(f"margin, {SIZE}", "labs' result over revenue in 2030", "share", 0.0),
        Shown(f"revenue, {SIZE}", "their revenue", "bn"), Shown("revenue, no limit", "without the limit", "bn"),
        Shown(f"training, {SIZE}", "their training", "bn"), Shown("training, no limit", "without the limit", "bn"),
    )  # fmt: skip
    _ask(
        _topic, 6, f"lost_once_{_short}",
        f"where models stop getting better by surprise labs {_how} do not earn that year's R&D back, and are in profit "
        "in 2030",
        _name, "lost_once", _YES, _rests, FIRMS,
        Shown(f"result, {CEILING}", "labs' result in 2030", "bn", 0.0),
        Shown(f"still lost, {CEILING}", "what is still lost", "bn"),
        Shown(f"overhang, {CEILING}", "R&D of that year's families that they do not earn back", "bn"),
    )  # fmt: skip
    _ask(
        _topic, 15, f"some_day_{_short}", f"some lab {_one} is in profit in 2030, without any limit",
        _name, "worlds, no limit", _YES, _rests, FIRMS,
        Shown("first year, no limit", "first year of its unbroken profits, where there are any", "year"),
        Shown("its funding, no limit", "funding that it took before", "bn"),
    )  # fmt: skip
