"""A month: all decide before anything takes effect, and what is chosen is split among its sellers."""

import numpy as np
import pytest

import market
from market.month import cash
from market.month.choose import choose
from market.month.clear import clear
from market.month.publish import publish
from market.month.settle import settle
from market.month.sight import view
from market.month.state import State
from market.month.supply import open_market, supply

TINY = {"customers": 400, "months": 14, "panel.size": 100}


@pytest.mark.parametrize("keys", [("a", "b"), ("b", "a")])
def test_all_ask_for_funding_before_anybody_fails(keys, monkeypatch):
    """A firm that fails at the end of a month is still in business for all others' decisions of that month."""
    paths = {}

    def watched(state, firm, family):
        seen = view(state, firm, family)
        paths[state.month, firm.name] = seen.cost_path
        return seen

    monkeypatch.setattr(cash, "view", watched)
    changes = {
        "labs.*.funding": {"rule": "raise"},
        "labs.Alpha.key": keys[0],
        "labs.Beta.key": keys[1],
        "labs.Alpha.training.first_cost": 5e8,
        "labs.Beta.first_start": 0,
        "interventions": [{"month": 2, "kind": "shut_capital", "target": "*"}],
    }
    run = market.simulate(market.load("duopoly").vary({**TINY, **changes}), 0)
    both = [month for month in range(14) if {(month, "Alpha"), (month, "Beta")} <= paths.keys()]
    assert min(run.failed.values()) in both
    for month in both:
        assert paths[month, "Alpha"] == paths[month, "Beta"]


def test_hosts_and_developer_share_what_is_chosen():
    state = State.of(market.load("baseline").vary(TINY), 0)
    open_market(state)
    for _ in range(3):
        publish(state)
        supply(state)
        chosen = choose(state)
        sales = clear(state, chosen)
        settle(state, sales)
        state.month += 1
    by_model: dict[str, list] = {}
    for sale in sales:
        by_model.setdefault(sale.model.name, []).append(sale)
    assert any(len(sellers) == 2 for sellers in by_model.values())
    for (firm, model), tokens, heads in zip(state.on_sale, chosen.tokens, chosen.customers, strict=False):
        sellers = by_model[model.name]
        assert [sale.seller for sale in sellers] == ([firm, None] if model.open_weights else [firm])
        assert sum(sale.tokens for sale in sellers) == pytest.approx(tokens)
        assert [sale.customers for sale in sellers] == [heads, 0][: len(sellers)]
        if model.open_weights:
            assert sellers[1].tokens == pytest.approx(firm.spec.hosting * tokens)
    spent = sum(segment.spending(_prices(state, chosen), state.month - 1) for segment in state.segments)
    assert sum(sale.tokens * sale.price for sale in sales) == pytest.approx(spent)


def _prices(state, chosen):
    price_of = np.zeros(len(state.register.models) + 2)
    price_of[chosen.offers.model] = chosen.offers.price
    return price_of
