"""What each switch between version 0.1's world and the baseline does to the answers, alone and one after another.

From `single_line`, which is version 0.1's baseline, to `baseline`, a switch at a time, under the same seeds: each alone
against `single_line`, and each on top of those before against what stood before it. The last step takes the values of
the first calibration, of customers and prices. A switch that changes an answer more than competition does says that an
assumption decides it. With updates a release is no family any more: what it returns is shown by who bears the base.

Full: 24 worlds, 12 seeds each, about five minutes. Quick: 3 switches, 2 seeds.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

import market
from market.experiment import Study, experiment
from market.parameters import Parameters
from market.studies.words import in_short, table_in_words

FIRMS, SEGMENTS = ("labs", "open_providers"), ("segments",)
SWITCHES: dict[str, tuple[tuple[str, ...], ...]] = {
    "life from release": ((*FIRMS, "life"), (*FIRMS, "retirement")),
    "research as a flow": ((*FIRMS, "research"), (*FIRMS, "research_flow")),
    "serving follows compute": (
        ("technology", "serving_follows_compute"),
        ("technology", "serving_progress"),
        ("technology", "serving_progress_on_sale"),
    ),
    "algorithms by schedule": (("technology", "algorithmic_progress"), ("technology", "algorithmic_schedule")),
    "unpaid use": ((*FIRMS, "unpaid"),),
    "a rise wakes": ((*SEGMENTS, "reconsideration_at_rise"),),
    "luck by tier": (("demand", "luck_by_release"),),
    "updates": ((*FIRMS, "updates"), ("technology", "shock_sd"), (*SEGMENTS, "auto_upgrade")),
    "tiers": ((*FIRMS, "tiers"),),
    "access spreads": ((*SEGMENTS, "access_spread"),),
    "prices look ahead": (("labs", "pricing"),),
}
"""What each switch takes over from the baseline: tables, and the parameter in every entry of them."""

OUTCOMES = {
    "multiple": "families: x training",
    "multiple_full_rd": "x full R&D",
    "release_multiple_low": "releases: x training, at least",
    "release_multiple_high": "at most",
    "labs_gross_margin": "labs' gross margin",
    "labs_result": "labs' result, $bn",
    "open_token_share": "open token share",
    "self_cannibalised_share": "self-cannibalised",
    "frontier_price": "frontier price, $",
}
STEP, ALONE, ON_TOP = "switch", "alone", "on top of those above"


def changes(switch: str, baseline: Parameters) -> Iterator[tuple[str, Any]]:
    """Paths and values that a switch takes over."""
    data = baseline.model_dump()
    for *tables, name in SWITCHES[switch]:
        if tables == ["technology"] or tables == ["demand"]:
            yield f"{tables[0]}.{name}", data[tables[0]][name]
            continue
        for table in tables:
            for entry, values in data[table].items():
                yield f"{table}.{entry}.{name}", values[name]


@experiment(seeds=12, quick_seeds=2)
def switches(study: Study) -> None:
    """Turn the switches one at a time, and one after another."""
    size = study.pick({"customers": 8000}, {"customers": 200, "panel.size": 30, "months": 36})
    baseline, now = market.load("baseline").vary(size), market.load("single_line").vary(size)
    names = study.pick(list(SWITCHES), list(SWITCHES)[:3])
    worlds, stands = {("single_line", ALONE): now, ("single_line", ON_TOP): now}, now
    for name in names:
        turned = dict(changes(name, baseline))
        stands = stands.vary(turned)
        worlds |= {(name, ALONE): now.vary(turned), (name, ON_TOP): stands}
    worlds["calibration", ON_TOP] = baseline
    runs = study.read(worlds, list(OUTCOMES), by=(STEP, "how"))
    runs["labs_result"] /= 1e9
    study.table("runs", runs)
    for how, against in ((ALONE, ["single_line"] * len(names)), (ON_TOP, ["single_line", *names])):
        found = runs[runs["how"] == how].set_index([STEP, "seed"])[list(OUTCOMES)]
        after = [*names, "calibration"][: len(against)]
        parts = {step: found.loc[step] - found.loc[before] for step, before in zip(after, against, strict=True)}
        changed = pd.concat(parts, names=[STEP]).reset_index()
        shown = table_in_words(changed.rename(columns=OUTCOMES), STEP, say=_in_short)
        study.table(how.replace(" ", "_"), shown, f"What each switch changes, {how}: mean and half of its 95% interval")
    ends = runs[(runs["how"] == ON_TOP) & runs[STEP].isin(["single_line", "calibration"])].drop(columns="how")
    study.table("ends", table_in_words(ends.rename(columns=OUTCOMES), STEP), "Where it begins and where it ends")


def _in_short(values: pd.Series, form: str = ",.2f", unit: str | None = None) -> str:  # noqa: ARG001
    """A difference of shares is no share, so all are means."""
    return in_short(values, form, "x")


if __name__ == "__main__":
    switches()
