"""The page that `market run` prints: at most 25 lines of 80 columns, failures and answers first.

Write the golden page anew, and read it, with: python -m tests.views.test_page
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rich.cells import cell_len

import market
from market.studies.beside import beside
from market.views import page

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "page.txt"
QUICK = {"customers": 300, "panel.size": 50}
COSTS = {"labs.*.pricing.rule": "cost_plus"}
"""Prices that take less time than looking ahead, for what is long."""
FAILING = {"labs.*.training.growth": 6.0}
"""Costs that ruin all labs where everybody can use open weights."""


def with_others(scenario, others=1):
    """A small run of a scenario, with others beside it."""
    run = market.simulate(scenario)
    with ThreadPoolExecutor(1) as pool:
        run.tables.update(beside(run, others, pool))
    return run


def lines_of(run):
    """The whole page of a run."""
    return page.whole(run, "results/a_name_of_a_usual_length-0")


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("baseline", {"months": 26}),
        ("eight_labs", {"months": 30}),
        ("monopoly", {"months": 24}),
        ("endogenous_rd", {"months": 48, **COSTS}),
        ("no_open_source", {"months": 26}),
        ("cartoon", {}),
        ("duopoly", {"months": 1}),
        ("duopoly", {"months": 200, "labs.*.training.growth": 1.1, **COSTS}),
        ("full_open_access", FAILING),
        ("baseline", {"months": 24, "world.product": 1e9}),  # warns
    ],
)
def test_it_fits_a_terminal(name, changes):
    lines = lines_of(with_others(market.load(name).vary({**QUICK, **changes})))
    assert len(lines) <= page.LINES, "\n".join(lines)
    assert max(map(cell_len, lines)) <= page.WIDTH, "\n".join(lines)
    assert any(line.startswith("Do the companies lose?") for line in lines)
    assert any(line.startswith("Do the models earn?") for line in lines)


@pytest.fixture(scope="module")
def failing():
    """A run in which all labs fail."""
    return market.simulate(market.load("full_open_access").vary({**QUICK, **FAILING}))


def test_failures_come_first_with_their_reasons(failing):
    lines = lines_of(failing)
    text = "\n".join(lines)
    assert lines[1].startswith("All 4 labs failed: ")
    assert "The first, 20" in text
    assert text.index("no raise") < text.index("Do the companies lose?")


def test_the_year_of_a_failure_says_so(failing):
    own = next(line for line in page.labs_by_year(failing, 9) if line.startswith("Alpha "))
    assert failing.calendar.year(failing.failed["Alpha"]) == 2023 + own.split()[1:].index("failed")


def test_the_table_is_the_labs_books(small_run):
    lines = page.labs_by_year(small_run, 10)
    years = [int(word) for word in lines[0].split() if word.isdigit()]
    books = small_run.companies.set_index(["firm", "year"])["result"] / 1e9
    for line in lines[1:]:
        firm, *cells = line.split()
        if firm in small_run.scenario.labs:
            assert [float(cell.replace("−", "-")) for cell in cells] == [round(books[firm, year], 1) for year in years]
    sums = next(line for line in lines if line.startswith("all labs")).split()[2:]
    assert float(sums[0].replace("−", "-")) == pytest.approx(
        sum(books[lab, years[0]] for lab in small_run.scenario.labs), abs=0.05
    )


def test_where_there_is_little_room_the_largest_labs_are_shown():
    run = market.simulate(market.load("eight_labs").vary({**QUICK, "months": 24}))
    lines = page.labs_by_year(run, 6)
    assert len(lines) == 6
    assert lines[0].startswith("Result, $bn (2 of 8)")
    revenue = run.companies.groupby("firm")["revenue"].sum()
    shown = {line.split()[0] for line in lines[1:3]}
    assert shown == set(revenue[list(run.scenario.labs)].nlargest(2).index)
    assert len(page.labs_by_year(run, 2)) == 2


def golden_page() -> str:
    """The page of a small baseline, with four other seeds and the other world."""
    return "\n".join(lines_of(with_others(market.load("baseline").vary(QUICK), others=4))) + "\n"


def test_the_page_is_as_it_was_read():
    assert golden_page() == GOLDEN.read_text(encoding="utf-8"), "read the new page: python -m tests.views.test_page"


if __name__ == "__main__":
    GOLDEN.write_text(golden_page(), encoding="utf-8")
    print(GOLDEN.read_text(encoding="utf-8"))
