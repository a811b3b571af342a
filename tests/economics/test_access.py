"""Access to open weights spreads as fast as customers would choose them, and nobody who has it loses it."""

import numpy as np
import pytest

import market
from market.economics import access, demand
from market.economics.adoption import draw_access
from market.economics.options import OUTSIDE
from market.economics.panel import REACH
from tests.economics.histories import History, people
from tests.economics.test_response import HABITS, best_of_each_luck


def test_it_follows_the_logistic():
    share, speed, wish = 0.05, 0.2, 0.6
    for _ in range(240):
        share = access.spread(share, speed, wish)
    steady = 0.05 / (0.05 + 0.95 * np.exp(-speed * wish * 240))
    assert share == pytest.approx(steady, rel=1e-3)  # in continuous time
    assert access.spread(1.0, speed, wish) == access.spread(0.4, 10.0, 1.0) == 1.0
    assert access.spread(0.0, speed, wish) == 0.0
    assert access.spread(0.3, 0.0, wish) == access.spread(0.3, speed, 0.0) == 0.3


def test_more_access_is_more_customers_and_the_same_ones():
    few, many = (draw_access(4000, 3, "segment") < share for share in (0.1, 0.4))
    assert few.mean() == pytest.approx(0.1, abs=2e-3)
    assert many.mean() == pytest.approx(0.4, abs=2e-3)
    assert not (few & ~many).any()


@pytest.mark.parametrize("shared", [1, 3])
def test_the_wish_is_the_part_of_what_is_bought_that_would_be_of_open_weights(shared):
    draw = np.random.default_rng(4)
    history, customers = History(draw, shared=shared), people(draw, 60)
    for _ in range(12):
        offers = history.month()
    current = draw.choice([*offers.model, OUTSIDE], 60).astype(np.int32)
    groups = np.unique(offers.luck, return_inverse=True)[1]
    kind = {group: offers.open_weights[groups == group].any() for group in groups}  # a luck is of one firm
    offers = offers._replace(open_weights=np.array([kind[group] for group in groups]))
    expected = []
    for i, now in enumerate(current):
        success = demand.log_success(offers.capability, float(customers.difficulty[i]), HABITS.success_scale)
        values = (1 + success - offers.price / float(customers.value[i])) / HABITS.choice_scale
        values += customers.taste[i, offers.firm]
        if now >= 0:
            values += HABITS.firm_switching_cost * (offers.firm == offers.maker[now])
            values += HABITS.model_switching_cost * (offers.line[offers.model] == offers.line[now])
        weights = np.exp(best_of_each_luck(values, offers))
        whole = 1 + weights.sum()
        expected.append((weights[offers.open_weights].sum() / whole, weights.sum() / whole))
    stands_for = draw.random(60)
    found = access.wish_for_open(np.arange(60), stands_for, groups, customers, HABITS, current, offers)
    of_open, bought = stands_for @ np.array(expected)
    assert found == pytest.approx(of_open / bought, rel=1e-6)
    assert access.wish_for_open(np.arange(0), stands_for[:0], groups, customers, HABITS, current, offers) == 0.0


@pytest.mark.parametrize("count", [300, 20_000])
def test_those_asked_stand_for_the_volume_of_all(count):
    draw = np.random.default_rng(1)
    customers, totals = people(draw, count), []
    there = (customers.entry <= 5) & (customers.difficulty < 20.0 + REACH)
    for _ in range(20):
        who, stands_for = access.sampled(customers, draw.random(count), 5, 20.0)
        assert there[who].all()
        totals.append(stands_for.sum())
    assert len(who) == pytest.approx(min(access.SAMPLE, there.sum()), rel=0.25)
    assert np.mean(totals) == pytest.approx(customers.volume[there].sum(), rel=0.03)


def test_it_spreads_in_a_run_and_stays_without_a_speed(small):
    still, fast = (market.simulate(small.vary({"segments.*.access_spread": s}), 1) for s in (0.0, 0.3))
    share = fast.segments.pivot_table(index="month", columns="segment", values="open_access")
    assert (np.diff(share.to_numpy(), axis=0) >= 0).all()
    assert share["consumer"].iloc[-1] > 1.5 * share["consumer"].iloc[0]
    assert still.segments.groupby("segment")["open_access"].nunique().eq(1).all()
    sold = [r.offers[r.offers["open_weights"]]["tokens"].sum() for r in (still, fast)]
    assert sold[1] > 1.2 * sold[0]


def test_it_does_not_spread_while_nothing_is_on_sale(small):
    late = {"labs.*.first_start": 0, "open_providers.*.first_start": 0, "segments.*.access_spread": 5.0}
    run = market.simulate(small.vary({**late, "months": 12}), 1)
    share = run.segments.pivot_table(index="month", columns="segment", values="open_access")
    first = int(run.offers.loc[run.offers["open_weights"], "month"].min())
    assert first > 1
    assert (share.loc[: first - 1].nunique() == 1).all()
    assert (share.iloc[-1] > share.iloc[0]).any()


def test_tastes_for_a_firm_have_a_mean(small):
    liked = market.simulate(small.vary({"segments.*.firm_taste": {"Beta": 1.5}}), 1)
    plain = market.simulate(small, 1)
    gain = [r.companies.groupby("firm")["revenue"].sum() for r in (plain, liked)]
    assert gain[1]["Beta"] > 1.3 * gain[0]["Beta"]
    assert gain[1]["Alpha"] < gain[0]["Alpha"]
    with pytest.raises(market.InputError, match=r"firm_taste: unknown firm 'Betta'; did you mean 'Beta'\?"):
        small.vary({"segments.bulk.firm_taste": {"Betta": 1.0}})
