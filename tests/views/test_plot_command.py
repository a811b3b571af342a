"""The command `market plot`: a figure of anything that was saved, as a file that is complete or absent."""

import pytest

from market.cli import main


@pytest.fixture
def plot(here):
    """Call the command in an empty folder: (status, output, errors)."""
    return lambda *words: here(main, "market", "plot", *map(str, words))


@pytest.mark.parametrize(("ending", "begins"), [("png", b"\x89PNG"), ("svg", b"<svg "), ("pdf", b"%PDF")])
def test_the_ending_says_the_format(ending, begins, plot, saved, tmp_path):
    status, said, errors = plot(saved / "run", "margins", "--out", tmp_path / f"x.{ending}")
    assert (status, errors) == (0, "")
    assert said == f"Figure: {tmp_path}/x.{ending}\n"
    assert (tmp_path / f"x.{ending}").read_bytes().startswith(begins)
    assert [path.name for path in tmp_path.iterdir()] == [f"x.{ending}"]


def test_a_file_of_that_name_stays(plot, saved, tmp_path):
    (tmp_path / "run-margins.png").write_bytes(b"mine")
    status, said, errors = plot(saved / "run", "margins", "--dark")
    assert (status, said) == (2, "")
    assert "run-margins.png: exists already" in errors
    assert (tmp_path / "run-margins.png").read_bytes() == b"mine"
    assert plot(saved / "run", "margins", "--dark", "--force")[0] == 0
    assert (tmp_path / "run-margins.png").read_bytes().startswith(b"\x89PNG")


def test_several_pictures_have_a_file_each(plot, saved, tmp_path):
    assert plot(saved / "sweep", "outcome_by_factor", "--out", "x.svg")[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "x-labs_revenue_by_labs-overhead.svg",
        "x-labs_revenue_by_labs-research.svg",
    ]


def test_what_is_refused_gets_one_line(plot, saved, tmp_path):
    file = saved / "run" / "manifest.json"
    for words, expected in (
        (("run", "margin"), "unknown figure 'margin'; did you mean 'margins'?"),
        (("run", "break_even"), "figure 'break_even': needs a break-even, and this is a run; figures of a run: two_"),
        (("runn", "margins"), f"did you mean '{saved / 'run'}'?"),
        (("run", "margins", "--out", "x.jpg"), "the ending is refused; allowed: .png, .svg, .pdf"),
        (("run", "margins", "--out", f"{file}/x.png"), "x.png: cannot be written ("),
        (("run", "life", "--model", "Alpa-1"), "unknown model 'Alpa-1'; did you mean 'Alpha-1'?"),
        (("run", "margins", "--model", "Alpha-1"), "figure 'margins': unknown option 'model'"),
        (("experiment", "margins"), "needs a run, and this is an experiment; figures of an experiment: none"),
    ):
        status, said, errors = plot(saved / words[0], *words[1:])
        assert (status, said) == (2, ""), words
        assert expected in errors
        assert len(errors.splitlines()) == 1
    assert not list(tmp_path.iterdir())
