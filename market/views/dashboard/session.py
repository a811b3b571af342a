"""One market after another, simulated beside the page: what happens is told as it comes, and it can be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from weakref import WeakSet

from market.economics.kernels import told_of_compiling
from market.run import ended, so_far, unfolding
from market.scenario.schema import Scenario
from market.studies.worlds import Worlds
from market.tables import Run
from market.views.dashboard.over import Seen, over_worlds, seen
from market.views.dashboard.shown import Shown, at_the_end, drawn, on_the_way

COMPILING = "compiling, once after an installation, takes half a minute"

EVERY = 6
"""Months from one picture of a run under way to the next, at least."""


class State(StrEnum):
    """What a session is doing."""

    IDLE = "idle"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Event:
    """Something to show.

    Attributes
    ----------
    state : of the session.   world : the market that it is about, by name.   text : what to say about it.
    month, months : how far the market has come, in all worlds together.   shown : what is known of it, if that is new.
    """

    state: State
    world: str = ""
    text: str = ""
    month: int = 0
    months: int = 0
    shown: Shown | None = None


Tell = Callable[[Event], None]
Job = tuple[Scenario, int] | Worlds
"""A scenario and a seed; or worlds, each simulated under its own."""


_SESSIONS: WeakSet[Session] = WeakSet()


def stop_all() -> None:
    """Stop what any session is doing; the program ends when their threads have ended, within a month."""
    for session in list(_SESSIONS):
        session.stop()


class Session:
    """Simulates one list of markets at a time, in a thread of its own.

    Parameters
    ----------
    tell : called from that thread with every event, in order; the last one has another state than "running".
    figures : names of those that are drawn of every run.
    """

    def __init__(self, tell: Tell, figures: Sequence[str]) -> None:
        self._tell, self._figures = tell, tuple(figures)
        self._asked_to_stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._ended: dict[str, tuple[Run, Shown]] = {}
        self.state = State.IDLE
        _SESSIONS.add(self)

    def start(self, jobs: Mapping[str, Job]) -> None:
        """Simulate markets, given by name, one after the other; nothing happens while others are under way."""
        if self.state is not State.RUNNING:
            self._ended = {}
            self._go([self._task(world, job) for world, job in jobs.items()])

    def draw(self, figures: Sequence[str]) -> None:
        """Draw other figures, from now on and of what has been simulated."""
        self._figures = tuple(figures)
        if self.state is not State.RUNNING and self._ended:
            self._go([partial(self._draw, world) for world in self._ended])

    def stop(self) -> None:
        """End before the next month or figure; what has been shown stays."""
        self._asked_to_stop.set()

    def wait(self) -> None:
        """Wait until nothing is under way."""
        if self._thread is not None:
            self._thread.join()

    def _go(self, tasks: list[Callable[[], bool]]) -> None:
        """Do some tasks in a thread, each of which says whether it came to its end."""
        self.wait()
        self.state = State.RUNNING
        self._asked_to_stop.clear()
        self._thread = threading.Thread(target=self._work, args=(tasks,))
        self._thread.start()

    def _work(self, tasks: list[Callable[[], bool]]) -> None:
        """Do tasks, and end with an event that says how it ended, whatever happens."""
        end, text = State.DONE, ""
        try:
            if not all(task() for task in tasks):
                end = State.STOPPED
        except Exception as error:  # a page must say so, and not stand still
            end, text = State.FAILED, f"{type(error).__name__}: {error}"
        self.state = end
        self._tell(Event(end, text=text))

    def _task(self, world: str, job: Job) -> Callable[[], bool]:
        return partial(self._over, world, job) if isinstance(job, Worlds) else partial(self._simulate, world, *job)

    def _over(self, world: str, worlds: Worlds) -> bool:
        """Simulate a market in one world after the other, and show it over those so far."""
        months, found, drawing, simulating = worlds.scenario.months, list[Seen](), 0.0, 0.0
        with told_of_compiling(lambda: self._tell(Event(State.RUNNING, world, COMPILING, 0, months))):
            for number, one in enumerate(worlds):
                tell = partial(Event, State.RUNNING, world, f"world {number + 1} of {len(worlds)}")
                began = time.perf_counter()
                for state in unfolding(one.setting, one.seed):
                    if self._asked_to_stop.is_set():
                        return False
                    self._tell(tell(number * months + state.month, len(worlds) * months))
                    if state.month == months:
                        found.append(seen(ended(state)))
                simulating += time.perf_counter() - began
                if simulating >= drawing or number + 1 == len(worlds):
                    began = time.perf_counter()
                    shown = over_worlds(found, len(worlds), worlds.scenario)
                    self._tell(tell((number + 1) * months, len(worlds) * months, shown))
                    drawing, simulating = time.perf_counter() - began, 0.0
        return True

    def _simulate(self, world: str, scenario: Scenario, seed: int) -> bool:
        months = scenario.months
        compiling = Event(State.RUNNING, world, COMPILING, 0, months)
        drawing = simulating = 0.0
        with told_of_compiling(lambda: self._tell(compiling)):
            began = time.perf_counter()
            for state in unfolding(scenario, seed):
                if self._asked_to_stop.is_set():
                    return False
                if state.month == months:
                    run = ended(state)
                    self._ended[world] = run, at_the_end(run)
                    return self._draw(world)
                shown = None
                simulating += time.perf_counter() - began
                if state.month % EVERY == 0 and simulating >= drawing:  # drawing takes no more than half of the time
                    began = time.perf_counter()
                    shown = on_the_way(so_far(state))
                    drawing, simulating = time.perf_counter() - began, 0.0
                self._tell(Event(State.RUNNING, world, "", state.month, months, shown))
                began = time.perf_counter()
        return False

    def _draw(self, world: str) -> bool:
        """Show what a run says at once, and then one figure after the other."""
        run, said = self._ended[world]
        months = run.scenario.months
        self._tell(Event(State.RUNNING, world, "drawing", months, months, said))
        for shown in drawn(run, said, self._figures):
            if self._asked_to_stop.is_set():
                return False
            self._tell(Event(State.RUNNING, world, "drawing", months, months, shown))
        return True
