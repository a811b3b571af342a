"""Scenario files: inheritance, and one clear line for whatever is wrong."""

import pytest

import market
from market.parameters import RENAMED, InputError
from market.scenario.load import catalogue, load
from market.scenario.schema import build


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
    "a name of version 0.1": (
        'extends = "baseline"\n[segments.bulk]\nunlock = 0.1',
        r"^segments\.bulk: unknown key 'unlock'; it is now 'compute_elasticity'$",
    ),
    "a name of version 0.1, and so none of today": (
        'extends = "baseline"\nremove = ["segments.bulk.upgrade"]\n[segments.bulk]\nupgrade = 0.1',
        r"unknown name 'upgrade'; it is now 'reconsideration_at_release'$",
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


def old(data):
    """A scenario's table with the names of version 0.1."""
    names = {new: before for before, new in RENAMED.items()}
    return {names.get(key, key): old(value) if isinstance(value, dict) else value for key, value in data.items()}


def test_names_of_version_0_1_are_told_their_new_ones_and_opened_where_they_were_saved():
    scenario = market.load("duopoly")
    before = old(scenario.model_dump())
    assert {"unlock", "upgrade"} <= before["segments"]["bulk"].keys()
    with pytest.raises(InputError, match=r"^capital: unknown key '\w+_multiple'; it is now '\w+_exit_multiple' \(and"):
        build(before)
    with pytest.raises(InputError, match=r"^segments\.bulk: unknown key '(unlock|upgrade)'; it is now '"):
        build({**scenario.model_dump(), "segments": {"bulk": {**before["segments"]["bulk"], "agents": 1.0}}})
    with pytest.raises(
        InputError, match=r"^segments\.\*\.unlock: unknown name 'unlock'; it is now 'compute_elasticity'$"
    ):
        scenario.vary({"segments.*.unlock": 0.1})
    assert build(before, opening=True) == scenario
