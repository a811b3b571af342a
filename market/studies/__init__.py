"""Many runs: designs, sweeps, replications, paired worlds and break-even, and the intervals that go with them."""

from market.studies import (
    batch,
    break_even,
    compare,
    crossing,
    design,
    evaluate,
    experiment,
    identity,
    intervals,
    replicate,
    store,
    study,
    summaries,
    sweep,
    workers,
)

__all__ = [
    "batch",
    "break_even",
    "compare",
    "crossing",
    "design",
    "evaluate",
    "experiment",
    "identity",
    "intervals",
    "replicate",
    "store",
    "study",
    "summaries",
    "sweep",
    "workers",
]
