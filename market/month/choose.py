"""Choice: customers enter, reconsider and choose among what is on sale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from market.economics.choice import Choices
from market.economics.options import Offers, release_luck, tier_luck
from market.economics.response import Response
from market.economics.technology import AIModel
from market.month.state import State

Floats = npt.NDArray[np.float64]

ROUNDING = 1e-9
"""Prices that differ by less than this part are the same: those that follow a cost are not rounded alike."""


@dataclass(frozen=True)
class Chosen:
    """The customers' side of a month: the options, and by segment the volume factor (S,), choices and price responses.

    There are `responses` in months in which they are recorded only.
    """

    offers: Offers
    factors: Floats
    choices: Choices
    responses: list[Response] | None

    @property
    def tokens(self) -> Floats:
        """Tokens by option, the models on sale first, in Mtok."""
        return np.asarray((self.factors[:, None] * self.choices.volume.sum(axis=1)).sum(axis=0))

    @property
    def customers(self) -> npt.NDArray[np.int64]:
        """Customers by option, the models on sale first."""
        return np.asarray(self.choices.customers.sum(axis=(0, 1)))

    @property
    def surplus(self) -> Floats:
        """Consumer surplus by segment, $, (S,); NaN in a month without responses."""
        given = [np.nan] * len(self.factors) if self.responses is None else [each.surplus for each in self.responses]
        return np.array(given) * self.factors

    @property
    def elasticities(self) -> tuple[Floats, Floats]:
        """Own-price elasticities of the offers, for one month and in the long run, (J,) each; NaN if unsold.

        All are NaN in a month without responses.
        """
        responses = self.responses
        if responses is None:
            return (np.full(len(self.offers.price), np.nan),) * 2

        def total(pick: str) -> Floats:
            parts = np.array([getattr(response, pick) for response in responses])
            return np.asarray((self.factors[:, None] * parts).sum(axis=0))

        price, sold, wanted = self.offers.price, self.tokens[: len(self.offers.price)], total("long_tokens")
        short = np.divide(price * total("slope"), sold, out=np.full(len(price), np.nan), where=sold > 0)
        long = np.divide(price * total("long_slope"), wanted, out=np.full(len(price), np.nan), where=wanted > 0)
        return short, long


def choose(state: State) -> Chosen:
    """Let customers enter, reconsider and choose; ask before how they respond to prices, where that is recorded."""
    options, month, pool = offers(state), state.month, state.pool
    responses = None
    if state.settings.responses_in(month):
        responses = [segment.respond(options, month, pool) for segment in state.segments]
    made = [segment.choose(options, state.seed, month, pool) for segment in state.segments]
    choices = Choices(np.array([one.customers for one in made]), np.array([one.volume for one in made]))
    return Chosen(options, volume_factors(state, month), choices, responses)


def volume_factors(state: State, month: int) -> Floats:
    """By segment, the factor from month-0 volumes to those of `month`, (S,)."""
    return np.array([segment.volume_factor(month) for segment in state.segments])


def offers(state: State) -> Offers:
    """All options of the month as arrays, and the models withdrawn this month as places customers come from."""
    models, register = [model for _, model in state.on_sale], state.register
    origins = register.numbers([*models, *state.withdrawn])
    numbers, makers = origins[: len(models)], register.makers
    slot = np.full(len(register.models), -1, np.int32)
    slot[origins] = np.arange(len(origins))
    releasing = np.zeros(len(state.firms), bool)
    releasing[list(state.releasing)] = True
    return Offers(
        capability=np.array([m.capability for m in models], float),
        price=np.array([firm.prices[m.name] for firm, m in state.on_sale], float),
        firm=makers[numbers],
        open_weights=np.array([m.open_weights for m in models], bool),
        luck=np.array([_luck(state, m) for m in models], np.uint64),
        model=numbers,
        slot=slot,
        maker=makers,
        line=register.lines,
        upgrade=_upgrades(state, len(makers)),
        releasing=releasing,
        slots=len(origins),
    )


def _luck(state: State, model: AIModel) -> np.uint64:
    """Key of what a customer's luck with a model belongs to."""
    if state.settings.demand.luck_by_release:
        return release_luck(model.firm_key, model.generation, model.update, model.line)
    return tier_luck(model.firm_key, model.line)


def _upgrades(state: State, count: int) -> npt.NDArray[np.int32]:
    """For each of `count` models of the register, the update of this month that its users may be moved to; −1 for none.

    It is of the same family and tier, and costs no more.
    """
    upgrade, register = np.full(count, -1, np.int32), state.register
    for firm in (firm for firm in state.firms if firm.column in state.releasing):
        for new in (model for model in firm.lineup if model.released == state.month and model.update > 0):
            for old in firm.lineup:
                same = (old.generation, old.line) == (new.generation, new.line) and old.update < new.update
                if same and firm.prices[new.name] <= (1 + ROUNDING) * firm.prices[old.name]:
                    upgrade[register.number[old.name]] = register.number[new.name]
    return upgrade
