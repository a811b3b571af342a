"""Break-even: recover what was planted, cover it, and say never, always or undecided where that is the answer."""

import numpy as np
import pandas as pd
import pytest

import market
from market.parameters import InputError
from market.studies import crossing
from market.studies.apart import by_luck
from market.studies.break_even import along, break_even
from market.studies.levels import Range

GROWTH = "labs.*.training.growth"
WITHIN = Range(0.0, 10.0)


def planted(root, slope, noise, seeds, draw=0):
    """Curves through a root, one per seed, with a shift and a wobble of their own."""
    rng = np.random.default_rng(draw)
    shift, phase = rng.normal(0, noise, seeds), rng.uniform(0, 6, seeds)
    return lambda x: slope * (x - root) + shift + noise * np.sin(5 * x + phase) / 3


@pytest.mark.parametrize("slope", [-2.0, 0.7])
def test_an_exact_root_is_found(slope):
    found = crossing.find(lambda x: np.full(4, slope * (x - 3.3)), WITHIN, 0.0)
    assert (found.verdict, found.crossings) == ("value", 1)
    assert found.value == pytest.approx(3.3, abs=1e-6)
    assert found.low <= found.value <= found.high
    assert found.high - found.low < 0.5


def test_the_interval_covers_the_planted_root():
    covered, errors = [], []
    for draw in range(200):
        found = crossing.find(planted(4.0, 1.0, 1.0, 12, draw), WITHIN, 0.0)
        covered.append(found.low <= 4.0 <= found.high)
        errors.append(found.value - 4.0)
    assert 0.92 <= np.mean(covered) <= 0.99
    assert abs(np.mean(errors)) < 0.08


def test_each_run_passes_the_level_or_lies_beyond_the_range():
    runs = {x: pd.Series([x - 4.0, 1.0, -1.0, np.nan, 6.0 - x], index=[7, 8, 9, 10, 11]) for x in (0.0, 5.0, 10.0)}
    found = crossing.of_runs({x: runs[x].drop(11) for x in runs}, WITHIN, 0.0)
    assert found.drop(10).to_dict() == pytest.approx({7: 0.4, 8: -1.0, 9: 2.0})
    assert np.isnan(found[10])
    falling = crossing.of_runs({x: runs[x].drop([7, 10]) for x in runs}, WITHIN, 0.0)
    assert falling.to_dict() == pytest.approx({8: 2.0, 9: -1.0, 11: 0.6})


def test_never_always_and_undecided():
    def line(height, noise):
        return lambda x: height + 0.01 * x + noise * np.array([-1.0, 0.0, 1.0])

    assert crossing.find(line(-1, 0.1), WITHIN, 0.0).verdict == "never"
    assert crossing.find(line(1, 0.1), WITHIN, 0.0).verdict == "always"
    found = crossing.find(line(-1, 3.0), WITHIN, 0.0)
    assert found.verdict == "undecided"
    assert (found.low, found.high) == (-np.inf, np.inf)


def test_an_interval_may_reach_beyond_the_range():
    found = crossing.find(lambda x: 0.1 * (x - 9) + np.array([-0.1, 0, 0.1]), WITHIN, 0.0)
    assert found.value == pytest.approx(9, abs=0.1)
    assert found.high == np.inf
    assert 0 < found.low < 9


def test_several_crossings_are_counted():
    found = crossing.find(lambda x: np.full(3, np.cos(x)), WITHIN, 0.0, points=9, budget=40)
    assert found.crossings == 3
    assert found.value == pytest.approx(1.5 * np.pi, abs=0.05)
    assert found.low == pytest.approx(0.5 * np.pi, abs=0.3)


@pytest.mark.parametrize(
    ("curve", "verdict", "ends"),
    [
        (lambda x: np.full(6, np.nan if x < 5 else 2.0), "always", (np.nan, np.nan)),
        (lambda x: np.full(6, np.nan if 2 < x < 8 else 0.0 if x < 5 else 2.0), "undecided", (0.0, 10.0)),
        (lambda x: np.array([x - 3.0] * 3) + (np.nan if x > 9 else np.array([-1.0, 0.0, 1.0])), "value", None),
    ],
)
def test_what_gives_no_number_agrees_with_nothing(curve, verdict, ends):
    """No crossing is drawn through a stretch without numbers, and no end of the range that gave none is an end."""
    found = crossing.find(curve, WITHIN, 1.0)
    assert found.verdict == verdict
    if ends is not None:
        assert (found.low, found.high) == pytest.approx(ends, nan_ok=True)
    assert not np.isposinf(found.high)


def test_log_ranges_and_whole_numbers():
    found = crossing.find(lambda x: np.full(3, np.log10(x) - 2), Range(1, 1e5, log=True), 0.0)
    assert found.value == pytest.approx(100, rel=1e-3)
    found = crossing.find(lambda x: np.full(3, x - 4.5), Range(0, 10, whole=True), 0.0)
    assert found.value == pytest.approx(4.5)
    assert all(value == int(value) for value in found.evidence["value"])


def test_values_without_a_number_are_left_out():
    found = crossing.find(lambda x: np.full(3, np.nan if x < 2 else x - 5), WITHIN, 0.0)
    assert found.value == pytest.approx(5)
    assert found.evidence["n"].iloc[0] == 0


def growth(run):
    """The varied parameter itself, plus a little luck."""
    return run.scenario.labs["Alpha"].training.growth + run.seed / 100


def bad(run):
    """Fail."""
    raise RuntimeError("always")


def test_on_runs_with_its_evidence(tiny, threads):
    seen = []
    answer = market.break_even(
        tiny, GROWTH, growth, 3.0, (1.5, 6), seeds=range(3), executor=threads, progress=lambda *now: seen.append(now)
    )
    assert answer.value == pytest.approx(2.99, abs=1e-4)
    assert answer.low < 2.99 < answer.high
    assert (answer.evidence["n"] == 3).all()
    assert answer.sentence.startswith(f"growth is 3 at {GROWTH} = 2.99, 95% interval")
    assert answer.sentence.endswith(" (only 3 replications).")
    assert seen[-1][0] == 3 * len(answer.evidence)
    never = market.break_even(tiny, GROWTH, growth, 9.0, (1.5, 6), seeds=range(2), executor=threads, points=2)
    assert never.verdict == "never"
    assert never.sentence.startswith(f"Never reaches growth 9 for {GROWTH} between 1.5 and 6: closest 6")
    always = market.break_even(tiny, GROWTH, growth, 1.0, (1.5, 6), seeds=range(2), executor=threads, points=2)
    assert always.sentence.startswith("Always above")


def wild(run):
    """Far above and far below, by seed."""
    return 100.0 * (-1) ** run.seed


def half(run):
    """A number under the first seed only."""
    return 1.0 if run.seed == 0 else float("nan")


def test_too_few_replications_cannot_tell(tiny, threads):
    ask = {"seeds": range(2), "executor": threads, "points": 2}
    answer = market.break_even(tiny, GROWTH, wild, 3.0, (1.5, 6), **ask)
    assert answer.sentence.startswith(f"Too few replications (2) to tell about wild 3 for {GROWTH}")
    answer = market.break_even(tiny, GROWTH, half, 3.0, (1.5, 6), **ask)  # one number has no interval
    assert answer.verdict == "undecided"
    assert "Too few replications" in answer.sentence
    assert "2 of 4 runs gave no number and are left out" in answer.sentence
    assert "nan" not in answer.sentence


def test_bad_input(tiny, threads):
    for path, outcome, between, expected in (
        ("labs.*.trainig.growth", "multiple", (1.5, 6), "did you mean 'training'"),
        (GROWTH, "multipel", (1.5, 6), "did you mean 'multiple'"),
        (GROWTH, "multiple", (6, 1.5), "the second must be above"),
        (GROWTH, "multiple", (0, 6), "is refused; allowed: a number, 0.01 to 1,000"),
        ("labs.*.pricing.rule", "multiple", (1, 2), "rule"),
        (GROWTH, bad, (1.5, 6), "every run failed; the first: RuntimeError: always"),
        (GROWTH, "multiple", (1.5, 6), "is not a number anywhere"),
    ):
        with pytest.raises(InputError, match=expected):
            market.break_even(tiny, path, outcome, 1.0, between, seeds=range(2), executor=threads, points=2)
    with pytest.raises(InputError, match="there is only 1"):
        market.break_even(tiny, GROWTH, between=(1, 2), seeds=[0])


def test_along_another_outcome():
    lags = {0: 2.0, 1: 8.0, 2: 5.0}
    rows = [(p, s, lag + wobble, lag - 4 + wobble) for p, lag in lags.items() for s, wobble in enumerate((-0.1, 0.1))]
    runs = pd.DataFrame(rows, columns=["point", "seed", "lag", "gain"])
    found = along(runs, "lag", "gain", 0.0)
    assert (found.verdict, found.crossings, found.seeds) == ("value", 1, 2)
    assert found.value == pytest.approx(4.0)
    assert found.evidence["value"].tolist() == pytest.approx([2.0, 5.0, 8.0])
    assert "gain is 0 at lag = 4" in found.sentence
    assert along(runs, "lag", "gain", -9.0).verdict == "always"
    with pytest.raises(InputError, match="nothing to cross"):
        along(runs[runs["point"] == 0], "lag", "gain")


def test_where_a_grid_passes_a_level():
    assert crossing.passes([0.0, 1.0, 3.0], [0.0, 1.0, 3.0], 2.0) == pytest.approx(2.0)
    assert crossing.passes([0.0, 1.0, 3.0], [4.0, 1.0, 3.0], 2.0) == pytest.approx(2.0)  # the last time
    assert crossing.passes([0.0, 1.0], [4.0, 3.0], 3.5) == pytest.approx(0.5)
    assert np.isnan(crossing.passes([0.0, 1.0], [4.0, 3.0], 5.0))


def test_points_without_a_number_are_no_part_of_a_grid():
    nan = np.nan
    assert crossing.passes([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 3.0, nan], 2.0) == pytest.approx(1.5)
    assert crossing.passes([0.0, 1.0, 2.0, 3.0], [nan, 1.0, nan, 3.0], 2.0) == pytest.approx(2.0)
    assert np.isnan(crossing.passes([0.0, 1.0, 2.0], [nan, 3.0, 4.0], 2.0))  # NaN is not below
    assert np.isnan(crossing.passes([0.0, 1.0], [nan, nan], 2.0))


def test_along_counts_what_has_no_place():
    rows = [(p, s, lag, m) for p, (lag, m) in enumerate([(1.0, 0.5), (2.0, 2.0), (np.nan, -9.0)]) for s in range(6)]
    runs = pd.DataFrame(rows, columns=["point", "seed", "lag", "multiple"])
    assert along(runs, "lag", "multiple").sentence.endswith("6 more gave no lag.")


def test_each_seed_passes_a_level_somewhere_of_its_own():
    runs = pd.DataFrame({"seed": [0, 0, 1, 1, 2, 2], "cost": [1, 100] * 3, "multiple": [1.0, 100.0, 10.0, 0.1, 2.0, 5]})
    found = crossing.passing(runs, "cost", "multiple", 10.0, log=True)
    assert found[0] == pytest.approx(10.0)
    assert found[1] == pytest.approx(1.0)
    assert np.isnan(found[2])
    assert crossing.passing(runs, "cost", "multiple", 10.0)[0] == pytest.approx(10.0)
    assert crossing.passing(runs[:0], "cost", "multiple", 10.0).empty


def test_on_a_log_scale_losses_are_next_to_nothing():
    runs = pd.DataFrame({"seed": 0, "cost": [1.0, 10.0], "multiple": [1e9, -5.0]})
    assert crossing.passing(runs, "cost", "multiple", 1.0, log=True)[0] == pytest.approx(10**0.5)


def height(run):
    """Where the line of a world and seed lies, above what is searched: worlds two apart, seeds a tenth."""
    world, seed = run.seed % 4, run.seed // 4
    return run.scenario.labs["Alpha"].overhead * 10 - 2 - world - 0.1 * seed


def test_luck_and_parameters_of_a_crossing_are_told_apart(tiny, threads):
    how = {"level": 0.0, "between": (0.0, 1.0), "executor": threads, "worlds": 4, "budget": 8}
    quick = tiny.vary({"months": 1})
    found = break_even(quick, "labs.*.overhead", height, seeds=range(8), **how)
    assert found.value == pytest.approx(0.355, abs=1e-6)  # 2 + 1.5 + 0.05, a tenth
    assert (found.worlds, found.seeds) == (4, 8)
    assert found.evidence["n"].tolist() == [4] * len(found.evidence)
    assert found.parameters > 0.9
    assert found.luck[1] - found.luck[0] < 0.25 * (found.high - found.low)
    assert found.luck[0] < found.value < found.luck[1]
    assert "of the spread of the crossing between runs is parameters, the rest luck; luck alone" in found.sentence
    one = break_even(quick, "labs.*.overhead", height, seeds=range(4), **how)
    assert np.isnan(one.parameters)
    assert "luck" not in one.sentence


def test_luck_alone_has_the_interval_of_fixed_worlds():
    rng, world = np.random.default_rng(0), np.repeat(np.arange(5), 3)
    covered = [low < 2 < high for _, low, high in (by_luck(world + rng.normal(size=15), world) for _ in range(4000))]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.012)
