"""Documents say what the code says: tables are those of the declarations, blocks run, commands and links exist.

Write both tables anew with: python -m tests.test_docs
"""

import csv
import importlib.util
import re
import runpy
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import typer

import market
from market.cli import main, program
from market.commands.options import scenario_of
from market.declarations import declarations, without_rules
from market.scenario.schema import Scenario
from market.schemas import SCHEMAS, Schema
from market.studies.workers import crew
from market.tables.run import file_names
from market.views.listing import LISTINGS, shown_default, shown_range
from market.views.plots import FIGURES

ROOT = Path(__file__).resolve().parents[1]
ODD, DATA = ROOT / "docs" / "ODD.md", ROOT / "docs" / "DATA.md"
SWITCHES, SAVED = ROOT / "docs" / "SWITCHES.md", ROOT / "docs" / "switches"
MARKS = ("<!-- parameters: begin -->\n", "<!-- parameters: end -->")
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "results" / "README.md",
                 ROOT / "market" / "evidence" / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}  # fmt: skip
"""Text of each page, by its place."""
HOWTO = PAGES["docs/HOWTO.md"]
OPTIONS = {"--quick", "--out", "--seeds", "--workers", "--cluster", "--worlds"}
"""Options of every experiment."""


def parameter_table() -> str:
    """The parameter table in Markdown, from the declarations."""
    rows = ["| parameter | default | plausible | allowed | meaning | source |", "|---|---|---|---|---|---|"]
    for d in declarations(Scenario):
        cells = (f"`{d.path}`", shown_default(d), shown_range(d), d.allowed, d.meaning, d.source)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def switches_page() -> str:
    """The page on switches, with the tables that the experiment saved between their marks."""
    text = SWITCHES.read_text(encoding="utf-8")
    for path in sorted(SAVED.glob("*.csv")):
        heading, *rows = [" | ".join(row) for row in csv.reader(path.read_text(encoding="utf-8").splitlines())]
        lines = [heading, " | ".join("---" for _ in heading.split(" | ")), *rows]
        table = "".join(f"| {line} |\n" for line in lines)
        begin, end = (f"<!-- {path.stem}: {which} -->\n" for which in ("begin", "end"))
        before, rest = text.split(begin)
        text = before + begin + table + end + rest.split(end)[1]
    return text


def test_the_page_on_switches_has_the_tables_that_were_saved():
    assert SWITCHES.read_text(encoding="utf-8") == switches_page()
    names = {row[0] for row in csv.reader((SAVED / "alone.csv").read_text(encoding="utf-8").splitlines())}
    spec = importlib.util.spec_from_file_location("switches", ROOT / "experiments" / "switches.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert names == {"switch", *module.SWITCHES}


INTRODUCTION = """\
# Data dictionary

The tables of a run, as `market run` and `run.save` write them and `market.open_run` reads them: `run.models` is the
table `models`. Each is a Parquet file; those that say so, and with `market run --csv` or `run.save(folder, csv=True)`
all, are CSV files too. Months are counted from the scenario's start, which is month 0; what happened before has
negative months. What is not defined is missing.

This page is written by `python -m tests.test_docs`, from the declarations beside the code that makes each table.
"""


def data_dictionary() -> str:
    """The data dictionary in Markdown, from the schemas: the two books first."""
    return "\n".join([INTRODUCTION, *map(section, sorted(SCHEMAS.values(), key=lambda schema: not schema.csv))])


def section(schema: Schema) -> str:
    """One table of the data dictionary."""
    files = ", ".join(f"`{name}`" for name in file_names() if name.startswith(f"{schema.name}."))
    where = f"File: {files}." if files else "Not saved: derived when asked for."
    rows = ["| column | unit | type | meaning |", "|---|---|---|---|"]
    for column in schema.columns:
        cells = (f"`{column.name}`", column.unit, column.dtype, column.meaning)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return f"## {schema.name}\n\n{schema.meaning} {where}\n\n" + "\n".join(rows) + "\n"


def blocks(language: str) -> list[str]:
    """Fenced blocks of all pages in one language."""
    fenced = re.compile(rf"^```{language}\n(.*?)^```", flags=re.M | re.S)
    return [block for text in PAGES.values() for block in fenced.findall(text)]


def in_text(beginning: str) -> list[str]:
    """Code within the text of all pages that begins with a word, each once, on one line."""
    unfenced = (re.sub(r"^```.*?^```", "", text, flags=re.M | re.S) for text in PAGES.values())
    spans = (span for text in unfenced for span in re.findall(rf"`({beginning}\s[^`]+)`", text))
    return list(dict.fromkeys(" ".join(span.split()) for span in spans))


def test_the_odd_pages_parameter_table_is_the_declarations():
    text = ODD.read_text(encoding="utf-8")
    table = text.split(MARKS[0])[1].split(MARKS[1])[0]
    assert table == parameter_table(), "docs/ODD.md: write the table anew with python -m tests.test_docs"


def test_the_data_dictionary_is_the_schemas():
    text = DATA.read_text(encoding="utf-8")
    assert text == data_dictionary(), "docs/DATA.md: write it anew with python -m tests.test_docs"


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_column_has_a_meaning(name):
    for column in SCHEMAS[name].columns:
        assert column.meaning, column.name
        assert bool(column.unit) == (column.kind == "a number" and column.name != "year"), column.name


def test_the_odd_page_has_its_seven_elements():
    headings = re.findall(r"^## (\d)\. ", ODD.read_text(encoding="utf-8"), flags=re.M)
    assert headings == list("1234567")


def in_this_process(monkeypatch) -> None:
    """Let studies run in a thread: processes take longer to start, and tests/studies has them."""
    monkeypatch.setattr("market.studies.engine.crew", lambda *_: crew(ThreadPoolExecutor(1)))


EXAMPLES = [block for block in blocks("python") if not block.startswith('"""own_')]  # those have tests of their own


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_python_runs(number, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    in_this_process(monkeypatch)
    exec(compile(EXAMPLES[number], "a page", "exec"), {"__name__": "__main__"})
    assert capsys.readouterr().out


LINES = dict.fromkeys(line[2:] for block in blocks("console") for line in block.splitlines() if line[:2] == "$ ")
"""Command lines of all pages, each once."""
FILES = {
    name: text for page in PAGES.values() for name, text in re.findall(r"^```\w+ (\S+)\n(.*?)^```", page, re.M | re.S)
}
"""Blocks of all pages that have the name of a file, which commands may read."""
ELSEWHERE = [line for line in LINES if line.startswith(("pip ", "dask ")) or "SCHEDULER" in line]  # need a cluster
COMMANDS = [line for line in LINES if line not in ELSEWHERE]


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_run(line, here, tmp_path, monkeypatch):
    words = shlex.split(line)
    if words[0] == "python":  # experiments run in tests/experiments, each in its quick form
        assert words[1:] == [words[1], "--quick"]
        assert (ROOT / words[1]).exists()
        return
    assert words[0] == "market"
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    if words[1] == "run":  # what stands beside a run takes ten more runs, and figures take as long: test_cli has both
        words += ["--seeds", "0"]
        for name, one in FIGURES.items():
            monkeypatch.setitem(FIGURES, name, replace(one, written=False))
    else:
        in_this_process(monkeypatch)
    if words[1] != "list":
        words += ["--set", "months=40"]
    status, _, errors = here(main, *words)
    assert status == 0, errors


@pytest.mark.parametrize("line", [*in_text("market"), *(line for line in ELSEWHERE if line.startswith("market"))])
def test_commands_that_are_only_named_are_ones(line):
    """Read, not run: the command, its arguments and its options exist, and so do names in scenarios and listings."""
    _, name, *words = shlex.split(line)
    command = typer.main.get_command(program()).commands[name]
    if not words:
        return
    given = command.make_context(name, words).params
    if name == "plot" and not given["name"].isupper():  # what is in capitals stands for something of the reader's
        assert given["name"] in FIGURES
    if name == "list" and not given["what"].isupper():
        assert given["what"] in LISTINGS
        _, rows, _ = LISTINGS[given["what"]]()
        assert any(without_rules(row[0]).startswith(given["beginning"]) for row in rows)
    for scenario in (given[one] for one in ("scenario", "a", "b") if given.get(one)):
        if scenario.islower() and not scenario.endswith(".toml"):  # else it is a file of the reader's
            scenario_of(scenario, list(given.get("changes") or ()))


def test_experiments_that_are_named_exist_and_have_the_options():
    named = in_text("python")
    assert len(named) >= 3
    for words in map(shlex.split, named):
        if words[1] == "-m":
            assert (ROOT / f"{words[2].replace('.', '/')}.py").exists(), words
            continue
        assert (ROOT / words[1]).exists(), words
        assert {word for word in words[2:] if not word.isdigit()} <= OPTIONS, words


def test_the_scenario_files_of_the_how_to_are_ones(tmp_path):
    without_a_lab, own = re.findall(r"```toml\n(.*?)```", HOWTO, flags=re.S)
    (tmp_path / "cheap_talk.toml").write_text(without_a_lab, encoding="utf-8")
    scenario = market.load(tmp_path / "cheap_talk.toml")
    assert list(scenario.labs) == ["Alpha", "Beta", "Gamma"]
    assert scenario.labs["Alpha"].pricing.markup == 0.4
    (tmp_path / "mine.toml").write_text(own, encoding="utf-8")
    scenario = market.load(tmp_path / "mine.toml")
    assert list(scenario.labs["Beta"].tiers) == ["nano"]
    assert scenario.labs["Epsilon"].updates.interval == 2
    assert scenario.labs["Delta"].tiers == {}
    assert scenario.labs["Gamma"].updates is None


def test_pages_have_blocks_to_run():
    assert len(EXAMPLES) >= 1
    assert len(COMMANDS) >= 12
    assert len([line for line in COMMANDS if f"$ {line}" in PAGES["README.md"]]) >= 3


def anchors(text: str) -> set[str]:
    """What a link to a heading of a page may end with."""
    unfenced = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    headings = re.findall(r"^#+ (.*)$", unfenced, flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[page]):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        place = (ROOT / page).parent / path if path else ROOT / page
        assert place.exists(), target
        if anchor:
            assert anchor in anchors(place.read_text(encoding="utf-8")), target


def test_the_readme_leads_to_every_page_and_is_short():
    linked = re.findall(r"\]\(([^)#\s]+)", PAGES["README.md"])
    pages = {page for page in PAGES if page.startswith("docs/")} | {
        "docs/tutorial.ipynb",
        "CONTRIBUTING.md",
        "CITATION.cff",
    }
    assert pages <= set(linked)
    assert len(PAGES["README.md"].splitlines()) <= 150


def write() -> None:
    """Write the parameter table of the ODD page, the data dictionary and the tables of switches anew."""
    before, rest = ODD.read_text(encoding="utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    ODD.write_text(before + MARKS[0] + parameter_table() + MARKS[1] + after, encoding="utf-8")
    DATA.write_text(data_dictionary(), encoding="utf-8")
    SWITCHES.write_text(switches_page(), encoding="utf-8")


def script(name: str) -> str:
    """The block of the how-to page whose docstring begins with a file name."""
    blocks = re.findall(r"```python\n(.*?)```", HOWTO, re.DOTALL)
    return next(block for block in blocks if block.startswith(f'"""{name}.py:'))


def python(*words: str, folder: Path) -> str:
    answer = subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_parts_of_ones_own_work_without_editing_the_package_and_their_runs_open_without_them(tmp_path):
    (tmp_path / "own_parts.py").write_text(script("own_parts"), encoding="utf-8")
    said = python("own_parts.py", folder=tmp_path).splitlines()
    assert said == ["4.0", "Alpha comes into money", "True 23"]
    assert (tmp_path / "cash.png").stat().st_size > 5000
    assert (tmp_path / "own_run" / "cash_by_month.parquet").exists()
    reopened = (
        "import market; run = market.open_run('own_run'); scenario = run.scenario; "
        "print(scenario.labs['Alpha'].pricing.rule, scenario.interventions[0].kind, len(run.models) > 0); "
        "exec('try: market.simulate(scenario)\\nexcept market.InputError as error: print(error)')"
    )
    said = python("-c", reopened, folder=tmp_path).splitlines()
    assert said[0] == "round_prices windfall True"
    assert "is not known here; import the module that defines it" in said[1]
    assert len(said) == 2


def test_an_experiment_of_ones_own_runs_and_goes_on(here, tmp_path):
    file = tmp_path / "own_experiment.py"
    file.write_text(script("own_experiment"), encoding="utf-8")
    (status, first, _), again = (
        here(lambda: runpy.run_path(str(file), run_name="__main__"), file.name, "--quick") for _ in range(2)
    )
    assert (status, again[:2]) == (0, (0, first))
    assert "four labs" in first
    assert len(list((tmp_path / "results" / "own_experiment-quick-runs").rglob("*.json"))) == 6


if __name__ == "__main__":
    write()
