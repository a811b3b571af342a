"""The market: a Mesa model whose step is one month in seven verbs."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass

import mesa
import numpy as np
import numpy.typing as npt

from market.accounts.events import EventKind, Journal
from market.accounts.flows import FLOWS, Places, moved
from market.accounts.launches import NO_FORECAST, PLANS
from market.accounts.ledger import HOSTS, Account, Ledger
from market.accounts.record import BENCHMARKS, OFFERS, RUNWAYS, SEGMENTS, Recorder
from market.accounts.register import Register
from market.agents import Firm, Lab, OpenProvider, Segment, TrainingRun
from market.briefing import Briefing
from market.economics import choice, options, response
from market.economics.benchmarks import benchmarks
from market.economics.technology import LEAST_RUN, AIModel, model_name
from market.outside import Outside
from market.scenario.schema import LabSpec, OpenProviderSpec, Scenario
from market.strategies.expectations import Forecast
from market.strategies.view import Offer
from market.treasury import Treasury


@dataclass(frozen=True)
class Sale:
    """What a model sold in a month: price, tokens in Mtok, and its own-price elasticities."""

    model: AIModel
    price: float
    tokens: float
    elasticity: tuple[float, float]


@dataclass(frozen=True)
class ChoicesMade:
    """The customers' side of a month: the options, and by segment the volume factor, choices and price responses."""

    offers: options.Offers
    factors: list[float]
    choices: list[choice.Choices]
    responses: list[response.Response]

    @property
    def tokens(self) -> npt.NDArray[np.float64]:
        """Tokens by option, the models on sale first, in Mtok."""
        sold = [f * c.volume.sum(axis=0) for f, c in zip(self.factors, self.choices, strict=True)]
        return np.asarray(np.sum(sold, axis=0))

    @property
    def customers(self) -> npt.NDArray[np.int64]:
        """Customers by option, the models on sale first."""
        return np.asarray(np.sum([c.customers.sum(axis=0) for c in self.choices], axis=0))

    @property
    def elasticities(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Own-price elasticities of the offers, for one month and in the long run, (J,) each; NaN if unsold."""

        def total(pick: str) -> npt.NDArray[np.float64]:
            parts = [f * getattr(r, pick) for f, r in zip(self.factors, self.responses, strict=True)]
            return np.asarray(np.sum(parts, axis=0))

        price, sold, wanted = self.offers.price, self.tokens[: len(self.offers.price)], total("long_tokens")
        short = np.divide(price * total("slope"), sold, out=np.full(len(price), np.nan), where=sold > 0)
        long = np.divide(price * total("long_slope"), wanted, out=np.full(len(price), np.nan), where=wanted > 0)
        return short, long


class Market(mesa.Model):
    """Firms and segments of customers; one step is one month.

    Everything that is listed is listed in the order of firm keys (then generation, then line), and every draw belongs
    to a key, so the order of firms in a scenario changes nothing.

    Parameters
    ----------
    settings : the scenario.
    seed : the random seed of the run.
    pool : threads for the choices of a large market; the result does not depend on it.
    """

    def __init__(self, settings: Scenario, seed: int, pool: Executor | None = None) -> None:
        super().__init__(rng=seed)
        self.settings, self.seed, self.pool = settings, seed, pool
        self.month = 0
        self.ledger, self.journal, self.recorder = Ledger(settings.start), Journal(), Recorder()
        self.register = Register({name: column for column, name in enumerate(settings.firms)})
        self.releasing: set[int] = set()
        for column, (name, spec) in enumerate(settings.firms.items()):
            if isinstance(spec, LabSpec):
                Lab(self, name, spec, column)
            elif isinstance(spec, OpenProviderSpec):
                OpenProvider(self, name, spec, column)
        for name in sorted(settings.segments):
            Segment(self, name, settings.segments[name], settings, seed)
        self.briefing = Briefing(settings, seed, self.register, self.labs, self.segments)
        self.treasury = Treasury(settings, self.ledger, self.journal, self.briefing)
        self.outside = Outside(settings.interventions, self.treasury, self.journal)
        self._open()

    @property
    def firms(self) -> list[Firm]:
        """All firms in the order of their keys."""
        return sorted([*self.labs, *self.open_providers], key=lambda firm: firm.column)

    @property
    def labs(self) -> list[Lab]:
        """The closed labs in the order of their keys."""
        return list(self.agents_by_type.get(Lab, ()))

    @property
    def open_providers(self) -> list[OpenProvider]:
        """The open providers in the order of their keys."""
        return list(self.agents_by_type.get(OpenProvider, ()))

    @property
    def alive(self) -> list[Firm]:
        """Firms that have not failed, in the order of their keys."""
        return [firm for firm in self.firms if firm.failed is None]

    @property
    def segments(self) -> list[Segment]:
        """The segments in the order of their names."""
        return list(self.agents_by_type[Segment])

    @property
    def on_sale(self) -> list[tuple[Firm, AIModel]]:
        """Models on sale with their developers, by firm key, generation and line."""
        return [(firm, model) for firm in self.firms for model in firm.lineup]

    @property
    def run_length(self) -> int:
        """Months from a run's start to its release."""
        return self.settings.technology.training_months

    def step(self) -> None:
        """One month."""
        self.publish()
        self.train()
        self.release()
        self.price()
        chosen = self.choose()
        self.settle(chosen)
        self.record(chosen)
        self.month += 1

    def close(self) -> None:
        """Let go of the agents and their arrays; the market cannot go on after this."""
        self.remove_all_agents()
        getattr(mesa.Agent, "_ids", {}).pop(self, None)  # Mesa 3.3 keeps every model alive in this table

    def publish(self) -> None:
        """Freeze last month's market as everybody saw it. In month 0 there was none."""
        shown = () if self.month == 0 else tuple(Offer(m, f.prices[m.name]) for f, m in self.on_sale)
        self.briefing.publish(self.month, shown)
        for firm in self.firms:
            if firm.failed is not None:
                self._withdraw(firm, firm.withdraw())
        self.outside.begin(self.firms, self.month)

    def train(self) -> None:
        """Decide on new runs; book this month's training on the models being trained, and research."""
        deciding = [firm for firm in self.alive if self.month >= firm.spec.first_start]
        decisions = [firm.decide_training(self.briefing.view(firm, "training")) for firm in deciding]
        for firm, decision in zip(deciding, decisions, strict=True):
            firm.memory["training"] = decision.memory
            if decision.cost >= LEAST_RUN:
                run = firm.start_run(self.month, self.briefing.technology.affordable(decision.cost))
                name = model_name(firm.name, run.generation, "flagship")
                self._plan(firm, run, firm.rule_name("training"), decision.forecast)
                said = f"{firm.name} starts training {name} for ${run.cost / 1e6:,.0f}M"
                self.journal.note(self.month, firm.name, EventKind.TRAINING_STARTED, run.cost, said, name)
        for firm in self.firms:
            for run in firm.runs:
                if self.month < run.started + self.run_length:
                    self._pay(firm, run, self.month)

    def release(self) -> None:
        """Put complete runs on sale, closed ones first, and withdraw models whose retirement is due."""
        self.releasing = set()
        for firm in [*self.labs, *self.open_providers]:
            for run in [run for run in firm.runs if run.started + self.run_length == self.month]:
                name = model_name(firm.name, run.generation, "flagship")
                if self.outside.suppresses(name, self.month):
                    firm.shelve(run)
                    said = f"{name} is kept off the market, from outside"
                    self.journal.note(self.month, firm.name, EventKind.LAUNCH_SUPPRESSED, run.cost, said, name)
                    continue
                self._put_on_sale(firm, run)
                self.releasing.add(firm.column)
        for firm in self.firms:
            self._withdraw(firm, firm.retire(self.month))

    def price(self) -> None:
        """Take all pricing decisions, then put all prices into effect at once."""
        labs = [lab for lab in self.labs if lab.failed is None]
        decisions = [lab.spec.pricing.decide(self.briefing.view(lab, "pricing")) for lab in labs]
        for lab, decision in zip(labs, decisions, strict=True):
            lab.memory["pricing"] = decision.memory
            for model in lab.lineup:
                price = self.outside.price(lab, model.name, self.month, decision.prices.get(model.name))
                if price is not None:
                    self._set_price(lab, model.name, price)
            for name in decision.unsold:
                said = f"nobody on the panel buys {name} at any price"
                self.journal.note(self.month, lab.name, EventKind.NO_DEMAND, lab.prices[name], said, name)
            if not decision.converged:
                said = f"{lab.name}'s search for prices did not settle; the last prices tried are used"
                self.journal.note(self.month, lab.name, EventKind.NOT_CONVERGED, len(decision.prices), said)
        for provider in self.open_providers:
            for model in provider.lineup:
                hosted = provider.host_price(self.briefing.unit_cost(model))
                price = self.outside.price(provider, model.name, self.month, hosted)
                provider.prices[model.name] = hosted if price is None else price
                self.register.launch_price.setdefault(model.name, provider.prices[model.name])

        every = self.settings.record_benchmarks
        if every and self.month % every == 0 and any(lab.lineup for lab in self.labs):
            self._compare()

    def choose(self) -> ChoicesMade:
        """Let customers enter, reconsider and choose; ask before how they respond to prices."""
        offers = self._offers()
        responses = [segment.respond(offers, self.month, self.pool) for segment in self.segments]
        choices = [segment.choose(offers, self.seed, self.month, self.pool) for segment in self.segments]
        return ChoicesMade(offers, [segment.volume_factor(self.month) for segment in self.segments], choices, responses)

    def settle(self, chosen: ChoicesMade) -> None:
        """Book revenue, serving cost and overhead; settle cash; fund shortfalls; let firms without cash fail."""
        tokens, heads = chosen.tokens, chosen.customers
        elasticities = list(zip(*chosen.elasticities, strict=True))
        for firm in self.firms:
            firm.revenue = firm.contribution = 0.0
            firm.earned = {}
        for place, (firm, model) in enumerate(self.on_sale):
            hosted = firm.spec.hosting if isinstance(firm, OpenProvider) else 0.0
            sold = Sale(model, firm.prices[model.name], float(tokens[place]), elasticities[place])
            self._sell(firm, sold, 1.0 - hosted, int(heads[place]))
            if firm.open_weights:
                self._sell(None, sold, hosted, 0)
        self.outside.settle(self.firms, self.month)
        frontier = max((model.capability for _, model in self.on_sale), default=-math.inf)
        for firm in self.alive:
            if self.month >= firm.spec.first_start:
                overhead = firm.spec.overhead * firm.revenue + firm.spec.fixed_overhead
                self.treasury.book(firm, Account.OVERHEAD, -overhead, self.month)
            self.treasury.close_month(firm, frontier)
        if any(lab.failed == self.month for lab in self.labs) and all(lab.failed is not None for lab in self.labs):
            self.journal.note(self.month, "market", EventKind.ALL_LABS_FAILED, len(self.labs), "every lab has failed")

    def record(self, chosen: ChoicesMade) -> None:
        """Write the rows of the tables."""
        offers = chosen.offers
        self.register.count_month([model for _, model in self.on_sale])
        for firm in self.alive:
            if self.month >= firm.spec.first_start:
                self.recorder.add(RUNWAYS, self.month, firm.name, firm.cash, firm.burn, firm.runway)
        price_of = np.zeros(len(self.register.models))
        price_of[offers.model] = offers.price
        places = self._places(offers)
        for segment, choices, reply in zip(self.segments, chosen.choices, chosen.responses, strict=True):
            factors = (segment.volume_factor(self.month - 1), segment.volume_factor(self.month))
            self.recorder.extend(FLOWS, *moved(self.month, segment.name, places, choices, factors))
            heads, bought = int(choices.customers.sum()), choices.customers[:, : offers.slots]
            self.recorder.add(
                SEGMENTS,
                self.month,
                segment.name,
                heads,
                int(bought.sum()),
                1.0 - int(bought.sum()) / heads if heads else np.nan,
                float(choices.volume[:, : offers.slots].sum()) * factors[1],
                segment.spending(price_of, self.month),
                reply.surplus * factors[1],
                int(choices.customers[places.switches].sum()),
            )

    # What the verbs are made of.

    def _open(self) -> None:
        """Start what began before month 0 and put what was complete on sale; post earlier spend at its months."""
        early = [firm for firm in [*self.labs, *self.open_providers] if firm.spec.first_start < 0]
        for firm in sorted(early, key=lambda firm: firm.spec.first_start):  # one can learn from earlier ones
            start = firm.spec.first_start
            cost = firm.opening_cost(self.briefing.cost_path(start))
            if cost < LEAST_RUN:
                continue
            run = firm.start_run(start, cost)
            self._plan(firm, run, "opening")
            for month in range(start, min(start + self.run_length, 0)):
                self._pay(firm, run, month)
                self.treasury.fund_start(firm, month)
            if start + self.run_length < 0:
                self._put_on_sale(firm, run)

    def _pay(self, firm: Firm, run: TrainingRun, month: int) -> None:
        """Book one month of a run on the models being trained, and the research that goes with it."""
        part = run.cost / self.run_length
        for line, (_, _, share) in firm.lines().items():
            name = model_name(firm.name, run.generation, line)
            self.treasury.book(firm, Account.TRAINING, -part * share, month, name)
        self.treasury.book(firm, Account.RESEARCH, -part * firm.spec.research, month)

    def _sell(self, firm: Firm | None, sold: Sale, part: float, customers: int) -> None:
        """Book one part of a model's sales, by the hosts if `firm` is None, and write the offer's row."""
        model, cost, tokens = sold.model, self.briefing.unit_cost(sold.model), sold.tokens * part
        revenue, serving = tokens * sold.price, tokens * cost
        if firm is not None:
            self.treasury.book(firm, Account.REVENUE, revenue, self.month, model.name)
            self.treasury.book(firm, Account.SERVING, -serving, self.month, model.name)
            firm.revenue += revenue
            firm.contribution += revenue - serving
            firm.earned[model.name] = revenue - serving
        elif revenue > 0:
            self.ledger.post(self.month, HOSTS, Account.REVENUE, revenue, model.name)
            self.ledger.post(self.month, HOSTS, Account.SERVING, -serving, model.name)
        name = HOSTS if firm is None else firm.name
        facts = (model.name, model.open_weights, model.capability, sold.price, cost)
        sales = (customers, tokens, revenue, serving, *sold.elasticity)
        self.recorder.add(OFFERS, self.month, name, *facts, *sales)

    def _put_on_sale(self, firm: Firm, run: TrainingRun) -> None:
        """Turn a complete run into models on sale."""
        release = run.started + self.run_length
        delay = firm.spec.spillover_delay if isinstance(firm, OpenProvider) else 0
        best = self.register.best_closed(release - delay)
        for model in firm.complete(run, self.settings.technology, self.seed, best):
            self.register.add(model)
            said = f"{firm.name} releases {model.name} at {model.capability:.1f} points"
            self.journal.note(release, firm.name, EventKind.RELEASED, model.capability, said, model.name)
            self._strike(model, run.cost)

    def _strike(self, model: AIModel, cost: float) -> None:
        """Tell everybody of the limits of technology that hold a model back, each the first time."""
        for limit, words in self.settings.technology.strikes(cost, model.capability).items():
            if limit not in self.briefing.struck:
                self.briefing.struck.add(limit)
                said = f"{model.name} is held back: {words}"
                self.journal.note(
                    model.released, model.firm, EventKind.LIMIT_STRUCK, model.capability, said, model.name
                )

    def _withdraw(self, firm: Firm, models: list[AIModel]) -> None:
        """Write down that models have gone off sale; their customers reconsider this month."""
        for model in models:
            self.briefing.withdrawn.append(model)
            self.register.retired[model.name] = self.month
            said = f"{firm.name} withdraws {model.name}"
            self.journal.note(self.month, firm.name, EventKind.RETIRED, model.capability, said, model.name)

    def _plan(self, firm: Firm, run: TrainingRun, rule: str, forecast: Forecast | None = None) -> None:
        """Record a run that starts and what its firm expects of it."""
        name = model_name(firm.name, run.generation, "flagship")
        expected = NO_FORECAST if forecast is None else forecast.figures
        self.recorder.add(PLANS, run.started, firm.name, name, rule, run.cost, *expected)

    def _set_price(self, lab: Lab, name: str, price: float) -> None:
        """Put a price into effect and say so."""
        old = lab.prices.get(name)
        lab.prices[name] = price
        if old is None:
            self.register.launch_price[name] = price
            said = f"{lab.name} launches {name} at ${price:,.2f} per Mtok"
            self.journal.note(self.month, lab.name, EventKind.PRICED_AT_LAUNCH, price, said, name)
        elif old != price:
            said = f"{lab.name} moves {name} from ${old:,.2f} to ${price:,.2f} per Mtok ({price / old - 1:+.0%})"
            self.journal.note(self.month, lab.name, EventKind.REPRICED, price, said, name)

    def _compare(self) -> None:
        """Write the labs' profits on the panel against Nash and joint-profit prices; open weights keep their price."""
        models = [model for _, model in self.on_sale]
        panel, utility = self.briefing.ask(models)
        if panel.weights.sum() <= 0:
            said = "nobody is there to be asked: no comparison with Nash and joint-profit prices"
            self.journal.note(self.month, "market", EventKind.NO_DEMAND, len(models), said)
            return
        compared = benchmarks(
            utility,
            panel.alpha,
            panel.weights,
            costs=np.array([self.briefing.unit_cost(m) for m in models]),
            firms=self.register.makers[self.register.numbers(models)],
            prices=np.array([firm.prices[m.name] for firm, m in self.on_sale]),
            fixed=np.array([m.open_weights for m in models]),
        )
        names = {firm.column: firm.name for firm in self.firms}
        rows = zip(
            compared.owners, compared.profit, compared.profit_nash, compared.profit_joint, compared.gain, strict=True
        )
        for owner, *amounts in rows:
            self.recorder.add(BENCHMARKS, self.month, names[int(owner)], *amounts)
        if not (compared.converged and compared.is_nash):
            what = "did not settle" if not compared.converged else "settled where a firm would gain by another price"
            said = f"the search for Nash or joint-profit prices {what}; the benchmarks are its last iterate"
            self.journal.note(self.month, "market", EventKind.NOT_CONVERGED, len(models), said)

    def _offers(self) -> options.Offers:
        """All options of the month as arrays, and the models withdrawn this month as places customers come from."""
        models = [model for _, model in self.on_sale]
        origins = self.register.numbers([*models, *self.briefing.withdrawn])
        numbers = origins[: len(models)]
        slot = np.full(len(self.register.models), -1, np.int32)
        slot[origins] = np.arange(len(origins))
        return options.Offers(
            capability=np.array([m.capability for m in models], float),
            price=np.array([firm.prices[m.name] for firm, m in self.on_sale], float),
            firm=self.register.makers[numbers],
            open_weights=np.array([m.open_weights for m in models], bool),
            luck=np.array([options.offer_luck(m.firm_key, m.generation, m.line) for m in models], np.uint64),
            model=numbers,
            slot=slot,
            maker=self.register.makers,
            releasing=np.isin(np.arange(len(self.settings.firms)), list(self.releasing)),
            slots=len(origins),
        )

    def _places(self, offers: options.Offers) -> Places:
        """Where customers can be this month, with last month's and this month's prices."""
        models = [*(model for _, model in self.on_sale), *self.briefing.withdrawn]
        last = {offer.model.name: offer.price for offer in self.briefing.public}
        before = [*(last.get(m.name, 0.0) for m in models), 0.0, 0.0]
        after = [*offers.price, *(0.0 for _ in self.briefing.withdrawn), 0.0, 0.0]
        owner = [*(self.register.columns[m.firm] for m in models), -1, -1]
        names = (*(m.name for m in models), "outside", "entry")
        return Places(names, np.array(owner), np.array(before), np.array(after))
