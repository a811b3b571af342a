"""One utility: the formula in `demand` is what customers, response, panel, survey and benchmarks compute."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import market
from market.economics import benchmarks, demand, options, panel, response, utility
from market.economics.adoption import Customers
from market.month.choose import choose
from market.month.clear import clear
from market.month.publish import publish
from market.month.settle import settle
from market.month.sight import view
from market.month.state import State
from market.month.supply import open_market, supply
from tests.economics.games import few

FIRMS, REGISTER, CLOSE = 3, 7, {"rtol": 1e-12, "atol": 1e-12}


class Crowd(NamedTuple):
    """The customers of a segment, their habits, and what each uses."""

    customers: Customers
    habits: options.Habits
    current: np.ndarray


def crowd(rng, count=12):
    """A segment of customers drawn over wide ranges, everybody present."""
    customers = Customers(
        np.sort(rng.uniform(-20, 130, count)).astype(np.float32),
        rng.lognormal(1, 1.5, count).astype(np.float32),
        rng.uniform(0.1, 5, count),
        rng.normal(0, 2, (count, FIRMS)).astype(np.float32),
        rng.random(count) < 0.5,
        np.full(count, -1, np.int32),
    )
    costs = rng.choice([0.0, 0.7, 40.0], 2)
    habits = options.Habits(rng.uniform(0.05, 2), *costs, rng.random(), rng.random(), 4.0, 0.1)
    return Crowd(customers, habits, rng.integers(options.ABSENT, REGISTER, count).astype(np.int32))


def on_offer(rng):
    """Some of the models of a register at random prices; the others are withdrawn."""
    maker = rng.integers(0, FIRMS, REGISTER).astype(np.int32)
    model = np.sort(rng.choice(REGISTER, 5, replace=False)).astype(np.int32)
    gone = np.setdiff1d(np.arange(REGISTER), model)
    slot = np.empty(REGISTER, np.int32)
    slot[model], slot[gone] = np.arange(5), np.arange(5, REGISTER)
    return options.Offers(
        capability=rng.uniform(0, 80, 5),
        price=rng.lognormal(1, 1, 5),
        firm=maker[model],
        open_weights=rng.random(5) < 0.4,
        luck=np.arange(5, dtype=np.uint64),
        model=model,
        slot=slot,
        maker=maker,
        line=rng.integers(0, REGISTER, REGISTER).astype(np.int32),
        upgrade=np.full(REGISTER, -1, np.int32),
        releasing=rng.random(FIRMS) < 0.5,
        slots=REGISTER,
    )


def formula(segment, offers, attached=True):
    """V_ij as `demand` writes it, (N, J); −inf where a customer cannot use a model."""
    customers, habits, current = segment
    exact = customers.difficulty.astype(float), customers.value.astype(float), customers.taste.astype(float)
    difficulty, worth, taste = exact
    home = np.where(current >= 0, offers.maker[np.maximum(current, 0)], -1)
    success = demand.log_success(offers.capability, difficulty[:, None], habits.success_scale)
    values = (1 + success - offers.price / worth[:, None]) / habits.choice_scale + taste[:, offers.firm]
    if attached:
        values += habits.firm_switching_cost * (offers.firm == home[:, None])
        line = np.where(current >= 0, offers.line[np.maximum(current, 0)], -1)
        values += habits.model_switching_cost * (offers.line[offers.model] == line[:, None])
    return np.where(customers.access[:, None] | ~offers.open_weights, values, -np.inf)


def asked(segments, offers, month=0):
    """The panel of everybody, and its utilities of the offers."""
    states = [panel.SegmentState(*s, 1.0, np.full(len(s.current), 0.5)) for s in segments]
    drawn = panel.draw_panel(states, offers.maker, offers.line, 1000, 200.0, 8.5, month)
    return drawn, drawn.utilities(offers.capability, offers.firm, offers.open_weights, offers.line[offers.model])[1]


@st.composite
def markets(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    return [crowd(rng), crowd(rng)], on_offer(rng)


@given(markets())
@few
def test_the_kernels_utility_is_the_formula(drawn):
    segments, offers = drawn
    for segment in segments:
        customers, habits, current = segment
        expected = formula(segment, offers)
        for i, now in enumerate(current):
            home, line = (offers.maker[now], offers.line[now]) if now >= 0 else (-1, -1)
            for j in np.flatnonzero(expected[i] > -np.inf):
                worth = utility.value(
                    customers.difficulty[i], customers.value[i], customers.taste[i, offers.firm[j]],
                    offers.capability[j], offers.price[j], habits.choice_scale, habits.success_scale,
                )  # fmt: skip
                worth += utility.attachment(offers.firm[j], offers.line[offers.model[j]], home, line, habits)
                assert worth == pytest.approx(expected[i, j], rel=1e-12, abs=1e-12)


@given(markets())
@few
def test_the_panels_utility_is_the_formula(drawn):
    segments, offers = drawn
    people, values = asked(segments, offers)
    at_prices = values - people.alpha[:, None] * offers.price
    np.testing.assert_allclose(at_prices, np.concatenate([formula(s, offers) for s in segments]), **CLOSE)
    assert values.T.flags.c_contiguous  # the search for prices reads it so
    nothing = np.full(len(people.weights), np.int32(-1))
    options = offers.capability, offers.firm, offers.open_weights, offers.line[offers.model]
    loose = people._replace(home=nothing, line=nothing).utilities(*options)
    np.testing.assert_array_equal(loose[0], loose[1])
    np.testing.assert_array_equal(people.utilities(*options)[0], loose[0])


@given(markets())
@few
def test_customers_respond_by_the_chances_that_the_panel_gives(drawn):
    """Free of attachments in the long run, attached and with the chance to reconsider in the month, one by one."""
    segments, offers = drawn
    for segment in segments:
        people, attached = asked([segment], offers)
        loose = segment.habits._replace(firm_switching_cost=0.0, model_switching_cost=0.0)
        _, free = asked([segment._replace(habits=loose)], offers)
        for i in range(len(segment.current)):
            one = Crowd(Customers(*(field[i : i + 1] for field in segment.customers)), segment.habits, segment.current)
            made = response.respond(one.customers, one.habits, segment.current[i : i + 1], offers, 0)
            row, alpha, weight = slice(i, i + 1), people.alpha[i : i + 1], people.weights[i : i + 1]
            sold = demand.shares(free[row], alpha, weight, offers.price)
            np.testing.assert_allclose(made.long_tokens, sold, rtol=1e-11, atol=1e-12)
            slopes = np.diag(demand.jacobian(attached[row], alpha, weight, offers.price))
            chance = utility.reconsiders(segment.current[i], segment.habits, offers)
            np.testing.assert_allclose(made.slope, chance * slopes, rtol=1e-10, atol=1e-12)
            surplus = demand.consumer_surplus(free[row], alpha, weight, offers.price)
            assert made.surplus == pytest.approx(surplus, rel=1e-11)


@given(markets())
@settings(max_examples=3, deadline=None)
def test_benchmarks_count_what_customers_would_buy(drawn):
    segments, offers = drawn
    people, values = asked(segments, offers)
    chances = [demand.probabilities(formula(s, offers), np.zeros(len(s.current)), offers.price) for s in segments]
    costs = 0.5 * offers.price
    sold = np.concatenate([s.customers.volume for s in segments]) @ np.concatenate(chances)
    found = benchmarks.benchmarks(values, people.alpha, people.weights, costs, offers.firm, offers.price)
    earned = [((offers.price - costs) * sold)[offers.firm == firm].sum() for firm in found.owners]
    np.testing.assert_allclose(found.profit, earned, rtol=1e-11)


def test_a_firms_survey_asks_customers_as_they_are():
    """In a running market, where customers are attached: all who were there last month, in the order of segments."""
    state = State.of(market.load("single_line").vary({"customers": 400, "panel.size": 400}), 0)
    open_market(state)
    for _ in range(8):
        publish(state)
        supply(state)
        settle(state, clear(state, choose(state)))
        state.month += 1
    publish(state)
    known = view(state, state.labs[0], "pricing")
    survey = known.survey()
    models = [*(own.model for own in known.own), *(offer.model for offer in known.rivals)]
    firm = np.array([state.register.columns[m.firm] for m in models], np.int32)
    offers = options.Offers(
        np.array([m.capability for m in models]), np.zeros(len(models)), firm,
        np.array([m.open_weights for m in models]), np.zeros(len(models), np.uint64), state.register.numbers(models),
        np.empty(0, np.int32), state.register.makers, state.register.lines, np.empty(0, np.int32), np.zeros(1, bool),
        len(models),
    )  # fmt: skip
    expected = []
    for segment in state.segments:
        there = segment.customers.entry < state.month
        there &= segment.customers.difficulty < offers.capability.max() + panel.REACH
        present = Customers(*(field[there] for field in segment.customers))
        expected.append(formula(Crowd(present, segment.habits, segment.current[there]), offers))
    np.testing.assert_allclose(survey.utility, np.concatenate(expected), **CLOSE)
    assert (np.concatenate([s.current for s in state.segments]) >= 0).any()
