"""How a command begins and ends, whatever reads its output."""

import io
import os
import signal
import subprocess
import sys
from encodings.aliases import aliases

import pytest

from market import command_line
from market.saving import staging
from market.saving.place import Place
from market.wording import LONGEST, one_line


@pytest.mark.parametrize(
    ("text", "encoding", "written"),
    [
        ("B − A, 2 × 3 ≥ 1…", "ascii", b"B - A, 2 x 3 >= 1..."),
        ("B − A, 2 × 3 ≥ 1…", "cp1252", b"B - A, 2 \xd7 3 >= 1\x85"),
        ("Σ α ┌─┐ für 日", "ascii", b"Sum alpha +-+ f\\xfcr \\u65e5"),
        ("− × Σ", "utf-8", "− × Σ".encode()),
    ],
)
def test_what_an_encoding_lacks_is_written_in_ascii(text, encoding, written, monkeypatch):
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", file)
    command_line._accept_any_encoding()
    file.write(text)
    file.flush()
    assert file.buffer.getvalue() == written


def test_an_encoding_that_is_none_for_text_gives_way_to_utf_8(monkeypatch):
    said = "── B − A, 2 × 3: " + "x." * 50 + "\n"
    for encoding in ("idna", "undefined"):
        file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr(sys, "stdout", file)
        command_line._accept_any_encoding()
        file.write(said)
        file.flush()
        assert file.buffer.getvalue() == said.encode()
    for encoding in sorted(set(aliases.values())):
        try:
            file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        except LookupError:  # not for text, or not of this system: Python itself refuses it
            continue
        monkeypatch.setattr(sys, "stdout", file)
        command_line._accept_any_encoding()
        file.write(said)
        file.flush()
        assert file.buffer.getvalue()


def test_control_c_while_the_command_is_loaded_gives_one_line(tmp_path):
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    call = [sys.executable, "-m", "market", "list", "rules"]
    answer = subprocess.run(call, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert answer.returncode == command_line.INTERRUPTED
    assert answer.stderr == "market: interrupted; nothing was written\n"


@pytest.fixture
def handlers():
    """Put the handlers of signals back, which a command sets."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("error", [KeyboardInterrupt, command_line.Terminated])
@pytest.mark.parametrize("again", [False, True])
def test_an_interrupt_says_what_is_there(error, again, tmp_path, monkeypatch, capsys):
    """Whether it comes before the result has its place or after."""

    def save(stop):
        place = Place(tmp_path / "r", "run", force=True)
        with command_line.filled(place, "the run is", {"seed": stop}) as folder:
            (folder / "a").write_text(stop)
            if stop == "early":
                raise error
            if stop == "late":
                monkeypatch.setattr(staging.shutil, "rmtree", interrupted)

    def interrupted(*_, **__):
        monkeypatch.undo()
        raise error

    if again:
        save("first")
    for stop, said in (("early", "nothing was written"), ("late", f"the run is saved in {tmp_path / 'r'}/")):
        with pytest.raises(SystemExit):
            command_line.to_the_end(lambda stop=stop: save(stop), "market")
        assert capsys.readouterr().err.endswith(f"; {said}\n")
        assert (tmp_path / "r" / "a").exists() == (again or stop == "late")


def test_one_line_whatever_it_holds():
    assert one_line("a\nb\x1b[1m [/x] ü\udc80") == "a\\nb\\x1b[1m [/x] ü\\udc80"
    assert len(one_line("x" * 200_000)) == LONGEST


def test_a_closed_pipe_ends_quietly(tmp_path):
    going = subprocess.Popen(
        [sys.executable, "-m", "market", "list", "parameters"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    going.stdout.close()
    assert going.stderr.read() == b""
    going.stderr.close()
    assert going.wait() == 1


IN_A_FINALIZER = """
import os, signal, time
from market.command_line import to_the_end

class Interrupted:
    def __del__(self):
        os.kill(os.getpid(), signal.{name})
        time.sleep(0.01)

def work():
    Interrupted()
    time.sleep(30)

to_the_end(work, "market")
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(
    ("name", "status", "said"), [("SIGINT", 130, "market: interrupted; "), ("SIGTERM", 143, "market: terminated; ")]
)
def test_a_signal_in_a_finalizer_where_exceptions_are_lost_ends_the_work_all_the_same(name, status, said, tmp_path):
    (tmp_path / "script.py").write_text(IN_A_FINALIZER.format(name=name))
    call = [sys.executable, "script.py"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, timeout=25, check=False)
    assert done.returncode == status, done.stderr
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
