"""One market after another, simulated beside the page: what happens is told as it comes, and it can be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from market.economics.kernels import told_of_compiling
from market.run import ended, so_far, unfolding
from market.scenario.schema import Scenario
from market.views.dashboard.shown import Shown, at_the_end, on_the_way

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


class Session:
    """Simulates one list of markets at a time, in a thread of its own.

    Parameters
    ----------
    tell : called from that thread with every event, in order; the last one has another state than "running".
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._asked_to_stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.state = State.IDLE

    def start(self, jobs: Mapping[str, Job]) -> None:
        """Simulate markets, given by name, one after the other; nothing happens while others are under way."""
        if self.state is State.RUNNING:
            return
        self.wait()
        self.state = State.RUNNING
        self._asked_to_stop.clear()
        self._thread = threading.Thread(target=self._work, args=(dict(jobs),), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End before the next month; what has been shown stays."""
        self._asked_to_stop.set()

    def wait(self) -> None:
        """Wait until nothing is under way."""
        if self._thread is not None:
            self._thread.join()

    def _work(self, jobs: dict[str, Job]) -> None:
        """Simulate all, and end with an event that says how it ended, whatever happens."""
        end, text = State.DONE, ""
        try:
            for world, (scenario, seed) in jobs.items():
                if not self._one(world, scenario, seed):
                    end = State.STOPPED
                    break
        except Exception as error:  # a page must say so, and not stand still
            end, text = State.FAILED, f"{type(error).__name__}: {error}"
        self.state = end
        self._tell(Event(end, text=text))

    def _one(self, world: str, scenario: Scenario, seed: int) -> bool:
        """Simulate one market, and say whether it came to its end."""
        months = scenario.months
        compiling = Event(State.RUNNING, world, "compiling, once after an installation, takes half a minute", 0, months)
        drawing = simulating = 0.0
        with told_of_compiling(lambda: self._tell(compiling)):
            began = time.perf_counter()
            for state in unfolding(scenario, seed):
                if self._asked_to_stop.is_set():
                    return False
                if state.month == months:
                    break
                shown = None
                simulating += time.perf_counter() - began
                if state.month % EVERY == 0 and simulating >= drawing:  # drawing takes no more than half of the time
                    began = time.perf_counter()
                    shown = on_the_way(so_far(state))
                    drawing, simulating = time.perf_counter() - began, 0.0
                self._tell(Event(State.RUNNING, world, "", state.month, months, shown))
                began = time.perf_counter()
        for shown in at_the_end(ended(state)):
            if self._asked_to_stop.is_set():
                return False
            self._tell(Event(State.RUNNING, world, "drawing", months, months, shown))
        return True
