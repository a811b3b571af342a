"""What a function is: its content, not its name, its comments or its layout."""

import functools
import subprocess
import sys
import types

import numpy as np
import pandas as pd
import pytest

from market.measures import outcomes as named
from market.measures.readings import complete_lives
from market.studies.content import content, is_packaged

HELPED = """
SHARE = 2
TABLE = {"a": [1, 2]}

class Scale:
    by = 3

    def of(self, value):
        return self.by * value

def helper(run):
    return SHARE * run

def mine(run, k=1):
    "Say something."
    return helper(run) + k * TABLE["a"][0] + Scale().of(run)
"""


def defined(text, name="mine"):
    """What a text defines under a name, as a notebook would."""
    module = types.ModuleType("__main__")
    exec(text, module.__dict__)
    return getattr(module, name)


SAME = {
    "a comment": (HELPED.replace("return helper", "# why\n    return helper")),
    "another docstring": HELPED.replace("Say something.", "Say nothing."),
    "another name": HELPED.replace("def mine", "def yours") + "\nmine = yours\ndel yours",
    "a helper of another name": HELPED.replace("helper", "assistant"),
    "what it does not use": HELPED + "\nOTHER = 5\n",
}
OTHER = {
    "its code": HELPED.replace(" + k *", " - k *"),
    "a constant of its module": HELPED.replace("SHARE = 2", "SHARE = 2.0000000000000004"),
    "a value inside a table": HELPED.replace("[1, 2]", "[1, 3]"),
    "a helper's code": HELPED.replace("SHARE * run", "SHARE + run"),
    "a default": HELPED.replace("k=1", "k=2"),
    "a class's value": HELPED.replace("by = 3", "by = 4"),
    "a class's code": HELPED.replace("self.by * value", "self.by / value"),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_what_does_not_change_a_function(text):
    assert content(defined(text)) == content(defined(HELPED))


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_what_changes_a_function(text):
    assert content(defined(text)) != content(defined(HELPED))


def scaled(k):
    def inner(run):
        return k * run

    return inner


def recursive(n):
    return n and recursive(n - 1) + other(n)


def other(n):
    return n and recursive(n - 1)


def test_closures_partials_methods_and_values_count():
    found = [
        *(content(scaled(k)) for k in (1, 2, "1", np.arange(3), np.arange(4), pd.Series([1.0]), pd.Series([2.0]))),
        *(content(functools.partial(scaled, k)) for k in (1, 2)),
        content(functools.partial(scaled, k=1)),
        *(content(lambda run: 0.1 + run) for _ in range(1)),
        content(lambda run: 0.10000000000000002 + run),
        content(defined(HELPED, "Scale")().of),
        content(recursive),
    ]
    assert len(set(found)) == len(found)
    assert content(scaled(np.int64(1))) == content(scaled(1))
    assert content(functools.partial(scaled, 1)) == content(functools.partial(scaled, 1))


def test_code_that_is_installed_goes_by_its_name():
    assert content(complete_lives) == "market.measures.readings.complete_lives"
    assert is_packaged(named.find("labs_revenue"))
    assert not is_packaged(scaled(1))


def test_another_process_says_the_same(tmp_path):
    """Sets of text come in another order there."""
    text = HELPED.replace("SHARE = 2", 'SHARE = len({"a", "b", "c"} | frozenset("xyz"))').replace(
        "[1, 2]", '{"p", "q"}'
    )
    path = tmp_path / "there.py"
    path.write_text(text + "\nfrom market.studies.content import content\nprint(content(mine))")
    said = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True).stdout.strip()
    assert said == content(defined(text))
