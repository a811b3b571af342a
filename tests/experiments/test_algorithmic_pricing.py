"""The forced cut of the algorithmic duopoly is recognised as a price war that was a punishment."""

import importlib.util
from pathlib import Path

import numpy as np

from market.economics import q_learning

SCRIPT = Path(__file__).resolve().parents[2] / "experiments" / "algorithmic_pricing.py"


def test_a_forced_cut_is_punished_and_the_detector_says_so():
    spec = importlib.util.spec_from_file_location("algorithmic_pricing", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    settings = q_learning.Learning()
    game = q_learning.duopoly(settings)
    sessions = q_learning.learn(game, settings, range(30), seed=0)
    paths = {
        forced: np.mean(
            [q_learning.around_cut(game, session, script.BEFORE, script.AFTER, forced) for session in sessions], axis=0
        )
        for forced in (True, False)
    }
    assert script.label(script.as_offers(settings, paths[True])) == "punishment"
    assert script.label(script.as_offers(settings, paths[False])) == "–"
    assert paths[True][script.BEFORE + 1, 1] < paths[True][script.BEFORE - 1, 1] - 0.1  # the rival answers
    assert paths[True][-1].mean() > paths[False].mean() - 0.02  # and both return
