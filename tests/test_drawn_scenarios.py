"""Any scenario inside the declared bounds is refused in one line, or it runs and every number of it is one.

The identities of the books are asserted in every run. Outcomes and figures take longer than these small runs, so only
some of the draws ask for them.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

import market
from market import cli
from market.accounts.ledger import CENT
from market.measures.outcomes import OUTCOMES
from market.parameters import InputError
from market.run import Run
from tests.drawn import drawn

DRAWS, PARTS = 38, 8
MAY_BE_MISSING = {
    "companies": {"cost_per_revenue_dollar"},
    "offers": {"elasticity", "elasticity_long"},
    "segments": {"outside_share"},
    "flows": set(),
    "ledger": set(),
    "benchmarks": {"gain"},
    "models": {
        "released", "retired", "capability", "launch_price", "multiple", "multiple_full_rd", "payback_months",
        "half_life_months", "peak_month", "peak_revenue", "below_peak", "gross_turnover", "revenue_withdrawn",
    },
}  # fmt: skip
"""Columns whose numbers are undefined somewhere, by table; so are a model's parts of its peak and of what it lost."""


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_not_refused_runs_and_gives_numbers(part, tmp_path, capsys):
    @seed(part)
    @settings(
        max_examples=DRAWS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn(longest=8))
    def look(case: tuple[str, dict[str, object], str]) -> None:
        name, changes, also = case
        run = simulated(name, changes)
        if run is None:
            return
        every_number_is_one(run)
        if also == "outcomes":
            every_outcome_is_a_float(run)
        if also == "figures":
            cli._draw(run, tmp_path)
            cli._print_run(run)
            capsys.readouterr()

    look()


def simulated(name: str, changes: Mapping[str, object]) -> Run | None:
    """Run changes of a scenario; None if they are refused, in one line."""
    try:
        scenario = market.load(name).vary(changes)
    except InputError as error:
        if "\n" in str(error):
            raise AssertionError(f"refused in several lines: {error}") from error
        return None
    return market.simulate(scenario, seed=0)


def every_number_is_one(run: Run) -> None:
    """Assert that nothing is infinite, nothing missing but where it may be, and no surplus negative."""
    for name, undefined in MAY_BE_MISSING.items():
        table: pd.DataFrame = getattr(run, name)
        for column in table.select_dtypes("number"):
            values = table[column].to_numpy(float, na_value=np.nan)
            assert not np.isinf(values).any(), f"{name}.{column} is infinite"
            if column not in undefined and not column.startswith(("gained_", "lost_to_")):
                assert not np.isnan(values).any(), f"{name}.{column} is missing"
    assert (run.segments["surplus"] >= 0).all()
    assert run.models.loc[run.models["complete"] & (run.models["training"] >= CENT), "multiple"].notna().all()


def every_outcome_is_a_float(run: Run) -> None:
    """Assert that every outcome is a number or NaN."""
    for name, measure in OUTCOMES.items():
        value = measure(run)
        assert isinstance(value, float), f"outcome {name} is a {type(value).__name__}"
        assert not np.isinf(value), f"outcome {name} is infinite"
