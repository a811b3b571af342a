"""From generation to generation: what each returned, what its successor sold and cost, and for how long that holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.calendar import Period
from market.measures import releases as by_release
from market.measures.claims import successions
from market.measures.outcomes import outcome
from market.measures.readings import closed, complete_lives, due_in, geometric_mean, pooled, ratio_of_sums, with_next
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

RELEASES = {"twice_low": "under every allocation", "twice_high": "under some allocation"}
"""Share of a generation's releases that return twice their training: columns of `releases_by_generation`, in words."""

STEP = "cost of a generation over the last one's"


def by_generation(families: pd.DataFrame) -> pd.DataFrame:
    """Read the labs' families generation by generation, all labs together.

    Ratios are of sums over complete lives, so that a family that earned nothing counts.

    Parameters
    ----------
    families : the family P&L.

    Returns
    -------
    DataFrame
        Generation as index; lives; left_out, families without a complete life; multiple and multiple_full_rd;
        cost_step and revenue_step, training and revenue of the successor over its own, where both lives are complete;
        per_next_training and per_next_full_rd, contribution over what the successor cost, if that was released. NaN
        where there is no such life or pair.
    """
    lives = with_next(complete_lives(families), families)
    for when in ("", "_next"):
        lives[f"full_rd{when}"] = lives[f"training{when}"] + lives[f"research{when}"]
    born = closed(families)["generation"].value_counts()
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


def releases_by_generation(releases: pd.DataFrame) -> pd.DataFrame:
    """Read labs' complete releases by the generation of their base, which is borne in one way or another.

    Parameters
    ----------
    releases : the table of a run.

    Returns
    -------
    DataFrame
        Generation as index; `RELEASES`, the share that returns twice what it bears of training at most, and at least.
    """
    over = complete_lives(releases)
    paid = {name: by_release.returned(over, bound, 2.0) for name, bound in zip(RELEASES, ("high", "low"), strict=True)}
    return pd.DataFrame(paid).groupby(over["generation"]).mean()


def steps(run: Run) -> dict[str, float]:
    """What labs' families cost and gain from one generation to the next, up to the sixth; what complete lives return.

    Points are those of the bases.
    """
    families = run.families[run.families["firm"].isin(run.scenario.labs)]
    means = families[families["released"].notna()].groupby("generation")[["training", "capability"]].mean()[:6]
    dearer = means["training"].pct_change().add(1).dropna()
    over = families[families["complete"]]
    return {
        STEP: float(np.exp(np.log(dearer).mean())),
        "points gained per generation": float(means["capability"].diff().mean()),
        "multiple on training, complete lives": pooled(over),
        "multiple on full R&D, complete lives": pooled(over, full_rd=True),
        "typical multiple on training": geometric_mean(over["multiple"]),
        "complete lives": len(over),
        "of these earned nothing": int((over["contribution"] <= 0).sum()),
        "left out": len(families) - len(over),
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
    """Families and releases of a run by generation; in each row again what is said of all.

    That is `IN_A_ROW`, of families, and the elasticity of their revenue.
    """
    table = by_generation(run.families)
    rows = {name: in_a_row(table, column, level) for name, (column, level) in IN_A_ROW.items()}
    table = table.join(releases_by_generation(run.releases))
    return table.reset_index().assign(**rows, elasticity=revenue_elasticity(run))


@outcome(unit="number", on_request=True)
def generations_returning_twice(run: Run, period: Period) -> float:
    """Generations in a row, from the first that is complete, that return twice their training (claim 13)."""
    return in_a_row(by_generation(due_in(run, run.families, period)), "multiple", 2.0)


@outcome(unit="exponent", on_request=True)
def revenue_elasticity(run: Run, period: Period) -> float:
    """Log revenue over log cost, from generation to generation; 0.301 doubles revenue per tenfold cost (claim 14).

    Steps from or to a generation that sold nothing have no logarithm, and are left out.
    """
    steps = by_generation(due_in(run, run.families, period))[["cost_step", "revenue_step"]].dropna()
    cost, revenue = np.log(steps[(steps > 0).all(axis=1)]).sum()
    return float(revenue / cost) if cost != 0 else float("nan")


@outcome(unit="x", on_request=True)
def contribution_per_next_full_rd(run: Run, period: Period) -> float:
    """Contribution of families with complete lives over the next ones' full R&D, if released (claim 16)."""
    pairs = successions(run, period)
    return ratio_of_sums(pairs.assign(full=pairs["training_next"] + pairs["research_next"]), "contribution", "full")
