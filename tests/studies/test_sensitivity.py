"""Sensitivity: indices of functions that are known, undefined outcomes, and a small market."""

import math
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from market.parameters import InputError
from market.studies.levels import Range
from market.studies.priors import Group, Prior, set_to
from market.studies.sensitivity import FACTOR, GROUP, TABLES, analysed, sensitivity, told_part

LINEAR = {"a": 1.0, "b": -2.0, "c": 0.0, "d": 4.0}
"""Coefficients; the variance over [0, 1] of each is its square over 12, so parts are 1, 4, 0 and 16 of 21."""
ASKED = {"factors": ["research", "values", "pricing"], "trajectories": 2, "samples": 4}
GAINS = ["labs_gross_margin", "labs_result"]


def even(name, group, low=0.0, high=1.0):
    """A factor of some function, uniform between two ends."""
    return Prior(name, group, name, Range(low, high), "", "assumed", set_to)


def linear(values):
    return pd.DataFrame({"y": sum(k * values[name] for name, k in LINEAR.items())})


GROUPED = [even(name, Group.DEMAND if name in "ab" else Group.TECHNOLOGY) for name in LINEAR]


@pytest.fixture(scope="module")
def line():
    return analysed(GROUPED, linear, 8, 1024, 1024, ranked=False)


def indices(tables, of):
    return tables["indices"][tables["indices"]["of"] == of].set_index("name")


def test_effects_on_a_linear_function_are_its_coefficients(line):
    effects = line["effects"].set_index("factor")
    for name, coefficient in LINEAR.items():
        row = effects.loc[name]
        assert row["mu"] == pytest.approx(coefficient, abs=1e-4)  # a range gives six digits
        assert [row["mu_star"], row["low"], row["high"]] == pytest.approx([abs(coefficient)] * 3, abs=1e-4)
        assert row["sigma"] == pytest.approx(0, abs=1e-4)
    assert (effects["n"] == 8).all()


def test_parts_of_a_linear_function_are_squares_and_those_of_groups_add_up(line):
    alone, together = indices(line, FACTOR), indices(line, GROUP)
    for name, coefficient in LINEAR.items():
        expected = coefficient**2 / 21
        assert alone.loc[name, "first"] == pytest.approx(expected, abs=0.02)
        assert alone.loc[name, "total"] == pytest.approx(expected, abs=0.02)
        assert alone.loc[name, "first_low"] <= alone.loc[name, "first"] <= alone.loc[name, "first_high"]
    assert together.loc["demand", "first"] == pytest.approx(5 / 21, abs=0.02)
    assert together.loc["technology", "first"] == pytest.approx(16 / 21, abs=0.02)
    assert together["first"].sum() == pytest.approx(alone["first"].sum(), abs=0.02)
    assert 1024 * (6 + 2) < len(line["worlds"]) <= 1024 * (6 + 2) + 8 * 5  # two worlds of a sample are of both designs


def test_ishigami_has_its_known_indices():
    """Ishigami and Homma (1990) with a = 7, b = 0.1: a factor that acts only through another."""
    a, b = 7.0, 0.1

    def ishigami(x):
        return pd.DataFrame({"f": np.sin(x["x"]) + a * np.sin(x["y"]) ** 2 + b * x["z"] ** 4 * np.sin(x["x"])})

    one, two, both = (1 + b * math.pi**4 / 5) ** 2 / 2, a**2 / 8, 8 * b**2 * math.pi**8 / 225
    total = one + two + both
    wide = {"low": -math.pi, "high": math.pi}
    priors = [
        even("x", Group.DEMAND, **wide), even("y", Group.COMPETITION, **wide), even("z", Group.TECHNOLOGY, **wide)
    ]  # fmt: skip
    found = analysed(priors, ishigami, 4, 2048, 2048, ranked=False)
    for of, names in ((FACTOR, "xyz"), (GROUP, ("demand", "competition", "technology"))):
        rows = indices(found, of).loc[list(names)]
        assert rows["first"].to_numpy() == pytest.approx(np.array([one, two, 0]) / total, abs=0.03)
        assert rows["total"].to_numpy() == pytest.approx(np.array([one + both, two, both]) / total, abs=0.03)


def test_the_same_study_gives_the_same_tables(line):
    again = analysed(GROUPED, linear, 8, 1024, 1024, ranked=False)
    for name in TABLES:
        pd.testing.assert_frame_equal(line[name], again[name])


def test_ranks_are_those_of_any_increasing_function(line):
    def steep(values):
        return np.exp(8 * linear(values))

    ranks, again = (analysed(GROUPED, one, 2, 1024)["indices"] for one in (linear, steep))
    assert ranks["first"].to_numpy() == pytest.approx(again["first"].to_numpy())
    assert ranks["first"].to_numpy() == pytest.approx(indices(line, GROUP)["first"].to_numpy(), abs=0.05)
    assert (ranks["of"] == GROUP).all()  # factors are not asked for


def test_a_part_is_said_within_0_and_1():
    assert told_part(-0.02, -0.3, 0.1) == "0% [0%, 10%]"
    assert told_part(math.nan, math.nan, math.nan) == "–"


def test_worlds_without_an_outcome_are_left_out_and_counted():
    def partly(values):
        whole = linear(values)
        return whole.assign(some=whole["y"].where(values["a"] < 0.9), never=np.nan, always=1.0)

    found = analysed(GROUPED, partly, 8, 64, 64)
    some = indices(found, FACTOR)[lambda table: table["outcome"] == "some"]
    assert (some["n"] + some["left_out"] == 64).all()
    assert (some["left_out"] > 0).all()
    assert some.loc["d", "first"] == pytest.approx(16 / 21, abs=0.2)
    for outcome in ("never", "always"):
        rows = indices(found, GROUP)[lambda table, outcome=outcome: table["outcome"] == outcome]
        assert rows["first"].isna().all()
    effects = found["effects"].set_index(["outcome", "factor"])
    assert effects.loc["always", "mu_star"].tolist() == [0, 0, 0, 0]
    assert effects.loc["never", "n"].tolist() == [0, 0, 0, 0]


def test_a_small_market_goes_on_where_it_ended(tiny, tmp_path):
    done = []
    with ThreadPoolExecutor(1) as pool:
        first, again = (
            sensitivity(
                tiny, **ASKED, outcomes=GAINS, executor=pool, keep=tmp_path, progress=lambda *now: done.append(now)
            )
            for _ in range(2)
        )
    assert len(done) == len(first.worlds)  # what is kept is not run again
    assert list(first.worlds) == [*ASKED["factors"], *GAINS]
    for name in TABLES:
        pd.testing.assert_frame_equal(first.tables[name], again.tables[name])
    assert (first.factors, first.outcomes, first.replications) == (ASKED["factors"], GAINS, 1)
    said = first.sentence
    assert said.startswith("labs_gross_margin: of its variance in rank ")
    assert all(f" is {group}" in said for group in ("accounting", "demand", "competition"))
    research = first.effects.set_index(["outcome", "factor"])["mu"]
    assert research["labs_result", "research"] < 0
    assert research["labs_gross_margin", "research"] == pytest.approx(0, abs=1e-9)  # books do not move conduct


def test_what_is_refused_says_so_in_one_line(tiny, monkeypatch):
    for asked, said in (
        ({"trajectories": 1}, "trajectories: 1 is refused"), ({"samples": 12}, "samples: 12 is refused; allowed: a po"),
        ({"each": 3}, "each: 3 is refused"),
        ({"factors": ["valus"]}, "did you mean 'values'"), ({"outcomes": ["multipel"]}, "did you mean 'multiple'"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=said):
            sensitivity(tiny, **{**ASKED, **asked})
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    with pytest.raises(InputError, match=r"needs SALib; install it with pip install 'market-of-models\[study\]'"):
        sensitivity(tiny, **ASKED)
