"""Runs made again under other luck: the study sees its own runs only, and what differs in a world is luck."""

from itertools import islice

import numpy as np
import pandas as pd
import pytest

from market.studies.draws import drawn
from market.studies.engine import engine
from market.studies.reseeded import Reseeded
from market.studies.worlds import scenarios

WORLDS, SEEDS = 3, 4


def figures(run):
    """A number that the world decides, one that luck does, and one that there is under no seed."""
    return {"world": run.seed % WORLDS, "luck": run.seed // WORLDS, "never": float("nan"), "text": "none"}


def rows(run):
    """Rows named by text, by whole numbers, and by nothing."""
    named = pd.DataFrame({"firm": ["A", "B"], "sold": [run.seed % WORLDS, run.seed % WORLDS + 1]})
    numbered = pd.DataFrame({"month": [1, 2], "price": [1.0 * (run.seed % WORLDS), 2.0]})
    return {"firms": named, "months": numbered, "list": pd.DataFrame({"price": [1.0, 1.0 * run.seed]})}


@pytest.fixture
def reseeded(threads):
    with engine(threads, draws=drawn(WORLDS)) as running:
        yield Reseeded(running, SEEDS)


@pytest.fixture
def asked(tiny):
    world = tiny.vary({"months": 1})
    return scenarios([world, world.vary({"customers": 120})], range(WORLDS), ["as it is", "larger"])


def test_a_study_sees_its_own_seeds_and_all_else_tells_luck_from_parameters(reseeded, asked):
    seen = reseeded.table(asked, figures)
    assert seen["seed"].tolist() == [0, 1, 2] * 2
    told = reseeded.apart().set_index(["world", "figure"])
    assert sorted(told.index) == [(world, figure) for world in ("as it is", "larger") for figure in ("luck", "world")]
    by_world, by_luck = told.loc[("larger", "world")], told.loc[("larger", "luck")]
    assert (by_world["parameters"], by_luck["parameters"]) == (1, 0)
    assert by_world["luck_low"] == by_world["luck_high"] == by_world["mean"] == 1  # luck moves nothing
    assert by_world["low"] < 1 < by_world["high"]
    assert by_luck["low"] == by_luck["high"] == np.mean(range(SEEDS))  # all worlds are alike
    assert by_luck["luck_low"] < by_luck["mean"] < by_luck["luck_high"]
    assert (told["worlds"] == WORLDS).all()
    assert (told["runs"] == WORLDS * SEEDS).all()


def test_rows_of_tables_are_told_apart_by_their_texts_then_by_whole_numbers(reseeded, asked):
    reseeded.tables(asked, rows)
    told = reseeded.apart()
    assert sorted({*zip(told["row"], told["figure"], strict=True)}) == [
        ("firms, A", "sold"), ("firms, B", "sold"), ("months, 1", "price"),
    ]  # fmt: skip


def test_every_further_seed_is_in_the_world_of_the_first(reseeded, asked):
    reseeded.table(asked, lambda run: {"progress": run.scenario.technology.algorithmic_progress})
    told = reseeded.apart()
    assert (told["parameters"] == 1).all()
    assert (told["luck_low"] == told["luck_high"]).all()
    assert (told["low"] < told["high"]).all()


def test_an_interrupt_among_the_further_runs_ends_the_study(reseeded, asked, monkeypatch):
    whole = reseeded.crew.stream
    monkeypatch.setattr(reseeded.crew, "stream", lambda work, tasks: whole(work, islice(tasks, len(asked) + 1)))
    with pytest.raises(KeyboardInterrupt):
        reseeded.table(asked, figures)
