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
from market.formats import percent
from market.measures.access import by_segment, of_all, spreads
from market.measures.families import returns
from market.measures.movements import between
from market.measures.seeds import bands
from market.measures.tiers import by_tier, names
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
STUDIES = (
    "exploitability", "policies", "tournament", "sensitivity", "calibration", "verdict", "answers", "hindcast",
)  # fmt: skip
KINDS = ("sweep", "comparison", "break-even", *STUDIES)


def alone():
    """One lab, and nothing open."""
    data = market.load("no_open_source").vary({**FEW, "months": 20}).model_dump(mode="json")
    return build(data | {"labs": {"Alpha": data["labs"]["Alpha"]}})


def plain():
    """Bases alone, without updates or tiers."""
    return market.load("duopoly").vary({**FEW, "months": 20, "labs.*.updates": False, "labs.*.tiers": {}})


EDGES = {
    "neither updates nor tiers": plain,
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


def test_families_have_a_mark_each_and_bounds_where_their_releases_differ(run, light):
    table = returns(run)
    axes = light["families"].axes
    assert [axis.get_title(loc="left") for axis in axes] == ["Over training", "Over training + research"]
    known = table["so_far_training"].notna()
    for axis in axes:
        assert sum(one.get_text().isdigit() for one in axis.texts) == known.sum()
        assert {"1×", "2×"} <= {one.get_text().strip() for one in axis.texts}
    assert "Thin line" in light["families"].words
    alone = market.simulate(plain(), seed=0)
    assert "Thin line" not in plots.of_run(alone, "families").words
    legend = [one.get_text() for one in axes[0].get_legend().get_texts()]
    assert legend == [name for name in run.scenario.firms if name in run.scenario.labs]


def test_tiers_are_counted_and_one_alone_is_said(run, light):
    table = by_tier(run)
    assert names(run) == ["flagship", "mid", "mini"]
    assert table.groupby("month")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert (table["selling"] <= table["products"]).all()
    last = run.offers[(run.offers["month"] == 37) & run.offers["firm"].isin(run.scenario.labs)]
    assert f"At the end {len(last)} are on sale, of which {(last['tokens'] > 0).sum()} sell" in light["tiers"].words
    assert "one tier" not in light["tiers"].words
    assert "one tier" in plots.of_run(market.simulate(plain(), seed=0), "tiers").words


def test_access_is_drawn_where_it_spreads_and_where_it_does_not(light):
    few = market.load("duopoly").vary({**FEW, "months": 12, "segments.*.access_spread": 0})
    assert "does not spread" in plots.of_run(market.simulate(few), "access").words
    assert [line.get_label() for line in light["access"].axes[1].lines] == ["of tokens", "of revenue"]
    spreading = market.simulate(market.load("duopoly").vary({**FEW, "months": 12, "segments.*.access_spread": 5.0}))
    assert spreads(spreading)
    every, parts = of_all(spreading), by_segment(spreading)
    assert every.is_monotonic_increasing
    assert (every >= parts.min(axis=1) - 1e-12).all()
    assert (every <= parts.max(axis=1) + 1e-12).all()
    assert f"to {percent(every.iloc[-1])} of all" in plots.of_run(spreading, "access").words
    without = market.simulate(market.load("no_open_source").vary({**FEW, "months": 3}))
    assert "no open model was on sale" in texts(plots.of_run(without, "access"))


def test_movements_are_put_together_as_asked(run):
    whole = 0.0
    for by, group in (("family", "Alpha-3"), ("tier", "Alpha-mini"), ("model", None)):
        table, firms = between(run, 10_000, by)
        assert len(firms) == len(table)
        assert group is None or group in table.index
        whole = whole or table.sum(axis=None)
        assert table.sum(axis=None) == pytest.approx(whole)
        assert marks(plots.of_run(run, "movements", by=by))
    with pytest.raises(InputError, match="did you mean 'tier'"):
        plots.of_run(run, "movements", by="tiers")


def test_many_models_are_drawn_by_tier_and_few_one_by_one(run, light):
    assert run.offers["model"].nunique() > 60
    assert "A line per firm and tier" in light["prices_and_capability"].words
    few = market.simulate(plain(), seed=0)
    assert "A line per model" in plots.of_run(few, "prices_and_capability").words


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
    name = run.models.sort_values("revenue", kind="stable")["model"].iloc[-1]
    sheet = plots.of_run(run, "life", model=name)
    assert f"The life of {name}" in texts(sheet)
    with pytest.raises(InputError, match=f"did you mean '{name}'"):
        plots.of_run(run, "life", model=f"{name}x")
    with pytest.raises(InputError, match="unknown option 'modle'; did you mean 'model'"):
        plots.of_run(run, "life", modle=name)


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
                assert {"hindcast": "history", "answers": "worlds"}.get(kind, "duopoly") in sheet.source
    assert drawn


def test_forecasts_are_drawn_where_there_are_any(saved):
    found = opened(saved / "calibration")
    assert "10 of 10 came true" in " ".join(plots.draw("forecast_and_actual", found).words.split())
    with pytest.raises(InputError, match="there is nothing to draw"):
        plots.draw("forecast_and_actual", replace(found, until=2025))
    empty = replace(found, runs=found.runs.assign(**{one.moment: np.nan for one in found.held}))
    assert "no moment is defined" in texts(plots.draw("moments_before_and_after", empty))


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
