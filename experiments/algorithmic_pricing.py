"""Do pricing algorithms collude without being told to? The duopoly of Calvano and others (2020), replicated.

Two Q-learning algorithms set prices again and again. Published: they end with 0.85 of the way from Nash to joint profit
(profit gain Δ), held up by punishment: a price cut is answered with a price war, after which prices return. Here the
forced cut must also be recognised by the price-war detector that reads the simulated market, a period as a month.

Quick: 12 sessions, some seconds. Full: 1,000 sessions, two minutes on two cores.
"""

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from market.economics import q_learning
from market.evidence import load
from market.experiment import Study, experiment
from market.measures.price_wars import PriceWar, price_wars
from market.studies.intervals import interval
from market.views.plots import Picture, panels

BEFORE, AFTER, ONE_BY_ONE = 8, 24, 25
"""Periods shown before and after the forced cut; sessions whose own paths are searched for a war, beside the mean."""
DETECTOR = PriceWar(fall=0.1, settle=0)
"""The whole way from the learned to the Nash price is 0.2 log points; the fall that counts is half of it."""
PUBLISHED = load("published_numbers")["calvano_2020"]


def as_offers(settings: q_learning.Learning, prices: np.ndarray) -> pd.DataFrame:
    """Price paths (periods, 2) as the table of offers that the detector reads."""
    bills = prices * q_learning.sold(settings, prices)
    tables = [
        pd.DataFrame({"month": range(len(prices)), "firm": firm, "price": prices[:, i], "revenue": bills[:, i]})
        for i, firm in enumerate(("First", "Second"))
    ]
    return pd.concat(tables).assign(model=lambda t: t["firm"] + "-1", open_weights=False, unit_cost=settings.c)


def label(offers: pd.DataFrame) -> str:
    """What the detector calls the war that begins with the forced cut; a dash if it sees none."""
    wars = price_wars(offers, thresholds=DETECTOR)
    wars = wars[wars["first_cut"] == BEFORE]
    return str(wars["label"].iloc[0]) if len(wars) else "–"


def draw(paths: pd.DataFrame, game: q_learning.Duopoly, axis: Axes) -> None:
    """Draw the mean paths of both prices between the Nash and the joint-profit price."""
    for firm, path in paths.groupby("firm"):
        axis.plot(path["month"] - BEFORE, path["price"], marker="o", markersize=3, label=firm)
    for name, price in (("Nash", game.nash_price), ("joint profit", game.joint_price)):
        axis.axhline(price, color="grey", linestyle=":")
        axis.annotate(name, (AFTER - 1, price), va="bottom", ha="right", color="grey")
    axis.legend(frameon=False)


@experiment(seeds=1000, quick_seeds=6)
def algorithmic_pricing(study: Study) -> None:
    """Let the algorithms learn, measure what they learned, and force a cut."""
    settings = q_learning.Learning()
    game = q_learning.duopoly(settings)
    sessions = q_learning.learn(game, settings, study.seeds, seed=0)
    learned = pd.DataFrame([q_learning.learned(game, session) for session in sessions])
    study.table("sessions", learned.rename_axis("session").reset_index())
    gain, low, high = interval(learned["gain"])
    rows = [
        ("profit gain", f"{gain:.3f}", f"{low:.3f} to {high:.3f}", f"{PUBLISHED['profit_gain_published']:.3f}"),
        ("price learned", f"{learned['price'].mean():.3f}", "", ""),
        ("Nash price", f"{game.nash_price:.3f}", "", f"{PUBLISHED['nash_price']:.3f}"),
        ("joint-profit price", f"{game.joint_price:.3f}", "", f"{PUBLISHED['joint_price']:.3f}"),
    ]
    summary = pd.DataFrame(rows, columns=["figure", "here", "interval", "published"])
    study.show("Two algorithms that learn: from Nash to joint profit", summary)

    around = partial(q_learning.around_cut, game, before=BEFORE, after=AFTER)
    cuts, cycles = ([around(session, forced=forced) for session in sessions] for forced in (True, False))
    mean_path, without = (as_offers(settings, np.mean(paths, axis=0)) for paths in (cuts, cycles))
    each = [label(as_offers(settings, path)) for path in cuts[:ONE_BY_ONE]]
    study.table("forced_cut", mean_path)
    labels = {"xlabel": "periods after the forced cut of the first firm", "ylabel": "price"}
    study.figure("forced_cut", panels(draw, [Picture((mean_path, game), labels=labels)], size=(7, 4)))
    study.say(
        f"{(~learned['converged']).sum()} of {len(learned):,} sessions did not settle. Price war after a forced cut, "
        f"mean path: {label(mean_path)}; without the cut: {label(without)}; session by session: punishment in "
        f"{each.count('punishment')} of {len(each)}."
    )


if __name__ == "__main__":
    algorithmic_pricing()
