"""How a firm decides: functions of a frozen view."""

from market.registry import import_all

import_all(__name__)
