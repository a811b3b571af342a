"""Do pricing algorithms collude without being told to? The duopoly of Calvano and others (2020), replicated.

Two Q-learning algorithms set prices again and again. Published: they end with 0.85 of the way from Nash to joint profit
(profit gain Δ), held up by punishment: a price cut is answered with a price war, after which prices return. Here the
forced cut must also be recognised by the price-war detector that reads the simulated market, a period as a month.

Quick: 100 sessions, ten seconds. Full: 1,000 sessions, two minutes on two cores.
"""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer
from market.studies.experiment import Out, experiment_folder, run_script
from matplotlib.figure import Figure

from market.economics import q_learning
from market.evidence import load
from market.measures.price_wars import PriceWar, price_wars
from market.saving.spreadsheet import write_csv
from market.studies.intervals import interval
from market.views import terminal

BEFORE, AFTER = 8, 24
"""Periods shown before and after the forced cut."""
ONE_BY_ONE = 25
"""Sessions whose own paths are searched for a price war, besides the mean path of all."""
DETECTOR = PriceWar(fall=0.1, settle=0)
"""The whole way from the learned to the Nash price is 0.2 log points; the fall that counts is half of it."""


def forced_cut(game: q_learning.Duopoly, session: q_learning.Session, forced: bool) -> np.ndarray:
    """Prices (periods, 2) around a cut to the static best response, which lasts a period and is forced upon firm 0."""
    cycle = q_learning.settled(game, session)
    before = cycle[np.arange(-BEFORE, 0) % len(cycle)]
    cut = [q_learning.best_static_price(game, int(session.strategies[1, session.state]))] if forced else []
    return game.prices[np.vstack([before, q_learning.play(game, session, AFTER, cut)])]


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


def draw(paths: pd.DataFrame, game: q_learning.Duopoly, file: Path) -> None:
    """Draw the mean paths of both prices between the Nash and the joint-profit price."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axis = figure.subplots()
    for firm, path in paths.groupby("firm"):
        axis.plot(path["month"] - BEFORE, path["price"], marker="o", markersize=3, label=firm)
    for name, price in (("Nash", game.nash_price), ("joint profit", game.joint_price)):
        axis.axhline(price, color="grey", linestyle=":")
        axis.annotate(name, (AFTER - 1, price), va="bottom", ha="right", color="grey")
    axis.set(xlabel="periods after the forced cut of the first firm", ylabel="price")
    axis.legend(frameon=False)
    figure.savefig(file, dpi=120)


def summary(table: pd.DataFrame, game: q_learning.Duopoly, published: dict[str, Any]) -> pd.DataFrame:
    """Means over sessions with their 95% intervals, and what they lie between, beside what was published."""
    gain, low, high = interval(table["gain"])
    rows = [
        ("profit gain", f"{gain:.3f}", f"{low:.3f} to {high:.3f}", f"{published['profit_gain_published']:.3f}"),
        ("price learned", f"{table['price'].mean():.3f}", "", ""),
        ("Nash price", f"{game.nash_price:.3f}", "", f"{published['nash_price']:.3f}"),
        ("joint-profit price", f"{game.joint_price:.3f}", "", f"{published['joint_price']:.3f}"),
    ]
    return pd.DataFrame(rows, columns=["figure", "here", "interval", "published"])


def main(
    quick: Annotated[bool, typer.Option("--quick", help="100 sessions instead of 1,000, ten seconds.")] = False,
    out: Out = None,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
) -> None:
    """Let the algorithms learn, measure what they learned, and force a cut."""
    published = load("published_numbers")["calvano_2020"]
    names = q_learning.Learning.model_fields.keys()
    settings = q_learning.Learning(**{k: v for k, v in published["parameters"].items() if k in names})
    game, count = q_learning.duopoly(settings), 100 if quick else 1000
    sessions = q_learning.learn(game, settings, range(count), seed)
    cycles = [q_learning.settled(game, session) for session in sessions]
    gains = [float(game.gain(game.profits[:, c[:, 0], c[:, 1]].mean())) for c in cycles]
    table = pd.DataFrame({"gain": gains, "price": [game.prices[cycle].mean() for cycle in cycles]})
    table["periods"] = [session.periods for session in sessions]
    table["converged"] = [session.converged for session in sessions]
    cuts = [forced_cut(game, session, True) for session in sessions]
    mean_path = as_offers(settings, np.mean(cuts, axis=0))
    control = as_offers(settings, np.mean([forced_cut(game, session, False) for session in sessions], axis=0))
    each = [label(as_offers(settings, path)) for path in cuts[:ONE_BY_ONE]]
    with experiment_folder(out, quick) as folder:
        write_csv(table.rename_axis("session").reset_index(), folder / "sessions.csv")
        write_csv(mean_path, folder / "forced_cut.csv")
        draw(mean_path, game, folder / "forced_cut.png")
    terminal.show("Two algorithms that learn: from Nash to joint profit", summary(table, game, published))
    typer.echo(
        f"{count - table['converged'].sum()} of {count:,} sessions did not settle. "
        f"Price war after a forced cut, mean path: {label(mean_path)}; without the cut: {label(control)}; "
        f"session by session: punishment in {each.count('punishment')} of {len(each)}."
    )
    typer.echo(f"Tables and figures: {out}/")


if __name__ == "__main__":
    run_script(main)
