"""Responses to prices keep their digits where nearly everybody, or nearly nobody, buys."""

from decimal import Decimal, localcontext

import numpy as np
import pytest

from market.economics import demand, options, response
from tests.economics.test_choice import FREE, crowd, on_offer

ALPHA, WEIGHTS, PRICES = np.array([1.0, 0.4, 2.0]), np.array([1.0, 3.0, 0.5]), np.array([1.0, 2.0, 0.5])
NEAR, HIGH, HUGE, LOW = 33.0, 40.0, 800.0, -800.0


def market(level):
    """Three types and three products, the first of which all types want by about `level`."""
    return np.array([[level, 0.0, 1.0], [level + 1, 2.0, -1.0], [level - 2, 0.5, -np.inf]])


def exact(utility):
    """Jacobian, elasticities and both diversions from sums in 900 digits, each (J, J)."""
    with localcontext() as context:
        context.prec = 900
        odds = [
            [Decimal(u - a * p).exp() if u > -np.inf else Decimal(0) for u, p in zip(row, PRICES, strict=True)]
            for row, a in zip(utility, ALPHA, strict=True)
        ]
        chance = np.array([[o / (1 + sum(row)) for o in row] for row in odds])
        alpha, weights, prices = ([Decimal(float(x)) for x in a] for a in (ALPHA, WEIGHTS, PRICES))
        slope = np.array([a * w for a, w in zip(alpha, weights, strict=True)])[:, None] * chance
        jacobian = slope.T @ chance - np.diag(slope.sum(axis=0))
        sold = np.array(weights) @ chance
        short = -jacobian.T / np.diag(jacobian)[:, None]
        long = np.empty((3, 3), object)
        for j in range(3):
            without = np.array([c / (1 - c[j]) for c in chance])
            long[j] = (np.array(weights) * chance[:, j]) @ without / sold[j]
        for ratios in (short, long):
            for j in range(3):
                ratios[j, j] = 1 - sum(ratios[j, k] for k in range(3) if k != j)
        elasticities = jacobian * np.array(prices)[None, :] / sold[:, None]
        return [table.astype(float) for table in (jacobian, elasticities, short, long)]


@pytest.mark.parametrize("level", [NEAR, HIGH, HUGE, LOW])
def test_price_responses_are_exact_however_large_utility_is(level):
    utility = market(level)
    found = [
        f(utility, ALPHA, WEIGHTS, PRICES)
        for f in (demand.jacobian, demand.elasticities, demand.diversion, demand.long_run_diversion)
    ]
    for ours, true in zip(found, exact(utility), strict=True):
        np.testing.assert_allclose(ours, true, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("utility", [20.0, NEAR, 36.0, HIGH, HUGE])
def test_who_leaves_a_good_that_all_buy_chooses_among_the_rest_by_plain_logit(utility):
    ratios = demand.diversion(np.array([[utility, 0.0]]), np.ones(1), np.ones(1), np.ones(2))
    chance = 1 / (1 + np.e)
    assert ratios[0] == pytest.approx([1 - chance, chance], rel=1e-12)


def test_diversion_of_what_nobody_can_buy_is_unknown_and_spoils_nothing():
    utility = market(HIGH)
    utility[:, 1] = -np.inf
    for ratios in (f(utility, ALPHA, WEIGHTS, PRICES) for f in (demand.diversion, demand.long_run_diversion)):
        assert np.isnan(ratios[1]).all()
        np.testing.assert_allclose(ratios[[0, 2]].sum(axis=1), 1.0, rtol=1e-12)
        assert (ratios[[0, 2], 1] == 0).all()


@pytest.mark.parametrize("scale", [0.03, 0.0001])
def test_surplus_and_slopes_of_the_market_are_those_of_demand(scale):
    customers, offers = crowd(200, spread=1.0), on_offer()
    value, habits = customers.value.astype(float), FREE._replace(choice_scale=scale)
    quality = 1 + demand.log_success(offers.capability[None, :], customers.difficulty[:, None].astype(float), 5.0)
    utility, alpha = quality / scale + customers.taste, 1 / (scale * value)
    made = response.respond(customers, habits, np.full(200, options.ABSENT, np.int32), offers, 0)
    surplus = demand.consumer_surplus(utility, alpha, customers.volume, offers.price)
    assert made.surplus == pytest.approx(surplus, rel=1e-10)
    slopes = np.diag(demand.jacobian(utility, alpha, customers.volume, offers.price))
    np.testing.assert_allclose(made.slope, slopes, rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(made.long_slope, slopes, rtol=1e-9, atol=1e-300)


def test_an_attachment_of_any_size_leaves_the_slope_its_digits():
    customers, offers = crowd(1), on_offer()
    habits = FREE._replace(firm_switching_cost=60.0)
    made = response.respond(customers, habits, np.zeros(1, np.int32), offers, 0)
    value, now = customers.value.astype(float), np.array([[60.0, 0.0, 0.0]])
    quality = 1 + demand.log_success(offers.capability[None, :], customers.difficulty[:, None].astype(float), 5.0)
    utility, alpha = quality / habits.choice_scale + customers.taste + now, 1 / (habits.choice_scale * value)
    slopes = np.diag(demand.jacobian(utility, alpha, customers.volume, offers.price))
    np.testing.assert_allclose(made.slope, slopes, rtol=1e-9)
