"""What is worth telling: a closed list of event kinds, and the journal they are written in."""

from __future__ import annotations

from enum import StrEnum

import pandas as pd

COLUMNS = ("month", "firm", "model", "kind", "value", "detail")


class EventKind(StrEnum):
    """Everything that can happen. Adding a kind is adding a line here."""

    TRAINING_STARTED = "training_started"
    RELEASED = "released"
    LAUNCH_SUPPRESSED = "launch_suppressed"
    RULE_CHANGED = "rule_changed"
    FROM_OUTSIDE = "from_outside"
    RETIRED = "retired"
    PRICED_AT_LAUNCH = "priced_at_launch"
    REPRICED = "repriced"
    NO_DEMAND = "no_demand"
    NOT_CONVERGED = "not_converged"
    LIMIT_STRUCK = "limit_struck"
    RAISED = "raised"
    REFUSED = "refused"
    FAILED = "failed"
    ABANDONED = "abandoned"
    ALL_LABS_FAILED = "all_labs_failed"


class Journal:
    """Events in the order of the months and, within a month, of the firms' keys."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, str, str | None, str, float, str]] = []

    def note(self, month: int, firm: str, kind: EventKind, value: float, detail: str, model: str | None = None) -> None:
        """Write down one event.

        Parameters
        ----------
        month, firm : when, and whose event it is; "market" for everybody's.
        kind : what happened.
        value : its number: dollars, a price, points.
        detail : what happened in words.   model : the model it concerns, if one.
        """
        self._rows.append((month, firm, model, kind.value, float(value), detail))

    def frame(self) -> pd.DataFrame:
        """All events as a table with the columns month, firm, model, kind, value, detail."""
        columns = list(zip(*self._rows, strict=True)) if self._rows else [()] * 6
        types = ("int64", "str", "str", "str", "float64", "str")
        return pd.DataFrame({name: pd.Series(c, dtype=t) for name, c, t in zip(COLUMNS, columns, types, strict=True)})
