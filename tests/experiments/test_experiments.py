"""Every experiment runs in its quick form, says something, and leaves a complete folder."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from market.views import sentences
from market.views.report import again
from market.views.results import opened

FOLDER = Path(__file__).resolve().parents[2] / "experiments"
SCRIPTS = sorted(path.stem for path in FOLDER.glob("*.py"))


@pytest.fixture
def script(here):
    """Run a file as a script, in this process."""

    def run(path, *options):
        return here(lambda: runpy.run_path(str(path), run_name="__main__"), path.name, *options)

    return run


@pytest.fixture(scope="module")
def finished():
    """What quick forms gave, by name: each is run once."""
    return {}


@pytest.fixture
def quick(script, finished, tmp_path, monkeypatch):
    """Run an experiment in its quick form; returns what it printed and its folder."""
    monkeypatch.syspath_prepend(FOLDER)

    def run(name):
        if name not in finished:
            status, said, errors = script(FOLDER / f"{name}.py", "--quick")
            assert status == 0, errors
            finished[name] = said, tmp_path / "results" / f"{name}-quick"
        return finished[name]

    return run


@pytest.mark.parametrize("name", SCRIPTS)
def test_quick_form_runs(name, quick):
    said, folder = quick(name)
    noted = json.loads((folder / "manifest.json").read_text())
    assert (noted["kind"], noted["quick"]) == ("experiment", True)
    assert len(said.splitlines()) > 5
    assert said.splitlines()[0] == said.splitlines()[-1] == "This is the quick form: not for quoting."
    assert len(list(folder.iterdir())) > 1


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("two_ledgers", ["Claim 2", "Claim 3:", "Claim 4:", "Claim 11:", "Claim 12:"]),
        ("endings", ["Claim 5,", "Claim 6,", "Claim 15,"]),
        ("self_cannibalization", ["Claim 8 at turnover 1:", "Claim 8 at turnover 0.01:"]),
        ("price_war", ["launch together / one month apart / three months apart", "best_response: profit gain"]),
        (
            "pace",
            [
                "What another pace of Alpha alone gains Alpha where R&D grows:",
                "What another pace of Alpha alone gains Alpha where R&D stays, smaller runs:",
                "What another pace of all labs gains Alpha where R&D stays, less research:",
            ],
        ),
        ("number_of_labs", ["gross margins are", "Multiples on training", "for competition", "paid for once more"]),
        ("open_catch_up", ["have an open equal", "multiple is 1 at", "by volume", "by price", "parity after 6 months"]),
        ("treadmill", ["Claim 10,", "reconsidering what is on sale with"]),
        ("return_window", ["Claim 13,", "Claim 14:", "Claim 16:"]),
        (
            "conduct",
            [
                "single_line, forward:",
                "Later margin less early margin:",
                "at 0, patient:",
                "2 times as high: Beta's",
                "duopoly, best_response,",
            ],
        ),
        ("funding", ["of their revenue in cash in 2025", "Share of worlds in which a lab fails"]),
    ],
)
def test_an_experiment_answers_its_claims_with_numbers(name, answers, quick):
    said = " ".join(quick(name)[0].split())
    for answer in answers:
        assert answer in said
        assert any(character.isdigit() for character in said.split(answer)[1][:200])


def test_two_ledgers_gives_the_interviews_figures(quick):
    said, _ = quick("two_ledgers")
    assert "Company: -100, -800, -8,000 $M. Models: 2.0x, 2.0x. Lab-3 is a stake of $10,000M" in said
    assert "Claim 2 holds where nothing is scripted" in said


def test_a_forced_cut_of_the_algorithmic_duopoly_is_punished_and_the_detector_says_so(quick):
    said, folder = quick("algorithmic_pricing")
    assert "mean path: punishment; without the cut: –;" in " ".join(said.split())
    path = pd.read_csv(folder / "forced_cut.csv").pivot_table(index="month", columns="firm", values="price")
    cut = path["First"].diff().idxmin()
    assert path.loc[cut + 1, "Second"] < path.loc[cut - 1, "Second"] - 0.1  # the rival answers
    assert path.iloc[-1].mean() > path.loc[: cut - 1].mean().mean() - 0.02  # and both return


SMALL = """
'''Does it run? A question in a line.'''
import market
from market.experiment import experiment

def read(run):
    print("a run")
    return {"months": run.scenario.months, "seed twice": 2.0 * run.seed}

@experiment(seeds=5, quick_seeds=2)
def small(study):
    world = market.load("duopoly").vary({"customers": 100, "months": 3, "panel.size": 20})
    runs = study.read({"one": world, "two": world.vary({"months": 4})}, read)
    study.table("runs", runs, "Runs")
    study.say(f"{len(runs)} rows")

if __name__ == "__main__":
    small()
"""


@pytest.fixture
def small(script, tmp_path):
    """An experiment in a file of its own; a function that runs it."""

    def run(*options, name="small"):
        file = tmp_path / f"{name}.py"
        file.write_text(SMALL)
        return script(file, *options)

    return run


def test_the_runner_saves_keeps_and_goes_on(small, tmp_path):
    (status, said, errors), again = small("--quick"), small("--quick")
    assert status == again[0] == 0, errors
    assert said.count("a run") == 4
    assert again[1] == said.replace("a run\n", "")
    folder = tmp_path / "results" / "small-quick"
    assert (folder / "runs.csv").read_text().splitlines()[1:3] == ["one,0,3,0.0", "one,1,3,2.0"]
    assert json.loads((folder / "manifest.json").read_text())["seeds"] == 2
    _, more, _ = small("--quick", "--seeds", "3")
    assert more.count("a run") == 2
    assert "6 rows" in more
    assert sorted(path.name for path in tmp_path.iterdir()) == ["results", "small.py"]


def test_the_runner_tells_luck_from_parameters_where_worlds_have_several_seeds(small, tmp_path):
    status, said, errors = small("--quick", "--worlds", "2", "--seeds", "3")
    assert status == 0, errors
    assert said.count("a run") == 12
    assert "4 rows" in said  # the study itself has a seed of each world
    assert "Of the spread between runs parameters are 0% (median of 2 numbers that were read" in " ".join(said.split())
    folder = tmp_path / "results" / "small-2-worlds-3-seeds-quick"
    told = pd.read_csv(folder / "luck_and_parameters.csv")
    assert told[["world", "figure", "worlds", "runs"]].to_numpy().tolist() == [
        ["one", "seed twice", 2, 6], ["two", "seed twice", 2, 6],
    ]  # fmt: skip
    inquired = opened(folder)
    assert again.command(inquired) == "python experiments/small.py --quick --worlds 2 --seeds 3"
    assert any("Of the spread between runs" in line for line in sentences.said("experiment", inquired))


def test_the_runner_refuses_bad_options_in_one_line(small, tmp_path):
    for options, said in (
        (["--seeds", "0"], "replications: 0 is refused"),
        (["--workers", "x"], "Invalid value for '--workers'"),
    ):
        status, _, errors = small("--quick", *options)
        assert status == 2
        assert len(errors.splitlines()) == 1
        assert said in errors
    assert [path.name for path in tmp_path.iterdir()] == ["small.py"]


def test_an_experiment_replaces_only_results_of_its_own_form(small, tmp_path):
    assert small("--quick", "--out", "x")[0] == 0
    full = small("--seeds", "1", "--workers", "1", "--out", "x")
    for status, _, errors in (full, small("--quick", "--out", "x", name="other")):
        assert status == 2
        assert "holds another experiment" in errors
    noted = json.loads((tmp_path / "x" / "manifest.json").read_text())
    assert (noted["name"], noted["quick"]) == ("small", True)


def test_an_experiment_replaces_only_its_own_folder(tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "thesis.txt").write_text("years of work")
    call = [sys.executable, FOLDER / "two_ledgers.py", "--quick", "--out", "theirs"]
    answer = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert answer.stderr.splitlines() == [
        "two_ledgers.py: theirs: holds no result of this program and is not replaced; give another --out"
    ]
    assert (tmp_path / "theirs" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("name", SCRIPTS)
def test_experiments_use_public_names(name):
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert "market._" not in text
    assert "import _" not in text


@pytest.mark.parametrize("name", SCRIPTS)
def test_experiments_write_tables_in_which_no_text_is_a_formula(name):
    assert ".to_csv" not in (FOLDER / f"{name}.py").read_text(encoding="utf-8")
