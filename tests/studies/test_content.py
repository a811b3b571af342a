"""What a function is: its content, not its name, its comments or its layout."""

import functools
import os
import subprocess
import sys
import types

import numpy as np
import pandas as pd
import pytest

from market.measures.readings import complete_lives
from market.studies import origins
from market.studies.content import content

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
        *(content(text.join) for text in "ab"),
        content(recursive),
    ]
    assert len(set(found)) == len(found)
    assert content(scaled(np.int64(1))) == content(scaled(1))
    assert content(functools.partial(scaled, 1)) == content(functools.partial(scaled, 1))


def test_code_that_is_installed_goes_by_its_name():
    assert content(complete_lives) == "market.measures.readings.complete_lives"


def claimed(function):
    """A function of one's own that says it is another."""

    @functools.wraps(function)
    def inner(run):
        return 2 * function(run)

    return inner


def test_what_a_thing_says_of_itself_is_not_believed():
    assert content(claimed(complete_lives)) != content(complete_lives)
    mine = type("DataFrame", (), {"__module__": pd.DataFrame.__module__})
    assert content(mine) != content(pd.DataFrame)


MODULES = {
    "helper": "import deeper\nimport kept.inner\ndef g():\n    return deeper.h() + kept.inner.k()",
    "deeper": "def h():\n    import helper\n    return 1",
    "kept/__init__": "",
    "kept/inner": "def k():\n    return 1",
}
REACHED = {
    "an import inside": "def mine(run):\n    import helper\n    return helper.g()",
    "a module": "import helper\ndef mine(run):\n    return helper.g()",
    "a name of a module": "from helper import g\ndef mine(run):\n    return g()",
    "a module of a package": "import kept.inner, deeper\ndef mine(run):\n    return kept.inner.k() + deeper.h()",
    "a relative import": "from kept import inner\n__package__ = 'kept'\ndef mine(run):\n    from . import inner",
}
"""Ways to reach modules of one's own, of which `helper` and `deeper` import one another."""


@pytest.fixture(scope="module")
def edited(tmp_path_factory):
    """Folders with the modules as they are, with comments, and with one of them edited."""
    folders = {}
    for edit in ("nothing", "comments", "helper", "deeper", "inner"):
        folders[edit] = tmp_path_factory.mktemp(edit)
        (folders[edit] / "kept").mkdir()
        for name, text in MODULES.items():
            end = {"comments": "  # why", name.rpartition("/")[2]: " + 1"}.get(edit, "")
            (folders[edit] / f"{name}.py").write_text(text and text + end)
    return folders


@pytest.mark.parametrize("how", REACHED)
def test_modules_of_ones_own_are_followed(how, edited, monkeypatch):
    def found(edit):
        with monkeypatch.context() as there:
            there.syspath_prepend(edited[edit])
            origins.installed.cache_clear()
            try:
                return content(defined(REACHED[how]))
            finally:
                for name in ("helper", "deeper", "kept", "kept.inner"):
                    sys.modules.pop(name, None)

    assert found("comments") == found("nothing")
    reached = {"a module of a package": ["inner", "deeper"], "a relative import": ["inner"]}
    for edit in reached.get(how, ["helper", "deeper", "inner"]):
        assert found(edit) != found("nothing"), edit


def test_values_of_ones_own_kinds_count():
    """Whatever keeps them: slots, a table, a list with attributes, attributes of a function."""

    def valued(text):
        return content(defined(f"import collections\n{text}\ndef mine(run):\n    return VALUE, mine"))

    slotted = "class C:\n    __slots__ = ('a', '__b')\n    def __init__(self): self.a, self.__b = 1, 2\nVALUE = C()"
    listed = "class C(list): pass\nVALUE = C([1])\nVALUE.k = 1"
    counted = "class C(collections.deque): pass\nVALUE = C([1])"
    framed = "import pandas\nVALUE = pandas.DataFrame({'a': [[1], {2}]})"
    called = "VALUE = lambda: 0\nVALUE.k = 1"
    for text in (slotted, listed, counted, called, "VALUE = b'1'", framed, "VALUE = 10**5000 + 1", "VALUE = range(1)"):
        other = text.replace("1", "3")
        assert valued(text) == valued(text)
        assert valued(text) != valued(other), text


def test_the_second_time_says_the_same():
    """Copying leaves a mark in a class."""
    method = defined(HELPED, "Scale")().of
    assert content(method) == content(method)


def test_another_process_says_the_same(tmp_path):
    """Sets come in another order there."""
    text = HELPED.replace("SHARE = 2", 'SHARE = [{("a", "b"), ("b", "c"), ("c", ("a", "b"))}, *SETS, Slotted()]')
    text = (
        """
SETS = [frozenset([("x", frozenset("yz")), ("y", frozenset("xz"))]), {"p", "q", "r"}]
class Slotted:
    __slots__ = ("kept", "__hidden")
    def __init__(self):
        self.kept, self.__hidden = {("k", "l"), ("l", "m"), ("m", "n")}, 1
"""
        + text
    )
    path = tmp_path / "there.py"
    path.write_text(text + "\nfrom market.studies.content import content\nprint(content(mine))")
    said = set()
    for seed in "12":
        told = {**os.environ, "PYTHONHASHSEED": seed}
        answer = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True, env=told)
        said.add(answer.stdout.strip())
    assert said == {content(defined(text))}
