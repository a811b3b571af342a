"""Every folder that the program writes opens as what it is; what does not gets one line."""

import json
import shutil

import pytest

from market.parameters import InputError
from market.tables import Run
from market.views.results import KINDS, Compared, Crossed, Inquired, Swept, existing, kind_of, opened


@pytest.mark.parametrize(
    ("kind", "of"),
    [("run", Run), ("sweep", Swept), ("comparison", Compared), ("break-even", Crossed), ("experiment", Inquired)],
)
def test_a_folder_opens_as_what_it_is(kind, of, saved):
    result = opened(saved / kind)
    assert isinstance(result, of)
    assert kind_of(result) == kind
    assert json.loads((saved / kind / "manifest.json").read_text())["kind"] == kind


def test_all_kinds_are_tried(saved):
    assert set(KINDS) == {path.name for path in saved.iterdir() if not path.name.endswith("-runs")}


def test_a_sweep_has_its_design_and_outcomes(saved):
    swept = opened(saved / "sweep")
    assert (swept.design.kind, swept.design.factors) == ("grid", ["labs.*.overhead", "labs.*.research"])
    assert swept.outcomes == ["labs_revenue"]
    assert (swept.scenario.name, swept.scenario.customers, swept.seeds) == ("duopoly", 300, [0, 1])
    assert len(swept.table) == 8


def test_a_comparison_has_both_worlds(saved):
    pair = opened(saved / "comparison")
    assert (pair.a.name, pair.b.name, pair.names, pair.seeds) == (
        "duopoly",
        "monopoly",
        ("duopoly", "monopoly"),
        [0, 1],
    )
    assert {"outcome", "a", "b", "low", "high"} <= set(pair.differences)
    assert set(pair.runs["world"]) == {"a", "b"}


def test_a_break_even_is_concluded_from_what_was_tried(saved):
    crossed = opened(saved / "break-even")
    assert (crossed.outcome, crossed.level, crossed.log) == ("labs_result", -1e9, False)
    assert f"{crossed.crossing.value:.4g}" in crossed.sentence or crossed.crossing.verdict in crossed.sentence.lower()


def test_an_experiment_has_its_tables_and_pictures(saved):
    asked = opened(saved / "experiment")
    assert (asked.name, asked.quick, asked.seeds) == ("small", True, 2)
    assert asked.tables["numbers"]["number"].tolist() == [1.5, 2.5]
    assert asked.pictures["empty"].read_bytes().startswith(b"\x89PNG")


def test_what_is_no_result_gets_one_line(saved, tmp_path):
    for folder, said in (
        (saved / "comparsion", f"did you mean '{saved / 'comparison'}'"),
        (tmp_path / "nothing", "unknown folder"),
        (tmp_path, "holds no result"),
    ):
        with pytest.raises(InputError, match=said.replace("?", r"\?")) as refused:
            opened(folder)
        assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("kind", "file"),
    [("run", "offers.parquet"), ("sweep", "table.parquet"), ("comparison", "runs.csv"), ("break-even", "evidence.csv"),
     ("experiment", "numbers.csv"), ("experiment", "empty.png"), ("comparison", "manifest.json")],
)  # fmt: skip
def test_a_damaged_folder_gets_one_line(kind, file, saved, tmp_path):
    shutil.copytree(saved / kind, tmp_path / kind)
    (tmp_path / kind / file).write_bytes(b"changed")
    with pytest.raises(InputError) as refused:
        opened(tmp_path / kind)
    assert len(str(refused.value).splitlines()) == 1
    assert str(tmp_path / kind) in str(refused.value)


def test_the_nearest_folder_is_of_the_kind_asked_for(saved):
    with pytest.raises(InputError, match="unknown run folder") as refused:
        existing(saved / "comparisons", "run")
    assert "comparison'?" not in str(refused.value)
