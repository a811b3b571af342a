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
from market.tables import Run
from market.views.dashboard.shown import Shown, at_the_end, drawn, on_the_way

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
    month, months : how far the market has come.   shown : what is known of it, if that is new.
    """

    state: State
    world: str = ""
    text: str = ""
    month: int = 0
    months: int = 0
    shown: Shown | None = None


Tell = Callable[[Event], None]
Job = tuple[Scenario, int]
"""A scenario and a seed."""


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
            self._go([partial(self._simulate, world, *job) for world, job in jobs.items()])

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

    def _simulate(self, world: str, scenario: Scenario, seed: int) -> bool:
        months = scenario.months
        compiling = Event(State.RUNNING, world, "compiling, once after an installation, takes half a minute", 0, months)
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
