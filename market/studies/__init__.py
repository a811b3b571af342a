"""Many runs: replications, and the intervals that go with them."""

from market.studies import experiment, replicate

__all__ = ["experiment", "replicate"]
