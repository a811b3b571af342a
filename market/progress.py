"""How far a long work has come: a bar on standard error in a terminal, and in a notebook a bar below the cell."""

from __future__ import annotations

import html
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from market.economics.kernels import told_of_compiling

COMPILING = "compiling the market's loops: once after an installation, half a minute"


@contextmanager
def progress_bar(label: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar with the time left; yields a function to call as ``progress(done, total)``.

    A line says so if the market's loops have to be compiled first.
    """
    if in_notebook():
        with _below_a_cell(label, unit) as shown:
            yield shown
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TextColumn("· time left"),
        TimeRemainingColumn(compact=True),
    )
    errors = Console(stderr=True, markup=False, emoji=False)
    bar = Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal)
    with bar, told_of_compiling(lambda: errors.print(COMPILING)):
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def _below_a_cell(label: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar of HTML, which needs no widgets; it is gone at the end."""
    from IPython.display import HTML, display

    shown = display(HTML(""), display_id=True)

    def update(done: int, total: int) -> None:
        text = html.escape(f"{label}: {done} of {total} {unit}")
        shown.update(HTML(f"<progress value={done} max={total}></progress> {text}"))

    with told_of_compiling(lambda: shown.update(HTML(html.escape(COMPILING)))):
        yield update
    shown.update(HTML(""))


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"


@contextmanager
def given_or_bar(given: Callable[[int, int], None] | None) -> Iterator[Callable[[int, int], None] | None]:
    """The function that was given; in a notebook, where nobody gave one, that of a bar; else none."""
    if given is not None or not in_notebook():
        yield given
        return
    with progress_bar("runs", "runs") as shown:
        yield shown
