"""Where families return their full R&D and where they do not: probabilities over worlds, over two parameters each.

Open access against the growth of training cost; the number of labs against how far tastes lie apart; and, where labs
choose what they invest, the exit multiple against the growth of demand. Every cell is the share of worlds, drawn from
the posterior and each under a seed of its own, in which labs' complete families together return training and research.
A line runs where that share is a half; the two thin ones where the ends of its 95% interval are: the band.

Full: 24 worlds a cell, 57 cells, a quarter of an hour. Quick: two of the maps, 2 worlds with few customers, and two
values a side.
"""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import market
from market.experiment import Study, experiment
from market.measures.outcomes import SHARE
from market.studies.intervals import interval

OUTCOME = "multiple_full_rd"
EVEN = 0.5
Axis = tuple[str, list[float]]
MAPS: Mapping[str, tuple[str, Axis, Axis]] = {
    "access_and_growth": (
        "baseline",
        ("segments.*.open_access", [0.0, 0.05, 0.1, 0.2, 0.4]),
        ("labs.*.training.growth", [1.5, 2.0, 2.5, 3.0, 4.0]),
    ),
    "labs_and_tastes": ("", ("labs", [1, 2, 4, 8]), ("segments.*.taste_sd", [0.2, 0.5, 0.8, 1.2])),
    "exit_multiple_and_demand": (
        "endogenous_rd",
        ("labs.*.training.exit_multiple", [0.0, 3.0, 6.0, 10.0]),
        ("segments.*.volume_trend", [0.95, 1.05, 1.15, 1.25]),
    ),
}
"""By name: the scenario, and two parameters with their values; without a scenario the first is the number of labs."""
LABS = {1: "monopoly", 2: "duopoly", 4: "baseline", 8: "eight_labs"}


def cells_of(study: Study, scenario: str, x: Axis, y: Axis, size: dict[str, object]) -> pd.DataFrame:
    """Share of worlds in every cell, with its interval; a cell's values are set in each world, whatever was drawn."""
    base = market.load(scenario or "baseline").vary(size)
    names = {LABS[int(number)]: number for number in x[1]} if not scenario else {}
    across = [market.load(name).vary(size) for name in names] or x[1]
    runs = study.sweep(base, {x[0] if scenario else "scenario": across, y[0]: y[1]}, [OUTCOME])
    runs = runs.rename(columns={x[0]: "x", "scenario": "x", y[0]: "y"}).replace({"x": names})
    runs["share"] = (runs[OUTCOME] >= 1).astype(float)  # where no life is complete none has returned it
    rows = [(*at, *interval(some["share"], SHARE), len(some)) for at, some in runs.groupby(["x", "y"])]
    return pd.DataFrame(rows, columns=["x", "y", "share", "low", "high", "worlds"])


def mapped(cells: pd.DataFrame, x: str, y: str) -> Figure:
    """Draw the shares as shades, with the line where they are a half and its band."""
    figure, axis = plt.subplots(figsize=(7, 5), layout="constrained")
    parts = {name: cells.pivot_table(index="y", columns="x", values=name) for name in ("share", "low", "high")}
    across, up = range(parts["share"].shape[1]), range(parts["share"].shape[0])
    shades = axis.pcolormesh(across, up, parts["share"].to_numpy(), cmap="RdBu", vmin=0, vmax=1, shading="nearest")
    figure.colorbar(shades, ax=axis, label="share of worlds that return their full R&D")
    for name, width in (("share", 2.0), ("low", 0.8), ("high", 0.8)):
        values = parts[name].to_numpy()
        if np.nanmin(values) < EVEN < np.nanmax(values):
            axis.contour(across, up, values, levels=[EVEN], colors="black", linewidths=width)
    axis.set_xticks(list(across), [f"{value:g}" for value in parts["share"].columns])
    axis.set_yticks(list(up), [f"{value:g}" for value in parts["share"].index])
    axis.set(xlabel=x, ylabel=y, title="Where families return their full R&D")
    return figure


def said(cells: pd.DataFrame, x: str, y: str) -> str:
    """Say in how many cells it is so, not so, or undecided."""
    yes, no = int((cells["low"] > EVEN).sum()), int((cells["high"] < EVEN).sum())
    return (
        f"{x} and {y}: families return their full R&D in most worlds in {yes} of {len(cells)} cells, in few in {no}, "
        f"and it is undecided in {len(cells) - yes - no}."
    )


@experiment(seeds=24, quick_seeds=2, in_worlds=True)
def phase_maps(study: Study) -> None:
    """Draw the three maps."""
    size = study.pick({"customers": 1000, "panel.size": 100}, {"customers": 100, "panel.size": 20, "months": 30})
    for name in study.pick(list(MAPS), list(MAPS)[1:]):
        scenario, x, y = MAPS[name]
        x, y = study.pick((x, y), tuple((path, values[1:3]) for path, values in (x, y)))
        cells = cells_of(study, scenario, x, y, size)
        study.table(name, cells)
        study.figure(name, mapped(cells, x[0], y[0]))
        study.say(said(cells, x[0], y[0]))


if __name__ == "__main__":
    phase_maps()
