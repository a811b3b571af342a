"""What comes from outside: asks the interventions through their hooks, and carries out the effects they name."""

from __future__ import annotations

from collections.abc import Iterable

from market.accounts.events import EventKind
from market.accounts.ledger import Account
from market.month.cash import book, dollars, pay_in
from market.month.firms import Firm, Lab
from market.month.state import State
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
    is_price,
)


def begin(state: State) -> None:
    """Let interventions whose month it is take effect, in the order of the scenario."""
    for one in state.settings.interventions:
        if one.month == state.month:
            _carry_out(state, one, one.begin(_situation(state)))


def settle(state: State) -> None:
    """Let interventions have their monthly effects, after the month's sales."""
    for one in state.in_force:
        _carry_out(state, one, one.settle(_situation(state)))


def suppresses(state: State, model: str) -> bool:
    """Whether the launch of a release (a flagship and its tiers) is suppressed this month."""
    return any(one.suppresses(model) for one in state.in_force)


def price(state: State, firm: Firm, model: str, decided: float | None) -> float | None:
    """Price at which a model is offered, $ per Mtok; None to leave it as it is.

    Parameters
    ----------
    state : the market.   firm, model : the developer, and the model's name.
    decided : the developer's decision, $ per Mtok; None if it decides nothing.

    Raises
    ------
    InputError
        If an intervention sets what is no price.
    """
    for one in state.in_force:
        asked = one.price(firm.name, model, state.month, decided)
        if asked is not None and asked != decided and not is_price(asked):
            raise InputError(f"interventions: {one.kind}: {shown(asked)} is no price of {model}")
        decided = asked
    return decided


def _carry_out(state: State, one: Intervention, effects: Iterable[Effect]) -> None:
    """Carry out effects one after another; who is gone is passed over, and with money who has not entered."""
    month = state.month
    for effect in effects:
        firm = _concerned(checked(effect, one), one, state.firms)
        if firm.gone is not None or (isinstance(effect, PayIn | Charge) and not firm.in_business(month)):
            continue
        match effect:
            case PayIn(_, amount, said):
                pay_in(state, firm, amount, month)
                _say(state, firm, amount, said or f"{firm.name} is paid {dollars(amount)} from outside")
            case Charge(_, amount, said):
                book(state, firm, Account.OVERHEAD, -amount, month)
                _say(state, firm, amount, said or f"{firm.name} is charged {dollars(amount)} from outside")
            case Notice(_, value, said):
                _say(state, firm, value, said)
            case NewRule(_, rule) if isinstance(firm, Lab):
                firm.change_rule(rule)
                said = f"{firm.name}'s {rule.family} becomes {rule.chosen}, from outside"
                state.journal.note(month, firm.name, EventKind.RULE_CHANGED, 0.0, said)


def _say(state: State, firm: Firm, value: float, said: str) -> None:
    state.journal.note(state.month, firm.name, EventKind.FROM_OUTSIDE, value, said)


def _situation(state: State) -> Situation:
    """What an intervention may know this month."""
    there = state.in_business
    return Situation(state.month, {firm.name: firm.cash for firm in there}, {firm.name: firm.revenue for firm in there})


def _concerned(effect: Effect, one: Intervention, firms: Iterable[Firm]) -> Firm:
    """Find the firm that an effect names; rules are labs' only."""
    what, name = ("lab", effect.lab) if isinstance(effect, NewRule) else ("firm", effect.firm)
    known = {firm.name: firm for firm in firms if what == "firm" or isinstance(firm, Lab)}
    if name not in known:
        raise InputError(f"interventions: {one.kind}: {unknown(what, name, known)}")
    return known[name]
