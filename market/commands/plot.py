"""The command `market plot`: one figure of anything that was saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from market.commands import command
from market.wording import one_line

if TYPE_CHECKING:
    from market.views.sheet import Sheet

ENDINGS = (".png", ".svg", ".pdf")


@command
def plot(
    result: Annotated[
        Path, typer.Argument(help="Folder of a run, a sweep, a comparison or a break-even.", metavar="RESULT")
    ],
    name: Annotated[str, typer.Argument(help="A figure; names: market list figures.", metavar="NAME")],
    model: Annotated[
        str | None, typer.Option(help="A model, for figures of one: by default the dearest with a complete life.")
    ] = None,
    dark: Annotated[bool, typer.Option("--dark", help="On dark paper.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            help="File to write: .png, .svg or .pdf. By default RESULT-NAME.png here; a figure of several pictures has "
            "the name of each instead, or behind that of the file given."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> None:
    """Draw a figure of a saved result.

    Figures need results of some kind: `market list figures` says which. Pictures in the format SVG keep their text.
    """
    from market.parameters import InputError
    from market.views import plots
    from market.views.results import opened

    target = _target(result, name, out)
    options = {} if model is None else {"model": model}
    drawn = plots.drawings(name, opened(result), dark, **options)
    several = len(drawn) > 1
    stem = target.stem if out is not None else result.resolve().name
    files = [(target.with_name(f"{stem}-{file}{target.suffix}") if several else target, one) for file, one in drawn]
    taken = next((path for path, _ in files if path.exists()), None)
    if taken is not None and not force:
        raise InputError(f"{taken}: exists already; give another --out, or --force to replace it")
    for path, one in files:
        _write(path, one)
        typer.echo(f"Figure: {one_line(path)}")


def _target(result: Path, name: str, out: Path | None) -> Path:
    """The file to write; another ending than those known is refused before any work."""
    from market.parameters import InputError

    target = out if out is not None else Path(f"{result.resolve().name}-{name}.png")
    if target.suffix.lower() not in ENDINGS:
        raise InputError(f"--out {target}: the ending is refused; allowed: {', '.join(ENDINGS)}")
    return target


def _write(path: Path, drawn: Sheet) -> None:
    """Write a figure's file, whole or not at all."""
    import io

    from market.parameters import InputError
    from market.saving.staging import NEW, staging
    from market.views import plots

    if path.suffix.lower() == ".svg":
        content = plots.svg(drawn).encode()
    else:
        image = io.BytesIO()
        kind = path.suffix.lower().removeprefix(".")
        drawn.savefig(image, format=kind, dpi=160, metadata={"CreationDate": None} if kind == "pdf" else None)
        content = image.getvalue()
    try:
        with staging(path.parent) as staged:
            beside = staged / NEW / path.name
            beside.write_bytes(content)
            beside.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from None
