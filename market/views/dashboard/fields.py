"""Controls as widgets of Panel: a field for the value, a slider, a message beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as material

from market.views.dashboard.controls import Control, shortest

Changed = Callable[[str, str], None]

ONLY_FOR_READERS = {"& .MuiFormLabel-root": {"display": "none"}}
"""A slider stands below the field of the same name: its own is for screen readers."""


class Field:
    """One control on the page.

    Parameters
    ----------
    control : what it shows first.   changed : called as ``changed(path, text)`` when somebody changes it.

    Attributes
    ----------
    box : what stands on the page.
    """

    def __init__(self, control: Control, changed: Changed) -> None:
        self.path, self.kind, self._changed, self._showing = control.path, control.kind, changed, False
        self._slider: Any = None
        label = control.label
        how: Any = {"label": label, "size": "small", "description": control.help, "sizing_mode": "stretch_width"}
        if control.kind == "choice":
            self.widget = material.Select(options=[*control.choices], **how)
        else:
            self.widget = material.TextInput(**how)
        self.widget.param.watch(self._typed, "value")
        self.box = material.Column(self.widget, sizing_mode="stretch_width", margin=0)
        if control.low is not None and control.high is not None:
            self._slider = material.FloatSlider(
                label=label, start=control.low, end=control.high, step=control.step, value=control.middle, size="small",
                show_value=False, sx=ONLY_FOR_READERS, sizing_mode="stretch_width", margin=(-10, 14, 2, 14),
            )  # fmt: skip
            self._slider.param.watch(self._slid, "value_throttled")
            self.box.append(self._slider)
        self.show(control)

    def show(self, control: Control | None) -> None:
        """Show the value that a scenario has; nothing if it has no such parameter."""
        self.box.visible = control is not None
        if control is None:
            return
        self._showing = True
        if control.kind != "choice":
            self.widget.value = control.text
        else:  # a choice that differs between firms is none of those there are
            self.widget.options = [*control.choices] if control.text else ["", *control.choices]
            self.widget.value = control.text
        if self._slider is not None:
            self._slider.value = control.middle
        self._showing = False
        self.say(control.differs)

    def write(self, text: str) -> None:
        """Show a text that was not typed here."""
        self._showing = True
        if self.kind == "choice" and text not in self.widget.options:
            self.widget.options = [*self.widget.options, text]
        self.widget.value = text
        self._move(text)
        self._showing = False

    def say(self, note: str, wrong: bool = False) -> None:
        """Write a note below the field; red if something is wrong."""
        self.widget.param.update(error_state=wrong, helper_text=note)

    def _typed(self, event: Any) -> None:
        if not self._showing:
            self._showing = True
            self._move(event.new)
            self._showing = False
            self._changed(self.path, str(event.new))

    def _slid(self, event: Any) -> None:
        if not self._showing:
            value = round(event.new, 10)
            self.widget.value = str(round(value)) if self.kind == "whole" else shortest(float(value))

    def _move(self, text: str) -> None:
        """Move the slider to a number that was written, as far as it goes."""
        if self._slider is not None:
            try:
                self._slider.value = min(max(float(text), self._slider.start), self._slider.end)
            except ValueError:
                return
