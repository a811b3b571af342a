"""Pricing rules: exact prices in markets small enough to solve."""

import numpy as np
import pytest
from scipy.special import lambertw

from market.strategies.pricing import BestResponse, CostPlus
from market.strategies.view import OwnModel, Survey
from tests.strategies.test_contracts import ai_model, view


def lone_survey(value, alpha, cost, price=np.nan):
    return Survey(np.array([[value]]), np.array([alpha]), np.array([1.0]), np.array([price]), np.array([cost]))


def test_cost_plus_adds_its_markup():
    assert CostPlus(markup=0.25).decide(view()).prices == {"A-1": 5.0}


@pytest.mark.parametrize(("value", "alpha", "cost"), [(4.0, 1.0, 1.0), (8.0, 4.0, 1.0), (2.0, 0.2, 5.0)])
def test_a_lone_model_gets_the_monopoly_price(value, alpha, cost):
    # Logit monopoly: p = c + (1 + W(exp(v − αc − 1)))/α, W the Lambert function
    expected = cost + (1 + lambertw(np.exp(value - alpha * cost - 1)).real) / alpha
    own = (OwnModel(ai_model(), cost, None),)
    decision = BestResponse().decide(view(own=own, survey=lambda: lone_survey(value, alpha, cost)))
    assert decision.prices["A-1"] == pytest.approx(expected, rel=1e-6)
    assert decision.converged


def test_what_nobody_buys_is_said_and_costs_nothing():
    own = (OwnModel(ai_model(), 4.0, 6.0),)
    decision = BestResponse(reprice_hazard=1.0).decide(view(own=own, survey=lambda: lone_survey(-200.0, 1.0, 4.0, 6.0)))
    assert decision.unsold == ("A-1",)
    assert decision.prices["A-1"] == 6.0
    launch = (OwnModel(ai_model(), 4.0, None),)
    decision = BestResponse().decide(view(own=launch, survey=lambda: lone_survey(-200.0, 1.0, 4.0)))
    assert decision.prices["A-1"] == pytest.approx(4.04)


def test_own_other_models_are_counted():
    """A launch that takes its buyers from the firm's own older model is priced higher than a stranger's would be."""

    def priced(owned):
        utility, alpha = np.array([[5.0, 5.0]]), np.array([1.0])
        models = [OwnModel(ai_model("A-2"), 1.0, None), OwnModel(ai_model("A-1"), 1.0, 3.0)]
        own = tuple(models[:owned])
        costs = np.array([1.0, 1.0 if owned == 2 else np.nan])
        asked = Survey(utility, alpha, np.array([1.0]), np.array([np.nan, 3.0]), costs)
        return BestResponse(reprice_hazard=0.0).decide(view(own=own, survey=lambda: asked)).prices["A-2"]

    assert priced(2) > priced(1) + 0.3


def test_prices_do_not_depend_on_the_currency():
    def priced(rate):
        own = (OwnModel(ai_model(), 1.0 * rate, None),)
        asked = lone_survey(4.0, 1.0 / rate, 1.0 * rate)
        return BestResponse().decide(view(own=own, survey=lambda: asked)).prices["A-1"]

    assert priced(1000.0) == pytest.approx(1000.0 * priced(1.0), rel=1e-6)
