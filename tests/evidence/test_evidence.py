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
    assert (targets["low"] <= targets["target"]).all()
    assert (targets["target"] <= targets["high"]).all()
    assert targets[["estimator", "source"]].notna().all(axis=None)
    assert targets["moment"].is_unique


def test_targets_end_by_2025_and_some_are_held_out():
    targets = evidence.load("targets")
    assert targets["period"].str[-4:].astype(int).between(2023, 2025).all()
    assert targets["period"].str.removeprefix("FY").str[:4].astype(int).between(2023, 2025).all()
    assert targets["fitted"].sum() <= 12
    assert (~targets["fitted"]).sum() >= 6


def test_nothing_that_may_be_fitted_rests_on_figures_of_after_2025():
    known, targets = evidence.load("calibration"), evidence.load("targets")
    years = known["period"].fillna("").str.findall(r"20\d\d")
    assert known["after_2025"].tolist() == [max(found, default="") > "2025" for found in years]
    used = targets.loc[targets["fitted"] & targets["ours"].isna(), "source"]
    cited = used.str.findall(r"\b[A-Za-z0-9]+_\w+").explode().dropna()
    assert len(cited) > 5
    assert not set(cited) & set(known.loc[known["after_2025"], "parameter"])


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
