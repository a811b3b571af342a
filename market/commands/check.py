"""The command `market check`: this installation against answers computed by others."""

from __future__ import annotations

import typer

from market.commands import command


@command
def check() -> None:
    """Check this installation against answers computed by others, in under a minute.

    Solves oligopolies that PyBLP solved, closed forms, published figures of the evidence, the interview's arithmetic
    and the accounting identities of a small run; prints what was found beside what is expected. Exit status 1 if
    anything differs by more than is allowed.
    """
    from market.progress import progress_bar
    from market.studies.check import run_checks
    from market.views import terminal

    with progress_bar("checks", "pages") as progress:
        pages = run_checks(progress)
    for title, findings in pages.items():
        rows = [
            (f.what, f"{f.here:.10g}", f"{f.expected:.10g}", f"{f.tolerance:.2g}", "holds" if f.holds else "DIFFERS")
            for f in findings
        ]
        headings = ("what", "found", "expected", "may differ by", "")
        terminal.console().print(terminal.plain_table(title, rows, headings))
    wrong = sum(not f.holds for findings in pages.values() for f in findings)
    total = sum(map(len, pages.values()))
    typer.echo(f"All {total} findings hold." if not wrong else f"{wrong} of {total} findings DIFFER.")
    raise typer.Exit(1 if wrong else 0)
