"""Figures, by subject: each takes tables and axes, and neither computes nor saves; above it, how its tables are read.

Every module of this folder is imported, and what it registers with `@figure` is found.
"""

from __future__ import annotations

from typing import Any

from market.registry import import_all
from market.tables import Run
from market.views import figures
from market.views.figures import FIGURES as FIGURES
from market.views.figures import Picture as Picture
from market.views.figures import draw as draw
from market.views.figures import drawings as drawings
from market.views.figures import files as files
from market.views.figures import images as images
from market.views.figures import ordered as ordered
from market.views.figures import panels as panels
from market.views.plots.readings import two_readings as two_readings
from market.views.plots.sweeps import heat_map as heat_map
from market.views.plots.sweeps import outcome_by_factor as outcome_by_factor
from market.views.plots.sweeps import tornado as tornado
from market.views.sheet import Sheet
from market.views.svg import svg as svg

import_all(__name__)


def of_run(run: Run, name: str, dark: bool = False, **options: Any) -> Sheet:
    """Draw a figure of a run by name.

    Parameters
    ----------
    run : to be drawn.   name, dark, options : as in `draw`, with the same errors.
    """
    return figures.draw(name, run, dark, **options)
