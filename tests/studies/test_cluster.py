"""A Dask cluster: the same table as here, also when a worker is lost; what is wrong is said in one line."""

import importlib.util
from pathlib import Path

import pytest

import market
from market.parameters import InputError

SCRIPT = Path(__file__).resolve().parents[2] / "experiments" / "sweep_robustness.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("sweep_robustness", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("ignore")
def test_a_worker_lost_in_the_middle_changes_no_byte(script, tmp_path, threads):
    calm = script.sweep(tmp_path / "calm", 2, executor=threads, workers=None)
    assert script.lose_a_worker(tmp_path / "lost", 2) == calm


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
