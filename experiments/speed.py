"""How fast: the market's kernel beside the ways in which such models are usually written, and the machine's limit.

A month in which everybody chooses among 30 options: one Mesa object per customer (NumPy inside), with NumPy arrays,
with the kernel on one and on two threads, and in C with AVX2 where there is a compiler: in turns, medians, and all must
find the same shares. Then whole runs against objects that all choose every month, large runs, runs of a sweep, and how
time grows with customers, products and months: all of `single_line`, some ten products on sale, on purpose, as figures
of version 0.1 are of it. One table sets the baseline and its hundred products beside it. Only ratios within one run
mean anything. Full: about two minutes. Quick: small numbers, ten seconds.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
from rivals import compiled, mesa_objects, numpy_arrays
from rivals.clock import in_turns, seconds
from rivals.kernel import LUCK, choose_anew
from rivals.month import drawn

import market
from market.experiment import Study, experiment
from market.tables import Run

OPTIONS, LINE = 30, "single_line"
FEW = 5_000, 500
"""Customers where each is an object: in full, and quick."""
OBJECTS, LIMIT = "one Mesa object per customer", "C with AVX2 or wider"


def shares(chosen: np.ndarray) -> np.ndarray:
    """Share of every option, the outside option first."""
    return np.bincount(chosen.astype(np.int64) + 1, minlength=OPTIONS + 1) / len(chosen)


def one_month(study: Study) -> pd.DataFrame:
    """CPU per customer of each way, in nanoseconds."""
    count, few = study.pick((100_000, FEW[0]), (10_000, FEW[1]))
    month, small, program = drawn(count, OPTIONS), drawn(few, OPTIONS), compiled.library()
    shop, rng = mesa_objects.Shop(small, 0), np.random.default_rng(0)
    with ThreadPoolExecutor(2) as pool:
        ways: dict[str, Callable[[], object]] = {
            OBJECTS: shop.step,
            "NumPy arrays": partial(numpy_arrays.choose, month, rng),
            "kernel, one thread": partial(choose_anew, month),
            "kernel, two threads": partial(choose_anew, month, pool),
        }
        if program is not None:
            ways[LIMIT] = partial(compiled.choose, program, month, LUCK, 1)
        taken = in_turns(ways, study.pick(9, 3))
    exact = choose_anew(month)
    found = {OBJECTS: shop.chosen(), "NumPy arrays": numpy_arrays.choose(month, rng)}
    found |= {} if program is None else {LIMIT: compiled.choose(program, month, LUCK, 1)}
    table = pd.DataFrame({"way": list(ways)})
    sizes = table["way"].map(lambda way: few if way == OBJECTS else count)
    table["ns per customer"] = 1e9 * table["way"].map(taken) / sizes
    table["times less than objects"] = table["ns per customer"].iloc[0] / table["ns per customer"]
    table["largest difference in a share"] = [
        np.abs(shares(found.get(way, exact)) - shares(exact)).max() for way in ways
    ]
    if (table["largest difference in a share"] > 4 * (0.5 / few**0.5)).any():
        raise SystemExit("the ways do not find the same shares")
    return table


def whole_runs(study: Study) -> pd.DataFrame:
    """Runs of 72 months: CPU seconds, and how many times that objects would take that all choose; all in turns."""
    few, line = study.pick(*FEW), market.load(LINE)
    worlds = {n: line.vary({"customers": n}) for n in study.pick((2_000, 10_000, 100_000), (1_000, 2_000))}
    ways: dict[str, Callable[[], object]] = {OBJECTS: mesa_objects.Shop(drawn(few, OPTIONS), 0).step}
    ways |= {str(customers): partial(market.simulate, world) for customers, world in worlds.items()}
    taken = in_turns(ways, study.pick(9, 1))
    table = pd.DataFrame({"customers": list(worlds)})
    table["CPU s a run"] = [taken[str(customers)] for customers in worlds]
    table["CPU s with objects"] = taken[OBJECTS] / few * table["customers"] * line.months
    return table.assign(**{"times less": table["CPU s with objects"] / table["CPU s a run"]})


def families(study: Study) -> pd.DataFrame:
    """What updates and tiers cost: CPU seconds of a run on one thread, beside those of one product a generation."""
    size = {"customers": study.pick(20_000, 1_000), "months": 72}
    worlds = {name: market.load(name).vary(size) for name in (LINE, "baseline")}
    ways = {name: partial(market.simulate, world, threads=1) for name, world in worlds.items()}
    taken = in_turns(ways, study.pick(5, 1))
    table = pd.DataFrame(taken.items(), columns=["world", "CPU s a run"])
    table.insert(1, "products", [on_sale(market.simulate(world)) for world in worlds.values()])
    return table.assign(**{"times single_line": table["CPU s a run"] / taken[LINE]})


def on_sale(run: Run) -> int:
    """The largest number of products on sale in a month; one that hosts serve too is one."""
    return int(run.offers.groupby("month")["model"].nunique().max())


def large_runs(study: Study) -> pd.DataFrame:
    """A large run on one and two threads, and a sweep of small ones: seconds on the wall."""
    world = market.load(LINE).vary({"customers": study.pick(1_000_000, 20_000)})
    ways = {f"threads: {threads}": partial(market.simulate, world, threads=threads) for threads in (1, 2)}
    walls = in_turns(ways, study.pick(3, 1), clock=time.perf_counter)
    rows = [(f"{world.customers:,} customers, {name}", wall) for name, wall in walls.items()]
    few, many = study.pick((20, 140), (2, 4))
    pool = study.pick(None, ThreadPoolExecutor(1))  # processes take longer to start than these few runs
    took = {runs: seconds(partial(small_sweep, runs, pool), time.perf_counter) for runs in (few, many)}
    rows.append(("a further run of 10,000 customers in a sweep, two workers", (took[many] - took[few]) / (many - few)))
    return pd.DataFrame(rows, columns=["what", "seconds on the wall"])


def small_sweep(runs: int, pool: ThreadPoolExecutor | None) -> None:
    """Sweep the growth of training over two levels, so many runs in all."""
    world = market.load(LINE).vary({"customers": 10_000})
    market.sweep(world, {"labs.*.training.growth": [2.0, 3.0]}, replications=runs // 2, workers=2, executor=pool)


def growth(study: Study) -> pd.DataFrame:
    """Exponents with which CPU time grows up to eightfold, by least squares on logarithms.

    In products that is from 240 on; where there are fewer, what a customer costs whatever is on sale weighs in.
    """
    base = study.pick(100_000, 5_000)
    everybody = market.load(LINE).vary({"adoption.all_present": True, "technology.training_months": 6})
    counts = {"customers": base, "products": 8 * OPTIONS, "products, few": OPTIONS, "months": 24}
    ways: dict[str, Callable[[int], Callable[[], object]]] = {
        "customers": lambda n: partial(choose_anew, drawn(n, OPTIONS)),
        "products": lambda n: partial(choose_anew, drawn(base, n)),
        "products, few": lambda n: partial(choose_anew, drawn(base, n)),
        "months": lambda n: partial(market.simulate, everybody.vary({"customers": base, "months": n})),
    }
    rows = []
    for what, least in counts.items():
        steps = [least * n for n in study.pick((1, 2, 4, 8), (1, 2))]
        taken = in_turns({str(n): ways[what](n) for n in steps}, study.pick(5, 1))
        exponent = np.polyfit(np.log(steps), np.log(list(taken.values())), 1)[0]
        rows.append((f"{what}, {steps[0]:,} to {steps[-1]:,}", exponent))
    return pd.DataFrame(rows, columns=["grows with", "exponent"])


@experiment(seeds=1, quick_seeds=1)
def speed(study: Study) -> None:
    """Measure a month, whole runs, families, large runs and growth."""
    study.table("month", one_month(study), f"A month in which everybody chooses among {OPTIONS} options")
    study.table("runs", whole_runs(study), "Whole runs, one product a generation")
    study.table("families", families(study), "Whole runs with updates and tiers")
    study.table("large", large_runs(study), "Large runs, and many")
    study.table("growth", growth(study), "How time grows")


if __name__ == "__main__":
    speed()
