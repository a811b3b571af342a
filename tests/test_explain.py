"""The command `market explain`: a page whose numbers foot to the rows it prints."""

import csv
import os
import re
import sys
from dataclasses import replace

import pandas as pd
import pytest

import market
from market.cli import main
from tests.drawn import TIER


@pytest.fixture(scope="module")
def folder(small_run, tmp_path_factory):
    return small_run.save(tmp_path_factory.mktemp("runs") / "small-1")


@pytest.fixture
def explain(monkeypatch, capsys):
    """Call the command: (status, output, errors)."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["market", "explain", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    return call


def test_a_page_tells_the_life(folder, explain):
    status, said, _ = explain(folder, "Alpha-1")
    assert status == 0
    for words in ("Alpha-1: flagship of Alpha", "Trained by Alpha", "On sale from 2023-01", "times its full R&D"):
        assert words in said
    for words in ("own next base", "together", "Who took its customers", "Withdrawn in", "--rows"):
        assert words in said
    assert len(said.splitlines()) < 60


def test_rows_foot_to_the_page(folder, explain, small_run):
    _, said, _ = explain(folder, "Beta-1", "--rows")
    model = small_run.models.set_index("model").loc["Beta-1"]
    blocks = [part.splitlines() for part in said.split("\n# ")[1:]]
    assert [block[0].split(" ")[0] for block in blocks] == ["ledger", "research", "flow"]
    ledger, _, flows = ([*csv.DictReader(block[1:])] for block in blocks)
    revenue = sum(float(row["amount"]) for row in ledger if row["account"] == "REVENUE")
    assert revenue == pytest.approx(model["revenue"])
    lost = sum(float(row["lost"]) for row in flows if row["cause"] == "own_next")
    assert lost == pytest.approx(model["lost_to_own_next"], abs=0.01)
    assert f"all: {model['below_peak']:.2f}" in blocks[2][0]
    assert f"REVENUE {model['revenue']:.2f}" in blocks[0][0]


@pytest.mark.parametrize("kind", ["open", "unfinished", "last"])
def test_every_kind_of_model_has_a_page(kind, folder, explain, small_run):
    models = small_run.models
    sold = models[models["months_on_sale"] > 0]
    name = {
        "open": sold.loc[sold["open_weights"], "model"].iloc[0],
        "unfinished": models.loc[models["months_on_sale"] == 0, "model"].iloc[0],
        "last": sold.sort_values("released")["model"].iloc[-1],
    }[kind]
    status, said, errors = explain(folder, name, "--rows")
    assert (status, errors) == (0, "")
    assert re.search(rf"^{name}: ", said)


def test_a_base_is_told_with_its_family(small, tmp_path, explain):
    changes = {"labs.*.updates": {}, "labs.*.tiers": {"mini": TIER}, "labs.*.life": 12}
    run = market.simulate(small.vary(changes), 1)
    folder, own = run.save(tmp_path / "run"), run.families.set_index("family").loc["Alpha-1"]
    status, said, _ = explain(folder, "Alpha-1", "--rows")
    said = " ".join(said.split())
    assert status == 0
    assert (
        f"The family Alpha-1, begun in 2022-01, has {own['releases']} releases and {own['products']} products" in said
    )
    assert "the base borne in three ways" in said
    assert "Its life is not complete" in said  # it was released before the run
    for name in ("Alpha-1.1", "Alpha-1-mini"):
        status, said, _ = explain(folder, name)
        assert status == 0
        assert "The family" not in said
    assert "own update" in explain(folder, "Alpha-2")[1]
    old = run.models.drop(columns=[name for name in run.models if "own_" in name or name.startswith("hosts_")])
    again = replace(run, tables=run.tables | {"models": old}).save(tmp_path / "old")
    pd.testing.assert_frame_equal(market.open_run(again).models, run.models)


def test_wrong_names_get_one_line_and_status_2(folder, explain, tmp_path):
    for words, expected in (
        ((folder, "Alpah-1"), "did you mean 'Alpha-1'"),
        ((folder.parent / "smal-1", "Alpha-1"), "did you mean '"),
        ((tmp_path, "Alpha-1"), "is no complete run"),
        (("x/" * 2100 + "run", "Alpha-1"), "unknown run folder"),
        (("x" * 300, "Alpha-1"), "unknown run folder"),
        (("nowhere/at-all", "Alpha-1"), "unknown run folder 'nowhere/at-all'"),
    ):
        status, said, errors = explain(*words)
        assert (status, said) == (2, "")
        assert expected in errors
        assert len(errors.splitlines()) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_pipe_for_a_manifest_is_not_waited_for(explain, tmp_path):
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "manifest.json")
    for folder, said in (("pipe", "is no regular file"), ("pip", "unknown run folder")):
        status, _, errors = explain(tmp_path / folder, "Alpha-1")
        assert (status, len(errors.splitlines())) == (2, 1)
        assert said in errors


def test_a_run_saved_before_there_was_attribution_is_explained(small_run, tmp_path, explain):
    old = small_run.models.drop(columns=[c for c in small_run.models if c.startswith(("lost_to_", "gained_"))])
    old = old.drop(columns=["below_peak", "peak_month", "peak_revenue", "gross_turnover", "revenue_withdrawn"])
    folder = replace(small_run, tables=small_run.tables | {"models": old}).save(tmp_path / "old")
    assert "below_peak" not in pd.read_parquet(folder / "models.parquet")
    pd.testing.assert_frame_equal(market.open_run(folder).models, small_run.models)
    assert "own next base" in explain(folder, "Alpha-1")[1]
