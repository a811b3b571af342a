"""What customers remember, and why hardly any has to look at everything again.

A customer that looks runs the race of `race.winner` over all that is on sale. Let one look in month m, use what won, X,
from then on, and look again in month t. An option other than X that came on sale or got cheaper after m may win now.
No other can, if X is on sale, has not got dearer since, and is of the tier line whose customer it was before m. For
the score of an option is ln E − (V + a), with a what the customer's use adds: ψ at its firm, φ in its line; from m to t

- ln E is the same: luck is a customer's, a workload's and an option's, and a new workload is none that has looked;
- V of X has not fallen, and V of the other has not risen, since nothing in it but prices ever changes;
- a is what it was, of X and of the other: ψ + φ in the line, ψ in the firm's other lines, 0 elsewhere.

So X was not behind, and is not. Sums are rounded without changing their order, so this holds to the last digit, and of
ties, which the first in the order of options wins, then and now. The outside option has a = 0 always, and whoever
takes it lets go of all attachments: it may be X as well.

Who has just come to a line is left out, though φ drew none of its options and draws all now: equal gains are not
rounded equally. It looks at everything the next time, as do all whose workload is new, whose model got dearer, who
enter, who are moved to an update and whose model is withdrawn. All others race what they use against what got better.
What is remembered for it is small: when each customer last looked, and when each model last got better and worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.kernels import kernel
from market.economics.options import ABSENT, Offers

ANEW = -1
"""In the place of the month in which a customer last looked: it has to look at everything."""


class State(NamedTuple):
    """What each of N customers remembers; choices change it in place.

    Attributes
    ----------
    current : (N,) model number, OUTSIDE or ABSENT.   epoch : (N,) number of workloads each has had.
    looked : (N,) month in which it last looked, or ANEW.
    """

    current: npt.NDArray[np.int32]
    epoch: npt.NDArray[np.int16]
    looked: npt.NDArray[np.int16]


class Seen:
    """What was seen of each model, by its number in the register: the same for all segments of a market.

    Attributes
    ----------
    price : (register,) last price, infinite if off sale.
    better, worse : (register,) last month in which it came on sale or got cheaper, and in which it got dearer.
    month : the last month seen.
    """

    def __init__(self) -> None:
        self.price = np.empty(0)
        self.better, self.worse = np.empty((2, 0), np.int16)
        self.month: int | None = None

    def see(self, offers: Offers, month: int) -> None:
        """Take note of a month's options, the same for all segments: the first to look takes the note.

        Raises
        ------
        ValueError
            If models come on sale in a month of which note was taken.
        """
        new = len(offers.slot) - len(self.price)
        if month == self.month:
            if new > 0:
                raise ValueError(f"{new} models come on sale in month {month}, of which note was taken")
            return
        self.month = month
        if new > 0:
            never = np.full(new, ANEW, np.int16)
            self.price = np.append(self.price, np.full(new, np.inf))
            self.better, self.worse = np.append(self.better, never), np.append(self.worse, never)
        _see(offers.slot, offers.price, month, self.price, self.better, self.worse)


@dataclass
class Memory:
    """The memory of a segment of customers who choose month after month among the models of one register."""

    state: State
    seen: Seen

    @classmethod
    def empty(cls, count: int, seen: Seen | None = None) -> Memory:
        """Of customers who have not entered; `seen` is what segments of one market share, if there are several."""
        current, looked = np.full(count, ABSENT, np.int32), np.full(count, ANEW, np.int16)
        return cls(State(current, np.zeros(count, np.int16), looked), Seen() if seen is None else seen)

    @property
    def current(self) -> npt.NDArray[np.int32]:
        """What each customer uses: a model number, OUTSIDE or ABSENT. Shape (N,)."""
        return self.state.current


@kernel
def _see(slot, prices, month, last, better, worse):  # type: ignore[no-untyped-def]
    for number in range(len(last)):
        place = slot[number]
        price = prices[place] if 0 <= place < len(prices) else np.inf
        if price < last[number]:
            better[number] = month
        elif price > last[number]:
            worse[number] = month
        last[number] = price
