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
        "Training costs grow fourfold a year and everybody can use open weights: families of models do not return "
        "their training, let alone their full R&D, and every lab fails.",
        {"labs.*.training.growth": 4, "segments.*.open_access": 1},
    ),
)
PRESETS.add(
    "lab's own view",
    Preset(
        "school",
        "Patient capital, customers loyal to their firm, serving costs that fall sixfold a year, training costs that "
        "grow by a quarter, and little research: families return their full R&D, and labs pass into profit.",
        {
            "labs.*.funding.rule": "patient",
            "labs.*.training.growth": 1.25,
            "labs.*.research": 1,
            "segments.*.firm_switching_cost": 4,
            "technology.serving_progress": 6,
        },
    ),
)
PRESETS.add(
    "disciplined capital",
    Preset(
        "school",
        "Labs train only what they expect to pay: families return more on their training than in the baseline and labs "
        "lose less, though over the six years they still lose.",
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
        "Training costs grow fourfold a year and somebody always pays: families return their training several times, "
        "and the labs' loss grows about fourfold every year.",
        {"labs.*.training.growth": 4, "labs.*.funding.rule": "patient"},
    ),
)
PRESETS.add(
    "price war",
    Preset(
        "claim",
        "Labs undercut one another and look at their prices often: prices fall below what serving costs, and families "
        "do not return their training.",
        {"labs.*.pricing.rule": "undercutting", "labs.*.pricing.reprice_hazard": 0.3},
    ),
)
PRESETS.add(
    "open catch-up in six months",
    Preset(
        "claim",
        "Open models come twice a year, equal what closed ones were six months ago, and half of the customers can use "
        "them: they serve a larger part of the tokens than in the baseline, and labs' families return less.",
        {
            "open_providers.*.spillover": 1,
            "open_providers.*.spillover_delay": 6,
            "open_providers.*.cadence": 6,
            "segments.*.open_access": 0.5,
        },
    ),
)
PRESETS.add(
    "open weights for all",
    Preset(
        "claim",
        "Everybody can use open weights: open models serve most tokens, labs sell less than in the baseline, and their "
        "families return less.",
        {"segments.*.open_access": 1},
    ),
)
PRESETS.add(
    "self-cannibalisation",
    Preset(
        "claim",
        "Labs update their bases every two months: of what models lose after their peak more goes to their own firm's "
        "updates than in the baseline, where these come less often, and a release earns less.",
        {"labs.*.updates.interval": 2, "labs.*.updates.spread": 0},
    ),
)
