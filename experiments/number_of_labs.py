"""What more labs do to margins and multiples: what of it is competition, and what the same R&D paid for once more.

One, two, four and eight labs, each of which spends the full path, or which together spend what four do: bases, updates
and research of n labs then cost 4/n of theirs. What the multiple falls by with the industry's R&D held is competition,
less what larger runs of fewer labs bring; what it falls by beyond that if each spends the full path is duplicated fixed
cost. Open providers spend the same in all. Patient parents pay.

Full: 8 worlds, 12 seeds of each, about five minutes. Quick: 2 seeds with few customers.
"""

import pandas as pd

import market
from market.experiment import Study, experiment
from market.measures import outcomes
from market.measures.payoffs import contribution_after
from market.studies.changes import spending_as
from market.studies.summary import means
from market.studies.words import in_words, ratio_in_words, table_in_words
from market.tables import Run

FREE, HELD = "each lab the full path", "together as four"
NUMBERS = {1: "monopoly", 2: "duopoly", 4: "baseline", 8: "eight_labs"}
MARGIN, MULTIPLES = "labs_gross_margin", {"multiple": "on training", "multiple_full_rd": "on full R&D"}
RD = "R&D of all labs, $bn"


def read(run: Run) -> dict[str, float]:
    """Outcomes, and what all labs spend on training and research."""
    spent = [contribution_after(run, lab, []) - contribution_after(run, lab, ["training", "research"])
             for lab in run.scenario.labs]  # fmt: skip
    return {**outcomes.compute(run, [MARGIN, *MULTIPLES, "labs_revenue"]), RD: sum(spent)}


def said(runs: pd.DataFrame) -> str:
    """Say how margins and multiples fall with the number of labs, and which part of the fall is duplicated R&D."""
    at = {key: rows.set_index("seed") for key, rows in runs.groupby(["R&D", "labs"])}

    def along(way: str, name: str) -> str:
        return ", ".join(in_words(at[way, number][name]) for number in NUMBERS)

    lines = [
        f"With {', '.join(map(str, NUMBERS))} labs gross margins are {along(FREE, MARGIN)} if each spends the full "
        f"path, {along(HELD, MARGIN)} if all together spend what four do."
    ]
    for name, what in MULTIPLES.items():
        free, same = (at[way, 1][name] / at[way, 8][name] for way in (FREE, HELD))
        lines.append(
            f"Multiples {what} are {along(FREE, name)} if each spends the full path, {along(HELD, name)} if all "
            f"together spend what four do. From one lab to eight the first are divided by {in_words(free)}: by "
            f"{in_words(same)} for competition, as the second are, and by {in_words(free / same)} for R&D that is paid "
            "for once more."
        )
    spent = ratio_in_words(at[HELD, 8][RD], at[HELD, 1][RD])
    return "\n".join([*lines, f"Eight then spend {spent} times what one does, as their dates differ."])


@experiment(seeds=12, quick_seeds=2)
def number_of_labs(study: Study) -> None:
    """Vary the number of labs, each with an R&D of its own, and with that of the industry held."""
    size = study.pick({"customers": 10_000}, {"customers": 200, "panel.size": 20, "months": 32})
    free = {n: market.load(name).vary({**size, "labs.*.funding": {"rule": "patient"}}) for n, name in NUMBERS.items()}
    worlds = {
        (way, n): spending_as(world, 4) if way == HELD else world for way in (FREE, HELD) for n, world in free.items()
    }
    runs = study.read(worlds, read, by=("R&D", "labs"))
    title = f"Mean over {len(study.seeds)} seeds [95% interval]; multiples of families with complete lives"
    study.table("numbers", means(runs, ["R&D", "labs"]), title, table_in_words(runs, ["R&D", "labs"], ",.3g"))
    study.say(said(runs))


if __name__ == "__main__":
    number_of_labs()
