"""Many runs: designs, sweeps, replications, paired worlds and break-even, and the intervals that go with them."""

from market.registry import import_all

import_all(__name__)
