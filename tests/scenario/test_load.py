"""Scenario files: inheritance, and one clear line for whatever is wrong."""

import pytest

import market
from market.parameters import InputError
from market.scenario.load import catalogue, load


def write(tmp_path, text, name="mine.toml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_scenario_of_the_catalogue_loads_and_describes_itself(name):
    scenario = load(name)
    assert scenario.name == name
    assert len(scenario.description) > 20
    assert type(scenario).model_validate(scenario.model_dump()) == scenario


def test_the_catalogue_holds_what_the_design_lists():
    wanted = {"baseline", "cartoon", "monopoly", "duopoly", "eight_labs", "no_open_source", "full_open_access"}
    assert wanted <= set(catalogue())


def test_extends_remove_and_set(tmp_path):
    path = write(
        tmp_path,
        """
extends = "baseline"
remove = ["open_providers.*", "labs.Delta"]
months = 12
[labs.Alpha.pricing]
rule = "cost_plus"
[labs.Beta.training]
growth = 3.0
[set]
"segments.*.open_access" = 0.5
""",
    )
    scenario = load(path)
    assert scenario.name == "mine"
    assert list(scenario.firms) == ["Alpha", "Beta", "Gamma"]
    assert scenario.labs["Alpha"].pricing.rule == "cost_plus"
    assert scenario.labs["Alpha"].first_start == -12
    assert scenario.labs["Beta"].training.growth == 3.0
    assert {s.open_access for s in scenario.segments.values()} == {0.5}


def test_a_child_has_the_last_word_over_its_parents_set(tmp_path):
    write(tmp_path, 'extends = "baseline"\n[set]\n"labs.*.overhead" = 0.1\n', "parent.toml")
    child = write(tmp_path, 'extends = "parent.toml"\n[labs.Alpha]\noverhead = 0.2\n', "child.toml")
    labs = load(child).labs
    assert (labs["Alpha"].overhead, labs["Beta"].overhead) == (0.2, 0.1)


BAD = {
    "unknown key": ('extends = "baseline"\nmonhts = 3', r"unknown key 'monhts'; did you mean 'months'\?"),
    "unknown nested key": (
        'extends = "baseline"\n[labs.Alpha]\noverhed = 1',
        r"labs.Alpha: unknown key 'overhed'; did",
    ),
    "number as text": (
        'extends = "baseline"\n[labs.Alpha.training]\nfirst_cost = "1e9"',
        r'first_cost: the text "1e9"',
    ),
    "true as a number": ('extends = "baseline"\n[labs.Alpha]\noverhead = true', r"overhead: true is refused"),
    "out of range": (
        'extends = "baseline"\n[demand]\nturnover = 1.5',
        r"turnover: 1.5 is refused; allowed: a number, 0 to 1",
    ),
    "not finite": ('extends = "baseline"\n[labs.Alpha]\noverhead = nan', r"overhead: nan is refused"),
    "duplicate in TOML": ("months = 3\nmonths = 4", r"malformed TOML"),
    "malformed TOML": ("months = = 3", r"malformed TOML"),
    "duplicate across tables": ('extends = "baseline"\n[open_providers.Alpha]\nfirst_start = 0', r"taken by a lab"),
    "no lab": ('extends = "baseline"\nremove = ["labs.*"]', r"there is no lab"),
    "no segment": ('extends = "baseline"\nremove = ["segments.*"]', r"there is no segment"),
    "reserved name": ('extends = "baseline"\n[labs.hosts]\nfirst_start = 0', r"'hosts' is no usable name"),
    "unknown rule": ('extends = "baseline"\n[labs.Alpha.pricing]\nrule = "bestresponse"', r"did you mean 'best_resp"),
    "unknown parent": ('extends = "basline"', r"unknown scenario 'basline'; did you mean 'baseline'\?"),
    "removed what is not there": ('extends = "baseline"\nremove = ["labs.Omega"]', r"unknown name 'Omega'"),
    "itself": ('extends = "mine.toml"', r"extends itself"),
    "over before it begins": (
        'extends = "no_open_source"\nmonths = 3\n[set]\n"labs.*.first_start" = 5',
        r"months: 3 end before any firm starts, in month 5",
    ),
    "capital shut to nobody": (
        'extends = "baseline"\n[[interventions]]\nmonth = 3\nkind = "shut_capital"\ntarget = "Alpah"',
        r"shut_capital: unknown firm 'Alpah'; did you mean 'Alpha'",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_get_one_clear_line(case, tmp_path):
    text, expected = BAD[case]
    with pytest.raises(InputError, match=expected) as error:
        load(write(tmp_path, text))
    assert "\n" not in str(error.value)


def test_missing_files_and_names(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path / "nowhere.toml")
    with pytest.raises(InputError, match="did you mean 'duopoly'"):
        market.load("duoply")
