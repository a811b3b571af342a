"""Who took the revenue: answers by hand, the identity in simulated runs, a closed form, and customers who wander."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import market
from market.accounts import attribution
from market.accounts.attribution import CAUSES, CLASSES
from market.studies.intervals import interval
from tests.drawn import TIER

MODELS = pd.DataFrame(
    [("A-1", "A", 1, False), ("A-2", "A", 2, False), ("B-1", "B", 1, False), ("O-1", "O", 1, True)],
    columns=["model", "firm", "generation", "open_weights"],
).assign(update=0, line="flagship")
LOST, GAINED = "lost_to_", "gained_"


def monthly(flows, offers, models):
    """Every model's change of revenue by cause, in each month on sale and the one of its withdrawal; dollars.

    Returns
    -------
    DataFrame
        month, model, revenue, change, a column per cause (positive: it added revenue; they sum to `change`), and gross
        beside it joiners and leavers, all classes and withdrawal together.
    """
    split = attribution.parts(flows, offers, models)
    shown = split.on_sale | np.roll(split.on_sale, 1, axis=1)
    shown[:, 0] = split.on_sale[:, 0]
    model, month = np.nonzero(shown)
    table = pd.DataFrame({"month": month, "model": np.asarray(split.models, dtype=object)[model]})
    table["model"] = table["model"].astype("str")
    table["revenue"], table["change"] = split.revenue[shown], split.change[shown]
    for cause, amounts in zip(CAUSES, split.net[shown].T, strict=True):
        table[cause] = amounts
    walked = [CAUSES.index(name) for name in (*CLASSES, "withdrawal")]
    table["joiners"] = split.joined[shown][:, walked].sum(axis=1)
    table["leavers"] = split.left[shown][:, walked].sum(axis=1)
    return table.sort_values(["month", "model"], kind="stable").reset_index(drop=True)


def tables(rows, prices):
    """Flows and offers from rows of month, origin, destination, tokens, and prices by model and month."""
    price = {(model, month): p for model, path in prices.items() for month, p in path.items()}
    flows = pd.DataFrame(rows, columns=["month", "origin", "destination", "tokens"])
    before = [price.get((o, m - 1), 0.0) for m, o in zip(flows["month"], flows["origin"], strict=True)]
    after = [price.get((d, m), 0.0) for m, d in zip(flows["month"], flows["destination"], strict=True)]
    flows["tokens_before"] = flows["tokens"] * (np.array(before) > 0)
    flows["tokens_after"] = flows["tokens"] * (np.array(after) > 0)
    flows["revenue_before"], flows["revenue_after"] = flows["tokens"] * before, flows["tokens"] * after
    sold = flows.groupby(["month", "destination"])["revenue_after"].sum()
    offers = pd.DataFrame(
        [(month, model, float(sold.get((month, model), 0.0))) for model, month in price],
        columns=["month", "model", "revenue"],
    )
    return flows, offers


@pytest.fixture
def by_hand():
    """A-1 sells 10 units, loses 3 to A-2, 2 to B-1, 1 to O-1 and 1 to nobody, wins 1 from B-1; then it is withdrawn."""
    prices = {"A-1": {0: 2.0, 1: 1.5}, "A-2": {1: 4.0, 2: 4.0}, "B-1": dict.fromkeys(range(3), 3.0)}
    prices["O-1"] = dict.fromkeys(range(3), 1.0)
    rows = [
        (0, "entry", "A-1", 10.0), (0, "entry", "B-1", 5.0), (0, "outside", "outside", 7.0),
        (1, "A-1", "A-1", 3.0), (1, "A-1", "A-2", 3.0), (1, "A-1", "B-1", 2.0), (1, "A-1", "O-1", 1.0),
        (1, "A-1", "outside", 1.0), (1, "B-1", "A-1", 1.0), (1, "B-1", "B-1", 4.0), (1, "outside", "A-1", 2.0),
        (2, "A-1", "A-2", 4.0), (2, "A-1", "B-1", 2.0), (2, "A-2", "A-2", 3.0), (2, "B-1", "B-1", 6.0),
        (2, "O-1", "O-1", 1.0),
    ]  # fmt: skip
    return tables(rows, prices)


def test_each_month_by_hand(by_hand):
    table = monthly(*by_hand, MODELS).set_index(["model", "month"])
    row = table.loc["A-1", 1]
    expected = {
        "own_update": 0.0, "own_tier": 0.0, "own_next": -6.0, "own_older": 0.0, "rival_closed": -4.0 + 1.5,
        "open": -2.0, "outside": -2.0 + 3.0, "entry": 0.0, "own_price": -1.5, "volume": 0.0, "withdrawal": 0.0,
    }  # fmt: skip
    assert row[list(CAUSES)].to_dict() == expected
    assert (row["revenue"], row["change"], row["joiners"], row["leavers"]) == (9.0, -11.0, 4.5, 14.0)
    assert table.loc[("A-2", 1), "own_older"] == 12.0
    assert table.loc[("O-1", 1), "rival_closed"] == 1.0


def test_a_developers_own_models_are_in_four_classes():
    """A sells a base, its update and a next base in two tiers; ten customers leave the update's flagship for each."""
    names = ["A-1", "A-1-mini", "A-1.1", "A-1.1-mini", "A-2", "A-2-mini", "A-0", "B-1"]
    models = pd.DataFrame({"model": names, "firm": [*"AAAAAAAB"], "generation": [1, 1, 1, 1, 2, 2, 0, 1]}).assign(
        update=[0, 0, 1, 1, 0, 0, 0, 0], line=[*["flagship", "mini"] * 3, "flagship", "flagship"], open_weights=False
    )
    others = [name for name in names if name != "A-1.1"]
    prices = {name: {0: 1.0, 1: 1.0} for name in names}
    rows = [(0, "entry", "A-1.1", 70.0), *((1, "A-1.1", name, 10.0) for name in others)]
    table = monthly(*tables(rows, prices), models).set_index(["model", "month"])
    taken = table.loc["A-1.1", 1]
    assert taken[["own_update", "own_tier", "own_next", "own_older", "rival_closed"]].tolist() == [
        0,
        -20,
        -20,
        -20,
        -10,
    ]
    gained = {name: table.loc[(name, 1), list(CAUSES)].ne(0).idxmax() for name in others}
    assert gained == {
        "A-1": "own_update", "A-1-mini": "own_tier", "A-1.1-mini": "own_tier", "A-2": "own_older",
        "A-2-mini": "own_older", "A-0": "own_next", "B-1": "rival_closed",
    }  # fmt: skip


def test_a_withdrawal_is_in_no_class_of_loser_or_gainer(by_hand):
    table = monthly(*by_hand, MODELS).set_index(["model", "month"])
    assert table.loc["A-1", 2][list(CAUSES)].to_dict() == {**dict.fromkeys(CAUSES, 0.0), "withdrawal": -9.0}
    assert table.loc[("A-2", 2), "withdrawal"] == 16.0
    assert table.loc[("B-1", 2), "withdrawal"] == 6.0
    assert ("A-1", 2) in table.index


def lives_of(flows, offers):
    """What the lives of `MODELS` owe to each cause, by model."""
    return pd.DataFrame(attribution.over_lives(attribution.parts(flows, offers, MODELS)), index=MODELS["model"])


def test_lives_by_hand(by_hand):
    lives = lives_of(*by_hand)
    first = lives.loc["A-1"]
    assert (first["peak_month"], first["peak_revenue"], first["below_peak"]) == (0, 20.0, 11.0)
    assert (first["lost_to_own_next"], first["lost_to_rival_closed"], first["lost_to_own_price"]) == (6.0, 2.5, 1.5)
    assert (first["gross_turnover"], first["revenue_withdrawn"], first["gained_from_entry"]) == (14.0, 9.0, 20.0)
    second = lives.loc["A-2"]
    assert (second["peak_revenue"], second["gained_from_own_older"], second["gained_by_withdrawal"]) == (28, 12, 16)
    assert pd.isna(second["revenue_withdrawn"])


def test_losses_are_carried_for_the_months_that_follow():
    prices = {"A-1": dict.fromkeys(range(5), 1.0), "B-1": dict.fromkeys(range(5), 1.0)}
    rows = [(0, "entry", "A-1", 10.0), (1, "A-1", "A-1", 6.0), (1, "A-1", "B-1", 4.0), (2, "A-1", "A-1", 6.0)]
    rows += [(2, "B-1", "B-1", 4.0), (3, "A-1", "A-1", 5.0), (3, "A-1", "outside", 1.0), (3, "B-1", "B-1", 4.0)]
    rows += [(4, "A-1", "A-1", 5.0), (4, "outside", "outside", 1.0), (4, "B-1", "B-1", 4.0)]
    life = lives_of(*tables(rows, prices)).loc["A-1"]
    assert life["below_peak"] == 4 + 4 + 5 + 5
    assert (life["lost_to_rival_closed"], life["lost_to_outside"]) == (4 * 4, 2 * 1)


def test_a_stayer_s_growth_is_split_at_last_month_s_price():
    prices = {"A-1": {0: 2.0, 1: 3.0}}
    flows, offers = tables([(0, "entry", "A-1", 10.0), (1, "A-1", "A-1", 10.0)], prices)
    flows.loc[1, ["tokens_after", "revenue_after"]] = 12.0, 36.0
    offers.loc[offers["month"] == 1, "revenue"] = 36.0
    row = monthly(flows, offers, MODELS).set_index("month").loc[1]
    assert (row["own_price"], row["volume"]) == (12.0, 4.0)


def test_a_missing_dollar_is_found(by_hand):
    flows, offers = by_hand
    offers.loc[(offers["model"] == "B-1") & (offers["month"] == 1), "revenue"] += 1.0
    with pytest.raises(AssertionError, match=r"B-1, month 1: revenue changed by"):
        attribution.parts(flows, offers, MODELS)


def test_an_unknown_model_is_refused(by_hand):
    with pytest.raises(ValueError, match="O-1"):
        monthly(*by_hand, MODELS.iloc[:3])


def test_norton_bass_in_closed_form():
    """Generation 2 takes F1·F2·m1 from generation 1 (Norton and Bass 1987).

    Adoption comes in even months, in the odd ones the part F2 of generation 1's adopters has moved on.
    """
    m1, m2 = 100.0, 60.0
    steps = np.arange(1, 16)
    first, second = 1 - np.exp(-0.3 * steps), 1 - np.exp(-0.2 * np.maximum(steps - 5, 0))
    rows, moved, adopted, own = [], 0.0, 0.0, 0.0
    for n, (f1, f2) in enumerate(zip(first, second, strict=True)):
        rows += [(2 * n, "entry", "A-1", m1 * f1 - adopted), (2 * n, "A-1", "A-1", adopted - moved)]
        rows += [(2 * n, "entry", "A-2", m2 * f2 - own), (2 * n, "A-2", "A-2", moved + own)]
        adopted, own = m1 * f1, m2 * f2
        rows += [(2 * n + 1, "A-1", "A-2", m1 * f1 * f2 - moved), (2 * n + 1, "A-1", "A-1", m1 * f1 * (1 - f2))]
        rows += [(2 * n + 1, "A-2", "A-2", moved + own)]
        moved = m1 * f1 * f2
    prices = {name: dict.fromkeys(range(30), 1.0) for name in ("A-1", "A-2")}
    table = monthly(*tables(rows, prices), MODELS)
    taken = table.pivot_table(index="month", columns="model", values=["own_next", "own_older", "revenue"])
    odd = taken.index % 2 == 1
    np.testing.assert_allclose(taken["own_older", "A-2"].cumsum()[odd], first * second * m1, atol=1e-12)
    np.testing.assert_allclose(-taken["own_next", "A-1"].cumsum()[odd], first * second * m1, atol=1e-12)
    np.testing.assert_allclose(taken["revenue", "A-1"][odd], first * m1 * (1 - second), atol=1e-12)
    np.testing.assert_allclose(taken["revenue", "A-2"][odd], second * (m2 + first * m1), atol=1e-12)


@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(
    seed=st.integers(0, 1000),
    retirement=st.integers(0, 20),
    turnover=st.sampled_from([0.0, 0.03, 1.0]),
    tiers=st.sampled_from([{}, {"mini": TIER}]),
    updates=st.sampled_from([None, {}]),
    hosting=st.floats(0, 1),
)
def test_the_identity_holds_in_any_run(small, seed, retirement, turnover, tiers, updates, hosting):
    changes = {"labs.*.retirement": retirement, "demand.turnover": turnover, "open_providers.*.hosting": hosting}
    changes |= {"labs.*.tiers": tiers, "labs.*.updates": updates, "customers": 400, "panel.size": 60, "months": 24}
    run = market.simulate(
        small.vary(changes), seed
    )  # it is asserted in every run; here it is done anew, from the ledger
    table = monthly(run.flows, run.offers, run.models)
    np.testing.assert_allclose(table[list(CAUSES)].sum(axis=1), table["change"], rtol=1e-9, atol=0.005)
    booked = run.ledger[run.ledger["account"] == "REVENUE"].pivot_table(
        index="month", columns="model", values="amount", aggfunc="sum", fill_value=0.0
    )
    booked = booked.reindex(range(24), fill_value=0.0)
    for row in run.models[run.models["months_on_sale"] > 0].itertuples():
        life = booked[row.model] if row.model in booked else 0.0 * booked.iloc[:, 0]
        life = life.loc[: row.retired - 1 if pd.notna(row.retired) else 24]
        below = (life.max() - life.loc[life.idxmax() :]).sum() if life.max() > 0 else 0.0
        assert row.below_peak == pytest.approx(below, rel=1e-9, abs=0.01)


def test_every_life_foots(small_run):
    sold = small_run.models[small_run.models["months_on_sale"] > 0]
    for whole, prefix in (("peak_revenue", GAINED), ("below_peak", LOST)):
        named = sold[[name for name in sold if name.startswith(prefix)]]
        assert named.shape[1] == len(CAUSES)
        np.testing.assert_allclose(named.sum(axis=1), sold[whole], rtol=1e-9, atol=0.005)
    assert (sold["gross_turnover"] >= sold[[LOST + name for name in CLASSES]].max(axis=1) - 0.005).all()
    unsold = small_run.models[small_run.models["months_on_sale"] == 0]
    assert len(unsold)
    assert unsold["peak_revenue"].isna().all()


def test_wanderers_between_unchanged_models_cancel_out(small):
    """Turnover 1, nothing released or repriced: gross flows are large, net ones zero within their interval."""
    still = small.vary(
        {
            "demand.turnover": 1.0, "months": 10, "customers": 2000, "labs.*.pricing": {"rule": "cost_plus"},
            "labs.*.first_start": -7, "labs.*.training.cadence": 200, "technology.serving_progress_on_sale": 1.0,
            "adoption.all_present": True, "segments.*.reconsideration": 1.0, "segments.*.volume_trend": 1.0,
            "segments.*.firm_switching_cost": 0.0, "segments.*.model_switching_cost": 0.0,
            "open_providers.*.first_start": -7, "open_providers.*.cadence": 200,
        }
    )  # fmt: skip
    nets, gross = [], []
    for seed in range(8):
        run = market.simulate(still, seed)
        table = monthly(run.flows, run.offers, run.models)
        rows = table[(table["month"] > 0) & (table["model"] == "Alpha-1")]
        nets.append(rows[list(CLASSES)].sum() / rows["revenue"].sum())
        gross.append(rows["leavers"].sum() / rows["revenue"].sum())
        assert np.abs(rows[["own_price", "volume"]].sum()).max() == pytest.approx(0.0, abs=0.01)
    assert min(gross) > 0.3
    for name in ("rival_closed", "open", "outside"):
        mean, low, high = interval([net[name] for net in nets])
        assert low <= 0 <= high, f"{name}: {mean} [{low}, {high}]"
        assert abs(mean) < 0.05 * np.mean(gross)
