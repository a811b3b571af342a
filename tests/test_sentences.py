"""What a run says, in its order, and how a sentence is added."""

import pytest

import market
from market.formats import times
from market.measures import spending
from market.measures.outcomes import compute
from market.views import page
from market.views.sentences import SENTENCES, Part, said, sentence


def test_a_sentence_is_added_in_one_place():
    run = market.simulate(market.load("duopoly").vary({"customers": 300, "months": 4, "panel.size": 20}), seed=0)

    @sentence(needs="run", part=Part.NOTES)
    def how_long(run):
        return f"It took {run.scenario.months} months."

    @sentence(needs="run", part=Part.FAILURES)
    def nothing(run):
        return ""

    try:
        assert list(said("run", run, Part.FAILURES)) == []
        assert next(said("run", run, Part.NOTES)) == "It took 4 months."
        assert list(said("another kind", run)) == []
        assert "It took 4 months." in page.below(run, 9)
    finally:
        del SENTENCES["how_long"], SENTENCES["nothing"]


@pytest.fixture(scope="module")
def updated():
    """A small market that has complete families and releases."""
    return market.simulate(market.load("duopoly").vary({"customers": 500, "months": 40, "panel.size": 20}), seed=0)


def test_the_bounds_of_releases_are_the_outcomes(updated):
    text = SENTENCES["by_release"].saying(updated)
    low, high = compute(updated, ["release_multiple_low", "release_multiple_high"]).values()
    assert low < high
    assert f"returned {times(low)} to {times(high)} times their training" in text
    assert text in list(said("run", updated, Part.ANSWERS))


def test_answers_speak_of_families(updated):
    families = updated.families[~updated.families["open_weights"]]
    text = SENTENCES["do_models_earn"].saying(updated)
    count = families["complete"].sum()
    assert ("the one complete family" if count == 1 else f"the {count} complete families of labs") in text
    assert "flagship" not in " ".join(said("run", updated))


def test_nothing_is_said_of_releases_without_updates():
    alone = market.load("duopoly").vary({"customers": 300, "months": 40, "panel.size": 20, "labs.*.updates": False})
    run = market.simulate(alone, seed=0)
    assert SENTENCES["by_release"].saying(run) == ""
    assert "Do the models earn?" in " ".join(said("run", run))


def test_what_labs_spend_on_research_is_said_where_they_choose_it(updated):
    assert SENTENCES["who_escalates"].saying(updated) == ""
    small = {"customers": 200, "months": 40, "panel.size": 20}
    rule = {"rule": "share_of_revenue", "share": 0.5}
    run = market.simulate(market.load("duopoly").vary({**small, "labs.*.training": rule}), seed=0)
    books, growth = spending.by_year(run), spending.growth(run)
    most = books.groupby("firm")[["spent", "revenue"]].sum().sort_values("revenue").iloc[-1]
    ratio = times(most["spent"] / most["revenue"])
    assert SENTENCES["who_escalates"].saying(run) == (
        f"What R&D do labs choose? {most.name}, the largest, spent {ratio} times its "
        f"revenue over 2023 to 2025; {growth.idxmax()}'s bases grew most in cost, {times(growth.max())}-fold a year."
    )
