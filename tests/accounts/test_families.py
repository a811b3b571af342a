"""Families and releases on a ledger small enough to add up by hand, and that they hold the products' dollars."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import market
from market.accounts import families, pnl
from market.accounts.identities import check_families
from market.accounts.ledger import HOSTS, Ledger
from tests.drawn import TIER

UNTIL = 12
PRODUCTS = pd.DataFrame(
    [
        # model, family, line, generation, update, started, released, retired, complete, capability
        ("A-1", "A-1", "flagship", 1, 0, 0, 2.0, 8.0, True, 10.0),
        ("A-1-mini", "A-1", "mini", 1, 0, 0, 2.0, 8.0, True, 5.0),
        ("A-1.1", "A-1", "flagship", 1, 1, 3, 4.0, 10.0, True, 12.0),
        ("A-1.1-mini", "A-1", "mini", 1, 1, 3, 4.0, 9.0, True, 13.0),
        ("A-2", "A-2", "flagship", 2, 0, 6, 8.0, np.nan, False, 20.0),
        ("A-2-mini", "A-2", "mini", 2, 0, 6, 8.0, np.nan, False, 15.0),
        ("A-3", "A-3", "flagship", 3, 0, 11, np.nan, np.nan, False, np.nan),
        ("A-3-mini", "A-3", "mini", 3, 0, 11, np.nan, np.nan, False, np.nan),
    ],
    columns=[
        "model", "family", "line", "generation", "update", "started", "released", "retired", "complete", "capability",
    ],
).assign(firm="A", open_weights=False)  # fmt: skip
TRAINING = [(0, "A-1", 30), (1, "A-1", 30), (0, "A-1-mini", 10), (1, "A-1-mini", 10), (3, "A-1.1", 6),
            (3, "A-1.1-mini", 2), (6, "A-2", 90), (7, "A-2", 90), (6, "A-2-mini", 10), (7, "A-2-mini", 10),
            (11, "A-3", 50), (11, "A-3-mini", 0)]  # fmt: skip
RESEARCH = {0: 40, 1: 40, 2: 22, 3: 16, 4: 5, 6: 100, 7: 100, 8: 7, 11: 50}
SOLD = [(2, "A-1", 60), (3, "A-1-mini", 20), (4, "A-1.1", 100), (5, "A-1.1-mini", 20), (9, "A-2", 40)]


def ledger():
    """Twelve months of firm A; research is spent in months in which nothing is trained, too."""
    books = Ledger()
    for month, model, amount in TRAINING:
        books.post(month, "A", "TRAINING", -amount, model=model)
    for month, amount in RESEARCH.items():
        books.post(month, "A", "RESEARCH", -amount)
    for month, model, amount in SOLD:
        books.post(month, "A", "REVENUE", amount, model=model)
        books.post(month, "A", "SERVING", -amount / 2, model=model)
    return books


def offers():
    """What is on sale, month by month."""
    rows = [
        (month, row.model, row.capability)
        for row in PRODUCTS.dropna(subset="released").itertuples()
        for month in range(int(row.released), UNTIL if pd.isna(row.retired) else int(row.retired))
    ]
    return pd.DataFrame(rows, columns=["month", "model", "capability"])


def read(books, products=PRODUCTS, shown=None):
    """Products, families and releases by name, and the research allocated."""
    shown, rows = offers() if shown is None else shown, books.postings
    research = pnl.research_by_calendar(rows.before(UNTIL)[0], products, UNTIL)
    returned = pnl.models(rows, products, UNTIL)
    by_family = families.families(rows, products, shown, research.products, UNTIL)
    by_release = families.releases(products, shown, returned, UNTIL)
    check_families(rows, {"firm": products["firm"], **returned}, by_family, by_release, research)
    tables = pd.DataFrame(returned, index=products["model"]), pd.DataFrame(by_family), pd.DataFrame(by_release)
    return tables[0], tables[1].set_index("family"), tables[2].set_index("release"), research


def test_research_follows_what_was_trained_in_its_month():
    """Months 2 and 4 lie in the months of A-1, which trained 60 + 20 and 6 + 2; month 8 in those of A-2, 90 + 10."""
    products, found, _, research = read(ledger())
    idle = 22.0 + 5.0
    expected = {"A-1": 60 + idle * 60 / 88, "A-1-mini": 20 + idle * 20 / 88, "A-1.1": 12 + idle * 6 / 88}
    expected |= {"A-1.1-mini": 4 + idle * 2 / 88, "A-2": 180 + 7 * 0.9, "A-2-mini": 20 + 7 * 0.1}
    assert products["research"].to_dict() == pytest.approx({**expected, "A-3": 50, "A-3-mini": 0})
    assert research.unallocated == {"A": 0.0}
    assert found["research"].tolist() == pytest.approx([123.0, 207.0, 50.0])


def test_a_family_by_hand():
    _, found, _, _ = read(ledger())
    first, second, third = (found.loc[name] for name in found.index)
    assert (first["training_base"], first["training_updates"], first["training_tiers"]) == (80.0, 8.0, 22.0)
    assert (first["revenue"], first["contribution"], first["result"]) == (200.0, 100.0, 12.0)
    assert (first["multiple"], first["multiple_full_rd"]) == pytest.approx((100 / 88, 100 / (88 + 123)))
    assert (first["releases"], first["products"], first["capability"], first["best_capability"]) == (2, 4, 10.0, 13.0)
    assert (first["started"], first["released"], first["retired"], first["complete"]) == (0, 2.0, 10.0, True)
    assert (first["months_on_sale"], first["months_at_frontier"]) == (8, 6)
    assert first["payback_months"] == 2.0  # −88 + 30 + 10 + 50 in month 4, released in month 2
    assert (second["months_on_sale"], second["months_at_frontier"], second["complete"]) == (4, 4, False)
    assert pd.isna(second["retired"])
    assert third[["released", "capability", "multiple"]].isna().all()
    assert (third["releases"], third["training"]) == (0, 50.0)


def test_a_base_is_borne_in_three_ways_by_hand():
    """The base cost 80, its update 8. Of 200 sold, 80 are the base's release; it was on sale for 6 months of 12."""
    _, _, found, _ = read(ledger())
    base, update = found.loc["A-1"], found.loc["A-1.1"]
    assert [base[f"training_{how}"] for how in families.ALLOCATIONS] == pytest.approx([80, 80 * 80 / 200, 80 * 6 / 12])
    assert [update[f"training_{how}"] for how in families.ALLOCATIONS] == pytest.approx([8, 8 + 48, 8 + 40])
    assert (base["multiple_low"], base["multiple_high"]) == pytest.approx((40 / 80, 40 / 32))
    assert (update["multiple_low"], update["multiple_high"]) == pytest.approx((60 / 56, 60 / 8))
    assert base["full_rd_first"] == pytest.approx(80 * (1 + 123 / 88))  # research goes with training
    assert update["multiple_full_rd_low"] == pytest.approx(60 / ((8 + 0.6 * 80) * (1 + 123 / 88)))
    assert found.loc["A-3", ["training_first", "training_revenue", "training_months"]].tolist() == [50.0] * 3
    assert found.loc["A-3", ["multiple_low", "multiple_high"]].isna().all()
    assert found.loc["A-1", "months_on_sale"] == 6  # both tiers counted once
    assert found.loc["A-1.1", "retired"] == 10.0


def test_where_nothing_was_sold_the_base_s_own_release_bears_it():
    books = Ledger()
    books.post(0, "A", "TRAINING", -80, model="A-1")
    books.post(3, "A", "TRAINING", -8, model="A-1.1")
    found = read(books)[2]
    assert found["training_revenue"].tolist()[:2] == [80.0, 8.0]
    assert found["training_months"].tolist()[:2] == [40.0, 48.0]
    assert read(books, shown=offers().iloc[:0])[2]["training_months"].tolist()[:2] == [80.0, 8.0]


def test_what_hosts_do_stands_apart():
    books = ledger()
    for account, amount in (("REVENUE", 10.0), ("SERVING", -4.0)):
        books.post(9, HOSTS, account, amount, model="A-2")
    products, found, _, _ = read(books)
    for row in (products.loc["A-2"], found.loc["A-2"]):
        assert (row["revenue"], row["hosts_revenue"]) == (50.0, 10.0)
        assert (row["contribution"], row["hosts_contribution"]) == (26.0, 6.0)


@pytest.mark.parametrize(
    ("table", "column", "found"),
    [
        ("families", "training", "products' training"),
        ("families", "research", "research"),
        ("families", "revenue", "products' revenue"),
        ("releases", "training_revenue", "training_revenue of its releases"),
        ("releases", "full_rd_months", "full_rd_months of its releases"),
    ],
)
def test_a_cent_in_the_wrong_place_is_found(table, column, found):
    rows, shown = ledger().postings, offers()
    research, returned = pnl.research_by_calendar(rows, PRODUCTS, UNTIL), pnl.models(rows, PRODUCTS, UNTIL)
    tables = {
        "families": families.families(rows, PRODUCTS, shown, research.products, UNTIL),
        "releases": families.releases(PRODUCTS, shown, returned, UNTIL),
    }
    tables[table][column] = tables[table][column] + np.eye(len(tables[table][column]))[1] * 0.02
    with pytest.raises(AssertionError, match=found):
        check_families(rows, {"firm": PRODUCTS["firm"], **returned}, **tables, research=research)


def test_without_updates_and_tiers_a_family_is_its_flagship(small_run):
    models, found, by_release = small_run.models, small_run.families, small_run.releases
    assert found["family"].tolist() == models["model"].tolist() == by_release["release"].tolist()
    for column in set(found) & set(models) - {"family"}:
        pd.testing.assert_series_equal(found[column], models[column], check_names=False)
    assert (found["training"] == found["training_base"]).all()
    assert not found[["training_updates", "training_tiers"]].any(axis=None)
    for bound in ("low", "high"):
        pd.testing.assert_series_equal(by_release[f"multiple_{bound}"], models["multiple"], check_names=False)
        pd.testing.assert_series_equal(
            by_release[f"multiple_full_rd_{bound}"], models["multiple_full_rd"], check_names=False
        )


def test_of_open_models_developers_and_hosts_have_their_parts(small_run):
    rows = small_run.ledger[small_run.ledger["firm"] == HOSTS]
    found = small_run.families
    assert found["hosts_revenue"].sum() == pytest.approx(rows.loc[rows["account"] == "REVENUE", "amount"].sum())
    assert found["hosts_contribution"].sum() == pytest.approx(rows["amount"].sum())
    assert (found.loc[~found["open_weights"], "hosts_revenue"] == 0).all()


@settings(max_examples=20, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 1000),
    tiers=st.sampled_from([{}, {"mini": TIER, "mid": {**TIER, "capability_gap": 2.7}}]),
    updates=st.sampled_from([None, {}, {"spend": 1e-6}, {"months": 1, "spend": 0.5}]),
    life=st.sampled_from([0, 1, 9]),
    flow=st.booleans(),
    poor=st.booleans(),
    hosting=st.floats(0, 1),
)
def test_families_hold_what_products_do_in_any_run(small, seed, tiers, updates, life, flow, poor, hosting):
    """It is asserted in every run; here it is done anew from the tables and the ledger."""
    changes = {f"{who}.{what}": value for who in ("labs.*", "open_providers.*") for what, value in (
        ("tiers", tiers), ("updates", updates), ("life", life), ("research_flow", flow),
    )}  # fmt: skip
    changes |= {"customers": 300, "panel.size": 40, "months": 26, "open_providers.*.hosting": hosting}
    changes["labs.*.funding"] = {"rule": "raise" if poor else "patient"}
    if poor:
        changes["interventions"] = [{"month": 8, "kind": "shut_capital", "target": "*"}]
    run = market.simulate(small.vary(changes), seed)
    assert bool(run.failed) == poor
    models, found, by_release = run.models, run.families, run.releases
    cents = {"rtol": 1e-12, "atol": 0.005}
    by = models.groupby("family", sort=False)
    assert found["family"].tolist() == list(by.groups)
    for column in ("training", "research", "revenue", "hosts_revenue", "serving", "contribution", "hosts_contribution"):
        np.testing.assert_allclose(found[column], by[column].sum(), **cents)
    np.testing.assert_allclose(found["training"], found["training_base"] + found["training_updates"], **cents)
    booked = run.ledger[run.ledger["account"] == "RESEARCH"].groupby("firm")["amount"].sum()
    research = found.groupby("firm")["research"].sum().reindex(booked.index)
    assert (research <= -booked + 0.005 - 1e-12 * booked).all()
    if not flow:  # then there is research only while something is trained
        np.testing.assert_allclose(research, -booked, **cents)
    for how in families.ALLOCATIONS:
        for name, whole in (("training", found["training"]), ("full_rd", found["training"] + found["research"])):
            borne = by_release.groupby("family", sort=False)[f"{name}_{how}"].sum()
            np.testing.assert_allclose(borne, whole, **cents)
    known = by_release.dropna(subset="multiple_low")
    assert (known["multiple_low"] <= known["multiple_high"]).all()
    assert (found["complete"].to_numpy() == by["complete"].all().to_numpy()).all()
    assert (found["months_on_sale"].to_numpy() >= by["months_on_sale"].max().to_numpy()).all()
    assert (found["months_at_frontier"].to_numpy() >= by["months_at_frontier"].max().to_numpy()).all()
    assert set(run.launches["model"]) == set(found["family"])
