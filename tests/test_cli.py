"""The command, as a user runs it: results, listings, and one line for bad input."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import metadata
from pathlib import Path

import pandas as pd
import pytest

import market
from market import commands
from market.cli import main
from market.schemas import SCHEMAS
from market.studies.workers import crew
from market.views.figures import FIGURES
from market.views.listing import LISTINGS, listing
from market.views.report import again
from market.views.results import opened

QUICK = ["--set", "customers=500", "--set", "months=8", "--set", "panel.size=100"]
FEW = ["--set", "customers=300", "--set", "months=4", "--set", "panel.size=20"]
NAMED = "duopoly-customers=500-months=8-size=100-3"
"""Default folder of a quick run of duopoly with seed 3."""

THREAD = ThreadPoolExecutor(1)


@contextmanager
def as_in_processes(_, workers, *others):
    """A thread in the place of processes, to which work is packed all the same: what cannot be sent is found."""
    with crew(THREAD, workers, *others) as team:
        team.apart = True
        yield team


def command(*words, folder, wait=True):
    """Run the command in a folder."""
    call = [sys.executable, "-m", "market", *words]
    if not wait:
        return subprocess.Popen(call, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def inside(here, monkeypatch):
    """Call the command without a process of its own, in an empty folder: (status, output, errors).

    Runs are not drawn, which takes longer than these; `done` is. Studies run in a thread: processes take longer to
    start, and commands that have a process of their own start some.
    """
    monkeypatch.setattr("market.studies.engine.crew", as_in_processes)
    for name, one in FIGURES.items():
        if one.needs == "run":
            monkeypatch.setitem(FIGURES, name, replace(one, written=False))
    return partial(here, main, "market")


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One quick run and the folder it was started in."""
    folder = tmp_path_factory.mktemp("run")
    return command("run", "duopoly", "--seed", "3", *QUICK, folder=folder), folder


def saved_in(output):
    """The folder that `market run` says."""
    return re.search(r"^Saved in (.*?);", output, flags=re.M)[1]


def test_run_answers_first_and_says_where_files_went(done):
    answer, _ = done
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert lines[0] == "duopoly, seed 3: 2 labs, 2 open providers, 2023-01 to 2023-08"
    assert lines[1].startswith("Do the companies lose?")
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 80
    assert saved_in(answer.stdout) == "results/duopoly-customers=500-months=8-size=100-3/"


def test_full_tables_json_or_nothing_on_request(inside):
    words = ["run", "duopoly", *QUICK, "--seeds", "1", "--out", "r", "--force"]
    output = inside(*words, "--seeds", "0", "--tables")[1]
    for title in ("The market by year", "Company P&L", "Model P&L"):
        assert title in output
    said = json.loads(inside(*words, "--json")[1])
    assert (said["scenario"], said["multiple"], said["folder"]) == ("duopoly", None, "r")
    assert {(one["world"], one["seed"]) for one in said["seeds"]} == {
        (world, seed) for world in ("as it is", "everybody could use open weights") for seed in (0, 1)
    }
    assert inside(*words, "--seeds", "0", "--quiet") == (0, "", "")


def test_nobody_need_read_a_run_to_its_end(tmp_path):
    call = f"{sys.executable} -m market run duopoly {' '.join(QUICK)} --seeds 0 --out r | head -n 1"
    answer = subprocess.run(call, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (answer.stdout.count("\n"), answer.stderr) == (1, "")
    assert market.open_run(tmp_path / "r").scenario.months == 8


def test_run_writes_a_complete_folder_that_opens(done):
    _, folder = done
    written = folder / "results" / NAMED
    names = {path.name for path in written.iterdir()}
    assert {"companies.csv", "models.csv", "market_share.png", "two_readings.png", "manifest.json"} <= names
    run = market.open_run(written)
    assert (run.seed, run.scenario.months) == (3, 8)
    assert [p.name for p in (folder / "results").iterdir()] == [NAMED]


def test_a_second_run_replaces_its_own_folder_but_not_one_named_by_out(inside, tmp_path):
    words = ["run", "duopoly", *QUICK, "--seeds", "0"]
    for _ in range(2):
        assert inside(*words, "--seed", "3")[0] == 0
    status, _, errors = inside(*words, "--out", f"results/{NAMED}")
    assert status == 2
    assert "exists already; give another --out, or --force" in errors
    assert inside(*words, "--out", f"results/{NAMED}", "--force")[0] == 0
    assert market.open_run(tmp_path / "results" / NAMED).seed == 0


def test_a_default_folder_is_never_taken_from_anything_else(inside, tmp_path):
    """A changed scenario, a user's file, a hand-made change: each stays as it is."""
    words = ["run", "duopoly", *FEW, "--seeds", "0"]
    first = tmp_path / "results" / "duopoly-customers=300-months=4-size=20-0"
    assert inside(*words)[0] == 0
    (first / "notes.md").write_text("mine")
    before = (first / "offers.parquet").read_bytes()
    status, output, _ = inside(*words)
    assert (status, saved_in(output)) == (0, f"results/{first.name}/")
    assert ((first / "notes.md").read_text(), (first / "offers.parquet").read_bytes()) == ("mine", before)
    status, output, _ = inside(*words, "--set", "labs.Alpha.overhead=0.4")
    assert saved_in(output) == "results/duopoly-customers=300-months=4-size=20-overhead=0.4-0/"
    status, output, _ = inside(*words, "--set", "labs.Beta.overhead=0.4")
    assert saved_in(output).endswith("-overhead=0.4-0-2/")
    (first / "models.csv").write_text("annotated")
    status, output, errors = inside(*words)
    assert (status, output) == (2, "")
    assert "models.csv: was changed since it was saved and is not replaced" in errors
    assert inside(*words, "--force")[0] == 0
    assert (first / "notes.md").read_text() == "mine"
    (tmp_path / "results" / "runs").mkdir()
    status, _, errors = inside(*words, "--out", "results", "--force")
    assert (status, len(errors.splitlines())) == (2, 1)


def test_every_table_is_csv_on_request_and_costs_nobody_a_file(inside, tmp_path):
    words = ["run", "duopoly", *FEW, "--seeds", "0", "--out", "r"]
    assert inside(*words, "--csv")[0] == 0
    tables = {path.stem for path in (tmp_path / "r").glob("*.parquet")}
    assert {path.stem for path in (tmp_path / "r").glob("*.csv")} == tables
    assert inside(*words, "--force")[0] == 0
    assert {path.stem for path in (tmp_path / "r").glob("*.csv")} == {"models", "companies", "families"}
    (tmp_path / "r" / "offers.csv").write_text("mine")
    status, _, errors = inside(*words, "--force", "--csv")
    assert status == 2
    assert "offers.csv: is not of this program" in errors
    assert (tmp_path / "r" / "offers.csv").read_text() == "mine"


def test_a_finished_run_without_a_place_is_kept_and_printed(inside, tmp_path, monkeypatch):
    from market.saving import staging

    words = ["run", "duopoly", *FEW, "--seeds", "0", "--out", "[/x]"]
    assert inside(*words)[0] == 0

    def locked(source, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(staging, "_rename", locked)
    status, output, errors = inside(*words, "--seed", "1", "--force")
    assert status == 1
    assert "Do the models earn?" in output
    assert (
        errors.splitlines()
        == ["market: [/x]: cannot be written (permission denied); the new result is kept in x]-kept"]
        or "the new result is kept in [/x]-kept" in errors
    )
    assert market.open_run(tmp_path / "[" / "x]").seed == 0
    assert market.open_run(tmp_path / "[" / "x]-kept").seed == 1


def test_results_are_saved_and_printed_in_any_encoding(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    words = ["compare", "duopoly", "monopoly", *FEW, "--outcome", "labs_result", "--replications", "2"]
    words += ["--workers", "1", "--out", "c"]
    call = [sys.executable, "-m", "market", *words]
    answer = subprocess.run(call, cwd=tmp_path, capture_output=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert b"B - A" in answer.stdout
    assert (tmp_path / "c" / "differences.csv").exists()


BAD = [
    (["run", "a\nb\x1b[31m"], r"unknown scenario 'a\nb\x1b[31m'"),
    (["run", "x" * 100_000], "unknown scenario 'xxx"),
    (["run", "--set", "a\nb=1"], r"unknown name 'a\nb'"),
    (["run", "--set", "months=3\ncustomers = 300"], r'the text "3\ncustomers = 300" is refused'),
    (["run", "--set", "months=" + "[" * 5000], "months: the text"),
    (["run", "--set", "months=" + "9" * 5000], "months: the text"),
    (["run", "--set", "months=12:24:13"], "the time 12:24:13 is refused"),
    (["run", "--set", "months=3", "--set", "months=4"], "--set months: is given twice"),
    (["run", "--set", "customers=500.0"], "customers: 500.0 is refused; allowed: a whole number, 100 to 10,000,000"),
    (["run", "--seed", str(2**63)], "allowed: a whole number, 0 to 9,223,372,036,854,775,807"),
    (["run", "--threads", "1000000"], "threads: 1000000 is refused; allowed: a whole number, 1 to 1,000"),
    (["list", "a\x1b[31m"], r"unknown listing 'a\x1b[31m'"),
    (["sweep", "--factor", "months=3,4", "--replications", "1000000000"], "allowed: a whole number, 1 to 100,000"),
    (["sweep", "--factor", "months=1:1200:2000000000"], "allowed: a whole number, 2 to 100,000"),
    (["sweep", "--factor", "months=1:1200:1e20"], "allowed: a whole number, 2 to 100,000"),
    (["sweep", "--factor", "months=3:4", "--design", "sobol", "--points", "2000000000"], "1 to 1,000,000"),
    (["sweep", "--factor", "months=3,4", "--workers", "1000000"], "allowed: a whole number, 1 to 1,000"),
    (["sweep", "--factor", r"scenario=C:\runs\a.toml,duopoly"], r"C:\runs\a.toml: cannot be read"),
    (["sweep", "--factor", "scenario=1:2:3"], "unknown scenario '1:2:3'"),
    (["break-even", "labs.*.overhead", "--between", "0", "1", "--level", "nan"], "level: nan is refused"),
    (["break-even", "labs.*.overhead", "--between", "0", "inf"], "both ends must be numbers"),
    (["compare", "baseline", "duopoly", "--replications", "1000000000"], "at most 100,000"),
    (["run", "baslin"], "did you mean 'baseline'"),
    (["run", "nowhere.toml"], "nowhere.toml: cannot be read"),
    (["run", "--set", "labs.*.trainig.growth=3"], "did you mean 'training'"),
    (
        ["run", "--set", "labs.*.training.growth=0"],
        "labs.Alpha.training.growth: 0 is refused; allowed: a number, 0.01 to 1,000",
    ),
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
    (["sweep"], "factors: there is none"),
    (["sweep", "--factor", "months"], "is not of the form PATH=V1,V2"),
    (["sweep", "--factor", "mnths=8,9"], "did you mean 'months'"),
    (["sweep", "--factor", "months=0,9"], "months: 0 is refused; allowed: a whole number, 1 to 1,200"),
    (["sweep", "--factor", "months=8", "--factor", "months=9"], "is given twice"),
    (["sweep", "--factor", "months=8,9", "--outcome", "multipel"], "did you mean 'multiple'"),
    (["sweep", "--factor", "months=8,9", "--replications", "0"], "replications: 0 is refused"),
    (["sweep", "--factor", "months=8,9", "--design", "gird"], "did you mean 'grid'"),
    (
        ["sweep", "--factor", "months=8:9", "--design", "sobol"],
        "points of a sobol design: nothing is refused; allowed: a whole number",
    ),
    (["sweep", "--factor", "months=8,9", "--workers", "0"], "workers: 0 is refused"),
    (["sweep", "--factor", "months=8,9", "--out", "/proc/x"], "cannot be written"),
    (["compare", "baseline"], "Missing argument 'b'"),
    (["compare", "baseline", "duopolly"], "did you mean 'duopoly'"),
    (["compare", "baseline", "duopoly", "--replications", "1"], "there is only 1; at least 2 are needed"),
    (["policies", "duopoly"], "--policy"),
    (["policies", "duopoly", "--policy", "pricing.markup"], "--policy pricing.markup: is not of the form PATH=V1,V2"),
    (["policies", "duopoly", "--policy", "pricing.launch_scal=1,2"], "did you mean 'launch_scale'"),
    (["policies", "duopoly", "--policy", "overhead=0,1", "--policy", "overhead=0,2"], "is given twice"),
    (["policies", "duopoly", "--policy", "overhead=0,1", "--by-firm", "--firm", "Beta"], "every lab replies"),
    (["tournament", "duopoly", "--pricing", "best_respons"], "did you mean 'best_response'"),
    (["tournament", "monopoly"], "at least two labs"),
    (["tournament", "duopoly", "--finalists", "1"], "finalists: 1 is refused"),
    (["tournament", "duopoly", "--replications", "1"], "at least 2 are needed"),
    (["sensitivity", "duopoly", "--factor", "reserch"], "did you mean 'research'"),
    (["sensitivity", "duopoly", "--samples", "12"], "samples: 12 is refused; allowed: a power of 2"),
    (["hindcast", "duopoly"], "duopoly: has no supply table; a hindcast needs one"),
    (["hindcast", "--customers", "7"], "customers: 7 is refused; allowed: a whole number, 100 to 1,000,000"),
    (["sensitivity", "duopoly", "--outcome", "multipel"], "did you mean 'multiple'"),
    (["calibrate", "duopoly", "--factor", "reserch"], "did you mean 'research'"),
    (["calibrate", "duopoly", "--until", "2023"], "until: 2023 is refused; allowed: 2024 or 2025"),
    (["calibrate", "duopoly", "--replications", "1"], "at least 2 are needed"),
    (["calibrate", "duopoly", "--first", "4", "--workers", "1"], "first: 4 is refused"),
    (["calibrate", "duopoly", "--factor", "pricing"], "factor 'pricing': is a choice"),
    (["list", "priors", "acounting"], "did you mean 'accounting'"),
    (["break-even", "labs.*.trainig.growth", "--between", "1", "2"], "did you mean 'training'"),
    (["break-even", "labs.*.training.growth"], "--between"),
    (["break-even", "labs.*.training.growth", "--between", "2", "1"], "the second must be above the first"),
    (["break-even", "labs.*.training.growth", "--between", "1", "2", "--outcome", "x"], "unknown outcome 'x'"),
]


@pytest.mark.parametrize(
    ("words", "expected"), BAD, ids=lambda v: ascii(" ".join(v))[:80] if isinstance(v, list) else ""
)
def test_bad_input_gets_one_line_and_status_2(words, expected, inside, tmp_path):
    status, output, errors = inside(*words)
    assert status == 2
    assert len(errors.strip().splitlines()) == 1
    assert errors.strip().isprintable()
    assert len(errors) < 420
    assert errors.startswith("market: ")
    assert expected in errors
    assert output == ""
    assert list(tmp_path.iterdir()) == []


def test_bad_input_in_a_process_of_its_own(tmp_path):
    answer = command("run", "--set", "labs.*.overhead=lots", folder=tmp_path)
    assert answer.returncode == 2
    assert answer.stderr.splitlines() == [
        'market: labs.Alpha.overhead: the text "lots" is refused; '
        "allowed: a number, 0 to 10 (share of revenue) (and 3 more)"
    ]


@pytest.mark.parametrize("what", ["scenarios", "rules", "parameters", "experiments", "outcomes", "figures", "tables"])
def test_listings(what, inside):
    status, output, _ = inside("list", what)
    assert status == 0
    wanted = {
        "scenarios": "full_open_access",
        "rules": "best_response",
        "parameters": "labs.*.training[cadence].growth",
        "experiments": "experiments/two_ledgers.py",
        "outcomes": "multiple_full_rd",
        "tables": "benchmarks",
        "figures": "two_readings",
    }
    assert wanted[what] in output


def test_a_listing_is_added_in_one_place(inside, monkeypatch):
    @listing
    def colours():
        return "Colours", [("red", "like a rose")], ("name", "looks")

    try:
        assert "like a rose" in inside("list", "colours")[1]
    finally:
        del LISTINGS["colours"]
    assert "did you mean" not in inside("list", "colours")[2]
    assert all(name in " ".join(inside("list", "--help")[1].split()) for name in LISTINGS)


SWEEP = ["sweep", "duopoly", *QUICK, "--factor", "labs.*.training.growth=1.5,3", "--factor", "months=8,9"]
SMALL_SWEEP = [*SWEEP, "--replications", "2", "--workers", "1", "--outcome", "labs_revenue", "--out", "s"]


def test_sweep_prints_a_table_draws_figures_and_resumes(inside, tmp_path):
    status, output, errors = inside(*SMALL_SWEEP)
    assert status == 0, errors
    assert "labs.*.training.growth" in output
    assert "[" in output
    assert "Table and figures: s/" in output
    assert "4 design points × 2 seeds: 8 runs" in errors
    assert "computed 8, reused 0, failed 0" in errors
    names = {path.name for path in (tmp_path / "s").iterdir()}
    assert {"manifest.json", "design.csv", "runs", "table.csv", "table.parquet"} <= names
    assert {"labs_revenue_by_months.png", "labs_revenue_over_labs-training-growth_months.png"} <= names
    status, again, errors = inside(*SMALL_SWEEP)
    assert (status, again) == (0, output)
    assert "computed 0, reused 8, failed 0" in errors
    status, _, errors = inside(*SMALL_SWEEP, "--set", "labs.*.overhead=0.3")
    assert status == 2
    assert "scenario.labs.Alpha.overhead is 0.45 there, 0.3 now" in errors
    assert len(errors.strip().splitlines()) == 1


def test_compare_shows_both_intervals(inside, tmp_path):
    words = ["compare", "duopoly", "monopoly", *QUICK, "--replications", "2", "--workers", "1"]
    status, output, errors = inside(*words, "--outcome", "labs_revenue", "--out", "c")
    assert status == 0, errors
    assert "paired" in output
    assert "independent" in output
    written = {"differences.csv", "differences.png", "runs.csv", "manifest.json"}
    assert {path.name for path in (tmp_path / "c").iterdir()} == written


def test_break_even_answers_in_a_sentence(inside, tmp_path):
    words = ["break-even", "labs.*.training.growth", "duopoly", *QUICK, "--replications", "2", "--workers", "1"]
    status, output, errors = inside(*words, "--outcome", "labs_result", "--level", "1e15", "--between", "2", "3")
    assert status == 0, errors
    said = " ".join(output.split())
    assert "Never reaches labs_result 1e+15 for labs.*.training.growth between 2 and 3: closest" in said
    assert list(tmp_path.iterdir()) == []


def test_policies_and_tournaments_answer_in_sentences(inside, tmp_path):
    small = ["--set", "customers=300", "--set", "panel.size=20", "--set", "months=14", "--workers", "1"]
    status, output, errors = inside(
        "policies", "duopoly", "--policy", "pricing.launch_scale=0.8,1", "--replications", "4", *small
    )
    assert status == 0, errors
    assert "Within the policies pricing.launch_scale of 0.8, 1 (the same for all labs)" in " ".join(output.split())
    rules = ["--pricing", "cost_plus", "--pricing", "list_price", "--training", "cadence"]
    words = ["tournament", "duopoly", *rules, "--replications", "2", "--compared", "0", *small]
    status, output, errors = inside(*words, "--out", "t")
    assert status == 0, errors
    assert "Of 2 kinds of conduct" in " ".join(output.split())
    written = {"conduct_payoffs.png", "shares_of_conduct.png", "payoffs.csv", "shares.csv", "manifest.json"}
    assert written < {path.name for path in (tmp_path / "t").iterdir()}
    status, _, errors = inside(*words, "--out", "t")
    assert status == 2
    assert "exists already" in errors


def test_sensitivity_answers_in_sentences_and_goes_on(inside, tmp_path):
    words = ["sensitivity", "duopoly", "--factor", "research", "--factor", "values", "--outcome", "labs_result"]
    words += ["--trajectories", "2", "--samples", "4", "--workers", "1", *QUICK, "--out", "s"]
    status, output, errors = inside(*words)
    assert status == 0, errors
    said = " ".join(output.split())
    assert "labs_result: of its variance in rank" in said
    assert "is accounting" in said
    assert "labs_result moves most with" in said
    written = {"effects.csv", "indices.csv", "worlds.csv", "variance_by_group.png", "factors_that_matter.png"}
    assert {path.name for path in (tmp_path / "s").iterdir()} == written | {"manifest.json"}
    assert len(list((tmp_path / "s-runs").rglob("*"))) > 10


def test_a_calibration_answers_in_sentences_and_is_saved(inside, tmp_path):
    """Of a record too short for any moment, which is quick."""
    words = ["calibrate", "duopoly", "--factor", "research", "--factor", "values", "--first", "8", "--each", "8"]
    words += ["--last", "8", "--workers", "1", "--out", "c"]
    words += ["--set", "customers=100", "--set", "panel.size=10", "--set", "months=2"]
    status, output, errors = inside(*words)
    assert status == 0, errors
    said = " ".join(output.split())
    assert "Moments to 2025: targets with 90% bands" in said
    assert "0 of 12 moments fitted are inside 80% intervals" in said
    assert "0 of 10 moments held out are inside" in said
    written = {"posterior", "moments", "factors", "luck", "worlds", "runs"}
    drawn = {"moments_before_and_after.png", "factors_before_and_after.png"}
    names = {path.name for path in (tmp_path / "c").iterdir()}
    assert names == {f"{name}.csv" for name in written} | drawn | {"manifest.json"}
    facts = json.loads((tmp_path / "c" / "manifest.json").read_text())
    assert [facts["scenario"][name] for name in ("months", "customers")] == [2, 100]  # --set is above the usual size


def test_commands_run_in_worlds_that_agree_with_the_evidence(inside):
    small = ["--set", "customers=100", "--set", "months=6", "--set", "panel.size=20"]
    status, output, errors = inside(
        "compare",
        "duopoly",
        "monopoly",
        *small,
        "--worlds",
        "2",
        "--outcome",
        "labs_revenue",
        "--workers",
        "1",
        "--out",
        "c",
    )
    assert status == 0, errors
    noted = json.loads(Path("c/manifest.json").read_text())
    assert (noted["worlds"], noted["replications"]) == (2, 2)
    runs = pd.read_csv("c/runs.csv")
    assert runs.groupby("world")["labs_revenue"].nunique().tolist() == [2, 2]
    assert "Over 2 worlds that agree with the evidence, a seed each" in " ".join(output.split())
    assert again.command(opened("c")).startswith("market compare duopoly monopoly")
    assert "--worlds 2" in again.command(opened("c"))
    few = ["--worlds", "2", "--seeds", "2", "--workers", "1"]
    status, output, errors = inside(
        "compare", "duopoly", "monopoly", *small, *few, "--outcome", "labs_revenue", "--out", "d"
    )
    assert status == 0, errors
    said = " ".join(output.split())
    assert "Over 2 worlds that agree with the evidence, 2 seeds each" in said
    assert "Of the spread of the differences between runs, parameters are" in said
    assert pd.read_csv("d/differences.csv")["n"].tolist() == [4]
    assert "--worlds 2 --seeds 2" in again.command(opened("d"))
    crossed = ["--outcome", "labs_result", "--level", "0", "--between", "0", "1", *few, "--out", "e"]
    status, output, errors = inside("break-even", "labs.*.overhead", "duopoly", *small, *crossed)
    assert status == 0, errors
    assert "--worlds 2 --seeds 2" in again.command(opened("e"))
    swept = ["--factor", "labs.*.overhead=0.1,0.2", "--outcome", "labs_result", *few, "--out", "f"]
    status, output, errors = inside("sweep", "duopoly", *small, *swept)
    assert status == 0, errors
    said = " ".join(output.split())
    assert "Mean over worlds" in said
    assert "Of the spread between runs at a design point, in the median, parameters are" in said
    assert "--worlds 2 --seeds 2" in again.command(opened("f"))
    for wrong, why in (
        (["--seeds", "2"], "--seeds: 2 is refused without --worlds"), (["--worlds", "1"], "worlds: 1 is refused"),
        (["--worlds", "2", "--seeds", "0"], "Input should be greater than or equal to 1"),
    ):  # fmt: skip
        status, _, errors = inside("compare", "duopoly", "monopoly", *wrong)
        assert (status, errors.count("\n")) == (2, 1)
        assert why in errors
    status, output, errors = inside("run", "duopoly", *small, "--worlds", "2", "--seeds", "0")
    assert status == 0, errors
    assert "In 2 worlds that agree with the evidence, 100 customers:" in " ".join(output.split())


def test_a_sweep_with_failed_rows_ends_with_status_1(inside, monkeypatch):
    from market.studies import sweep as sweeps

    def fail(_):
        raise ValueError("nothing to read")

    def failing(*words, **more):
        with ThreadPoolExecutor(1) as one:
            return real(*words, **more | {"outcomes": {"labs_revenue": fail}, "executor": one})

    real = sweeps.sweep
    monkeypatch.setattr(sweeps, "sweep", failing)
    few = ["sweep", "duopoly", "--set", "customers=100", "--set", "panel.size=20", "--factor", "months=3,4"]
    status, output, errors = inside(*few, "--replications", "1", "--workers", "1", "--outcome", "labs_revenue")
    assert status == 1, errors
    assert "2 runs failed" in output


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(
    ("numbers", "status", "said"),
    [
        ([signal.SIGINT], 130, "market: interrupted; "),
        ([signal.SIGINT] * 5, 130, "market: interrupted; "),
        ([signal.SIGTERM], 143, "market: terminated; "),
    ],
    ids=["once", "five times", "terminated"],
)
def test_a_sweep_that_is_stopped_says_how_to_go_on(numbers, status, said, tmp_path):
    slow = ["sweep", "duopoly", "--set", "customers=20000", "--set", "months=40", "--set", "panel.size=100"]
    slow += ["--factor", "labs.*.overhead=0.1,0.2,0.3,0.4", "--workers", "1", "--outcome", "labs_revenue", "--out", "s"]
    going = command(*slow, folder=tmp_path, wait=False)
    for _ in range(2000):  # a busy machine takes its time
        if going.poll() is not None or list(tmp_path.glob("s/runs/*/*.json")):
            break
        time.sleep(0.05)
    for number in numbers:
        going.send_signal(number)
        time.sleep(0.02)
    _, errors = going.communicate(timeout=60)
    assert going.returncode == status, errors
    assert errors.splitlines()[-1].startswith(said)
    assert errors.splitlines()[-1].endswith("what is done is kept in s/, and the same command goes on")
    assert errors.count("market: ") == 1
    assert "Traceback" not in errors
    assert (tmp_path / "s" / "table.csv").exists() == (len(numbers) == 1 and status == 130)


def test_what_cannot_be_drawn_is_saved_and_said_in_one_line(inside, monkeypatch):
    def nothing(*_, **__):
        raise ValueError("Key backend: 'nope' is not a valid value\nfor backend")

    for name, one in FIGURES.items():
        monkeypatch.setitem(FIGURES, name, replace(one, reads=nothing, written=True))
    quick = ["--set", "customers=100", "--set", "panel.size=20", "--set", "months=3"]
    for words in (("run",), ("sweep", "--factor", "labs.*.overhead=0.3", "--replications", "1", "--workers", "1")):
        status, output, errors = inside(*words[:1], "duopoly", *words[1:], *quick, "--out", words[0])
        assert status == 1
        assert words[0] + "/" in output
        assert errors.splitlines()[-1].startswith(f"market: {words[0]}/ is saved, but its figures could not be drawn: ")
        assert "'nope'" in errors
        assert "Traceback" not in errors
    assert market.open_run("run").scenario.months == 3
    assert len(market.studies.sweep.open_sweep("sweep")) == 1


def test_help_teaches_and_loads_nothing_heavy(tmp_path):
    answer = command("run", "--help", folder=tmp_path)
    assert "labs.*.training.growth=3" in answer.stdout
    code = (
        "import sys, market.cli; sys.argv = ['market', *sys.argv[1:]]\n"
        "try: market.cli.main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'matplotlib', 'numba', 'mesa', 'rich'}\n"
        "heavy |= {'pydantic'} if sys.argv[1] == '--help' else set()\n"  # typer takes it for a command's own help
        "loaded = heavy & set(sys.modules)\n"
        "sys.exit(str(loaded) if loaded else 0)"
    )
    for words in (["--help"], ["list", "--help"], ["sweep", "--help"]):
        answer = subprocess.run([sys.executable, "-c", code, *words], check=False, cwd=tmp_path, capture_output=True)
        assert answer.returncode == 0, answer.stderr
        assert b"Usage: " in answer.stdout


def test_a_file_in_the_folder_is_a_command(inside, tmp_path, monkeypatch):
    text = '''
from market.commands import command

@command
def say_hello(name: str) -> None:
    """Greet somebody by name."""
    print(f"Hello, {name}.")
'''
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "hello.py").write_text(text)
    with monkeypatch.context() as patch:
        patch.setattr(commands, "__path__", [*commands.__path__, str(tmp_path / "more")])
        assert "say-hello Greet somebody by name." in " ".join(inside("--help")[1].split())
        assert inside("say-hello", "you") == (0, "Hello, you.\n", "")
    del commands.COMMANDS["say-hello"], sys.modules["market.commands.hello"]
    assert inside("say-hello", "you")[0] == 2


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_an_interrupt_leaves_no_half_written_folder(tmp_path):
    going = command("run", "--set", "customers=200000", folder=tmp_path, wait=False)
    time.sleep(4)
    going.send_signal(signal.SIGINT)
    _, said = going.communicate(timeout=60)
    assert going.returncode in (130, -signal.SIGINT)  # the latter, 130 to a shell, if Python was running text just then
    assert "interrupted" in said
    assert "Traceback" not in said
    assert not list(tmp_path.rglob("*.parquet"))
    assert not list(tmp_path.rglob("*.unfinished"))


def test_what_docstrings_describe_is_listed_without_them():
    """As under ``python -OO``, which takes them away."""
    code = "import market.run, market.studies, market.experiment\nfrom market.cli import program\n"
    code += "[program()(['list', what], standalone_mode=False) for what in ('rules', 'outcomes', 'figures')]"
    answer = subprocess.run([sys.executable, "-OO", "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_counted_ranges_of_whole_numbers_and_close_values(inside):
    quick = ["--set", "customers=100", "--set", "panel.size=20", "--replications", "1", "--workers", "1"]
    status, output, errors = inside(
        "sweep", "duopoly", *quick, "--factor", "months=2:4:3", "--factor", "labs.*.overhead=0.3,0.3000001",
        "--outcome", "labs_revenue", "--out", "s",
    )  # fmt: skip
    assert status == 0, errors
    assert "0.3000001" in output
    table = market.studies.sweep.open_sweep("s")
    assert sorted(set(table["months"])) == [2, 3, 4]


def test_tables_are_exported_as_a_workbook_or_as_csv(done, inside, tmp_path):
    run = str(done[1] / "results" / NAMED)
    for force in ([], ["--force"]):
        status, output, errors = inside("export", run, "--out", "all.xlsx", *force)
        assert (status, output) == (0, "Workbook: all.xlsx\n"), errors
    sheets = pd.read_excel(tmp_path / "all.xlsx", sheet_name=None, engine="openpyxl")
    assert set(sheets) == set(SCHEMAS)
    assert len(sheets["companies"]) == len(market.open_run(run).companies)
    status, _, errors = inside("export", run, "--out", "all.xlsx")
    assert (status, errors.count("\n")) == (2, 1)
    assert "exists already; give another --out, or --force" in errors
    assert inside("export", run, "--out", "csv")[0] == 0
    assert {path.stem for path in (tmp_path / "csv").glob("*.csv")} == set(SCHEMAS)
    status, _, errors = inside("export", f"{run}x")
    assert (status, "did you mean" in errors) == (2, True)


def test_it_greets_and_says_its_version(inside):
    status, output, _ = inside()
    assert status == 0
    assert "market run" in output
    assert max(map(len, output.splitlines())) <= 80
    assert inside("--version") == (0, f"market {metadata.version('market-of-models')}\n", "")
    assert inside("run", "-h")[1] == inside("run", "--help")[1]


def test_nothing_is_coloured_in_a_pipe(done, inside):
    for words in (["list", "scenarios"], ["explain", str(done[1] / "results" / NAMED), "Alpha-1"]):
        assert "\x1b" not in inside(*words)[1]


def test_a_listing_may_be_of_what_begins_in_some_way(inside):
    status, output, _ = inside("list", "parameters", "technology.serving")
    assert status == 0
    paths = [line.split()[0] for line in output.splitlines() if line.strip().startswith("technology.")]
    assert set(paths) == {"technology.serving_progress", "technology.serving_progress_on_sale"} | {
        "technology.serving_follows_compute"
    }
    for asked, begin in (("segments", "segments.*."), ("labs.*.pricing.step", "labs.*.pricing[")):
        listed = inside("list", "parameters", asked)[1].splitlines()
        assert any(line.strip().startswith(begin) for line in listed)
        assert "plausible" in next(line for line in listed if line.strip().startswith("path"))
    status, output, errors = inside("list", "parameters", "tecnology")
    assert (status, output, errors.count("\n")) == (2, "", 1)
    assert "did you mean 'technology'" in errors


def test_nobody_need_read_a_comparison_to_its_end(tmp_path):
    words = (
        "compare duopoly monopoly --set customers=100 --set months=3 --set panel.size=20 --replications 2 --workers 1"
    )
    call = f"{sys.executable} -m market {words} --outcome labs_revenue --out c | true"
    subprocess.run(call, shell=True, cwd=tmp_path, capture_output=True, check=True)
    assert {"differences.csv", "differences.png", "manifest.json"} <= {path.name for path in (tmp_path / "c").iterdir()}
