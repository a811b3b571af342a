"""Whether a lab that stops releasing is overtaken, and labs are therefore locked in (claim 10).

Four worlds under the same luck: from a month on nobody stops training, Alpha alone does, all other labs do, or all do.
Read are when others pass Alpha's last model, what it keeps, and whether stopping would have paid: net present values of
its result, as paired differences. Two years before the horizon, at the close, Alpha stops in any case, so that no stake
is left: its payoff is read there, with those two years of running off, and with the capital market's valuation. The
four payoffs are a game, and it is said which one. Patient parents pay.

Full: eight cases, 12 seeds of each, three minutes. Quick: one case, two seeds.
"""

from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from matplotlib.figure import Figure

import market
from market.accounts.returns import present_value
from market.economics.capital import valuation
from market.measures.overtaken import monthly, resting
from market.run import Run
from market.scenario.schema import Scenario
from market.studies.counterfactual import by_seed, stopping
from market.studies.experiment import experiment_folder, pool, run_script
from market.studies.game import WORLDS, game, going_on
from market.studies.intervals import interval, ratio
from market.views import plots, terminal

FIRM, RUN_OFF, BILLION = "Alpha", 24, 1e9
PAYOFFS = CASH, _, RUNNING_OFF, BEFORE_RESEARCH, VALUED = (
    "cash to the close", "  before research", "and running off", "  before research, too", "cash and valuation",
)  # fmt: skip
MARKETS = [
    ("four labs", 24, "baseline", {}),
    ("four labs", 36, "baseline", {}),
    ("two labs", 24, "duopoly", {}),
    ("eight labs", 24, "eight_labs", {}),
    ("no open weights", 24, "no_open_source", {}),
    ("free to leave", 24, "baseline", {"segments.*.firm_switching_cost": 0.0}),
    ("Alpha reprices often", 24, "baseline", {"labs.Alpha.pricing.reprice_hazard": 0.3}),
    ("dear to leave", 24, "baseline", {"segments.*.firm_switching_cost": 4.0}),
]


def payoffs(run: Run, month: int) -> dict[str, float]:
    """What Alpha is worth to all who put money in, seen from the month of stopping, and what it trained for, $bn."""
    table, end, rate = monthly(run, FIRM), run.scenario.months, run.scenario.discount_rate
    table["before"] = table["result"] + table["research"]

    def worth(column: str, until: int) -> float:
        return present_value(table[column].loc[month : until - 1].to_numpy(), range(month, until), rate) / BILLION

    close, sales = end - RUN_OFF, table["revenue"].loc[: end - RUN_OFF - 1].tolist()
    price = valuation(run.scenario.capital, sales) * (1 + rate) ** ((month - close) / 12) / BILLION
    found = [worth(column, until) for until in (close, end) for column in ("result", "before")]
    found.append(found[0] + (price if sales[-1] > 0 else 0.0))
    return dict(zip(PAYOFFS, found, strict=True)) | {"training": worth("training", close)}


def study(seed: int, base: Scenario, month: int) -> dict[str, pd.DataFrame]:
    """The four worlds of one seed: Alpha's fate, its payoffs by world, and its revenue a year by quarter and world."""
    close, rivals = {FIRM: base.months - RUN_OFF}, {lab: month for lab in base.labs if lab != FIRM}
    stops = (close, {FIRM: month}, close | rivals, {FIRM: month} | rivals)
    runs = [market.simulate(stopping(base, when), seed) for when in stops]
    worlds = dict(zip(WORLDS, runs, strict=True))
    quarters = {world: monthly(run, FIRM)["revenue"].groupby(lambda m: m // 3).sum() for world, run in worlds.items()}
    return {
        "fate": pd.DataFrame([resting(runs[1], runs[0], FIRM, base.months - RUN_OFF)]),
        "payoffs": pd.DataFrame({world: payoffs(run, month) for world, run in worlds.items()}),
        "revenue": pd.DataFrame(quarters) * 4,
    }


def said(values: pd.Series, form: str = ",.1f") -> str:
    """The mean over seeds with its 95% interval, and how many seeds have a number if not all do."""
    count = f" ({values.count()} of {len(values)} seeds)" if values.isna().any() else ""
    return terminal.in_words(values, form) + count


def draw(paths: pd.DataFrame, start: int, file: Path) -> None:
    """Draw Alpha's revenue in the four worlds, on a log scale and so as geometric means."""
    points = [(world, quarter, part) for world in WORLDS for quarter, part in paths[world].groupby(level=1)]
    rows = [(world, start + quarter / 4, *np.exp(interval(np.log(part[part > 0])))) for world, quarter, part in points]
    figure = Figure(figsize=(9, 5), layout="constrained")
    axis = figure.subplots()
    plots.outcome_by_factor(pd.DataFrame(rows, columns=["line", "level", "mean", "low", "high"]), axis)
    axis.set(yscale="log", title=f"{FIRM}'s revenue, $ a year: geometric mean and interval")
    figure.savefig(file, dpi=120)


def answer(fates: pd.DataFrame, paid: pd.DataFrame, month: int) -> None:
    """Answer claim 10 in one market."""
    at = {name: said(fates[name], ".0%" if " kept " in name else ",.1f") for name in fates}
    gain = {way: said(going_on(paid.loc[way])[0]) for way in PAYOFFS}
    most = ratio(going_on(paid.loc[BEFORE_RESEARCH])[0], going_on(paid.loc["training"])[0])
    terminal.say(
        f"Claim 10, Alpha stops in month {month}. Its last model is passed by a lab {at['a lab']} months after its "
        f"release, by open weights after {at['open weights']}, by all labs after {at['all labs']}. After the release "
        f"that it missed it takes {at['to half']} months until half of its revenue is gone; of what it would have had "
        f"it keeps {at['revenue kept 12 on']} a year later, {at['revenue kept 24 on']} two years later, and of its "
        f"contribution {at['contribution kept to close']} to the close. Two years later it sells {at['times its own']} "
        "times what it did before.\n"
        f"Going on instead gains it, in $bn of month {month}: cash {gain[CASH]}, with running off {gain[RUNNING_OFF]}, "
        f"valued by the capital market {gain[VALUED]}. With running off it pays for itself if research costs up to "
        f"{terminal.with_interval(most)} times training. The game against all rivals: "
        + "; ".join(f"{way}: {game(paid.loc[way]).verdict}" for way in (CASH, RUNNING_OFF, VALUED))
    )


def report(found: dict[str, dict[str, pd.DataFrame]]) -> None:
    """Print Alpha's fate, its gains from going on and the game, by market."""

    def show(title, rows):
        terminal.show(title, pd.DataFrame(rows).T.rename_axis("market").reset_index())

    fates = {label: t["fate"].filter(regex="^(?!contr)").agg(said, form=".2f") for label, t in found.items()}
    show("Months from its last release until passed by; then, since the release it missed", fates)
    paid = {label: tables["payoffs"] for label, tables in found.items()}
    for side, title in enumerate(("while rivals go on", "once rivals stop")):
        gained = {
            label: {way: said(going_on(t.loc[way])[side], ",.0f") for way in PAYOFFS} for label, t in paid.items()
        }
        show(f"What Alpha gains by going on {title}, $bn", gained)
    show("Which game that is", {label: {way: game(t.loc[way]).verdict for way in PAYOFFS} for label, t in paid.items()})


def main(
    quick: Annotated[bool, typer.Option("--quick", help="One case, two seeds, few customers.")] = False,
    out: Annotated[Path, typer.Option(help="Folder for tables and the figure; replaced.")] = Path("results/treadmill"),
) -> None:
    """Stop one lab, its rivals, or all of them."""
    seeds = range(2 if quick else 12)
    size = {"customers": 800 if quick else 6000, "panel.size": 100 if quick else 500, "months": 72 if quick else 96}
    found = {}
    with experiment_folder(out, quick) as folder, pool(quick) as workers:
        for name, month, scenario, changes in MARKETS[:1] if quick else MARKETS:
            base = market.load(scenario).vary({**size, **changes, "labs.*.funding": {"rule": "patient"}})
            runs = by_seed(partial(study, base=base, month=month), seeds, workers)
            tables = {part: pd.concat({seed: runs[seed][part] for seed in seeds}) for part in runs[0]}
            tables["payoffs"] = tables["payoffs"].swaplevel()
            for part, table in tables.items():
                table.to_csv(folder / f"{part}_{name.replace(' ', '_')}_{month}.csv")
            found[f"{name}, {month}"] = tables
        report(found)
        first = found["four labs, 24"]
        draw(first["revenue"], int(base.start[:4]), folder / "revenue.png")
        worlds = first["payoffs"].groupby(level=0, sort=False).agg(said).reset_index(names="payoff")
        terminal.show("Alpha's payoff in the four worlds of the first market, $bn", worlds)
        answer(first["fate"], first["payoffs"], MARKETS[0][1])
    terminal.say(f"Tables and figure: {out}/")


if __name__ == "__main__":
    run_script(main)
