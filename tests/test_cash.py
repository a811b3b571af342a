"""Cash, raises, exit and entry in whole runs."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import market
from market.accounts.ledger import HOSTS, agrees
from market.measures.price_wars import price_wars
from market.month.choose import choose
from market.month.clear import clear
from market.month.publish import publish
from market.month.settle import settle
from market.month.sight import view
from market.month.state import State
from market.month.supply import open_market, supply
from market.parameters import InputError
from market.scenario.interventions import in_force
from market.scenario.schema import build
from market.simulation import Market
from tests.test_simulation import TINY, table_bytes

RAISE = {"labs.*.funding": {"rule": "raise"}}
PATIENT = {"labs.*.funding": {"rule": "patient"}}


def shut(month, target="*", months=None):
    return {"interventions": [{"month": month, "kind": "shut_capital", "target": target, "value": months}]}


def exits(run):
    """Month in which each firm failed."""
    failed = run.events[run.events["kind"] == "failed"]
    return dict(zip(failed["firm"], failed["month"], strict=True))


def raisers(run):
    """Firms that raise money, from the start to the end."""
    return [name for name, firm in run.scenario.firms.items() if not firm.funding.endless]


def check_cash(run):
    """The invariants of cash, exits and the dead."""
    raised = run.events[run.events["kind"] == "raised"]
    gone = exits(run)
    monthly = run.company("month")
    held = run.ledger.groupby("firm")["amount"].sum()
    assert agrees(held.sum(), run.ledger["amount"].sum(), run.ledger["amount"].abs().sum())
    for row in monthly[monthly["cash"] < -0.01].itertuples():
        assert row.firm in gone
        assert row.month >= gone[row.firm]
    for firm, month in gone.items():
        rows = run.ledger[run.ledger["firm"] == firm]
        assert rows["month"].max() <= month
        assert monthly.set_index(["firm", "month"])["cash"][firm, month] < 0
        assert not (run.offers[run.offers["firm"] == firm]["month"] > month).any()
        assert firm not in set(run.runways[run.runways["month"] > month]["firm"])
        withdrawn = run.models[(run.models["firm"] == firm) & run.models["released"].notna()]["retired"]
        assert (withdrawn <= month + 1).all()
        assert withdrawn.notna().all() or month == run.scenario.months - 1
        assert not raised[(raised["firm"] == firm) & (raised["month"] > month)].size
    for _, rows in raised.groupby("firm"):
        assert (rows["month"].diff().dropna() >= run.scenario.capital.pause).all()
    asked = raised.set_index(["firm", "month"])["value"]
    amounts = run.ledger[run.ledger["month"] >= 0].pivot_table(
        index=["firm", "month"], columns="account", values="amount", aggfunc="sum", fill_value=0.0
    )
    amounts = amounts.reindex(columns=["TRAINING", "RESEARCH", "FUNDING"], fill_value=0.0)
    for (firm, month), row in amounts[amounts.index.isin(raisers(run), level="firm")].iterrows():
        is_shut = any(one.shuts_capital(firm, month) for one in in_force(run.scenario.interventions, month))
        in_kind = 0.0 if is_shut else -run.scenario.capital.in_kind * (row["TRAINING"] + row["RESEARCH"])
        assert agrees(row["FUNDING"], asked.get((firm, month), 0.0) + in_kind, row["FUNDING"])


@pytest.fixture(scope="module")
def shut_run(small):
    """Labs that raise, in a world in which capital is shut for good from month 12."""
    return market.simulate(small.vary({**RAISE, **shut(12)}), 1)


def test_labs_that_raise_say_so(small):
    run = market.simulate(small.vary(RAISE), 1)
    check_cash(run)
    said = run.events[run.events["kind"] == "raised"]["detail"]
    assert said.str.fullmatch(
        r"\w+ raised \$[\d.,]+(bn|M) (on its promise|at \d+x run-rate), \d+ months of runway"
    ).all()
    assert said.str.contains("27x run-rate").any()
    amounts = run.events[run.events["kind"] == "raised"]["value"].sum()
    labs = run.company("month").query("month >= 0 and firm in @small.labs")
    in_kind = small.capital.in_kind * (labs["training"] + labs["research"]).sum()
    assert agrees(amounts + in_kind, labs["raised"].sum(), amounts)


def test_without_capital_labs_fail_and_their_customers_reconsider(shut_run):
    check_cash(shut_run)
    gone = exits(shut_run)
    assert gone
    said = " ".join(shut_run.events[shut_run.events["kind"] == "failed"]["detail"])
    assert "failed: no raise (the capital market is shut)" in said
    firm, month = min(gone.items(), key=lambda item: item[1])
    moved = shut_run.flows[shut_run.flows["month"] == month + 1]
    own = set(shut_run.models[shut_run.models["firm"] == firm]["model"])
    assert len(moved[moved["origin"].isin(own)])
    assert not moved["destination"].isin(own).any()
    assert not shut_run.flows[shut_run.flows["month"] > month + 1]["origin"].isin(own).any()


def test_what_a_dead_lab_trained_is_abandoned_and_written_off(shut_run):
    lost = shut_run.events[shut_run.events["kind"] == "abandoned"]
    assert len(lost)
    lives = shut_run.assets.groupby("model").agg({"spent": "sum", "impaired": "sum", "carried": "last"})
    assert (lives.loc[lost["model"], "carried"] == 0).all()
    pd.testing.assert_series_equal(
        lives.loc[lost["model"], "impaired"], lives.loc[lost["model"], "spent"], check_names=False
    )
    models = shut_run.models.set_index("model").loc[lost["model"]]
    assert models["released"].isna().all()
    assert models["complete"].all()
    assert (models[["multiple", "multiple_full_rd"]] == 0).all(axis=None)


def test_what_is_in_training_at_the_horizon_is_not_complete(small_run):
    training = small_run.models[small_run.models["released"].isna()]
    assert len(training)
    assert not training["complete"].any()
    assert training["multiple"].isna().all()


def test_nothing_changes_before_capital_is_shut(small, shut_run):
    free = market.simulate(small.vary(RAISE), 1)
    for table in ("offers", "flows", "ledger", "runways"):
        before = [getattr(run, table).query("month < 12").reset_index(drop=True) for run in (free, shut_run)]
        pd.testing.assert_frame_equal(*before)


def test_a_dead_lab_is_never_priced_against(small):
    state = State.of(small.vary({**RAISE, **shut(12)}), 1)
    open_market(state)
    for _ in range(small.months):
        dead = {firm.name for firm in state.firms if firm.failed is not None}
        publish(state)
        for firm in state.alive:
            for family in ("training", "pricing", "funding"):
                assert not dead & {offer.model.firm for offer in view(state, firm, family).rivals}
        supply(state)
        chosen = choose(state)
        assert not dead & {firm.name for firm, _ in state.on_sale}
        settle(state, clear(state, chosen))
        state.month += 1
    assert dead


@pytest.mark.parametrize("open_weights", [True, False])
def test_a_run_in_which_every_lab_fails_ends_cleanly_and_says_so(open_weights, small, tmp_path):
    world = (
        small
        if open_weights
        else market.load("no_open_source").vary({"customers": 1500, "months": 30, "panel.size": 300})
    )
    run = market.simulate(world.vary({**RAISE, **shut(1), "capital.promise": 0}), 1)
    check_cash(run)
    assert set(exits(run)) == set(world.labs)
    said = run.events[run.events["kind"] == "all_labs_failed"]
    assert said["detail"].tolist() == ["every lab has failed"]
    assert run.segments["month"].max() == 29
    last = run.segments[run.segments["month"] == 29]
    assert (last["active"].sum() > 0) == open_weights
    run.save(tmp_path / "run")
    assert market.open_run(tmp_path / "run").events.equals(run.events)


def test_capital_shut_for_a_while_and_to_one_firm(small):
    run = market.simulate(small.vary({**RAISE, **shut(9, "Delta", 2)}), 1)
    refused = run.events[run.events["detail"].str.contains("capital market is shut")]
    assert set(refused["firm"]) <= {"Delta"}
    assert set(refused["month"]) <= {9, 10}
    assert len(refused)


def test_entry_at_a_date(small):
    run = market.simulate(small.vary({**RAISE, "labs.Delta.first_start": 10}), 1)
    check_cash(run)
    mine = run.ledger[run.ledger["firm"] == "Delta"]
    assert mine["month"].min() == 10
    assert run.offers[run.offers["firm"] == "Delta"]["month"].min() == 16
    assert run.runways[run.runways["firm"] == "Delta"]["month"].min() == 10
    assert run.events.query("firm == 'Delta'")["kind"].tolist()[:2] == ["training_started", "raised"]


def test_patient_money_never_runs_out_and_capital_is_not_asked(small):
    run = market.simulate(small.vary(PATIENT), 1)
    assert np.isinf(run.runways["runway"]).all()
    assert not set(run.events["kind"]) & {"raised", "refused", "failed"}
    assert table_bytes(market.simulate(small.vary({**PATIENT, **shut(0)}), 1)) == table_bytes(run)


def test_while_nobody_runs_short_money_changes_nothing_but_cash(small, small_run):
    assert not exits(small_run)
    run = market.simulate(small.vary(PATIENT), 1)
    for table in ("offers", "flows", "segments", "launches"):
        pd.testing.assert_frame_equal(getattr(run, table), getattr(small_run, table))


def test_runways_are_cash_over_burn(small):
    table = market.simulate(small.vary(RAISE), 1).runways
    labs = table[table["firm"].isin(small.labs) & (table["burn"] > 0)]
    np.testing.assert_allclose(labs["runway"], labs["cash"] / labs["burn"])
    assert (labs["runway"] < 60).any()


def test_penetration_harvests_when_the_runway_is_short(small):
    """With real runway both phases happen; with a patient parent only the first does."""
    rule = {"labs.*.pricing": {"rule": "penetration", "markup": 0.1, "runway": 8.0}}

    def margins(changes):
        run = market.simulate(small.vary({**rule, **changes}), 1)
        new = run.offers[~run.offers["open_weights"]].drop_duplicates("model")
        return new["price"] / new["unit_cost"] - 1

    np.testing.assert_allclose(margins(PATIENT), 0.1)
    launched = margins(RAISE)
    assert launched.min() == pytest.approx(0.1)
    assert launched.max() > 0.3


worlds = st.fixed_dictionaries(
    {
        "labs.*.funding": st.sampled_from([{"rule": "raise"}, {"rule": "raise", "trigger": 3.0, "target": 6.0}]),
        "open_providers.*.funding": st.sampled_from([{"rule": "raise"}, {"rule": "patient"}]),
        "labs.*.training.rule": st.sampled_from(
            ["cadence", "race", "hurdle", "share_of_revenue", "fast_follow", "stop"]
        ),
        "labs.Alpha.first_start": st.integers(-20, 10),
        "capital.promise": st.integers(0, 12),
        "capital.stake": st.floats(0.01, 0.5),
        "interventions": st.lists(
            st.fixed_dictionaries(
                {
                    "month": st.integers(0, 19),
                    "kind": st.just("shut_capital"),
                    "target": st.sampled_from(["*", "Alpha", "Omega"]),
                    "value": st.none() | st.integers(1, 9),
                }
            ),
            max_size=2,
        ),
    }
)


@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(worlds, st.integers(0, 1000))
def test_cash_foots_in_any_market(changes, seed):
    run = market.simulate(market.load("baseline").vary({**TINY, **changes}), seed)
    check_cash(run)
    bought = run.flows.groupby(["month", "destination"])["customers"].sum()
    for row in run.offers[run.offers["firm"] != HOSTS].itertuples():
        assert bought.get((row.month, row.model), 0) == row.customers


@pytest.mark.parametrize(
    ("intervention", "expected"),
    [
        ({"month": 3, "kind": "shut_capital", "target": "Alpah"}, "unknown firm 'Alpah'; did you mean 'Alpha'"),
        ({"month": 3, "kind": "shut_capital", "target": "*", "value": 0}, "a whole number, 1 to 1,200"),
        ({"month": 3, "kind": "shut_capital", "target": "*", "value": "x"}, "a whole number, 1 to 1,200"),
    ],
)
def test_bad_shut_capital_gets_one_line(intervention, expected, small):
    with pytest.raises(InputError, match=expected):
        small.vary({"interventions": [intervention]})


@pytest.mark.parametrize("rule", ["race", "hurdle", "share_of_revenue", "fast_follow", "stop", "cadence"])
def test_the_future_does_not_change_a_training_decision_before_it(rule, small):
    """Prices, rules, capital and the horizon changed from month 12: no decision of an earlier month moves."""
    world = small.vary({"labs.*.training.rule": rule, **RAISE, "months": 18})
    later = [
        {"month": 12, "kind": "change_rule", "target": "Beta.pricing", "value": {"rule": "cost_plus", "markup": 3.0}},
        {"month": 12, "kind": "change_rule", "target": "Gamma.training", "value": {"rule": "race", "most": 9.0}},
        {"month": 12, "kind": "shut_capital", "target": "*"},
        {"month": 12, "kind": "freeze_prices", "target": "*", "value": {"Alpha-1": {"12": 1.0}}},
    ]
    plain, other = (market.simulate(w, 3) for w in (world, world.vary({"interventions": later, "months": 20})))
    columns = [c for c in plain.launches.columns if c == "started" or c == "cost" or "forecast" in c or "expected" in c]
    before = [r.launches.query("started < 12")[["model", *columns]].reset_index(drop=True) for r in (plain, other)]
    pd.testing.assert_frame_equal(*before)
    assert not plain.segments.query("month >= 13").equals(other.segments.query("month >= 13 and month < 18"))


def test_a_lab_that_enters_later_changes_nothing_before_it(small):
    """Neither runs nor raises, its rivals' or open providers', know of a dearer roadmap that is still to come."""
    zeta = {**small.labs["Alpha"].model_dump(), "first_start": 12}
    rich = {**zeta, "training": {**zeta["training"], "first_cost": 1e11}}
    given = small.model_dump() | {"months": 18}
    worlds = [build({**given, "labs": {**given["labs"], "Zeta": lab}}) for lab in (zeta, rich)]
    plain, other = (market.simulate(world, 3) for world in worlds)
    for table in ("ledger", "offers", "flows", "runways"):
        before = [getattr(run, table).query("month < 12").reset_index(drop=True) for run in (plain, other)]
        pd.testing.assert_frame_equal(*before)
    assert plain.company("month").query("month == 12")["training"].sum() != pytest.approx(
        other.company("month").query("month == 12")["training"].sum()
    )


def test_open_providers_do_not_follow_the_roadmap_of_a_lab_that_is_gone(small):
    world = Market(small.vary({**RAISE, **shut(6, "Delta"), "labs.Delta.training.first_cost": 1e10}), 1)
    paths = []
    for _ in range(small.months):
        world.step()
        paths.append(world.state.cost_path)
    (delta,) = (lab for lab in world.state.labs if lab.name == "Delta")
    assert delta.failed is not None
    assert paths[delta.failed] == pytest.approx(delta.spec.training.run_cost(delta.failed))
    (alpha,) = (lab for lab in world.state.labs if lab.name == "Alpha")
    assert paths[delta.failed + 1] == pytest.approx(alpha.spec.training.run_cost(delta.failed + 1))
    world.close()


def test_a_lab_that_nobody_buys_from_is_not_funded_for_ever(small):
    dear = {"labs.Delta.pricing": {"rule": "cost_plus", "markup": 99.0}}
    run = market.simulate(small.vary({**RAISE, **dear}), 1)
    assert run.offers[run.offers["firm"] == "Delta"]["revenue"].sum() == 0
    assert "Delta" in exits(run)
    assert "behind the frontier and does not grow" in " ".join(run.events["detail"])


def test_a_lab_that_stopped_raises_for_no_next_run(small):
    stop = {"month": 2, "kind": "change_rule", "target": "Alpha.training", "value": {"rule": "stop"}}
    world = Market(small.vary({**RAISE, "interventions": [stop]}), 1)
    for _ in range(6):
        world.step()
    publish(world.state)
    views = {lab.name: view(world.state, lab, "funding") for lab in world.state.labs}
    assert views["Alpha"].next_cost == 0.0
    assert views["Beta"].next_cost == views["Beta"].cost_path > 0
    world.close()


def test_a_lab_short_of_cash_that_cuts_first_opens_a_war_called_liquidation(tmp_path):
    """A war in a run with real runways; without them the same war would be a launch adjustment."""
    starts = {"Beta": -10, "Gamma": -9, "Delta": -8, "Epsilon": -6, "Zeta": -4, "Eta": -3, "Theta": -2}
    like = dict.fromkeys(("Epsilon", "Zeta", "Eta", "Theta"), 'like = "Alpha"\n')
    labs = "".join(f"[labs.{name}]\n{like.get(name, '')}first_start = {start}\n" for name, start in starts.items())
    (tmp_path / "eight.toml").write_text(f'extends = "single_line"\ncustomers = 1500\nmonths = 36\n{labs}')
    undercutting = {"labs.*.pricing": {"rule": "undercutting", "reprice_hazard": 0.15}}
    run = market.simulate(market.load(tmp_path / "eight.toml").vary({"panel.size": 300, **undercutting, **RAISE}), 3)
    (war,) = price_wars(run.offers, run.models, run.runways).itertuples()
    assert (war.label, war.first_movers) == ("liquidation", "Theta")
    before = run.runways.set_index(["firm", "month"])["runway"]["Theta", war.first_cut - 1]
    assert before < 6
    assert price_wars(run.offers, run.models)["label"].tolist() == ["launch adjustment"]
