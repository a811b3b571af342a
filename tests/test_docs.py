"""Documents say what the code says: the parameters of the ODD page, the data dictionary, and the README's blocks run.

Write both tables anew with: python -m tests.test_docs
"""

import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from market.cli import main
from market.declarations import declarations
from market.scenario.schema import Scenario
from market.schemas import SCHEMAS, Schema
from market.tables.run import file_names
from market.views.figures import FIGURES
from market.views.listing import shown_default

ROOT = Path(__file__).resolve().parents[1]
ODD, DATA = ROOT / "docs" / "ODD.md", ROOT / "docs" / "DATA.md"
MARKS = ("<!-- parameters: begin -->\n", "<!-- parameters: end -->")
HOWTO = (ROOT / "docs" / "HOWTO.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def parameter_table() -> str:
    """The parameter table in Markdown, from the declarations."""
    rows = ["| parameter | default | allowed | meaning | source |", "|---|---|---|---|---|"]
    for d in declarations(Scenario):
        cells = (f"`{d.path}`", shown_default(d), d.allowed, d.meaning, d.source)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


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
    """Fenced blocks of the README in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.M | re.S)


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


@pytest.mark.parametrize("number", range(len(blocks("python"))))
def test_the_readmes_python_runs(number, tmp_path):
    script = tmp_path / "block.py"
    script.write_text(blocks("python")[number], encoding="utf-8")
    answer = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout


COMMANDS = [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines() if line[:2] == "$ "]


@pytest.mark.parametrize("line", COMMANDS)
def test_the_readmes_commands_run(line, here, monkeypatch):
    words = shlex.split(line)
    if words[0] == "python":  # experiments run in tests/experiments, each in its quick form
        assert words[1:] == [words[1], "--quick"]
        assert (ROOT / words[1]).exists()
        return
    assert words[0] == "market"
    if words[1] == "run":  # what stands beside a run takes ten more runs, and figures take as long: test_cli has both
        words += ["--seeds", "0"]
        for name, one in FIGURES.items():
            monkeypatch.setitem(FIGURES, name, replace(one, written=False))
    status, _, errors = here(main, *words)
    assert status == 0, errors


def test_the_readme_has_blocks_to_run():
    assert len(blocks("python")) >= 1
    assert len(COMMANDS) >= 3


def test_files_and_commands_that_the_readme_names_exist():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def write() -> None:
    """Write the parameter table of the ODD page and the data dictionary anew."""
    before, rest = ODD.read_text(encoding="utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    ODD.write_text(before + MARKS[0] + parameter_table() + MARKS[1] + after, encoding="utf-8")
    DATA.write_text(data_dictionary(), encoding="utf-8")


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


def test_an_experiment_of_ones_own_runs_and_goes_on(tmp_path):
    (tmp_path / "own_experiment.py").write_text(script("own_experiment"), encoding="utf-8")
    first, again = (python("own_experiment.py", "--quick", folder=tmp_path) for _ in range(2))
    assert first == again
    assert "four labs" in first
    assert len(list((tmp_path / "results" / "own_experiment-quick-runs").rglob("*.json"))) == 6


if __name__ == "__main__":
    write()
