"""Cash: what is booked, what comes in from outside, and who is left without any."""

from __future__ import annotations

import math

from market.accounts.events import EventKind
from market.accounts.ledger import Account
from market.economics.capital import Grant, grant
from market.month.firms import Firm
from market.month.sight import highest, in_kind, standing, view
from market.month.state import State

RD = (Account.TRAINING, Account.RESEARCH)
"""Accounts of R&D, part of which outsiders pay in kind."""


def book(state: State, firm: Firm, account: Account, amount: float, month: int, model: str | None = None) -> None:
    """Post one amount, which moves the firm's cash at the end of the month. Nothing is posted for nothing.

    Parameters
    ----------
    state : the market.   firm : who is paid or pays.   account : an account of the ledger.
    amount : dollars, cash-signed.   month : month index.   model : the model it was spent on or earned by, if one.
    """
    if amount != 0:
        state.ledger.post(month, firm.name, account, amount, model)
        firm.month_cash += amount
        if account in RD:
            firm.month_rd -= amount


def pay_in(state: State, firm: Firm, amount: float, month: int) -> None:
    """Put money from outside into a firm's cash, at once. Nothing is posted for nothing.

    Parameters
    ----------
    state : the market.   firm : who is paid.   amount : dollars.   month : month index.
    """
    if amount > 0:
        state.ledger.post(month, firm.name, Account.FUNDING, amount)
        firm.cash += amount


def fund_start(state: State, firm: Firm, month: int) -> None:
    """Close a month before the start: founders' money covers it exactly, whatever the funding rule."""
    firm.close_cash()
    pay_in(state, firm, max(0.0, -firm.cash), month)


def close_month(state: State) -> None:
    """Close the month's cash, let all firms ask for funding, then pay in what is granted; who has none left fails."""
    for firm in state.alive:
        book(state, firm, Account.FUNDING, in_kind(state, firm) * firm.month_rd, state.month)
        firm.close_cash()
        if firm.in_business(state.month):
            firm.keep_record()
    frontier = highest(model for _, model in state.on_sale)
    asking = [(firm, view(state, firm, "funding")) for firm in state.alive]
    asked = [firm.spec.funding.decide(seen) for firm, seen in asking]
    for (firm, seen), amount in zip(asking, asked, strict=True):
        _fund(state, firm, amount, seen.runway, frontier)


def _fund(state: State, firm: Firm, asked: float, runway: float, frontier: float) -> None:
    """Pay in what a firm is granted of what it asks for; let it fail if its cash does not suffice.

    Parameters
    ----------
    state, firm : the market, and who asks.   asked : dollars.
    runway : months that its cash lasts before the raise.   frontier : the highest capability on sale, points.
    """
    given = Grant()
    if asked > 0:
        if firm.spec.funding.endless:
            given = Grant(asked)
        else:
            given = grant(state.settings.capital, asked, standing(state, firm, frontier))
        pay_in(state, firm, given.amount, state.month)
        if given.amount > 0 and not firm.spec.funding.endless:
            _say_raised(state, firm, given, runway)
    if given.refusal and given.refusal != firm.refusal:
        said = f"{firm.name} gets no money: {given.refusal}"
        state.journal.note(state.month, firm.name, EventKind.REFUSED, asked, said)
    firm.refusal = given.refusal
    if firm.cash < 0:
        _fail(state, firm, given, standing(state, firm, frontier).behind)


def _say_raised(state: State, firm: Firm, given: Grant, runway: float) -> None:
    firm.last_raise = state.month
    price = "on its promise" if math.isnan(given.exit_multiple) else f"at {given.exit_multiple:.0f}x run-rate"
    said = f"{firm.name} raised {dollars(given.amount)} {price}, {runway:.0f} months of runway"
    state.journal.note(state.month, firm.name, EventKind.RAISED, given.amount, said)


def _fail(state: State, firm: Firm, given: Grant, behind: float) -> None:
    """Abandon what is in training and say why; what is on sale is withdrawn next month."""
    firm.failed = month = state.month
    place = "without a model" if behind == math.inf else f"{behind:.0f} points behind"
    because = f" ({given.refusal})" if given.refusal else ""
    said = f"{firm.name} failed: no raise{because}, {place if behind > 0 else 'at the frontier'}"
    state.journal.note(month, firm.name, EventKind.FAILED, firm.cash, said)
    for run in list(firm.runs):
        firm.shelve(run)
        said = f"{run.name} is abandoned in training"
        state.journal.note(month, firm.name, EventKind.ABANDONED, run.cost, said, run.name)


def dollars(amount: float) -> str:
    """An amount as a headline writes it: $12.0bn, $340M."""
    return f"${amount / 1e9:,.1f}bn" if amount >= 1e9 else f"${amount / 1e6:,.0f}M"
