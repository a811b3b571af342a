"""Whether labs that forecast what a launch will earn get it right."""

from __future__ import annotations

import pandas as pd

from market.tables import Run


def earned_over_forecast(run: Run) -> pd.DataFrame:
    """What launches earned over what was forecast, of those whose horizon has passed or that were given up.

    Returns
    -------
    DataFrame
        firm; number, of the firm's such launches before it; ratio, 0 for what was given up before it earned anything.
    """
    given_up = run.models.loc[run.models["complete"] & run.models["released"].isna(), "model"]
    table = run.launches[run.launches["forecast_gross"].notna()]
    table = table[table["model"].isin(given_up) | (table["counted"] >= table["horizon"])]
    ratio = table["realised_gross"].fillna(0.0) / table["forecast_gross"]
    return pd.DataFrame({"firm": table["firm"], "number": table.groupby("firm").cumcount(), "ratio": ratio})
