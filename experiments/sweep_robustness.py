"""Sweeps that finish: killed, damaged and resumed, a sweep gives the table of an undisturbed one, byte for byte.

Kills `market sweep` with SIGKILL at random moments and resumes it; truncates and corrupts its files; compares numbers
of workers; kills one of two workers of a Dask cluster in the middle. Then 10,000 runs: memory of all processes after
them over that after 500, and how long it takes to list what is kept; and what a sweep costs beyond its simulations.

Full: ten kills, about half an hour on two cores. Quick: one kill, 50 runs for memory, no cluster; under 30 seconds.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import active_children
from pathlib import Path

import pandas as pd

import market
from market.economics import luck
from market.experiment import Study, experiment
from market.studies.store import Store

TINY, GROWTH = {"customers": 100, "months": 8, "panel.size": 50}, "labs.*.training.growth"
LEVELS, NAMES = [1.5, 2.0, 2.5, 3.0, 4.0], ["labs_revenue"]


def sweep(out: Path, seeds: int, **more: object) -> bytes:
    """Run the small sweep, or go on with it; its tables as bytes."""
    scenario, asked = market.load("duopoly").vary(TINY), {"replications": seeds, "outcomes": NAMES, "workers": 2}
    market.sweep(scenario, {GROWTH: LEVELS}, out=out, **asked | more)
    return (out / "table.csv").read_bytes() + (out / "table.parquet").read_bytes()


def kill(out: Path, seeds: int, kills: int, longest: float) -> str:
    """Start the same sweep as a command and kill it, by turns alone and with its workers; say what was kept."""
    settings = [word for path, value in TINY.items() for word in ("--set", f"{path}={value}")]
    factor = f"{GROWTH}={','.join(map(str, LEVELS))}"
    call = [sys.executable, "-m", "market", "sweep", "duopoly", *settings, "--factor", factor, "--outcome", *NAMES]
    call, kept = [*call, "--replications", str(seeds), "--workers", "2", "--out", str(out)], []
    for number in range(kills):
        going = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(longest * luck.uniform(0, "kill", number, "sweep"))
        (os.killpg if number % 2 else os.kill)(going.pid, signal.SIGKILL)
        going.wait()
        kept.append(str(len(Store(out / "runs"))))
    return f"{kills} kills; results kept after each: {', '.join(kept)}"


def damages(folder: Path) -> Iterator[str]:
    """Cut files of a sweep short, or alter two bytes, one after the other: its own files and some results."""
    own = [folder / name for name in ("manifest.json", "design.csv", "table.csv", "table.parquet")]
    for path in [*own, *Store(folder / "runs").files()[:3]]:
        whole = path.read_bytes()
        half = len(whole) // 2
        for content in (whole[:half], whole[:half] + b"\xff\x00" + whole[half + 2 :]):
            path.write_bytes(content)
            yield f"{path.name[:12]} damaged, {len(content)} bytes"


@contextmanager
def cluster(port: int = 8797) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a Dask scheduler and two workers here; its address and the workers."""
    address, start = f"tcp://127.0.0.1:{port}", [sys.executable, "-m", "dask"]
    calls = [["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]]
    calls += 2 * [["worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"]]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with ExitStack() as stack:
        started = [stack.enter_context(subprocess.Popen([*start, *call], **quiet)) for call in calls]
        try:
            yield address, started[1:]
        finally:
            for process in started:
                process.kill()


def lose_a_worker(out: Path, seeds: int) -> bytes:
    """Run the small sweep on a cluster of two workers, and kill one when half of it is done."""
    with cluster() as (address, workers):

        def kill(done: int, total: int) -> None:
            if done == total // 2:
                workers[0].kill()

        return sweep(out, seeds, workers=None, cluster=address, progress=kill)


def memory(out: Path, few: int, many: int) -> list[tuple[str, float]]:
    """Memory in use, MB, by this process and its workers after few runs and after many; how long listing takes."""
    table = []

    def measure(done: int, _total: int) -> None:
        if done in (few, many):
            for number, pid in enumerate([os.getpid(), *sorted(child.pid for child in active_children())]):
                used = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
                table.append(
                    (f"MB after {done} runs, {f'worker {number}' if number else 'conductor'}", int(used[1]) / 1024)
                )

    sweep(out, many // len(LEVELS), progress=measure)
    start = time.perf_counter()
    kept = len(Store(out / "runs"))
    return [*table, (f"seconds to list {kept} results", time.perf_counter() - start)]


def speed(out: Path, seeds: int) -> list[tuple[str, float]]:
    """Runs of 10,000 customers per second on all cores, and what the sweep took beyond the simulations."""
    scenario, start = market.load("baseline").vary({"customers": 10_000}), time.perf_counter()
    done = market.sweep(
        scenario, {GROWTH: [2.0, 3.0]}, replications=seeds, outcomes=["multiple", "labs_result"], out=out
    )
    wall = time.perf_counter() - start
    simulated = sum(result.simulated for result in Store(out / "runs")) / min(os.cpu_count() or 1, len(done))
    return [("runs per second", len(done) / wall), ("overhead beyond the simulation, share", wall / simulated - 1)]


@experiment(seeds=80, quick_seeds=2)
def sweep_robustness(study: Study) -> None:
    """Kill, damage and go on with sweeps; compare them with undisturbed ones."""
    seeds = len(study.seeds)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        calm = sweep(folder / "calm", seeds)
        said = kill(folder / "killed", seeds, study.pick(10, 1), study.pick(20.0, 4.0))
        rows = [(said, sweep(folder / "killed", seeds) == calm)]
        rows += [(said, sweep(folder / "calm", seeds) == calm) for said in damages(folder / "calm")]
        rows += [
            (f"{n} workers, not 2", sweep(folder / str(n), seeds, workers=n) == calm) for n in study.pick([1, 3], [1])
        ]
        if not study.quick:
            rows.append(("one of two workers of a cluster lost", lose_a_worker(folder / "cluster", seeds) == calm))
        figures = memory(folder / "memory", *study.pick((500, 10_000), (10, 50)))
        figures += study.pick(speed, lambda *_: [])(folder / "speed", 100)
    checks = pd.DataFrame(rows, columns=["disturbance", "same"])
    study.table("checks", checks, "The table of an undisturbed sweep?")
    study.table("measured", pd.DataFrame(figures, columns=["measured", "figure"]), "Measured")
    if not checks["same"].all():
        raise SystemExit("a table differs from the undisturbed one")


if __name__ == "__main__":
    sweep_robustness()
