"""Workers that cannot start, or cannot load what is to be done, are found before any run; what has no name is sent."""

import subprocess
import sys
import types

import pytest

import market
from market.measures import outcomes as named
from market.parameters import InputError
from market.registry import Registry

BODY = """
import functools
from typing import Literal
import market
from market.parameters import parameter
from market.strategies.pricing import Prices, PricingRule
FACTOR = 2
class Flat(PricingRule):
    "One price for all."
    rule: Literal["flat_for_all"] = "flat_for_all"
    level: float = parameter(3.0, unit="$ per Mtok", gt=0, meaning="the price")
    def price(self, view, free):
        return Prices({own.model.name: self.level for own in free}, view.memory)
def helper(run):
    return FACTOR * run.companies["revenue"].sum()
def scaled(run, k):
    return k * helper(run)
tiny = market.load("duopoly").vary({"customers": 100, "months": 8, "panel.size": 50})
asked = {"a": helper, "b": functools.partial(scaled, k=3), "c": lambda run: FACTOR, "labs_revenue": "labs_revenue"}
try:
    factors = {"labs.*.pricing.rule": ["flat_for_all"]}
    table = market.sweep(tiny, factors, replications=1, outcomes=asked, workers=1, out="s")
    ratio = round((table["b"] / table["a"]).item(), 9)
    print((table["a"] / table["labs_revenue"]).item() > 1, ratio, table["c"].item())
except market.InputError as error:
    print(error)
"""


def python(*words, folder, given=None):
    call = [sys.executable, *words]
    return subprocess.run(call, cwd=folder, input=given, capture_output=True, text=True, timeout=120, check=False)


def test_a_program_from_standard_input_needs_no_file(tmp_path):
    answer = python("-", folder=tmp_path, given=BODY)
    assert answer.stdout == "True 3.0 2.0\n", answer.stderr


def test_a_script_needs_no_guard(tmp_path):
    (tmp_path / "script.py").write_text(BODY)
    answer = python("script.py", folder=tmp_path)
    assert answer.stdout == "True 3.0 2.0\n", answer.stderr


def test_what_processes_cannot_import_is_said_before_any_run(tiny, tmp_path, monkeypatch):
    lost = types.ModuleType("nowhere_to_be_found")
    exec("def mine(run): return 1.0", lost.__dict__)
    monkeypatch.setitem(sys.modules, lost.__name__, lost)
    with pytest.raises(InputError, match=r"cannot load what is to be done .*No module named 'nowhere_to_be_found'"):
        market.sweep(tiny, {"months": [8]}, outcomes=[lost.mine], replications=1, workers=1, out=tmp_path / "s")
    assert list(tmp_path.iterdir()) == []


def registered(run, period):
    """A user's own outcome."""
    return float(run.scenario.months)


def test_a_registered_outcome_of_ones_own_reaches_processes(tiny, monkeypatch):
    monkeypatch.setattr(named, "OUTCOMES", Registry("outcome"))
    named.outcome(unit="months")(registered)
    table = market.sweep(tiny, {"months": [8]}, outcomes=["registered"], replications=1, workers=1)
    assert table["registered"].tolist() == [8.0]


OWN_PARTS = """
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar, Literal
from pydantic import field_validator
import market
from market.measures.outcomes import compute, outcome
from market.parameters import parameter
from market.schemas import Column, Schema
from market.strategies.pricing import Prices, PricingRule
from market.tables import derived
class Flat(PricingRule):
    "One price for all."
    rule: Literal["flat_for_all"] = "flat_for_all"
    TIMES: ClassVar[float] = 2.0
    level: float = parameter(3.0, unit="$ per Mtok", gt=0, meaning="the price")
    @field_validator("level")
    @classmethod
    def twice(cls, value):
        return 2 * value
    def price(self, view, free):
        return Prices({own.model.name: self.TIMES * self.level for own in free}, view.memory)
@derived(Schema("own_months", "Months.", (Column("month", "month", "Month.", "int64"),)))
def own_months(run):
    return run.offers[["month"]].drop_duplicates().reset_index(drop=True)
@outcome(unit="months")
def own_length(run, period):
    "Months of a run."
    return run.scenario.months
def price(run):
    return run.offers.loc[run.offers["firm"] == "Alpha", "price"].max()
def months(run):
    return len(run.own_months) + compute(run, ["own_length"])["own_length"]
tiny = {"customers": 100, "months": 6, "panel.size": 20, "labs.Alpha.pricing": {"rule": "flat_for_all"}}
for executor in (ThreadPoolExecutor(1), None):
    table = market.sweep(
        market.load("duopoly").vary(tiny), {"labs.Alpha.pricing.level": [5.0]}, replications=1,
        outcomes=[price, months], executor=executor, workers=1,
    )
    print(table[["price", "months"]].to_numpy().tolist())
"""


def test_all_that_a_rule_of_a_program_without_a_file_has_and_its_own_tables_and_outcomes_reach_processes(tmp_path):
    answer = python("-", folder=tmp_path, given=OWN_PARTS)
    assert answer.stdout == "[[20.0, 12.0]]\n[[20.0, 12.0]]\n", answer.stderr


ALTERNATELY = """
import market
from market.schemas import SCHEMAS
from market.studies.sending import packed_work, unpacked_work
from market.tables.run import DERIVED
PARTS = '''
from typing import Literal
import pandas as pd
from market.schemas import Column, Schema
from market.strategies.pricing import Prices, PricingRule
from market.tables import derived
class Flat(PricingRule):
    "One price for all."
    rule: Literal["flat_for_all"] = "flat_for_all"
    def price(self, view, free):
        return Prices({own.model.name: TIMES for own in free}, view.memory)
@derived(Schema("own_rows", "Rows.", (Column("row", "", "Row.", "int64"),)))
def own_rows(run):
    return pd.DataFrame({"row": range(int(TIMES))})
'''
def read(_):
    changes = {"customers": 100, "months": 3, "panel.size": 20, "labs.Alpha.pricing": {"rule": "flat_for_all"}}
    run = market.simulate(market.load("duopoly").vary(changes))
    return run.offers.loc[run.offers["firm"] == "Alpha", "price"].max(), len(run.own_rows)
sent = []
for times in (3.0, 6.0):
    SCHEMAS.pop("own_rows", None), DERIVED.pop("own_rows", None)
    exec(PARTS, {"__name__": "__main__", "TIMES": times})
    sent.append(packed_work(read))
print([tuple(map(float, unpacked_work(sent[which])(None))) for which in (0, 1, 0, 1)])
"""


def test_a_worker_that_lives_on_does_what_is_asked_now(tmp_path):
    """As those of a cluster do, which meet a script's rule and table before and after they were edited."""
    answer = python("-", folder=tmp_path, given=ALTERNATELY)
    assert answer.stdout == "[(3.0, 3.0), (6.0, 6.0), (3.0, 3.0), (6.0, 6.0)]\n", answer.stderr
