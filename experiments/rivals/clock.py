"""How long something takes, beside other ways of doing it."""

import time
from collections.abc import Callable

import pandas as pd


def seconds(run: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """How long something takes; of all threads, CPU seconds."""
    start = clock()
    run()
    return clock() - start


def in_turns(ways: dict[str, Callable[[], object]], rounds: int, **clock: Callable[[], float]) -> dict[str, float]:
    """Median seconds of each way, all in turns, after one round that does not count."""
    taken = pd.DataFrame([{name: seconds(run, **clock) for name, run in ways.items()} for _ in range(rounds + 1)])
    return {str(name): float(taken[name][1:].median()) for name in taken}
