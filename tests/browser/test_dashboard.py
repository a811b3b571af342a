"""The dashboard in a real browser, served as the command serves it: nothing is asked of other machines."""

import os
import re
import signal
import subprocess
import sys
from http.client import HTTPConnection

import pytest

import market
from market.measures.outcomes import compute
from tests.browser.conftest import PATIENCE

QUICK = 'extends = "duopoly"\ncustomers = 300\nmonths = 18\n'
NAME = "b<i>d & co.toml"
"""A file that asks to be read as HTML."""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Address of a page that the command serves; control-C ends it quietly."""
    folder = tmp_path_factory.mktemp("served")
    (folder / NAME).write_text(QUICK)
    words = [sys.executable, "-m", "market", "dashboard", NAME, "--no-open", "--port", "0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    paths = [os.getcwd(), *filter(None, [os.environ.get("PYTHONPATH")])]
    with subprocess.Popen(words, cwd=folder, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)}, **pipes) as one:
        line = one.stdout.readline()
        yield re.match(r"(http://127\.0\.0\.1:\d+/) \(control-C ends it\)\n", line)[1]
        one.send_signal(signal.SIGINT)
        assert one.communicate() == ("", "")
        assert one.returncode == 0


@pytest.fixture
def opened(served, visit):
    """Open the page and wait until it can be used."""

    def call(**how):
        seen = visit(served, **how)
        button(seen, "Run").wait_for()
        seen.page.wait_for_function("Bokeh.documents.length && Bokeh.documents.every(one => one.is_idle)")  # all drawn
        return seen

    return call


def expect(locator):
    """Playwright's assertions, which wait; imported late, since tests are skipped where it is missing."""
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE)
    return expect(locator)


def button(seen, name):
    return seen.page.get_by_role("button", name=name, exact=True)


def fill(seen, label, text):
    """Type into a field and leave it."""
    field = seen.page.get_by_role("textbox", name=label)
    field.fill(text)
    field.press("Enter")


def run(seen):
    """Simulate what is set up, to the end."""
    button(seen, "Run").click()
    seen.page.get_by_role("status").filter(has_text="Done").wait_for()


def shares(seen, line, market="A"):
    """The command line of a market is as it should be, if not at once."""
    seen.page.get_by_role("tab", name="Share").click()
    expect(seen.page.get_by_role("textbox", name=f"Command line of market {market}")).to_have_value(line)


def clean(seen):
    assert seen.outward == []
    assert seen.complaints == []
    assert seen.overflow() <= 0


def test_two_markets_are_set_up_run_compared_and_shared(opened, tmp_path):
    seen = opened(dark=True)
    page = seen.page
    fill(seen, "Growth of training cost", "<b>banana</b>")
    page.get_by_text('the text "<b>banana</b>" is refused; allowed: a number, 0.01 to 1,000').wait_for()
    expect(button(seen, "Run")).to_be_disabled()
    page.get_by_role("slider", name="Growth of training cost").press("End")
    expect(page.get_by_role("textbox", name="Growth of training cost")).to_have_value("6")
    expect(button(seen, "Run")).to_be_enabled()
    page.get_by_label("Compare with a second market").click()
    page.get_by_role("tab", name="Market B").wait_for()
    found = page.get_by_role("combobox", name="Add any other parameter")
    found.fill("fixed_overhead")
    wanted = page.get_by_role("option", name="labs.*.fixed_overhead")
    wanted.wait_for()
    found.press("ArrowDown")  # by keys: the list may open below what the window shows
    expect(wanted).to_have_class(re.compile("focused"))
    found.press("Enter")
    fill(seen, "labs.*.fixed_overhead", "1e9")
    run(seen)
    page.screenshot(path=tmp_path / "wide.png")

    page.locator("figure svg path").nth(100).wait_for(state="attached")
    page.locator("figcaption").nth(1).wait_for()
    assert page.locator("figcaption").all_inner_texts()[:2] == ["Market A", "Market B"]
    paper = "one => getComputedStyle(one).getPropertyValue('--panel-background-color')"
    colour = page.locator("figure").first.evaluate(paper)
    assert sum(int(colour[at : at + 2], 16) for at in (1, 3, 5)) < 3 * 64  # dark

    growth = market.simulate(market.load("duopoly").vary({"customers": 300, "months": 18, "labs.*.training.growth": 6}))
    result = compute(growth, ["labs_result"])["labs_result"]
    headlines = page.get_by_role("region", name="Headline figures")
    assert headlines.get_by_role("columnheader").all_inner_texts() == ["Headline figure", "A", "B", "B − A"]
    row = headlines.get_by_role("row").filter(has_text="Result of all labs").get_by_role("cell").all_inner_texts()
    one, two, more = (int(re.sub(r"[ $M,]", "", text).replace("−", "-")) for text in row)
    assert one == round(result / 1e6)
    assert more < -18_000
    assert abs(two - one - more) <= 1

    assert page.get_by_role("heading", name=f"A: {NAME}, labs.*.training.growth = 6").count() == 1
    shares(seen, f"market run '{NAME}' --set 'labs.*.training.growth=6' --seed 0")
    changed = "--set 'labs.*.training.growth=6' --set 'labs.*.fixed_overhead=1000000000.0'"
    shares(seen, f"market run '{NAME}' {changed} --seed 0", "B")
    file = page.get_by_role("textbox", name="Scenario file of market A").input_value()
    assert file == f'extends = "{NAME}"\n\n[set]\n"labs.*.training.growth" = 6\n'
    clean(seen)


def test_a_market_is_run_over_worlds(opened, tmp_path):
    seen = opened()
    page = seen.page
    fill(seen, "Research", "3")
    page.get_by_role("combobox", name="Worlds that agree with the evidence").click()
    page.get_by_text("8 worlds", exact=True).click()
    expect(page.get_by_role("textbox", name="Seed")).to_be_hidden()
    run(seen)
    page.get_by_role("region", name="Headline figures").get_by_text("range of 80% of the worlds").wait_for()
    page.screenshot(path=tmp_path / "worlds.png")
    assert page.get_by_text(re.compile(r"^Half the labs are in profit .* of worlds")).count() == 1
    assert page.locator("figure svg").count() == 1
    shares(seen, f"market verdict '{NAME}' --set 'labs.*.research=3' --worlds 8 --seeds 1")
    clean(seen)


def test_only_its_own_pages_can_speak_to_it(served):
    place = served.removeprefix("http://").rstrip("/")
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    for origin in ("http://example.org", "http://127.0.0.1:1"):
        line = HTTPConnection(place)
        line.request("GET", "/ws", headers={**upgrade, "Sec-WebSocket-Key": "x" * 22 + "==", "Origin": origin})
        assert line.getresponse().status == 403
        line.close()


def test_a_small_screen_folds_the_controls_and_stop_stops(opened, tmp_path):
    seen = opened(width=390, height=844)
    page = seen.page
    page.get_by_role("button", name="Set up", expanded=False).wait_for()
    page.screenshot(path=tmp_path / "small.png")
    button(seen, "Set up").click()
    button(seen, "Size of the run").click()
    fill(seen, "Length of the run", "1200")
    button(seen, "Run").click()
    button(seen, "Stop").click()
    status = page.get_by_role("status").filter(has_text="Stopped")
    status.wait_for()
    expect(button(seen, "Run")).to_be_enabled()
    expect(button(seen, "Stop")).to_be_disabled()
    fill(seen, "Seed", "x")
    page.get_by_text("seed: the text").wait_for()
    clean(seen)
    fill(seen, "Seed", "0")
    button(seen, "Run").click()  # and control-C comes while that is under way, to a page that is gone
    page.get_by_role("status").filter(has_text="of 1200").wait_for()
