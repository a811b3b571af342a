"""Who the customers are: importance sampling leaves the size of the market alone."""

import numpy as np
import pytest
from scipy.special import ndtri

from market.economics import adoption, luck

FLAT = adoption.Workload(volume=1e6, compute_elasticity=0.0, volume_trend=1.0, value_median=4.0, value_sd=0.8)
PRESENT = adoption.Adoption(all_present=True)
RANGE = (-20.0, 130.0, 10.0)


def draw(count, workload=FLAT, entry=PRESENT, seed=0, firms=("A", "B"), access=0.2):
    taste = 0.7, [0.0] * len(firms)
    return adoption.draw_customers(workload, entry, count, RANGE, access, taste, firms, seed, "segment")


def test_bass_curve_known_points():
    curve = adoption.Adoption(innovation=0.03, imitation=0.38)
    values = adoption.bass(curve, np.array([-5.0, 0.0, 1000.0]))
    assert values[0] == values[1] == 0.0
    assert values[2] == pytest.approx(1.0)
    peak = np.log(0.38 / 0.03) / 0.41  # time of fastest adoption
    f = adoption.bass(curve, np.array([peak]))[0]
    assert f == pytest.approx(0.5 - 0.03 / (2 * 0.38))  # F at the peak: 1/2 − p/(2q)


def test_total_volume_does_not_depend_on_the_number_of_agents():
    for count in (500, 5000, 50_000):
        assert draw(count).volume.sum() == pytest.approx(1e6 / 10 * 150, rel=0.03)


def test_volume_rises_with_difficulty_by_the_unlock_exponent():
    steep = FLAT.model_copy(update={"compute_elasticity": 0.2})
    customers = draw(50_000, steep)
    band = [customers.volume[np.abs(customers.difficulty - d) < 5].sum() for d in (20, 60)]
    assert np.log10(band[1] / band[0]) == pytest.approx(0.2 * 4, abs=0.02)


def test_value_weights_undo_the_tilt():
    uniform = (np.arange(100_000) + 0.5) / 100_000
    value, weight = adoption.draw_value(4.0, 0.8, uniform)
    assert weight.mean() == pytest.approx(1.0, abs=0.002)
    assert (weight * value).mean() == pytest.approx(4.0 * np.exp(0.8**2 / 2), rel=0.005)
    assert (weight * (value < 4.0)).mean() == pytest.approx(0.5, abs=0.005)


def test_entry_weights_follow_the_bass_curve():
    curve = adoption.Adoption()
    uniform = (np.arange(200_000) + 0.5) / 200_000
    entry, weight = adoption.draw_entry(curve, uniform)
    for month in (-1, 0, 11, 47, 95):
        entered = weight[entry <= month].sum() / 200_000
        expected = adoption.bass(curve, np.array([month + 1.0 + 24.0]))[0]
        assert entered == pytest.approx(expected, rel=2e-3)
    assert (entry == -1).mean() == pytest.approx(0.15, abs=1e-4)


def test_tastes_belong_to_firms():
    alone, both = draw(2000, firms=("A",)), draw(2000, firms=("A", "B"))
    np.testing.assert_array_equal(alone.taste[:, 0], both.taste[:, 0])
    assert both.taste.std(axis=0) == pytest.approx([0.7, 0.7], rel=0.02)
    assert abs(np.corrcoef(both.taste.T)[0, 1]) < 0.1


def test_access_is_one_fixed_draw():
    assert draw(10_000).access.mean() == pytest.approx(0.2, abs=0.003)
    narrow, wide = draw(10_000, access=0.1).access, draw(10_000, access=0.3).access
    assert (wide >= narrow).all()


def test_lattice_cuts_the_noise_of_a_frontier_slice():
    """Revenue of a stretch of difficulty, over seeds: against independent draws of the same sampling scheme."""

    def slice_value(seed, independent):
        if not independent:
            c = draw(5000, seed=seed)
            rows = np.abs(c.difficulty - 40) < 10
            return (c.volume * c.value)[rows].sum()
        difficulty = luck.uniforms(5000, seed, "d") * 150 - 20
        value, weight = adoption.draw_value(4.0, 0.8, luck.uniforms(5000, seed, "w"))
        volume = weight * np.exp(0.5 * ndtri(luck.uniforms(5000, seed, "m")) - 0.125)
        return (volume * value)[np.abs(difficulty - 40) < 10].sum()

    spread = {kind: np.std(np.log([slice_value(seed, kind) for seed in range(40)])) for kind in (False, True)}
    assert spread[False] < spread[True] / 3
