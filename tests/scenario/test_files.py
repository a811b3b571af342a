"""Files as people have them, and what is no scenario: one line without control characters."""

import numpy as np
import pandas as pd
import pytest

import market
from market.parameters import InputError, plain
from market.scenario.load import LONGEST_CHAIN, load
from market.scenario.schema import build
from market.wording import LONGEST

TEXT = 'extends = "duopoly"\nmonths = 6\n'


@pytest.mark.parametrize(
    "stem", ["Szenario für März", "(copy) [1]", "市場", "سوق", "a.b", "-x", "x" * 190, "été 'quoted' & more"]
)
@pytest.mark.parametrize("ending", [".toml", ".TOML"])
def test_any_file_name(stem, ending, tmp_path):
    path = tmp_path / f"{stem}{ending}"
    path.write_text(TEXT, encoding="utf-8")
    assert (load(path).name, load(str(path)).months) == (stem, 6)


@pytest.mark.parametrize(
    ("stem", "name"), [(" x.", "x"), ("a:b?", "a_b_"), ("...", "scenario"), ("é" * 120, "é" * 100)]
)
def test_a_stem_that_is_no_folder_name_is_made_one(stem, name, tmp_path):
    path = tmp_path / f"{stem}.toml"
    path.write_text(TEXT, encoding="utf-8")
    assert load(path).name == name


@pytest.mark.parametrize("name", ["a/b", "a\\b", "a\nb", "\x1b[31m", "a:b", ".", " a", "a.", "", "x" * 201, "a\u202eb"])
def test_a_name_that_is_no_folder_name_is_refused(name):
    with pytest.raises(InputError, match=r"name: .* allowed: what can be part of a folder's name"):
        market.load("duopoly").vary({"name": name})


def test_byte_order_marks_and_line_ends(tmp_path):
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert load(tmp_path / "a.toml").months == 6


def bad_files(folder):
    """Files that are none, by what the line says of them."""
    for name, data in {
        "nested": b"a = " + b"[" * 800,
        "deep": b"a = " + b"[" * 100_000 + b"]" * 100_000,
        "fifty": b'extends="duopoly"\ninterventions = ' + b"[" * 80 + b"]" * 80,
        "digits": b"months = " + b"9" * 5000,
        "latin": "# ü".encode("latin-1"),
        "name": b'extends = "duopoly"\nname = "a\\nb"',
        "key": b'extends = "duopoly"\n"a\\nb\\u001b[31m" = 1',
        "catalogue": b'extends = "../catalogue/duopoly"',
        "around": b'extends = "d/back.toml"',
        "d/back": b'extends = "../d/../around.toml"',
        "self": b'extends = "link.toml"',
    }.items():
        (folder / "d").mkdir(exist_ok=True)
        (folder / f"{name}.toml").write_bytes(data)
    (folder / "link.toml").symlink_to("self.toml")
    (folder / "folder.toml").mkdir()
    for number in range(LONGEST_CHAIN + 1):
        (folder / f"c{number}.toml").write_text(f'extends = "c{number + 1}.toml"')
    (folder / f"c{LONGEST_CHAIN + 1}.toml").write_text(TEXT)


BAD = {
    "nested": "malformed TOML",
    "deep": "malformed TOML .tables and lists are nested too deeply",
    "fifty": "nested more than 50 deep",
    "digits": "malformed TOML .*5000 digits",
    "latin": "cannot be read .it is not UTF-8 text",
    "name": r"name: 'a\\nb' has a control character",
    "key": r"unknown key 'a\\nb\\x1b\[31m'",
    "catalogue": "unknown scenario '../catalogue/duopoly'; did you mean 'duopoly'",
    "around": "extends itself, by way of",
    "link": "extends itself, by way of",
    "folder": "is a directory",
    "c0": "by way of 50 others; allowed: 50 in a chain",
    "x" * 300: "cannot be read .file name too long",
    "a\0b": "cannot be read .embedded null byte",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("bad")
    bad_files(made)
    return made


@pytest.mark.parametrize("name", BAD)
def test_bad_files_get_one_clean_line(name, folder):
    with pytest.raises(InputError, match=BAD[name]) as error:
        load(f"{folder}/{name}.toml")
    said = str(error.value)
    assert said.isprintable()
    assert len(said) <= LONGEST


def test_a_chain_of_the_longest_length_loads(folder):
    assert load(folder / "c4.toml").months == 6


@pytest.mark.parametrize("what", [None, 3, ["duopoly"], True, b"duopoly", {"name": "duopoly"}])
def test_what_is_no_scenario_is_refused_everywhere(what):
    base = market.load("duopoly")
    calls = [
        lambda: market.load(what), lambda: market.simulate(what), lambda: market.replicate(what, [0]),
        lambda: market.compare(base, what), lambda: market.sweep(what, {"months": [3]}),
        lambda: market.break_even(what, "months"),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(InputError, match="is refused; allowed: a scenario, a name or a path"):
            call()


def test_an_error_is_one_line_of_bounded_length():
    said = str(InputError("a\nb\x1b[31m\u202e\u2028\udc80" + "x" * 200_000 + ": allowed: 3"))
    assert said.startswith(r"a\nb\x1b[31m\u202e\u2028\udc80x")
    assert said.endswith("allowed: 3")
    assert len(said) == LONGEST
    assert str(InputError(said)) == said


NUMBERS = {
    "customers": [np.int64(400), np.uint8(200), np.array(400), pd.Series([400])[0], pd.array([400], dtype="Int64")[0]],
    "labs.*.overhead": [np.float64(0.25), np.float32(0.25), np.longdouble(0.25), np.array(0.25), np.int8(1)],
    "labs.*.pricing": [{"rule": np.str_("cost_plus"), "markup": np.float64(0.5)}],
    "labs.*.funding": [pd.Series({"rule": "patient"}).to_dict()],
}


@pytest.mark.parametrize(("path", "value"), [(path, value) for path, values in NUMBERS.items() for value in values])
def test_numbers_of_numpy_and_pandas_are_numbers(path, value):
    base = market.load("duopoly")
    varied = base.vary({path: value})
    assert varied == base.vary({path: plain(value)})
    assert varied.model_dump_json() == base.vary({path: plain(value)}).model_dump_json()
    assert build(varied.model_dump()) == varied


@pytest.mark.parametrize(
    "value", [np.bool_(True), np.float64(400.0), np.datetime64(400, "ns"), np.array([400]), 1 + 0j]
)
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(InputError, match=r"customers: .* is refused; allowed: a whole number, 100 to 10,000,000"):
        market.load("duopoly").vary({"customers": value})


def test_months_of_frozen_prices_are_numbers_or_text():
    def frozen(path):
        change = {"month": 0, "kind": "freeze_prices", "target": "*", "value": {"Alpha-1": path}}
        return market.load("duopoly").vary({"interventions": [change]})

    assert frozen({np.int64(3): np.float32(2)}) == frozen({"3": 2.0}) == frozen({3: 2.0})
    assert frozen({np.int64(3): np.float32(2)}).model_dump_json() == frozen({"3": 2.0}).model_dump_json()
