"""The market moves the way economics says, on few customers and seeds; experiments/signs.py has the intervals."""

import numpy as np
import pytest

import market
from market.measures import outcomes
from market.measures.readings import complete_lives

SEEDS = range(3)
SMALL = {"customers": 2000, "panel.size": 400}


def means(name, changes=None):
    """Mean over seeds of gross margin and log typical multiple of the labs; the pooled one is noisier."""
    scenario = market.load(name).vary({**SMALL, **(changes or {})})
    found = [outcomes.compute(market.simulate(scenario, s), ["labs_gross_margin", "typical_multiple"]) for s in SEEDS]
    return np.mean([f["labs_gross_margin"] for f in found]), np.mean([np.log(f["typical_multiple"]) for f in found])


def test_more_labs_lower_margins_and_multiples():
    by_number = [means(name) for name in ("monopoly", "duopoly", "baseline", "eight_labs")]
    margins, multiples = zip(*by_number, strict=True)
    assert list(margins) == sorted(margins, reverse=True)
    assert list(multiples) == sorted(multiples, reverse=True)
    assert margins[0] - margins[-1] > 0.2
    assert np.exp(multiples[0] - multiples[-1]) > 3


def test_open_source_takes_returns_and_spillover_takes_more_where_everybody_has_access():
    none, some = means("no_open_source")[1], means("baseline")[1]
    free = [means("full_open_access", {"open_providers.*.spillover": part})[1] for part in (0.0, 1.0)]
    assert none > some > free[0] > free[1]
    assert some - free[0] > 0.5
    assert free[0] - free[1] > 0.2


def test_infinite_switching_cost_freezes_vendors():
    frozen = market.load("baseline").vary({**SMALL, "segments.*.firm_switching_cost": 1e6, "months": 30})
    run = market.simulate(frozen, 0)
    assert run.segments["switchers"].sum() == 0
    free = market.simulate(frozen.vary({"segments.*.firm_switching_cost": 0.0}), 0)
    assert free.segments["switchers"].sum() > 100


def test_more_training_never_lowers_the_frontier():
    small = market.load("duopoly").vary({"customers": 300, "panel.size": 60, "months": 40})
    richer = small.vary({"labs.*.training.first_cost": 3e8})
    points = [market.simulate(s, 0).models.set_index("model")["capability"].dropna() for s in (small, richer)]
    assert (points[1] >= points[0]).all()
    closed = ~points[0].index.str.startswith(("Omega", "Sigma"))
    assert (points[1] - points[0])[closed].to_numpy() == pytest.approx(10 * np.log10(3))


def test_no_launch_price_is_out_of_proportion():
    run = market.simulate(market.load("baseline").vary(SMALL), 0)
    models = run.models.set_index("model")
    rows = run.offers[~run.offers["open_weights"]]
    launched = rows[rows["month"] == rows["model"].map(models["released"]).clip(lower=0)]
    assert len(launched) == models["launch_price"][~models["open_weights"]].notna().sum()
    assert (launched["price"] < 5 * launched["unit_cost"]).all()


def test_another_panel_sets_about_the_same_prices():
    scenario = market.load("baseline").vary({"customers": 8000, "months": 36})
    prices = [
        market.simulate(scenario.vary({"panel.draw": draw}), 0).models.set_index("model")["launch_price"].dropna()
        for draw in (0, 1)
    ]
    assert not prices[0].equals(prices[1])
    assert abs(np.log(prices[1] / prices[0]).mean()) < 0.03


def test_lives_that_are_not_complete_are_left_out():
    run = market.simulate(market.load("duopoly").vary({**SMALL, "months": 40}), 0)
    lives = complete_lives(run.models)
    assert (lives["released"] >= 0).all()
    assert lives["retired"].notna().all()
    assert 0 < len(lives) < (~run.models["open_weights"]).sum()
