"""Any scenario inside the declared bounds is refused in one line, or it runs and every number of it is one.

The identities of the books are asserted in every run, and the usual outcomes read. Other outcomes and figures take
longer than these small runs, so only some of the draws ask for them; two parts run long enough for lives to end.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

import market
from market.accounts.families import ALLOCATIONS
from market.accounts.ledger import CENT
from market.commands.run import print_tables
from market.measures.outcomes import OUTCOMES, usual
from market.measures.readings import closed, complete_lives, whole_years
from market.parameters import InputError
from market.tables import Run
from market.views import plots
from tests.drawn import drawn

DRAWS, PARTS = 22, 8
BOUNDS = ("low", "high", "full_rd_low", "full_rd_high")
MAY_BE_MISSING = {
    "companies": {"cost_per_revenue_dollar"},
    "offers": {"elasticity", "elasticity_long"},
    "segments": {"outside_share", "surplus"},
    "flows": set(),
    "ledger": set(),
    "benchmarks": {"gain"},
    "models": {
        "released", "retired", "capability", "launch_price", "multiple", "multiple_full_rd", "payback_months",
        "half_life_months", "peak_month", "peak_revenue", "below_peak", "gross_turnover", "revenue_withdrawn",
    },
    "families": {
        "released", "retired", "capability", "best_capability", "multiple", "multiple_full_rd", "payback_months",
        "half_life_months",
    },
    "releases": {"released", "retired", *(f"multiple_{how}" for how in (*ALLOCATIONS, *BOUNDS))},
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
    @given(drawn(longest=40 if part < 2 else 8))
    def look(case: tuple[str, dict[str, object], str]) -> None:
        name, changes, also = case
        run = simulated(name, changes)
        if run is None:
            return
        every_number_is_one(run)
        outcomes_are_numbers_where_defined(run, OUTCOMES if also == "outcomes" else usual())
        if also == "figures":
            assert plots.images("run", run)[1] is None
            print_tables(run)
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
    measured = run.segments["month"].map(run.scenario.responses_in)
    assert (run.segments.loc[measured, "surplus"] >= 0).all()
    assert run.segments.loc[~measured, "surplus"].isna().all()
    assert run.models.loc[run.models["complete"] & (run.models["training"] >= CENT), "multiple"].notna().all()


def outcomes_are_numbers_where_defined(run: Run, names: Iterable[str]) -> None:
    """Assert that outcomes are numbers, and NaN only where nothing is defined."""
    found = {name: OUTCOMES[name](run) for name in names}
    for name, value in found.items():
        assert isinstance(value, float), f"outcome {name} is a {type(value).__name__}"
        assert not np.isinf(value), f"outcome {name} is infinite"
    for group, defined in definitions(run, found):
        for name in found.keys() & set(group.split()):
            assert np.isnan(found[name]) != defined, f"outcome {name} is {found[name]}"


def definitions(run: Run, found: Mapping[str, float]) -> list[tuple[str, bool]]:
    """Names of outcomes, and whether they are defined in a run."""
    lives, rows = complete_lives(run.families), closed(run.families)
    labs = run.companies[run.companies["firm"].isin(run.scenario.labs)]
    whole = whole_years(labs, run.calendar)
    return [
        ("labs_revenue labs_result labs_raised labs_result_excluding_training", True),
        ("consumer_surplus", all(map(run.scenario.responses_in, range(run.scenario.months)))),
        ("lives_complete lives_without_earnings labs_compared price_wars price_wars_beside_launches", True),
        ("lives_profitable months_at_frontier", len(lives) > 0),
        ("multiple multiple_full_rd", float(lives["training"].sum()) > 0),
        ("typical_multiple", bool(lives["multiple"].notna().any())),
        ("dollars_complete multiple_so_far multiple_full_rd_so_far", float(rows["training"].sum()) > 0),
        ("labs_gross_margin labs_cost_per_revenue_dollar", found["labs_revenue"] > 0),
        ("labs_in_profit years_to_profit", len(labs) > 0 and len(run.calendar.whole_years()) > 0),
        ("labs_deeper_in_loss", bool((whole.groupby("firm").size() > 1).any())),
    ]
