"""Launch prices over unit cost, and margins early and late in lives."""

import numpy as np
import pytest

import market
from market.measures.outcomes import compute


def test_margins_are_of_the_first_three_months_and_of_the_others():
    run = market.simulate(market.load("duopoly").vary({"customers": 300, "months": 20, "panel.size": 20}), seed=0)
    released = {row.model: row.released for row in run.models.itertuples() if not row.open_weights}
    early, later, launched = [0.0, 0.0], [0.0, 0.0], []
    for row in run.offers.itertuples():
        if released.get(row.model, 0) > 0:
            age = row.month - released[row.model]
            part = early if age < 3 else later
            part[0] += row.revenue
            part[1] += row.serving
            launched += [np.log(row.price / row.unit_cost)] if age == 0 else []
    assert len(launched) > 3
    assert compute(run, ["launch_markup", "early_margin", "later_margin"]) == pytest.approx(
        {
            "launch_markup": np.mean(launched),
            "early_margin": 1 - early[1] / early[0],
            "later_margin": 1 - later[1] / later[0],
        }
    )
