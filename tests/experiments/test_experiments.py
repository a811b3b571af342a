"""Every experiment runs in its quick form and leaves a complete folder."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "experiments"
SCRIPTS = sorted(FOLDER.glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_quick_form_runs(script, tmp_path):
    answer = subprocess.run(
        [sys.executable, script, "--quick"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    noted = json.loads((tmp_path / "results" / script.stem / "manifest.json").read_text())
    assert (noted["kind"], noted["quick"]) == ("experiment", True)


def test_two_ledgers_gives_the_interviews_figures(tmp_path):
    script = FOLDER / "two_ledgers.py"
    answer = subprocess.run(
        [sys.executable, script, "--quick"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "Company: -100, -800, -8,000 $M. Models: 2.0x, 2.0x. Lab-3 is a stake of $10,000M" in answer.stdout


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_experiments_are_short_and_use_public_names(script):
    text = script.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    assert "market._" not in text
    assert "import _" not in text
