"""What comes from outside: asks the interventions through their hooks, and carries out the effects they name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from market.accounts.events import EventKind, Journal
from market.accounts.ledger import Account
from market.agents import Firm, Lab
from market.parameters import InputError, shown, unknown
from market.scenario.interventions import (
    Charge,
    Effect,
    Intervention,
    NewRule,
    Notice,
    PayIn,
    Situation,
    checked,
    in_force,
    is_price,
)
from market.treasury import Treasury, dollars


class Outside:
    """Stands between the interventions of a scenario and the market: effects go through treasury and journal only."""

    def __init__(self, interventions: Sequence[Intervention], treasury: Treasury, journal: Journal) -> None:
        self.interventions, self.treasury, self.journal = interventions, treasury, journal

    def begin(self, firms: Sequence[Firm], month: int) -> None:
        """Let interventions whose month it is take effect, in the order of the scenario."""
        for one in self.interventions:
            if one.month == month:
                self._carry_out(one, one.begin(_situation(firms, month)), firms, month)

    def settle(self, firms: Sequence[Firm], month: int) -> None:
        """Let interventions have their monthly effects, after the month's sales."""
        for one in in_force(self.interventions, month):
            self._carry_out(one, one.settle(_situation(firms, month)), firms, month)

    def suppresses(self, model: str, month: int) -> bool:
        """Whether the launch of a flagship (and its siblings) is suppressed this month."""
        return any(one.suppresses(model) for one in in_force(self.interventions, month))

    def price(self, firm: Firm, model: str, month: int, decided: float | None) -> float | None:
        """Price at which a model is offered, $ per Mtok; None to leave it as it is.

        Parameters
        ----------
        firm, model : the developer, and the model's name.
        month : this month.
        decided : the developer's decision, $ per Mtok; None if it decides nothing.

        Raises
        ------
        InputError
            If an intervention sets what is no price.
        """
        for one in in_force(self.interventions, month):
            decided = one.price(firm.name, model, month, decided)
            if decided is not None and not is_price(decided):
                raise InputError(f"interventions: {one.kind}: {shown(decided)} is no price of {model}")
        return decided

    def _carry_out(self, one: Intervention, effects: Iterable[Effect], firms: Sequence[Firm], month: int) -> None:
        """Carry out effects one after another; who has failed is passed over, and with money who has not started."""
        for effect in effects:
            firm = _concerned(checked(effect, one), one, firms)
            if firm.failed is not None or (isinstance(effect, PayIn | Charge) and month < firm.spec.first_start):
                continue
            match effect:
                case PayIn(_, amount, said):
                    self.treasury.pay_in(firm, amount, month)
                    self._say(firm, month, amount, said or f"{firm.name} is paid {dollars(amount)} from outside")
                case Charge(_, amount, said):
                    self.treasury.book(firm, Account.OVERHEAD, -amount, month)
                    self._say(firm, month, amount, said or f"{firm.name} is charged {dollars(amount)} from outside")
                case Notice(_, value, said):
                    self._say(firm, month, value, said)
                case NewRule(_, rule) if isinstance(firm, Lab):
                    firm.change_rule(rule)
                    said = f"{firm.name}'s {rule.family} becomes {rule.chosen}, from outside"
                    self.journal.note(month, firm.name, EventKind.RULE_CHANGED, 0.0, said)

    def _say(self, firm: Firm, month: int, value: float, said: str) -> None:
        self.journal.note(month, firm.name, EventKind.FROM_OUTSIDE, value, said)


def _situation(firms: Iterable[Firm], month: int) -> Situation:
    """What an intervention may know this month."""
    there = [firm for firm in firms if firm.failed is None and month >= firm.spec.first_start]
    return Situation(month, {firm.name: firm.cash for firm in there}, {firm.name: firm.revenue for firm in there})


def _concerned(effect: Effect, one: Intervention, firms: Iterable[Firm]) -> Firm:
    """Find the firm that an effect names; rules are labs' only."""
    what, name = ("lab", effect.lab) if isinstance(effect, NewRule) else ("firm", effect.firm)
    known = {firm.name: firm for firm in firms if what == "firm" or isinstance(firm, Lab)}
    if name not in known:
        raise InputError(f"interventions: {one.kind}: {unknown(what, name, known)}")
    return known[name]
