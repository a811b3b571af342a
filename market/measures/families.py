"""What each family of the labs returned: so far, if sales go on, and between which bounds its releases did."""

from __future__ import annotations

import pandas as pd

from market.measures.readings import closed, held
from market.tables import Run
from market.tables.run import once

OVER = ("training", "full_rd")
"""What contribution is held against: training, and training with research."""


@once
def returns(run: Run) -> pd.DataFrame:
    """Multiples of the labs' families that have been released, or were given up, by firm and generation.

    Returns
    -------
    DataFrame
        family, firm, generation, complete; month, of its release, or in which that was due if it was given up; and for
        each of `OVER`, as `…_training` and `…_full_rd`: so_far; if_held, the same if each month left of what is on sale
        earned like the last, and so_far where nothing is on sale; low and high, the least and the most that any release
        of it returned under any allocation of its base, NaN where no release bore anything.
    """
    families, known = closed(run.families), closed(run.releases)
    families = families[families["released"].notna() | families["complete"]]
    due = families["started"] + run.scenario.technology.training_months
    table = families[["family", "firm", "generation", "complete"]].assign(
        month=families["released"].astype("Float64").fillna(due).astype("int64")
    )
    later = families["contribution"] + held(run, families).fillna(0.0)
    for over, suffix in zip(OVER, ("", "_full_rd"), strict=True):
        costs = families["training"] + (families["research"] if suffix else 0.0)
        bounds = known.groupby("family")[[f"multiple{suffix}_low", f"multiple{suffix}_high"]]
        table[f"so_far_{over}"] = families["contribution"] / costs.where(costs > 0)
        table[f"if_held_{over}"] = later / costs.where(costs > 0)
        table[f"low_{over}"] = bounds.min().iloc[:, 0].reindex(families["family"]).to_numpy()
        table[f"high_{over}"] = bounds.max().iloc[:, 1].reindex(families["family"]).to_numpy()
    return table.reset_index(drop=True)
