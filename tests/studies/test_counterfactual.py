"""Counterfactual worlds: what they change, at which prices, and that the same luck makes the rest equal."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import market
from market.measures import catch_up
from market.parameters import InputError
from market.studies import changes
from market.studies import counterfactual as worlds
from tests.test_simulation import table_bytes


@pytest.fixture(scope="module")
def tiny():
    return market.load("single_line").vary({"customers": 600, "panel.size": 80, "months": 20})


@pytest.fixture(scope="module")
def factual(tiny):
    return market.simulate(tiny, 2)


@pytest.fixture(scope="module")
def threads():
    with ThreadPoolExecutor(1) as pool:
        yield pool


def test_prices_fixed_at_their_own_path_change_no_number(tiny, factual):
    fixed = changes.at_prices(tiny, changes.price_table(factual))
    assert table_bytes(market.simulate(fixed, 2)) == table_bytes(factual)


def test_without_open_source_there_is_none_and_closed_models_are_the_same(tiny, factual):
    other = market.simulate(changes.without_open_source().apply(tiny), 2)
    assert not other.models["open_weights"].any()
    closed = factual.models[~factual.models["open_weights"]].reset_index(drop=True)
    assert other.models["capability"].equals(closed["capability"])


def test_at_fixed_prices_a_suppressed_launch_moves_no_price(tiny, factual):
    other = changes.without_launch("Alpha-2").apply(tiny)
    fixed = market.simulate(changes.at_prices(other, changes.price_table(factual)), 2)
    keys = ["month", "firm", "model"]
    pairs = factual.offers.merge(fixed.offers, on=keys, suffixes=("", "_fixed"))
    assert (pairs["price"] == pairs["price_fixed"]).all()
    repriced = market.simulate(other, 2)
    pairs = factual.offers.merge(repriced.offers, on=keys, suffixes=("", "_repriced"))
    assert (pairs["price"] != pairs["price_repriced"]).any()


def test_volume_and_price_add_up_to_the_whole_difference(tiny, factual, threads):
    table = worlds.volume_and_price(tiny, changes.without_open_source(), [2, 0], executor=threads)
    assert table.index.tolist() == [2, 0]
    for what in ("revenue", "contribution"):
        parts = table[f"{what} by volume"] + table[f"{what} by price"]
        assert parts.to_numpy() == pytest.approx(table[f"{what} in all"].to_numpy())
    other = market.simulate(changes.without_open_source().apply(tiny), 2)
    have, own = (r.companies.loc[r.companies["firm"].isin(tiny.labs), "revenue"].sum() for r in (factual, other))
    assert table.loc[2, "revenue in all"] == pytest.approx((own - have) / own)
    assert table.loc[2, "revenue by volume"] > 0


def test_no_change_takes_nothing(tiny, threads):
    table = worlds.volume_and_price(tiny, changes.Change(), [1], executor=threads)
    assert (table == 0).all(axis=None)


def test_with_open_equals_every_closed_model_waits_as_long():
    tiny = market.load("single_line").vary({"customers": 100, "months": 24, "panel.size": 20})
    run = market.simulate(changes.with_open_equals(tiny, 4), 1)
    closed = run.models[run.models["released"].between(6, 18) & ~run.models["open_weights"]]["model"]
    assert len(closed) == 5
    assert (catch_up.waits(run)[closed] == 4).all()


def test_what_a_launch_took_is_what_moved_net_and_what_it_added_is_the_difference():
    size = {"customers": 300, "panel.size": 50, "months": 16}
    single = {"labs.*.tiers": {}, "labs.*.updates": False, "labs.*.life": 30}
    both = market.load("duopoly").vary({**size, **single, "demand.turnover": 1.0})  # customers move
    factual = market.simulate(both, 2)
    effect = worlds.effect_of_launch(factual, "Alpha-2", "Alpha-1")
    lived = factual.offers.loc[factual.offers["model"] == "Alpha-1", "month"].max()
    flows = factual.flows[factual.flows["month"] <= lived]
    left = flows[(flows["origin"] == "Alpha-1") & (flows["destination"] == "Alpha-2")]
    came = flows[(flows["origin"] == "Alpha-2") & (flows["destination"] == "Alpha-1")]
    taken = (left["revenue_before"] * (lived - left["month"] + 1)).sum()
    taken -= (came["revenue_after"] * (lived - came["month"] + 1)).sum()
    assert effect["taken"] == pytest.approx(taken)
    assert taken != 0
    other = market.simulate(changes.without_launch("Alpha-2").apply(both), 2)
    own = [r.companies.loc[r.companies["firm"] == "Alpha", "contribution"].sum() for r in (factual, other)]
    assert effect["added, repriced"] == pytest.approx(own[0] - own[1])
    kept = [r.offers.loc[r.offers["model"] == "Alpha-1", "revenue"].sum() for r in (factual, other)]
    assert effect["lost to others anyway, repriced"] == pytest.approx(taken - (kept[1] - kept[0]))
    assert effect["full R&D"] > effect["training"] > 0


def test_who_stops_releases_what_is_in_training_and_nothing_after(tiny, factual):
    other = market.simulate(changes.stopping(tiny, {"Beta": 4}), 2)
    assert set(factual.models["model"]) - set(other.models["model"]) == {"Beta-3"}
    kept = other.models.set_index("model")
    assert kept.loc["Beta-2", "released"] == 9
    first = factual.models.set_index("model")
    open_runs = kept.index[kept["open_weights"]]
    assert (kept.loc[open_runs, "training"] == first.loc[open_runs, "training"]).all()


def test_both_limits_hold_back_the_same_run(tiny, factual):
    limits = changes.limits(tiny, 0)
    assert list(limits) == [f"{limit}, {how}" for limit in ("largest run", "capability ceiling")
                            for how in ("known", "surprise")]  # fmt: skip
    second = factual.models.set_index("model").loc["Alpha-2"]  # it starts in month 0
    assert limits["largest run, known"] == {"technology.largest_run": pytest.approx(second["training"])}
    path = "technology.capability_ceiling"
    assert limits["capability ceiling, surprise"] == {
        path: pytest.approx(second["capability"], abs=1),
        f"{path}_known": False,
    }


def test_a_firm_with_another_rule_is_free_where_prices_are_fixed(tiny, factual):
    change = changes.with_rule("Beta", "pricing", {"rule": "cost_plus", "markup": 1.5}, month=3)
    fixed = changes.at_prices(change.apply(tiny), changes.price_table(factual), change.free)
    pairs = factual.offers.merge(market.simulate(fixed, 2).offers, on=["month", "firm", "model"], suffixes=("", "_b"))
    moved = pairs[pairs["price"] != pairs["price_b"]]
    assert set(moved["firm"]) == {"Beta"}
    launch = pairs[pairs["model"] == "Beta-2"].iloc[0]
    assert launch["price_b"] == pytest.approx(2.5 * launch["unit_cost_b"])


def test_both_ways_of_pricing_are_named_and_paired(tiny, threads):
    found = worlds.counterfactual(
        tiny, changes.without_launch("Alpha-2"), range(2), ["labs_revenue", "consumer_surplus"], executor=threads
    )
    assert found["prices"].tolist() == ["fixed", "fixed", "repriced", "repriced"]
    surplus = found[found["outcome"] == "consumer_surplus"].set_index("prices")
    assert surplus.loc["fixed", "a"] == surplus.loc["repriced", "a"]
    assert surplus.loc["fixed", "difference"] < 0  # at the same prices, one product less is worse for customers
    assert (found["n"] == 2).all()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (changes.without_launch("Alpah-2"), "did you mean 'Alpha"),
        (changes.with_rule("Alpha", "pricing", {"rule": "cost"}), "did you mean 'cost_plus'"),
    ],
    ids=["launch", "rule"],
)
def test_a_wrong_name_gets_one_line(change, expected, tiny):
    with pytest.raises(InputError, match=expected):
        worlds.counterfactual(tiny, change, range(2))


def test_a_failing_seed_is_named(tiny, threads):
    def fails(run):
        raise RuntimeError("no luck")

    with pytest.raises(InputError, match="seed 0: RuntimeError: no luck"):
        worlds.counterfactual(tiny, changes.without_open_source(), range(2), {"x": fails}, executor=threads)
