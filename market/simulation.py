"""The market: a Mesa model whose step is one month in seven verbs (design §4)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor

import mesa
import numpy as np
import numpy.typing as npt
import pandas as pd

from market.accounts.events import EventKind, Journal
from market.accounts.ledger import HOSTS, Account, Ledger
from market.accounts.record import Recorder
from market.agents import Firm, Lab, OpenProvider, Segment, TrainingRun
from market.economics import choice, luck
from market.economics.panel import Panel, draw_panel
from market.economics.technology import AIModel, model_name
from market.scenario.schema import LabSpec, OpenProviderSpec, Scenario
from market.strategies.view import FirmView, Offer, OwnModel, Survey


class Market(mesa.Model):  # type: ignore[misc]
    """Firms and segments of customers; one step is one month.

    Everything that is listed is listed in the order of firm keys (then generation, then line), and every draw belongs
    to a key, so the order of firms in a scenario changes nothing.

    Parameters
    ----------
    settings : the scenario.
    seed : owns all luck of the run.
    pool : threads for the choices of a large market; the result does not depend on it.
    """

    def __init__(self, settings: Scenario, seed: int, pool: Executor | None = None) -> None:
        super().__init__(rng=seed)
        self.settings, self.seed, self.pool = settings, seed, pool
        self.month = 0
        self.ledger, self.journal, self.recorder = Ledger(settings.start), Journal(), Recorder()
        self.register: list[AIModel] = []
        self.number: dict[str, int] = {}
        self.retired: dict[str, int] = {}
        self.launch_price: dict[str, float] = {}
        self.on_sale_months: dict[str, int] = {}
        self.frontier_months: dict[str, int] = {}
        self.public: tuple[Offer, ...] = ()
        self.released_now: set[int] = set()
        self.withdrawn_now: list[AIModel] = []
        for column, (name, spec) in enumerate(settings.firms.items()):
            if isinstance(spec, LabSpec):
                Lab(self, name, spec, column)
            elif isinstance(spec, OpenProviderSpec):
                OpenProvider(self, name, spec, column)
        for name in sorted(settings.segments):
            Segment(self, name, settings.segments[name], settings, seed)
        self._open()

    @property
    def firms(self) -> list[Firm]:
        """All firms in the order of their keys."""
        both = [*self.agents_by_type.get(Lab, ()), *self.agents_by_type.get(OpenProvider, ())]
        return sorted(both, key=lambda firm: firm.column)

    @property
    def labs(self) -> list[Lab]:
        """The closed labs in the order of their keys."""
        return [firm for firm in self.firms if isinstance(firm, Lab)]

    @property
    def segments(self) -> list[Segment]:
        """The segments in the order of their names."""
        return list(self.agents_by_type[Segment])

    def step(self) -> None:
        """One month."""
        self.publish()
        self.train()
        self.release()
        self.price()
        offers, made = self.choose()
        self.settle(offers, made)
        self.record(offers, made)
        self.month += 1

    # ---------------------------------------------------------------- the seven verbs

    def publish(self) -> None:
        """Freeze last month's market as everybody saw it. In month 0 there was none."""
        self.public = () if self.month == 0 else tuple(Offer(m, f.prices[m.name]) for f, m in self._on_sale())

    def train(self) -> None:
        """Decide on new runs; book this month's training on the models being trained, and research."""
        deciding = [firm for firm in self.firms if self.month >= firm.spec.first_start]
        decisions = [firm.decide_training(self._view(firm, "training")) for firm in deciding]
        for firm, decision in zip(deciding, decisions, strict=True):
            firm.memory["training"] = decision.memory
            if decision.cost > 0:
                run = firm.start_run(self.month, decision.cost)
                name = model_name(firm.name, run.generation, "flagship")
                said = f"{firm.name} starts training {name} for ${run.cost / 1e6:,.0f}M"
                self.journal.note(self.month, firm.name, EventKind.TRAINING_STARTED, run.cost, said, name)
        for firm in self.firms:
            for run in firm.runs:
                if self.month < run.started + self._length:
                    self._pay(firm, run, self.month)

    def release(self) -> None:
        """Put complete runs on sale, closed ones first, and withdraw models whose retirement is due."""
        self.released_now = set()
        self.withdrawn_now = []
        for firm in self._closed_first():
            for run in [run for run in firm.runs if run.started + self._length == self.month]:
                self._put_on_sale(firm, run)
                self.released_now.add(firm.column)
        for firm in self.firms:
            for model in [m for m in firm.lineup if firm.retirements.get(m.name, self.month + 1) <= self.month]:
                firm.lineup.remove(model)
                self.retired[model.name] = self.month
                self.withdrawn_now.append(model)
                said = f"{firm.name} withdraws {model.name}"
                self.journal.note(self.month, firm.name, EventKind.RETIRED, model.capability, said, model.name)

    def price(self) -> None:
        """Take all pricing decisions, then put all prices into effect at once."""
        panels: dict[float, Panel] = {}
        decisions = [lab.decide_prices(self._view(lab, "pricing", panels)) for lab in self.labs]
        for lab, decision in zip(self.labs, decisions, strict=True):
            lab.memory["pricing"] = decision.memory
            for name, price in decision.prices.items():
                self._set_price(lab, name, price)
            for name in decision.unsold:
                said = f"nobody on the panel buys {name} at any price"
                self.journal.note(self.month, lab.name, EventKind.NO_DEMAND, lab.prices.get(name, 0.0), said, name)
            if not decision.converged:
                said = f"{lab.name}'s search for prices did not settle; the last prices tried are used"
                self.journal.note(self.month, lab.name, EventKind.NOT_CONVERGED, len(decision.prices), said)
        for firm in self.firms:
            if isinstance(firm, OpenProvider):
                for model in firm.lineup:
                    price = firm.host_price(model.unit_cost(self.settings.technology, self.month))
                    self.launch_price.setdefault(model.name, price)
                    firm.prices[model.name] = price

    def choose(self) -> tuple[choice.Offers, list[choice.Choices]]:
        """Let customers enter, reconsider and choose."""
        offers = self._offers()
        return offers, [segment.choose(offers, self.seed, self.month, self.pool) for segment in self.segments]

    def settle(self, offers: choice.Offers, made: list[choice.Choices]) -> None:
        """Book revenue, serving cost and overhead; settle cash; fund shortfalls."""
        factors = [segment.volume_factor(self.month) for segment in self.segments]
        tokens = sum(f * m.volume[:, : offers.slots].sum(axis=0) for f, m in zip(factors, made, strict=True))
        heads = sum(m.customers[:, : offers.slots].sum(axis=0) for m in made)
        for firm in self.firms:
            firm.revenue = firm.contribution = 0.0
        for place, (firm, model) in enumerate(self._on_sale()):
            cost = model.unit_cost(self.settings.technology, self.month)
            hosted = firm.spec.hosting if isinstance(firm, OpenProvider) else 0.0
            self._sell(firm, model, cost, int(heads[place]), float(tokens[place]) * (1 - hosted))
            if isinstance(firm, OpenProvider):
                self._sell(None, model, cost, 0, float(tokens[place]) * hosted)
        for firm in self.firms:
            if self.month >= min(0, firm.spec.first_start):
                self._book(firm, Account.OVERHEAD, -(firm.spec.overhead * firm.revenue + firm.spec.fixed_overhead))
            self._close_month(firm, self.month)

    def record(self, offers: choice.Offers, made: list[choice.Choices]) -> None:
        """Write the rows of the tables."""
        self._count_months()
        price_of = np.zeros(len(self.register))
        price_of[offers.model] = offers.price
        last = {offer.model.name: offer.price for offer in self.public}
        places = [*(m.name for _, m in self._on_sale()), *(m.name for m in self.withdrawn_now), "outside", "entry"]
        before = np.array([last.get(place, 0.0) for place in places])
        after = np.zeros(len(places))
        after[: len(offers.price)] = offers.price
        bought_before, bought_after = before > 0, after > 0
        owner = np.full(len(places), -1)
        owner[: offers.slots] = [offers.maker[self.number[name]] for name in places[: offers.slots]]
        moved = (owner[:, None] != owner[None, :]) & (owner[:, None] >= 0) & (owner[None, :] >= 0)
        for segment, choices in zip(self.segments, made, strict=True):
            now, then = segment.volume_factor(self.month), segment.volume_factor(self.month - 1)
            tokens = (
                choices.volume * then * bought_before[:, None],
                choices.volume * now * bought_after[None, :],
            )
            self.recorder.flow(self.month, segment.name, places, choices.customers, tokens, (before, after))
            heads = int(choices.customers.sum())
            active = int(choices.customers[:, : offers.slots].sum())
            self.recorder.segment(
                self.month, segment.name, heads, active, 1.0 - active / heads if heads else np.nan,
                float(tokens[1].sum()), segment.spending(price_of, self.month),
                segment.surplus(offers, self.month, self.pool), int(choices.customers[moved].sum()),
            )  # fmt: skip

    # ---------------------------------------------------------------- what the verbs are made of

    @property
    def _length(self) -> int:
        return self.settings.technology.training_months

    def _closed_first(self) -> list[Firm]:
        """Labs before open providers, so that what is learned without delay is on sale already."""
        return sorted(self.firms, key=lambda firm: (firm.open_weights, firm.column))

    def _on_sale(self) -> Iterator[tuple[Firm, AIModel]]:
        """Models on sale with their developers, by firm key, generation and line."""
        for firm in self.firms:
            for model in firm.lineup:
                yield firm, model

    def _cost_path(self, month: int) -> float:
        """Cost of a frontier run that starts in `month`: the highest on the labs' cost paths, dollars."""
        return max(lab.spec.training.run_cost(month) for lab in self.labs)

    def _open(self) -> None:
        """Start what began before month 0 and put what was complete on sale; post earlier spend at its months."""
        early = [firm for firm in self._closed_first() if firm.spec.first_start < 0]
        for firm in sorted(early, key=lambda firm: (firm.spec.first_start, firm.open_weights, firm.column)):
            start = firm.spec.first_start
            share = firm.spec.budget if isinstance(firm, OpenProvider) else 0.0
            cost = firm.spec.training.run_cost(start) if isinstance(firm, Lab) else share * self._cost_path(start)
            run = firm.start_run(start, cost)
            for month in range(start, min(start + self._length, 0)):
                self._pay(firm, run, month)
                self._close_month(firm, month)
            if start + self._length < 0:
                self._put_on_sale(firm, run)

    def _pay(self, firm: Firm, run: TrainingRun, month: int) -> None:
        """Book one month of a run on the models being trained, and the research that goes with it."""
        part = run.monthly(self._length)
        for line, (_, _, share) in firm.lines().items():
            self._book(firm, Account.TRAINING, -part * share, model_name(firm.name, run.generation, line), month)
        self._book(firm, Account.RESEARCH, -part * firm.spec.research, month=month)

    def _book(
        self, firm: Firm, account: Account, amount: float, model: str | None = None, month: int | None = None
    ) -> None:
        """Post one amount and let it move the firm's cash at the end of the month. Nothing is posted for nothing."""
        if amount != 0:
            self.ledger.post(self.month if month is None else month, firm.name, account, amount, model)
            firm.month_cash += amount

    def _close_month(self, firm: Firm, month: int) -> None:
        """Add the month's cash, and ask for funding."""
        firm.cash += firm.month_cash
        firm.month_cash = 0.0
        raised = firm.decide_funding(self._view(firm, "funding"))
        if raised > 0:
            self.ledger.post(month, firm.name, Account.FUNDING, raised)
            firm.cash += raised

    def _put_on_sale(self, firm: Firm, run: TrainingRun) -> None:
        """Turn a complete run into models on sale, and set the retirement of the generations before it."""
        release = run.started + self._length
        delay = firm.spec.spillover_delay if isinstance(firm, OpenProvider) else 0
        models = firm.build(run, self.settings.technology, self.seed, self._best_closed(release - delay))
        for older in firm.lineup:
            firm.retirements.setdefault(older.name, release + firm.spec.retirement)
        firm.runs.remove(run)
        for model in models:
            self.number[model.name] = len(self.register)
            self.register.append(model)
            firm.lineup.append(model)
            said = f"{firm.name} releases {model.name} at {model.capability:.1f} points"
            self.journal.note(release, firm.name, EventKind.RELEASED, model.capability, said, model.name)

    def _best_closed(self, month: int) -> float | None:
        """Highest closed capability on sale in `month`, or None."""
        found = [
            m.capability
            for m in self.register
            if not m.open_weights and m.released <= month and month < self.retired.get(m.name, month + 1)
        ]
        return max(found, default=None)

    def _set_price(self, lab: Lab, name: str, price: float) -> None:
        """Put a price into effect and say so."""
        old = lab.prices.get(name)
        lab.prices[name] = price
        if old is None:
            self.launch_price[name] = price
            said = f"{lab.name} launches {name} at ${price:,.2f} per Mtok"
            self.journal.note(self.month, lab.name, EventKind.PRICED_AT_LAUNCH, price, said, name)
        elif old != price:
            said = f"{lab.name} moves {name} from ${old:,.2f} to ${price:,.2f} per Mtok ({price / old - 1:+.0%})"
            self.journal.note(self.month, lab.name, EventKind.REPRICED, price, said, name)

    def _view(self, firm: Firm, purpose: str, panels: dict[float, Panel] | None = None) -> FirmView:
        """Return what one firm knows this month; `purpose` names the rule that asks, `panels` are shared by the labs."""
        technology = self.settings.technology
        own = tuple(
            OwnModel(m, m.unit_cost(technology, self.month), firm.prices.get(m.name)) for m in firm.lineup
        )
        gone = {m.name for m in self.withdrawn_now}
        rivals = tuple(o for o in self.public if o.model.firm != firm.name and o.model.name not in gone)

        def draw(what: str) -> float:
            return luck.uniform(self.seed, what, self.month, firm.key)

        def survey() -> Survey:
            return self._survey(own, rivals, panels if panels is not None else {})

        return FirmView(
            month=self.month,
            firm=firm.name,
            own=own,
            rivals=rivals,
            in_training=sum(run.started + self._length > self.month for run in firm.runs),
            last_start=firm.last_start,
            cost_path=self._cost_path(self.month),
            cash=firm.cash,
            revenue=firm.revenue,
            contribution=firm.contribution,
            memory=firm.memory.get(purpose, {}),
            luck=draw,
            survey=survey,
        )

    def _survey(self, own: tuple[OwnModel, ...], rivals: tuple[Offer, ...], panels: dict[float, Panel]) -> Survey:
        """Ask the panel about a firm's own line-up and the rivals' offers."""
        models = [*(o.model for o in own), *(o.model for o in rivals)]
        frontier = max(m.capability for m in models)
        maker = self._makers()
        if frontier not in panels:
            states = [segment.state(self.month) for segment in self.segments]
            size, reference = self.settings.panel.size, self.settings.technology.reference_cost
            panels[frontier] = draw_panel(states, maker, size, frontier, reference, self.month)
        panel, numbers = panels[frontier], np.array([self.number[m.name] for m in models], np.int32)
        utility = panel.utility(
            np.array([m.capability for m in models]),
            maker[numbers],
            np.array([m.open_weights for m in models]),
            numbers,
        )
        prices = [*(np.nan if o.price is None else o.price for o in own), *(o.price for o in rivals)]
        costs = [*(o.unit_cost for o in own), *(np.nan for _ in rivals)]
        return Survey(utility, panel.alpha, panel.weights, np.array(prices), np.array(costs))

    def _makers(self) -> npt.NDArray[np.int32]:
        """Column of each registered model's developer, by model number."""
        columns = {firm.name: firm.column for firm in self.firms}
        return np.array([columns[m.firm] for m in self.register], np.int32)

    def _offers(self) -> choice.Offers:
        """All options of the month as arrays, and the models withdrawn this month as places customers come from."""
        on_sale = list(self._on_sale())
        origins = [*(m for _, m in on_sale), *self.withdrawn_now]
        slot = np.full(len(self.register), -1, np.int32)
        slot[[self.number[m.name] for m in origins]] = np.arange(len(origins))
        columns = [firm.column for firm, _ in on_sale]
        return choice.Offers(
            capability=np.array([m.capability for _, m in on_sale], float),
            price=np.array([firm.prices[m.name] for firm, m in on_sale], float),
            firm=np.array(columns, np.int32),
            open_weights=np.array([m.open_weights for _, m in on_sale], bool),
            luck=np.array(
                [choice.offer_luck(m.firm_key, m.generation, m.line) for _, m in on_sale], np.uint64
            ),
            model=np.array([self.number[m.name] for _, m in on_sale], np.int32),
            slot=slot,
            maker=self._makers(),
            releasing=np.isin(np.arange(len(self.settings.firms)), list(self.released_now)),
            slots=len(origins),
        )

    def _sell(self, firm: Firm | None, model: AIModel, cost: float, customers: int, tokens: float) -> None:
        """Book a model's sales by its developer, or by the hosts if `firm` is None, and write the offer's row."""
        price = next(f.prices[model.name] for f, m in self._on_sale() if m is model)
        revenue, serving = tokens * price, tokens * cost
        if firm is None:
            if tokens > 0:
                self.ledger.post(self.month, HOSTS, Account.REVENUE, revenue, model.name)
                self.ledger.post(self.month, HOSTS, Account.SERVING, -serving, model.name)
        else:
            self._book(firm, Account.REVENUE, revenue, model.name)
            self._book(firm, Account.SERVING, -serving, model.name)
            firm.revenue += revenue
            firm.contribution += revenue - serving
        self.recorder.offer(
            self.month, HOSTS if firm is None else firm.name, model.name, model.open_weights, model.capability,
            price, cost, customers, tokens, revenue, serving,
        )  # fmt: skip

    def _count_months(self) -> None:
        """Count months on sale and at the frontier, the highest capability on sale."""
        on_sale = [model for _, model in self._on_sale()]
        frontier = max((m.capability for m in on_sale), default=0.0)
        for model in on_sale:
            self.on_sale_months[model.name] = self.on_sale_months.get(model.name, 0) + 1
            at = model.capability >= frontier
            self.frontier_months[model.name] = self.frontier_months.get(model.name, 0) + at

    def facts(self) -> pd.DataFrame:
        """What is known of each model besides money; models still in training have no release."""
        rows = [
            (
                m.name, m.firm, m.line, m.open_weights, m.generation, m.started, m.released, self.retired.get(m.name),
                m.released >= 0 and m.name in self.retired, m.capability, self.launch_price.get(m.name, np.nan),
                self.on_sale_months.get(m.name, 0), self.frontier_months.get(m.name, 0),
            )
            for m in self.register
        ]  # fmt: skip
        rows += [
            (
                model_name(firm.name, run.generation, line), firm.name, line, firm.open_weights, run.generation,
                run.started, None, None, False, np.nan, np.nan, 0, 0,
            )
            for firm in self.firms
            for run in firm.runs
            for line in firm.lines()
        ]  # fmt: skip
        types = {
            "model": "str", "firm": "str", "line": "str", "open_weights": "bool", "generation": "int64",
            "started": "int64", "released": "Int64", "retired": "Int64", "complete": "bool", "capability": "float64",
            "launch_price": "float64", "months_on_sale": "int64", "months_at_frontier": "int64",
        }  # fmt: skip
        order = {firm.name: firm.column for firm in self.firms}
        rows.sort(key=lambda row: (order[row[1]], row[4], row[2]))
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(types)
        return pd.DataFrame({n: pd.Series(c, dtype=t) for (n, t), c in zip(types.items(), columns, strict=True)})
