"""From generation to generation: what each returned, what its successor sold and cost, and for how long that holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.calendar import Period
from market.measures.claims import successions
from market.measures.outcomes import outcome
from market.measures.readings import complete_lives, due_in, flagships, geometric_mean, pooled, ratio_of_sums, with_next
from market.tables import Run

COLUMNS = (
    "lives", "left_out", "multiple", "multiple_full_rd", "cost_step", "revenue_step", "per_next_training",
    "per_next_full_rd",
)  # fmt: skip

IN_A_ROW = {"twice their training": ("multiple", 2.0), "all their R&D": ("multiple_full_rd", 1.0)}
"""What generations may return one after the other: a column of `by_generation`, and its least."""

CONTRIBUTION_OVER = {
    "multiple": "its training (the multiple)", "multiple_full_rd": "its full R&D",
    "per_next_training": "the training of the next", "per_next_full_rd": "the full R&D of the next",
}  # fmt: skip
"""What the contribution of a generation is held against: columns of `by_generation`, and what they are over."""

STEP = "cost of a generation over the last one's"


def by_generation(models: pd.DataFrame) -> pd.DataFrame:
    """Read the labs' flagships generation by generation, all labs together.

    Ratios are of sums over complete lives, so that a model that earned nothing counts.

    Parameters
    ----------
    models : the model P&L.

    Returns
    -------
    DataFrame
        Generation as index; lives; left_out, flagships without a complete life; multiple and multiple_full_rd;
        cost_step and revenue_step, training and revenue of the successor over its own, where both lives are complete;
        per_next_training and per_next_full_rd, contribution over what the successor cost, if that was released. NaN
        where there is no such life or pair.
    """
    lives = with_next(complete_lives(models), models)
    for when in ("", "_next"):
        lives[f"full_rd{when}"] = lives[f"training{when}"] + lives[f"research{when}"]
    born = flagships(models)["generation"].value_counts()
    table = {}
    for generation in sorted(born.index):
        part = lives[lives["generation"] == generation]
        paid, both = part[part["released_next"].notna()], part[part["complete_next"].eq(True)]
        table[generation] = (
            len(part),
            int(born[generation]) - len(part),
            ratio_of_sums(part, "contribution", "training"),
            ratio_of_sums(part, "contribution", "full_rd"),
            ratio_of_sums(both, "training_next", "training"),
            ratio_of_sums(both, "revenue_next", "revenue"),
            ratio_of_sums(paid, "contribution", "training_next"),
            ratio_of_sums(paid, "contribution", "full_rd_next"),
        )
    return pd.DataFrame.from_dict(table, orient="index", columns=list(COLUMNS)).rename_axis("generation")


def steps(run: Run) -> dict[str, float]:
    """What labs' models cost and gain from one generation to the next, up to the sixth; what complete lives return."""
    models = run.models[run.models["firm"].isin(run.scenario.labs)]
    means = models[models["released"].notna()].groupby("generation")[["training", "capability"]].mean()[:6]
    dearer = means["training"].pct_change().add(1).dropna()
    over = models[models["complete"]]
    return {
        STEP: float(np.exp(np.log(dearer).mean())),
        "points gained per generation": float(means["capability"].diff().mean()),
        "multiple on training, complete lives": pooled(over),
        "multiple on full R&D, complete lives": pooled(over, full_rd=True),
        "typical multiple on training": geometric_mean(over["multiple"]),
        "complete lives": len(over),
        "of these earned nothing": int((over["contribution"] <= 0).sum()),
        "left out": len(models) - len(over),
    }


def in_a_row(table: pd.DataFrame, column: str, level: float) -> float:
    """How many generations in a row reach a level; NaN if there is none to begin with.

    Counted from the first of which every lab has a complete life: of earlier ones only what the last labs to enter
    released after the start.

    Parameters
    ----------
    table : as `by_generation` gives it.
    """
    whole = table.index[table["left_out"] == 0]
    return float((table.loc[whole[0] :, column] >= level).cummin().sum()) if len(whole) else float("nan")


def returned(run: Run) -> pd.DataFrame:
    """`by_generation` of a run and, in each row again, what is said of all: `IN_A_ROW`, and elasticity of revenue."""
    table = by_generation(run.models)
    rows = {name: in_a_row(table, column, level) for name, (column, level) in IN_A_ROW.items()}
    return table.reset_index().assign(**rows, elasticity=revenue_elasticity(run))


@outcome(unit="number", on_request=True)
def generations_returning_twice(run: Run, period: Period) -> float:
    """Generations in a row, from the first that is complete, that return twice their training (claim 13)."""
    return in_a_row(by_generation(due_in(run, run.models, period)), "multiple", 2.0)


@outcome(unit="exponent", on_request=True)
def revenue_elasticity(run: Run, period: Period) -> float:
    """Log revenue over log cost, from generation to generation; 0.301 doubles revenue per tenfold cost (claim 14).

    Steps from or to a generation that sold nothing have no logarithm, and are left out.
    """
    steps = by_generation(due_in(run, run.models, period))[["cost_step", "revenue_step"]].dropna()
    cost, revenue = np.log(steps[(steps > 0).all(axis=1)]).sum()
    return float(revenue / cost) if cost != 0 else float("nan")


@outcome(unit="x", on_request=True)
def contribution_per_next_full_rd(run: Run, period: Period) -> float:
    """Contribution of flagships with complete lives over their successors' full R&D, if released (claim 16)."""
    pairs = successions(run, period)
    return ratio_of_sums(pairs.assign(full=pairs["training_next"] + pairs["research_next"]), "contribution", "full")
