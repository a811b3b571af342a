"""How a command or a script begins and ends: any encoding, one line for an error, the truth after an interrupt."""

from __future__ import annotations

import codecs
import gc
import io
import os
import signal
import string
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from market.wording import InputError, one_line

if TYPE_CHECKING:
    from market.saving.place import Place

INTERRUPTED = 130
"""Exit status after control-C."""

TERMINATED = 143
"""Exit status after SIGTERM."""

USAGE_ERROR: Any = typer.BadParameter.__mro__[-4]
"""What typer raises for a wrong word on the command line; it has no public name of its own."""

ASCII = {
    "−": "-", "–": "-", "—": "-", "·": "-", "•": "*", "×": "x", "÷": "/", "±": "+/-", "≤": "<=", "≥": ">=", "≈": "~",
    "²": "^2", "…": "...", "→": "->", "←": "<-", "∂": "d", "Σ": "Sum", "‘": "'", "’": "'", "“": '"', "”": '"',
    "\xa0": " ", "─": "-", "━": "-", "═": "-", "╸": "-", "╺": "-", "│": "|", "┃": "|", "║": "|",
}  # fmt: skip
"""How characters are written where the encoding has none for them; a box's corners are +, Greek letters their names."""


class Terminated(BaseException):
    """SIGTERM came."""


Workers = Annotated[int | None, typer.Option(help="Runs at a time; by default one per core.")]
Cluster = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Run on the workers of a Dask scheduler instead, as tcp://HOST:PORT."),
]
InWorlds = Annotated[
    int,
    typer.Option(
        "--worlds",
        min=0,
        help="So many worlds that agree with the evidence, each under a seed of its own, in place of scenarios as they "
        "stand, and of as many replications: intervals carry luck and parameters together.",
    ),
]
"""Options of whatever does many runs: commands and experiments."""

NOTHING = "nothing was written"

_left: str | Callable[[], str] = NOTHING


def leave(said: str | Callable[[], str]) -> None:
    """Note what an interrupt or SIGTERM leaves from now on, as a half sentence or what finds it out."""
    global _left
    _left = said


def kept_beside(out: Path) -> Path:
    """Where runs are kept as they come: beside the folder of their result. An interrupt says so from now on."""
    named = out if out.name not in ("", "..") else Path(os.path.abspath(out))
    runs = named.with_name(f"{named.name}-runs")
    kept = f"what is done is kept in {runs}/, and the same command goes on"
    leave(lambda: kept if runs.is_dir() else NOTHING)
    return runs


@contextmanager
def filled(place: Place, what: str, facts: Mapping[str, Any]) -> Iterator[Path]:
    """Fill a place, its manifest last; as soon as `what` is there, an interrupt says that it is saved."""
    from market.saving.manifest import write_manifest

    try:
        with place.filled() as folder:
            yield folder
            content = write_manifest(folder, place.kind, **facts)
            leave(lambda: f"{what} saved in {place.folder}/" if place.holds(content) else NOTHING)
    except InputError as error:
        leave(str(error))
        raise


@contextmanager
def heard_or_not() -> Iterator[None]:
    """Go on with the work if nobody reads what is printed any more, as behind `| head`; nothing more is written."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _be_silent()


def to_the_end(call: Callable[[], Any], name: str) -> NoReturn:
    """Do a command's work and end the process with its exit status; bad input gives one line and status 2.

    Parameters
    ----------
    call : does the work; returns or exits with a status.
    name : begins a line on standard error.
    """
    _accept_any_encoding()
    _catch_signals()
    leave(NOTHING)
    line, status = "", 0
    try:
        try:
            status = call() or 0
        except SystemExit as end:
            line, status = (end.code, 1) if isinstance(end.code, str) else ("", end.code or 0)
        if sys.stdout is not None:
            sys.stdout.flush()
    except InputError as error:
        line, status = str(error), error.status
    except USAGE_ERROR as error:
        line, status = " ".join(error.format_message().split()), 2
    except Terminated:
        line, status = f"terminated; {_what_is_left()}", TERMINATED
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:
        status = 1
        _be_silent()
    except OSError as error:
        line, status = f"{(error.strerror or str(error)).lower()}; {_what_is_left()}", 1
        _be_silent()
    if status == INTERRUPTED:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        line = f"interrupted; {_what_is_left()}"
    if line:
        complain(name, line)
    gc.freeze()  # the process ends: going through all that is left to collect would take half a second
    sys.exit(status)


def _what_is_left() -> str:
    return _left if isinstance(_left, str) else _left()


def complain(name: str, text: str) -> None:
    """Print one line on standard error, whatever the text holds."""
    typer.echo(f"{name}: {one_line(text)}", err=True)


def complain_undrawn(folder: Path, error: Exception) -> None:
    """Print one line on standard error about a result without its figures."""
    why = f"{type(error).__name__}: {error}"
    complain("market", f"{folder}/ is saved, but its figures could not be drawn: {why}")


def _accept_any_encoding() -> None:
    """Let what an output's encoding lacks be written in ASCII; where that cannot write any text, write UTF-8."""
    codecs.register_error("market_ascii", _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if _writes_any_text(stream.encoding) else "utf-8"
            stream.reconfigure(encoding=encoding, errors="market_ascii")


def _writes_any_text(encoding: str) -> bool:
    """Whether an encoding is one for text, which those for domain names, for one, are not."""
    with suppress(ValueError, LookupError):
        return bool(f"{string.printable}…".encode(encoding, "market_ascii"))
    return False


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_spelled, error.object[error.start : error.end])), error.end


def _spelled(character: str) -> str:
    if character in ASCII:
        return ASCII[character]
    known = unicodedata.name(character, "")
    if known.startswith("BOX DRAWINGS"):
        return "+"
    if known.startswith(("GREEK SMALL LETTER ", "GREEK CAPITAL LETTER ")):
        return known.split(" ")[3].lower()
    return character.encode("ascii", "backslashreplace").decode()


def _catch_signals() -> None:
    """Let the first control-C or SIGTERM end the work in order; those that follow change nothing."""
    if threading.current_thread() is not threading.main_thread():
        return
    signal.signal(signal.SIGTERM, _terminate)
    sys.unraisablehook = _again_if_lost
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored on purpose, as by nohup
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(*_: object) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _terminate(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise Terminated


def _again_if_lost(lost: sys.UnraisableHookArgs) -> None:
    """Send a signal again whose exception Python dropped, as it does with one raised in a finalizer."""
    number = {KeyboardInterrupt: signal.SIGINT, Terminated: signal.SIGTERM}.get(lost.exc_type)
    if number is None:
        sys.__unraisablehook__(lost)
        return
    signal.signal(number, _interrupt if number == signal.SIGINT else _terminate)
    threading.Timer(0.01, _send, (number,)).start()


def _send(number: int) -> None:
    """Send a signal to the main thread, which may wait for something."""
    ident = threading.main_thread().ident
    if ident is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(ident, number)
    else:
        signal.raise_signal(number)


def _be_silent() -> None:
    """Let nothing more be written to an output that nobody reads; Python would try at its end and complain."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
