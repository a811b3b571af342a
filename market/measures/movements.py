"""Who took customers from whom: what customers paid to the model that they left, by where they went."""

from __future__ import annotations

import pandas as pd

from market.tables import Run

PLACES = ("outside", "entry")
"""Where customers come from and go to that is no model."""


def between_models(run: Run, most: int) -> pd.DataFrame:
    """What customers that moved from one model to another had paid the month before, dollars, over the whole run.

    Parameters
    ----------
    most : models at most: those from and to which most was moved.

    Returns
    -------
    DataFrame
        The model left as index, the one gone to as columns, both by firm and generation; NaN where nobody moved.
    """
    flows = run.flows
    moved = flows[(flows["origin"] != flows["destination"]) & ~flows["origin"].isin(PLACES)]
    moved = moved[~moved["destination"].isin(PLACES) & (moved["revenue_before"] > 0)]
    size = (
        moved.groupby("origin")["revenue_before"]
        .sum()
        .add(moved.groupby("destination")["revenue_before"].sum(), fill_value=0.0)
    )
    kept = set(size.sort_values(ascending=False, kind="stable").index[:most])
    firms = {firm: place for place, firm in enumerate(run.scenario.firms)}
    order = run.models[run.models["model"].isin(kept)]
    order = order.sort_values(
        ["firm", "generation"], key=lambda c: c.map(firms) if c.name == "firm" else c, kind="stable"
    )
    table = moved.pivot_table(index="origin", columns="destination", values="revenue_before", aggfunc="sum")
    names = order["model"].tolist()
    return table.reindex(index=names, columns=names)
