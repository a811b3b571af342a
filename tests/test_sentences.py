"""What a run says, in its order, and how a sentence is added."""

import market
from market.commands.run import print_run
from market.views.sentences import SENTENCES, Part, said, sentence


def test_a_sentence_is_added_in_one_place(capsys):
    run = market.simulate(market.load("duopoly").vary({"customers": 300, "months": 4, "panel.size": 20}), seed=0)

    @sentence(needs="run", part=Part.NOTES)
    def how_long(run):
        return f"It took {run.scenario.months} months."

    @sentence(needs="run", part=Part.FAILURES)
    def nothing(run):
        return ""

    try:
        print_run(run)
        assert list(said("run", run, Part.FAILURES)) == []
        assert next(said("run", run, Part.READINGS, Part.NOTES)) == "It took 4 months."
        assert list(said("sweep", run, *Part)) == []
    finally:
        del SENTENCES["how_long"], SENTENCES["nothing"]
    printed = capsys.readouterr().out
    assert printed.index("Model P&L") < printed.index("It took 4 months.") < printed.index("Read by calendar year")
