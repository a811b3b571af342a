"""A month of choices with one Mesa agent per customer, NumPy inside, as an agent-based model is usually written."""

from typing import NamedTuple

import mesa
import numpy as np

from rivals.month import Month


class Wares(NamedTuple):
    """What is on sale, and what the customers share, as an object looks it up."""

    capability: np.ndarray
    price: np.ndarray
    firm: np.ndarray
    open_weights: np.ndarray
    month: Month


class Shop(mesa.Model):
    """A market in which every customer is an object."""

    def __init__(self, month: Month, seed: int) -> None:
        super().__init__(rng=seed)
        offers, customers = month.offers, month.customers
        self.wares = Wares(offers.capability, offers.price, offers.firm, offers.open_weights, month)
        rows = zip(
            *(column.tolist() for column in (customers.difficulty, customers.value, customers.access)), strict=True
        )
        for i, (difficulty, worth, access) in enumerate(rows):
            Customer(self, difficulty, worth, access, customers.taste[i].astype(float), int(month.current[i]))

    def step(self) -> None:
        """Let everybody choose, in an order drawn anew."""
        self.agents.shuffle_do("choose")

    def chosen(self) -> np.ndarray:
        """Option of every customer, −1 for none."""
        return np.array([agent.uses for agent in self.agents])


class Customer(mesa.Agent):
    """A customer: tastes of its own, and the option that it uses."""

    def __init__(self, shop: Shop, difficulty: float, worth: float, access: bool, taste: np.ndarray, uses: int) -> None:
        super().__init__(shop)
        self.difficulty, self.worth, self.access, self.taste, self.uses = difficulty, worth, access, taste, uses

    def choose(self) -> None:
        """Take the option of the highest utility, luck included."""
        wares = self.model.wares
        habits = wares.month.habits
        failure = np.logaddexp(0.0, (self.difficulty - wares.capability) / habits.success_scale)
        utility = (1.0 - failure - wares.price / self.worth) / habits.choice_scale + self.taste[wares.firm]
        if self.uses >= 0:
            utility[wares.firm == wares.firm[self.uses]] += habits.firm_switching_cost
            utility[self.uses] += habits.model_switching_cost
        if not self.access:
            utility[wares.open_weights] = -np.inf
        luck = self.model.rng.gumbel(size=len(utility) + 1)
        utility += luck[:-1]
        best = int(utility.argmax())
        self.uses = best if utility[best] > luck[-1] else -1
