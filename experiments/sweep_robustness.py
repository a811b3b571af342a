"""Sweeps that finish: killed, damaged and resumed, a sweep gives the table of an undisturbed one, byte for byte.

Kills `market sweep` with SIGKILL at random moments and resumes it; truncates and corrupts its files; compares numbers
of workers; measures memory over the number of runs, and what a sweep costs beyond its simulations.

Quick: three kills, few runs, threads; under 30 seconds. Full: ten kills, processes, 2,000 runs for memory and 200 of
10,000 customers and 72 months; about six minutes on two cores.
"""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

import market
from market.economics import luck
from market.saving.spreadsheet import write_csv
from market.studies.experiment import Out, experiment_folder, run_script
from market.studies.store import open_results
from market.views import terminal

TINY = {"customers": 100, "months": 8, "panel.size": 50}
GROWTH = {"labs.*.training.growth": [1.5, 2.0, 2.5, 3.0, 4.0]}


def sweep(out: Path, replications: int, workers: int, quick: bool) -> bytes:
    """Run the small sweep, or resume it; its table as bytes."""
    executor = ThreadPoolExecutor(workers) if quick else None
    market.sweep(
        market.load("duopoly").vary(TINY), GROWTH, replications=replications, outcomes=["labs_revenue"], out=out,
        workers=workers, executor=executor,
    )  # fmt: skip
    return (out / "table.csv").read_bytes() + (out / "table.parquet").read_bytes()


def kill(out: Path, replications: int, kills: int, longest: float) -> str:
    """Start the same sweep as a command and kill it, by turns alone and with its workers."""
    settings = [word for path, value in TINY.items() for word in ("--set", f"{path}={value}")]
    factors = [f"{path}={','.join(str(value) for value in values)}" for path, values in GROWTH.items()]
    call = [sys.executable, "-m", "market", "sweep", "duopoly", *settings, "--factor", *factors, "--outcome"]
    call += ["labs_revenue", "--replications", str(replications), "--workers", "2", "--out", str(out)]
    held = []
    for number in range(kills):
        going = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(longest * luck.uniform(0, "kill", number, "sweep"))
        (os.killpg if number % 2 else os.kill)(going.pid, signal.SIGKILL)
        going.wait()
        held.append(len(open_results(out)) if out.exists() else 0)
    return f"{kills} kills; results held after each: {', '.join(str(n) for n in held)}"


def damages(out: Path) -> list[tuple[Path, bytes]]:
    """For every file of a sweep: cut short, and with two bytes altered."""
    found = []
    for path in sorted(p for p in out.rglob("*") if p.suffix in (".jsonl", ".json", ".csv", ".parquet")):
        whole = path.read_bytes()
        half = len(whole) // 2
        found += [(path, whole[:half]), (path, whole[:half] + b"\xff\x00" + whole[half + 2 :])]
    return found


def peak() -> float:
    """Peak memory so far of the largest of this process and its finished children, MB."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


def speed(folder: Path, customers: int, replications: int) -> list[tuple[str, float]]:
    """Runs per second at a size on all cores, and what the sweep took beyond the simulations."""
    factors, outcomes = {"labs.*.training.growth": [2.0, 3.0]}, ["multiple", "multiple_full_rd", "labs_result"]
    start = time.perf_counter()
    setting = market.load("baseline").vary({"customers": customers})
    done = market.sweep(setting, factors, replications=replications, outcomes=outcomes, out=folder)
    wall = time.perf_counter() - start
    simulated = sum(result.simulated for result in open_results(folder)) / min(os.cpu_count() or 1, len(done))
    return [("runs per second", len(done) / wall), ("overhead beyond the simulation, share", wall / simulated - 1)]


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Under 30 s: fewer kills, fewer and smaller runs.")] = False,
    out: Out = None,
) -> None:
    """Kill, damage and resume sweeps; compare them with undisturbed ones."""
    seeds, few, many = (2, 5, 10) if quick else (80, 200, 2000)
    with experiment_folder(out, quick) as results, tempfile.TemporaryDirectory() as scratch:
        folder, rows = Path(scratch), []
        calm = sweep(folder / "calm", seeds, 2, quick)
        said = kill(folder / "killed", seeds, 1 if quick else 10, 4.0 if quick else 20.0)
        rows.append((said, sweep(folder / "killed", seeds, 2, quick) == calm))
        for path, content in damages(folder / "calm"):
            path.write_bytes(content)
            name = path.relative_to(folder / "calm")
            rows.append((f"{name} damaged, {len(content)} bytes", sweep(folder / "calm", seeds, 2, quick) == calm))
        rows += [(f"{n} workers, not 2", sweep(folder / str(n), seeds, n, quick) == calm) for n in (1, 3)]
        checks = pd.DataFrame(rows, columns=["disturbance", "same"])
        terminal.show("The table of an undisturbed sweep?", checks)
        figures = []
        for runs in (few, many):
            sweep(folder / f"memory-{runs}", runs // 5, 2, quick)
            figures.append((f"peak memory after {runs} runs, MB", peak()))
        if not quick:
            figures += speed(folder / "speed", 10_000, 100)
        measured = pd.DataFrame(figures, columns=["measured", "figure"])
        terminal.show("Measured", measured)
        write_csv(checks, results / "checks.csv")
        write_csv(measured, results / "measured.csv")
    if not checks["same"].all():
        raise SystemExit("a table differs from the undisturbed one")
    typer.echo(f"Tables: {out}/")


if __name__ == "__main__":
    run_script(main)
