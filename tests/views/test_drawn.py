"""Every figure is drawn, without a warning, from a small run and from the edges: light and dark."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.text import Text

import market
from market.measures.seeds import bands
from market.parameters import InputError
from market.scenario.schema import build
from market.views import plots, theme
from market.views.figures import FIGURES, Picture
from market.views.results import kind_of, opened

FEW = {"customers": 150, "panel.size": 20}
FAILING = {
    "labs.*.funding.rule": "raise",
    "capital.promise": 0,
    "interventions": [{"month": 0, "kind": "shut_capital", "target": "*"}],
}
MARKUP = "<b onload='x'>&amp; $x_1$ 日本語"
"""Text that is no markup and no mathematics, with letters that few fonts have: no firm may be called so as yet."""
OF_RUNS = [one.name for one in plots.ordered() if one.needs == "run"]
KINDS = ("sweep", "comparison", "break-even")


def alone():
    """One lab, and nothing open."""
    data = market.load("no_open_source").vary({**FEW, "months": 20}).model_dump(mode="json")
    return build(data | {"labs": {"Alpha": data["labs"]["Alpha"]}})


EDGES = {
    "one lab, nothing open": alone,
    "every lab failed": lambda: market.load("no_open_source").vary({**FEW, **FAILING, "months": 20}),
    "never sold": lambda: market.load("cartoon").vary({**FEW, "labs.*.training.rule": "stop", "months": 4}),
    "one month": lambda: market.load("duopoly").vary({**FEW, "months": 1}),
}


@pytest.fixture(scope="module")
def run():
    """Four labs for three years, which all figures have something to say about."""
    return market.simulate(market.load("baseline").vary({**FEW, "months": 38}), seed=0)


@pytest.fixture(scope="module")
def light(run):
    """Every figure of the run on light paper."""
    return {name: plots.of_run(run, name) for name in OF_RUNS}


@pytest.fixture(scope="module", params=EDGES)
def edge(request):
    return request.param, market.simulate(EDGES[request.param](), seed=0)


def rendered(sheet):
    """Render a figure roughly: where everything stands takes most of the time, and is looked at by eye."""
    sheet.set_layout_engine("none")
    sheet.set_dpi(20)
    canvas = FigureCanvasAgg(sheet)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def marks(sheet):
    """Everything on the axes of a figure that stands for data."""
    return [one for axis in sheet.axes for one in (*axis.lines, *axis.collections, *axis.patches, *axis.images)]


def texts(sheet):
    """All that a figure says."""
    return "\n".join(one.get_text() for one in sheet.findobj(Text))


@pytest.mark.parametrize("name", OF_RUNS)
def test_a_figure_of_a_run_has_marks_a_title_and_its_source(name, light):
    sheet = light[name]
    assert len(np.unique(rendered(sheet).reshape(-1, 4), axis=0)) > 10
    assert marks(sheet)
    said = texts(sheet)
    assert "mathdefault" not in said
    assert sheet.heading.split()[0] in said
    assert "baseline · seed 0 · market-of-models" in said
    assert "$" not in {axis.get_ylabel() for axis in sheet.axes} | {axis.get_xlabel() for axis in sheet.axes}


@pytest.mark.parametrize("name", OF_RUNS)
def test_light_and_dark_differ_in_paper_and_ink_only(name, run, light):
    pair = light[name], plots.of_run(run, name, dark=True)
    assert len(marks(pair[0])) == len(marks(pair[1]))
    assert pair[0].words == pair[1].words
    papers = [np.mean([int(to_hex(one.get_facecolor())[i : i + 2], 16) for i in (1, 3, 5)]) for one in pair]
    assert papers[0] > 240
    assert papers[1] < 40
    assert theme.ink(pair[0].axes[0]) != theme.ink(pair[1].axes[0])


@pytest.mark.parametrize("name", OF_RUNS)
def test_edges_are_drawn(name, edge):
    what, at_the_edge = edge
    if name == "life" and what == "never sold":
        with pytest.raises(InputError, match="there is nothing to draw"):
            plots.of_run(at_the_edge, name)
        return
    sheet = plots.of_run(at_the_edge, name)
    rendered(sheet)
    assert "mathdefault" not in texts(sheet)
    assert marks(sheet) or any(not axis.axison and axis.texts for axis in sheet.axes)


def test_names_are_text_wherever_they_stand(run):
    books = run.companies[run.companies["months"] == 12].replace({"firm": {"Alpha": MARKUP}})
    models = run.models.replace({"firm": {"Alpha": MARKUP}})
    sheet = FIGURES["two_readings"].draw(plots.Picture((books, models), title=MARKUP, words=MARKUP), source=MARKUP)
    rendered(sheet)
    assert not any(one.get_parse_math() for one in sheet.findobj(Text))
    root = ElementTree.fromstring(plots.svg(sheet))
    shown, read_aloud = 4, 3  # title, words, source and a firm; all but the firm
    assert "".join(root.itertext()).count(MARKUP) == shown + read_aloud
    assert {element.tag.rpartition("}")[2] for element in root.iter()}.isdisjoint({"b", "i", "script"})


def test_a_firm_has_one_colour_in_all_figures(run, light):
    looks = theme.looks(run.scenario.firms)
    assert len({look.colour for look in looks.values()}) == len(run.scenario.firms) + 1  # and grey
    for name in ("two_readings", "finances", "prices_and_capability", "simulated_and_real", "market_share"):
        sheet = light[name]
        legends = [*sheet.legends, *(axis.get_legend() for axis in sheet.axes if axis.get_legend())]
        for legend in legends:
            for handle, label in zip(legend.legend_handles, legend.get_texts(), strict=True):
                if label.get_text() in run.scenario.firms:
                    colour = handle.get_facecolor() if name == "market_share" else handle.get_color()
                    assert to_hex(colour).upper() == looks[label.get_text()].colour, name


def test_more_firms_than_colours_have_other_lines_and_hatches():
    looks = theme.looks([f"firm {number}" for number in range(20)])
    assert len({(look.colour, look.line, look.hatch) for look in looks.values()}) == 21
    assert looks["hosts"] == looks["outside"]


def test_price_wars_are_shaded_and_named_within_the_axes(run):
    """Early and late, several at a time: drawn from tables, as small runs have none."""
    months = pd.date_range("2023-01-01", periods=24, freq="MS")
    prices = pd.DataFrame({"Alpha": np.linspace(9, 3, 24), "Beta": np.linspace(8, 4, 24)}, index=months)
    wars = pd.DataFrame(
        {"begin": months[[1, 2, 21]], "end": months[[4, 6, 23]], "label": ["one", "two", "the last of all"]}
    )
    sheet = FIGURES["price_wars"].draw(Picture((prices, wars)))
    rendered(sheet)
    axis = sheet.axes[0]
    assert len([one for one in axis.patches if one.get_alpha() == 0.22]) == 3
    frame = axis.get_window_extent()
    for label in axis.texts:
        box = label.get_window_extent()
        assert frame.x0 <= box.x0 < box.x1 <= frame.x1 + 1, label.get_text()


def test_other_seeds_are_a_band_behind_the_line(run, light):
    books = run.companies
    assert bands(run, "result") is None
    plain = marks(light["two_readings"])
    others = [books.assign(world="as it is", seed=seed, result=books["result"] * (1 + seed)) for seed in (1, 2)]
    elsewhere = books.assign(world="no open models", seed=3, result=-1e15)
    joined = replace(run, tables=run.tables | {"seeds_companies": pd.concat([*others, elsewhere])})
    found = bands(joined, "result").set_index(["firm", "year"])
    row = books[(books["firm"] == "Alpha") & (books["year"] == 2024)].iloc[0]
    ends = found.loc[("Alpha", 2024)]
    assert sorted([2 * row["result"], 3 * row["result"]]) == pytest.approx([ends["min"], ends["max"]])
    assert len(marks(plots.of_run(joined, "two_readings"))) == len(plain) + len(run.scenario.labs)


def test_the_life_of_a_model_adds_up_to_its_peak(run):
    sheet = plots.of_run(run, "life", model="Beta-2")
    assert "The life of Beta-2" in texts(sheet)
    with pytest.raises(InputError, match="did you mean 'Beta-2'"):
        plots.of_run(run, "life", model="Bta-2")
    with pytest.raises(InputError, match="unknown option 'modle'; did you mean 'model'"):
        plots.of_run(run, "life", modle="Beta-2")


@pytest.mark.parametrize("kind", KINDS)
def test_figures_of_other_results(kind, saved):
    result = opened(saved / kind)
    drawn = 0
    for one in plots.ordered():
        if one.needs == kind and one.name != "tornado":
            for _, sheet in plots.drawings(one.name, result):
                rendered(sheet)
                drawn += 1
                assert marks(sheet)
                assert "duopoly" in sheet.source
    assert drawn


def test_one_replication_is_drawn(saved):
    swept, pair = opened(saved / "sweep"), opened(saved / "comparison")
    alone = replace(swept, table=swept.table[swept.table["seed"] == 0])
    for name in ("heat_map", "outcome_by_factor"):
        assert "duopoly · seed 0" in texts(plots.draw(name, alone))
    from market.studies.compare import differences

    runs = pair.runs[pair.runs["seed"] == 0]
    sheet = plots.draw("differences", replace(pair, runs=runs, differences=differences(runs)))
    assert marks(sheet)
    rendered(sheet)


def test_a_figure_says_what_it_needs(run, saved):
    with pytest.raises(InputError, match="figure 'heat_map': needs a sweep, and this is a run; figures of a run: two_"):
        plots.draw("heat_map", run)
    with pytest.raises(InputError, match="needs a run, and this is a break-even; figures of a break-even: break_even"):
        plots.draw("two_readings", opened(saved / "break-even"))
    with pytest.raises(InputError, match="an object of the class DataFrame is no result"):
        plots.draw("two_readings", run.companies)
    assert kind_of(run) == "run"


def test_svg_is_the_same_each_time_and_can_stand_twice_on_a_page(run):
    first, again = (plots.svg(plots.of_run(run, "margins")) for _ in range(2))
    assert first == again
    other = plots.svg(plots.of_run(run, "margins", dark=True))
    assert first.startswith("<svg ")
    ids = [{element.get("id") for element in ElementTree.fromstring(text).iter()} - {None} for text in (first, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    root = ElementTree.fromstring(first)
    title, described = root[0], root[1]
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", f"{title.get('id')} {described.get('id')}")
    assert title.text == "Where the labs' revenue goes"
    assert "seed 0" in described.text
    assert "2024" in "".join(root.itertext())
    assert "<style" not in first
    assert "<metadata" not in first


def test_dollars_have_one_unit_on_an_axis():
    assert theme.unit_of([3e8, -2e9]) == (1e9, "$bn")
    assert theme.unit_of([3e8, np.nan]) == (1e6, "$M")
    assert theme.unit_of([]) == (1.0, "$")
