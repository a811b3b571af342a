"""The dashboard without its page: controls, presets, what is shared, and sessions."""

import shlex
import socket
import threading
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import market
from market.calendar import Calendar
from market.cli import main
from market.commands.options import scenario_of
from market.measures.outcomes import compute
from market.measures.readings import by_year, closed, complete_lives
from market.parameters import InputError
from market.scenario.load import catalogue
from market.studies.draws import drawn, in_world
from market.studies.worlds import one_scenario
from market.views import terminal
from market.views.dashboard import live, shown
from market.views.dashboard.controls import (
    CATALOGUE,
    NONE,
    SHORT_LIST,
    added,
    apply,
    control,
    declared,
    read,
    short_list,
    text_of,
)
from market.views.dashboard.presets import PRESETS, Preset
from market.views.dashboard.session import Session, State
from market.views.dashboard.share import command, scenario_file

QUICK = {"customers": 300, "months": 14}


@pytest.fixture(scope="module")
def duopoly():
    return market.load("duopoly").vary(QUICK)


# ------------------------------------------------------------------------------------------------------------ controls


def test_controls_are_made_from_the_declarations():
    baseline = market.load("baseline")
    made = {one.path: one for one in short_list(baseline)}
    assert list(made) == [chosen.path for chosen in SHORT_LIST]
    growth = made["labs.*.training.growth"]
    assert (growth.text, growth.kind, growth.low, growth.high) == ("2.5", "number", 1, 6)
    assert "growth of the cost of a run" in growth.help
    assert "0.01 to 1,000 (x per year)" in growth.help
    assert made["labs.*.pricing.rule"].choices == tuple(sorted(made["labs.*.pricing.rule"].choices))
    assert (made["labs.*.updates"].text, made["labs.*.updates"].choices) == ("on", ("off", "on"))
    assert (made["labs.*.updates.interval"].text, made["labs.*.life"].text) == ("3", "18")
    shares = ", ".join(f"{segment.open_access:g}" for segment in baseline.segments.values())
    assert made["segments.*.open_access"].differs.startswith(f"differs: {shares};")
    for one in made.values():
        known = declared()[one.path]
        assert one.low is None or ((known.low is None or known.low <= one.low) and one.high <= known.high), one.path


@pytest.mark.parametrize("name", catalogue())
def test_every_scenario_has_the_controls_of_what_it_has(name):
    scenario = market.load(name)
    made = {one.path for one in short_list(scenario)}
    assert ("open_providers.*.spillover" in made) == bool(scenario.open_providers)
    assert {"labs.*.training.growth", "customers", "months"} <= made


def test_the_search_finds_every_parameter_that_a_path_can_set():
    baseline = market.load("baseline")
    paths = declared()
    assert {"panel.size", "capital.stake", "labs.*.pricing.markup", "open_providers.*.host_margin"} <= set(paths)
    assert control(added("labs.*.pricing.markup"), baseline) is None  # of a rule that no lab has
    costs = baseline.vary({"labs.*.pricing.rule": "cost_plus"})
    assert control(added("labs.*.pricing.markup"), costs).text == "0.8"
    assert control(added("labs.Alpha.overhead"), baseline).kind == "number"
    assert control(added("labs.*.first_start"), baseline).differs.startswith("differs: -12, -9")


def test_a_bad_value_is_said_of_its_path_and_the_others_apply():
    read = apply(
        market.load("baseline"),
        {"labs.*.training.growth": "banana", "customers": "500", "segments.*.open_access": "-1"},
    )
    assert set(read.problems) == {"labs.*.training.growth", "segments.*.open_access"}
    assert 'the text "banana" is refused; allowed: a number' in read.problems["labs.*.training.growth"]
    assert read.scenario.customers == 500
    assert read.changes == {"customers": 500}


def test_what_is_wrong_only_together_is_not_said_of_one_path():
    texts = {f"segments.{name}.agents": part for name, part in zip(
        ("consumer", "developer", "enterprise", "bulk"), ("0.4", "0.3", "0.2", "0.1"), strict=True
    )}  # fmt: skip
    assert not apply(market.load("baseline"), texts).problems
    assert apply(market.load("baseline"), {"segments.bulk.agents": "0.5"}).problems


def test_rules_apply_before_their_parameters_and_what_changes_nothing_is_left_out():
    texts = {
        "labs.*.pricing.markup": "0.5",
        "labs.*.pricing.rule": "cost_plus",
        "months": "72",
        "labs.*.updates": "on",
        "labs.*.tiers": CATALOGUE,
    }
    read = apply(market.load("baseline"), texts)
    assert not read.problems
    assert read.changes == {"labs.*.pricing.markup": 0.5, "labs.*.pricing.rule": "cost_plus"}
    assert read.scenario.labs["Alpha"].pricing.markup == 0.5
    assert set(read.given) == set(texts)  # which no world moves


def test_tiers_are_none_or_the_catalogues_or_shown_as_they_are():
    baseline = market.load("baseline")
    now = apply(baseline, {"labs.*.tiers": NONE, "labs.*.updates": "off"})
    assert now.changes == {"labs.*.tiers": {}, "labs.*.updates": False}
    made = {one.path: one for one in short_list(now.scenario)}
    assert made["labs.*.tiers"].text == NONE
    assert "labs.*.updates.interval" not in made
    back = apply(now.scenario, {"labs.*.tiers": CATALOGUE, "labs.*.updates": "on"}).scenario
    assert (back.labs["Alpha"].tiers, back.labs["Alpha"].updates) == (
        baseline.labs["Alpha"].tiers, baseline.labs["Alpha"].updates,
    )  # fmt: skip
    own = baseline.vary({"labs.*.tiers": {"tiny": {"capability_gap": 9.0, "cost_ratio": 0.05, "training_share": 0.1}}})
    shown = next(one for one in short_list(own) if one.path == "labs.*.tiers")
    assert shown.text in shown.choices
    assert apply(baseline, {"labs.*.tiers": shown.text}).scenario == own
    for path, value in (("labs.*.tiers", {}), ("labs.*.updates", {}), ("labs.*.updates", False), ("months", 7)):
        assert read(path, text_of(path, value)) == value
    assert control(added("open_providers.*.tiers"), baseline).text == CATALOGUE


# --------------------------------------------------------------------------------------------------------------- share

ODD = {
    "labs.*.pricing.rule": "cost_plus",
    "labs.*.updates": {},
    "labs.*.tiers": {"mini": {"capability_gap": 6.0, "cost_ratio": 0.1, "training_share": 0.05}},
    "labs.Alpha.key": "Ünï \"quoted\" $HOME `x` 'y' <b>",
    "adoption.all_present": True,
    "technology.largest_run": 1e12,
    "labs.Beta.funding": {"rule": "raise", "trigger": 3.0},
    "start": "2024-07",
}


@pytest.mark.parametrize("name", [*PRESETS, "odd"])
def test_what_is_shared_is_the_same_scenario(name, tmp_path):
    preset = PRESETS.get(name)
    source, changes = (preset.scenario, preset.changes) if preset else ("baseline", ODD)
    whole = market.load(source).vary(changes)
    words = shlex.split(command(source, changes, 3))
    sets = [word for before, word in pairwise(words) if before == "--set"]
    assert words[:3] == ["market", "run", source]
    assert words[-2:] == ["--seed", "3"]
    assert scenario_of(source, sets) == whole
    file = tmp_path / f"{whole.name}.toml"
    file.write_text(scenario_file(source, changes), encoding="utf-8")
    assert market.load(file) == whole


@pytest.mark.parametrize(("given", "count"), [({}, 8), ({"labs.*.research": 6.2}, 16)])
def test_over_worlds_the_verdict_is_shared_as_a_command(given, count):
    words = shlex.split(command("baseline", given, 5, count))
    sets = [word for path, value in given.items() for word in ("--set", f"{path}={value}")]
    assert words == ["market", "verdict", "baseline", *sets, "--worlds", str(count), "--seeds", "1"]


# ------------------------------------------------------------------------------------------------------------- presets


def run_of(preset):
    scenario = market.load(preset.scenario).vary({"customers": 1000, "panel.size": 100, **preset.changes})
    run = market.simulate(scenario, seed=0)
    asked = (
        "multiple", "multiple_full_rd", "lives_profitable", "labs_in_profit", "labs_result", "labs_gross_margin",
        "open_token_share", "open_lag_months", "labs_revenue",
    )  # fmt: skip
    models, ended = closed(run.models), complete_lives(run.releases)
    lost = models.filter(like="lost_to_").clip(lower=0).sum()
    own = {
        "lost_to_own_updates": lost["lost_to_own_update"] / lost.sum(),
        "per_release": ended["contribution"].sum() / max(1, len(ended)),
    }
    return run, compute(run, asked) | own, by_year(run, "result").sum().to_numpy()


@pytest.fixture(scope="module")
def baseline():
    return run_of(Preset("claim", "the scenario as it is"))[1]


HOLDS = {
    "sceptic": lambda run, now, _, base: now["multiple"] < 1 and now["multiple_full_rd"] < 0.1 and len(run.failed) == 4,
    "lab's own view": lambda run, now, years, base: now["multiple_full_rd"] > 1 and now["labs_in_profit"] == 1,
    "disciplined capital": lambda run, now, years, base: (
        now["multiple"] > 1.1 * base["multiple"] and 0.9 * base["labs_result"] < now["labs_result"] < 0
    ),
    "two ledgers": lambda run, now, years, base: (
        np.all((years[1:] / years[:-1] > 7) & (years[1:] / years[:-1] < 11)) and 1.5 < now["multiple"] < 2.5
    ),
    "treadmill": lambda run, now, years, base: (
        now["multiple"] > 3 and np.all(abs(years[1:] / years[:-1] - 4) < 0.3) and not run.failed
    ),
    "price war": lambda run, now, _, base: (
        now["labs_gross_margin"] < 0 < base["labs_gross_margin"] and now["multiple"] < 1
    ),
    "open catch-up in six months": lambda run, now, _, base: (
        now["open_lag_months"] <= 7
        and now["open_token_share"] > 1.3 * base["open_token_share"]
        and now["multiple"] < base["multiple"]
    ),
    "open weights for all": lambda run, now, _, base: (
        now["open_token_share"] > 0.5
        and now["labs_revenue"] < 0.9 * base["labs_revenue"]
        and now["multiple"] < base["multiple"]
    ),
    "self-cannibalisation": lambda run, now, _, base: (
        now["lost_to_own_updates"] > base["lost_to_own_updates"] and now["per_release"] < 0.9 * base["per_release"]
    ),
}
"""What the reasons of the presets say comes of them."""


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_does_what_its_reason_says(name, baseline):
    run, now, years = run_of(PRESETS[name])
    assert HOLDS[name](run, now, years, baseline), (now, years)
    assert PRESETS[name].reason.count(". ") == 0  # one sentence


# ------------------------------------------------------------------------------------------------------------- session


def listen(jobs, stop_at=None):
    """Run a session to its end, stopped while it tells of a month; its events."""
    events = []

    def tell(event):
        events.append(event)
        if event.month == stop_at:
            session.stop()

    session = Session(tell, ["two_readings"])
    session.start(jobs)
    session.wait()
    assert session.state is events[-1].state
    return events


def test_a_session_tells_month_by_month_and_ends_with_what_the_command_gives(duopoly):
    events = listen({"A": (duopoly, 0), "B": (duopoly.vary({"labs.*.overhead": 0.1}), 0)})
    assert events[-1].state is State.DONE
    for name in "AB":
        months = [event.month for event in events if event.world == name and event.text != "drawing" and event.month]
        assert months == list(range(1, duopoly.months))
    last = [event.shown for event in events if event.world == "A" and event.shown][-1]
    run = market.simulate(duopoly, 0)
    assert last.numbers == pytest.approx(compute(run, shown.HEADLINES), nan_ok=True)
    assert len(last.pictures) == 2
    partial = next(event.shown for event in events if event.shown)
    assert not partial.whole
    assert partial.until == run.dates[5]
    assert len(partial.pictures) == 1


def test_stop_ends_within_a_month(duopoly):
    events = listen({"A": (duopoly, 0), "B": (duopoly, 0)}, stop_at=3)
    assert events[-1].state is State.STOPPED
    assert max(event.month for event in events) == 3
    assert {event.world for event in events} == {"A", ""}


def test_other_figures_are_drawn_of_what_was_simulated(duopoly):
    events = []
    session = Session(events.append, [])
    session.draw(["two_readings"])
    assert session.state is State.IDLE
    session.start({"A": (duopoly, 0)})
    session.wait()
    before = len(events)
    session.draw(["market_share", "margins"])
    session.wait()
    assert events[-1].state is State.DONE
    assert [len(event.shown.pictures) for event in events[before:-1]] == [0, 1, 2, 3]
    assert set(shown.figures_of_runs().values()) >= {"two_readings", "market_share", "margins"}


def test_a_failure_is_told(duopoly):
    events = listen({"A": (duopoly, -1)})  # no seed
    assert events[-1].state is State.FAILED
    assert "seed: -1 is refused" in events[-1].text


def over(scenario, count, paths=()):
    return replace(one_scenario(scenario, range(count)), draws=drawn(count, paths))


def test_a_market_over_worlds_is_what_the_verdict_says(duopoly):
    events = listen({"A": over(duopoly, 3), "B": over(duopoly.vary({"labs.*.overhead": 0.9}), 3)})
    assert events[-1].state is State.DONE
    parts = [(event.month, event.months) for event in events if event.world == "A"]
    assert parts == sorted(parts)
    assert parts[-1] == (3 * duopoly.months, 3 * duopoly.months)
    told = {name: [event.shown for event in events if event.world == name and event.shown] for name in "AB"}
    first, last = told["A"][0], told["A"][-1]
    assert (first.until, first.whole, last.until, last.whole) == ("world 1 of 3", False, "world 3 of 3", True)
    runs = [market.simulate(in_world(duopoly, draw), seed) for seed, draw in enumerate(drawn(3))]
    expected = [compute(run, ["labs_result"])["labs_result"] for run in runs]
    assert last.numbers["labs_result"] == pytest.approx(expected)
    assert last.sentences[0] == "Complete families together return their training: not defined in any run."
    assert last.sentences[2].endswith("in the last whole year: undecided, in 33% [6%, 79%] of worlds.")
    assert "Over 3 worlds that agree with the evidence, a seed and 300 customers each" in last.sentences[3]
    assert len(last.pictures) == len(last.tables) == 1
    html = shown.headlines({name: some[-1] for name, some in told.items()})
    assert "median, and range of 80% of the worlds" in html
    assert html.count(" to ") == 4 * 3  # of those that are defined so early


def test_stop_ends_worlds_within_a_month(duopoly):
    events = listen({"A": over(duopoly, 3)}, stop_at=duopoly.months + 2)
    assert events[-1].state is State.STOPPED
    assert max(event.month for event in events) == duopoly.months + 2
    assert [event.shown.until for event in events if event.shown] == ["world 1 of 3"]


def test_bands_hold_eighty_percent_of_the_worlds():
    months = pd.RangeIndex(4, name="month")
    worlds = [pd.DataFrame({("revenue", "all labs"): np.full(4, float(x))}, index=months) for x in range(101)]
    sheet = live.bands(worlds, Calendar("2023-01", 4))
    line, band = sheet.axes[0].lines[0], sheet.axes[0].collections[0]
    assert line.get_ydata() == pytest.approx([50] * 4)
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == pytest.approx((9.6, 90.4), abs=0.5)
    assert sheet.words == "Lines: medians of 101 worlds. Bands: 80% of them."


def test_one_market_at_a_time(duopoly):
    told, go = [], threading.Event()
    session = Session(lambda event: (told.append(event), go.wait()), [])
    session.start({"A": (duopoly, 0)})
    session.start({"B": (duopoly, 0)})
    session.stop()
    go.set()
    session.wait()
    assert {event.world for event in told} <= {"A", ""}


# --------------------------------------------------------------------------------------------------------------- shown


def test_text_of_users_comes_out_as_text(duopoly):
    one = shown.Shown("2023-12", True, ("<script>x</script> & co",), {}, (), ())
    html = shown.verdict({"A": one}, {"A": "<b>file</b>.toml"}) + shown.status("<i>", "<u>")
    assert "<script>" not in html
    assert "&lt;script&gt;x&lt;/script&gt; &amp; co" in html
    assert "&lt;b&gt;file&lt;/b&gt;.toml" in html
    assert "<i>" not in html
    named = terminal.plain_table("<b>title</b>", [("<i>cell</i>",)], ("<u>head</u>",))
    assert not {"<b>", "<i>", "<u>"} & {html[at : at + 3] for html in [shown.table(named)] for at in range(len(html))}


def test_two_markets_are_compared_by_their_headline_figures():
    one, two = (
        shown.Shown("2023-12", True, (), {"multiple": value, "labs_revenue": value * 1e9}) for value in (2.5, 1)
    )
    html = shown.headlines({"A": one, "B": two})
    row = html[html.index("Contribution over training of") :]
    assert [cell.partition("<")[0] for cell in row.split('class="right">')[1:4]] == ["2.50", "1.00", "−1.50"]
    assert "2,500 $M" in html
    assert "−1,500 $M" in html


def test_over_worlds_the_second_market_is_compared_world_by_world():
    one, two = (
        shown.Shown("world 3 of 3", True, (), {"multiple": np.array(values), "labs_revenue": 1e9 * np.array(values)})
        for values in ((1.0, 2.0, 9.0), (2.0, 3.0, np.nan))
    )
    html = shown.headlines({"A": one, "B": two})
    row = html[html.index("Contribution over training of") :]
    cells = [cell.partition("</td>")[0] for cell in row.split('class="right">')[1:4]]
    assert [cell.partition("<")[0] for cell in cells] == ["2.00", "2.50", "1.00"]
    assert cells[1].endswith("<small>2.00 to 3.00, in 2 of 3 worlds</small>")
    assert "$2bn" in html


def test_figures_take_the_colours_of_the_page(duopoly):
    svg = shown.on_the_way(market.simulate(duopoly)).pictures[0]
    assert svg.startswith("<svg")
    assert "#ffffff" not in svg.lower()
    assert "var(--panel-on-background-color)" in svg


# ------------------------------------------------------------------------------------------------------------- command


def test_a_missing_panel_or_a_taken_port_is_one_line(here, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, _, errors = here(main, "market", "dashboard", "--no-open", "--port", str(port))
    assert status == 2
    assert errors.startswith(f"market: --port: {port} cannot be had (")
    assert errors.count("\n") == 1
    status, _, errors = here(main, "market", "dashboard", "baselin")
    assert (status, errors.count("\n")) == (2, 1)
    monkeypatch.setattr("market.commands.dashboard.find_spec", lambda name: None)
    status, _, errors = here(main, "market", "dashboard")
    assert status == 2
    assert errors == "market: dashboard: panel is not installed; pip install 'market-of-models[dashboard]'\n"


def test_a_port_out_of_range_is_refused():
    from market.views.dashboard.server import free_port

    assert free_port(0) > 0
    with pytest.raises(InputError, match="--port: 70000 is refused"):
        free_port(70_000)
