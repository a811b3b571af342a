"""A scripted market: rules play a game whose demand is given, one model per firm, month after month.

All decide on last month's prices, then all prices take effect, as in the simulation; customers are as attached as the
game says, which is not at all in the games here.
"""

from dataclasses import dataclass, field

import numpy as np

from market.economics import demand
from market.strategies.view import FirmView, Offer, OwnModel, Survey
from tests.strategies.test_contracts import ai_model

NAMES = "ABCDEFGH"


@dataclass
class Script:
    """One model per firm in a mixed-logit game: utility (R, J), alpha (R,), weights (R,), costs (J,), by firm."""

    utility: np.ndarray
    alpha: np.ndarray
    weights: np.ndarray
    costs: np.ndarray
    capability: float = 12.0
    memory: dict = field(default_factory=dict)
    runway: float = np.inf
    luck: float = 0.0

    @property
    def arrays(self):
        return self.utility, self.alpha, self.weights, self.costs, np.arange(len(self.costs))

    def view(self, firm, prices, month, earned=0.0):
        """What one firm sees; `prices` (J,) are last month's, NaN where a model is launched this month."""
        others = [j for j in range(len(prices)) if j != firm and not np.isnan(prices[j])]
        model = {j: ai_model(f"{NAMES[j]}-1", NAMES[j], self.capability) for j in (firm, *others)}
        price = None if np.isnan(prices[firm]) else float(prices[firm])
        order = [firm, *others]
        costs = np.array([self.costs[firm], *[np.nan] * len(others)])
        asked = Survey(self.utility[:, order], self.alpha, self.weights, prices[order], costs)
        return FirmView(
            month=month,
            firm=NAMES[firm],
            own=(OwnModel(model[firm], float(self.costs[firm]), price),),
            rivals=tuple(Offer(model[j], float(prices[j])) for j in others),
            contribution=earned,
            runway=self.runway,
            memory=self.memory.get(firm, {}),
            luck=lambda purpose: self.luck,
            survey=lambda: asked,
        )

    def play(self, rules, months, start=None, script=None, turns=False, renewed=lambda month: ()):
        """Prices by month (months, J). `rules` by firm; a firm without one follows `script` (its prices by month).

        With `turns` one firm after the other decides, one a month. Firms that `renewed` names launch their model anew.
        """
        prices = np.full(len(self.costs), np.nan) if start is None else np.array(start, float)
        path, earned = [], np.zeros(len(prices))
        for month in range(months):
            moved = prices.copy()
            for firm, rule in rules.items():
                if turns and month % len(prices) != firm and not np.isnan(prices[firm]):
                    continue
                known = np.where((np.arange(len(prices)) == firm) & (firm in renewed(month)), np.nan, prices)
                decision = rule.decide(self.view(firm, known, month, float(earned[firm])))
                self.memory[firm] = decision.memory
                moved[firm] = decision.prices.get(f"{NAMES[firm]}-1", prices[firm])
            for firm, planned in (script or {}).items():
                moved[firm] = planned[month]
            prices = moved
            sold = demand.shares(self.utility, self.alpha, self.weights, prices)
            earned = (prices - self.costs) * sold
            path.append(prices)
        return np.array(path)


def logit(firms, quality=4.0, alpha=1.0, cost=1.0):
    """Symmetric logit with an outside option."""
    return Script(np.full((1, firms), quality), np.array([alpha]), np.ones(1), np.full(firms, cost))


def hotelling(cost=1.0, transport=1.0, types=400):
    """Two firms at the ends of a line of length 1, everybody served: the Nash price is cost + transport.

    A little logit noise smooths the demand without moving the symmetric price.
    """
    place = (np.arange(types) + 0.5) / types
    return _spatial(np.abs(place[:, None] - np.array([0.0, 1.0])), cost, transport)


def salop(firms, cost=1.0, transport=1.0, types=600):
    """Firms evenly on a circle of length 1, everybody served: the Nash price is cost + transport / firms."""
    gap = np.abs((np.arange(types) + 0.5)[:, None] / types - np.arange(firms) / firms)
    return _spatial(np.minimum(gap, 1 - gap), cost, transport)


def homogeneous(firms, cost=1.0, noise=0.01):
    """Bertrand's game: equal goods, everybody buys the cheapest."""
    return Script(np.full((1, firms), 3.0 / noise), np.array([1 / noise]), np.ones(1), np.full(firms, cost))


def _spatial(distance, cost, transport):
    types, firms = distance.shape
    noise = transport / firms / 10
    utility = (cost + 3 * transport - transport * distance) / noise
    return Script(utility, np.full(types, 1 / noise), np.full(types, 1 / types), np.full(firms, cost))
