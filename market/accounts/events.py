"""What is worth telling: a closed list of event kinds, and the journal they are written in."""

from __future__ import annotations

from enum import StrEnum

from market.accounts.rows import Rows
from market.schemas import Column, recorded

EVENTS = recorded(
    "events",
    "What is worth telling, in the order in which it happened.",
    (
        Column("month", "month", "when it happened, counted from the start", "int64"),
        Column("firm", "", "whom it happened to; `market` if it is nobody's alone", "str"),
        Column("model", "", "the model concerned, if it is about one", "str"),
        Column("kind", "", "what happened, such as released, repriced, raised or failed", "str"),
        Column("value", "as detail says", "its number: dollars, a price in $ per Mtok, points, or how many"),
        Column("detail", "", "the same in words", "str"),
    ),
)


class EventKind(StrEnum):
    """Everything that can happen. Adding a kind is adding a line here."""

    ENTERED = "entered"
    TRAINING_STARTED = "training_started"
    UPDATE_STARTED = "update_started"
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
    STOPPED = "stopped"
    LEFT = "left"
    RAISED = "raised"
    REFUSED = "refused"
    FAILED = "failed"
    ABANDONED = "abandoned"
    ALL_LABS_FAILED = "all_labs_failed"


class Journal:
    """Events in the order of the months and, within a month, of the firms' keys."""

    def __init__(self) -> None:
        self.rows = Rows(EVENTS)

    def note(self, month: int, firm: str, kind: EventKind, value: float, detail: str, model: str | None = None) -> None:
        """Write down one event.

        Parameters
        ----------
        month, firm : when, and whose event it is; "market" for everybody's.
        kind : what happened.
        value : its number: dollars, a price, points.
        detail : what happened in words.   model : the model it concerns, if one.
        """
        self.rows.add(month, firm, model, kind.value, float(value), detail)
