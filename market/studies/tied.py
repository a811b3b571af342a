"""Labs that are tied at the frontier: alike in what they spend, without luck, launching together or months apart."""

from __future__ import annotations

from market.scenario.load import as_scenario
from market.scenario.schema import Scenario

SAME = {"spread": 0, "shock_sd": 0.0}
"""Updates on their dates and without luck, so that labs are tied with them too."""
APART = {0: "together", 1: "one month apart", 3: "three months apart"}
"""Ways to launch, by the months between two labs."""
FIRST, YEARLY = -2, 12
"""Month of the first lab's start, and months between comparisons, from month 0: launches, 6 later, avoid these."""


def tied(labs: int, gap: float = 0.0, apart: int = 0, world: Scenario | str = "single_line") -> Scenario:
    """Labs without luck, `apart` months apart, all but the first `gap` points behind, bought by spending less.

    Money is patient, so that nobody leaves a war for want of it, and customers like all the same. Benchmarks are
    recorded yearly where labs sell one product a generation only: of a hundred products they take too long.

    Parameters
    ----------
    labs : how many, all as the first of `world`.   gap : points of capability.   apart : one of `APART`.
    world : a scenario, or its name.
    """
    alike = {"technology.shock_sd": 0.0, "labs.*.funding": {"rule": "patient"}, "segments.*.firm_taste": {}}
    data = as_scenario(world).vary(alike).model_dump()
    one = next(iter(data["labs"].values()))
    one["tiers"] = {name: {**tier, "shock_sd": 0.0} for name, tier in one["tiers"].items()}
    one["updates"] = one["updates"] and {**one["updates"], **SAME}
    behind = {**one["training"], "first_cost": one["training"]["first_cost"] * 10 ** (-gap / 10)}
    starts = [(FIRST + apart * number) % YEARLY - YEARLY for number in range(labs)]
    plans = [one["training"], *[behind] * (labs - 1)]
    data["labs"] = {
        f"Lab{number}": {**one, "first_start": start, "training": plan}
        for number, (start, plan) in enumerate(zip(starts, plans, strict=True), 1)
    }
    named: dict[str, object] = {"name": f"{labs} labs, gap {gap:g}, {APART[apart]}"}
    named["record_benchmarks"] = 0 if one["tiers"] or one["updates"] else YEARLY
    return Scenario.model_validate({**data, **named})
