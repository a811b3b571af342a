"""Sweeps that finish: killed, damaged and resumed, a sweep gives the table of an undisturbed one, byte for byte.

Kills `market sweep` at random moments, damages its files, takes other numbers of workers, kills one of two workers of a
Dask cluster. Then memory after 10,000 runs over that after 500, and what a sweep costs beyond its runs. Full: ten
kills, about half an hour. Quick: one kill, 50 runs, threads, no cluster.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import faults
import pandas as pd

import market
from market.experiment import Study, experiment
from market.studies.store import Store

TINY, GROWTH = {"customers": 100, "months": 8, "panel.size": 50}, "labs.*.training.growth"
LEVELS, NAME, GROWN = [1.5, 2.0, 2.5, 3.0, 4.0], "labs_revenue", "growth of a process, share"
COMMAND = [sys.executable, "-m", "market", "sweep", "duopoly", *(f"--set={path}={at}" for path, at in TINY.items())]
COMMAND += [f"--factor={GROWTH}={','.join(map(str, LEVELS))}", f"--outcome={NAME}", "--workers=2"]


def sweep(out: Path, seeds: int, **more: object) -> bytes:
    """Run the small sweep, which `COMMAND` runs too, or go on with it; its tables as bytes."""
    asked = {"replications": seeds, "outcomes": [NAME], "workers": 2} | more
    market.sweep(market.load("duopoly").vary(TINY), {GROWTH: LEVELS}, out=out, **asked)
    return (out / "table.csv").read_bytes() + (out / "table.parquet").read_bytes()


def disturbed(study: Study, folder: Path, run: Callable[..., bytes]) -> Iterator[tuple[str, bool]]:
    """Disturb the small sweep in every way and let it finish; whether its tables are those of an undisturbed one."""
    seeds, calm, killed = len(study.seeds), folder / "calm", folder / "killed"
    tables = run(calm, seeds)
    call = [*COMMAND, f"--replications={seeds}", f"--out={killed}"]
    kept = [str(len(Store(killed / "runs"))) for _ in faults.kills(call, *study.pick((10, 20.0), (1, 3.0)))]
    yield f"{len(kept)} kills; results kept after each: {', '.join(kept)}", run(killed, seeds) == tables
    for said in faults.damages(calm, study.pick(3, 1)):
        yield said, run(calm, seeds) == tables
    for workers in study.pick([1, 3], [1]):
        yield f"{workers} workers, not 2", run(folder / str(workers), seeds, workers=workers) == tables
    if not study.quick:
        with faults.half_a_cluster() as lossy:
            yield "one of two workers of a cluster lost", run(folder / "cluster", seeds, **lossy) == tables


def memory(run: Callable[..., bytes], out: Path, few: int, many: int) -> dict[str, float]:
    """Memory in use by every process after few runs and after many, MB; how long it takes to list the results."""
    used: dict[int, dict[str, float]] = {}
    run(out, many // len(LEVELS), progress=faults.noting(used, few, many))
    table = {f"MB after {done} runs, {who}": size for done, sizes in used.items() for who, size in sizes.items()}
    start, kept = time.perf_counter(), len(Store(out / "runs"))
    table[f"seconds to list {kept} results"] = time.perf_counter() - start
    return table | {GROWN: max(used[many][who] / size - 1 for who, size in used[few].items())}


def speed(out: Path, seeds: int) -> dict[str, float]:
    """Runs of 10,000 customers per second on all cores, and what the sweep took beyond the simulations.

    Of `single_line`, whose runs are short: there what a sweep adds weighs most.
    """
    world, start = market.load("single_line").vary({"customers": 10_000}), time.perf_counter()
    done = market.sweep(world, {GROWTH: [2.0, 3.0]}, replications=seeds, outcomes=["multiple", "labs_result"], out=out)
    wall, kept = time.perf_counter() - start, Store(out / "runs")
    simulated = sum(result.simulated for result in kept) / min(os.cpu_count() or 1, len(done))
    return {"runs per second": len(done) / wall, "overhead beyond the simulation, share": wall / simulated - 1}


@experiment(seeds=80, quick_seeds=2)
def sweep_robustness(study: Study) -> None:
    """Disturb sweeps and compare them with an undisturbed one; measure memory and speed."""
    pool = ThreadPoolExecutor(2) if study.quick else None  # processes take time to start
    with tempfile.TemporaryDirectory() as scratch:
        folder, run = Path(scratch), partial(sweep, executor=pool)
        checks = pd.DataFrame(disturbed(study, folder, run), columns=["disturbance", "same"])
        figures = memory(run, folder / "memory", *study.pick((500, 10_000), (10, 50)))
        figures |= {} if study.quick else speed(folder / "speed", 100)
    study.table("checks", checks, "The table of an undisturbed sweep?")
    study.table("measured", pd.DataFrame(figures.items(), columns=["measured", "figure"]), "Measured")
    if not checks["same"].all():
        raise SystemExit("a table differs from the undisturbed one")
    if not study.quick and figures[GROWN] > 0.02:
        raise SystemExit("memory grows with the number of runs")


if __name__ == "__main__":
    sweep_robustness()
