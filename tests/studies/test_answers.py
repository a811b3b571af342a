"""The answers: every claim is asked, cases read what they say, and no sentence says more than its interval."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import market
from market.cli import main
from market.measures.outcomes import compute
from market.studies.answers.cases import CASES, EQUALS
from market.studies.answers.questions import EXPERIMENTS, NUMBERED, QUESTIONS, TOPICS, Basis
from market.studies.answers.study import answers, ledger
from market.studies.changes import spending_as, with_open_equals
from market.studies.draws import drawn, in_world
from market.studies.tied import tied
from market.views.answers_page import page_of
from market.views.sentences.answers import flips, rests_on, verdict_of

EXPERIMENT_FILES = Path(__file__).resolve().parents[2] / "experiments"
SIZE = {"customers": 100, "panel.size": 12}
SOME = (11, 14)
"""Claims that few runs answer."""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Answers to some claims, whose runs are kept."""
    kept = tmp_path_factory.mktemp("answers") / "runs"
    with ThreadPoolExecutor(2) as threads:
        return answers(SOME, worlds=3, seeds=2, size=SIZE, executor=threads, keep=kept), kept


def test_every_claim_is_asked_in_plain_words_and_has_an_experiment():
    assert set(NUMBERED) == set(range(1, 17)) == set(EXPERIMENTS)
    assert {one.number for one in QUESTIONS.values()} == set(NUMBERED) - {1}  # the first is the ledger's
    assert sorted(name for names in TOPICS.values() for name in names) == sorted(QUESTIONS)
    for name in EXPERIMENTS.values():
        assert (EXPERIMENT_FILES / f"{name}.py").is_file()


def test_the_quoted_cash_is_the_interviews_in_both_books():
    table = ledger()
    years, models = (table[table["reading"] == one] for one in ("year", "model"))
    assert years["result"].tolist() == pytest.approx([-100, -800, -8000])
    assert models["multiple"].dropna().tolist() == pytest.approx([2.0, 2.0])
    assert years["result"].sum() == pytest.approx(models["result"].sum())


@pytest.mark.parametrize("name", list(CASES))
def test_a_case_gives_every_figure_that_is_asked_for(name):
    case = CASES[name]
    run = market.simulate(in_world(case.sized(SIZE), drawn(8)[1]), 1)
    read = case.read(run)
    about = [one for one in QUESTIONS.values() if one.case == name]
    assert about
    for question in about:
        assert {question.outcome, *(shown.figure for shown in question.shows)} <= set(read), question.name
    assert all(isinstance(value, float | int) for value in read.values())
    if name in ("market", "own_choice", "eight_labs"):
        own = compute(run, ("multiple", "labs_deeper_in_loss"))
        assert read["multiple"] == own["multiple"]
        assert read["earn_and_lose"] == float(own["multiple"] >= 1 and own["labs_deeper_in_loss"] > 0.5)
    if name == "ends":
        with_limit = read["result, largest run, known"] > 0
        assert not (read["plateau_in_profit"] and not with_limit)


def test_shares_are_of_worlds_and_the_runs_behind_them_are_kept(found):
    result, _ = found
    runs = result.cases["market"]
    assert runs["world"].value_counts().to_dict() == {0: 2, 1: 2, 2: 2}
    true = runs["excluding training"] >= 0
    assert result.answer("without_training")["share"] == pytest.approx(true.groupby(runs["world"]).mean().mean())
    assert result.failed == 0
    assert set(result.answers["claim"]) == set(SOME)


def test_the_same_call_takes_what_is_kept(found, threads, monkeypatch):
    result, kept = found
    ran = []
    monkeypatch.setattr("market.studies.result.simulate", lambda *of: ran.append(of) or market.simulate(*of))
    again = answers(SOME, worlds=3, seeds=2, size=SIZE, executor=threads, keep=kept)
    assert not ran
    for name, table in result.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.92, 1.0, "true"), (0.0, 0.09, "untrue"), (0.4, 0.6, "undecided"), (0.05, 0.5, "undecided"),
     (0.51, 1.0, "more often true"), (0.02, 0.49, "more often untrue")],
)  # fmt: skip
def test_no_verdict_says_more_than_its_interval(found, low, high, said):
    table = found[0].answers.assign(low=low, high=high, share=(low + high) / 2)
    text = verdict_of(replace(found[0], answers=table), "without_rd")
    assert f": {said}, in " in text


def test_what_flips_an_answer_is_named_only_where_the_interval_leaves_out_zero(found):
    rows = pd.DataFrame({
        "question": ["without_rd"] * 2, "factor": ["research", "life"], "below": [1.0, 12.0], "above": [2.0, 18.0],
        "true_below": [0.9, 0.6], "true_above": [0.2, 0.5], "difference": [-0.7, -0.1], "low": [-0.9, -0.4],
        "high": [-0.4, 0.2],
    })  # fmt: skip
    text = flips(replace(found[0], factors=rows), "without_rd")
    assert "`research` is below 1" in text
    assert "life" not in text
    assert "may be chance" in flips(replace(found[0], factors=rows.iloc[1:]), "without_rd")
    assert flips(replace(found[0], factors=rows.iloc[:0]), "without_rd") == "What flips it: none of these worlds does."


def test_a_claim_may_be_of_what_lies_below_a_level():
    below, above = QUESTIONS["no_profit_forward"], QUESTIONS["training"]
    values = np.array([0.5, 1.0, 1.5, np.nan])
    assert below.true(values).tolist() == [True, False, False, False]
    assert above.true(values).tolist() == [False, True, True, False]


def test_the_first_claim_alone_needs_no_run():
    alone = answers([1])
    assert (alone.asked, alone.failed, len(alone.ledger)) == ([], 0, 6)
    assert "market answers --claim 1" in page_of(alone, "there")


def test_a_box_is_told_only_if_it_is_another_world(found):
    runs = len(found[0].cases["market"])
    box = {"question": "without_rd", "holds": True, "factor": "life", "low": 14.0, "high": np.nan, "caught": 0.5}
    share = found[0].answer("without_rd")["share"]
    for true, size, told in (
        (share + 0.2, runs // 2, True),
        (share + 0.05, runs // 2, False),
        (share + 0.2, runs, False),
    ):
        boxes = pd.DataFrame([{**box, "true": true, "runs": size}])
        assert ("life is above 14" in flips(replace(found[0], boxes=boxes), "without_rd")) is told


def test_claims_by_construction_are_called_so():
    assert QUESTIONS["tenfold_cost"].basis is Basis.CONSTRUCTED
    assert QUESTIONS["dearer_than_revenue"].basis is Basis.FITTED
    assert QUESTIONS["full_rd"].basis is Basis.IMPOSED
    assert QUESTIONS["locked_in_value"].basis is Basis.ASSUMED
    assert "by construction" in rests_on(QUESTIONS["tenfold_cost"])


def test_the_page_tells_every_question_with_its_figure_table_and_command(found):
    text = page_of(found[0], "../results/answers")
    for name in found[0].asked:
        one = QUESTIONS[name]
        assert f"*Claim {one.number}. {NUMBERED[one.number]}*" in text
        assert f"](../results/answers/claim_{one.number}.png)" in text
        assert f"[{one.case}.csv](../results/answers/{one.case}.csv)" in text
        assert " ".join(rests_on(one).split()) in " ".join(text.split())
    assert "market answers --claim 11 --worlds 3 --seeds 2" in " ".join(text.split())


def test_tied_labs_are_alike_in_every_world():
    for draw in drawn(12):
        labs = tied(3, world=in_world(market.load("baseline"), draw)).model_dump()["labs"].values()
        alike = [{name: value for name, value in lab.items() if name != "first_start"} for lab in labs]
        assert alike[0] == alike[1] == alike[2]


def test_labs_that_spend_as_four_spend_that_together():
    four = market.load("baseline")
    for name in ("monopoly", "duopoly", "eight_labs"):
        labs = spending_as(market.load(name), 4).labs.values()
        together = sum(lab.training.first_cost for lab in labs)
        assert together == pytest.approx(sum(lab.training.first_cost for lab in four.labs.values()))


def test_open_equals_come_in_every_world():
    for draw in drawn(24):
        world = with_open_equals(in_world(market.load("baseline"), draw), EQUALS[-1])
        assert all(np.isfinite(one.host_margin) for one in world.open_providers.values())


def test_bad_input_gets_one_line(here, tmp_path):
    status, _, errors = here(main, "market", "answers", "--claim", "17")
    assert (status, errors) == (2, "market: claim 17: is unknown; allowed: 1 to 16\n")
    page = tmp_path / "docs" / "ANSWERS.md"
    page.parent.mkdir()
    page.write_text("# Answers\n\nMy own.\n")
    status, _, errors = here(main, "market", "answers", "--quick", "--page", str(page))
    assert status == 2
    assert "exists already" in errors
    assert page.read_text() == "# Answers\n\nMy own.\n"
    assert [one.name for one in tmp_path.iterdir()] == ["docs"]
