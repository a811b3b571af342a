"""The command `market answers`: every claim under test, answered in worlds that agree with the evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from market.command_line import Cluster, Workers, kept_beside
from market.commands import command
from market.commands.options import Force
from market.commands.results import report
from market.wording import one_line

OUT, PAGE = Path("results/answers"), Path("docs/ANSWERS.md")
QUICK, QUICK_SIZE = (2, 1), {"customers": 100, "panel.size": 20}
"""Worlds and seeds of the quick form, and the size of its markets."""


@command
def answers(
    claim: Annotated[
        list[int] | None,
        typer.Option(
            help="A claim by its number; may be repeated; all by default. Prints the answers; saved with --out."
        ),
    ] = None,
    worlds: Annotated[
        int | None, typer.Option(help="Worlds that agree with the evidence, of the posterior.", show_default="96")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(help="Seeds of each world; two or more tell luck from parameters.", show_default="2")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Two worlds of few customers, to results/answers-quick: not for quoting.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for tables and figures; runs are kept beside it, in a folder of that name with -runs, so that "
            "the same command goes on from them.", show_default=str(OUT),
        ),
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="Where the page of answers is written.", show_default=str(PAGE))
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    force: Force = False,
) -> None:  # fmt: skip
    """Answer every claim under test in worlds that agree with the evidence, and write the page of answers.

    For each of 16 claims: in what share of worlds it is so, with luck and parameters apart, what flips it, what it
    rests on, its figure and its table. Takes some 50 minutes on two cores; stop it at any moment and give the same
    command again (one claim alone keeps its runs with --out). Needs `pip install 'market-of-models[study]'`.
    """
    from market.parameters import InputError
    from market.progress import progress_bar
    from market.saving.place import Place
    from market.saving.single import SingleFile
    from market.studies.answers.study import SEEDS, WORLDS
    from market.studies.answers.study import answers as answered
    from market.studies.draws import provenance
    from market.studies.profiles import SMALL
    from market.views import terminal
    from market.views.answers_page import BEGINNING, FORECAST, RUN, page_of, seen_from

    if claim and page is not None:
        raise InputError(f"--page {page}: is a page of all claims; leave out --claim")
    (many, each), size = (QUICK, QUICK_SIZE) if quick else ((WORLDS, SEEDS), SMALL)
    folder = out or (None if claim else OUT.with_name(f"{OUT.name}-quick") if quick else OUT)
    target = page or (None if claim or quick else PAGE)
    worlds, seeds = many if worlds is None else worlds, each if seeds is None else seeds
    asked = sorted(set(claim or ()))
    facts = {"count": worlds, "seeds": seeds, "quick": quick, "claims": asked, "customers": size["customers"]}
    place = None if folder is None else Place(folder, "answers", force, again=None if force else facts)
    if place is not None:
        place.check()
    if target is not None:
        own = target.is_file() and target.read_text(encoding="utf-8", errors="replace").startswith(BEGINNING)
        file = SingleFile(target, force or own)
        file.check()
    with progress_bar("answers", "simulations") as progress:
        found = answered(
            asked, worlds=worlds, seeds=seeds,
            size=size, workers=workers, cluster=cluster,
            keep=folder and kept_beside(folder), progress=progress,
        )  # fmt: skip
    texts = {} if claim or quick else {RUN: _first_command(), FORECAST: _forecast()}
    noted = {**facts, "posterior": provenance()}
    drawn = report(place, found, terminal.answers_table(found), found.tables, noted, texts)
    if target is not None and folder is not None:
        file.write(page_of(found, seen_from(target, folder), texts.get(FORECAST, "")).encode())
        typer.echo(f"Page: {one_line(target)}")
    if not drawn:
        raise SystemExit(1)


def _first_command() -> str:
    """What `market run` says, which the README shows."""
    from market.run import simulate
    from market.scenario.load import load
    from market.studies.beside import beside
    from market.views import page

    run = simulate(load("baseline").with_responses())
    run.tables.update(beside(run, 4))
    return "\n".join([*page.whole(run, "results/baseline-0"), ""])


def _forecast() -> str:
    """Whether the simulation won as a forecast of who is bought."""
    from market.progress import progress_bar
    from market.studies.hindcast.study import hindcast
    from market.views.sentences.hindcast import won_or_lost

    with progress_bar("hindcast", "steps") as progress:
        return won_or_lost(hindcast(progress=progress)) + "\n"
