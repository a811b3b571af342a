"""What is said of a hindcast: whether the simulation won, what it knew, and how it does without feedback."""

from __future__ import annotations

from market.formats import percent
from market.studies.hindcast.events import GROWTH
from market.studies.hindcast.study import FREE, HORIZONS, PERSISTENCE, SIMULATION, Hindcast
from market.studies.hindcast.verdict import INSIDE, LONGEST, conditions
from market.views.sentences import Part, sentence


@sentence(needs="hindcast", part=Part.ANSWERS)
def won_or_lost(found: Hindcast) -> str:
    """Say whether the simulation won, by conditions that were set before anything was tried."""
    told = conditions(found)
    word = "won" if all(one.held for one in told) else "lost"
    parts = "; ".join(f"{one.said} ({'held' if one.held else 'missed'})" for one in told)
    return (
        f"The simulation {word}: at {LONGEST} weeks, by KL of what was observed from the forecast, {parts}. To win it "
        f"has to be no worse than the dynamic logit, mixed with it better, and its intervals of 80% to cover "
        f"{INSIDE[0]:.0%} to {INSIDE[1]:.0%} of authors' shares."
    )


@sentence(needs="hindcast", part=Part.ANSWERS)
def near_and_far(found: Hindcast) -> str:
    """Say who forecasts best at each horizon."""
    rolling = found.scores[found.scores["horizon"].notna()]
    told = []
    for horizon in HORIZONS:
        best = rolling[rolling["horizon"] == horizon].set_index("contestant")["kl"]
        own, still = (found.score(name, horizon) for name in (SIMULATION, PERSISTENCE))
        week = "week" if horizon == 1 else "weeks"
        told.append(
            f"{horizon} {week}: best {best.idxmin()} {best.min():.2f}, simulation {own:.2f}, persistence {still:.2f}"
        )
    return f"KL by horizon: {'; '.join(told)}."


@sentence(needs="hindcast", part=Part.ANSWERS)
def without_feedback(found: Hindcast) -> str:
    """Say how the simulation does in a free run, beside others that see no list either."""
    free = found.scores[found.scores["run"] == FREE].set_index("contestant")["kl"]
    told = ", ".join(f"{name} {value:.2f}" for name, value in free.items())
    return f"Free run over the second half of 2025, without feedback, KL: {told}."


@sentence(needs="hindcast", part=Part.ANSWERS)
def of_successions(found: Hindcast) -> str:
    """Say how often the simulation has the direction of a succession right, and how fast predecessors fall."""
    known = found.succession.dropna(subset=["right"])
    if known.empty:
        return ""
    kept = found.succession.dropna(subset=["kept_observed"])
    fell = (
        f"; where the predecessor stayed on the list it kept {percent(kept['kept_observed'].median())} of its share, "
        f"simulated {percent(kept['kept_simulated'].median())} (medians)"
        if len(kept)
        else ""
    )
    right = int(known["right"].sum())
    return f"Successions: the one ahead eight weeks on is right in {right} of {len(known)}{fell}."


@sentence(needs="hindcast", part=Part.ANSWERS)
def of_revenue(found: Hindcast) -> str:
    """Say how the list's dollars at list prices are forecast, beside growth extrapolated."""
    told = []
    for horizon, rows in found.revenue.groupby("horizon"):
        errors = rows.set_index("contestant")["error"]
        week = "week" if horizon == 1 else "weeks"
        told.append(f"{horizon} {week} {errors[SIMULATION]:.2f} against {errors[GROWTH]:.2f}")
    what = "Revenue of the list at list prices, mean |ln error|, simulation against growth extrapolated"
    return f"{what}: {', '.join(told)}."


@sentence(needs="hindcast", part=Part.NOTES)
def what_is_known(found: Hindcast) -> str:
    """Say which supply is known at a forecast's origin, what is fitted to what, and what absence from the list is."""
    origins = int(found.scores.loc[found.scores["horizon"] == LONGEST, "origins"].iloc[0])
    return (
        f"Known at the origin: the lists up to it, and {found.supply}. Fitted to data to {found.fit_until} only; "
        f"{origins} origins at {LONGEST} weeks. Scores are over all models on sale, with the same floor for all; a "
        f"model that is not on the list is censored below its end, not 0. {percent(found.unmatched)} of the list's "
        "tokens are of models without a price or a score, and left out."
    )
