"""The commands that do many runs: `market sweep`, `market compare` and `market break-even`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from market import command_line
from market.cli_options import Changes, Replications, Workers, assignments, scenario_of
from market.wording import one_line

if TYPE_CHECKING:
    import pandas as pd

    from market.saving.place import Place
    from market.studies.design import Design
    from market.studies.study import Study

SHOWN = ("multiple", "multiple_full_rd")
"""Outcomes that a sweep prints and draws if none is asked for; its table holds the usual ones."""

FORCE = "Replace a result of the same kind in the folder given by --out; files of yours beside it always stay."

Asked = Annotated[
    list[str] | None,
    typer.Option("--outcome", metavar="NAME", help="An outcome; may be repeated. Names: market list outcomes."),
]


def sweep(
    scenario: Annotated[str, typer.Argument(help="A scenario, or a study file in TOML.")] = "baseline",
    factors: Annotated[
        list[str] | None,
        typer.Option(
            "--factor",
            metavar="PATH=V1,V2",
            help="Values of a parameter, or LOW:HIGH:COUNT (add :log); LOW:HIGH for sampled designs. May be repeated. "
            "The path 'scenario' takes whole scenarios. Example: --factor 'labs.*.training.growth=1.5,2.5,4'.",
        ),
    ] = None,
    replications: Annotated[
        int | None, typer.Option(help="Seeds 0, 1, …, the same at every design point; by default 8.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder that keeps results as they come, by default results/SCENARIO-sweep; the same command goes on "
            "where it ended, and a folder that holds anything else is refused."
        ),
    ] = None,
    changes: Changes = None,
    outcomes: Asked = None,
    design: Annotated[str, typer.Option(help="grid, one_at_a_time, latin_hypercube or sobol.")] = "grid",
    points: Annotated[int | None, typer.Option(help="Design points of a latin_hypercube or sobol design.")] = None,
    workers: Workers = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Do again what failed before.")] = False,
) -> None:
    """Run a market at many values of its parameters, each under the same seeds.

    Results are kept as they come: stop it at any moment and give the same command again. The first control-C lets the
    runs in flight finish, the second stops at once. Prints means with 95% intervals by design point and writes the tidy
    table (Parquet, CSV) and figures.
    """
    from market.saving.naming import folder_name
    from market.studies.sweep import sweep as do
    from market.views import terminal

    study = _study(scenario, factors or [], design, points, changes)
    asked = outcomes or study.outcomes
    folder = out if out is not None else Path("results") / folder_name(Path(scenario).stem, "sweep")
    kept = f"what is done is kept in {folder}/, and the same command goes on"

    def say(line: str) -> None:
        command_line.leave(kept)  # a sweep that speaks has begun
        typer.echo(line, err=True)

    with terminal.progress_bar(study.scenario.name, "runs") as progress:
        table = do(
            study.scenario, study.design, replications=study.replications if replications is None else replications,
            outcomes=asked, out=folder, workers=workers, retry_failed=retry_failed, progress=progress, say=say,
        )  # fmt: skip
    undrawn = _report(table, study, asked or [name for name in SHOWN if name in table], folder)
    if undrawn is not None:
        command_line.complain_undrawn(folder, undrawn)
    if table.attrs["remaining"]:
        left = table.attrs["remaining"]
        command_line.leave(f"{left} runs are still to do; {kept}")
        raise SystemExit(command_line.INTERRUPTED)
    if undrawn is not None:
        raise SystemExit(1)
    _exit_1_if_failed(table)


def compare(
    a: Annotated[str, typer.Argument(help="A scenario.")],
    b: Annotated[str, typer.Argument(help="Another one; what it changes is shown as B − A.")],
    changes: Changes = None,
    replications: Replications = 16,
    outcomes: Asked = None,
    workers: Workers = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the table and the runs; none by default.")] = None,
    force: Annotated[bool, typer.Option("--force", help=FORCE)] = False,
) -> None:
    """Run two scenarios under the same luck and show what differs.

    Beside the interval of the paired differences stands the one that independent seeds would give, and how many times
    wider that is.
    """
    from market.studies.compare import differences, paired
    from market.views import terminal

    worlds = scenario_of(a, changes), scenario_of(b, changes)
    place = _place(out, "comparison", force, "differences.csv", "runs.csv")
    with terminal.progress_bar(f"{a} and {b}", "runs") as progress:
        runs = paired(*worlds, range(replications), outcomes, workers=workers, progress=progress)
    table = differences(runs)
    both = {name: world.model_dump(mode="json") for name, world in zip("ab", worlds, strict=True)}
    with _saved(place, {"differences": table, "runs": runs}, {"replications": replications, **both}):
        terminal.console().print(terminal.comparison_table(table, a, b))
        _say_few(replications)
        _say_failed(runs)
    _exit_1_if_failed(runs)


def break_even(
    path: Annotated[str, typer.Argument(help="The parameter, such as 'labs.*.training.growth'.")],
    scenario: Annotated[str, typer.Argument(help="A scenario.")] = "baseline",
    outcome: Annotated[str, typer.Option(help="The outcome; names: market list outcomes.")] = "multiple",
    level: Annotated[float, typer.Option(help="The level that it crosses, in its unit.")] = 1.0,
    between: Annotated[
        tuple[float, float], typer.Option(help="The range to search, in the parameter's unit.", metavar="LOW HIGH")
    ] = ...,  # type: ignore[assignment]
    changes: Changes = None,
    replications: Replications = 16,
    workers: Workers = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the evidence; none by default.")] = None,
    force: Annotated[bool, typer.Option("--force", help=FORCE)] = False,
) -> None:
    """Find the value of a parameter at which an outcome crosses a level, with its interval, or never, or always.

    Every value is tried under the same seeds; what was tried is shown.
    """
    from market.studies.break_even import break_even as find
    from market.views import terminal

    setting = scenario_of(scenario, changes)
    place = _place(out, "break-even", force, "evidence.csv")
    with terminal.progress_bar(f"{outcome} = {level:g}", "runs at most") as progress:
        answer = find(
            setting, path, outcome, level, between, seeds=range(replications), workers=workers, progress=progress
        )
    asked = {"scenario": setting.model_dump(mode="json"), "path": path, "outcome": outcome, "level": level}
    with _saved(place, {"evidence": answer.evidence}, {"sentence": answer.sentence, **asked}):
        terminal.console().print(terminal.evidence_table(answer.evidence, path, outcome))
        typer.echo(answer.sentence)


def _study(source: str, factors: list[str], design: str, points: int | None, changes: list[str] | None) -> Study:
    """Read a study from a file, or from the options."""
    from market.parameters import InputError
    from market.studies import study

    settings = assignments(changes)
    if study.is_study(source):
        if factors:
            raise InputError(f"--factor: {source} is a study file with factors of its own; give one or the other")
        return study.read(source, settings)
    base = scenario_of(source, changes)
    pairs = [study.factor(text) for text in factors]
    for path, _ in pairs:
        if sum(path == other for other, _ in pairs) > 1:
            raise InputError(f"--factor {path}: is given twice; put all its values in one")
    made = study.make_design(base, dict(pairs), design, points, settings)
    return study.Study(base, made, study.REPLICATIONS, None)


def _report(table: pd.DataFrame, study: Study, shown: list[str], folder: Path) -> Exception | None:
    """Draw the means by design point into the sweep's folder, then print them; return why they could not be drawn."""
    from market.studies import summaries
    from market.studies.store import write_file
    from market.views import terminal

    if table.empty:
        return None
    names = study.design.factors
    pictures: list[tuple[str, bytes]] = []
    undrawn: Exception | None = None
    try:
        pictures = [picture for outcome in shown for picture in _figures(table, study.design, outcome)]
    except Exception as error:  # the table outlives a figure that cannot be drawn
        undrawn = error
    for picture in pictures:
        write_file(folder, *picture)
    terminal.console().print(terminal.sweep_table(summaries.by_point(table, names, shown), names, shown))
    _say_few(table["seed"].nunique())
    _say_failed(table)
    typer.echo(f"Table and figures: {one_line(folder)}/")
    return undrawn


def _say_few(seeds: int) -> None:
    """Say that intervals are rough where the seeds are few."""
    from market.formats import rough

    if rough(seeds):
        typer.echo(rough(seeds))


def _say_failed(runs: pd.DataFrame) -> None:
    """Say how many runs failed, and why the first did."""
    failed = runs.loc[runs["status"] == "failed", "error"]
    if len(failed):
        typer.echo(f"{len(failed)} runs failed, the first: {failed.iloc[0]}")


def _exit_1_if_failed(runs: pd.DataFrame) -> None:
    """End with status 1 if a run failed."""
    if (runs["status"] == "failed").any():
        raise SystemExit(1)


def _figures(table: pd.DataFrame, design: Design, outcome: str) -> list[tuple[str, bytes]]:
    """Draw an outcome over each factor and over the first two of a grid, or as a tornado; file names and PNG images."""
    from matplotlib.figure import Figure

    from market.studies import summaries
    from market.views import plots

    level, made, factors = summaries.BREAK_EVEN.get(outcome), [], design.factors
    if design.kind == "one_at_a_time" and table[outcome].notna().any():
        rows = summaries.tornado(table, factors, outcome)
        figure = Figure(figsize=(9, 1.5 + 0.6 * len(factors)), layout="constrained")
        axis = figure.subplots()
        plots.tornado(rows, axis, level)
        axis.set(xlabel=outcome)
        return [(f"{_slug(outcome)}_tornado.png", _png(figure))]
    for factor in factors if table[outcome].notna().any() else []:
        other = next((name for name in factors if name != factor), None) if len(factors) == 2 else None
        if other is not None and table[other].nunique() > 8:
            other = None
        figure = Figure(figsize=(7, 4.5), layout="constrained")
        axis = figure.subplots()
        plots.outcome_by_factor(summaries.by_factor(table, outcome, factor, other), axis, level)
        axis.set(xlabel=factor, ylabel=outcome, title=f"lines: {other}" if other else "")
        made.append((f"{_slug(outcome)}_by_{_slug(factor)}.png", _png(figure)))
    if made and len(factors) >= 2:
        x, y = factors[:2]
        cells = summaries.over_grid(table, outcome, x, y)
        if cells.notna().any(axis=None) and min(cells.shape) > 1:  # what gave no number stays white
            figure = Figure(figsize=(7, 5), layout="constrained")
            axis = figure.subplots()
            plots.heat_map(cells, axis, level)
            axis.set(xlabel=x, ylabel=y, title=outcome)
            made.append((f"{_slug(outcome)}_over_{_slug(x)}_{_slug(y)}.png", _png(figure)))
    return made


def _png(figure: Any) -> bytes:
    import io

    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=120)
    return image.getvalue()


def _slug(path: str) -> str:
    """A path as part of a file name."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", path).strip("-")


def _place(out: Path | None, kind: str, force: bool, *names: str) -> Place | None:
    """Where a result goes if a folder is asked for; one that cannot be written is refused before any work."""
    from market.saving.place import Place

    if out is None:
        return None
    place = Place(out, kind, force, names=names)
    place.check()
    return place


@contextmanager
def _saved(place: Place | None, tables: dict[str, pd.DataFrame], facts: dict[str, Any]) -> Iterator[None]:
    """Save tables and a manifest, if there is a place, before anything is printed; say at the end where they are."""
    from market.parameters import InputError
    from market.saving.spreadsheet import write_csv

    if place is None:
        yield
        return
    try:
        with command_line.filled(place, "the tables are", facts) as folder:
            for name, table in tables.items():
                write_csv(table, folder / f"{name}.csv")
    except InputError as error:
        yield
        command_line.complain("market", str(error))
        raise SystemExit(1) from None
    yield
    typer.echo(f"Tables: {one_line(place.folder)}/")
