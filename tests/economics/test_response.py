"""Responses to prices: chances worked out side by side are those worked out customer by customer."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from market.economics import options, response, utility
from tests.economics.histories import History, people, reconsiders

HABITS = options.Habits(0.15, 2.0, 0.2, 0.3, 0.9, 5.0, 0.02)


def drawn(seed, count, months=12):
    """A market some months on: customers, what they use and the options of the month."""
    draw = np.random.default_rng(seed)
    history, customers = History(draw), people(draw, count)
    for _ in range(months):
        offers = history.month()
    used = np.flatnonzero(offers.slot >= 0)  # on sale or withdrawn this month
    current = draw.choice([*used, options.OUTSIDE], count).astype(np.int32)
    current[customers.entry >= months] = options.ABSENT
    return customers, offers, current


def chances(values):
    """Chances of options and of everything else, and ln(1 + Σ exp V), nothing taken from 1."""
    top = max(0.0, *values)
    weights = np.exp(np.array([0.0, *values]) - top)
    others = np.array([np.delete(weights, j).sum() for j in range(len(weights))])
    best = np.argmax(weights)
    return weights[1:] / weights.sum(), others[1:] / weights.sum(), top + np.log1p(others[best])


def best_of_each_luck(values, offers):
    """Values with −∞ for all but the first best of each luck."""
    best = np.full(len(values), -np.inf)
    for key in set(offers.luck.tolist()):
        group = np.flatnonzero(offers.luck == key)
        first = group[np.argmax(values[group])]
        best[first] = values[first]
    return best


def one_by_one(customers, habits, current, offers, month):
    total, sums = 0.0, np.zeros((3, len(offers.model)))
    for i in np.flatnonzero(customers.entry <= month):
        now, worth, volume = current[i], float(customers.value[i]), customers.volume[i]
        home, line = (offers.maker[now], offers.line[now]) if now >= 0 else (-1, -1)
        free, tied = np.full((2, len(offers.model)), -np.inf)
        for j, firm in enumerate(offers.firm):
            if customers.access[i] or not offers.open_weights[j]:
                free[j] = utility.value(
                    float(customers.difficulty[i]), worth, float(customers.taste[i, firm]),
                    offers.capability[j], offers.price[j], habits.choice_scale, habits.success_scale,
                )  # fmt: skip
                tied[j] = free[j] + utility.attachment(firm, offers.line[offers.model[j]], home, line, habits)
        scale = habits.choice_scale * worth
        chance, others, _ = chances(best_of_each_luck(tied, offers))
        sums[0] -= volume / scale * reconsiders(now, habits, offers, frozenset()) * chance * others
        chance, others, gain = chances(best_of_each_luck(free, offers))
        sums[1] -= volume / scale * chance * others
        sums[2] += volume * chance
        total += volume * scale * gain
    return total, sums


@pytest.mark.parametrize(
    "habits",
    [
        HABITS,
        HABITS._replace(choice_scale=0.001),
        HABITS._replace(choice_scale=100.0),
        HABITS._replace(success_scale=0.05),
        HABITS._replace(firm_switching_cost=1e6, model_switching_cost=1e6),
        HABITS._replace(firm_switching_cost=0.0, model_switching_cost=600.0),
    ],
    ids=str,
)
def test_responses_are_those_of_customers_one_by_one(habits):
    for seed, count in ((0, 300), (1, response.LANES), (2, 1)):
        customers, offers, current = drawn(seed, count)
        surplus, sums = one_by_one(customers, habits, current, offers, 12)
        made = response.respond(customers, habits, current, offers, 12)
        assert made.surplus == pytest.approx(surplus, rel=1e-9)
        np.testing.assert_allclose(made[1:], sums, rtol=1e-9, atol=1e-290)


def test_responses_are_the_same_for_any_number_of_threads():
    customers, offers, current = drawn(3, 100_000)
    alone = response.respond(customers, HABITS, current, offers, 12)
    with ThreadPoolExecutor(3) as pool:
        together = response.respond(customers, HABITS, current, offers, 12, pool)
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_nobody_and_nothing():
    customers, offers, current = drawn(4, 10)
    later = customers._replace(entry=np.full(10, 99, np.int32))
    nobody = response.respond(later, HABITS, current, offers, 12)
    assert nobody.surplus == 0.0
    assert (np.array(nobody[1:]) == 0.0).all()
    none = np.array([], int)
    nothing = offers._replace(
        capability=np.array([]), price=np.array([]), firm=none.astype(np.int32), open_weights=none.astype(bool),
        luck=none.astype(np.uint64), model=none.astype(np.int32), slot=np.full_like(offers.slot, -1), slots=0,
    )  # fmt: skip
    assert response.respond(customers, HABITS, np.full(10, -1, np.int32), nothing, 12).surplus == 0.0
