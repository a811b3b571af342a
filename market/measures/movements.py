"""Who took customers from whom: what customers paid to the model that they left, by where they went."""

from __future__ import annotations

import pandas as pd

from market.economics.technology import FLAGSHIP
from market.tables import Run

PLACES = ("outside", "entry")
"""Where customers come from and go to that is no model."""


BY = ("family", "tier", "model")
"""What models can be put together by: their family, their firm's tier, or not at all."""


def between(run: Run, most: int, by: str = "family") -> tuple[pd.DataFrame, list[str]]:
    """What customers that moved had paid the month before, dollars, over the whole run: from one group to another.

    Parameters
    ----------
    most : groups at most: those from and to which most was moved.
    by : "family", so that moves to an update or another tier stay within the group; "tier" of a firm; or "model".

    Returns
    -------
    DataFrame
        The group left as index, the one gone to as columns, both by firm and generation; NaN where nobody moved.
    list
        The firm of each.
    """
    models = run.models
    if by == "tier":
        flagship = models["line"] == FLAGSHIP
        models = models.assign(tier=models["firm"].where(flagship, models["firm"] + "-" + models["line"]))
    flows = run.flows
    moved = flows[(flows["origin"] != flows["destination"]) & ~flows["origin"].isin(PLACES)]
    moved = moved[~moved["destination"].isin(PLACES) & (moved["revenue_before"] > 0)]
    group = models.set_index("model")[by] if by != "model" else pd.Series(models["model"].array, models["model"])
    moved = moved.assign(origin=moved["origin"].map(group), destination=moved["destination"].map(group))
    size = (
        moved.groupby("origin")["revenue_before"]
        .sum()
        .add(moved.groupby("destination")["revenue_before"].sum(), fill_value=0.0)
    )
    kept = set(size.sort_values(ascending=False, kind="stable").index[:most])
    firms = {firm: place for place, firm in enumerate(run.scenario.firms)}
    order = models[models[by].isin(kept)].drop_duplicates(by)
    order = order.sort_values(
        ["firm", "generation"], key=lambda c: c.map(firms) if c.name == "firm" else c, kind="stable"
    )
    table = moved.pivot_table(index="origin", columns="destination", values="revenue_before", aggfunc="sum")
    names = order[by].tolist()
    return table.reindex(index=names, columns=names), order["firm"].tolist()
