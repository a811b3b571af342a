"""Compiled loops work where nothing can be written, and all are compiled in one place."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from numba import njit

import market
from market.economics.kernels import told_of_compiling

PACKAGE = Path(market.__file__).parent


def test_one_module_knows_numba():
    knowing = [path.name for path in PACKAGE.rglob("*.py") if "numba import" in path.read_text(encoding="utf-8")]
    assert knowing == ["kernels.py"]


def test_no_place_for_compiled_code_is_no_obstacle(tmp_path):
    """A file stands where each folder of compiled code would be, and there is no home."""
    copy = tmp_path / "market"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in [copy, *(path for path in copy.rglob("*") if path.is_dir())]:
        (folder / "__pycache__").touch()
    code = "from market.economics import luck; print(luck.mix(luck.key(1)) != luck.mix(luck.key(2)))"
    places = {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null", "PYTHONPATH": str(tmp_path)}
    call = [sys.executable, "-B", "-c", code]
    answer = subprocess.run(call, env=os.environ | places, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.stdout == "True\n", answer.stderr


def test_an_edit_of_what_a_kernel_calls_in_another_module_is_noticed(tmp_path):
    """Numba looks at the module of the kernel itself only, which stays the same here."""
    using = "from market.economics.kernels import kernel\n"
    (tmp_path / "outer.py").write_text(using + "from inner import f\n\n\n@kernel\ndef g(x):\n    return f(x)\n")
    call = [sys.executable, "-B", "-c", "from outer import g; print(g(1))"]
    for added in (1, 2):
        (tmp_path / "inner.py").write_text(using + f"\n\n@kernel\ndef f(x):\n    return x + {added}\n")
        places = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(PACKAGE.parent)]), "NUMBA_CACHE_DIR": str(tmp_path)}
        answer = subprocess.run(call, env=os.environ | places, capture_output=True, text=True, check=False)
        assert answer.stdout == f"{1 + added}\n", answer.stderr
    assert list(tmp_path.rglob("*.nbi"))  # or nothing was kept that could have gone stale


MODULE = """
from market.economics.kernels import kernel, lane

@kernel
def difference(a, b):
    return a * b - 1.0

@lane
def through(a, b):
    return difference(a, b)

@kernel
def first(a, b):
    return through(a, b)
"""


def test_a_kernel_takes_over_nothing_from_a_lane_that_calls_it_first(tmp_path):
    """Rounded once, 1 − 2⁻⁶⁰ − 1 is −2⁻⁶⁰; rounded twice, as everywhere else, it is 0."""
    (tmp_path / "mine.py").write_text(MODULE)
    call = [
        sys.executable,
        "-c",
        "import mine; x = 2.0**-30; mine.first(1 + x, 1 - x); print(mine.difference(1 + x, 1 - x))",
    ]
    places = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(PACKAGE.parent)])}
    answer = subprocess.run(call, env=os.environ | places, capture_output=True, text=True, check=False)
    assert answer.stdout == "0.0\n", answer.stderr


def test_whoever_waits_for_a_compilation_is_told_once():
    told = []
    with told_of_compiling(lambda: told.append("wait")):
        twice, thrice = (njit(lambda x, by=by: by * x) for by in (2, 3))
        assert (twice(2), thrice(2)) == (4, 6)
    assert told == ["wait"]
    with told_of_compiling(lambda: told.append("again")):
        assert twice(3) == 6
    assert told == ["wait"]
