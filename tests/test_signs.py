"""The market moves the way economics says, on few customers and seeds; experiments/signs.py has the intervals."""

from functools import cache

import numpy as np
import pytest

import market
from market.measures import outcomes
from market.measures.readings import complete_lives

SEEDS = range(2)
SMALL = {"customers": 2000, "panel.size": 400}
PATIENT = {"labs.*.funding": {"rule": "patient"}}


@cache
def means(name, spillover=None):
    """Mean over seeds of gross margin and log typical multiple of the labs; the pooled one is noisier."""
    changes = {} if spillover is None else {"open_providers.*.spillover": spillover}
    scenario = market.load(name).vary({**SMALL, **changes})
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
    free = [means("full_open_access", part)[1] for part in (0.0, 1.0)]
    assert none > some > free[0] > free[1]
    assert some - free[0] > 0.5
    assert free[0] - free[1] > 0.2


def test_under_forward_pricing_launches_are_cheaper_the_dearer_it_is_to_leave_a_firm():
    world = market.load("single_line").vary({**SMALL, **PATIENT, "months": 48, "labs.*.pricing": {"rule": "forward"}})
    ties = {f"segments.{name}.firm_switching_cost": one.firm_switching_cost for name, one in world.segments.items()}
    free, tied = (world.vary({path: times * cost for path, cost in ties.items()}) for times in (0, 2))
    names = ["launch_markup", "early_margin", "later_margin"]
    runs = [[outcomes.compute(market.simulate(one, seed), names) for seed in SEEDS] for one in (free, tied)]
    assert min(a["launch_markup"] - b["launch_markup"] for a, b in zip(*runs, strict=True)) > 0.03
    assert all(run["early_margin"] < run["later_margin"] for run in runs[1])


def test_infinite_switching_cost_freezes_vendors():
    frozen = market.load("baseline").vary({**SMALL, "segments.*.firm_switching_cost": 1e6, "months": 30})
    run = market.simulate(frozen, 0)
    assert run.segments["switchers"].sum() == 0
    free = market.simulate(frozen.vary({"segments.*.firm_switching_cost": 0.0}), 0)
    assert free.segments["switchers"].sum() > 100


def test_more_training_never_lowers_the_frontier():
    small = market.load("duopoly").vary({"customers": 300, "panel.size": 60, "months": 40, **PATIENT})
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
    later = launched[launched["month"] > 0]  # who opens the market sees no rival
    assert (later["price"] < 6 * later["unit_cost"]).all()


def test_another_panel_sets_about_the_same_prices():
    scenario = market.load("baseline").vary({"customers": 8000, "months": 26})
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


def pairs(first, second, *names, seeds=range(3)):
    """Outcomes of two variants of the baseline under the same seeds, (2, seeds) by name."""
    worlds = [
        market.load("baseline").vary({"customers": 1200, "panel.size": 200, "months": 36, **c}) for c in (first, second)
    ]
    found = [[outcomes.compute(market.simulate(world, seed), names) for seed in seeds] for world in worlds]
    return {name: np.array([[one[name] for one in part] for part in found]) for name in names}


def test_updates_sooner_take_more_from_what_they_update():
    seldom, often = ({"labs.*.updates": {"interval": every, "spread": 0}} for every in (6, 2))
    found = pairs(seldom, often, "self_cannibalised_share", "lost_to_own")
    assert all(often.mean() > 1.1 * seldom.mean() for seldom, often in found.values())


def test_wider_access_takes_from_closed_labs():
    found = pairs({"segments.*.open_access": 0.05}, {"segments.*.open_access": 0.4}, "open_token_share", "labs_revenue")
    assert (found["open_token_share"][1] > 2 * found["open_token_share"][0]).all()
    assert (found["labs_revenue"][1] < 0.95 * found["labs_revenue"][0]).all()


def test_tiers_bring_closed_models_near_the_price_of_open_ones():
    (ratios,) = pairs({"labs.*.tiers": {}}, {}, "closed_price_at_open_frontier").values()
    assert ratios[0].mean() > 4
    assert 1 < ratios[1].mean() < 4


def test_cheaper_compute_is_good_for_customers():
    dear, cheap = (
        {"technology.compute_price_decline": decline, "record_responses": 1, "months": 30} for decline in (1.2, 1.44)
    )
    (surplus,) = pairs(dear, cheap, "consumer_surplus").values()
    assert (surplus[1] > 1.02 * surplus[0]).all()


def test_a_raise_of_price_loses_customers_in_that_month():
    world = market.load("baseline").vary({"customers": 1200, "panel.size": 200, "months": 15})
    run = market.simulate(world, 2)
    last = run.offers[(run.offers["month"] == 14) & run.offers["firm"].isin(world.labs)]
    best = last.loc[last["customers"].idxmax()]
    path = {best["model"]: {"14": 1.2 * best["price"]}}
    frozen = {"month": 14, "kind": "freeze_prices", "target": best["firm"], "value": path}
    dearer = market.simulate(world.vary({"interventions": [frozen]}), 2).offers
    there = dearer[(dearer["month"] == 14) & (dearer["model"] == best["model"])]["customers"].iloc[0]
    assert there < 0.5 * best["customers"]
