"""Sums by group, to the last digit those of a grouped table of pandas.

Groups whose amounts stand together are added up as NumPy adds up an array. Of others, what a sum loses to rounding is
carried along and added back (Kahan 1965).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from market.economics.kernels import kernel

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def total(amounts: Floats, shape: tuple[int, ...], *places: Integers) -> Floats:
    """Sums of some amounts in the cells of a grid.

    Parameters
    ----------
    amounts : (N,).   shape : of the grid.   places : (N,) for each of its dimensions, the cell of each amount.
    """
    sums = np.zeros(shape)
    if len(amounts):
        cells = np.ravel_multi_index(places, shape)
        step = np.diff(cells, prepend=-1)
        if (step >= 0).all():
            begin = np.flatnonzero(step)
            sums.flat[cells[begin]] = np.add.reduceat(amounts, begin)
        else:
            sums.flat[cells] = _so_far(amounts, cells, sums.size)
    return sums


def so_far(amounts: Floats, groups: Integers) -> Floats:
    """For each of some amounts, (N,), the sum of those of its group up to it."""
    return np.asarray(_so_far(amounts, groups, 1 + int(groups.max(initial=-1))))


@kernel
def _so_far(amounts: Floats, groups: Integers, size: int) -> Floats:
    """Compensated sums of the amounts of each group, at each amount, (N,)."""
    sums, lost, reached = np.zeros(size), np.zeros(size), np.empty(len(amounts))
    for row in range(len(amounts)):
        group = groups[row]
        due = amounts[row] - lost[group]
        new = sums[group] + due
        lost[group] = (new - sums[group]) - due
        sums[group] = reached[row] = new
    return reached
