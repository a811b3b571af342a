"""How the market works: pure functions of arrays."""

from market.registry import import_all

import_all(__name__)
