"""A month of choices with NumPy, all customers at once."""

import numpy as np

from rivals.month import Month


def choose(month: Month, rng: np.random.Generator) -> np.ndarray:
    """Option of every customer, −1 for none; shape (N,)."""
    customers, offers, habits, uses = month.customers, month.offers, month.habits, month.current
    failure = np.logaddexp(0.0, (customers.difficulty[:, None] - offers.capability) / habits.success_scale)
    utility = (1.0 - failure - offers.price / customers.value[:, None]) / habits.choice_scale
    utility += customers.taste[:, offers.firm]
    user = np.flatnonzero(uses >= 0)
    utility[user] += habits.firm_switching_cost * (offers.firm == offers.firm[uses[user], None])
    utility[user, uses[user]] += habits.model_switching_cost
    utility[np.ix_(~customers.access, offers.open_weights)] = -np.inf
    luck = rng.gumbel(size=(len(uses), len(offers.price) + 1))
    utility += luck[:, :-1]
    best = utility.argmax(axis=1)
    return np.where(utility[np.arange(len(best)), best] > luck[:, -1], best, -1)
