"""A month of choices with the market's own kernel."""

from concurrent.futures import Executor

import numpy as np

from market.economics.choice import choice_luck, choose
from market.economics.memory import Memory
from rivals.month import SEGMENT, Month

LUCK = choice_luck(0, SEGMENT, 0)


def choose_anew(month: Month, pool: Executor | None = None) -> np.ndarray:
    """Let everybody choose anew with the kernel; the option of each."""
    memory = Memory.empty(len(month.current))
    memory.current[:] = month.current
    choose(month.customers, month.habits, memory, month.offers, LUCK, 0, pool)
    return memory.current
