"""What a user writes: the schema of a scenario, the catalogue, loading and varying."""

from market.registry import import_all

import_all(__name__)
