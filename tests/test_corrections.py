"""What the sources say, a switch each: lives from release, steady research, serving and compute, unpaid use."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import market
from market.economics.technology import Technology, cost_path, release_cost
from tests.drawn import ALONE


def last_closed_price(run):
    """What a token of closed models costs on average in the last month."""
    last = run.offers[(run.offers["month"] == run.scenario.months - 1) & ~run.offers["open_weights"]]
    return last["revenue"].sum() / last["tokens"].sum()


SMALL = market.load("duopoly").vary({**ALONE, "customers": 400, "months": 48, "panel.size": 50})
EARLY = market.load("baseline").vary({"customers": 1000, "months": 48, "panel.size": 100})


def test_a_life_runs_from_its_release_and_ends_with_a_successor_at_the_earliest():
    run = market.simulate(SMALL.vary({"labs.*.life": 18, "open_providers.*.life": 6}))
    models = run.models.sort_values("generation")
    heirs = models.groupby("firm")["released"].shift(-1)
    lives = models["firm"].map(lambda firm: run.scenario.firms[firm].life)
    due = np.maximum(models["released"] + lives, heirs)
    gone = models["retired"].notna()
    assert gone.sum() >= 6
    assert (models["retired"][gone] == due[gone]).all()
    assert (due[~gone].isna() | (due[~gone] >= 48)).all()


def test_expected_lives_follow():
    lab = SMALL.labs["Alpha"]
    assert lab.expected_life == lab.life == 18
    assert SMALL.vary({"labs.*.life": 5}).labs["Alpha"].expected_life == lab.training.cadence
    assert (
        SMALL.vary({"labs.*.life": 5, "labs.*.retirement": 9}).labs["Alpha"].expected_life == lab.training.cadence + 9
    )


@pytest.mark.parametrize("cadence", [6, 18])
def test_steady_research_is_a_twelfth_of_a_years_in_every_month(cadence):
    run = market.simulate(SMALL.vary({"labs.*.training.cadence": cadence, "labs.*.research_flow": True}))
    for name, lab in run.scenario.labs.items():
        rows = run.ledger[(run.ledger["firm"] == name) & (run.ledger["account"] == "RESEARCH")]
        months = range(lab.first_start, 48)
        assert rows["month"].tolist() == list(months)
        rule = lab.training
        due = [lab.research * cost_path(rule.first_cost, rule.growth, month) / 12 for month in months]
        assert (-rows["amount"]).to_numpy() == pytest.approx(due)


def test_who_begins_no_base_does_no_research():
    run = market.simulate(SMALL.vary({"labs.Alpha.training": {"rule": "stop", "until": 14}}))
    spent = -run.ledger[run.ledger["account"] == "RESEARCH"].groupby(["firm", "month"])["amount"].sum()
    assert spent["Alpha"].index.max() == 13
    assert spent["Beta"].index.max() == 47
    never = {"labs.Alpha.training": {"rule": "hurdle", "hurdle": 1000.0}}
    run = market.simulate(SMALL.vary(never))
    spent = -run.ledger[run.ledger["account"] == "RESEARCH"].groupby(["firm", "month"])["amount"].sum()
    assert spent["Alpha"].index.max() == -12 + 11  # what it opened with is all that it begins


def test_research_goes_with_the_size_of_bases():
    """A lab that trains bases of a quarter of the path does a quarter of the research that goes with the path."""
    run = market.simulate(SMALL.vary({"labs.Alpha.training": {"rule": "hurdle", "hurdle": 0.0, "sizes": 1}}))
    quarter = run.launches[(run.launches["firm"] == "Alpha") & (run.launches["started"] > 0)].iloc[0]
    rows = run.ledger[(run.ledger["firm"] == "Alpha") & (run.ledger["account"] == "RESEARCH")]
    paid = -rows[rows["month"] == quarter["started"]]["amount"].sum()
    assert paid == pytest.approx(SMALL.labs["Alpha"].research * quarter["cost"] / 12)


def test_without_the_switch_research_goes_with_runs():
    run = market.simulate(SMALL.vary({"labs.*.research_flow": False}))
    alpha = run.ledger[run.ledger["firm"] == "Alpha"]
    spent = alpha.groupby(["month", "account"])["amount"].sum().unstack(fill_value=0.0)
    research = SMALL.labs["Alpha"].research
    assert spent["RESEARCH"].to_numpy() == pytest.approx(research * spent["TRAINING"].to_numpy())


def test_serving_follows_the_price_of_compute():
    """c(t) = c_ref · F^κ · h^(−t/12) · G^(−release/12) · G_old^(−(t − release)/12)."""
    tied = Technology(
        serving_follows_compute=True, compute_price_decline=1.4, serving_progress=2.25, serving_progress_on_sale=1.1,
        compute_exponent=0.9, reference_cost=8.5,
    )  # fmt: skip
    spend, release = 5e8, 30
    compute = spend / 1e8 * 1.4 ** (release / 12)
    expected = 8.5 * compute**0.9 * 1.4 ** (-release / 12) * 2.25 ** (-release / 12)
    assert release_cost(tied, spend, release) == pytest.approx(expected)
    assert tied.serving_gain_on_sale == pytest.approx(1.4 * 1.1)
    loose = tied.model_copy(update={"serving_follows_compute": False, "serving_progress": 1.4 * 2.25})
    assert release_cost(loose, spend, release) == pytest.approx(expected)


def test_unpaid_use_is_booked_but_no_marginal_cost():
    """The first prices are the same; each lab's serving cost is so much dearer, and the hosts' is not."""
    plain, free = (market.simulate(SMALL.vary({"months": 1, "labs.*.unpaid": unpaid})) for unpaid in (0.0, 0.36))
    assert free.offers["price"].tolist() == plain.offers["price"].tolist()
    assert free.offers["tokens"].tolist() == plain.offers["tokens"].tolist()
    dearer = np.where(free.offers["firm"].isin(SMALL.labs), 1.36, 1.0)
    assert free.offers["serving"].to_numpy() == pytest.approx(dearer * plain.offers["serving"].to_numpy())


def test_cheaper_compute_lowers_prices_where_serving_follows_it():
    tied = EARLY.vary({"technology.serving_follows_compute": True, "technology.serving_progress": 2.25})
    worlds = [tied.vary({"technology.compute_price_decline": decline}) for decline in (1.2, 1.7)]
    with ThreadPoolExecutor(1) as pool:
        changes = market.compare(*worlds, seeds=range(6), outcomes=[last_closed_price], executor=pool)
    assert changes["high"].iloc[0] < 0
