"""The tables of evidence load, are what they say and cannot be spoiled by a caller."""

from __future__ import annotations

from importlib import resources

import pandas as pd
import pytest

from market import evidence
from market.parameters import InputError


def test_every_table_loads_and_the_readme_describes_it():
    readme = (resources.files("market.evidence") / "README.md").read_text(encoding="utf-8")
    for name in evidence.names():
        assert len(evidence.load(name)) > 0
        assert f"`{name}." in readme


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="unknown table of evidence 'modles'; did you mean 'models'"):
        evidence.load("modles")


def test_days_are_timestamps_and_flags_are_booleans():
    models = evidence.load("models")
    assert models["released"].dtype.kind == "M"
    assert models["open_weights"].dtype == bool
    assert (len(models), models["lab"].nunique()) == (143, 16)


def test_a_caller_gets_a_copy():
    targets = evidence.load("targets")
    targets["target"] = 0.0
    assert evidence.load("targets")["target"].abs().sum() > 0
    evidence.load("published_numbers").clear()
    assert "epoch_price_trends" in evidence.load("published_numbers")


def test_targets_have_a_band_around_the_target_and_a_source():
    targets = evidence.load("targets")
    assert len(targets) == 18
    assert (targets["low"] <= targets["target"]).all()
    assert (targets["target"] <= targets["high"]).all()
    assert targets["source"].notna().all()


def test_router_entries_name_models_that_exist():
    names = evidence.load("router_models")
    entries = evidence.load("token_shares")["entity"].str.split(":").str[0]
    assert names["model"].isin(evidence.load("models")["model"]).all()
    assert names["entity"].isin(entries).all()
    assert names["entity"].is_unique


def test_predecessors_are_models_of_the_same_lab_released_before():
    models = evidence.load("models")
    pairs = models.dropna(subset=["predecessor"])
    older = models.set_index("model").loc[pairs["predecessor"]]
    assert (older["lab"].to_numpy() == pairs["lab"].to_numpy()).all()
    assert (pd.Series(older["released"].to_numpy()) <= pd.Series(pairs["released"].to_numpy())).all()
