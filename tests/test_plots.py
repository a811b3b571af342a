"""Figures draw what they are given."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure

from market.views import plots


def drawn(cells, **how):
    axis = Figure().subplots()
    plots.heat_map(cells, axis, **how)
    contours = [part for part in axis.collections if isinstance(part, QuadContourSet)]
    return axis.collections[0], contours


@pytest.mark.parametrize(("log", "where"), [(False, 1 / 9), (True, 0.30103)])
def test_the_contour_of_a_heat_map_lies_between_its_cells(log, where):
    cells = pd.DataFrame([[1.0, 10.0], [1.0, 10.0]], index=[0.0, 1.0], columns=[0.0, 1.0])
    _, contours = drawn(cells, level=2.0, log=log)
    assert contours[0].get_paths()[0].vertices[:, 0] == pytest.approx(where, abs=1e-5)


def test_on_a_log_scale_what_is_not_positive_stays_white():
    cells = pd.DataFrame([[1.0, 0.0], [-1.0, 10.0]])
    colours, _ = drawn(cells, log=True)
    assert np.ma.getmaskarray(colours.get_array()).ravel().tolist() == [False, True, True, False]


def test_no_contour_where_all_lies_on_one_side():
    cells = pd.DataFrame([[1.0, 1.5], [1.0, 1.5]])
    assert not drawn(cells, level=2.0, log=True)[1]
