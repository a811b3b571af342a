"""Entry and exit in a market: who stays out books nothing, who stops sells what it has and leaves."""

import numpy as np
import pandas as pd
import pytest

import market
from market.commands.run import print_tables
from market.measures.outcomes import OUTCOMES, compute
from market.tables import open_run
from market.views import plots, sentences
from market.views.sentences import Part

NEVER = {"rule": "net_value", "know_how": 1e6, "window": 3}
EAGER = {"rule": "net_value", "know_how": 0.0, "experience": 10.0, "window": 3, "horizon": 12}
GIVES_UP = {"rule": "net_value", "experience": 0.0, "window": 6, "interval": 1, "patience": 1}
"""Expects nothing of a next base, and stops in its first look, in month 6 to 11."""
LATER = {"labs.*.first_start": 0}


@pytest.fixture(scope="module")
def stopped(families):
    """Beta and Omega give up, the others are there whatever happens."""
    changes = {"labs.Beta.participation": GIVES_UP, "open_providers.Omega.participation": GIVES_UP, "months": 44}
    return market.simulate(families.vary({**changes, "labs.Beta.fixed_overhead": 1e6}), 1)


@pytest.fixture(scope="module")
def shunned(families):
    """Delta could enter and never does."""
    return market.simulate(families.vary({"labs.Delta.first_start": 0, "labs.Delta.participation": NEVER}), 1)


def when(run, kind, firm):
    """Month of an event of a firm."""
    (month,) = run.events.loc[(run.events["kind"] == kind) & (run.events["firm"] == firm), "month"]
    return int(month)


def said(run):
    """What is said of the run first."""
    return " ".join(sentences.said("run", run, Part.FAILURES))


def test_a_firm_for_which_entry_does_not_pay_never_enters_and_books_nothing(shunned, families):
    for name in ("ledger", "models", "offers", "runways", "plans", "companies", "events"):
        assert "Delta" not in set(shunned.table(name)["firm"]), name
    assert "Delta" not in shunned.business
    assert said(shunned) == "No potential lab entered."
    assert compute(shunned, ["labs_entered", "labs_in_business"]) == {"labs_entered": 0.0, "labs_in_business": 3.0}
    without = families.model_dump()
    del without["labs"]["Delta"]
    alone = market.simulate(type(families).model_validate(without), 1)
    pd.testing.assert_frame_equal(alone.ledger, shunned.ledger)


@pytest.mark.parametrize("everybody", [False, True])
def test_a_market_that_firms_stay_out_of_is_read_drawn_and_saved(shunned, families, everybody, tmp_path, capsys):
    out = {**LATER, "open_providers.*.first_start": 0, "months": 8}
    out |= {f"{firms}.*.participation": NEVER for firms in ("labs", "open_providers")}
    run = market.simulate(families.vary(out), 1) if everybody else shunned
    assert run.ledger.empty == everybody
    for name, measure in OUTCOMES.items():
        assert not np.isinf(measure(run)), name
    assert plots.images("run", run)[1] is None
    print_tables(run)
    assert capsys.readouterr().out
    assert open_run(run.save(tmp_path / "saved")).business == run.business


def test_all_enter_where_know_how_is_free_and_much_is_expected(families):
    run = market.simulate(families.vary({**LATER, "labs.*.participation": EAGER}), 1)
    assert set(run.entered) == set(run.scenario.labs)
    assert len(set(run.entered.values())) > 1  # not all at once
    assert all(3 <= month < 6 or month % 12 in range(3, 6) for month in run.entered.values())
    first = run.families.groupby("firm")["started"].min()
    assert {firm: first[firm] for firm in run.entered} == run.entered
    assert run.business["Alpha"] == (run.entered["Alpha"], 30)
    assert said(run).startswith("4 of 4 potential labs entered: ")


def test_know_how_is_research_in_the_months_of_the_first_run(families):
    know_how = {**EAGER, "know_how": 2.0, "know_how_sd": 0.0}
    changes = {"labs.Delta.first_start": 0, "labs.Delta.participation": know_how, "labs.Delta.research": 0.0}
    run = market.simulate(families.vary(changes), 1)
    research = run.ledger[(run.ledger["firm"] == "Delta") & (run.ledger["account"] == "RESEARCH")]
    base = run.families.loc[run.families["firm"] == "Delta"].iloc[0]
    months = run.scenario.technology.training_months
    assert research["month"].tolist() == list(range(run.entered["Delta"], run.entered["Delta"] + months))
    assert -research["amount"].sum() == pytest.approx(2 * base["training_base"])
    assert base["research"] == pytest.approx(-research["amount"].sum())


@pytest.mark.parametrize("firm", ["Beta", "Omega"])
def test_who_stops_begins_nothing_completes_what_is_begun_sells_and_leaves(stopped, firm):
    run, stop, left = stopped, when(stopped, "stopped", firm), when(stopped, "left", firm)
    models, ledger = run.models[run.models["firm"] == firm], run.ledger[run.ledger["firm"] == firm]
    assert 6 <= stop < 12
    assert models["started"].max() < stop
    assert models["released"].notna().all()
    assert ledger.loc[ledger["account"] == "RESEARCH", "month"].max() < stop
    retired = models["retired"].astype(int)
    assert (retired <= np.maximum(models["released"].astype(int) + run.scenario.firms[firm].life, stop)).all()
    assert left == max(retired)
    assert ledger["month"].max() <= left
    assert run.business[firm] == (run.scenario.firms[firm].first_start, left + 1)
    assert firm not in run.failed
    sold = run.offers[(run.offers["firm"] == firm) & (run.offers["month"] > stop)]
    assert sold["revenue"].sum() > 0


def test_a_fixed_overhead_is_paid_until_it_has_left(stopped):
    rows = stopped.ledger[(stopped.ledger["firm"] == "Beta") & (stopped.ledger["account"] == "OVERHEAD")]
    assert rows["month"].max() == stopped.left["Beta"]


@pytest.mark.parametrize(("size", "stay"), [(0.05, False), (20.0, True)])
def test_labs_stop_where_the_market_is_too_small(families, size, stay):
    watchful = {"rule": "net_value", "window": 6, "interval": 6, "patience": 1}
    volumes = {f"segments.{name}.volume": size * one.volume for name, one in families.segments.items()}
    run = market.simulate(families.vary({"labs.*.participation": watchful, **volumes}), 1)
    assert compute(run, ["labs_stopped"])["labs_stopped"] == (0.0 if stay else 4.0)


def test_customers_of_who_leaves_go_elsewhere(stopped):
    last = stopped.offers[stopped.offers["month"] == 43]
    assert not {"Beta", "Omega"} & set(last["firm"])
    assert last["revenue"].sum() > 0


def test_what_is_said_and_counted_of_who_left(stopped):
    date = stopped.calendar.date(stopped.left["Beta"])
    assert said(stopped) == f"1 of 4 labs left the market: Beta in {date}."
    counted = compute(stopped, ["labs_stopped", "labs_left", "labs_in_business", "labs_in_business@2023"])
    assert list(counted.values()) == [1.0, 1.0, 3.0, 4.0]


def test_a_rule_that_changes_lets_a_potential_entrant_in(families):
    change = {"month": 4, "kind": "change_rule", "target": "Delta.participation", "value": {"rule": "always"}}
    changes = {"labs.Delta.first_start": 0, "labs.Delta.participation": NEVER, "interventions": [change]}
    run = market.simulate(families.vary({**changes, "months": 14}), 1)
    assert run.entered == {"Delta": 4}
    assert "Delta" in set(run.offers["firm"])


def test_a_table_of_supply_says_that_its_firms_are_in_the_market(families):
    product = {
        "firm": "Delta", "model": "Delta-1", "released": "2023-03-01", "capability": 20.0, "unit_cost": 1.0,
        "training": 1e8, "price": 3.0, "open_weights": False,
    }  # fmt: skip
    supply = {"releases": [product]}
    changes = {"labs.Delta.first_start": 0, "labs.Delta.participation": NEVER, "supply": supply, "months": 6}
    run = market.simulate(families.vary(changes), 1)
    assert run.business["Delta"] == (0, 6)
    assert "Delta" not in run.entered
    assert set(run.models.loc[run.models["firm"] == "Delta", "model"]) == {"Delta-1"}
