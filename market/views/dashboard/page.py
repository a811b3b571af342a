"""The page: two markets to set up on one side, and on the other what comes of them under the same luck."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import panel as pn
import panel_material_ui as material

from market.parameters import InputError, whole
from market.run import LAST_SEED
from market.scenario import toml
from market.scenario.load import catalogue
from market.views.dashboard import share, shown
from market.views.dashboard.over import CHOICES
from market.views.dashboard.session import Event, Job, Session, State
from market.views.dashboard.style import CSS, THEME
from market.views.dashboard.world import World

FIRST = 2
"""Figures that are drawn unless others are asked for; each takes about as long as a year of a market."""

TITLE = "A market of AI models"
QUESTION = "Is each model a profitable company of its own, and does that survive competition?"
COPY = "navigator.clipboard.writeText(text.value)"
OVER = {f"{count} worlds" if count else "none: the scenario as it stands": count for count in CHOICES}
CODE = {"& textarea": {"fontFamily": "monospace", "fontSize": "0.85rem"}}
WIDE: dict[str, Any] = {"sizing_mode": "stretch_width"}


class Page:
    """One visitor's page.

    Parameters
    ----------
    source : name or file of the scenario that it opens with.

    Attributes
    ----------
    view : what Panel serves.
    """

    def __init__(self, source: str) -> None:
        self._document = pn.state.curdoc
        self._drawn = list(shown.figures_of_runs().values())[:FIRST]
        self._session = Session(self._later, self._drawn)
        self._seen: dict[str, shown.Shown] = {}
        self._titles: dict[str, str] = {}
        self._make_results()
        self._make_shares()
        names = [*catalogue()]
        self._scenarios = names if source in names else [source, *names]
        self._worlds = {"A": World(self._scenarios, source, self._refresh)}
        self._make_controls()
        self.view = self._layout()
        self._refresh()
        if self._document is not None:
            self._document.on_session_destroyed(lambda _: self._session.stop())
            pn.state.onload(self._fit)

    def _make_controls(self) -> None:
        """Make what sets markets up, and what starts and stops them."""
        self._two = material.Switch(label="Compare with a second market B under the same luck", value=False)
        self._over = material.Select(
            label="Worlds that agree with the evidence", options=OVER, value=0, size="small", width=300
        )
        self._seed = material.TextInput(label="Seed", value="0", size="small", width=90)
        self._run = material.Button(label="Run", color="primary", variant="contained", width=110)
        self._stop = material.Button(label="Stop", variant="outlined", width=90, disabled=True)
        self._status = pn.pane.HTML("", stylesheets=[CSS], **WIDE)
        self._markets = material.Tabs(("Market A", self._worlds["A"].box), **WIDE)
        self._two.param.watch(self._compare, "value")
        self._seed.param.watch(lambda _: self._refresh(), "value")
        self._over.param.watch(lambda _: self._refresh(), "value")
        self._run.on_click(lambda _: self._start())
        self._stop.on_click(lambda _: self._session.stop())

    def _make_results(self) -> None:
        """Make what shows what came of the markets."""
        self._verdict, self._headlines, self._tables = (pn.pane.HTML("", stylesheets=[CSS], **WIDE) for _ in range(3))
        self._figures = material.Column(**WIDE)
        self._wanted = material.MultiChoice(
            label="Figures to draw", options=shown.figures_of_runs(), value=self._drawn, margin=(16, 10, 10, 10), **WIDE
        )
        self._wanted.param.watch(self._draw, "value")
        self._verdict.object = shown.INTRODUCTION
        self._results = material.Column(**WIDE)

    def _make_shares(self) -> None:
        """Make what a market is shared by: a command line and a scenario file, to copy or to download."""
        self._shares = {}
        for name in ("A", "B"):
            line = material.TextAreaInput(label=f"Command line of market {name}", rows=2, sx=CODE, **WIDE)
            file = material.TextAreaInput(label=f"Scenario file of market {name}, in TOML", rows=6, sx=CODE, **WIDE)
            copies = []
            for what, text in (("command line", line), ("scenario file", file)):
                button = material.Button(label=f"Copy {what} of {name}", variant="outlined", size="small")
                button.js_on_click(args={"text": text}, code=COPY)
                copies.append(button)
            download = material.FileDownload(
                label=f"Download scenario file of {name}", filename=f"market-{name}.toml", variant="outlined",
                size="small", callback=partial(self._file, name),
            )  # fmt: skip
            box = material.Column(line, copies[0], file, material.FlexBox(copies[1], download), visible=False, **WIDE)
            self._shares[name] = (line, file, box)

    def _layout(self) -> Any:
        """Put controls and results side by side, or on a small screen one above the other."""
        self._setup = material.Accordion(
            ("Set up", material.Column(self._two, self._markets, **WIDE)), active=[0], **WIDE
        )
        self._screen = material.BreakpointSwitcher(small=pn.Spacer(height=0), large=pn.Spacer(height=0))
        title = pn.pane.HTML(f"<h1>{QUESTION}</h1>", stylesheets=[CSS], **WIDE)
        actions = material.FlexBox(self._run, self._stop, self._over, self._seed, align_items="center", **WIDE)
        self._results[:] = [
            pn.pane.HTML("<h2>Verdict</h2>", stylesheets=[CSS], **WIDE), self._verdict, self._headlines,
            material.Tabs(
                ("Figures", material.Column(self._wanted, self._figures, **WIDE)), ("Tables", self._tables),
                ("Share", material.Column(*(box for _, _, box in self._shares.values()), **WIDE)), **WIDE,
            ),
        ]  # fmt: skip
        right = material.Column(title, actions, self._status, self._results, **WIDE)
        sides = material.Grid(
            material.Grid(self._screen, self._setup, size={"xs": 12, "md": 4}),
            material.Grid(right, size={"xs": 12, "md": 8}),
            container=True, spacing=2, sx={"p": {"xs": 1, "md": 2}}, **WIDE,
        )  # fmt: skip
        return material.Page(
            title=TITLE, main=[sides], theme_config=THEME, busy_indicator=None, meta_description=QUESTION
        )

    def _fit(self) -> None:
        """Be dark if the visitor's other pages are, and small on a small screen; what changes earlier is not drawn."""
        self.view.dark_theme = bool(pn.state.browser_info.dark_mode)
        self._screen.param.watch(self._fold, "current")
        self._fold()

    def _fold(self, _: Any = None) -> None:
        """Fold the controls away on a small screen, where they stand above the results."""
        self._setup.active = [] if self._screen.current is self._screen.small else [0]

    def _compare(self, event: Any) -> None:
        """Set up a second market, at first the same as the first; or take it away."""
        if event.new:
            first = self._worlds["A"]
            self._worlds["B"] = World(self._scenarios, first.source, self._refresh, first)
            self._markets.append(("Market B", self._worlds["B"].box))
            self._markets.active = 1
        else:
            self._markets.pop(1)
            del self._worlds["B"]
        self._refresh()

    def _seed_given(self) -> int:
        return whole("seed", toml.value(self._seed.value.strip()), 0, LAST_SEED)

    def _refresh(self) -> None:
        """Say what is wrong, and let nothing run while anything is; write what to share."""
        if not hasattr(self, "view"):
            return
        seed, wrong, worlds = 0, "", self._over.value
        try:
            seed = 0 if worlds else self._seed_given()  # each world has a seed of its own
        except InputError as error:
            wrong = str(error)
        self._seed.param.update(
            error_state=bool(wrong), helper_text=wrong, width=320 if wrong else 90, visible=not worlds
        )
        self._wanted.visible = not worlds
        running = self._session.state is State.RUNNING
        bad = [f"market {name}" for name, world in self._worlds.items() if world.read.problems] + ["the seed"] * bool(
            wrong
        )
        self._run.disabled, self._stop.disabled = running or bool(bad), not running
        if not running and bad:
            self._say(f"Not ready: see the red field of {' and '.join(bad)}")
        for name, (line, file, box) in self._shares.items():
            box.visible = name in self._worlds
            if not box.visible:
                continue
            world = self._worlds[name]
            line.value = share.command(world.source, world.read.given if worlds else world.read.changes, seed, worlds)
            file.value = share.scenario_file(world.source, world.read.changes)

    def _file(self, name: str) -> io.StringIO:
        return io.StringIO(self._shares[name][1].value)

    def _start(self) -> None:
        """Simulate the markets as they are set up."""
        self._seen = {}
        self._figures.clear()
        self._titles, jobs = {}, dict[str, Job]()
        for name, world in self._worlds.items():
            if self._over.value:
                title, jobs[name] = world.over(self._over.value)
            else:
                title, jobs[name] = world.title, (world.read.scenario.with_responses(), self._seed_given())
            self._titles[name] = f"{name}: {title}"
        self._session.start(jobs)
        self._say("Starting")
        self._refresh()

    def _draw(self, event: Any) -> None:
        """Draw other figures."""
        self._session.draw(event.new)
        self._refresh()

    def _later(self, event: Event) -> None:
        """Show an event when the page is ready for it; this is called from the thread that simulates."""
        if self._document is None:
            self._show(event)
        else:
            self._document.add_next_tick_callback(partial(self._show, event))

    def _show(self, event: Event) -> None:
        """Show how far a market has come, and what is known of it."""
        if event.state is State.RUNNING:
            at, before = event.text or f"month {event.month} of {event.months}", [*self._titles].index(event.world)
            part = (before + event.month / event.months) / len(self._titles)
            self._say(f"Market {event.world}" if len(self._titles) > 1 else "Running", at, part)
            if event.shown is not None:
                self._seen[event.world] = event.shown
                self._show_results()
            return
        said = {State.DONE: "Done", State.STOPPED: "Stopped", State.FAILED: "Failed"}[event.state]
        until = [f"{name} up to {one.until}" for name, one in self._seen.items() if not one.whole]
        self._say(said, event.text or ("what is shown is market " + ", ".join(until) if until else ""))
        self._figures[:] = self._figures[: len(shown.figures(self._seen))]
        self._refresh()

    def _say(self, what: str, more: str = "", part: float | None = None) -> None:
        self._status.object = shown.status(what, more, part)

    def _show_results(self) -> None:
        self._verdict.object = shown.verdict(self._seen, self._titles)
        self._headlines.object = shown.headlines(self._seen)
        for place, html in enumerate(shown.figures(self._seen)):
            if place == len(self._figures):
                self._figures.append(pn.pane.HTML("", stylesheets=[CSS], **WIDE))
            self._figures[place].object = html
        self._tables.object = shown.tables(self._seen)
