"""Does the market move the way economics says? Signs of competition, catch-up, costs, tiers and habits, with intervals.

Gross margin and multiple of families by number of labs; multiples by spillover where everybody can use open weights;
with and without open source; vendors under an infinite switching cost. Then pairs of worlds under the same seeds, of
which economics says which has more of what: dearer and cheaper compute, updates seldom and often, access to open
weights as it is and twice as wide, releases without tiers and with them, and a price as it is and a fifth higher in one
month.

Full: 16 seeds of 16 markets, about six minutes. Quick: 2 seeds of fewer, with few customers.
"""

import pandas as pd

import market
from market.experiment import Study, experiment
from market.measures import outcomes
from market.studies.summary import means
from market.studies.words import in_words, table_in_words
from market.tables import Run

BY_RELEASE = ["release_multiple_low", "release_multiple_high"]
OUTCOMES = ["labs_gross_margin", "multiple", "multiple_full_rd", *BY_RELEASE, "open_token_share"]
MARKETS: dict[str, tuple[str, dict[str, object]]] = {
    "one lab": ("monopoly", {}),
    "two labs": ("duopoly", {}),
    "four labs": ("baseline", {}),
    "eight labs": ("eight_labs", {}),
    "four labs, no open source": ("no_open_source", {}),
    "open to all, spillover 0": ("full_open_access", {"open_providers.*.spillover": 0.0}),
    "open to all, spillover as it is": ("full_open_access", {}),
    "open to all, spillover 1": ("full_open_access", {"open_providers.*.spillover": 1.0}),
    "infinite switching cost": ("baseline", {"segments.*.firm_switching_cost": 1e6}),
}
NO_TIERS: dict[str, object] = {"labs.*.tiers": {}}
PAIRS: dict[str, tuple[dict[str, object], dict[str, object], tuple[tuple[str, int], ...]]] = {
    "compute twice as fast cheaper": (
        {"technology.compute_price_decline": 1.2, "record_responses": 1},
        {"technology.compute_price_decline": 1.44, "record_responses": 1},
        (("price paid", -1), ("consumer_surplus", 1)),
    ),
    "updates every 2 months, not every 6": (
        {"labs.*.updates": {"interval": 6, "spread": 0}},
        {"labs.*.updates": {"interval": 2, "spread": 0}},
        (("self_cannibalised_share", 1), ("lost_to_own", 1)),
    ),
    "access twice as wide": ({}, {"twice": "open_access"}, (("open_token_share", 1), ("labs_revenue", -1))),
    "tiers": (NO_TIERS, {}, (("closed_price_at_open_frontier", -1),)),
}
"""Two worlds by what is different in the second, and what it has more (1) or less (−1) of."""
RAISED, MONTH = 1.2, 24


def read(run: Run) -> dict[str, float]:
    """Outcomes of one run; vendor changes are per customer and year once all labs are on sale, from month 12."""
    late = run.segments[run.segments["month"] >= 12]
    changes = 12 * late["switchers"].sum() / late["active"].sum()
    return {**outcomes.compute(run, OUTCOMES), "vendor_changes": changes}


def read_pairs(run: Run) -> dict[str, float]:
    """What the pairs are compared in; the price paid is the mean over all tokens sold, in logs."""
    asked = sorted({name for *_, said in PAIRS.values() for name, _ in said} - {"price paid"})
    paid = run.offers["revenue"].sum() / run.offers["tokens"].sum()
    return {**outcomes.compute(run, asked), "price paid": paid}


def customers_lost(run: Run) -> dict[str, float]:
    """Part of its customers that a lab's best-selling product has less in a month in which its price is higher."""
    sold = run.offers[(run.offers["month"] == MONTH) & run.offers["firm"].isin(run.scenario.labs)]
    best = sold.loc[sold["customers"].idxmax()]
    path = {best["model"]: {str(MONTH): RAISED * float(best["price"])}}
    frozen = {"month": MONTH, "kind": "freeze_prices", "target": best["firm"], "value": path}
    dearer = market.simulate(run.scenario.vary({"months": MONTH + 1, "interventions": [frozen]}), run.seed)
    there = dearer.offers[(dearer.offers["month"] == MONTH) & (dearer.offers["model"] == best["model"])]
    return {"customers lost": 1 - int(there["customers"].iloc[0]) / int(best["customers"])}


def varied(changes: dict[str, object], size: dict[str, object]) -> market.Scenario:
    """The baseline with changes; `twice` names a parameter of all segments that is doubled."""
    base, paths = market.load("baseline"), dict(changes)
    name = paths.pop("twice", None)
    if name is not None:
        paths |= {f"segments.{s}.{name}": 2 * getattr(spec, str(name)) for s, spec in base.segments.items()}
    return base.vary({**size, **paths})


@experiment(seeds=16, quick_seeds=2)
def signs(study: Study) -> None:
    """Show the signs."""
    small = study.pick({}, {"customers": 200, "panel.size": 30, "months": 36})
    chosen = study.pick(list(MARKETS), list(MARKETS)[::2])
    worlds = {label: market.load(MARKETS[label][0]).vary({**small, **MARKETS[label][1]}) for label in chosen}
    runs = study.read(worlds, read, by="market")
    title = "Mean over seeds [95% interval]; multiples of labs' families with complete lives"
    study.table("signs", means(runs, by="market"), title, shown=table_in_words(runs, "market", ".3g"))

    size = study.pick({"customers": 8000}, {"customers": 200, "panel.size": 30, "months": 30})
    pairs = {(what, side): varied(PAIRS[what][side], size) for what in PAIRS for side in (0, 1)}
    found = study.read(pairs, read_pairs, by=("what", "side")).set_index(["what", "side", "seed"]).sort_index()
    rows = []
    for what, (_, _, said) in PAIRS.items():
        for name, sign in said:
            change = found.loc[(what, 1), name] / found.loc[(what, 0), name] - 1
            level = f"{found.loc[(what, 0), name].mean():.3g} to {found.loc[(what, 1), name].mean():.3g}"
            rows.append((what, name, in_words(change, "+.1%", "x"), "more" if sign > 0 else "less", level))
    lost = study.read(market.load("baseline").vary({**size, "months": MONTH + 1}), customers_lost)
    rows.append(("a price a fifth higher", "its customers", in_words(-lost["customers lost"], "+.1%", "x"), "less", ""))
    table = pd.DataFrame(rows, columns=["what", "of", "changes by", "economics says", "from and to"])
    study.table("pairs", table, "Pairs of worlds under the same seeds: change in the second [95% interval]")


if __name__ == "__main__":
    signs()
