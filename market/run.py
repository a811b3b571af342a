"""One run: simulate a scenario under a seed, and check its books."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from market.accounts.identities import check_assets, check_books, check_families
from market.accounts.launches import PLANS
from market.accounts.register import Unreleased
from market.economics.technology import product_name
from market.families import check_known
from market.month.state import State
from market.parameters import whole
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.schemas import SCHEMAS
from market.simulation import Market
from market.tables.books import attributed, facts, of_families, of_releases, research, returned, written_off
from market.tables.run import DERIVED, Run

Progress = Callable[[int, int], None]

LAST_SEED = 2**63 - 1
MOST_THREADS = 1000


def simulate(scenario: Scenario | str, seed: int = 0, *, threads: int = 1, progress: Progress | None = None) -> Run:
    """Run a scenario and check that its books agree to the cent.

    Parameters
    ----------
    scenario : a scenario, or what `market.load` takes.
    seed : the random seed; the same scenario and seed give the same tables, whatever the number of threads.
    threads : threads for customers' choices; more than one pays for hundreds of thousands of customers.
    progress : called as ``progress(done, total)`` after each month.

    Raises
    ------
    InputError
        If there is no such scenario, a rule of it is not imported, or the seed or the number of threads is refused.
    AssertionError
        If an accounting identity fails, which would be a bug.
    """
    for state in unfolding(scenario, seed, threads=threads):
        if progress is not None:
            progress(state.month, state.settings.months)
        if state.month == state.settings.months:
            return ended(state)
    raise AssertionError("a run has at least one month")


def unfolding(scenario: Scenario | str, seed: int = 0, *, threads: int = 1) -> Iterator[State]:
    """Simulate month by month: after each month the state of the market, which is the same object every time.

    Parameters are those of `simulate`. Whoever has seen enough closes the iterator; `so_far` makes a run of a state.
    """
    scenario = as_scenario(scenario)
    check_known(scenario)
    seed, threads = whole("seed", seed, 0, LAST_SEED), whole("threads", threads, 1, MOST_THREADS)
    workers = ThreadPoolExecutor(threads) if threads > 1 else contextlib.nullcontext()
    with _libraries().limit(limits=1, user_api="blas"), workers as pool:
        market = Market(scenario, seed, pool)
        try:
            for _ in range(scenario.months):
                market.step()
                yield market.state
        finally:
            market.close()


def so_far(state: State) -> Run:
    """A run up to the last month simulated, as if that were its horizon; its tables are made before the next month."""
    recorder, register = state.recorder, state.register.facts(_unreleased(state))
    recorded = {name: recorder.of(schema) for name, schema in SCHEMAS.items() if name not in DERIVED}
    recorded |= {"ledger": state.ledger.rows, "events": state.journal.rows}
    recorded |= {"register": register, "plans": recorder.of(PLANS)}
    return Run(state.settings.model_copy(update={"months": state.month}), state.seed, {}, recorded)


def ended(state: State) -> Run:
    """Hand over what was written down, from which the run makes its tables when asked, and check the identities."""
    run = so_far(state)
    segments, cash = run.columns("segments"), {firm.name: firm.cash for firm in state.firms}
    spending = np.bincount(segments["month"], segments["spending"], state.settings.months).astype(float)
    check_books(run.postings, spending, cash, facts(run)["model"])
    check_assets(run.postings, written_off(run))
    products = {"firm": facts(run)["firm"], **returned(run)}
    rows = run.postings.before(state.settings.months)[0]
    check_families(rows, products, of_families(run), of_releases(run), research(run))
    attributed(run)
    return run


@cache
def _libraries() -> ThreadpoolController:
    """Libraries with threads of their own, as far as they are loaded: to look for them takes longer than a month."""
    return ThreadpoolController()


def _unreleased(state: State) -> Iterator[Unreleased]:
    """Models in training at the horizon, and those given up: kept off the market, or abandoned as a firm failed."""
    for firm in state.firms:
        for run in [*firm.runs, *firm.shelved]:
            known, over = (firm.open_weights, run.generation, run.update, run.started), run in firm.shelved
            for line in firm.lines:
                yield Unreleased(product_name(run.name, line), firm.name, line, *known, over)
