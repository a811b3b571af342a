"""A report is one page that holds all it needs, says what the result says, and takes names as text."""

from __future__ import annotations

import json
import shlex
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

import market
from market.cli import main
from market.declarations import settings
from market.formats import four_digits
from market.measures.access import spreads
from market.measures.readings import closed
from market.parameters import InputError
from market.saving.manifest import write_manifest
from market.scenario.load import load
from market.studies.workers import crew
from market.tables import open_run
from market.views import sentences
from market.views.figures import FIGURES
from market.views.report import again
from market.views.report.blocks import Words
from market.views.report.page import page
from market.views.report.sections import SECTIONS, section
from market.views.sentences import Part
from market.views.settings import changes, collapsed, differing
from market.views.theme import LIGHT

EVIL = "<script>alert(1)</script> & \"quotes\" 'so' </script> \u202egnp.exe Ω 名"
SMALL = {"customers": 300, "months": 14, "panel.size": 20}
ADDRESSES = ("src", "href", "action", "poster", "data", "srcset", "formaction", "xlink:href")
VOID = {"meta", "link", "img", "br", "input", "wbr", "hr"}


class Page(HTMLParser):
    """A page taken apart: its elements with attributes, texts by element, and what is left open."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        for tag in self.open:
            self.texts[tag][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    scenario = load("duopoly").vary(SMALL | {"description": EVIL, "labs.*.research": 4.0})
    return market.simulate(scenario, seed=1).save(tmp_path_factory.mktemp("report") / "small")


@pytest.fixture(scope="module")
def text(folder) -> str:
    return page(folder)


@pytest.fixture(scope="module")
def taken(text) -> Page:
    return Page(text)


@pytest.fixture(scope="module")
def swept(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("report") / "swept"
    factors = {"labs.*.research": [2.0, 8.0], "labs.*.retirement": [3, 9]}
    asked = {"seeds": range(2), "outcomes": ["labs_revenue", "labs_result"]}
    with ThreadPoolExecutor(1) as pool:  # a process takes longer to start
        market.sweep(load("duopoly").vary(SMALL), factors, out=out, executor=pool, **asked)
    return out


@pytest.fixture(scope="module")
def spreading(tmp_path_factory) -> tuple[market.Run, Page]:
    """A run of many models in which access to open weights spreads, and its page."""
    run = market.simulate(load("duopoly").vary(SMALL | {"months": 26, "segments.*.access_spread": 3.0}))
    return run, Page(page(run.save(tmp_path_factory.mktemp("report") / "spreading")))


def test_sections_stand_in_their_places(taken):
    ids = [heading["id"] for heading in taken.all("h2")]
    assert ids == [
        "verdict", "figures", "books", "families", "releases", "tiers", "access_to_open_weights", "spending", "lives",
        "events", "parameters", "limits", "provenance",
    ]  # fmt: skip


def test_families_have_their_table_and_figures_that_stand_in_sections_are_drawn_once(taken, folder):
    captions = taken.texts["caption"]
    for caption in ("Families of the labs", "Releases of the labs", "Products of the labs by year", "Access at the"):
        assert sum(one.strip().startswith(caption) for one in captions) == 1, caption
    rows = [words(text) for text in taken.texts["th"]]
    assert set(closed(open_run(folder).families)["family"]) <= set(rows)
    titles = [words(text) for text in taken.texts["title"]]
    for name in ("families", "tiers", "access", "rd_spending", "two_readings"):
        title = FIGURES[name].title
        assert titles.count(f"{title[:1].upper()}{title[1:]}") == 1, name


def test_what_a_world_does_not_have_has_no_section(tmp_path):
    alone = load("no_open_source").vary(SMALL | {"labs.*.updates": False, "labs.*.tiers": {}})
    plain = Page(page(market.simulate(alone).save(tmp_path / "alone")))
    ids = [heading["id"] for heading in plain.all("h2")]
    assert {"families", "tiers"} <= set(ids)
    assert not {"releases", "access_to_open_weights"} & set(ids)


def test_many_models_are_folded_away(spreading):
    run, taken = spreading
    assert len(run.models) > 60
    folds = [words(text) for text in taken.texts["summary"]]
    assert any(text.startswith("The family Alpha-1:") for text in folds)
    assert any(text.startswith("Every model by itself") for text in folds)
    assert all(any(text.startswith(f"{model}:") for text in folds) for model in run.models["model"])


def test_access_that_spreads_is_said(spreading):
    run, taken = spreading
    assert spreads(run)
    said = [words(text) for text in taken.texts["p"]]
    assert any(text.startswith("Access to open weights rose from ") for text in said)


def test_a_page_asks_for_nothing_from_anywhere(taken, text):
    for tag, attributes in taken.elements:
        assert tag not in ("link", "iframe", "object", "embed", "base", "form"), tag
        for name in ADDRESSES:
            assert (attributes.get(name) or "#").startswith(("#", "data:image/")), (tag, name, attributes[name])
    (policy,) = [one["content"] for one in taken.all("meta") if "http-equiv" in one]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:")
    assert "@import" not in text
    assert "@font-face" not in text


def test_what_users_wrote_comes_out_as_text(taken, text):
    assert "alert(1)" not in "".join(taken.texts["script"])
    shown = EVIL.replace("\u202e", "\N{REPLACEMENT CHARACTER}")
    assert any(words(shown) in words(said) for said in taken.texts["p"])
    assert "\u202e" not in text


def test_all_elements_are_closed_and_headings_skip_no_level(taken):
    assert not taken.open
    levels = [int(tag[1]) for tag, _ in taken.elements if tag in ("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_identifiers_are_unique_and_those_referred_to_exist(taken):
    ids = [attributes["id"] for _, attributes in taken.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in taken.elements:
        named = (attributes.get("aria-labelledby") or "").split()
        target = attributes.get("href") or attributes.get("xlink:href") or ""
        assert {*named, *([target[1:]] if target.startswith("#") else [])} <= set(ids)


def test_it_says_all_that_is_said_of_the_run_failures_first(taken, folder):
    said = words(" ".join(taken.texts["p"]))
    places = [
        said.index(words(line)) for text in sentences.said("run", open_run(folder), *Part) for line in text.splitlines()
    ]
    assert places == sorted(places)
    assert places


def test_tables_have_captions_scopes_and_numbers_to_sort_by(taken, folder):
    assert len(taken.all("caption")) == len(taken.all("table"))
    assert {one.get("scope") for one in taken.all("th")} == {"row", "col"}
    run = open_run(folder)
    values = {one["data-v"] for one in taken.all("td") if "data-v" in one}
    assert {f"{revenue:.10g}" for revenue in run.models["revenue"]} <= values


def test_every_model_has_its_life(taken, folder):
    summaries = " ".join(taken.texts["summary"])
    assert all(f"{model}:" in summaries for model in open_run(folder).models["model"])


def test_figures_are_in_the_tones_of_the_page_and_have_a_title(taken, text):
    drawings = taken.all("svg")
    assert len(drawings) >= 4
    body = text.partition("</style>")[2].lower()
    assert "var(--ink)" in body
    assert not [colour for colour in LIGHT.values() if colour.lower() in body]
    assert all(one["role"] == "img" and (one.get("aria-labelledby") or one.get("aria-label")) for one in drawings)


def test_the_same_result_gives_the_same_bytes_wherever_it_lies(folder, text, tmp_path):
    shutil.copytree(folder, tmp_path / "elsewhere")
    assert page(tmp_path / "elsewhere") == text
    assert str(tmp_path) not in text


def test_it_is_small(text):
    assert len(text.encode()) < 3e6


def test_settings_walk_every_parameter_with_its_value():
    scenario = load("duopoly").vary({"labs.Alpha.training.rule": "hurdle", "labs.Beta.overhead": 0.3})
    found = {declared.path: value for declared, value in settings(scenario)}
    assert found["labs.Alpha.training.rule"] == "hurdle"
    assert found["labs.Beta.overhead"] == 0.3
    assert found["world.growth"] == 1.05
    stars = {one.declared.path: one.value for one in collapsed(scenario)}
    assert stars["labs.*.funding.rule"] == "raise"
    assert "labs.Alpha.overhead" in stars
    assert "labs.*.overhead" not in stars
    assert {one.declared.path for one in differing(scenario)} >= {"labs.Alpha.training.rule", "labs.Beta.overhead"}


def test_changes_lead_from_one_scenario_to_the_other():
    base = load("duopoly")
    other = base.vary({"labs.*.research": 4.0, "segments.bulk.volume": 1e8, "labs.Alpha.pricing.rule": "cost_plus"})
    assert base.vary(changes(base, other)) == other


def test_the_command_that_makes_a_run_again(folder, here, tmp_path):
    scenario = open_run(folder).scenario.model_copy(update={"description": load("duopoly").description})
    words = shlex.split(again.command(replace(open_run(folder), scenario=scenario)))
    status, _, _ = here(main, *words, "--out", "x")
    assert status == 0
    made = open_run(tmp_path / "x")
    assert made.scenario == scenario.with_responses()
    assert made.seed == 1


def test_a_scenario_that_no_command_gives_has_none(folder):
    assert again.command(open_run(folder)) == ""  # its description is its own


def test_a_sweep_has_its_table_and_the_data_of_its_sliders(swept):
    taken = Page(page(swept))
    assert {"figures", "explore", "design_points"} <= {one["id"] for one in taken.all("h2")}
    data = json.loads(next(text for text in taken.texts["script"] if text.lstrip().startswith("{")))
    assert [factor["path"] for factor in data["factors"]] == ["labs.*.research", "labs.*.retirement"]
    table = pd.read_parquet(swept / "table.parquet")
    means = table.groupby("point")["labs_revenue"].mean()
    assert sorted(point["of"][0][0] for point in data["points"]) == pytest.approx(sorted(means), rel=1e-5)
    assert any(four_digits(means.iloc[0]) in cell for cell in taken.texts["td"])


def test_a_comparison_shows_what_was_changed(here, monkeypatch, tmp_path):
    monkeypatch.setattr("market.studies.engine.crew", lambda *_: crew(ThreadPoolExecutor(1)))
    words = ["compare", "duopoly", "monopoly", "--replications", "2", "--outcome", "labs_result"]
    small = [word for path, value in SMALL.items() for word in ("--set", f"{path}={value}")]
    assert here(main, "market", *words, *small, "--out", "both")[0] == 0
    taken = Page(page(tmp_path / "both"))
    assert [one["id"] for one in taken.all("h2")][-4:] == ["paired", "changed", "limits", "provenance"]
    assert any("labs.Beta.first_start" in cell for cell in taken.texts["th"])
    assert any(text.startswith("market compare duopoly monopoly") for text in taken.texts["code"])


@pytest.fixture
def asked(tmp_path) -> Path:
    folder = tmp_path / "asked"
    folder.mkdir()
    (folder / "signs.csv").write_text(f'world,multiple\n"{EVIL.replace(chr(34), "")}",2.5\n', encoding="utf-8")
    (folder / "signs.png").write_bytes(b"\x89PNG\r\n")
    write_manifest(folder, "experiment", name="signs", quick=True, seeds=2)
    return folder


def test_an_experiment_has_its_tables_and_pictures(asked):
    taken = Page(page(asked))
    (picture,) = taken.all("img")
    assert picture["src"] == "data:image/png;base64,iVBORw0K"
    assert picture["alt"] == "signs"
    assert any("not for quoting" in text for text in taken.texts["p"])
    assert any("alert(1)" in cell for cell in taken.texts["th"])


def test_the_command_says_where_the_page_is_and_replaces_no_file_unasked(asked, here, tmp_path):
    assert here(main, "market", "report", "asked") == (0, "Report: asked.html\n", "")
    written = (tmp_path / "asked.html").read_bytes()
    assert written.startswith(b"<!doctype html>")
    status, _, said = here(main, "market", "report", "asked")
    assert (status, said) == (2, "market: asked.html: exists already; give another --out, or --force to replace it\n")
    (tmp_path / "asked.html").write_text("mine")
    assert here(main, "market", "report", "asked", "--force")[0] == 0
    assert (tmp_path / "asked.html").read_bytes() == written
    assert sorted(path.name for path in tmp_path.iterdir()) == ["asked", "asked.html"]
    status, _, said = here(main, "market", "report", "aske")
    assert status == 2
    assert "did you mean 'asked'" in said
    assert here(main, "market", "report", "asked", "--out", "asked")[0] == 2


def test_a_damaged_result_gives_one_line(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "small")
    (tmp_path / "small" / "events.parquet").write_bytes(b"x")
    with pytest.raises(InputError, match=r"events\.parquet"):
        page(tmp_path / "small")


def test_a_section_is_added_in_one_place(asked):
    try:

        @section("experiment", title="Of one's own", place=15)
        def own(reported):
            yield Words([f"{reported.result.seeds} seeds <b>"])

        text = page(asked)
        assert [heading["id"] for heading in Page(text).all("h2")][:3] == ["verdict", "own", "pictures"]
        assert "2 seeds &lt;b&gt;" in text
    finally:
        del SECTIONS["own"]
    with pytest.raises(TypeError, match="sections need run, sweep"):
        section("runs", title="x", place=1)(lambda reported: [])
