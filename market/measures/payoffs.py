"""What a firm pays to all who put money in, up to a close: in cash, running off, and sold to the capital market."""

from __future__ import annotations

import pandas as pd

from market.economics.capital import run_rate, valuation
from market.measures.overtaken import monthly
from market.tables import Run

CASH, RUNNING_OFF, VALUED = "cash to the close", "and running off", "cash and valuation"
BEFORE_RESEARCH = "  before research, too"
PAYOFFS = (CASH, "  before research", RUNNING_OFF, BEFORE_RESEARCH, VALUED)
"""What `payoffs` counts as a payoff; running off is what comes in between the close and the horizon."""

TRAINING, RUN_RATE = "training", "run-rate revenue at the close"


def payoffs(run: Run, firm: str, since: int, close: int) -> dict[str, float]:
    """What a firm is worth to all who put money in, seen from a month, $bn of that month.

    Parameters
    ----------
    run, firm : whose firm.
    since : month from which it is counted, and to which it is discounted.   close : month up to which cash counts.

    Returns
    -------
    dict
        The `PAYOFFS`, of which the last adds to the cash what the capital market would pay for the firm at the close;
        what it trained for up to then; and its run-rate revenue at the close.
    """
    table = monthly(run, firm)
    table["before"], sales = table["result"] + table["research"], table["revenue"].loc[: close - 1].tolist()
    now = pd.Series((1 + run.scenario.discount_rate) ** ((since - table.index) / 12) / 1e9, table.index)
    values = table.mul(now, axis=0).loc[since:]
    early, whole, then = values.loc[: close - 1].sum(), values.sum(), now[close] if sales[-1] > 0 else 0.0
    sold = early["result"] + valuation(run.scenario.capital, sales) * then
    worth = (early["result"], early["before"], whole["result"], whole["before"], sold)
    return dict(zip(PAYOFFS, worth, strict=True)) | {TRAINING: early["training"], RUN_RATE: run_rate(sales) * then}


def contribution_after(run: Run, firm: str, costs: list[str]) -> float:
    """Contribution of a firm less some costs over the whole run, $bn; what is still in training counts as spent."""
    own = run.companies[run.companies["firm"] == firm]
    return float(own["contribution"].sum() - own[costs].sum().sum()) / 1e9
