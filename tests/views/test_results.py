"""Every folder that the program writes opens as what it is; what does not gets one line."""

import json
import shutil
from dataclasses import replace

import pandas as pd
import pytest

from market.parameters import InputError
from market.studies.answers.study import Answers
from market.studies.calibration import Calibration, told
from market.studies.claims import CLAIMS
from market.studies.hindcast.study import Hindcast
from market.studies.policies import PolicyEquilibrium
from market.studies.sensitivity import Sensitivity
from market.studies.tournament import Tournament
from market.studies.verdict import Verdict
from market.tables import Run
from market.views import sentences
from market.views.report import again
from market.views.results import (
    KINDS,
    Compared,
    Crossed,
    Inquired,
    Swept,
    existing,
    kind_of,
    opened,
    source_of,
    tables_of,
)


@pytest.mark.parametrize(
    ("kind", "of"),
    [("run", Run), ("sweep", Swept), ("comparison", Compared), ("break-even", Crossed), ("experiment", Inquired),
     ("policies", PolicyEquilibrium), ("tournament", Tournament), ("sensitivity", Sensitivity),
     ("verdict", Verdict), ("answers", Answers), ("hindcast", Hindcast), ("calibration", Calibration)],
)  # fmt: skip
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


def test_games_say_what_they_said(saved):
    for kind in ("policies", "tournament"):
        result = opened(saved / kind)
        assert (result.scenario.customers, result.scenario.panel.size) == (300, 20)
        assert result.sentence.startswith({"policies": "Within the policies", "tournament": "Of 3 kinds"}[kind])
    assert (opened(saved / "policies").alike, opened(saved / "tournament").finalists) == (False, 2)


def test_a_sensitivity_says_what_it_said(saved):
    found = opened(saved / "sensitivity")
    assert (found.factors, found.trajectories, found.samples) == (["research", "values", "pricing"], 2, 4)
    assert list(found.worlds) == [*found.factors, *found.outcomes]
    lines = found.sentence.splitlines()
    assert lines[0].startswith("labs_result: of its variance in rank ")
    assert lines[2].startswith("open_token_share: nothing is known")  # the record ends before its period


def test_a_verdict_has_its_worlds(saved):
    found = opened(saved / "verdict")
    assert (found.count, found.seeds, len(found.worlds)) == (4, 2, 8)
    assert found.answers["claim"].tolist() == list(CLAIMS)
    assert found.answers["share"].between(0, 1).all()


def test_a_hindcast_says_what_it_said(saved):
    found = opened(saved / "hindcast")
    assert (found.customers, found.seed, found.fit_until) == (200, 0, "2025-06-29")
    assert set(found.tables) == {"scores", "forecasts", "authors", "succession", "revenue", "fitted"}
    assert found.score("simulation", 13) == pytest.approx(
        found.scores.query("contestant == 'simulation'")["kl"].iloc[2]
    )
    assert found.scenario.name == "history"


def test_a_calibration_is_as_it_was_saved(saved):
    folder = saved / "calibration"
    found = opened(folder)
    assert [one.name for one in found.priors] == ["research", "overhead", "unpaid"]
    assert (found.until, found.seeds, found.scenario.customers) == (2024, (0, 1), 300)
    tables = tables_of(found)
    assert {path.stem for path in folder.glob("*.csv")} == set(tables)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(pd.read_csv(folder / f"{name}.csv"), table, rtol=1e-12)
    assert source_of(found).startswith("duopoly · seeds 0–1 · evidence to 2024 · ")
    words = again.command(found)
    assert words.startswith("market calibrate duopoly --set months=14")
    assert words.endswith("--factor unpaid --first 24 --each 16 --last 48 --replications 2")
    assert "--until 2024" in words
    assert again.command(replace(found, scenario=found.scenario.vary({"months": 36}))).count("months=36") == 1


def test_a_calibration_says_what_is_learnt_and_what_is_not(saved):
    found = opened(saved / "calibration")
    said = "\n".join(sentences.said("calibration", found))
    assert "7 of 7 moments fitted are inside 80% intervals." in said
    assert told(found.forecasts) in said
    assert "narrows the prior's 80% interval: research (" in said
    assert found.unidentified == ["unpaid"]
    assert "Not identified" in said
    assert "left out: leadership_changes@2024 in" in said
    assert "raised to" not in said
    tempered = "\n".join(sentences.said("calibration", replace(found, tempering=2.26, until=2025)))
    assert "tempered by 2.3" in tempered
    assert "Weights are raised to 1 ÷ 2.3" in tempered
    assert "2025, forecast" not in tempered


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
