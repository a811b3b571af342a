"""The tutorial runs from its first cell to its last, and shows what it says."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

TUTORIAL = Path(__file__).resolve().parents[1] / "docs" / "tutorial.ipynb"


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """Cells of code, by their first line, with what they gave."""
    book = nbformat.read(TUTORIAL, as_version=4)
    assert not any(cell.get("outputs") for cell in book.cells), "keep outputs out of the repository"
    where = {"metadata": {"path": str(tmp_path_factory.mktemp("tutorial"))}}
    NotebookClient(book, timeout=300, kernel_name="python3", resources=where).execute()
    return [cell for cell in book.cells if cell.cell_type == "code"]


def shown(cells, text):
    """What the cell that holds some text shows last, by kind."""
    return next(cell for cell in cells if text in cell.source).outputs[-1]["data"]


def test_it_runs_without_a_complaint(cells):
    assert not [output for cell in cells for output in cell.outputs if output.output_type in ("stream", "error")]


def test_a_run_is_shown_by_its_verdict(cells):
    said = shown(cells, "market.simulate")
    assert "Do the companies lose?" in said["text/html"]
    assert said["text/plain"] == "<run of baseline, seed 0, 72 months>"
    assert len(said["text/html"]) < 5000


def test_figures_are_shown_as_figures(cells):
    for text in ('"two_readings"', '"life"', "outcome_by_factor"):
        assert shown(cells, text)["image/png"]


def test_bars_are_gone_when_a_study_is_done(cells):
    bar = next(cell for cell in cells if "market.compare" in cell.source).outputs[0]
    assert bar["data"]["text/html"] == ""


def test_studies_are_shown_as_tables_and_sentences(cells):
    assert "<table" in shown(cells, "market.compare")["text/html"]
    assert "95% interval" in shown(cells, "market.break_even")["text/html"]
