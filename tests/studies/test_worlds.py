"""Scenarios in worlds that agree with the evidence: what a user sets stays as it is set."""

import json
from pathlib import Path

import pytest

import market
from market.cli import main
from market.parameters import InputError
from market.scenario.vary import values_set
from market.studies.draws import Draw, changed, drawn, in_world
from market.studies.identity import Keys
from market.studies.points import Design, values_at
from market.studies.reading import asked
from market.studies.worlds import World, Worlds
from market.views.report import again
from market.views.results import opened

BASELINE = market.load("baseline")
DRAW = drawn(1)[0]
"""Some world."""


def in_it(changes, draw=DRAW):
    """The baseline with changes in a world, as a study runs it, as a table."""
    return World(0, BASELINE, changes, 0, draw).setting.model_dump()


@pytest.mark.parametrize(
    "path",
    [
        "labs.*.research", "labs.Alpha.overhead", "technology.shock_sd", "labs.*.training.growth",
        "labs.*.training.first_cost", "segments.consumer.volume", "segments.*.open_access", "open_providers.*.budget",
    ],
)  # fmt: skip
def test_what_is_set_to_the_value_that_was_calibrated_is_so_in_every_world(path):
    own = values_at(BASELINE.model_dump(), path)
    assert values_at(in_it({}), path) != own
    for draw in drawn(3):
        assert set(values_at(in_it({path: own[0]}, draw), path)) == {own[0]}


def test_a_table_fixes_what_is_in_it_and_what_is_switched_on_nothing():
    assert values_set({"labs.*.training": {"rule": "cadence", "growth": 2.5}}) == (
        "labs.*.training.rule", "labs.*.training.growth",
    )  # fmt: skip
    assert values_set({"labs.*.updates": True, "labs.Alpha.updates": {}, "labs.Beta.updates": False}) == (
        "labs.Beta.updates",
    )
    assert values_set({"segments.*.firm_taste": {"Alpha": 1.0}}) == ("segments.*.firm_taste",)


def test_what_is_set_together_stays_together():
    pace = BASELINE.technology.algorithmic_progress
    technology = in_it({"technology.algorithmic_progress": pace})["technology"]
    assert technology["algorithmic_schedule"] == BASELINE.model_dump()["technology"]["algorithmic_schedule"] != []
    assert technology["serving_progress"] == DRAW.factors["serving_progress"]
    assert not in_it({})["technology"]["algorithmic_schedule"]


def test_a_rule_that_is_set_has_what_is_drawn_of_its_block():
    labs = in_it({"labs.*.training.rule": "hurdle"})["labs"].values()
    assert {lab["training"]["rule"] for lab in labs} == {"hurdle"}
    kept = {lab["training"]["growth"] for lab in labs}
    assert kept == {DRAW.factors["budget_growth"]}


def test_a_path_that_leads_nowhere_is_refused():
    with pytest.raises(InputError, match=r"labs\.\*\.reserch: unknown name 'reserch'.*did you mean 'research'"):
        market.compare("baseline", "duopoly", worlds=2, fixed=["labs.*.reserch"])
    with pytest.raises(InputError, match=r"fixed: .*allowed: a list of paths"):
        drawn(2, "labs.*.research")


def test_a_factor_of_what_is_fixed_does_not_act():
    assert changed(BASELINE, Draw({"research": 1.0}))
    assert not changed(BASELINE, Draw({"research": 1.0}, ("labs.*",)))


def test_results_are_kept_apart_by_what_is_fixed():
    def key(changes, fixed=()):
        worlds = Worlds(BASELINE, Design("list", (changes,)), (0,), drawn(1, fixed))
        return next(iter(Keys(worlds, asked(["multiple"]))))

    same = {"labs.*.research": BASELINE.labs["Alpha"].research}
    assert len({key({}), key(same), key({}, ["labs.*.research"]), key({}, ["labs.*.overhead"])}) == 4


def test_commands_fix_what_is_set(here):
    """A value of the calibrated scenario, which its line names again; a world moves it where nobody sets it."""
    path, value = "labs.*.training.first_cost", BASELINE.labs["Alpha"].training.first_cost
    small = ["--set", "customers=100", "--set", "months=3", "--set", "panel.size=10", "--worlds", "2"]
    some = [*small, "--set", f"{path}={value}", "--outcome", "labs_result"]
    words = {
        "compare": ["baseline", "no_open_source", *some, "--workers", "1"],
        "sweep": ["baseline", *some, "--factor", "labs.*.overhead=0.1,0.2", "--workers", "1"],
    }
    for command, asked_for in words.items():
        status, _, errors = here(main, "market", command, *asked_for, "--out", command)
        assert status == 0, errors
        assert f"--set '{path}={value}'" in again.command(opened(command))
    draws = json.loads(Path("sweep/manifest.json").read_text())["identity"]["draws"]
    assert path in draws[0]["fixed"]
    runs = opened("compare").runs.set_index(["world", "seed"])["labs_result"]
    setting = market.load("no_open_source").vary({"customers": 100, "months": 3, "panel.size": 10})
    for seed, draw in enumerate(drawn(2, [path])):
        run = market.simulate(in_world(setting, draw), seed)
        assert runs["b", seed] == pytest.approx(market.measures.outcomes.compute(run, ["labs_result"])["labs_result"])
