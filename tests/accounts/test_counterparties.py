"""The rows behind an attribution foot to it."""

import numpy as np
import pytest

from market.accounts.attribution import CAUSES
from market.accounts.counterparties import counterparties, takers
from tests.accounts.test_attribution import monthly


@pytest.fixture(scope="module", params=["Alpha-1", "Beta-1", "Omega-1", "Alpha-2"])
def rows(request, small_run):
    return request.param, counterparties(small_run.flows, small_run.offers, small_run.models, request.param)


def test_amounts_foot_to_each_month(rows, small_run):
    model, table = rows
    table_of_parts = monthly(small_run.flows, small_run.offers, small_run.models)
    expected = table_of_parts[table_of_parts["model"] == model].set_index("month")
    found = table.pivot_table(index="month", columns="cause", values="amount", aggfunc="sum", fill_value=0.0)
    found = found.reindex(index=expected.index, columns=list(CAUSES), fill_value=0.0)
    np.testing.assert_allclose(found, expected[list(CAUSES)], atol=0.005)


def test_losses_foot_to_the_life(rows, small_run):
    model, table = rows
    life = small_run.models.set_index("model").loc[model]
    lost = table.groupby("cause")["lost"].sum()
    for cause in CAUSES:
        assert lost.get(cause, 0.0) == pytest.approx(life[f"lost_to_{cause}"], abs=0.01)
    assert table["lost"].sum() == pytest.approx(life["below_peak"], abs=0.01)


def test_takers_foot_to_the_classes(rows, small_run):
    model, table = rows
    life = small_run.models.set_index("model").loc[model]
    found = takers(table)
    by_class = found.groupby("cause")["lost"].sum()
    for cause in set(by_class.index):
        assert by_class[cause] == pytest.approx(life[f"lost_to_{cause}"], abs=0.01)
    np.testing.assert_allclose(found["net"], found["left"] - found["came"], atol=1e-6)
    assert found["lost"].is_monotonic_decreasing
    assert model not in set(found["counterparty"])
