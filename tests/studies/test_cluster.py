"""A Dask cluster: the same table as here, also when a worker is lost; what is wrong is said in one line."""

import importlib
from pathlib import Path

import pandas as pd
import pytest

import market
from market.parameters import InputError
from market.studies.sensitivity import sensitivity
from market.studies.verdict import verdict

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"


@pytest.fixture
def faults(monkeypatch):
    """What the experiment on sweeps does to them."""
    monkeypatch.syspath_prepend(str(EXPERIMENTS))
    return importlib.import_module("faults")


@pytest.mark.filterwarnings("ignore")
def test_a_worker_lost_in_the_middle_changes_no_byte(faults, tiny, tmp_path, threads):
    factors, asked = {"labs.*.training.growth": [1.5, 2.0, 2.5, 3.0, 4.0]}, {"seeds": [0, 1], "outcomes": ["multiple"]}
    market.sweep(tiny, factors, out=tmp_path / "calm", executor=threads, **asked)
    with faults.half_a_cluster() as lossy:
        market.sweep(tiny, factors, out=tmp_path / "lost", **asked, **lossy)
    for name in ("table.csv", "table.parquet"):
        assert (tmp_path / "lost" / name).read_bytes() == (tmp_path / "calm" / name).read_bytes()


@pytest.mark.filterwarnings("ignore")
def test_the_posterior_and_what_answers_turn_on_are_the_same_there(faults, tiny, threads):
    what = {"factors": ["research", "values"], "outcomes": ["labs_revenue"], "trajectories": 2, "samples": 4}

    def both(**where):
        turned = sensitivity(tiny, **what, **where)
        over = verdict(tiny, worlds=2, seeds=2, **where)
        return {**turned.tables, **over.tables}

    calm = both(executor=threads)
    with faults.half_a_cluster() as lossy:
        lost = both(**lossy)
    for name, table in calm.items():
        pd.testing.assert_frame_equal(lost[name], table, check_exact=True)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("localhost:1", "'localhost:1' is no address; allowed: tcp://HOST:PORT"),
        ("tcp://127.0.0.1:9", "does not answer"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_cannot_be_used_gets_one_line(address, said, tiny, monkeypatch):
    monkeypatch.setattr("market.studies.cluster.SECONDS", 1)
    with pytest.raises(InputError, match=said) as refused:
        market.sweep(tiny, {"months": [8]}, outcomes=["labs_revenue"], cluster=address)
    assert len(str(refused.value).splitlines()) == 1


def test_a_cluster_beside_an_executor_is_refused(tiny, threads):
    with pytest.raises(InputError, match="give one or the other"):
        market.sweep(tiny, {"months": [8]}, outcomes=["labs_revenue"], cluster="tcp://h:1", executor=threads)
