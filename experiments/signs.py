"""Does the market move the way economics says? Signs of competition, catch-up and switching costs, with intervals.

Gross margin and multiple by number of labs; multiples by spillover where everybody can use open weights; with and
without open source; and vendors under an infinite switching cost.

Full: 16 seeds of nine markets, about three minutes. Quick: 2 seeds with few customers.
"""

import market
from market.experiment import Study, experiment
from market.measures import outcomes
from market.studies.summary import means
from market.studies.words import table_in_words
from market.tables import Run

OUTCOMES = ["labs_gross_margin", "multiple", "multiple_full_rd", "open_token_share"]
MARKETS: dict[str, tuple[str, dict[str, object]]] = {
    "one lab": ("monopoly", {}),
    "two labs": ("duopoly", {}),
    "four labs": ("baseline", {}),
    "eight labs": ("eight_labs", {}),
    "four labs, no open source": ("no_open_source", {}),
    "open to all, spillover 0": ("full_open_access", {"open_providers.*.spillover": 0.0}),
    "open to all, spillover 0.6": ("full_open_access", {}),
    "open to all, spillover 1": ("full_open_access", {"open_providers.*.spillover": 1.0}),
    "infinite switching cost": ("baseline", {"segments.*.firm_switching_cost": 1e6}),
}


def read(run: Run) -> dict[str, float]:
    """Outcomes of one run; vendor changes are per customer and year once all labs are on sale, from month 12."""
    late = run.segments[run.segments["month"] >= 12]
    changes = 12 * late["switchers"].sum() / late["active"].sum()
    return {**outcomes.compute(run, OUTCOMES), "vendor_changes": changes}


@experiment(seeds=16, quick_seeds=2)
def signs(study: Study) -> None:
    """Show the signs."""
    small = study.pick({}, {"customers": 1000})
    worlds = {label: market.load(name).vary({**small, **changes}) for label, (name, changes) in MARKETS.items()}
    runs = study.read(worlds, read, by="market")
    title = "Mean over seeds [95% interval]; multiples of complete lives of labs' flagships"
    study.table("signs", means(runs, by="market"), title, shown=table_in_words(runs, "market", ".3g"))


if __name__ == "__main__":
    signs()
