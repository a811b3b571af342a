"""The command, as a user runs it: results, listings, and one line for bad input."""

import os
import signal
import subprocess
import sys
import time

import pytest

import market
from market.cli import main

QUICK = ["--set", "customers=500", "--set", "months=8", "--set", "panel.size=100"]


def command(*words, folder, wait=True):
    """Run the command in a folder."""
    call = [sys.executable, "-m", "market", *words]
    if not wait:
        return subprocess.Popen(call, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def inside(monkeypatch, capsys, tmp_path):
    """Call the command without a process of its own, in an empty folder: (status, output, errors)."""

    def call(*words):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["market", *words])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    return call


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One quick run and the folder it was started in."""
    folder = tmp_path_factory.mktemp("run")
    return command("run", "duopoly", "--seed", "3", *QUICK, folder=folder), folder


def test_run_prints_both_books_and_says_where_files_went(done):
    answer, _ = done
    assert answer.returncode == 0, answer.stderr
    for title in ("The market by year", "Company P&L", "Model P&L", "Read by calendar year", "Read model by model"):
        assert title in answer.stdout
    assert "results/duopoly-3/" in answer.stdout
    assert "…" not in answer.stdout


def test_run_writes_a_complete_folder_that_opens(done):
    _, folder = done
    written = folder / "results" / "duopoly-3"
    names = {path.name for path in written.iterdir()}
    assert {"companies.csv", "models.csv", "market_share.png", "two_readings.png", "manifest.json"} <= names
    run = market.open_run(written)
    assert (run.seed, run.scenario.months) == (3, 8)
    assert [p.name for p in (folder / "results").iterdir()] == ["duopoly-3"]


def test_a_second_run_replaces_its_own_folder_but_not_one_named_by_out(done):
    _, folder = done
    assert command("run", "duopoly", "--seed", "3", *QUICK, folder=folder).returncode == 0
    refused = command("run", "duopoly", *QUICK, "--out", "results/duopoly-3", folder=folder)
    assert refused.returncode == 2
    assert "exists already; give another --out, or --force" in refused.stderr
    again = ["--out", "results/duopoly-3", "--force"]
    assert command("run", "duopoly", *QUICK, *again, folder=folder).returncode == 0
    assert market.open_run(folder / "results" / "duopoly-3").seed == 0


BAD = [
    (["run", "baslin"], "did you mean 'baseline'"),
    (["run", "nowhere.toml"], "nowhere.toml: cannot be read"),
    (["run", "--set", "labs.*.trainig.growth=3"], "did you mean 'training'"),
    (["run", "--set", "labs.*.training.growth=0"], "labs.Alpha.training.growth: 0 is refused; allowed: 0.01 to 1,000"),
    (["run", "--set", 'labs.*.training.first_cost="1e9"'], 'the text "1e9" is refused'),
    (["run", "--set", "customers=true"], "customers: true is refused"),
    (["run", "--set", "customers"], "is not of the form PATH=VALUE"),
    (["run", "--set", "labs={}"], "there is no lab"),
    (["run", "--set", "segments={}"], "there is no segment"),
    (["run", "--seed", "one"], "--seed"),
    (["run", "--seed=-1"], "seed: -1 is refused"),
    (["run", "--out", "/proc/results/x"], "cannot be written"),
    (["run", "--sed", "1"], "--seed"),
    (["rnu"], "Did you mean 'run'"),
    (["list", "rule"], "did you mean 'rules'"),
]


@pytest.mark.parametrize(("words", "expected"), BAD, ids=lambda v: " ".join(v) if isinstance(v, list) else "")
def test_bad_input_gets_one_line_and_status_2(words, expected, inside, tmp_path):
    status, output, errors = inside(*words)
    assert status == 2
    assert len(errors.strip().splitlines()) == 1
    assert errors.startswith("market: ")
    assert expected in errors
    assert output == ""
    assert list(tmp_path.iterdir()) == []


def test_bad_input_in_a_process_of_its_own(tmp_path):
    answer = command("run", "--set", "labs.*.overhead=lots", folder=tmp_path)
    assert answer.returncode == 2
    assert answer.stderr.splitlines() == [
        'market: labs.Alpha.overhead: the text "lots" is refused; allowed: 0 to 10 (share of revenue) (and 3 more)'
    ]


@pytest.mark.parametrize("what", ["scenarios", "rules", "parameters", "experiments", "outcomes"])
def test_listings(what, inside):
    status, output, _ = inside("list", what)
    assert status == 0
    wanted = {
        "scenarios": "full_open_access",
        "rules": "best_response",
        "parameters": "labs.*.training[cadence].growth",
        "experiments": "experiments/two_ledgers.py",
        "outcomes": "multiple_full_rd",
    }
    assert wanted[what] in output


def test_help_teaches_and_loads_nothing_heavy(tmp_path):
    answer = command("run", "--help", folder=tmp_path)
    assert "labs.*.training.growth=3" in answer.stdout
    code = (
        "import sys, market.cli; loaded = {'numpy', 'pandas', 'numba', 'mesa', 'pydantic', 'rich'} & set(sys.modules);"
        "sys.exit(str(loaded) if loaded else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=tmp_path).returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_an_interrupt_leaves_no_half_written_folder(tmp_path):
    going = command("run", "--set", "customers=200000", folder=tmp_path, wait=False)
    time.sleep(4)
    going.send_signal(signal.SIGINT)
    _, said = going.communicate(timeout=60)
    assert going.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    assert not list(tmp_path.rglob("*.parquet"))
    assert not list(tmp_path.rglob("*.unfinished"))
