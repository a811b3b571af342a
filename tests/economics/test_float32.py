"""Single precision: how wrong its functions are, over all numbers they take, and how wrong the scores of races are."""

import numpy as np
import pytest

from market.economics import choice, float32, options, side_by_side
from market.economics.kernels import kernel
from market.economics.memory import State
from tests.economics.histories import History, people


@kernel
def logs(x, out):
    for k in range(len(x)):
        out[k] = float32.log(x[k])


@kernel
def exps(x, out):
    for k in range(len(x)):
        out[k] = float32.exp(x[k])


@kernel
def lucks(x, out):
    for k in range(len(x)):
        out[k] = float32.log_luck(x[k])


def of(function, x):
    out = np.empty(len(x), np.float32)
    function(x, out)
    return out.astype(float)


def test_logarithms():
    """Every number from a half to 2, where the logarithm is small, and every power of two times some of them."""
    mantissas, exponents = np.arange(2**23), np.arange(1, 255)
    bits = [(126 << 23) + mantissas, (127 << 23) + mantissas]
    bits += [(exponents << 23) + mantissa for mantissa in mantissas[::997]]
    x = np.concatenate(bits).astype(np.int32).view(np.float32)
    found, true = of(logs, x), np.log(x.astype(float))
    assert (np.abs(found - true) <= float32.LOG_ERROR * np.minimum(1.0, np.abs(true))).all()


def test_exponentials():
    x = np.linspace(-float32.EXP_RANGE, float32.EXP_RANGE, 3_000_001).astype(np.float32)
    assert np.abs(of(exps, x) / np.exp(x.astype(float)) - 1.0).max() <= float32.EXP_ERROR


def test_luck():
    """A draw is the first 31 of the 53 bits of u: the bound holds wherever in its step u is; at the ends it is none."""
    many = np.random.default_rng(0).integers(0, 2**31, 2_000_000)
    draws = np.concatenate([many, np.arange(10_000), 2**31 - 1 - np.arange(10_000)]).astype(np.int32)
    found, known = of(lucks, draws), np.minimum(draws, 2**31 - 1 - draws) >= 4096
    np.testing.assert_array_equal(np.isneginf(found), ~known)
    for rest in (2.0**-23, 0.5, 1 - 2.0**-23):
        below_one = (2.0**31 - draws[known] - rest) / 2.0**31
        assert np.abs(found[known] - np.log(-np.log1p(-below_one))).max() <= float32.LUCK_ERROR


@pytest.mark.parametrize("scale", [0.01, 0.12, 3.0])
def test_no_score_is_further_from_its_value_than_is_allowed_for(scale):
    draw = np.random.default_rng(1)
    history, customers = History(draw, most=30, firms=5), people(draw, side_by_side.LANES, firms=5)
    for _ in range(40):
        offers = history.month()
    habits, keys = options.Habits(scale, 2.0, 0.3, 1.0, 1.0, 5.0, 0.0), choice.choice_luck(3, "s", 0)
    current = draw.choice([*offers.model, options.OUTSIDE], len(customers.entry)).astype(np.int32)
    state = State(current, np.zeros(len(current), np.int16), np.zeros(len(current), np.int16))
    room, who = side_by_side.lanes(5), np.arange(len(current), dtype=np.uint32)
    reach = np.where(offers.open_weights, 0, len(current))
    field = side_by_side.field(customers, habits, offers)
    side_by_side.run(who, reach, customers, habits, state, offers, keys, field, room)
    first, second = np.sort(scores(state, customers, habits, offers, keys), axis=0)[:2] + 1 / scale
    allowed = 0.5 * (16 * float32.ROUNDING * np.abs(second) + room.doubt)
    drawn = np.isfinite(room.best)  # else some luck was too close to its limits
    assert drawn.mean() > 0.99
    assert (np.abs(room.best - first) < allowed)[drawn].all()
    assert (np.abs(room.second - second) < allowed)[drawn & (second < 30)].all()  # the hopeless are not scored
    assert (room.doubt < 0.01 * max(1.0, 0.1 / scale)).all()


def scores(state, customers, habits, offers, keys):
    """Give ln E − V of the outside option and all others, (1 + J, N); infinite where one cannot be used."""
    owner = np.array([side_by_side.owner_of(i, 0, keys) for i in range(len(customers.entry))], np.uint64)
    column = {name: getattr(customers, name).astype(float) for name in ("difficulty", "value", "taste")}
    rows = [log_luck(owner ^ keys.outside)]
    for j, model in enumerate(offers.model):
        failure = np.logaddexp(0.0, (column["difficulty"] - offers.capability[j]) / habits.success_scale)
        value = (1.0 - failure - offers.price[j] / column["value"]) / habits.choice_scale
        home = np.append(offers.maker, -1)[np.maximum(state.current, -1)]
        value += column["taste"][:, offers.firm[j]] + habits.firm_switching_cost * (home == offers.firm[j])
        line = np.append(offers.line, -1)[np.maximum(state.current, -1)]
        value += habits.model_switching_cost * (line == offers.line[model])
        used = state.current == model
        seen = ~offers.open_weights[j] | (used & customers.access)
        rows.append(np.where(seen, log_luck(owner ^ offers.luck[j]) - value, np.inf))
    return np.array(rows)


def log_luck(owner):
    from market.economics.luck import mix

    return np.log(-np.log(((mix(owner) >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53))
