"""The supply table of the real market to the end of 2025, derived from ``models.csv`` and ``price_changes.csv``.

`history_releases.csv` and `history_prices.csv` are what `releases` and `prices` give; a test holds them together, and
``python -m market.evidence.history`` writes them anew.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from market import evidence
from market.evidence.supply import INPUT_SHARE, RELEASES

SCORES = {"arena": "arena_elo", "aa": "aa_index"}
"""Columns of ``models.csv`` by scale, the one that is preferred first."""
OWN_CHANGES = ("price_cut", "price_rise")
"""Kinds of change that are a change of a model's price; others move a name, are corrections, or are ambiguous."""


def prices() -> pd.DataFrame:
    """Changes of list price of models of ``models.csv``: model, date, price ($ per Mtok, blended 3:1).

    A day is the documented one, or that on which the change was first seen.
    """
    table = _changes()
    table = table[table["model"].isin(releases()["model"])].sort_values(["day", "model"], kind="stable")
    found = pd.DataFrame({"model": table["model"], "date": table["day"].dt.strftime("%Y-%m-%d")})
    return found.assign(price=table["price"]).reset_index(drop=True)


def releases() -> pd.DataFrame:
    """Releases with a list price and a score, in the columns of a supply table; `left_out` has the others.

    The score is the Arena's, or the index of Artificial Analysis where a model has none. A model whose launch price is
    unknown has its predecessor's of that day, as its source says, if that is known. A predecessor that is left out is
    blank. Withdrawals, unit costs and costs of training are unknown, and so blank.
    """
    table = evidence.load("models")
    table["price"] = _blended(table["price_in"], table["price_out"])
    own, known = table["price"].notna(), _prices_over_time(table)
    table["source"] = table["price_source"].where(own, "price of its predecessor")
    for row in table.index[~own]:
        model = table.loc[row]
        before = known[(known["model"] == model["predecessor"]) & (known["day"] <= model["released"])]
        table.loc[row, "price"] = before["price"].iloc[-1] if len(before) else float("nan")
    scores = pd.DataFrame({scale: table[column] for scale, column in SCORES.items()})
    table["score"] = scores.bfill(axis=1).iloc[:, 0]
    table["scale"] = scores.notna().idxmax(axis=1)
    table = table[table["price"].notna() & table["score"].notna()]
    table["predecessor"] = table["predecessor"].where(table["predecessor"].isin(table["model"]))
    table["firm"], table["tier"] = table["lab"], table["line"].where(table["line"] != "flagship")
    table["released"] = table["released"].dt.strftime("%Y-%m-%d")
    table["open_weights"] = table["open_weights"].map({True: "true", False: "false"})
    columns = [name for name in RELEASES if name in table]
    found: pd.DataFrame = table[columns].sort_values(["released", "model"], kind="stable").reset_index(drop=True)
    return found


def left_out() -> list[str]:
    """Models of ``models.csv`` that have no score, or no price even by their predecessor."""
    return sorted(set(evidence.load("models")["model"]) - set(releases()["model"]))


def _changes() -> pd.DataFrame:
    """Changes of models' own prices: model, day, price."""
    changes = evidence.load("price_changes")
    changes = changes[changes["kind"].isin(OWN_CHANGES)]
    day = changes["documented_effective_date"].fillna(changes["date_first_seen"])
    price = _blended(changes["new_in"], changes["new_out"])
    return pd.DataFrame({"model": changes["model"], "day": day, "price": price})


def _prices_over_time(models: pd.DataFrame) -> pd.DataFrame:
    """Prices at launch and since, in the order of their days: model, day, price."""
    launched = models.loc[models["price"].notna(), ["model", "released", "price"]]
    return pd.concat([launched.rename(columns={"released": "day"}), _changes()]).sort_values("day", kind="stable")


def _blended(price_in: pd.Series, price_out: pd.Series) -> pd.Series:
    return (INPUT_SHARE * price_in + (1 - INPUT_SHARE) * price_out).round(6)


if __name__ == "__main__":
    for name, table in {"history_releases": releases(), "history_prices": prices()}.items():
        table.to_csv(Path(__file__).with_name(f"{name}.csv"), index=False, lineterminator="\n")
