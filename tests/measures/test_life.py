"""The life of one model: when it led, who overtook it, and that its parts are its own."""

import pandas as pd
import pytest

from market.accounts import attribution
from market.measures.life import life
from market.parameters import InputError
from market.tables import Run


def run_of(capabilities, on_sale):
    """A run's tables with models on sale in given months, firm before the dash, one unit sold each at $1."""
    firms = {model: model.split("-")[0] for model in capabilities}
    offers = pd.DataFrame(
        [
            (month, firms[model], model, False, capabilities[model], 1.0)
            for model, (first, last) in on_sale.items()
            for month in range(first, last + 1)
        ],
        columns=["month", "firm", "model", "open_weights", "capability", "revenue"],
    )
    flows = pd.DataFrame(
        [
            ("all", month, "entry" if month == on_sale[model][0] else model, model, 1)
            for month, model in zip(offers["month"], offers["model"], strict=True)
        ],
        columns=["segment", "month", "origin", "destination", "customers"],
    )
    stays = flows["origin"] == flows["destination"]
    flows = flows.assign(revenue_before=1.0 * stays, tokens_before=1.0 * stays, revenue_after=1.0, tokens_after=1.0)
    gone = [(month + 1, model, "outside") for model, (_, month) in on_sale.items() if month < offers["month"].max()]
    left = pd.DataFrame(gone, columns=["month", "origin", "destination"])
    left = left.assign(segment="all", customers=1, revenue_before=1.0, tokens_before=1.0, revenue_after=0.0)
    flows = pd.concat([flows, left.assign(tokens_after=0.0)], ignore_index=True)
    models = pd.DataFrame(
        {
            "model": list(capabilities), "firm": list(firms.values()), "line": "flagship", "open_weights": False,
            "family": list(capabilities), "update": 0,
            "capability": list(capabilities.values()),
            "generation": [int(model.split("-")[1]) for model in capabilities],
            "released": [on_sale[model][0] for model in capabilities],
        }
    )  # fmt: skip
    models = models.assign(**attribution.over_lives(attribution.parts(flows, offers, models)))
    ledger = pd.DataFrame(columns=["month", "date", "firm", "model", "account", "amount"])
    events = pd.DataFrame({"month": [9], "firm": ["C"], "kind": ["failed"]})
    tables = {"models": models, "offers": offers, "flows": flows, "ledger": ledger, "events": events}
    return Run(None, 0, tables)


@pytest.fixture
def toy():
    on_sale = {"A-1": (0, 9), "B-1": (2, 5), "A-2": (7, 9), "C-1": (4, 9)}
    return run_of({"A-1": 10.0, "B-1": 12.0, "A-2": 20.0, "C-1": 8.0}, on_sale)


def test_reigns_overtaking_and_succession(toy):
    found = life(toy, "A-1")
    assert found.reigns == ((0, 1), (6, 6))
    assert (found.overtaken.month, found.overtaken.model, found.overtaken.capability) == (2, "B-1", 12.0)
    assert (found.successor.month, found.successor.model) == (7, "A-2")


def test_one_that_is_behind_never_leads(toy):
    found = life(toy, "C-1")
    assert found.reigns == ()
    assert found.overtaken.month == 4
    assert found.successor is None


def test_its_developers_failure_is_known(toy):
    assert (life(toy, "C-1").failed, life(toy, "C-1").first) == (9, 4)
    assert life(toy, "A-1").failed is None


def test_the_best_is_not_overtaken_by_its_own_kin(toy):
    assert life(toy, "A-2").overtaken is None


def test_a_run_says_the_same_as_its_columns(small_run):
    found = life(small_run, "Alpha-1")
    assert sum(b - a + 1 for a, b in found.reigns) == found.facts["months_at_frontier"]
    assert found.causes("lost_to_").sum() == pytest.approx(found.facts["below_peak"], abs=0.01)
    assert found.ledger["amount"].sum() == pytest.approx(found.facts["result"], abs=0.01)
    assert found.flows["lost"].sum() == pytest.approx(found.facts["below_peak"], abs=0.01)


def test_a_model_that_was_never_on_sale(small_run):
    unsold = small_run.models.loc[small_run.models["months_on_sale"] == 0, "model"].iloc[0]
    found = life(small_run, unsold)
    assert not found.sold
    assert (found.reigns, found.overtaken) == ((), None)


def test_an_unknown_model_gets_the_nearest_name(small_run):
    with pytest.raises(InputError, match="unknown model 'Alhpa-1'; did you mean 'Alpha-1'"):
        life(small_run, "Alhpa-1")
