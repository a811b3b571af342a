"""Figures. Each takes a table and an axis (or axes), draws, and neither computes nor saves."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator, PercentFormatter


def market_share(shares: pd.DataFrame, axis: Axes) -> None:
    """Stack the firms' shares over time.

    Parameters
    ----------
    shares : month (or a date) as index, a column per firm, shares that add up to at most 1; the rest stays white.
    """
    axis.stackplot(shares.index, shares.to_numpy().T, labels=list(shares.columns), alpha=0.9)
    axis.set_ylim(0, 1)
    axis.margins(x=0)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0))
    axis.set_ylabel("share of revenue")
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, reverse=True)


def two_readings(companies: pd.DataFrame, models: pd.DataFrame, axes: tuple[Axes, Axes]) -> None:
    """Draw both readings of the same cash side by side: companies by year, and each model's return on its training.

    Parameters
    ----------
    companies : firm, year, result in dollars.
    models : firm, training, contribution in dollars, complete. Models without a complete life are hollow; those without
        contribution yet, the stakes, stand on the lower edge.
    axes : left for the companies, right for the models.
    """
    _company_results(companies, axes[0])
    _model_returns(models, axes[1])


def _company_results(companies: pd.DataFrame, axis: Axes) -> None:
    for firm, rows in companies.groupby("firm", sort=False):
        axis.plot(rows["year"], rows["result"], marker="o", label=str(firm))
    size = companies["result"].abs()
    smallest = 10.0 ** math.floor(math.log10(size[size > 0].min())) if (size > 0).any() else 1.0
    axis.set_yscale("symlog", linthresh=smallest)
    tens = [smallest * 10.0**n for n in range(math.ceil(math.log10(max(size.max(), smallest) / smallest)) + 1)]
    losses = [-ten for ten in tens] if (companies["result"] < 0).any() else []
    gains = tens if (companies["result"] > 0).any() else []
    axis.set_yticks([*losses, 0.0, *gains])
    axis.yaxis.set_minor_locator(NullLocator())
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _money(value)))
    axis.axhline(0, color="grey", linewidth=0.8)
    axis.set_xticks(sorted(companies["year"].unique()))
    axis.set_title("By calendar year: the company's result", loc="left")
    axis.legend(frameon=False)


def _model_returns(models: pd.DataFrame, axis: Axes) -> None:
    earning = models[models["contribution"] > 0]
    low, high = models["training"].min() / 2, models["training"].max() * 2
    floor = min(low, earning["contribution"].min() / 2)
    for number, (firm, rows) in enumerate(models.groupby("firm", sort=False)):
        colour = f"C{number}"
        over, open_ = rows[rows["complete"]], rows[~rows["complete"] & (rows["contribution"] > 0)]
        axis.scatter(over["training"], over["contribution"], color=colour, label=str(firm), zorder=3)
        axis.scatter(open_["training"], open_["contribution"], edgecolors=colour, facecolors="none", zorder=3)
        stakes = rows[rows["contribution"] <= 0]["training"]
        axis.scatter(stakes, [floor] * len(stakes), marker="v", edgecolors=colour, facecolors="none", clip_on=False)
    for multiple, style in ((1, "--"), (2, ":")):
        axis.plot([low, high], [multiple * low, multiple * high], style, color="grey", linewidth=0.8)
        axis.annotate(f"{multiple}×", (high, multiple * high), color="grey", va="center")
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_ylim(bottom=floor)
    for side in (axis.xaxis, axis.yaxis):
        side.set_major_formatter(FuncFormatter(lambda value, _: _money(value)))
    axis.set_xlabel("training cost (hollow: no complete life; ▽: nothing earned yet)")
    axis.set_ylabel("contribution over life")
    axis.set_title("Model by model: what its training returned", loc="left")


def _money(dollars: float) -> str:
    sign, size = "−" if dollars < 0 else "", abs(dollars)
    for unit, name in ((1e12, "tn"), (1e9, "bn"), (1e6, "M")):
        if size >= unit:
            return f"{sign}${size / unit:g}{name}"
    return f"{sign}${size:g}"
