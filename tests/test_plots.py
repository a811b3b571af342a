"""Figures draw what they are given."""

import sys
from itertools import product

import numpy as np
import pandas as pd
import pytest
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure

import market
from market.cli import main
from market.parameters import InputError
from market.studies import design
from market.views import plots
from market.views.figures import FIGURES, Picture, figure
from market.views.results import Swept


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


def test_cells_reach_half_way_to_their_neighbours_and_one_alone_has_some_size():
    colours, _ = drawn(pd.DataFrame([[1.0, 2.0, 3.0]], index=[0.1], columns=[0.0, 6.0, 24.0]))
    corners = np.asarray(colours.get_coordinates())
    assert corners[0, :, 0] == pytest.approx([-3.0, 3.0, 15.0, 33.0])
    assert corners[:, 0, 1] == pytest.approx([-0.4, 0.6])


def test_no_contour_where_all_lies_on_one_side():
    cells = pd.DataFrame([[1.0, 1.5], [1.0, 1.5]])
    assert not drawn(cells, level=2.0, log=True)[1]


@pytest.fixture(scope="module")
def run():
    return market.simulate(market.load("duopoly").vary({"customers": 300, "months": 6, "panel.size": 20}), seed=0)


def test_a_figure_is_drawn_by_name(run):
    pair = market.plots.draw("two_readings", run)
    assert [axis.get_title(loc="left") for axis in pair.axes] == [
        "Companies, by calendar year",
        "Families, over their training",
        "Families, over their training + research",
    ]
    assert [text.get_text() for text in pair.axes[0].texts] == ["no whole year booked"]
    with pytest.raises(InputError, match="did you mean 'two_readings'"):
        market.plots.draw("to_readings", run)


def test_a_figure_is_added_in_one_place(run, tmp_path, monkeypatch, capsys):
    def customers(run):
        yield Picture((run.segments.groupby("month")["spending"].sum(),), labels={"ylabel": "spending"})

    @figure(needs="run", title="what customers spend", reads=customers)
    def spending(table, axis):
        axis.plot(table.index, table)

    try:
        assert market.plots.draw("spending", run).axes[0].get_ylabel() == "spending"
        monkeypatch.setattr(sys, "argv", ["market", "list", "figures"])
        with pytest.raises(SystemExit):
            main()
        assert "what customers spend" in capsys.readouterr().out
        words = ["run", "duopoly", "--set", "customers=300", "--set", "months=3", "--set", "panel.size=20"]
        monkeypatch.setattr(sys, "argv", ["market", *words, "--out", str(tmp_path / "x")])
        with pytest.raises(SystemExit):
            main()
        assert (tmp_path / "x" / "spending.png").read_bytes().startswith(b"\x89PNG")
        with pytest.raises(TypeError, match="figure 'spending' exists already"):
            figure(needs="run", title="another", reads=customers)(spending)
    finally:
        del FIGURES["spending"]


def test_a_sweep_has_the_figures_of_its_design():
    outcomes = ["multiple", "hhi"]
    factors = {"months": [5, 6], "labs.*.overhead": [0.2, 0.4]}
    points = enumerate(product(*factors.values(), (0, 1)))
    rows = [(n // 2, *levels, seed, 0.5 * (n // 2) + seed, np.nan) for n, (*levels, seed) in points]
    table = pd.DataFrame(rows, columns=["point", *factors, "seed", *outcomes])
    base = market.load("duopoly")
    grid = Swept(table, design.build(base, factors), outcomes)
    images, undrawn = plots.images("sweep", grid)
    assert undrawn is None
    assert list(images) == [
        "multiple_by_months.png",
        "multiple_by_labs-overhead.png",
        "multiple_over_months_labs-overhead.png",
    ]
    alone = Swept(table[table["point"] < 3], design.build(base, factors, "one_at_a_time"), outcomes)
    assert list(plots.images("sweep", alone)[0]) == ["multiple_tornado.png"]
    with pytest.raises(InputError, match="figure 'heat_map': there is nothing to draw"):
        plots.draw("heat_map", alone)
