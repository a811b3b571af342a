"""Markets to begin with: what a claim or a school of thought would have, and in a sentence what comes of it here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from market.registry import Registry


@dataclass(frozen=True)
class Preset:
    """A scenario with changes.

    Attributes
    ----------
    kind : "claim" or "school".   reason : what is changed and what comes of it; tests simulate it.
    """

    kind: str
    reason: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    scenario: str = "baseline"


PRESETS: Registry[Preset] = Registry("preset")

PRESETS.add(
    "sceptic",
    Preset(
        "school",
        "Training costs grow fourfold a year and everybody can use open weights: models do not return their training, "
        "let alone their full R&D, and every lab fails.",
        {"labs.*.training.growth": 4, "segments.*.open_access": 1},
    ),
)
PRESETS.add(
    "lab's own view",
    Preset(
        "school",
        "Patient capital, customers loyal to their firm, serving costs that fall sixfold a year, training costs that "
        "grow by half, and little research: models return their full R&D, and labs pass into profit.",
        {
            "labs.*.funding.rule": "patient",
            "labs.*.training.growth": 1.5,
            "labs.*.research": 2,
            "segments.*.firm_switching_cost": 4,
            "technology.serving_progress": 6,
        },
    ),
)
PRESETS.add(
    "disciplined capital",
    Preset(
        "school",
        "Labs train only what they expect to pay: models return their full R&D twice over and labs lose far less than "
        "in the baseline, though over the six years they still lose.",
        {"labs.*.training.rule": "hurdle"},
    ),
)
PRESETS.add(
    "two ledgers",
    Preset(
        "claim",
        "The interview's arithmetic as a market, with costs that grow tenfold a year: the companies lose about ten "
        "times more every year, while models returned about twice their training.",
        scenario="cartoon",
    ),
)
PRESETS.add(
    "treadmill",
    Preset(
        "claim",
        "Training costs grow fourfold a year and somebody always pays: models return their training several times, and "
        "the labs' loss grows about fourfold every year.",
        {"labs.*.training.growth": 4, "labs.*.funding.rule": "patient"},
    ),
)
PRESETS.add(
    "price war",
    Preset(
        "claim",
        "Labs undercut one another and look at their prices often: price wars break out, of which the baseline has "
        "none, and labs' gross margin falls.",
        {"labs.*.pricing.rule": "undercutting", "labs.*.pricing.reprice_hazard": 0.3},
    ),
)
PRESETS.add(
    "open catch-up in six months",
    Preset(
        "claim",
        "Open models come twice a year, equal what closed ones were six months ago, and half of the customers can use "
        "them: they serve most tokens, and labs' models return less.",
        {
            "open_providers.*.spillover": 1,
            "open_providers.*.spillover_delay": 6,
            "open_providers.*.cadence": 6,
            "segments.*.open_access": 0.5,
        },
    ),
)
PRESETS.add(
    "self-cannibalisation",
    Preset(
        "claim",
        "Every lab sells a smaller, cheaper sibling beside its flagship: flagships return less than half as much on "
        "their training as in the baseline, although labs' gross margin rises.",
        {"labs.*.sibling": {}},
    ),
)
