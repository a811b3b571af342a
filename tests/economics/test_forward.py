"""The forward-looking price: month by month by hand, a fine grid, Bertrand where nothing lasts, and what lasts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.economics import demand
from market.economics.best_response import best_response
from market.economics.forward import Customers, forward_prices, worth
from market.economics.standing_price import Horizon
from tests.economics.games import few
from tests.oracle.test_bertrand_cases import CASES, SOLVED, arrays

ONCE = Horizon(discount=0.98, hazard=0.1, carry=0.5, entry=0.05)


def without_inertia(utility, alpha, weights, firms, groups=None):
    """Customers who are attached to nobody and whose work is new every month."""
    types, goods = utility.shape
    nobody, always = np.full(types, -1), np.ones(types)
    groups = np.arange(goods) if groups is None else groups
    return Customers(utility, alpha, weights, firms, groups, nobody, nobody, np.zeros(types), *[always] * 4)


@st.composite
def markets(draw):
    """Customers, costs and prices of a market of three firms, of which firm 0 may have several products in groups."""
    types, goods, seed = draw(st.integers(1, 30)), draw(st.integers(3, 7)), draw(st.integers(0, 2**31))
    rng = np.random.default_rng(seed)
    firms = np.concatenate([[0, 1, 2], rng.integers(0, 3, goods - 3)])
    groups = 10 * firms + (rng.integers(0, 2, goods) if draw(st.booleans()) else np.arange(goods))
    uses = rng.integers(-1, goods, types)
    customers = Customers(
        utility=np.where(rng.random((types, goods)) < 0.05, -np.inf, rng.normal(2, 2, (types, goods))),
        alpha=rng.lognormal(0, 0.5, types),
        weights=rng.random(types),
        firms=firms,
        groups=groups,
        home=np.append(firms, -1)[uses],
        uses=uses,
        pull=rng.uniform(0, 3, types),
        now=rng.random(types),
        later=rng.random(types),
        renewal=rng.random(types),
        anew=rng.random(types),
    )
    costs = rng.uniform(0.3, 2, goods)
    return customers, costs, costs * rng.uniform(1.1, 3, goods)


def by_month(customers, horizon, firm, costs, prices, known, months=400):
    """What a line-up brings, added up month by month, as the module's first lines tell it."""
    mine, firms = customers.firms == firm, customers.firms
    gains, home = np.where(mine, prices - costs, 0.0), customers.home
    values = demand.best_of_groups(customers.utility - customers.alpha[:, None] * prices, customers.groups)
    rival = [np.exp(values[:, firms == f]).sum(axis=1) if f != firm else -np.ones(len(home)) for f in range(3)]
    strength = np.array(rival)  # the firm itself is none, even of whoever can use nothing of others

    def look(attached_to):
        odds = np.exp(values + customers.pull[:, None] * (firms == attached_to[:, None]))
        chances = odds / (1 + odds.sum(axis=1, keepdims=True))
        return chances[:, mine].sum(axis=1), chances @ gains

    own = np.full(len(home), firm)
    back, m1 = look(own)
    won, m0 = look(np.where((home == -1) | (home == firm), strength.argmax(axis=0), home))
    new, me = look(own * 0 - 1)
    lasting = np.minimum(0.995, horizon.discount * (1 - customers.anew * (1 - back + won)))
    margin = np.divide(m1, back, out=np.zeros(len(back)), where=back > 0)
    end = horizon.hazard / (1 - horizon.hazard) * horizon.carry * np.maximum(margin, 0) * lasting / (1 - lasting)
    attached, places = home == firm, np.append(np.arange(len(prices)), -1)[customers.uses]
    using = np.where(attached & (places >= 0), gains[places], 0.0)
    looks = np.where(attached & (places >= 0) & (prices > known)[places], 1.0, customers.now)
    stands, kappa = horizon.discount * (1 - horizon.hazard), customers.renewal

    def follow(waiting, taken, earned):
        """Of some customers `waiting` have not looked yet; the others took the firm with a chance, and earn it that."""
        state, earning, total = (1 - waiting) * taken, (1 - waiting) * earned, 0.0
        for month in range(months):
            total += stands**month * (earning + waiting * using + (month > 0) * end * (state + waiting * attached))
            looked, turn = 1 - waiting, waiting * customers.later
            earning = (1 - kappa) * earning + kappa * (state * m1 + (looked - state) * m0) + turn * earned
            state = (1 - kappa) * state + kappa * (state * back + (looked - state) * won) + turn * taken
            waiting = waiting - turn
        return total

    nobodys = home == -1
    first, earned = np.where(nobodys, new, won), np.where(nobodys, me, m0)
    present = follow(1 - looks, np.where(attached, back, first), np.where(attached, m1, earned))
    entrant = follow(np.zeros(len(new)), new, me) + end * new  # the prices may end in the month in which it enters
    return customers.weights @ (present + horizon.entry * stands / (1 - stands) * entrant)


@given(markets(), st.floats(0.05, 0.5), st.floats(0, 1), st.floats(0, 0.2))
@few
def test_the_closed_form_is_the_sum_over_months(market, hazard, carry, entry):
    customers, costs, prices = market
    horizon, known = Horizon(0.985, hazard, carry, entry), prices * np.where(np.arange(len(prices)) % 2, 1.2, 0.9)
    found = worth(customers, horizon, 0, costs, prices, known)
    assert found == pytest.approx(by_month(customers, horizon, 0, costs, prices, known), rel=1e-6, abs=1e-9)


@given(markets())
@few
def test_no_price_of_a_fine_grid_brings_more(market):
    customers, costs, prices = market
    product, horizon = 0, ONCE._replace(carry=0.0)
    found = forward_prices(customers, horizon, 0, costs, prices, prices, np.array([product])).prices
    most = worth(customers, horizon, 0, costs, found, prices)
    tried = np.tile(found, (500, 1))
    tried[:, product] = costs[product] * np.geomspace(0.4, 30, 500)
    there = [worth(customers, horizon, 0, costs, each, prices) for each in tried]
    # the search looks at steps of a fifth first, and between these each of the few customers may make a peak
    assert max(there) <= most + 1e-2 * abs(most)
    np.testing.assert_array_equal(np.delete(found, product), np.delete(prices, product))


@given(markets(), st.floats(0, 1), st.floats(0, 0.2))
@few
def test_a_search_for_a_whole_line_up_comes_to_rest(market, carry, entry):
    customers, costs, prices = market
    places = np.arange(len(prices))
    known = np.where((places % 3 == 0) & ~np.isin(places, customers.uses), np.nan, prices)  # nobody uses a launch yet
    free = np.flatnonzero(customers.firms == 0)
    found = forward_prices(customers, Horizon(0.985, 0.1, carry, entry), 0, costs, prices, known, free)
    assert found.converged
    assert (found.prices[free] >= 0.4 * costs[free] * (1 - 1e-9)).all()


@pytest.mark.parametrize("name", SOLVED)
def test_without_attachment_and_inertia_it_comes_to_the_oracles_bertrand_prices(name):
    utility, alpha, weights, costs, firms = arrays(CASES[name])
    customers = without_inertia(utility, alpha, weights, firms)
    prices = np.array(CASES[name]["result"]["prices"]) * 1.05
    for _ in range(60):
        before = prices.copy()
        for firm in np.unique(firms):
            free = np.flatnonzero(firms == firm)
            prices = forward_prices(customers, ONCE, int(firm), costs, prices, prices, free).prices
        if np.allclose(prices, before, rtol=1e-9):
            break
    np.testing.assert_allclose(prices, CASES[name]["result"]["prices"], rtol=1e-6)


@given(markets())
@few
def test_in_groups_too_it_is_the_best_response_where_nothing_lasts(market):
    customers, costs, prices = market
    bare = without_inertia(customers.utility, customers.alpha, customers.weights, customers.firms, customers.groups)
    free, own = np.array([0]), customers.firms == 0
    ahead = forward_prices(bare, ONCE, 0, costs, prices, prices, free).prices
    at_once = best_response(bare.utility, bare.alpha, bare.weights, costs, prices, own, free, bare.groups).prices

    def profit(at):
        sold = demand.shares(bare.utility, bare.alpha, bare.weights, at, bare.groups)
        return float(sold @ np.where(own, at - costs, 0.0))

    # where products of a group compete profit has kinks, between which either search may settle: 1% was seen, once 15%
    alone = len(np.unique(bare.groups)) == len(bare.groups)
    assert profit(ahead) == pytest.approx(profit(at_once), rel=2e-3 if alone else 2e-2, abs=1e-9)


def one_type(pull, uses):
    """A type that chooses between a product of firm 0 and one of firm 1, and reconsiders now and then."""
    firms = np.array([0, 1])
    return Customers(
        np.array([[3.0, 3.0]]), np.ones(1), np.ones(1), firms, firms, np.append(firms, -1)[[uses]], np.array([uses]),
        np.array([pull]), np.array([0.5]), np.array([0.2]), np.array([0.05]), np.array([0.2]),
    )  # fmt: skip


def launch(pull, carry=0.5):
    """Launch price against customers who are attached to nobody yet, and come in."""
    costs, prices, known = np.ones(2), np.array([1.01, 2.0]), np.array([np.nan, 2.0])
    horizon = Horizon(0.985, 0.1, carry, 0.1)
    return forward_prices(one_type(pull, -1), horizon, 0, costs, prices, known, np.array([0])).prices[0]


def test_the_dearer_it_is_to_leave_the_cheaper_is_a_launch():
    prices = [launch(pull) for pull in (0.0, 1.0, 2.0, 3.0)]
    assert (np.diff(prices) < 0).all()
    assert launch(2.0, carry=1.0) < launch(2.0, carry=0.5) < launch(2.0, carry=0.0)


def test_who_is_attached_pays_more_and_a_rise_makes_them_look():
    costs, prices = np.ones(2), np.array([2.0, 2.0])
    horizon, free = Horizon(0.985, 0.1, 0.0, 0.0), np.array([0])
    own, others = (
        forward_prices(one_type(2.0, uses), horizon, 0, costs, prices, prices * 9, free).prices[0] for uses in (0, 1)
    )
    assert own > others
    customers = replace(one_type(2.0, 0), now=np.zeros(1))
    same, dearer = (worth(customers, horizon, 0, costs, np.array([p, 2.0]), prices) for p in (2.0, 2.0 + 1e-9))
    assert dearer < 0.95 * same


def test_what_nobody_can_buy_is_said_to_be_unsold():
    customers = without_inertia(np.array([[-np.inf, 2.0]]), np.ones(1), np.ones(1), np.array([0, 1]))
    found = forward_prices(
        customers, ONCE, 0, np.ones(2), np.array([1.01, 2.0]), np.array([np.nan, 2.0]), np.array([0])
    )
    assert found.unsold.tolist() == [0]
    assert np.isfinite(found.prices).all()
