"""Research borne by the base released next distributes the same dollars as the books, but to other families."""

import pytest

import market
from market.measures.outcomes import compute
from market.measures.research import borne_by_the_next
from market.views.sentences.run import who_bears_research

BOTH = ["multiple_full_rd", "multiple_full_rd_next"]


def test_the_next_base_bears_what_is_spent_until_it_is_released(run):
    borne = borne_by_the_next(run)
    for firm in run.scenario.labs:
        bases = run.families[(run.families["firm"] == firm) & run.families["released"].notna()].sort_values("released")
        spent = run.ledger[(run.ledger["firm"] == firm) & (run.ledger["account"] == "RESEARCH")]
        earlier = -float("inf")
        for family, released in zip(bases["family"], bases["released"], strict=True):
            meanwhile = spent[(spent["month"] >= earlier) & (spent["month"] < released)]
            assert borne[family] == pytest.approx(-meanwhile["amount"].sum()), family
            earlier = released


def test_where_a_base_is_always_in_training_the_next_bears_no_more(run):
    """What the books give to a family includes research of months after its release, at the cost of later years."""
    released = run.families[run.families["firm"].isin(run.scenario.labs) & run.families["released"].notna()]
    last = released.groupby("firm")["released"].transform("max")
    complete = released[released["released"] < last]
    assert borne_by_the_next(run)[complete["family"]].sum() < complete["research"].sum()
    booked, ahead = compute(run, BOTH).values()
    assert ahead > booked


def test_without_research_both_are_the_multiple_on_training():
    small = market.load("baseline").vary({"labs.*.research": 0.0, "customers": 300, "months": 48})
    found = compute(market.simulate(small, 0), ["multiple", *BOTH])
    assert len({round(value, 9) for value in found.values()}) == 1


def test_a_sentence_says_what_the_next_base_leaves_where_it_turns_the_answer_round(run):
    between = market.load("baseline").vary({"customers": 2000, "months": 48, "labs.*.unpaid": 0.2})
    turned = market.simulate(between, 0)
    booked, ahead = compute(turned, BOTH).values()
    assert booked < 1 < ahead
    *_, said, times = who_bears_research(turned).split()
    assert times == "times."
    assert float(said) == pytest.approx(ahead, rel=0.01)
    assert max(compute(run, BOTH).values()) < 1
    assert who_bears_research(run) == ""
