"""Does anybody gain by another conduct, and what follows from conduct that nobody can beat? Answers with intervals.

First what follows. Launch prices, and margins early and late in a model's life, where it is free to leave a firm, costs
what it does, and costs twice that; R&D of the largest lab by what a buyer pays for revenue, also where labs must raise
money; and what a rival that values revenue more does to a lab's R&D. Then what one lab gains by the best of a declared
set of pricing deviations, on seeds that did not choose it, with two, four and eight labs that look ahead (`forward`) or
answer this month's demand (`best_response`).

Money is patient unless it is said. Full: 16 seeds of 3,000 customers, about 20 minutes. Quick: 2 seeds of few.
"""

import numpy as np
import pandas as pd

import market
from market.experiment import Study, experiment
from market.measures import spending
from market.studies.exploit import exploit
from market.studies.intervals import interval
from market.studies.summary import means
from market.studies.words import in_words, table_in_words
from market.tables import Run

LABS = ("duopoly", "baseline", "eight_labs")
RULES = ("forward", "best_response")
OVER_LIFE = {"launch_markup": "+.3f", "early_margin": ".1%", "later_margin": ".1%"}
SHORT = {"months": 18, "labs.*.tiers": {}, "labs.*.updates": False}
"""What keeps a search of many deviations quick."""
RD = {f"leader_rd_per_revenue@{year}": year for year in ("2024", "2025", "2026")}


def world(study: Study, name: str, months: int = 48, **rules: str) -> market.Scenario:
    """A scenario of the catalogue with the labs' rules by family, patient money if not said, and the size asked for."""
    size = study.pick({"customers": 3000, "months": months}, {"customers": 100, "panel.size": 20, "months": 24})
    named = {f"labs.*.{family}": {"rule": rule} for family, rule in {"funding": "patient", **rules}.items()}
    return market.load(name).vary({**size, **named})


def verdict(low: float, high: float) -> str:
    """What the interval of a change says of it."""
    return "more" if low > 0 else "less" if high < 0 else "undecided"


def changed(change: pd.Series, form: str = "+.3f") -> str:
    """A change over paired seeds with its interval, and what this says."""
    return f"{in_words(change, form, 'x')}, {verdict(*interval(change)[1:])}"


def leaving(base: market.Scenario, times: int) -> dict[str, float]:
    """Changes that make it so many times as dear as it is to leave a firm."""
    return {f"segments.{n}.firm_switching_cost": times * one.firm_switching_cost for n, one in base.segments.items()}


def launches(study: Study) -> None:
    """Launch prices and margins by what it costs to leave a firm."""
    names, by = study.pick(("baseline", "single_line"), ("single_line",)), ("world", "rule", "times")
    bases = {(name, rule): world(study, name, pricing=rule) for name in names for rule in RULES}
    worlds = {(*key, times): base.vary(leaving(base, times)) for key, base in bases.items() for times in (0, 1, 2)}
    runs = study.read(worlds, list(OVER_LIFE), by)
    title = "Log launch price over unit cost, and gross margins, by how many times its cost it costs to leave a firm"
    study.table("launches", means(runs, by), title, shown=table_in_words(runs, by, OVER_LIFE))
    for (name, rule), part in runs.groupby(["world", "rule"], sort=False):
        markup = part.pivot_table(index="seed", columns="times", values="launch_markup")
        margin = part[part["times"] == 1].set_index("seed")
        study.say(
            f"{name}, {rule}: log launch price where leaving costs what it does, less that where it is free: "
            f"{changed(markup[1] - markup[0])}; where it costs twice that: {changed(markup[2] - markup[0])}. "
            f"Later margin less early margin: {changed(margin['later_margin'] - margin['early_margin'], '+.1%')}."
        )


def worth(study: Study) -> None:
    """R&D of the largest lab by what a buyer pays for a dollar of yearly revenue."""
    multiples, by = study.pick((0.0, 5.0, 7.0, 10.0), (0.0, 10.0)), ("funding", "multiple")
    bases = {funding: world(study, "endogenous_rd", funding=funding) for funding in ("raise", "patient")}
    path = "labs.*.training.exit_multiple"
    worlds = {(funding, k): base.vary({path: k}) for funding, base in bases.items() for k in multiples}
    runs = study.read(worlds, study.pick(list(RD), list(RD)[:1]), by)
    title = "R&D over revenue of the lab that sells most, by the exit multiple that labs reckon with"
    study.table("worth", means(runs, by), title, shown=table_in_words(runs, by).rename(columns=RD))
    for funding, part in runs.groupby("funding", sort=False):
        wide = part.pivot_table(index="seed", columns="multiple", values=list(part.columns[3:]))
        said = (f"{RD[name]} {changed(wide[name][10.0] - wide[name][0.0], '+.2f')}" for name in part.columns[3:])
        study.say(f"R&D over revenue at a multiple of 10 less that at 0, {funding}: {'; '.join(said)}.")


def spent(run: Run) -> dict[str, float]:
    """Logs of Alpha's and Beta's R&D in the years that are asked for."""
    books = spending.by_year(run)
    sums = books[books["year"].astype(str).isin(RD.values())].groupby("firm")["spent"].sum()
    return {firm: float(np.log(sums[firm])) for firm in ("Alpha", "Beta")}


def rival(study: Study) -> None:
    """R&D where Beta reckons with a higher exit multiple than the others, whose is 7."""
    base, path = world(study, "endogenous_rd"), "labs.Beta.training.exit_multiple"
    runs = study.read({multiple: base.vary({path: multiple}) for multiple in (7.0, 14.0, 28.0)}, spent, "multiple")
    study.table("rival", means(runs, "multiple"))
    logs = runs.set_index(["multiple", "seed"])
    for times in (2, 4):
        said = (
            f"{firm}'s {changed(logs.loc[times * 7.0, firm] - logs.loc[7.0, firm], '+.2f')}"
            for firm in ("Beta", "Alpha")
        )
        study.say(f"Log R&D of 2024 to 2026 where Beta's exit multiple is {times} times as high: {'; '.join(said)}.")


def deviations(study: Study) -> None:
    """What Alpha gains by its best deviation in pricing."""
    rows = []
    for name in study.pick(LABS, LABS[:1]):
        for rule in study.pick(RULES, RULES[1:]):
            base = world(study, name, months=72, pricing=rule).vary(study.pick({}, SHORT))
            found = exploit(base, firms=["Alpha"], seeds=range(max(4, 2 * len(study.seeds))), executor=study.engine)
            best = found.firms.iloc[0].drop("verdict")
            rows.append({"world": name, "rule": rule, **best})
            study.say(f"{name}, {rule}, {verdict(best['low'], best['high'])}: {found.sentence}")
    study.table("deviations", pd.DataFrame(rows))


@experiment(seeds=16, quick_seeds=2)
def conduct(study: Study) -> None:
    """Say what nobody can beat, and what follows from it."""
    for part in (launches, worth, rival, deviations):
        part(study)


if __name__ == "__main__":
    conduct()
