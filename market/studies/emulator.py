"""Emulators: Gaussian processes that say what a simulation would give, and how sure they are, without running it.

One process per output (Sacks and others 1989; Rasmussen and Williams 2006), with a length scale of its own for each
factor and a nugget for what luck adds. Length scales are sought on a part of the runs, which takes seconds instead of
an hour; the process then knows all of them.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from market.studies.extras import needing

Floats = npt.NDArray[np.float64]

SOUGHT_ON = 250
"""Runs on which length scales are sought."""
SHORTEST, LONGEST = 0.2, 50.0
"""Bounds of a length scale, in widths of a prior: beyond the longest a factor says nothing."""


class Emulator:
    """What outputs are at any point of the factors' unit cube.

    Parameters
    ----------
    points : (n, d) where the simulation was run.   outputs : (n, k) what it gave, all finite.

    Raises
    ------
    InputError
        If scikit-learn is not installed.
    """

    def __init__(self, points: Floats, outputs: Floats) -> None:
        learners()  # whatever has threads is loaded before they are looked for, which takes long: once
        self._threads = ThreadpoolController()
        with self._threads.limit(limits=1):  # the last digits must not depend on the number of cores
            self._processes = [_Process(points, output) for output in outputs.T]

    def at(self, points: Floats) -> tuple[Floats, Floats]:
        """Mean and variance of the outputs, (m, k) each, at points, (m, d); the variance without luck's."""
        with self._threads.limit(limits=1):
            known = [process.at(points) for process in self._processes]
        return np.column_stack([mean for mean, _ in known]), np.column_stack([variance for _, variance in known])

    @property
    def scales(self) -> Floats:
        """Length scales, (k, d): how far a factor moves, in widths of its prior, before an output is another."""
        return np.array([process.scales for process in self._processes])


class _Process:
    """A Gaussian process of one output, its kernel sought on some of the points and conditioned on all."""

    def __init__(self, points: Floats, output: Floats) -> None:
        regressor, kernels, trouble = learners()
        self._mean, self._unit = output.mean(), output.std() or 1.0
        output, some = (output - self._mean) / self._unit, np.linspace(0, len(points) - 1, SOUGHT_ON).astype(int)
        some = np.unique(some)
        smooth = kernels.RBF(np.full(points.shape[1], 2.0), (SHORTEST, LONGEST))
        kernel = kernels.ConstantKernel(1.0, (1e-3, 1e3)) * smooth + kernels.WhiteKernel(0.1, (1e-4, 1e1))
        with warnings.catch_warnings():  # a length scale at its bound is an answer: the factor says nothing
            warnings.simplefilter("ignore", trouble)
            sought = regressor(kernel, random_state=0).fit(points[some], output[some])
        self._smooth = sought.kernel_.k1
        covariance = sought.kernel_(points)
        self._known, self._inverse = points, np.linalg.inv(covariance)
        self._weights = self._inverse @ output

    @property
    def scales(self) -> Floats:
        """Length scales, (d,)."""
        return np.asarray(self._smooth.k2.length_scale, float)

    def at(self, points: Floats) -> tuple[Floats, Floats]:
        """Mean and variance at points, (m,) each."""
        cross = self._smooth(points, self._known)
        variance = self._smooth.k1.constant_value - np.einsum("ij,ij->i", cross @ self._inverse, cross)
        return self._mean + self._unit * (cross @ self._weights), self._unit**2 * np.maximum(variance, 0.0)


def learners() -> tuple[Any, Any, Any]:
    """The parts of scikit-learn that are used.

    Raises
    ------
    InputError
        If it is not installed.
    """
    with needing("calibrate", "scikit-learn"):
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor, kernels
    return GaussianProcessRegressor, kernels, ConvergenceWarning
