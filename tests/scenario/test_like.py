"""A firm or a segment of a file may be like another: it says only what is different."""

import pytest

import market
from market.parameters import InputError

BASE = 'extends = "baseline"\nmonths = 12\n'


def load(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(BASE + text)
    return market.load(path)


def test_a_new_lab_is_like_one_that_is_there(tmp_path):
    scenario = load(tmp_path, '[labs.Epsilon]\nlike = "Delta"\nfirst_start = 5\ntraining.cadence = 9\n')
    new, old = scenario.labs["Epsilon"], scenario.labs["Delta"]
    assert (new.first_start, new.training.cadence) == (5, 9)
    assert new.tiers == old.tiers
    assert new.training.growth == old.training.growth
    assert scenario.labs["Delta"] == market.load("baseline").labs["Delta"]


def test_likeness_goes_on_from_one_to_the_next(tmp_path):
    chain = '[labs.Zeta]\nlike = "Epsilon"\nfirst_start = 7\n[labs.Epsilon]\nlike = "Beta"\nlife = 9\n'
    assert load(tmp_path, chain).labs["Zeta"].life == 9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[labs.Epsilon]\nlike = "Bata"\n', "labs.Epsilon.like: unknown name 'Bata'; did you mean 'Beta'?"),
        ('[labs.Epsilon]\nlike = "Epsilon"\n', "labs.Epsilon.like: unknown name 'Epsilon'"),
        ('[labs.Epsilon]\nlike = "Zeta"\n[labs.Zeta]\nlike = "Epsilon"\n', "like: unknown name"),
        ("[labs.Epsilon]\nlike = 3\n", "labs.Epsilon.like: unknown name"),
        ("[labs.Epsilon]\nlike = []\n", "labs.Epsilon.like: unknown name"),
    ],
)
def test_likeness_to_nothing_gets_one_line(tmp_path, text, expected):
    with pytest.raises(InputError) as error:
        load(tmp_path, text)
    assert expected in str(error.value)
    assert "\n" not in str(error.value)


def test_tiers_of_a_file_replace_those_of_the_world_it_extends(tmp_path):
    nano = "nano = { capability_gap = 9.0, cost_ratio = 0.1, training_share = 0.02 }"
    scenario = load(tmp_path, f"[labs.Beta.tiers]\n{nano}\n[labs.Gamma]\ntiers = {{}}\nupdates = false\n")
    assert list(scenario.labs["Beta"].tiers) == ["nano"]
    assert scenario.labs["Gamma"].tiers == {}
    assert scenario.labs["Gamma"].updates is None
    assert list(scenario.labs["Alpha"].tiers) == ["mid", "mini"]


def test_who_is_there_already_cannot_be_like_another(tmp_path):
    with pytest.raises(InputError, match=r"labs.Beta.like: Beta is in the scenario.*remove = \[\"labs.Beta\"\]"):
        load(tmp_path, '[labs.Beta]\nlike = "Delta"\n')
    anew = load(tmp_path, 'remove = ["labs.Beta"]\n[labs.Beta]\nlike = "Delta"\nupdates = false\n').labs
    assert (anew["Beta"].first_start, anew["Beta"].updates) == (anew["Delta"].first_start, None)


@pytest.mark.parametrize(("word", "on"), [("false", False), ("true", True), ("{}", True)])
def test_updates_of_a_firm_that_says_all_itself(tmp_path, word, on):
    new = load(tmp_path, f"[labs.Zeta]\nfirst_start = 3\nupdates = {word}\n").labs["Zeta"]
    assert (new.updates is not None) == on
