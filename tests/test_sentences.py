"""What a run says, in its order, and how a sentence is added."""

import market
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
