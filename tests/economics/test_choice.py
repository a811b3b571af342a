"""Choice: the race is the logit, belongs to pairs, and forgets what it should forget."""

from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from market.economics import choice, demand, luck, options, response
from market.economics.adoption import Customers
from market.economics.memory import Memory

Made = namedtuple("Made", ["current", "epoch", "customers", "volume"])
FREE = options.Habits(0.15, 0.0, 0.0, 1.0, 1.0, 5.0, 1.0)
"""No switching cost, everybody reconsiders, luck anew every month."""


def crowd(count, difficulty=10.0, access=True, firms=3, spread=0.0):
    rng = np.random.default_rng(0)
    return Customers(
        (difficulty + spread * rng.normal(size=count)).astype(np.float32),
        np.full(count, 5.0, np.float32),
        np.ones(count),
        (spread * rng.normal(size=(count, firms))).astype(np.float32),
        np.full(count, access),
        np.full(count, -1, np.int32),
    )


def on_offer(capability=(8.0, 10.0, 14.0), price=(1.0, 2.0, 4.0), open_weights=(False, False, False), keep=None):
    keep = range(len(capability)) if keep is None else keep
    place = np.full(len(capability), -1, np.int32)
    place[list(keep)] = np.arange(len(keep))
    pick = np.array(list(keep), int)
    return options.Offers(
        np.asarray(capability, float)[pick],
        np.asarray(price, float)[pick],
        pick.astype(np.int32),
        np.asarray(open_weights)[pick],
        np.array([options.tier_luck(f"firm{j}", "flagship") for j in pick], np.uint64),
        pick.astype(np.int32),
        place,
        np.arange(len(capability), dtype=np.int32),
        np.arange(len(capability), dtype=np.int32),
        np.full(len(capability), -1, np.int32),
        np.zeros(len(capability), bool),
        len(pick),
    )


def run(customers, offers, habits=FREE, current=None, month=0, seed=0, pool=None, epoch=None):
    """Choices by who used `current`, at the end of the month beside who is where."""
    memory = Memory.empty(len(customers.entry))
    if current is not None:
        memory.current[:] = current
    if epoch is not None:
        memory.state.epoch[:] = epoch
    made = choice.choose(customers, habits, memory, offers, choice.choice_luck(seed, "s", month), month, pool)
    return Made(memory.current, memory.state.epoch, *made)


def logit(customers, offers, attached=None):
    quality = 1 + demand.log_success(offers.capability[None, :], customers.difficulty[:1, None].astype(float), 5.0)
    utility = quality / FREE.choice_scale + customers.taste[:1, offers.firm]
    if attached is not None:
        utility = utility + attached
    return demand.probabilities(utility, np.array([1 / (FREE.choice_scale * 5.0)]), offers.price)[0]


def test_race_gives_logit_shares():
    count = 300_000
    customers, offers = crowd(count), on_offer()
    made = run(customers, offers)
    expected = logit(customers, offers)
    for j, chance in enumerate(expected):
        share = (made.current == j).mean()
        assert share == pytest.approx(chance, abs=4 * (chance * (1 - chance) / count) ** 0.5)
    assert (made.current == options.OUTSIDE).mean() == pytest.approx(1 - expected.sum(), abs=0.003)


def test_race_with_switching_costs_gives_logit_shares_too():
    count = 300_000
    customers, offers = crowd(count), on_offer()
    habits = FREE._replace(firm_switching_cost=0.7, model_switching_cost=0.4)
    made = run(customers, offers, habits, np.full(count, 1, np.int32))
    expected = logit(customers, offers, np.array([0.0, 1.1, 0.0]))
    for j, chance in enumerate(expected):
        assert (made.current == j).mean() == pytest.approx(chance, abs=4 * (chance * (1 - chance) / count) ** 0.5)


def test_removing_a_model_moves_its_own_customers_and_nobody_else():
    customers = crowd(20_000, spread=1.0)
    full, without = run(customers, on_offer()), run(customers, on_offer(keep=[0, 2]))
    left = full.current == 1
    assert left.any()
    np.testing.assert_array_equal(full.current[~left], without.current[~left])
    assert not (without.current[left] == 1).any()


def test_zero_switching_cost_and_turnover_one_have_no_memory():
    customers, offers = crowd(50_000, spread=1.0), on_offer()
    here, there = (run(customers, offers, current=np.full(50_000, j, np.int32), month=5) for j in (0, 2))
    np.testing.assert_array_equal(here.current, there.current)
    next_month = run(customers, offers, current=here.current, month=6, epoch=here.epoch)
    one_type, plain = crowd(50_000), on_offer()
    first = run(one_type, plain, month=5)
    second = run(one_type, plain, current=first.current, month=6, epoch=first.epoch)
    chances = logit(one_type, plain)
    again = (chances**2).sum() + (1 - chances.sum()) ** 2  # chance that two independent choices agree
    assert (first.current == second.current).mean() == pytest.approx(again, abs=0.01)
    assert (next_month.current != here.current).any()


def test_without_turnover_nobody_moves_unless_something_changed():
    customers, offers = crowd(20_000, spread=1.0), on_offer()
    habits = FREE._replace(turnover=0.0)
    first = run(customers, offers, habits)
    second = run(customers, offers, habits, first.current, 1, epoch=first.epoch)
    np.testing.assert_array_equal(first.current, second.current)
    cheaper = offers._replace(price=offers.price * np.array([1.0, 1.0, 0.5]))
    third = run(customers, cheaper, habits, second.current, 2, epoch=second.epoch)
    moved = third.current != second.current
    assert moved.any()
    assert (third.current[moved] == 2).all()


def test_reconsideration_hazards():
    count = 100_000
    customers, offers = crowd(count), on_offer()
    start = np.full(count, 0, np.int32)
    slow = FREE._replace(reconsideration=0.2, reconsideration_at_release=0.6, firm_switching_cost=0.0)
    leavers = (run(customers, offers, FREE, start).current != 0).mean()
    few = (run(customers, offers, slow, start).current != 0).mean()
    assert few / leavers == pytest.approx(0.2, abs=0.01)
    releasing = offers._replace(releasing=np.array([True, False, False]))
    more = (run(customers, releasing, slow, start).current != 0).mean()
    assert more / leavers == pytest.approx(0.6, abs=0.01)
    other = offers._replace(releasing=np.array([False, True, False]))
    assert (run(customers, other, slow, start).current != 0).mean() == few


def test_withdrawal_forces_a_choice_that_favours_the_old_firm():
    count = 50_000
    customers = crowd(count)
    kept = on_offer(keep=[0, 2])
    slot = kept.slot.copy()
    slot[1] = 2  # model 1 is withdrawn: an origin, not an option
    sisters = kept._replace(slot=slot, slots=3, maker=np.array([0, 2, 2], np.int32))
    habits = FREE._replace(reconsideration=0.0, reconsideration_at_release=0.0, firm_switching_cost=3.0)
    made = run(customers, sisters, habits, np.full(count, 1, np.int32))
    assert not (made.current == 1).any()
    favoured = (made.current == 2).mean()
    neutral = (run(customers, kept, FREE).current == 2).mean()
    assert favoured > neutral + 0.1
    assert made.customers[2].sum() == count  # all of them came from the withdrawn model's slot


def test_closed_doors_to_open_weights():
    customers = crowd(20_000, access=False)
    made = run(customers, on_offer(open_weights=(False, True, False)))
    assert not (made.current == 1).any()
    np.testing.assert_array_equal(made.current, run(customers, on_offer(keep=[0, 2])).current)


def test_entry_month():
    customers = crowd(1000)._replace(entry=np.where(np.arange(1000) < 400, 3, -1).astype(np.int32))
    early = run(customers, on_offer(), month=2)
    assert (early.current[:400] == options.ABSENT).all()
    assert early.customers.sum() == 600
    late = run(customers, on_offer(), FREE._replace(reconsideration=0.0), early.current, 3, epoch=early.epoch)
    assert (late.current[:400] != options.ABSENT).all()
    assert late.customers[-1].sum() == 400  # from the entry slot


def test_flow_sums_are_right_and_the_same_for_any_number_of_threads():
    customers, offers = crowd(30_000, spread=2.0), on_offer()
    first = run(customers, offers)
    with ThreadPoolExecutor(3) as pool:
        again = run(customers, offers, pool=pool)
    np.testing.assert_array_equal(first.current, again.current)
    np.testing.assert_array_equal(first.volume, again.volume)
    for j in range(3):
        assert first.customers[:, j].sum() == (first.current == j).sum()
        assert first.volume[:, j].sum() == pytest.approx(customers.volume[first.current == j].sum())


def test_no_switching_cost_is_too_large():
    made = run(crowd(5000), on_offer(), FREE._replace(firm_switching_cost=1e6), np.full(5000, 0, np.int32))
    assert (made.current == 0).all()


def test_surplus_is_the_logit_surplus():
    customers, offers = crowd(500, spread=1.0), on_offer()
    quality = 1 + demand.log_success(offers.capability[None, :], customers.difficulty[:, None].astype(float), 5.0)
    utility = quality / 0.15 + customers.taste
    expected = demand.consumer_surplus(
        utility, 1 / (0.15 * customers.value.astype(float)), customers.volume, offers.price
    )
    made = response.respond(customers, FREE, np.full(500, options.ABSENT, np.int32), offers, 0)
    assert made.surplus == pytest.approx(expected, rel=1e-6)
    alpha = 1 / (0.15 * customers.value.astype(float))
    chances = demand.probabilities(utility, alpha, offers.price)
    slopes = np.diag(demand.jacobian(utility, alpha, customers.volume, offers.price))
    np.testing.assert_allclose(made.slope, slopes, rtol=1e-5)  # everybody enters: everybody chooses, unattached
    np.testing.assert_allclose(made.long_slope, slopes, rtol=1e-5)
    np.testing.assert_allclose(made.long_tokens, customers.volume @ chances, rtol=1e-5)


def test_one_month_response_counts_who_reconsiders_and_what_they_use():
    customers, offers = crowd(500), on_offer()
    habits = FREE._replace(reconsideration=0.25, firm_switching_cost=0.7, model_switching_cost=0.4)
    made = response.respond(customers, habits, np.full(500, 1, np.int32), offers, 0)
    chances = logit(customers, offers, np.array([0.0, 1.1, 0.0]))
    expected = -0.25 * 500 / (0.15 * 5.0) * chances * (1 - chances)
    np.testing.assert_allclose(made.slope, expected, rtol=1e-5)
    wandered = response.respond(
        customers, habits._replace(firm_switching_cost=1e6), np.full(500, 1, np.int32), offers, 0
    )
    np.testing.assert_allclose(wandered.slope, 0.0, atol=1e-9)
    assert np.isfinite(wandered.long_slope).all()


def test_luck_belongs_to_the_key_of_a_firm_and_not_to_its_place():
    assert options.tier_luck("Alpha", "flagship") == options.tier_luck("Alpha", "flagship")
    tiers = ("flagship", "mini")
    keys = {options.tier_luck(f, line) for f in ("A", "B") for line in tiers}
    keys |= {options.release_luck(f, g, u, line) for f in ("A", "B") for g in (1, 2) for u in (0, 1) for line in tiers}
    assert len(keys) == 4 + 16
    assert luck.key("outside") not in keys


@pytest.mark.parametrize("rise", [False, True])
def test_a_rise_makes_the_customers_of_that_model_look_and_some_leave(rise):
    people, habits = crowd(4000), FREE._replace(reconsideration=0.0, reconsideration_at_release=0.0, turnover=0.0)
    habits, memory, used = habits._replace(reconsideration_at_rise=rise), Memory.empty(4000), []
    for month, dear in enumerate((2.0, 2.0, 2.6, 2.6)):
        offers = on_offer(price=(1.0, dear, 4.0))
        choice.choose(people, habits, memory, offers, choice.choice_luck(0, "s", month), month)
        used.append(np.bincount(memory.current + 1, minlength=4))
    before, same, risen, after = used
    assert (before == same).all()
    assert (risen == after).all()
    assert (risen[2] < same[2]) == rise
    assert (np.delete(risen, 2) >= np.delete(same, 2)).all()
