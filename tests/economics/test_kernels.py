"""Compiled loops work where nothing can be written, and all are compiled in one place."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import market

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
