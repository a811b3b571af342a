"""A month of choices in C (`limit.c`), where there is a compiler and a processor with AVX2."""

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from market.economics.choice import Luck
from rivals.month import Month

FLAGS = ("-O3", "-march=native", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC")


class _Month(ctypes.Structure):
    _fields_ = (
        [("options", ctypes.c_int32), ("firms", ctypes.c_int32)]
        + [(name, ctypes.c_void_p) for name in ("capability", "price", "firm", "open_weights", "key")]
        + [(name, ctypes.c_uint64) for name in ("race", "outside", "epoch")]
        + [(name, ctypes.c_double) for name in ("scale", "psi", "phi", "success_scale", "centre")]
    )


def library() -> ctypes.CDLL | None:
    """Compile the program; None without a compiler, or where AVX2 is missing."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    flags = Path("/proc/cpuinfo").read_text(encoding="ascii") if Path("/proc/cpuinfo").exists() else ""
    if compiler is None or " avx2 " not in flags:
        return None
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "limit.so"
        source = Path(__file__).with_name("limit.c")
        done = subprocess.run(
            [compiler, *FLAGS, "-o", str(built), str(source), "-lm"], capture_output=True, check=False
        )
        return ctypes.CDLL(str(built)) if done.returncode == 0 else None


def choose(program: ctypes.CDLL, month: Month, luck: Luck, epoch: int) -> np.ndarray:
    """Option of every customer, −1 for none; shape (N,). The same luck as the kernel's, for workload `epoch`."""
    customers, offers, habits = month.customers, month.offers, month.habits
    taste = np.ascontiguousarray(customers.taste)
    chosen = np.empty(len(month.current), np.int32)
    given = _Month(
        len(offers.price),
        taste.shape[1],
        *(
            column.ctypes.data
            for column in (offers.capability, offers.price, offers.firm, offers.open_weights, offers.luck)
        ),
        int(luck.race),
        int(luck.outside),
        epoch,
        habits.choice_scale,
        habits.firm_switching_cost,
        habits.model_switching_cost,
        habits.success_scale,
        float(customers.difficulty.mean()),
    )
    arrays = (customers.difficulty, customers.value, taste, customers.access, month.current, chosen)
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
    program.choose(ctypes.byref(given), ctypes.c_int64(len(chosen)), *pointers)
    return chosen
