"""Runs beside a run: the same scenario under other seeds, and the world that it names as its flip."""

from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

import market
from market.measures.summary import figures
from market.parameters import InputError
from market.studies.beside import beside, flipped
from market.tables.beside import AS_IT_IS, SUMMARY

SMALL = market.load("duopoly").vary({"customers": 200, "months": 26, "panel.size": 20})


@pytest.fixture(scope="module")
def run():
    """A small run with what stands beside it."""
    done = market.simulate(SMALL, seed=3)
    with ThreadPoolExecutor(1) as pool:
        done.tables.update(beside(done, 1, pool))
    return done


def test_each_row_is_the_summary_of_a_run_of_its_own(run):
    assert list(zip(run.seeds["world"], run.seeds["seed"], strict=True)) == [
        (world, seed) for world in (AS_IT_IS, SMALL.flip.said) for seed in (3, 4)
    ]
    names = [column.name for column in SUMMARY]
    for place, one in enumerate((run, market.simulate(SMALL, seed=4), market.simulate(flipped(SMALL), seed=3))):
        expected = pd.Series(figures(one))[names]
        pd.testing.assert_series_equal(run.seeds.loc[place, names].astype(float), expected, check_names=False)


def test_companies_of_all_of_them_are_kept(run):
    own = run.seeds_companies[(run.seeds_companies["world"] == AS_IT_IS) & (run.seeds_companies["seed"] == 3)]
    pd.testing.assert_frame_equal(own.drop(columns=["world", "seed"]).reset_index(drop=True), run.companies)
    assert len(run.seeds_companies) == 4 * len(run.companies)


def test_they_are_saved_with_it(run, tmp_path):
    opened = market.open_run(run.save(tmp_path / "run"))
    pd.testing.assert_frame_equal(opened.seeds, run.seeds)
    alone = market.simulate(SMALL.vary({"months": 2}))
    assert market.open_run(alone.save(tmp_path / "alone")).seeds.empty
    assert not (tmp_path / "alone" / "seeds.parquet").exists()


def test_a_summary_says_what_the_page_says(run):
    said = run.summary
    assert (said["scenario"], said["seed"], said["failed"]) == ("duopoly", 3, {})
    assert said["labs_compared"] == 2.0
    assert said["so_far"] == pytest.approx(run.seeds["so_far"].iloc[0])


@pytest.mark.parametrize("flip", [{"change": ()}, {"change": (("labs.*.overhead", SMALL.labs["Alpha"].overhead),)}])
def test_there_is_no_other_world_where_nothing_differs(flip):
    assert flipped(SMALL.vary({"flip": flip})) is None


def test_open_weights_are_no_question_where_there_are_none():
    assert flipped(market.load("cartoon")) is None
    assert flipped(market.load("no_open_source")).labs["Alpha"].training.growth == 4.0


def test_a_flip_of_what_is_not_there_is_refused():
    with pytest.raises(InputError, match="did you mean 'growth'"):
        flipped(SMALL.vary({"flip": {"change": (("labs.*.training.grow", 2.0),)}}))
