"""Equilibrium in policies: best replies within a grid of policy parameters, again and again, to where nobody moves.

A *policy* is a value for each of some named parameters of a lab's conduct, such as its markup. A lab's best reply to
the others' policies is the one with the largest present value, as `market.studies.exploit` has it, with a terminal
value unless the class is one of prices; it is the mean over seeds that all replies share. From a first policy the labs
reply in rounds until one changes nothing, a Nash equilibrium of the empirical game (Wellman 2006), or until they are
where they were before: a cycle, which is as good an answer and is said as one. *Alike*, all labs have one policy and
one of them, in turn from seed to seed, looks for a better one; *by firm* each has its own and they reply one after
another.

What is found depends on the class of policies: a lab has no other way to behave here. And a reply is the best of many
noisy gains, so what a lab still gains at the end is asked on seeds that chose nothing: by the policy that came nearest
to being better on those that did.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from market.formats import rough, signed_percent
from market.parameters import InputError, unknown, whole
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies import design
from market.studies.engine import Engine, Progress, engine
from market.studies.exploit import TERMINAL
from market.studies.intervals import ratio
from market.studies.levels import Levels, label, last_word
from market.studies.points import Design, values_at
from market.studies.profiles import Conduct, met, profile, turns, worths
from market.studies.worlds import Worlds, checked_seeds

ROUNDS = 50
"""Most rounds of replies."""
USUAL = "contribution without"
"""Column of payoffs that holds what a lab contributes if it does not move."""
ALIKE = "every lab"
"""Who moves where all labs have the same policy."""
FIXED, CYCLE, UNSETTLED = "fixed point", "cycle", "unsettled"
"""How replies end."""

Profile = tuple[int, ...]
"""Each player's policy by its number in the grid; one number if all labs are alike."""
Payoffs = Callable[[Profile, int, Sequence[int]], pd.DataFrame]
"""Present values of a player, the others' policies kept: a row per seed, a column per policy, and `USUAL`."""


@dataclass(frozen=True)
class PolicyEquilibrium:
    """Where best replies lead.

    Attributes
    ----------
    replies : round, firm, policy, reply, gain (part of its contribution), low, high (95% interval), seeds: each reply,
        on the seeds that chose it. A firm is `ALIKE` where all have the same policy.
    ends : member, firm, policy, deviation, gain, low, high, seeds: what replies end in, one member if it is a fixed
        point, and the best other policy of each firm there, on seeds that chose nothing.
    verdict : `FIXED`, `CYCLE` or `UNSETTLED`.
    grid : values by path below a lab: the class of policies.
    alike : whether all labs have the same policy.   firm : the lab that moves if they are alike; None for all in turn.
    scenario : whose other conduct they have.   replications : seeds that there were for it, of which half could choose.
    """

    replies: pd.DataFrame
    ends: pd.DataFrame
    verdict: str
    grid: Mapping[str, Sequence[Any]]
    alike: bool
    firm: str | None
    scenario: Scenario
    replications: int

    @property
    def policies(self) -> list[str]:
        """All policies of the class, in words."""
        return [in_words(policy) for policy in _product(self.grid)]

    @property
    def sentence(self) -> str:
        """Where replies lead, within which class, and what a lab still gains there."""
        names = " × ".join(f"{path} of {', '.join(map(label, values))}" for path, values in self.grid.items())
        kept = "the same for all labs" if self.alike else "each lab with its own"
        members = [self._of_member(part) for _, part in self.ends.groupby("member")]
        rounds = int(self.replies["round"].max())
        if self.verdict == FIXED:
            told = f"best replies settle at {members[0]} ({_counted(rounds, 'round')})"
        elif self.verdict == CYCLE:
            told = f"best replies settle nowhere: they go round, {' → '.join([*members, members[0]])}"
        else:
            told = f"best replies have not settled in {_counted(rounds, 'round')}; the last is {members[-1]}"
        worst = self.ends.sort_values("gain", kind="stable", na_position="first").iloc[-1]
        change, low, high = (signed_percent(worst[name]) for name in ("gain", "low", "high"))
        who = "A lab" if self.alike else worst["firm"]
        few = rough(int(worst["seeds"]))
        return (
            f"Within the policies {names} ({kept}) {told}. {who} that goes from {worst['policy']} to "
            f"{worst['deviation']} alone gains {change} of its contribution [{low}, {high}], on other seeds."
            f"{f' {few}' if few else ''}"
        )

    def _of_member(self, part: pd.DataFrame) -> str:
        if self.alike:
            return str(part["policy"].iloc[0])
        return "; ".join(f"{firm} {policy}" for firm, policy in zip(part["firm"], part["policy"], strict=True))


def policies(
    scenario: Scenario | str,
    grid: Mapping[str, Levels],
    *,
    alike: bool = True,
    firm: str | None = None,
    seeds: Iterable[int] = range(16),
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    keep: str | Path | None = None,
    progress: Progress | None = None,
) -> PolicyEquilibrium:
    """Follow best replies within a grid of policies, from the one that shares most values with the scenario's own.

    Parameters
    ----------
    scenario : whose labs have the policies; all else of it stays.
    grid : values by path below a lab, as ``{"pricing.markup": [0.2, 0.3]}``; several paths make all combinations.
    alike : whether all labs have the same policy; if not, each has its own.
    firm : the lab that looks for a better policy where all are alike; all in turn by default.
    seeds : at least four; the first half chooses replies, the second says what is gained at the end.
    executor, workers, cluster : as in `market.sweep`.
    keep : folder that keeps results as they come; the same call goes on where an earlier one ended.
    progress : called as ``progress(done, total)`` after each run; `total` is of one lab's replies.

    Raises
    ------
    InputError
        If a path or a lab is unknown, there is one policy only, there are fewer than four seeds, or a run fails.
    """
    base, known = as_scenario(scenario), checked_seeds(seeds, least=4)
    if not base.labs:
        raise InputError("policies: there is no lab in this scenario; at least one is needed")
    if firm is not None and firm not in base.labs:
        raise InputError(f"firm: {unknown('lab', firm, base.labs)}")
    if firm is not None and not alike:
        raise InputError("firm: is for labs that are alike; by firm every lab replies")
    levels = checked(base, grid)
    terminal = 0.0 if all(path.startswith("pricing") for path in levels) else TERMINAL
    asked = list(_product(levels))
    half = len(known) // 2
    with engine(executor, workers, cluster=cluster, keep=keep, retry_failed=True) as running:
        market = _Market(base, asked, running, firm, alike, terminal, progress)
        first = tuple(_nearest(base, asked, lab) for lab in base.labs)
        followed = follow(market, first[:1] if alike else first, known[:half], known[half:])
    names = [ALIKE] if alike else list(base.labs)
    replies, ends = (_named(rows, names, list(map(in_words, asked))) for rows in (followed.replies, followed.ends))
    return PolicyEquilibrium(replies, ends, followed.verdict, levels, alike, firm, base, len(known))


@dataclass(frozen=True)
class Followed:
    """Replies and ends as in `PolicyEquilibrium`, with players and policies by number; `cycle` holds its members."""

    replies: list[dict[str, Any]]
    ends: list[dict[str, Any]]
    cycle: Sequence[Profile]
    verdict: str


def follow(
    payoffs: Payoffs, start: Profile, choosing: Sequence[int], reporting: Sequence[int], rounds: int = ROUNDS
) -> Followed:
    """Let players reply one after another, round by round, until a round ends where an earlier one began.

    Who gains nothing stays. So a fixed point is a round that changes nothing, and there is no other end but a cycle,
    unless it takes too many rounds.

    Parameters
    ----------
    payoffs : of a player, the others kept.   start : each player's first policy.
    choosing, reporting : seeds that choose replies, and those that say what is gained at the end.
    rounds : most rounds.
    """
    seen, now, replies = [start], start, list[dict[str, Any]]()
    cycle: tuple[Profile, ...] = (start,)
    verdict = UNSETTLED
    for number in range(1, whole("rounds", rounds, 1, 10_000) + 1):
        for player in range(len(now)):
            best, better, row = _best_other(payoffs(now, player, choosing), now[player])
            moves = best if better else now[player]
            replies.append({"round": number, "firm": player, "policy": now[player], "reply": moves, **row})
            now = (*now[:player], moves, *now[player + 1 :])
        if now in seen:
            cycle = tuple(seen[seen.index(now) :])
            verdict = FIXED if len(cycle) == 1 else CYCLE
            break
        seen.append(now)
        cycle = (now,)
    ends = []
    for member, at in enumerate(cycle):
        for player, own in enumerate(at):
            best, *_ = _best_other(payoffs(at, player, choosing), own)
            *_, row = _best_other(payoffs(at, player, reporting)[[own, best, USUAL]], own)
            ends.append({"member": member, "firm": player, "policy": own, "deviation": best, **row})
    return Followed(replies, ends, cycle, verdict)


def _best_other(table: pd.DataFrame, own: int) -> tuple[int, bool, dict[str, Any]]:
    """The best policy but a player's own, whether it is better, and what it gains as a part of its contribution.

    The part is NaN where the player earns nothing, which any policy that earns something betters.
    """
    gains = table.drop(columns=[own, USUAL]).sub(table[own], axis=0)
    best = int(gains.columns[int(gains.mean().to_numpy().argmax())])
    gain, low, high = ratio(gains[best], table[USUAL] * (np.sign(table[USUAL].mean()) or 1.0))
    return best, bool(gains[best].mean() > 0), {"gain": gain, "low": low, "high": high, "seeds": len(table)}


@dataclass
class _Market:
    """Payoffs of policies from runs, each asked for once."""

    base: Scenario
    asked: Sequence[Mapping[str, Any]]
    running: Engine
    firm: str | None
    alike: bool
    terminal: float
    progress: Progress | None

    def __post_init__(self) -> None:
        self.known: dict[tuple[Profile, int, tuple[int, ...]], pd.DataFrame] = {}
        labs = self.base.labs
        self.conducts = [Conduct(in_words(policy), dict.fromkeys(labs, policy)) for policy in self.asked]

    def __call__(self, profile: Profile, player: int, seeds: Sequence[int]) -> pd.DataFrame:
        key = profile, player, tuple(seeds)
        if key not in self.known:
            self.known[key] = self._alike(profile[0], seeds) if self.alike else self._by_firm(*key)
        return self.known[key]

    def _alike(self, own: int, seeds: Sequence[int]) -> pd.DataFrame:
        """One lab replies to a policy that all others have."""
        pairs = [(reply, self.conducts[own]) for reply in self.conducts]
        who = turns(self.base.labs if self.firm is None else [self.firm], seeds)
        return _wide(met(self.running, self.base, pairs, who, self.terminal, self.progress), "pair", own)

    def _by_firm(self, chosen: Profile, player: int, seeds: Sequence[int]) -> pd.DataFrame:
        """A lab replies to what each of the others has."""
        labs = list(self.base.labs)
        now = {lab: self.conducts[place] for lab, place in zip(labs, chosen, strict=True)}
        points = tuple(profile({**now, labs[player]: reply}) for reply in self.conducts)
        asked = Worlds(self.base, Design("list", points), tuple(seeds))
        table = self.running.table(asked, partial(worths, terminal=self.terminal), self.progress)
        return _wide(table[table["firm"] == labs[player]], "point", chosen[player])


def _wide(table: pd.DataFrame, policy: str, own: int) -> pd.DataFrame:
    """Payoffs by seed and policy, with the contribution of who does not move."""
    usual = table[table[policy] == own].set_index("seed")["contribution"]
    return table.pivot_table(index="seed", columns=policy, values="value", sort=False).assign(**{USUAL: usual})


def checked(scenario: Scenario, grid: Mapping[str, Levels]) -> dict[str, list[Any]]:
    """Values of each parameter of a policy, as lists.

    Raises
    ------
    InputError
        If there are not two policies at least, a value is refused, or a path is no lab's.
    """
    everywhere = {f"labs.*.{path}": values for path, values in grid.items()}
    points = design.build(scenario, everywhere).points if grid else ()
    if len(points) < 2:
        raise InputError("policy: a class has at least two policies, as in pricing.markup=0.2,0.3,0.5")
    for point in points:
        scenario.vary(point)
    return {
        path: list({label(one): one for one in (point[f"labs.*.{path}"] for point in points)}.values()) for path in grid
    }


def in_words(policy: Mapping[str, Any]) -> str:
    """A policy as text, its parameters by the last word of their paths."""
    return ", ".join(f"{last_word(path)} {label(value)}" for path, value in policy.items())


def _product(grid: Mapping[str, Sequence[Any]]) -> Iterable[dict[str, Any]]:
    """All policies of a class."""
    return (dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values()))


def _nearest(scenario: Scenario, asked: Sequence[Mapping[str, Any]], lab: str) -> int:
    """The policy that shares the most values with a lab's own; of several the first."""
    own = scenario.labs[lab].model_dump()
    return max(range(len(asked)), key=lambda i: sum(values_at(own, path) == [v] for path, v in asked[i].items()))


def _named(rows: list[dict[str, Any]], players: Sequence[str], said: Sequence[str]) -> pd.DataFrame:
    """Rows with names of players and policies instead of numbers."""
    table = pd.DataFrame(rows)
    words = {name: table[name].map(said.__getitem__) for name in ("policy", "reply", "deviation") if name in table}
    return table.assign(firm=table["firm"].map(players.__getitem__), **words)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"
