"""The largest closed lab by whole calendar year, in the ratios that are known of real ones."""

from __future__ import annotations

import pandas as pd


def leader(companies: pd.DataFrame, closed: set[str]) -> pd.DataFrame:
    """Ratios of the closed lab with the highest revenue in each year.

    Parameters
    ----------
    companies : whole years of the company P&L, as `readings.whole_years` gives them.
    closed : names of the closed labs.

    Returns
    -------
    DataFrame
        year, firm, revenue ($); gross_margin = contribution ÷ revenue; rd_per_revenue = (training + research) ÷
        revenue; operating_result_per_revenue, funding left out. Years without revenue are left out.
    """
    labs = companies[companies["firm"].isin(closed) & (companies["revenue"] > 0)]
    top = labs.loc[labs.groupby("year")["revenue"].idxmax()].reset_index(drop=True)
    return pd.DataFrame(
        {
            "year": top["year"],
            "firm": top["firm"],
            "revenue": top["revenue"],
            "gross_margin": top["contribution"] / top["revenue"],
            "rd_per_revenue": (top["training"] + top["research"]) / top["revenue"],
            "operating_result_per_revenue": top["result"] / top["revenue"],
        }
    )
