"""Labs' margins at every boundary."""

import pytest

from market.measures import boundaries


def test_whole_years_of_all_labs_together(small_run):
    """A run of thirty months has two whole years; what is read off the books of the labs must agree."""
    found = boundaries.margins(small_run)
    assert {name[:4] for name in found} == {"2023", "2024"}
    books = small_run.companies[small_run.companies["firm"].isin(small_run.scenario.labs)]
    total = books[books["year"] == 2024].sum(numeric_only=True)
    assert found["2024 after serving"] == pytest.approx(total["contribution"] / total["revenue"])
    assert found["2024 after all rd"] == pytest.approx(total["result"] / total["revenue"])
    assert found["2024 cost per revenue dollar"] == pytest.approx(1 - found["2024 after all rd"])
    assert found["2024 after all rd"] < found["2024 after amortised training"] < found["2024 after overhead"]
