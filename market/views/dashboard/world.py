"""The controls of one market: its scenario, presets, the short list, a search for the rest, and what was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import panel as pn
import panel_material_ui as material

from market.parameters import InputError, unknown
from market.scenario.load import load
from market.scenario.toml import written
from market.scenario.vary import values_set
from market.studies.draws import drawn
from market.studies.profiles import SMALL
from market.studies.worlds import Worlds, one_scenario
from market.views.dashboard.controls import SHORT_LIST, Chosen, Read, added, apply, control, declared, text_of
from market.views.dashboard.fields import Field
from market.views.dashboard.presets import PRESETS
from market.views.dashboard.shown import about, problems_of
from market.views.dashboard.style import CSS

WIDE: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}
AS_IT_IS = "no preset: the scenario as it is"


class World:
    """A market that somebody sets up.

    Parameters
    ----------
    scenarios : names of scenarios, and files.   source : the one to begin with.
    changed : called whenever something has changed.   like : another market, whose changes it begins with.

    Attributes
    ----------
    read : the scenario as it is set up, and what is wrong.   box : what stands on the page.
    """

    def __init__(
        self, scenarios: Iterable[str], source: str, changed: Callable[[], None], like: World | None = None
    ) -> None:
        self._changed, self._busy = changed, False
        self._texts: dict[str, str] = {}
        self._fields: dict[str, Field] = {}
        self._chosen: dict[str, Chosen] = {}
        wide: dict[str, Any] = {"size": "small", "sizing_mode": "stretch_width"}
        presets = {f"{preset.kind}: {name}": name for name, preset in PRESETS.items()}
        self._scenario = material.Select(label="Scenario", options=[*scenarios], value=source, **wide)
        self._preset = material.Select(label="Preset", options={AS_IT_IS: "", **presets}, value="", **wide)
        self._search = material.AutocompleteInput(
            label="Add any other parameter", options=sorted(declared()), restrict=False, min_characters=1,
            search_strategy="includes", case_sensitive=False, value="", **wide,
        )  # fmt: skip
        self._about = pn.pane.HTML("", stylesheets=[CSS], sizing_mode="stretch_width", margin=(0, 12))
        self._problem = pn.pane.HTML("", visible=False, stylesheets=[CSS], sizing_mode="stretch_width")
        self._groups = material.Column(**WIDE)
        self._scenario.param.watch(self._source_chosen, "value")
        self._preset.param.watch(self._preset_chosen, "value")
        self._search.param.watch(self._searched, "value")
        self.box = material.Column(
            self._scenario, self._preset, self._about, self._problem, self._groups, self._search,
            sizing_mode="stretch_width", margin=(10, 0, 0, 0),
        )  # fmt: skip
        self._begin(source, like._texts if like else {})

    @property
    def source(self) -> str:
        """Name or file of the scenario that it changes."""
        return str(self._scenario.value)

    @property
    def title(self) -> str:
        """What it is: its scenario and what is changed."""
        return ", ".join([self.source, *_said(self.read.changes)])

    def over(self, worlds: int) -> tuple[str, Worlds]:
        """What it is over so many worlds, and these: what stands in the controls is so in each.

        Parameters
        ----------
        worlds : how many, each under a seed of its own. Unless a control says otherwise they are as small as in other
            studies of very many runs.
        """
        given = self.read.given
        small = self.read.scenario.vary({path: size for path, size in SMALL.items() if path not in given})
        draws = drawn(worlds, values_set(given))
        return ", ".join([self.source, *_said(given)]), replace(one_scenario(small, range(worlds)), draws=draws)

    def _source_chosen(self, event: Any) -> None:
        if not self._busy:
            self._begin(event.new, {})

    def _searched(self, event: Any) -> None:
        if event.new:
            self._add(event.new.strip())

    def _preset_chosen(self, event: Any) -> None:
        """Set up a preset; without one, the scenario as it is."""
        if self._busy:
            return
        name, preset = event.new, PRESETS.get(event.new)
        if preset is None:
            self._begin(self.source, {})
            return
        self._begin(preset.scenario, {path: text_of(path, value) for path, value in preset.changes.items()}, name)

    def _begin(self, source: str, texts: dict[str, str], preset: str = "") -> None:
        """Show the controls of a scenario, with some texts in them; a file may have changed since it was chosen."""
        try:
            base = load(source)
        except InputError as error:
            self._problem.param.update(object=problems_of([str(error)]), visible=True)
            return
        self._busy = True
        self._scenario.value, self._preset.value = source, preset
        self._reason = PRESETS[preset].reason if preset else ""
        self._busy = False
        self._base, self._texts, self._fields = base, dict(texts), {}
        self._chosen = {one.path: one for one in SHORT_LIST}
        self._chosen |= {path: added(path) for path in texts if path not in self._chosen}
        groups: dict[str, list[Any]] = {}
        for path, chosen in self._chosen.items():
            shown = control(chosen, apply(self._base, texts).scenario)
            if shown is not None:
                self._fields[path] = Field(shown, self._typed)
                groups.setdefault(chosen.group, []).append(self._fields[path].box)
        self._added = material.Column(*groups.pop("", []), sizing_mode="stretch_width", margin=(12, 0, 0, 0))
        cards = [(group, material.Column(*boxes, sizing_mode="stretch_width")) for group, boxes in groups.items()]
        accordion = material.Accordion(*cards, active=[0], dynamic=True, elevation=0, **WIDE)
        self._groups[:] = [accordion, self._added]
        self._refresh()

    def _add(self, path: str) -> None:
        """Add a control for a path that was searched for."""
        self._search.param.update(error_state=False, helper_text="")
        shown = control(added(path), self.read.scenario)
        if path in self._fields:
            self._search.param.update(helper_text=f"{path} is among the controls above")
        elif shown is None:
            known = f"{path}: the scenario as it is set up has no such parameter"
            text = known if path in declared() else str(InputError(unknown("parameter", path, declared())))
            self._search.param.update(error_state=True, helper_text=text.partition("; allowed")[0])
        else:
            self._chosen[path] = added(path)
            self._fields[path] = Field(shown, self._typed)
            self._added.append(self._fields[path].box)
            self._search.value = ""

    def _typed(self, path: str, text: str) -> None:
        self._texts[path] = text
        if not text.strip():
            del self._texts[path]
        self._refresh()

    def _refresh(self) -> None:
        """Apply what stands in the controls; show what that changes in others, and what is wrong."""
        self.read: Read = apply(self._base, self._texts)
        for path, field in self._fields.items():
            if path in self._texts:
                field.write(self._texts[path])
                field.say(self.read.problems.get(path, ""), path in self.read.problems)
            else:
                field.show(control(self._chosen[path], self.read.scenario))
        loose = [text for path, text in self.read.problems.items() if path not in self._fields]
        self._about.object = about(self._reason, _said(self.read.given))
        self._problem.param.update(object=problems_of(loose), visible=bool(loose))
        self._changed()


def _said(changes: Mapping[str, Any]) -> list[str]:
    """Changes in words."""
    return [f"{path} = {written(value)}" for path, value in changes.items()]
