"""How a command begins and ends, whatever reads its output."""

import io
import subprocess
import sys

import pytest

from market import command_line
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
