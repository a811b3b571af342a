"""The command `market explain`: the life of one model of a saved run, and of its family if it is a base."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from market.commands import command
from market.wording import one_line


@command
def explain(
    run: Annotated[Path, typer.Argument(help="Folder of a run, as `market run` writes it.", metavar="RUN")],
    model: Annotated[
        str, typer.Argument(help="A model of it, such as Alpha-3; of a base also the family.", metavar="MODEL")
    ],
    rows: Annotated[
        bool, typer.Option("--rows", help="Print also the ledger and flow rows that add up to each number, as CSV.")
    ] = False,
) -> None:
    """Tell the life of a model of a saved run: what it cost and returned, when it led, who took its revenue.

    Losses are net and by cause: dollars below peak revenue after the peak month, which add up to the cent.
    """
    from market.measures.life import life as life_of
    from market.tables import open_run
    from market.views import explain as page
    from market.views import terminal
    from market.views.results import existing

    opened = open_run(existing(run, "run"))
    life, dates = life_of(opened, model), opened.calendar.date
    if life.family is not None:
        terminal.say(page.family(life, dates))
        terminal.console().print(page.releases_table(life))
    typer.echo(page.headline(life))
    for sentence in page.story(life, dates):
        terminal.say(sentence)
    if life.sold:
        out = terminal.console()
        out.print(page.causes_table(life, dates))
        out.print(page.takers_table(life))
        terminal.say(page.closing(life))
        terminal.say(f"Figure: market plot {one_line(run)} life --model {model}")
    if rows:
        typer.echo(page.rows_text(life))
