"""Families: updates come on their bases' own pace, cost what is declared, and every release has all its tiers."""

import numpy as np
import pytest

import market
from tests.drawn import TIER

QUIET = {
    "labs.*.updates.shock_sd": 0.0,
    "labs.*.tiers.*.shock_sd": 0.0,
    "technology.shock_sd": 0.0,
    "customers": 300,
    "panel.size": 60,
    "months": 40,
}


@pytest.fixture(scope="module")
def run(families):
    return market.simulate(families, 3)


@pytest.fixture(scope="module")
def quiet(families):
    return market.simulate(families.vary(QUIET), 3)


def releases(run, firm="Alpha"):
    """Flagships of a firm that were put on sale, by release."""
    models = run.models
    mine = models[(models["firm"] == firm) & (models["line"] == "flagship") & models["released"].notna()]
    return mine.astype({"released": float}).reset_index(drop=True)


def test_names_tell_base_update_and_tier(run):
    names = set(run.models["model"])
    assert {"Alpha-1", "Alpha-1-mid", "Alpha-1.2", "Alpha-1.2-mini", "Omega-1.1-mini"} <= names
    assert "Omega-1-mid" not in names
    assert run.models.set_index("model").loc[["Alpha-2.1-mini", "Alpha-2"], "family"].tolist() == ["Alpha-2"] * 2


def test_updates_wait_two_to_four_months_and_end_with_the_next_base(run):
    waits = []
    for firm in run.scenario.firms:
        rows = releases(run, firm)
        gaps, update = rows["released"].diff(), rows["update"] > 0
        waits += gaps[update].tolist()
        assert rows["released"].is_monotonic_increasing
        assert (rows["generation"].diff().dropna() >= 0).all()  # no update comes after a newer base
    assert set(waits) == {2.0, 3.0, 4.0}


def test_their_dates_are_each_labs_own_luck(families):
    dates = {seed: releases(market.simulate(families.vary(QUIET), seed))["released"].tolist() for seed in (0, 1, 2)}
    assert len({tuple(days) for days in dates.values()}) > 1
    whole = families.vary({**QUIET, "labs.*.updates.spread": 0})
    assert dates[0] != releases(market.simulate(whole, 0))["released"].tolist()


def test_an_updates_capability_is_that_of_the_equation(quiet):
    rows, how = releases(quiet), quiet.scenario.labs["Alpha"].updates
    tech = quiet.scenario.technology
    for _, family in rows.groupby("generation"):
        base = family.iloc[0]
        for _, one in family.iloc[1:].iterrows():
            spent = np.log10(1 + how.effect * how.spend * one["update"])
            learned = how.absorbed * np.log10(tech.algorithms(one["released"]) / tech.algorithms(base["released"]))
            assert one["capability"] == pytest.approx(base["capability"] + 10 * (spent + learned), abs=1e-9)


def test_tiers_stand_below_their_flagship_by_their_gap(quiet):
    table = quiet.models[quiet.models["firm"] == "Beta"].pivot_table(
        index=["generation", "update"], columns="line", values="capability"
    )
    tiers = quiet.scenario.labs["Beta"].tiers
    for line, tier in tiers.items():
        assert (table["flagship"] - table[line]).dropna().to_numpy() == pytest.approx(tier.capability_gap)


def test_a_tiers_shock_is_kept_by_its_family(run):
    models = run.models[run.models["firm"] == "Alpha"].dropna(subset=["capability"])
    table = models.pivot_table(index=["generation", "update"], columns="line", values="capability")
    gap = (table["flagship"] - table["mini"]).groupby("generation")
    assert gap.std().dropna().max() < 1e-9
    assert gap.first().std() > 0.1


def test_an_update_costs_its_share_of_the_base_in_two_months(run):
    spent = run.models.groupby(["firm", "generation", "update"])["training"].sum()
    lab = spent["Alpha"]
    for (generation, update), cost in lab.items():
        complete = releases(run)
        done = ((complete["generation"] == generation) & (complete["update"] == update)).any()
        if update and done:
            assert cost == pytest.approx(0.08 * lab[generation, 0])
    one = run.ledger[(run.ledger["model"] == "Alpha-2.1") & (run.ledger["account"] == "TRAINING")]
    assert len(one) == 2
    release = run.models.set_index("model").loc["Alpha-2.1", "released"]
    assert one["month"].tolist() == [release - 2, release - 1]


def test_training_is_split_among_tiers(run):
    parts = run.models[run.models["model"].str.startswith("Alpha-2.1")].set_index("line")["training"]
    assert (parts / parts.sum()).to_dict() == pytest.approx({"flagship": 0.85, "mid": 0.10, "mini": 0.05})


def test_updates_are_served_at_their_bases_cost(run):
    offers = run.offers[run.offers["firm"] == "Alpha"].set_index(["month", "model"])["unit_cost"]
    month = int(run.models.set_index("model").loc["Alpha-2.2", "released"])
    assert offers[month, "Alpha-2.2"] == pytest.approx(offers[month, "Alpha-2"])
    assert offers[month, "Alpha-2.2-mini"] == pytest.approx(0.12 * offers[month, "Alpha-2"])


def test_a_model_lives_eighteen_months_from_its_release(run):
    gone = run.models[run.models["retired"].notna()]
    assert set((gone["retired"] - gone["released"]).astype(int)) == {18}


def test_who_stops_makes_no_updates(families):
    stopped = families.vary({"labs.Beta.training": {"rule": "stop", "until": 6}, "months": 24, "customers": 300})
    run = market.simulate(stopped, 1)
    begun = run.events[run.events["kind"].isin(["training_started", "update_started"])]
    assert begun[begun["firm"] == "Beta"]["month"].max() < 6
    assert begun[begun["firm"] == "Alpha"]["month"].max() > 12


def test_without_its_base_no_update_is_made(families):
    kept = {"month": 0, "kind": "suppress_launch", "target": "Alpha-2"}
    run = market.simulate(families.vary({"interventions": [kept], "customers": 300, "months": 20}), 1)
    assert not run.models["model"].str.startswith("Alpha-2.").any()
    last = {"month": 0, "kind": "suppress_launch", "target": "Alpha-2.1"}
    run = market.simulate(families.vary({"interventions": [last], "customers": 300, "months": 20}), 1)
    sold = set(run.offers["model"])
    assert "Alpha-2.2" in sold
    assert not any(name.startswith("Alpha-2.1") for name in sold)


def test_updates_of_the_old_base_go_on_where_the_next_is_suppressed(families, run):
    kept = {"month": 0, "kind": "suppress_launch", "target": "Alpha-2"}
    other = market.simulate(families.vary({"interventions": [kept]}), 3)
    updates = [set(each.offers["model"]) & {f"Alpha-1.{number}" for number in range(1, 20)} for each in (run, other)]
    assert updates[0] < updates[1]


def test_prices_of_any_product_can_be_frozen(families):
    table = {"Alpha-2.1-mini": {"0": 3.25}}
    frozen = {"month": 0, "kind": "freeze_prices", "target": "Alpha", "value": table}
    run = market.simulate(families.vary({"interventions": [frozen], "customers": 300, "months": 20}), 1)
    assert set(run.offers[run.offers["model"] == "Alpha-2.1-mini"]["price"]) == {3.25}
    with pytest.raises(market.InputError, match=r"unknown model 'Alpha-2.1-mimi'; did you mean 'Alpha-2.1-mini'\?"):
        families.vary({"interventions": [{**frozen, "value": {"Alpha-2.1-mimi": {"0": 3.25}}}]})


def test_firms_may_differ_in_all_of_it(families):
    own = {
        "labs.Beta.tiers": {"nano": TIER},
        "labs.Gamma.tiers": {},
        "labs.Gamma.updates": False,
        "labs.Delta.updates.interval": 5,
        "labs.Delta.life": 9,
    }
    run = market.simulate(families.vary({**own, "customers": 300, "months": 30}), 1)
    lines = run.models.groupby("firm")["line"].agg(set).to_dict()
    assert lines["Beta"] == {"flagship", "nano"}
    assert lines["Gamma"] == {"flagship"}
    assert run.models[run.models["firm"] == "Gamma"]["update"].max() == 0
    assert releases(run, "Delta").query("update > 0")["released"].diff().dropna().min() >= 4


def test_some_are_moved_to_an_update_and_nobody_to_a_dearer_one(families):
    still = {"segments.*.reconsideration": 0.0, "segments.*.reconsideration_at_release": 0.0, "months": 20}
    moved = []
    for part in (0.0, 0.5):
        run = market.simulate(families.vary({**still, "segments.*.auto_upgrade": part}), 1)
        models = run.models.set_index("model")
        flows = run.flows[run.flows["origin"].isin(models.index) & run.flows["destination"].isin(models.index)]
        other = flows[flows["origin"] != flows["destination"]]
        same = (
            models["family"].reindex(other["origin"]).to_numpy()
            == models["family"].reindex(other["destination"]).to_numpy()
        )
        paid = run.offers.drop_duplicates(["month", "model"]).set_index(["month", "model"])["price"]
        within = other[same & ~other["origin"].isin(models.index[models["retired"].notna()])]
        for row in within.itertuples():
            assert paid[row.month, row.destination] <= paid[row.month, row.origin]
        moved.append(within["customers"].sum())
    assert moved[1] > moved[0] + 20


def test_an_update_whose_base_has_a_successor_by_then_is_given_up():
    quick = {"technology.training_months": 1, "labs.*.updates": {"months": 3, "interval": 4}, "months": 24}
    small = {"labs.*.training.cadence": 2, "labs.*.funding.rule": "patient", "customers": 200, "panel.size": 20}
    run = market.simulate(market.load("duopoly").vary({**quick, **small}), 0)
    given_up = run.events[run.events["kind"] == "abandoned"]
    assert len(given_up)
    assert not set(given_up["model"]) & set(run.offers["model"])
    spent = run.ledger[run.ledger["model"].isin(given_up["model"])]
    assert set(spent["account"]) == {"TRAINING"}
