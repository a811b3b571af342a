"""Settling: sales, overhead and funding are booked, and who is left without cash fails."""

from __future__ import annotations

from collections.abc import Sequence

from market.accounts.events import EventKind
from market.accounts.ledger import HOSTS, Account
from market.month import outside
from market.month.cash import book, close_month
from market.month.clear import Sale
from market.month.participate import leave
from market.month.state import State


def settle(state: State, sales: Sequence[Sale]) -> None:
    """Book revenue, serving cost and overhead; settle cash; fund shortfalls; let go who has no cash or no business."""
    for firm in state.firms:
        firm.revenue = firm.contribution = 0.0
        firm.earned = {}
    for sale in sales:
        _sell(state, sale)
    outside.settle(state)
    for firm in state.in_business:
        overhead = firm.spec.overhead * firm.revenue + firm.spec.fixed_overhead
        book(state, firm, Account.OVERHEAD, -overhead, state.month)
    close_month(state)
    leave(state)
    in_business = any(lab.gone is None for lab in state.labs if lab.entered is not None)
    if any(lab.failed == state.month for lab in state.labs) and not in_business:
        said = "every lab has failed"
        state.journal.note(state.month, "market", EventKind.ALL_LABS_FAILED, len(state.labs), said)


def _sell(state: State, sale: Sale) -> None:
    """Book what a seller sold of a model."""
    name, revenue, serving = sale.model.name, sale.tokens * sale.price, sale.serving
    if sale.seller is not None:
        book(state, sale.seller, Account.REVENUE, revenue, state.month, name)
        book(state, sale.seller, Account.SERVING, -serving, state.month, name)
        sale.seller.revenue += revenue
        sale.seller.contribution += revenue - serving
        sale.seller.earned[name] = revenue - serving
    elif revenue > 0:
        state.ledger.post(state.month, HOSTS, Account.REVENUE, revenue, name)
        state.ledger.post(state.month, HOSTS, Account.SERVING, -serving, name)
