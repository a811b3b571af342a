"""The month of choices that all ways are given: customers of the baseline, options drawn, everybody choosing anew."""

from typing import NamedTuple

import numpy as np

import market
from market.economics import luck
from market.economics.adoption import Customers, draw_customers
from market.economics.options import Habits, Offers, release_luck

SEGMENT = "consumer"


class Month(NamedTuple):
    """N customers, J options; `current` (N,) is the option that each uses, −1 for none."""

    customers: Customers
    habits: Habits
    offers: Offers
    current: np.ndarray


def drawn(count: int, options: int, seed: int = 0) -> Month:
    """Draw a month: the baseline's developers, all there, and options of six firms at and below the frontier."""
    scenario = market.load("baseline").vary({"adoption.all_present": True})
    spec, demand, names = scenario.segments[SEGMENT], scenario.demand, list(scenario.firms)
    scale = demand.difficulty_low, demand.difficulty_high, demand.difficulty_reference
    taste = spec.taste_sd, [0.0] * len(names)
    customers = draw_customers(spec, scenario.adoption, count, scale, spec.open_access, taste, names, seed, SEGMENT)
    habits = Habits(
        spec.choice_scale, spec.firm_switching_cost, spec.model_switching_cost, 1.0, 1.0, demand.success_scale, 1.0
    )
    numbers = np.arange(options, dtype=np.int32)
    firm = numbers % len(names)
    closed = np.array([name in scenario.labs for name in names])
    capability = 40.0 - 25.0 * luck.uniforms(options, seed, "capability")
    offers = Offers(
        capability=capability,
        price=0.5 * 10 ** (capability / 30) * (1.0 + luck.uniforms(options, seed, "price")),
        firm=firm.astype(np.int32),
        open_weights=~closed[firm],
        luck=np.array([release_luck(names[f], int(j), 0, "flagship") for j, f in enumerate(firm)], np.uint64),
        model=numbers,
        slot=numbers,
        maker=firm.astype(np.int32),
        line=numbers,
        upgrade=np.full(options, -1, np.int32),
        releasing=np.zeros(len(names), bool),
        slots=options,
    )
    current = (luck.uniforms(count, seed, "use") * (options + 1)).astype(np.int32) - 1
    hidden = (current >= 0) & offers.open_weights[current] & ~customers.access
    return Month(customers, habits, offers, np.where(hidden, -1, current).astype(np.int32))
