"""Cash: what is booked, what comes in from outside, and who is left without any."""

from __future__ import annotations

import math

from market.accounts.events import EventKind, Journal
from market.accounts.ledger import Account, Ledger
from market.agents import Firm
from market.briefing import Briefing
from market.economics.capital import Grant, Standing, grant
from market.economics.technology import model_name
from market.scenario.schema import Scenario


class Treasury:
    """Keeps the firms' cash beside the ledger.

    Parameters
    ----------
    settings : the scenario.   ledger, journal : what is written.   briefing : what firms know when they ask.
    """

    def __init__(self, settings: Scenario, ledger: Ledger, journal: Journal, briefing: Briefing) -> None:
        self.settings, self.ledger, self.journal, self.briefing = settings, ledger, journal, briefing

    def book(self, firm: Firm, account: Account, amount: float, month: int, model: str | None = None) -> None:
        """Post one amount, which moves the firm's cash at the end of the month. Nothing is posted for nothing.

        Parameters
        ----------
        firm : who is paid or pays.   account : an account of the ledger.   amount : dollars, cash-signed.
        month : month index.   model : the model it was spent on or earned by, if one.
        """
        if amount != 0:
            self.ledger.post(month, firm.name, account, amount, model)
            firm.month_cash += amount
            if account in (Account.TRAINING, Account.RESEARCH):
                firm.month_rd -= amount

    def fund_start(self, firm: Firm, month: int) -> None:
        """Close a month before the start: founders' money covers it exactly, whatever the funding rule."""
        firm.close_cash()
        self.pay_in(firm, max(0.0, -firm.cash), month)

    def close_month(self, firm: Firm, frontier: float) -> None:
        """Pay in kind what costs no cash, close the month, ask for funding, and let a firm that has no cash left fail.

        `frontier` is the highest capability on sale, points.
        """
        month = self.briefing.month
        self.book(firm, Account.FUNDING, self.briefing.in_kind(firm) * firm.month_rd, month)
        firm.close_cash()
        if month >= firm.spec.first_start:
            firm.keep_record()
        view = self.briefing.view(firm, "funding")
        asked = firm.spec.funding.decide(view)
        behind = max(0.0, frontier - view.best) if frontier > -math.inf else 0.0
        given = Grant()
        if asked > 0:
            given = Grant(asked) if firm.spec.funding.endless else self._grant(firm, asked, behind)
            self.pay_in(firm, given.amount, month)
            if given.amount > 0 and not firm.spec.funding.endless:
                self._say_raised(firm, given, view.runway)
        if given.refusal and given.refusal != firm.refusal:
            said = f"{firm.name} gets no money: {given.refusal}"
            self.journal.note(month, firm.name, EventKind.REFUSED, asked, said)
        firm.refusal = given.refusal
        if firm.cash < 0:
            self._fail(firm, given, behind)

    def pay_in(self, firm: Firm, amount: float, month: int) -> None:
        """Put money from outside into a firm's cash, at once. Nothing is posted for nothing."""
        if amount > 0:
            self.ledger.post(month, firm.name, Account.FUNDING, amount)
            firm.cash += amount

    def _grant(self, firm: Firm, asked: float, behind: float) -> Grant:
        month = self.briefing.month
        shut = self.briefing.capital_shut(firm)
        firm_now = Standing(month, firm.last_raise, firm.sales, behind, max(0.0, -firm.cash), shut)
        return grant(self.settings.capital, asked, firm_now)

    def _say_raised(self, firm: Firm, given: Grant, runway: float) -> None:
        firm.last_raise = month = self.briefing.month
        price = "on its promise" if math.isnan(given.exit_multiple) else f"at {given.exit_multiple:.0f}x run-rate"
        said = f"{firm.name} raised {dollars(given.amount)} {price}, {runway:.0f} months of runway"
        self.journal.note(month, firm.name, EventKind.RAISED, given.amount, said)

    def _fail(self, firm: Firm, given: Grant, behind: float) -> None:
        """Abandon what is in training and say why; what is on sale is withdrawn next month."""
        month = self.briefing.month
        firm.failed = month
        place = "without a model" if behind == math.inf else f"{behind:.0f} points behind"
        because = f" ({given.refusal})" if given.refusal else ""
        said = f"{firm.name} failed: no raise{because}, {place if behind > 0 else 'at the frontier'}"
        self.journal.note(month, firm.name, EventKind.FAILED, firm.cash, said)
        for run in list(firm.runs):
            name = model_name(firm.name, run.generation, "flagship")
            firm.shelve(run)
            said = f"{name} is abandoned in training"
            self.journal.note(month, firm.name, EventKind.ABANDONED, run.cost, said, name)


def dollars(amount: float) -> str:
    """An amount as a headline writes it: $12.0bn, $340M."""
    return f"${amount / 1e9:,.1f}bn" if amount >= 1e9 else f"${amount / 1e6:,.0f}M"
