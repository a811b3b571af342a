"""The worked example of docs/OWN_DATA.md: its files run as they stand, and its errors are those that it shows."""

import re
from pathlib import Path

import pytest

import market
from market.evidence import read_supply
from market.parameters import InputError
from market.views import sentences

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "OWN_DATA.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```", PAGE, re.M | re.S))
(SHOWN,) = re.findall(r"^```text\n(.*?)^```", PAGE, re.M | re.S)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_example_runs(here):
    assert set(FILES) == {"releases.csv", "prices.csv", "mine.toml"}
    run = market.simulate(market.load("mine.toml").vary({"customers": 500, "panel.size": 50}), 0)
    offers = run.offers[run.offers["firm"] != "hosts"]
    prices = offers.pivot_table(index="month", columns="model", values="price")
    assert prices["Able-1"].dropna().tolist() == [0.75 * 3 + 0.25 * 15] * 8 + [4.5] * 6  # on sale until March 2024
    assert prices["Free-1"].first_valid_index() == 5
    assert any(model.startswith("Rival") for model in prices)
    assert run.models.set_index("model").loc["Able-2", "capability"] == pytest.approx(9 + (1300 - 1287) * 0.189)
    books = run.replay.set_index("model")
    assert books.loc["Able-2", ["training_low", "training_high"]].tolist() == [1.5e8, 3e8]
    assert books["training_low"].isna().to_dict()["Baker-1"]
    assert "A replay, not accounts: 5 releases" in " ".join(sentences.said("run", run))


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("releases.csv", "Baker-1,Baker,2023-02-01,false,9", "Baker-1,Baker,2023-02-01,false,$9", 0),
        ("releases.csv", "Baker-2,", "Able-1,", 1),
        ("prices.csv", "Able-1,", "Abel-1,", 2),
    ],
)
def test_the_errors_are_those_that_are_shown(here, file, old, new, line):
    path = Path(file)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(InputError) as error:
        read_supply("releases.csv", "prices.csv", scales=["arena"])
    assert str(error.value) == SHOWN.splitlines()[line]
