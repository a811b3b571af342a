"""Outcomes of attribution."""

import pandas as pd
import pytest

from market.measures import losses, outcomes
from tests.measures import hand

SPLIT = ("lost_to_own_update", "lost_to_own_tier", "lost_to_own_next")


@pytest.fixture
def run():
    """Four flagships of a lab: two complete lives, one unfinished, one opened before the start; and an open model."""
    rows = [
        # model, released, complete, payback; lost to own update, tier, next, older, rivals, open; turnover, open
        ("A-1", -3, False, 2.0, 0.0, 0.0, 900.0, 0.0, 0.0, 0.0, 900.0, False),
        ("A-2", 3, True, 5.0, 20.0, 5.0, 5.0, 0.0, 10.0, 10.0, 120.0, False),
        ("A-3", 9, True, 8.0, 0.0, 10.0, 20.0, 0.0, 20.0, 0.0, 80.0, False),
        ("A-4", 15, False, float("nan"), 0.0, 0.0, 10.0, 0.0, 70.0, 0.0, 90.0, False),
        ("O-1", 4, True, float("nan"), 0.0, 0.0, 10.0, 0.0, 70.0, 0.0, 90.0, True),
    ]
    lost = [f"lost_to_{name}" for name in losses.TAKERS]
    columns = ["model", "released", "complete", "payback_months", *lost, "gross_turnover", "open_weights"]
    models = pd.DataFrame(rows, columns=columns).astype({"released": "Int64"})
    models["firm"], models["generation"] = models["model"].str[0], models["model"].str[2].astype(int)
    models["training"] = models["model"].map({"A-2": 7.0, "A-3": 7.5}).fillna(1.0)
    return hand.run(models=models.assign(line="flagship", research=0.5))


def test_parts_are_of_what_went_to_models(run):
    names = ("lost_to_own", "lost_to_rivals", "lost_to_open", "gross_over_net", *SPLIT)
    found = outcomes.compute(run, names)
    assert found == pytest.approx(dict(zip(names, (0.6, 0.3, 0.1, 2.0, 0.2, 0.15, 0.25), strict=True)))


def test_succession_before_payback_counts_families_that_have_a_next_one(run):
    """A-2 and A-3 earn 1 a month until a successor comes after six, that month included; A-4 has none yet."""
    months = [(model, month) for model, start in (("A-2", 3), ("A-3", 9), ("A-4", 15)) for month in range(start, 30)]
    run.tables["offers"] = pd.DataFrame(months, columns=["model", "month"]).assign(revenue=3.0, serving=2.0)
    assert losses.succeeded_before_payback(run) == 0.5
    assert losses.succeeded_before_full_payback(run) == 1.0


def test_in_a_run_they_are_shares(small):
    import market

    found = outcomes.compute(market.simulate(small.vary({"months": 48, "customers": 800}), 0), outcomes.OUTCOMES)
    parts = [found[name] for name in ("lost_to_own", "lost_to_rivals", "lost_to_open")]
    assert sum(parts) == pytest.approx(1.0, abs=0.2)  # the rest is own older models
    assert sum(found[name] for name in SPLIT) == pytest.approx(found["lost_to_own"])
    assert found["lost_to_own"] == found["lost_to_own_next"]  # nothing has updates or tiers
    assert 0 <= found["succeeded_before_payback"] <= 1
