"""The month: identities, invariances, and what a change may touch."""

import gc
import io
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

import market
from market.accounts.ledger import HOSTS, agrees
from market.parameters import InputError
from market.scenario.schema import build
from market.schemas import SCHEMAS
from market.simulation import Market
from tests.conftest import SMALL
from tests.drawn import TIER

TINY = {"customers": 400, "months": 20, "panel.size": 100}


def table_bytes(run):
    """All tables of a run as the bytes of their files."""
    found = {}
    for name in SCHEMAS:
        buffer = io.BytesIO()
        getattr(run, name).to_parquet(buffer, index=False)
        found[name] = buffer.getvalue()
    return found


def renamed(scenario, names):
    """The same scenario with firms renamed but their keys kept, in another order."""
    data = scenario.model_dump()
    for table in ("labs", "open_providers"):
        firms = {names.get(n, n): {**spec, "key": spec["key"] or n} for n, spec in data[table].items()}
        data[table] = dict(reversed(firms.items()))
    data["segments"] = dict(reversed(data["segments"].items()))
    return build(data)


def test_same_seed_same_bytes(small, small_run):
    assert table_bytes(market.simulate(small, seed=1)) == table_bytes(small_run)


def test_other_seed_other_result(small, small_run):
    assert not market.simulate(small, seed=2).offers["revenue"].equals(small_run.offers["revenue"])


def test_order_of_firms_and_number_of_threads_change_nothing(small, small_run):
    data = small.model_dump()
    for table in ("labs", "open_providers", "segments"):
        data[table] = dict(reversed(data[table].items()))
    assert table_bytes(market.simulate(build(data), seed=1, threads=3)) == table_bytes(small_run)


def test_threads_change_nothing_in_a_market_of_many_chunks(small):
    large = small.vary({"customers": 40_000, "months": 4})
    assert table_bytes(market.simulate(large, threads=3)) == table_bytes(market.simulate(large))


def test_last_digits_of_a_machines_functions_move_no_price_and_no_customer(small, families, monkeypatch):
    """NumPy's exponentials and logarithms differ in the last digit between processors; labs look ahead or do not."""

    def another_machines(function):
        return lambda *given, **how: function(*given, **how) * (1 + 2.0**-52)

    here = [market.simulate(world, seed=1).offers for world in (small, families)]
    for name in ("exp", "expm1", "log", "log1p", "logaddexp"):
        monkeypatch.setattr(np, name, another_machines(getattr(np, name)))
    for world, offers in zip((small, families), here, strict=True):
        assert market.simulate(world, seed=1).offers.equals(offers)


WHAT_IS_SOLD = """
import hashlib, sys, market
for name in sys.argv[2:]:
    offers = market.simulate(market.load(name).vary(eval(sys.argv[1])), seed=1).offers
    print(hashlib.sha256(offers[["model", "price", "tokens", "customers"]].to_csv().encode()).hexdigest())
"""


def test_a_processor_that_can_do_less_sells_the_same():
    """What NumPy and its linear algebra do by what the processor can do is forbidden; labs look ahead or do not."""
    offered = [name for name in __cpu_dispatch__ if __cpu_features__[name]]
    plain = {"NPY_DISABLE_CPU_FEATURES": " ".join(offered), "OPENBLAS_CORETYPE": "Prescott"}
    call = [sys.executable, "-c", WHAT_IS_SOLD, repr(SMALL), "single_line", "baseline"]
    as_it_is, plainly = (
        subprocess.run(call, env={**os.environ, **more}, capture_output=True, text=True, check=True).stdout.split()
        for more in ({}, plain)
    )
    assert len(as_it_is) == 2
    assert plainly == as_it_is


def test_renaming_firms_that_keep_their_keys_renames_the_result(small, small_run):
    names = {"Alpha": "Zulu", "Omega": "Aardvark"}
    other = market.simulate(renamed(small, names), seed=1)

    def relabel(cell):
        if not isinstance(cell, str):
            return cell
        for old, new in names.items():
            cell = cell.replace(old, new)
        return cell

    for table in ("offers", "models", "companies", "events", "ledger", "segments", "flows"):
        mine, theirs = getattr(small_run, table).map(relabel), getattr(other, table)
        pd.testing.assert_frame_equal(mine, theirs, check_exact=table != "models", rtol=1e-12)


def test_rescaling_money_rescales_the_books(small, small_run):
    """All prices, values and costs in cents: choices stay, up to float32 ties, and amounts are a hundredfold."""
    changes = {
        "technology.reference_cost": small.technology.reference_cost * 100,
        "labs.*.funding": {"rule": "patient"},  # what a run costs stays, so money would bind at other times
        **{f"segments.{n}.value_median": s.value_median * 100 for n, s in small.segments.items()},
    }
    cents = market.simulate(small.vary(changes), seed=1)
    for column in ("price", "revenue", "serving"):
        np.testing.assert_allclose(cents.offers[column], small_run.offers[column] * 100, rtol=1e-3, atol=1.0)


scenarios = st.fixed_dictionaries(
    {
        "labs.*.pricing": st.sampled_from([{"rule": "best_response"}, {"rule": "cost_plus", "markup": 0.5}]),
        "labs.*.training": st.fixed_dictionaries(
            {
                "rule": st.just("cadence"),
                "cadence": st.integers(3, 14),
                "growth": st.floats(0.5, 12),
                "parallel_runs": st.integers(1, 3),
            }
        ),
        "labs.*.tiers": st.sampled_from([{}, {"mini": TIER}, {"mid": TIER, "mini": TIER}]),
        "labs.*.updates": st.sampled_from([None, {}, {"interval": 4, "spread": 0, "months": 1}]),
        "labs.*.life": st.sampled_from([0, 3, 18]),
        "labs.*.retirement": st.integers(0, 20),
        "labs.Alpha.first_start": st.integers(-30, 10),
        "open_providers.*.tiers": st.sampled_from([{}, {"mini": TIER}]),
        "open_providers.*.updates": st.sampled_from([None, {}]),
        "open_providers.*.hosting": st.sampled_from([0.0, 0.5, 1.0]),
        "open_providers.*.spillover_delay": st.integers(0, 12),
        "segments.*.open_access": st.sampled_from([0.0, 0.3, 1.0]),
        "segments.*.reconsideration": st.floats(0, 1),
        "demand.turnover": st.floats(0, 1),
        "technology.training_months": st.integers(1, 12),
    }
)


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(scenarios, st.integers(0, 1000))
def test_books_foot_in_any_market(changes, seed):
    run = market.simulate(market.load("baseline").vary({**TINY, **changes}), seed)  # asserts the identities itself
    spent = run.segments.groupby("month")["spending"].sum()
    sold = run.offers.groupby("month")["revenue"].sum()
    assert all(agrees(spent[m], sold.get(m, 0.0)) for m in spent.index)
    assert agrees(run.flows["revenue_after"].sum(), run.offers["revenue"].sum())
    assert agrees(run.companies["revenue"].sum(), run.models["revenue"].sum())
    gone = set(run.events.loc[run.events["kind"] == "failed", "firm"])
    assert (run.companies.loc[~run.companies["firm"].isin(gone), "cash"] > -0.01).all()
    bought = run.flows.groupby(["month", "destination"])["customers"].sum()
    for row in run.offers[run.offers["firm"] != HOSTS].itertuples():
        assert bought.get((row.month, row.model), 0) == row.customers
    stock = run.segments.groupby("month")["customers"].sum()
    assert stock.is_monotonic_increasing


def test_flows_chain_from_month_to_month(small_run):
    """Who a model has at the end of a month is who comes from it in the next."""
    flows = small_run.flows
    ends = flows.groupby(["month", "segment", "destination"])["customers"].sum()
    begins = flows[flows["origin"] != "entry"].groupby(["month", "segment", "origin"])["customers"].sum()
    last = small_run.scenario.months - 1
    for (month, segment, place), heads in ends.items():
        if month < last:
            assert begins.get((month + 1, segment, place), 0) == heads


def test_opening_state(small_run):
    models = small_run.models.set_index("model")
    assert models.loc["Alpha-1", "started"] == -12
    assert models.loc["Alpha-1", "released"] == -6
    assert models.loc["Delta-1", "released"] == 3
    early = small_run.ledger[small_run.ledger["month"] < 0]
    assert set(early["account"]) == {"TRAINING", "RESEARCH", "FUNDING"}
    assert early.groupby("firm")["amount"].sum().abs().max() < 0.01
    assert early["month"].min() == -12
    alpha = early[(early["firm"] == "Alpha") & (early["account"] == "TRAINING")]
    assert alpha["amount"].sum() == pytest.approx(-1e8 / 2.5)


def test_first_price_is_in_month_0_and_rivals_launches_are_seen_a_month_later(small):
    run = market.simulate(small.vary({"labs.*.pricing.reprice_hazard": 0.0}), seed=1)
    launches = run.events[run.events["kind"] == "priced_at_launch"].set_index("model")["month"]
    assert launches["Alpha-1"] == 0
    assert launches["Delta-1"] == 3
    # A rival's price cut in the same month cannot matter: firms decide on last month's market.
    assert not (run.events["kind"] == "repriced").any()


def test_an_open_model_learns_from_what_was_on_sale_before_month_0(small):
    run = market.simulate(small.vary({"technology.shock_sd": 0.0}), seed=0)
    points = run.models.set_index("model")["capability"]
    own = points["Sigma-1"]
    alone = market.simulate(small.vary({"technology.shock_sd": 0.0, "open_providers.*.spillover": 0.0}), seed=0)
    bare = alone.models.set_index("model")["capability"]
    assert own == pytest.approx(bare["Sigma-1"] + 0.6 * (points["Beta-1"] - bare["Sigma-1"]))
    assert points["Omega-1"] == bare["Omega-1"]  # four months before its release no closed model was on sale


def test_tiers_share_shock_and_split_training(small):
    run = market.simulate(small.vary({"labs.*.tiers": {"mini": TIER}}), seed=1)
    models = run.models.set_index("model")
    assert models.loc["Alpha-2", "capability"] - models.loc["Alpha-2-mini", "capability"] == pytest.approx(6.0)
    assert models.loc["Alpha-2-mini", "training"] == pytest.approx(models.loc["Alpha-2", "training"] / 9)
    assert models.loc["Alpha-2", "released"] == models.loc["Alpha-2-mini", "released"]


def test_a_useless_model_sells_nothing_however_cheap(small):
    useless = {"labs.Alpha.training": {"rule": "cadence", "first_cost": 1.0}, "labs.Alpha.pricing.rule": "cost_plus"}
    run = market.simulate(small.vary({**useless, "labs.Alpha.pricing.rule": "cost_plus"}), seed=1)
    sold = run.models.groupby("firm")["revenue"].sum()
    assert sold["Alpha"] < 1e-3 * sold["Beta"]


def test_what_nobody_buys_is_an_event(small):
    patient = {"labs.*.funding": {"rule": "patient"}}  # nobody else would fund it
    nothing = {"labs.Alpha.training": {"rule": "cadence", "first_cost": 1e-20}}
    run = market.simulate(small.vary({**patient, **nothing}), seed=1)
    events = run.events[run.events["kind"] == "no_demand"]
    assert set(events["firm"]) == {"Alpha"}
    assert events["detail"].str.contains("nobody on the panel buys Alpha-1 at any price").any()


def test_hosts_take_their_part(small_run):
    offers = small_run.offers
    hosts = offers[offers["firm"] == HOSTS].set_index(["month", "model"])
    developers = offers[offers["open_weights"] & (offers["firm"] != HOSTS)].set_index(["month", "model"])
    np.testing.assert_allclose(hosts["revenue"], developers["revenue"])  # hosting is one half
    assert (hosts["customers"] == 0).all()
    margin = developers["price"] / developers["unit_cost"] - 1
    np.testing.assert_allclose(margin, 0.15)


def test_memory_does_not_grow_with_the_number_of_runs():
    tiny = market.load("duopoly").vary({"customers": 200, "months": 6, "panel.size": 50})

    def alive():
        gc.collect()
        things = gc.get_objects()
        return sum(issubclass(type(o), Market) for o in things), len(things)

    for seed in range(5):
        market.simulate(tiny, seed)
    markets, objects = alive()
    for seed in range(45):
        market.simulate(tiny, seed)
    markets_later, objects_later = alive()
    assert markets == markets_later == 0
    assert objects_later - objects < 500


@pytest.mark.parametrize(("name", "value"), [("seed", -1), ("seed", True), ("seed", 1.5), ("threads", 0)])
def test_bad_arguments(small, name, value):
    with pytest.raises(InputError, match=f"{name}: .* is refused"):
        market.simulate(small, **{name: value})


def test_books_of_trillions_still_foot():
    run = market.simulate(market.load("baseline").vary({"customers": 400, "labs.*.training.growth": 10.0}), 0)
    assert run.companies["training"].sum() > 1e12


def test_whole_numbers_of_numpy_are_whole_numbers(small):
    assert market.simulate(small.vary({"months": 1}), seed=np.int64(3)).seed == 3


def test_a_market_that_opens_late_has_empty_months():
    late = {"labs.*.first_start": 5, "open_providers.*.first_start": 3, "months": 20, "customers": 300}
    run = market.simulate(market.load("duopoly").vary(late), 0)
    assert run.offers["month"].min() == 9
    assert run.segments["spending"].iloc[:20].sum() == 0


def test_progress_is_called_every_month(small):
    seen = []
    market.simulate(small.vary({"months": 5}), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 5) for n in range(1, 6)]


def test_benchmarks_are_recorded_on_request_and_change_nothing(small, small_run):
    run = market.simulate(small.vary({"record_benchmarks": 12}), seed=1)
    months = run.benchmarks["month"].unique().tolist()
    assert months == [1, 13, 25]  # due in 0, 12 and 24, when labs release
    assert not run.models.loc[~run.models["open_weights"], "released"].isin(months).any()
    assert set(run.benchmarks["firm"]) == set(small.labs)
    assert list(run.benchmarks.columns) == ["month", "firm", "profit", "profit_nash", "profit_joint", "gain"]
    room = run.benchmarks.groupby("month")[["profit_nash", "profit_joint"]].sum()
    assert (room["profit_joint"] > room["profit_nash"]).all()
    welfare = run.table("welfare").pivot_table(index="month", columns="prices")
    assert welfare.index.tolist() == months
    assert (welfare["surplus"]["Nash"] > welfare["surplus"]["joint profit"]).all()
    pd.testing.assert_series_equal(welfare["profit"]["joint profit"], room["profit_joint"], check_names=False)
    pd.testing.assert_frame_equal(run.offers, small_run.offers)
    assert small_run.benchmarks.empty


def test_one_lab_never_wars_and_falling_costs_alone_open_none():
    from market.measures.price_wars import price_wars

    for name, rule in (("monopoly", "best_response"), ("monopoly", "undercutting"), ("baseline", "best_response")):
        scenario = market.load(name).vary({"customers": 4000, "panel.size": 800, "labs.*.pricing.rule": rule})
        for seed in range(2):
            run = market.simulate(scenario, seed)
            assert price_wars(run.offers, run.models).empty, (name, rule, seed)
