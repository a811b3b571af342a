"""A real browser for tests of pages: it asks nothing of other machines, and notes what a page asks and complains of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

REQUIRED = os.environ.get("MARKET_BROWSER") == "required"
"""Whether a test without a browser fails; otherwise it is skipped."""

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
EMPTIED = """() => {
    const drawn = Array.from(document.querySelectorAll("svg[role=img]"), svg => [svg, Array.from(svg.childNodes)]);
    for (const [svg, parts] of drawn)
        svg.replaceChildren(...parts.filter(part => ["title", "desc"].includes(part.nodeName)));
    window.filled = () => drawn.forEach(([svg, parts]) => svg.replaceChildren(...parts));
}"""
"""Leaves of every figure its title and description, until `filled()` is called."""

HERE = ("127.0.0.1", "localhost")
"""Hosts that a page may speak to."""


@dataclass
class Visit:
    """A page in the browser, and what it did.

    Attributes
    ----------
    page : of Playwright.
    outward : addresses on other machines that it asked for; none was answered.
    complaints : errors and warnings on its console, and errors that no script caught.
    """

    page: object
    outward: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    def violations(self) -> list[str]:
        """What the rules of axe-core find against WCAG 2.1 A and AA and its best practices, a line for each element.

        What is within a figure is one picture to a reader, and is left out.
        """
        from axe_playwright_python.sync_playwright import Axe

        self.page.evaluate(EMPTIED)
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        self.page.evaluate("window.filled()")
        return [f"{one['id']}: {node['html'][:200]} {node['failureSummary']}" for one in found for node in one["nodes"]]


PATIENCE = 120_000
"""Milliseconds until what is waited for is missing: machines may be busy."""


@pytest.fixture(scope="package")
def chromium() -> Iterator[object]:
    """Debian's Chromium, started once; closed with the last test here, as others need an event loop of their own."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    missing = "playwright (pip)" if sync_playwright is None else "chromium (apt)" if path is None else ""
    if missing:
        (pytest.fail if REQUIRED else pytest.skip)(f"tests in a browser need {missing}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium) -> Iterator[Callable[..., Visit]]:
    """Open an address: `visit(address, width=1280, dark=False, script=True)` gives a `Visit`."""
    contexts = []

    def opened(address: str, width: int = 1280, height: int = 900, dark: bool = False, script: bool = True) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        seen = Visit(context.new_page())

        def answer(route):
            where = urlsplit(route.request.url)
            if where.scheme in ("file", "data", "blob") or where.hostname in HERE:
                route.continue_()
            else:
                seen.outward.append(route.request.url)
                route.abort()

        context.route("**", answer)
        seen.page.on("console", lambda said: said.type in ("error", "warning") and seen.complaints.append(said.text))
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.goto(address)
        return seen

    yield opened
    for context in contexts:
        context.close()
