"""Tables in a terminal: what does not fit is left out by rank, and said; nothing is cut."""

import pytest
from rich.cells import cell_len

from market.measures.yearly import YEARS, by_year
from market.schemas import SCHEMAS
from market.views import terminal


def printed(capsys, monkeypatch, width, laid_out, *given):
    """Lines of a table in a terminal of some width."""
    monkeypatch.setenv("COLUMNS", str(width))
    terminal.console().print(laid_out(*given))
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 100, 118, 200])
def test_a_table_fits_and_says_what_it_leaves_out(width, small_run, capsys, monkeypatch):
    lines = printed(capsys, monkeypatch, width, terminal.market_table, by_year(small_run), small_run.calendar.label)
    assert max(map(cell_len, lines)) <= width
    words = " ".join(lines)
    assert "…" not in words
    for column in YEARS.columns:
        if column.heading:
            assert set(column.heading.split()) <= set(words.replace(",", " ").replace(".", " ").split()), column.heading
    left_out = " ".join(lines).partition("Left out to fit")[2]
    ranks = {column.heading: column.rank for column in YEARS.columns if column.heading}
    gone = {heading for heading in ranks if heading in " ".join(left_out.split())}
    assert all(ranks[a] > ranks[b] for a in gone for b in ranks.keys() - gone)
    assert (gone == set()) == (width >= 118)


def test_the_tables_of_a_run_keep_their_first_column(small_run, capsys, monkeypatch):
    lines = printed(capsys, monkeypatch, 40, terminal.company_table, small_run.companies, lambda _, year: str(year))
    assert any(line.split()[:2] == ["Alpha", "2023"] for line in lines)
    assert any("Left out to fit 40 columns" in line for line in lines)


def test_ranks_say_what_goes_first():
    """Columns that may be left out differ in rank, so that it is always the same one that goes."""
    for schema in (*SCHEMAS.values(), YEARS):
        ranks = [column.rank for column in schema.columns if column.heading and column.rank]
        assert len(set(ranks)) == len(ranks), schema.name


@pytest.mark.parametrize("width", [60, 80, 120])
def test_an_explanation_stands_beside_or_below_and_is_never_squeezed(width, capsys, monkeypatch):
    rows = [("labs.*.training.growth", "2.5", "2 to 4.6", "growth of the cost of a run, by the month of its start")]
    headings = ("path", "default", "plausible", "meaning")
    lines = printed(capsys, monkeypatch, width, terminal.explained_table, "Parameters", rows, headings)
    assert max(map(cell_len, lines)) <= width
    assert "growth of the cost of a run" in " ".join(" ".join(lines).split())
    row = next(line for line in lines if line.strip().startswith("labs"))
    assert ("growth of" in row) == (width == 120)
