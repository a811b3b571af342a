"""Reading supply tables: what comes of a good one, and the one line that refuses each kind of bad one."""

import hashlib
import re

import pytest

from market.evidence import read_supply
from market.parameters import InputError

GOOD = """model,firm,released,open_weights,price,price_in,price_out,input_share,capability,score,scale,training
# a comment
one,Alpha,2022-11-02,false,8,,,,9,,,
two,Beta,2023-03-14,true,,2,10,,,1300,arena,1e8
three,Beta,2023-04-01,TRUE,,2,10,0.5,,1310,arena,
"""
HEAD = "model,firm,released,open_weights,price,capability,score,scale,withdrawn,predecessor,training_low,training_high"
ONE = "one,Alpha,2023-01-05,false,8,9"


def written(tmp_path, releases, prices=None):
    (tmp_path / "r.csv").write_text(releases)
    if prices is not None:
        (tmp_path / "p.csv").write_text(prices)
    return tmp_path / "r.csv", None if prices is None else tmp_path / "p.csv"


def test_rows_are_read_without_what_is_blank(tmp_path):
    found = read_supply(*written(tmp_path, GOOD, "model,date,price\none,2023-05-09,0\n"), scales=["arena"])
    one, two, three = found["releases"]
    assert one == {
        "model": "one", "firm": "Alpha", "released": "2022-11-02", "open_weights": False, "price": 8.0,
        "capability": 9.0, "row": 3,
    }  # fmt: skip
    assert two["price"] == 0.75 * 2 + 0.25 * 10  # three to one
    assert three["price"] == 0.5 * 2 + 0.5 * 10
    assert (two["open_weights"], two["score"], two["scale"], two["training"]) == (True, 1300.0, "arena", 1e8)
    assert found["prices"] == [{"model": "one", "date": "2023-05-09", "price": 0.0, "row": 2}]
    assert found["files"]["r.csv"] == hashlib.sha256(GOOD.encode()).hexdigest()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("one,Alpha,2023-01-05,false,-1,9", "row 2: price '-1' is refused; allowed: a number, at least 0"),
        ("one,Alpha,2023-01-05,false,dear,9", "row 2: price 'dear' is refused; allowed: a number, at least 0"),
        ("one,Alpha,2023-01-05,false,nan,9", "row 2: price 'nan' is refused"),
        ("one,Alpha,2023-01-05,false,$8,9", "row 2: price '$8' is refused: it has a currency sign"),
        ('one,Alpha,2023-01-05,false,"8,50",9', "row 2: price '8,50' is refused: it has a comma; allowed: a number"),
        (f"{ONE},,,,,,,50", "row 2: has 13 cells, but there are 12 columns; a decimal comma?"),
        ("one,Alpha,2023-01-05,false,,9", "row 2: has no price; allowed: price, or price_in and price_out"),
        (f"{ONE}\ntwo,Alpha,2023-01-05,false,8,9\n{ONE}", "row 4: model 'one' is there twice; first in row 2"),
        (f"{ONE},,,2022-12-31", "row 2: withdrawn '2022-12-31' is before released '2023-01-05'"),
        ("one,Alpha,2023-01-05,false,8", "row 2: has neither capability nor score and scale; scales known: arena"),
        ("one,Alpha,2023-01-05,false,8,,1300", "row 2: has neither capability nor score and scale"),
        ("one,Alpha,2023-01-05,false,8,,1300,arenna", "row 2: unknown scale 'arenna'; did you mean 'arena'?"),
        ("one,Alpha,soon,false,8,9", "row 2: released 'soon' is no day; allowed: as in 2023-03-14"),
        ("one,Alpha,2023-02-30,false,8,9", "row 2: released '2023-02-30' is no day"),
        ("one,Alpha,2023-01-05,perhaps,8,9", "row 2: open_weights 'perhaps' is refused; allowed: true or false"),
        ("one,,2023-01-05,false,8,9", "row 2: firm is blank; a value is needed"),
        (f"{ONE},,,,tow\ntwo,Alpha,2023-01-05,false,8,9", "row 2: predecessor: unknown model 'tow'; did you mean"),
        (f"{ONE},,,,two\ntwo,Alpha,2023-01-05,false,8,9,,,,one", "row 2: predecessor: goes in a circle: one → two"),
        (f"{ONE},,,,,5,4", "row 2: training_low and training_high: allowed: both or neither, the lower first"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_in_one_line(tmp_path, rows, said):
    path, _ = written(tmp_path, f"{HEAD}\n{rows}\n")
    with pytest.raises(InputError, match=re.escape(said)) as error:
        read_supply(path, scales=["arena"])
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("tow,2023-02-01,4", "row 2: unknown model 'tow'"),
        ("one,2023-01-04,4", "row 2: date '2023-01-04' is before the release of 'one' on 2023-01-05"),
        ("one,2023-02-01,", "row 2: has no price"),
        ("one,2023-02-01,4€", "row 2: price '4€' is refused: it has a currency sign"),
    ],
)
def test_a_bad_change_of_price_is_refused_in_one_line(tmp_path, row, said):
    releases, prices = written(tmp_path, f"{HEAD}\n{ONE}\n", f"model,date,price\n{row}\n")
    with pytest.raises(InputError, match=re.escape(said)) as error:
        read_supply(releases, prices)
    assert str(error.value).startswith(f"{prices}: ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("model,firm,released\n", "the column 'open_weights' is missing"),
        (f"{HEAD},elo\n", "row 1: unknown column 'elo'"),
        (f"{HEAD},model\n", "row 1: the column 'model' is there twice"),
        (f"{HEAD}\n", "has no row below its headings"),
        ("", "is empty"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(tmp_path, content, said):
    with pytest.raises(InputError, match=said):
        read_supply(written(tmp_path, content)[0])


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read as a supply table"):
        read_supply(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read as a supply table"):
        read_supply(tmp_path / "bytes.csv")
