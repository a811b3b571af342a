"""Golden runs: what every scenario of the catalogue gives, in a small readable file whose diff shows what changed.

A changed file needs its reason in the changelog. Write the files anew with: python -m tests.test_golden
"""

import csv
from pathlib import Path

import pytest

import market
from market.scenario.load import catalogue
from market.scenario.schema import Scenario

FOLDER = Path(__file__).parent / "golden"
SMALL = {"customers": 2000, "panel.size": 400, "record_responses": 1}
TOLERANCE, COUNTS = 1e-2, 2
"""Of figures and of counts of events, across operating systems and versions of libraries; on one machine, and between
processors as far as tried, a run is exact (test_simulation).

A last digit decides between two prices that bring the same, and then moves customers: 3% of a year's revenue was seen
while customers were drawn, and prices found, with powers and exponentials of NumPy's, and while floats were added up by
`sum`, which is another from Python 3.12 on.
"""


def worlds() -> dict[str, Scenario]:
    """Worlds with a golden run: the catalogue, and version 0.1's with patient parents, as before labs raised."""
    patient = market.load("single_line").vary({"labs.*.funding": {"rule": "patient"}})
    return {**{name: market.load(name) for name in sorted(catalogue())}, "patient": patient}


def golden_rows(name: str) -> list[tuple[str, str, str, str]]:
    """Figures of a small run of a scenario: what, who, when, value with six digits."""
    run = market.simulate(worlds()[name].vary(SMALL), seed=0)
    rows = []
    for c in run.companies.itertuples():
        for what in ("revenue", "serving", "training", "research", "result"):
            rows.append((f"company {what} $M", c.firm, str(c.year), getattr(c, what) / 1e6))
    price, family = (run.models.set_index("model")[what] for what in ("launch_price", "family"))
    for f in run.families.assign(launch_price=run.families["family"].map(price)).itertuples():  # that of its base
        for what in ("capability", "launch_price", "multiple", "months_at_frontier"):
            rows.append((f"model {what}", f.family, "", getattr(f, what)))
    last = run.offers[(run.offers["month"] == run.scenario.months - 1) & (run.offers["firm"] != "hosts")]
    used = last.groupby(last["model"].map(family), sort=False)["customers"].sum()
    rows += [("customers", name, "last month", count) for name, count in used.items()]
    kinds = run.events["kind"].value_counts().sort_index()
    rows += [("events", kind, "", count) for kind, count in kinds.items()]
    rows.append(("consumer surplus $M", "everybody", "", run.segments["surplus"].sum() / 1e6))
    return [(what, who, when, f"{value:.6g}") for what, who, when, value in rows]


@pytest.mark.parametrize("name", worlds())
def test_golden(name):
    path = FOLDER / f"{name}.csv"
    assert path.exists(), f"no golden run of {name}: python -m tests.test_golden"
    with path.open(newline="", encoding="utf-8") as file:
        expected = [tuple(row) for row in csv.reader(file)][1:]
    found = golden_rows(name)
    assert [row[:3] for row in found] == [row[:3] for row in expected]
    for now, then in zip(found, expected, strict=True):
        least = COUNTS if now[0] == "events" else 1e-6
        value = pytest.approx(float(then[3]), rel=TOLERANCE, abs=least, nan_ok=True)
        assert float(now[3]) == value, f"{' '.join(now[:3])}: {now[3]}, golden {then[3]}"


def write() -> None:
    """Write all golden files anew."""
    for name in worlds():
        with (FOLDER / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([("what", "who", "when", "value"), *golden_rows(name)])


if __name__ == "__main__":
    write()
