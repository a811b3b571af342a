"""Markets drawn at random, month after month, and what customers choose in them by the plain definition."""

from dataclasses import dataclass, field

import numpy as np

from market.economics import choice, luck, options, race
from market.economics.adoption import Customers
from market.economics.chunks import CHUNK
from market.economics.memory import State


@dataclass
class History:
    """Options of a market whose models come and go, and whose prices move both ways; the same for the same draw.

    `shared` models have one luck together, as the products of a tier will have. `skill` is the mean and the standard
    deviation of their capability, `spread` that of their log prices. Some have a twin that only the last digits of its
    price tell from it.
    """

    draw: np.random.Generator
    firms: int = 4
    most: int = 14
    shared: int = 1
    skill: tuple = (10.0, 12.0)
    spread: float = 1.0
    capability: list = field(default_factory=list)
    maker: list = field(default_factory=list)
    open_weights: list = field(default_factory=list)
    key: list = field(default_factory=list)
    line: list = field(default_factory=list)
    price: dict = field(default_factory=dict)
    risen: set = field(default_factory=set)

    def month(self):
        """Options of the next month: launches, withdrawals, a return now and then, prices up and down, ties."""
        draw, withdrawn, released = self.draw, [], np.zeros(self.firms, bool)
        before = dict(self.price)
        for number in list(self.price):
            if draw.random() < 0.08:
                withdrawn.append(number)
                del self.price[number]
            elif draw.random() < 0.25:
                self.price[number] *= draw.choice([0.5, 0.9, 1.0, 1.000001, 1.3])
        gone = sorted(set(range(len(self.maker))) - set(self.price) - set(withdrawn))
        if gone and draw.random() < 0.1:
            self.price[int(draw.choice(gone))] = float(np.exp(draw.normal()))
        for _ in range(draw.choice([0, 0, 1, 1, 2]) if len(self.price) < self.most else 0):
            released[self._launch()] = True
        self.risen = {number for number in before if self.price.get(number, 0.0) > before[number]}
        return self._offers(withdrawn, released)

    def _launch(self):
        number, draw = len(self.maker), self.draw
        if number - 1 in self.price and draw.random() < 0.4:
            for traits in (self.maker, self.capability, self.open_weights, self.key, self.line):
                traits.append(traits[-1])
            self.price[number] = self.price[number - 1] * (1 + draw.choice([-1e-12, -1e-12, 0.0, 1e-12]))
            return self.maker[-1]
        self.maker.append(int(draw.integers(self.firms)))
        self.capability.append(float(draw.normal(*self.skill)))
        self.open_weights.append(bool(draw.random() < 0.3))
        self.key.append(luck.key("drawn", number // self.shared))
        same = [other for other in self.price if self.maker[other] == self.maker[number]]
        self.line.append(self.line[draw.choice(same)] if same and draw.random() < 0.5 else number)
        self.price[number] = float(np.exp(self.spread * draw.normal()))
        return self.maker[-1]

    def _offers(self, withdrawn, released):
        order = sorted(self.price, key=lambda number: (self.maker[number], number))
        slot = np.full(len(self.maker), -1, np.int32)
        slot[[*order, *withdrawn]] = np.arange(len(order) + len(withdrawn))
        maker, numbers, line = np.array(self.maker, np.int32), np.array(order, np.int32), np.array(self.line, np.int32)
        upgrade = np.full(len(maker), -1, np.int32)
        for number in order:
            later = [other for other in order if other > number and line[other] == line[number]]
            if later and self.draw.random() < 0.1:
                upgrade[number] = self.draw.choice(later)
        return options.Offers(
            np.array([self.capability[n] for n in order], float),
            np.array([self.price[n] for n in order], float),
            maker[numbers],
            np.array([self.open_weights[n] for n in order], bool),
            np.array([self.key[n] for n in order], np.uint64),
            numbers,
            slot,
            maker,
            line,
            upgrade,
            released,
            len(order) + len(withdrawn),
        )


def people(draw, count, firms=4, taste=1.0, months=20):
    """Customers drawn at random, in the order of their difficulty."""
    return Customers(
        np.sort(draw.uniform(-20, 60, count)).astype(np.float32),
        np.exp(draw.normal(1, 0.8, count)).astype(np.float32),
        draw.lognormal(size=count),
        (taste * draw.normal(size=(count, firms))).astype(np.float32),
        draw.random(count) < 0.4,
        draw.integers(-months // 2, months, count).astype(np.int32),
    )


def reconsiders(now, habits, offers, risen):
    """Chance with which who uses `now` reconsiders; `risen` are the models that got dearer this month."""
    if now == options.ABSENT or (now >= 0 and offers.slot[now] >= len(offers.model)):
        return 1.0
    if habits.reconsideration_at_rise and now in risen:
        return 1.0
    eager = now >= 0 and offers.releasing[offers.maker[now]]
    return max(habits.reconsideration, habits.reconsideration_at_release if eager else 0.0)


def plainly(customers, habits, state, offers, seed, segment, month, risen=frozenset()):
    """A month of choices by the definition, customer by customer; changes the state and returns both sums."""
    keys = choice.choice_luck(seed, segment, month)
    count, entry, outside = len(customers.entry), offers.slots + 1, offers.slots
    heads, volume = np.zeros((entry + 1, entry + 1), np.int64), np.zeros((entry + 1, entry + 1))
    wakes = luck.uniforms(count, seed, "reconsideration", segment, month)
    moves = luck.uniforms(count, seed, "upgrade", segment, month)
    state.epoch[:] += luck.uniforms(count, seed, "turnover", segment, month) < habits.turnover
    for first in range(0, count, CHUNK):
        part = np.zeros_like(volume)
        for i in range(first, min(first + CHUNK, count)):
            if customers.entry[i] > month:
                continue
            now = state.current[i]
            origin = destination = offers.slot[now] if now >= 0 else outside if now == options.OUTSIDE else entry
            looks = wakes[i] < reconsiders(now, habits, offers, risen)
            if now >= 0 and offers.upgrade[now] >= 0 and moves[i] < habits.auto_upgrade:
                state.current[i] = offers.upgrade[now]
                destination = offers.slot[state.current[i]]
            if looks:
                won = race.winner(i, customers, habits, state, offers, keys)
                destination = outside if won == race.OUTSIDE_WINS else won
                state.current[i] = options.OUTSIDE if won == race.OUTSIDE_WINS else offers.model[won]
            heads[origin, destination] += 1
            part[origin, destination] += customers.volume[i]
        volume += part
    return choice.Choices(heads, volume)


def state_of(count):
    """The state of customers who have not entered."""
    return State(np.full(count, options.ABSENT, np.int32), np.zeros(count, np.int16), np.zeros(count, np.int16))
