"""Tables of what stands beside a run where it was asked for: the same figures of other seeds, and of another world."""

from __future__ import annotations

from market.accounts.pnl import COMPANIES
from market.schemas import Column, Schema, registered

AS_IT_IS = "as it is"
"""The world that is the run's own scenario."""

SUMMARY = (
    Column("labs", "labs", "closed labs that booked anything"),
    Column("labs_failed", "labs", "closed labs that failed"),
    Column("labs_compared", "labs", "closed labs with two whole calendar years in business"),
    Column("labs_deeper", "labs", "of these, with a worse result in the last such year than in the first"),
    Column("first_year", "year", "the earliest of the years compared"),
    Column("last_year", "year", "the latest of the years compared"),
    Column("first_result", "$", "results of the labs compared in their first whole year, together"),
    Column("last_result", "$", "results of the labs compared in their last whole year, together"),
    Column("lives", "families", "complete lives of labs' families: a base with its updates and all their tiers"),
    Column("lives_back", "families", "of these, that returned their training"),
    Column("lives_back_full_rd", "families", "of these, that returned their training and research"),
    Column("lives_without_earnings", "families", "of these, that earned nothing or lost"),
    Column("multiple", "x", "contribution ÷ training, complete lives of labs' families together"),
    Column("multiple_full_rd", "x", "contribution ÷ (training + research), complete lives of labs' families together"),
    Column(
        "typical_multiple", "x", "geometric mean of contribution ÷ training over complete lives that earned something"
    ),
    Column("typical_multiple_full_rd", "x", "the same of contribution ÷ (training + research)"),
    Column("complete", "part", "training dollars of labs' families that are in complete lives"),
    Column("so_far", "x", "contribution so far ÷ training so far, all labs' families, those in training too"),
    Column("so_far_full_rd", "x", "contribution so far ÷ (training + research), all labs' families"),
    Column("if_held", "x", "the same as so_far if each month left of what is on sale earned like the last"),
    Column(
        "if_held_full_rd", "x", "the same as so_far_full_rd if each month left of what is on sale earned like the last"
    ),
)
"""What `run.summary` holds, beside what names the run: the figures behind what `market run` says."""

SEEDS = registered(
    Schema(
        "seeds",
        "The summary of this run, and of runs beside it: under other random seeds and in the other world that the "
        "scenario names as its flip. Only in runs made with `market run`.",
        (
            Column("world", "", f"`{AS_IT_IS}`, or the flip in words", "str"),
            Column("seed", "seed", "the random seed", "int64"),
            *SUMMARY,
        ),
        beside=True,
    )
)
SEEDS_COMPANIES = registered(
    Schema(
        "seeds_companies",
        "The company P&L of this run and of the runs beside it. Only in runs made with `market run`.",
        (*SEEDS.columns[:2], *COMPANIES.columns),
        beside=True,
    )
)
