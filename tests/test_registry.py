"""What is added is found where it is written: an outcome costs one function, in a file that nobody lists."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import market
from market.measures import outcomes
from market.registry import Registry
from market.views.listing import LISTINGS

MODULE = '''
from market.measures.outcomes import outcome

@outcome(unit="months", level=3.0)
def how_long(run, period):
    """Months simulated."""
    return run.scenario.months
'''


def test_a_file_in_the_folder_of_measures_is_found(tmp_path):
    hidden = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(market.__file__).parent, tmp_path / "market", ignore=hidden)
    (tmp_path / "market" / "measures" / "my_own.py").write_text(MODULE)
    call = [sys.executable, "-m", "market", "list", "outcomes"]
    said = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert "Months simulated. [months; breaks even at 3]" in said.stdout


def test_an_outcome_is_added_in_one_place():
    @outcomes.outcome(unit="months", level=3.0, headline=True)
    def how_long(run, period):
        """Months simulated."""
        return run.scenario.months

    try:
        assert "how_long" in outcomes.usual()
        assert outcomes.headlines()[-1] == "how_long"
        assert ("how_long", "record", "Months simulated. [months; breaks even at 3]") in LISTINGS["outcomes"]()[1]
        assert (outcomes.level_of("how_long@2026"), outcomes.unit_of("how_long")) == (3.0, "months")
    finally:
        del outcomes.OUTCOMES["how_long"]


def test_break_even_levels():
    levels = {name: one.level for name, one in outcomes.OUTCOMES.items() if one.level is not None}
    assert levels.items() >= {"multiple": 1.0, "multiple_full_rd": 1.0, "labs_result": 0.0}.items()
    assert outcomes.level_of("labs_revenue") is None
    assert outcomes.level_of("no outcome") is None


def test_a_name_is_given_once():
    colours = Registry[str]("colour")
    colours.add("red", "like a rose")
    with pytest.raises(TypeError, match="colour 'red' exists already"):
        colours.add("red", "like blood")
