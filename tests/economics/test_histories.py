"""Choices are those of the plain race, customer by customer and month by month, in markets drawn at random."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from market.economics import choice
from market.economics.chunks import CHUNK
from market.economics.memory import Memory, Seen
from market.economics.options import Habits
from tests.economics.histories import History, people, plainly, state_of

PLAIN = Habits(0.15, 2.0, 0.2, 0.3, 0.9, 5.0, 0.02)
HABITS = {
    "as in the catalogue": PLAIN,
    "no attachment": PLAIN._replace(firm_switching_cost=0.0, model_switching_cost=0.0),
    "to the firm alone": PLAIN._replace(firm_switching_cost=0.7, model_switching_cost=0.0),
    "to the model alone": PLAIN._replace(firm_switching_cost=0.0, model_switching_cost=1.5),
    "more than is allowed, so that scores are rounded to it": PLAIN._replace(
        firm_switching_cost=1e15, model_switching_cost=0.0, reconsideration=0.8
    ),
    "no other firm": PLAIN._replace(firm_switching_cost=1e6, model_switching_cost=0.1),
    "everybody looks": PLAIN._replace(reconsideration=1.0),
    "hardly anybody looks": PLAIN._replace(reconsideration=0.01, reconsideration_at_release=0.0),
    "new luck every month": PLAIN._replace(turnover=1.0, reconsideration=1.0),
    "old luck for ever": PLAIN._replace(turnover=0.0, reconsideration=0.8),
    "worth decides": PLAIN._replace(choice_scale=0.001, reconsideration=0.8),
    "luck decides": PLAIN._replace(choice_scale=100.0, reconsideration=0.8),
    "a rise wakes": PLAIN._replace(reconsideration=0.1, reconsideration_at_rise=True),
    "many are moved to updates": PLAIN._replace(reconsideration=0.3, auto_upgrade=0.5),
    "success at once": PLAIN._replace(success_scale=0.05, reconsideration=0.8),
    "success hardly matters": PLAIN._replace(success_scale=1000.0, reconsideration=0.8),
}


def same_as_plainly(history, customers, habits, months, name, pool=None):
    count = len(customers.entry)
    memory, state, used = Memory.empty(count), state_of(count), set()
    for month in range(months):
        offers = history.month()
        made = choice.choose(customers, habits, memory, offers, choice.choice_luck(7, name, month), month, pool)
        expected = plainly(customers, habits, state, offers, 7, name, month, history.risen)
        np.testing.assert_array_equal(memory.current, state.current)
        np.testing.assert_array_equal(memory.state.epoch, state.epoch)
        np.testing.assert_array_equal(made.customers, expected.customers)
        np.testing.assert_array_equal(made.volume, expected.volume)
        used |= set(memory.current)
    return used


@pytest.mark.parametrize("name", HABITS)
def test_choices_are_those_of_the_plain_race(name):
    used = set()
    for market in range(3):
        draw = np.random.default_rng(market)
        history = History(draw, shared=(1, 3, 5)[market])
        used |= same_as_plainly(history, people(draw, 500), HABITS[name], 24, name)
    assert len(used) > 10  # models in use at some time, or there was little to compare


@pytest.mark.parametrize(("spread", "taste"), [(0.0, 0.0), (6.0, 1.0), (1.0, 100.0)])
def test_choices_are_those_of_the_plain_race_where_all_is_alike_or_far_apart(spread, taste):
    draw = np.random.default_rng(11)
    history = History(draw, spread=spread, shared=2)
    same_as_plainly(history, people(draw, 500, taste=taste), PLAIN._replace(reconsideration=0.7), 24, "wide")


def test_customers_too_easy_and_too_hard_for_single_precision_beside_others():
    draw = np.random.default_rng(2)
    history, habits = History(draw, skill=(20.0, 2.0)), PLAIN._replace(success_scale=0.6, reconsideration=0.9)
    same_as_plainly(history, people(draw, 500), habits, 24, "hard and easy")


def test_segments_of_one_market_remember_together_what_was_on_offer():
    draw = np.random.default_rng(3)
    history, crowds, seen = History(draw, shared=2), [people(draw, 300) for _ in range(3)], Seen()
    together, alone = ([Memory.empty(300, shared) for _ in crowds] for shared in (seen, None))
    for month in range(24):
        offers = history.month()
        for name, customers, one, other in zip("abc", crowds, together, alone, strict=True):
            keys = choice.choice_luck(7, name, month)
            made = [choice.choose(customers, PLAIN, memory, offers, keys, month) for memory in (one, other)]
            np.testing.assert_array_equal(made[0].volume, made[1].volume)
            np.testing.assert_array_equal(one.current, other.current)
    assert len({id(memory.seen) for memory in alone}) == 3


def test_nothing_comes_on_sale_in_a_month_that_was_seen():
    history, seen = History(np.random.default_rng(4)), Seen()
    while len(history.price) < 2:
        few, more = history.month(), history.month()
    seen.see(few, 5)
    with pytest.raises(ValueError, match="come on sale in month 5"):
        seen.see(more, 5)
    seen.see(more, 6)
    assert len(seen.price) == len(seen.better) == len(seen.worse) == len(more.slot)


def test_several_chunks_one_of_which_holds_nobody_yet():
    draw = np.random.default_rng(6)
    history, customers = History(draw, most=20), people(draw, 5 * CHUNK // 2)
    customers.entry[CHUNK : 2 * CHUNK] = 50
    for _ in range(10):
        history.month()
    same_as_plainly(history, customers, PLAIN, 2, "gap")


def test_spending_is_added_up_customer_by_customer():
    draw, count = np.random.default_rng(8), 3 * CHUNK + 7
    volume, current = draw.lognormal(size=count), draw.integers(-2, 5, count).astype(np.int32)
    price_of = np.array([*draw.uniform(1, 9, 5), 0.0, 0.0])
    assert choice.spending(volume, current, price_of) == pytest.approx((volume * price_of[current]).sum(), rel=1e-12)
    assert choice.spending(volume[:0], current[:0], price_of) == 0.0


def test_many_options_and_several_runs_of_chunks_on_threads():
    draw = np.random.default_rng(5)
    history, customers = History(draw, firms=6, most=60, shared=4), people(draw, 40_000, firms=6)
    for _ in range(40):
        history.month()
    with ThreadPoolExecutor(3) as pool:
        same_as_plainly(history, customers, PLAIN, 2, "many", pool)
