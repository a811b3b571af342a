"""What the market looks like, simulated or real: the same functions measure both."""

from market.registry import import_all

import_all(__name__)
