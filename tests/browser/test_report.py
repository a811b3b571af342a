"""A report in a browser: all is drawn, nothing is asked for, it can be read and used at any width, and printed."""

from __future__ import annotations

import pytest

import market
from market.scenario.load import load
from market.views.report.page import page

SMALL = {"customers": 300, "months": 14, "panel.size": 20}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("pages")
    market.simulate(load("duopoly").vary(SMALL), seed=1).save(folder / "run")
    return written(folder / "run")


@pytest.fixture(scope="module")
def sweep(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("pages") / "sweep"
    factors = {"labs.*.research": [1.0, 4.0, 8.0], "labs.*.retirement": [3, 9]}
    market.sweep(load("duopoly").vary(SMALL), factors, seeds=range(2), outcomes=["labs_result"], out=folder, workers=1)
    return written(folder)


def written(folder) -> str:
    file = folder.with_name(f"{folder.name}.html")
    file.write_text(page(folder), encoding="utf-8")
    return file.as_uri()


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)])
def test_a_run_can_be_read_at_any_width_on_light_and_dark(run, visit, width, dark, tmp_path):
    seen = visit(run, width, dark=dark)
    assert seen.overflow() <= 0
    assert seen.violations() == []
    assert (seen.outward, seen.complaints) == ([], [])
    marks = "svg => svg.checkVisibility() ? svg.querySelectorAll('path, use, text').length : null"
    drawn = seen.page.evaluate(f"Array.from(document.querySelectorAll('figure svg'), {marks})")
    shown = [count for count in drawn if count is not None]
    assert len(shown) == len(drawn)
    assert min(shown) > 3
    seen.page.screenshot(path=tmp_path / "page.png", full_page=True)


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_a_sweep_can_be_read_at_any_width(sweep, visit, width, dark):
    seen = visit(sweep, width, dark=dark)
    assert seen.overflow() <= 0
    assert seen.violations() == []
    assert (seen.outward, seen.complaints) == ([], [])


def test_tables_sort_by_click_and_by_keyboard_as_numbers(run, visit):
    seen = visit(run).page
    table = seen.locator("table.sorts", has_text="Families of the labs").first
    heading = table.locator("thead th", has_text="Training")
    place = heading.evaluate("cell => cell.cellIndex")

    def column():
        return table.evaluate(
            "(table, n) => Array.from(table.tBodies[0].rows, row => row.cells[n].dataset.v || null)", place
        )

    before = column()
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert column() == sorted(before, key=float) != before
    heading.get_by_role("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert column() == sorted(before, key=float, reverse=True)


def test_events_are_filtered_by_firm_and_kind(run, visit):
    seen = visit(run).page
    firm, kind = seen.locator(".timeline select").all()
    firm.select_option("Alpha")
    kind.select_option("released")
    shown = seen.locator(".timeline tbody tr:visible").all_inner_texts()
    assert shown
    assert all("Alpha" in row and "released" in row for row in shown)
    assert seen.locator(".timeline output").inner_text() == f"{len(shown)} events"


def test_sliders_move_the_point_and_the_level(sweep, visit):
    seen = visit(sweep).page
    place = seen.locator(".explorer")

    def marks():
        point, line = place.locator(".chosen").first, place.locator("line.level")
        return point.get_attribute("cx"), line.get_attribute("y1"), place.locator(".contour").get_attribute("d")

    said, (point, level, contour) = place.locator(".said").inner_text(), marks()
    research, _, slider = place.get_by_role("slider").all()
    research.press("ArrowLeft")
    assert place.locator(".said").inner_text() != said
    assert marks()[0] != point
    for key in ("Home", "PageUp", "PageUp", "PageUp", "PageUp"):
        slider.press(key)
    assert marks()[1] != level
    found = set()
    for _ in range(20):
        found.add(marks()[2])
        slider.press("PageUp")
    assert len(found - {contour}) > 2
    assert slider.get_attribute("aria-valuetext")


def test_without_scripts_all_is_there_but_the_sliders(sweep, run, visit):
    seen = visit(sweep, script=False).page
    assert not seen.locator(".explorer").is_visible()
    assert seen.locator("noscript p").is_visible()
    assert seen.locator("figure svg:visible").count()
    seen = visit(run, script=False).page
    seen.locator("summary", has_text="The family Alpha-1:").click()
    seen.locator("summary", has_text="Alpha-1: flagship").click()
    assert seen.locator("details[open]", has_text="Trained by Alpha").last.is_visible()


def test_in_print_all_is_open_on_light_paper_and_nothing_moves(run, sweep, visit):
    seen = visit(run, dark=True).page
    seen.emulate_media(media="print", color_scheme="dark")
    assert not seen.locator("nav").is_visible()
    assert seen.locator("figure .drawn").first.is_visible()
    ink = "getComputedStyle(document.querySelector('figure svg')).getPropertyValue('--ink').trim()"
    assert seen.evaluate(ink) == "#1f2328"
    seen.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert seen.locator("details:not([open])").count() == 0
    seen.evaluate("dispatchEvent(new Event('afterprint'))")
    assert seen.locator("details[open]").count() == 0
    assert seen.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    seen = visit(sweep).page
    seen.emulate_media(media="print")
    assert not seen.locator(".explorer").is_visible()
