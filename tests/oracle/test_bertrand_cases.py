"""Bertrand–Nash markets solved by PyBLP: the same prices, shares, profits, derivatives, diversion and surplus."""

import json
from pathlib import Path

import numpy as np
import pytest

from market.economics import demand, equilibrium

FILE = Path(__file__).with_name("bertrand_cases.json")
CASES = {case["name"]: case for case in json.loads(FILE.read_text(encoding="utf-8"))["cases"]}
SOLVED = [name for name, case in CASES.items() if "result" in case]
POINTS = [
    pytest.param(name, point, id=f"{name}-from-{'-'.join(map(str, point['start']))}")
    for name, case in CASES.items()
    for point in case.get("stationary_points", [])
]


def arrays(case):
    """Utility (R, J) without the price term, alpha, weights, costs and firms of a case: u_rj = v_j + b_r x_j."""
    utility = np.array(case["v"]) + np.outer(case["b_r"], case["x"])
    return (
        utility,
        np.array(case["alpha_r"]),
        np.array(case["w_r"]),
        np.array(case["costs"]),
        np.array(case["firm_ids"]),
    )


@pytest.fixture(scope="module", params=SOLVED)
def solved(request):
    """A case: utility, alpha, weights; its answer; and this project's solution."""
    case = CASES[request.param]
    return arrays(case)[:3], case, equilibrium.nash_prices(*arrays(case))


def close(found, expected, tolerance=1e-8):
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


def by_firm(case, values):
    return {str(firm): values[np.array(case["firm_ids"]) == firm].sum() for firm in set(case["firm_ids"])}


def test_every_case_is_tested():
    assert len(SOLVED) == 7
    assert len(POINTS) == 16


def test_it_is_an_equilibrium(solved):
    _, _, found = solved
    assert found.converged
    assert found.is_nash
    assert found.method == "zeta_markup"
    assert found.residual < 1e-11
    assert found.gain < 1e-12


def test_prices_shares_and_outside_share(solved):
    _, case, found = solved
    close(found.prices, case["result"]["prices"])
    close(found.shares, case["result"]["shares"])
    close(found.outside_share, case["result"]["outside_share"])


def test_markups_and_profits(solved):
    _, case, found = solved
    markups = found.prices - np.array(case["costs"])
    close(markups, case["result"]["markups_abs"])
    close(markups / found.prices, case["result"]["lerner"])
    close(found.profits, case["result"]["product_profits"])
    profits = by_firm(case, found.profits)
    for firm, expected in case["result"]["firm_profits"].items():
        close(profits[firm], expected)


def test_firm_shares_and_concentration(solved):
    _, case, found = solved
    firm_shares = by_firm(case, found.shares)
    for firm, expected in case["result"]["firm_shares"].items():
        close(firm_shares[firm], expected)
    inside = np.array(list(firm_shares.values())) / (1 - found.outside_share)
    hhi = 1e4 * (inside**2).sum()
    close(hhi, case["result"]["hhi_pyblp"], 1e-8 * 1e4)  # a unit of HHI is 1e-4 of a squared share


def test_derivatives_and_elasticities(solved):
    (utility, alpha, weights), case, found = solved
    close(demand.jacobian(utility, alpha, weights, found.prices), case["result"]["demand_jacobian"])
    close(demand.elasticities(utility, alpha, weights, found.prices), case["result"]["elasticities"])


def test_elasticity_of_the_market(solved):
    (utility, alpha, weights), case, found = solved
    of_each = demand.elasticities(utility, alpha, weights, found.prices).sum(axis=1)
    of_all = (found.shares * of_each).sum() / found.shares.sum()
    close(of_all, case["result"]["aggregate_elasticity_all_prices_1pct"])  # marginal, in spite of its name


def test_diversion(solved):
    (utility, alpha, weights), case, found = solved
    close(demand.diversion(utility, alpha, weights, found.prices), case["result"]["diversion_ratios"])
    second_choices = demand.long_run_diversion(utility, alpha, weights, found.prices)
    close(second_choices, case["result"]["long_run_diversion_ratios"])


def test_consumer_surplus(solved):
    (utility, alpha, weights), case, found = solved
    close(demand.consumer_surplus(utility, alpha, weights, found.prices), case["result"]["consumer_surplus"])


@pytest.mark.parametrize(("name", "point"), POINTS)
def test_the_start_decides_the_root_and_the_gain_tells_what_it_is(name, point):
    case = CASES[name]
    found = equilibrium.nash_prices(*arrays(case), start=np.array(point["start"]))
    assert found.converged
    assert found.start.tolist() == point["start"]
    close(found.prices, point["prices"], 1e-6)
    close(found.shares, point["shares"], 1e-6)
    close(list(by_firm(case, found.profits).values()), list(point["firm_profits"].values()), 1e-6)
    close(found.gain, point["best_unilateral_gain"], 1e-6)
    assert (found.gain < 1e-8) == point["is_nash"]
    assert found.is_nash == point["is_nash"]


@pytest.mark.parametrize("name", ["T1_spurious_stationary_points", "T2_two_nash_equilibria"])
def test_every_listed_root_is_judged_by_its_gain(name):
    case = CASES[name]
    for point in case["stationary_points"]:
        gains = equilibrium.deviation_gains(*arrays(case), np.array(point["prices"]))
        close(gains.max(), point["best_unilateral_gain"], 1e-6)
        assert (gains.max() < 1e-8) == point["is_nash"]


def test_best_responses_leave_a_root_that_is_no_equilibrium(monkeypatch):
    case = CASES["T1_spurious_stationary_points"]
    monkeypatch.setattr(equilibrium, "MOST_ITERATIONS", 0)
    found = equilibrium.nash_prices(*arrays(case), start=np.array([12.0, 12.0]))
    assert found.method == "damped_best_response"
    assert found.is_nash
    close(found.prices, case["stationary_points"][0]["prices"], 1e-6)


def test_joint_profit_of_the_calvano_duopoly():
    duopoly, joint = CASES["L1_calvano_duopoly_nash"], CASES["L2_calvano_duopoly_joint"]["result"]
    found = equilibrium.joint_prices(*arrays(duopoly))
    close(found.prices, joint["prices"])
    close(found.profits, joint["product_profits"])
    assert found.is_nash
    temptation = equilibrium.deviation_gains(*arrays(duopoly), found.prices)
    assert (temptation > 0.01).all()


def test_open_weights_at_cost_are_a_better_outside_option():
    case, folded = CASES["L4_multiproduct"], CASES["L6_open_source_at_cost"]
    utility, alpha, weights, costs, firms = arrays(case)
    found = equilibrium.nash_prices(utility, alpha, weights, costs, firms, fixed=firms == 2)
    close(found.prices, [*folded["result"]["prices"], costs[4]])
    close(found.shares, [*folded["result"]["shares"], folded["result"]["open_source_share"]])
    close(found.outside_share, folded["result"]["true_outside_share"])
    surplus = demand.consumer_surplus(utility, alpha, weights, found.prices)
    close(surplus, folded["result"]["consumer_surplus"] + folded["original"]["outside_shift"] / alpha[0])


def test_cannibalisation_with_prices_held_and_re_priced_are_different_numbers():
    """Where the customers of lab A's frontier model (product 0) go: own older, rival's two, open, outside."""
    full, without = CASES["M2_segments_multiproduct"], CASES["M4_segments_without_A_frontier"]
    utility, alpha, weights, costs, firms = arrays(full)
    launched = equilibrium.nash_prices(utility, alpha, weights, costs, firms)
    suppressed = equilibrium.nash_prices(
        utility[:, 1:], alpha, weights, costs[1:], firms[1:], start=launched.prices[1:]
    )
    close(suppressed.prices, without["result"]["prices"])

    held = demand.long_run_diversion(utility, alpha, weights, launched.prices)[0]
    close(held, full["result"]["long_run_diversion_ratios"][0])
    assert held[1] == pytest.approx(0.236, abs=5e-4)

    share = launched.shares[0]
    own_older, *rivals, open_weights = gained = (suppressed.shares - launched.shares[1:]) / share
    outside = (suppressed.outside_share - launched.outside_share) / share
    close(gained, (np.array(without["result"]["shares"]) - full["result"]["shares"][1:]) / full["result"]["shares"][0])
    assert [own_older, sum(rivals), open_weights, outside] == pytest.approx([0.536, 0.126, 0.249, 0.089], abs=5e-4)
    assert gained.sum() + outside == pytest.approx(1, abs=1e-12)
