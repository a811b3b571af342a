"""README and the page of answers say what the tables in `results/answers/` hold, and no other number.

After `market answers` write the README's table and its run anew with: python -m tests.test_answers_page
"""

import re
from pathlib import Path

import pytest

from market.studies.answers.questions import QUESTIONS
from market.views.answers_page import FORECAST, RUN, page_of, seen_from, short_table
from market.views.results import opened
from market.views.sentences.answers import SHORT

ROOT = Path(__file__).resolve().parents[1]
FOLDER, PAGE, README = ROOT / "results" / "answers", ROOT / "docs" / "ANSWERS.md", ROOT / "README.md"
TABLE = ("<!-- answers: begin -->\n", "<!-- answers: end -->\n")
BLOCK = ("```text\n", "```\n")
NUMBER = re.compile(r"(?<![\w.])[−$]?\d[\d,]*(?:\.\d+)?(?:%|bn|M)?")
UNITS = {"bn": 1000.0, "M": 1.0}
NOT_OF_RUNS = {"3.11", "0.1", "95%"}
"""Versions of Python and of the program, and how wide intervals are."""


@pytest.fixture(scope="module")
def found():
    return opened(FOLDER)


def between(text: str, marks: tuple[str, str]) -> str:
    """What stands between two marks, the first time."""
    return text.split(marks[0], 1)[1].split(marks[1], 1)[0]


def kept(name: str) -> str:
    """A text beside the tables."""
    return (FOLDER / name).read_text(encoding="utf-8")


def readme(found) -> str:
    """The README with its table and its run as the answers have them."""
    text = README.read_text(encoding="utf-8")
    for marks, new in ((TABLE, short_table(found, kept(FORECAST))), (BLOCK, kept(RUN))):
        before, rest = text.split(marks[0], 1)
        text = before + marks[0] + new + marks[1] + rest.split(marks[1], 1)[1]
    return text


def test_all_questions_are_answered_in_full(found):
    assert found.asked == list(QUESTIONS)
    assert (found.count, found.seeds) >= (48, 2)
    assert found.failed == 0


def test_the_page_is_written_from_the_tables(found):
    assert PAGE.read_text(encoding="utf-8") == page_of(found, seen_from(PAGE, FOLDER), kept(FORECAST)), (
        "run `market answers` again"
    )


def test_the_readme_shows_the_answers_and_the_run(found):
    assert README.read_text(encoding="utf-8") == readme(found), "write it anew with python -m tests.test_answers_page"


def test_every_number_of_the_readmes_text_is_of_its_table_or_its_run_or_the_two_books(found):
    text = README.read_text(encoding="utf-8")
    known = {*NUMBER.findall(kept(RUN) + short_table(found, kept(FORECAST))), *NOT_OF_RUNS}
    quoted = {abs(value) for column in ("training", "revenue", "result") for value in found.ledger[column]}
    prose = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)|" + f"{TABLE[0]}.*?{TABLE[1]}", "", text, flags=re.S)
    for number in NUMBER.findall(prose):
        if number.startswith("$"):
            unit = next(one for one in UNITS if number.endswith(one))
            assert float(number.strip("$M bn").replace(",", "")) * UNITS[unit] in quoted, number
        else:
            assert number in known, number


def test_the_short_table_names_questions():
    assert set(SHORT) <= set(QUESTIONS)


if __name__ == "__main__":
    README.write_text(readme(opened(FOLDER)), encoding="utf-8")
