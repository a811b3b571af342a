"""Sweeps: one tidy table, the same for any workers; resumed, mended and refused as it should be."""

import decimal
import errno
import gc
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import market
from market.parameters import InputError
from market.strategies.pricing import PricingRule
from market.studies import identity, sweep_folder
from market.studies.store import Store
from market.studies.sweep import open_sweep

GROWTH, RULE = "labs.*.training.growth", "labs.*.pricing.rule"
FACTORS = {GROWTH: [1.5, 3.0], RULE: ["best_response", "cost_plus"]}
NAMES = ["labs_revenue", "labs_result"]


def table_bytes(folder):
    return (folder / "table.csv").read_bytes() + (folder / "table.parquet").read_bytes()


def run(tiny, out, executor, **more):
    return market.sweep(
        tiny, FACTORS, **{"replications": 2, "outcomes": NAMES, "out": out, "executor": executor} | more
    )


@pytest.fixture(scope="module")
def calm(tiny, tmp_path_factory):
    """An undisturbed sweep's folder. Tests that disturb it copy it."""
    folder = tmp_path_factory.mktemp("calm") / "sweep"
    with ThreadPoolExecutor(1) as one:
        run(tiny, folder, one)
    return folder


def own_outcome(run):
    """Months of a run."""
    if run.seed == 1:
        raise ValueError("seed one\nis unlucky")
    return run.scenario.months


def test_a_tidy_table(tiny, threads):
    table = market.sweep(tiny, FACTORS, replications=2, outcomes=NAMES, executor=threads)
    assert list(table.columns) == ["point", GROWTH, RULE, "seed", "status", "error", *NAMES]
    assert len(table) == 8
    assert table.groupby("point")["seed"].apply(list).tolist() == [[0, 1]] * 4
    row = table.iloc[3]
    same = market.simulate(tiny.vary({GROWTH: row[GROWTH], RULE: row[RULE]}), int(row["seed"]))
    revenue = same.companies[same.companies["firm"].isin(tiny.labs)]["revenue"].sum()
    assert row["labs_revenue"] == pytest.approx(revenue, rel=1e-12)


def test_any_number_of_workers_gives_the_same_bytes(tiny, calm, tmp_path):
    for workers in (2, 3):
        with ThreadPoolExecutor(workers) as pool:
            run(tiny, tmp_path / str(workers), pool)
        assert table_bytes(tmp_path / str(workers)) == table_bytes(calm)
    processes = run(tiny, tmp_path / "processes", None, workers=2)
    assert table_bytes(tmp_path / "processes") == table_bytes(calm)
    assert processes.attrs == {"computed": 8, "reused": 0, "failed": 0, "damaged": 0, "remaining": 0}


def test_a_failed_run_is_a_row(tiny, threads, tmp_path):
    said = []
    ask = {"mine": own_outcome, "labs_revenue": "labs_revenue"}
    table = run(tiny, tmp_path / "s", threads, outcomes=ask, say=said.append)
    bad = table[table["seed"] == 1]
    assert (bad["status"] == "failed").all()
    assert (bad["error"] == "ValueError: seed one is unlucky").all()
    assert bad[["mine", "labs_revenue"]].isna().all().all()
    assert (table[table["seed"] == 0]["mine"] == 8.0).all()
    assert said[-1] == "computed 8, reused 0, failed 4"
    again = run(tiny, tmp_path / "s", threads, outcomes=ask)
    assert (again.attrs["computed"], again.attrs["reused"], again.attrs["failed"]) == (0, 8, 4)
    assert run(tiny, tmp_path / "s", threads, outcomes=ask, retry_failed=True).attrs["computed"] == 4


def test_what_is_no_number_fails(tiny, threads):
    gave = {"text": "3", "nothing": None, "letters": np.array("3"), "several": [1.0], "complex": np.complex128(3)}
    took = {
        "whole": 10**18,
        "float32": np.float32(3),
        "decimal": decimal.Decimal(3),
        "yes": np.True_,
        "0d": np.array(3),
    }
    for name, value in gave.items():
        table = market.sweep(
            tiny, {"months": [8]}, replications=1, outcomes={name: lambda run, value=value: value}, executor=threads
        )
        assert "is no number" in table["error"].item()
    outcomes = {name: lambda run, value=value: value for name, value in took.items()}
    table = market.sweep(tiny, {"months": [8]}, replications=1, outcomes=outcomes, executor=threads)
    assert table[list(took)].iloc[0].tolist() == [1e18, 3.0, 3.0, 1.0, 3.0]


def test_it_says_how_many_and_how_long_before_the_bulk(tiny, threads, tmp_path):
    said, seen = [], []
    run(tiny, tmp_path / "s", threads, say=said.append, progress=lambda *now: seen.append((*now, len(said))))
    assert said[0] == "4 design points × 2 seeds: 8 runs"
    assert "the first run took" in said[1]
    assert [now[:2] for now in seen] == [(n, 8) for n in range(1, 9)]
    assert {now[2] for now in seen} == {2}


def test_a_beginning_is_an_even_sample(tiny, tmp_path):
    """Interrupted after some runs, every point has as many as any other, give or take one; the rest comes later."""

    def interrupt(done, total):
        if done == 5:
            signal.raise_signal(signal.SIGINT)

    with ThreadPoolExecutor(1) as one:
        table = run(tiny, tmp_path / "s", one, progress=interrupt)
        held = table.groupby("point").size().reindex(range(4), fill_value=0)
        assert 5 <= len(table) < 8
        assert held.max() - held.min() <= 1
        assert table.attrs["remaining"] == 8 - len(table)
        pd.testing.assert_frame_equal(open_sweep(tmp_path / "s"), table)
        assert len(run(tiny, tmp_path / "s", one)) == 8


def test_a_second_interrupt_stops(tiny, threads, tmp_path):
    def interrupt(done, total):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(tiny, tmp_path / "s", threads, progress=interrupt)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_every_damage_is_found_and_mended(tiny, calm, tmp_path, threads):
    whole = table_bytes(calm)
    copy = tmp_path / "copy"
    shutil.copytree(calm, copy)
    files = sorted((copy / "runs").glob("*/*.json"))
    good = files[0].read_bytes()
    assert len(files) == 8
    contents = {
        "cut short": good[:100],
        "without its end": good[:-1],
        "a byte altered": good[:40] + b"\0" + good[41:],
        "edited": good.replace(b'"error": ""', b'"error": "no"'),
        "empty": b"",
        "no text": b"\xff" * 100,
        "sealed, but no result": sealed("[1]"),
        "sealed, too deep": sealed("[" * 100_000),
        "sealed, of other types": sealed(good[17:-1].decode().replace('"seed"', '"sead"')),
    }
    for content in contents.values():
        files[0].write_bytes(content)
        table = run(tiny, copy, threads)
        assert table_bytes(copy) == whole
        assert (table.attrs["damaged"], table.attrs["computed"]) == (1, 1)
        assert run(tiny, copy, threads).attrs["damaged"] == 0
    kept = sorted(files[0].parent.glob("*.kept*"), key=lambda path: len(path.name))
    assert len(kept) == len(contents)
    assert kept[0].read_bytes() == contents["cut short"]
    files[0].unlink()
    assert run(tiny, copy, threads).attrs["computed"] == 1


def sealed(text):
    """A file with a valid checksum."""
    return hashlib.sha256(text.encode()).hexdigest()[:16].encode() + b" " + text.encode() + b"\n"


@pytest.mark.parametrize("name", ["manifest.json", "design.csv", "table.csv", "table.parquet"])
def test_other_files_are_mended_too(name, tiny, tmp_path, threads):
    run(tiny, tmp_path / "s", threads)
    whole = table_bytes(tmp_path / "s")
    path = tmp_path / "s" / name
    path.write_bytes(path.read_bytes()[:100])
    assert run(tiny, tmp_path / "s", threads).attrs["computed"] == 0
    assert table_bytes(tmp_path / "s") == whole
    assert json.loads((tmp_path / "s" / "manifest.json").read_text())["kind"] == "sweep"
    assert path.stat().st_size > 100


def test_another_design_or_code_is_refused_with_the_difference(tiny, calm, threads, monkeypatch):
    before = table_bytes(calm)
    for more, expected in (
        ({"replications": 3}, r"seeds is \[0, 1\] there, \[0, 1, 2\] now"),
        ({"outcomes": ["labs_revenue"]}, "outcomes.labs_result is .* absent now"),
    ):
        with pytest.raises(InputError, match=expected) as refused:
            run(tiny, calm, threads, **more)
        assert "give another --out" in str(refused.value)
        assert "\n" not in str(refused.value)
    with pytest.raises(InputError, match=r"scenario\.customers is 100 there, 101 now"):
        run(tiny.vary({"customers": 101}), calm, threads)
    monkeypatch.setattr(identity, "code_version", lambda: "abc")
    with pytest.raises(InputError, match=r'code is "[0-9a-f]{12}" there, "abc" now'):
        run(tiny, calm, threads)
    assert table_bytes(calm) == before


def scaled(k):
    def outcome(run):
        return k * run.seed

    return outcome


def test_outcomes_and_values_are_known_by_what_they_are(tiny, tmp_path, threads):
    def again(outcomes, level=0.3, seeds=(0, 1)):
        table = market.sweep(
            tiny, {"labs.*.overhead": [level]}, seeds=seeds, outcomes=outcomes, executor=threads, out=tmp_path / "s"
        )
        return table.attrs["computed"]

    assert again({"mine@2026:a-b": scaled(1)}) == 2
    assert again({"mine@2026:a-b": scaled(1)}) == 0
    assert again({"mine@2026:a-b": scaled(np.int64(1))}, np.float64(0.3), np.arange(2)) == 0
    for outcomes, level, expected in (
        ({"mine@2026:a-b": scaled(2)}, 0.3, "outcomes.mine@2026:a-b is"),
        ({"yours": scaled(1)}, 0.3, "outcomes.yours is absent there"),
        ({"mine@2026:a-b": scaled(1)}, 0.30000000000000004, "points is"),
    ):
        with pytest.raises(InputError, match=expected):
            again(outcomes, level)


RULE_OF_ONES_OWN = """
from typing import Literal
from market.strategies.pricing import Prices, PricingRule
LEVEL = 3.0
class Mine(PricingRule):
    "One price for all."
    rule: Literal["mine"] = "mine"
    def price(self, view, free):
        return Prices({own.model.name: LEVEL for own in free}, view.memory)
"""


@pytest.mark.parametrize("how", ["base", "factor", "scenario", "intervention"])
def test_an_edited_rule_of_ones_own_makes_another_sweep(how, tiny, tmp_path, threads, monkeypatch):
    monkeypatch.setattr(PricingRule, "registry", dict(PricingRule.registry))

    def again(text):
        exec(text, {"__name__": "__main__"})
        changed = {"month": 3, "kind": "change_rule", "target": "Alpha.pricing", "value": {"rule": "mine"}}
        world = {"intervention": {"interventions": [changed]}, "factor": {}}.get(how, {"labs.*.pricing.rule": "mine"})
        base = tiny.vary(world) if how != "scenario" else tiny
        factors = {
            "factor": {"labs.*.pricing": [{"rule": "mine"}]}, "scenario": [{"scenario": tiny.vary(world)}]
        }.get(how, {"months": [8]})  # fmt: skip
        return market.sweep(
            base, factors, replications=1, outcomes=["labs_revenue"], executor=threads, out=tmp_path / "s"
        ).attrs["computed"]

    assert again(RULE_OF_ONES_OWN) == 1
    assert again(RULE_OF_ONES_OWN + "# a comment") == 0
    with pytest.raises(InputError, match=r"rules\.pricing\.mine is .* there, .* now"):
        again(RULE_OF_ONES_OWN.replace("LEVEL for", "2 * LEVEL for"))
    with pytest.raises(InputError, match=r"rules\.pricing\.mine is"):
        again(RULE_OF_ONES_OWN.replace("3.0", "4.0"))


def test_another_scenario_under_the_same_name_is_another_sweep(tiny, tmp_path, threads):
    def again(first):
        points = [{"scenario": tiny.vary({"labs.*.overhead": value})} for value in (first, 0.5)]
        return market.sweep(tiny, points, replications=1, outcomes=NAMES, executor=threads, out=tmp_path / "s")

    table = again(0.1)
    assert table["scenario"].tolist() == ["duopoly", "duopoly (2)"]
    assert table["labs_result"].nunique() == 2
    with pytest.raises(InputError, match=r"scenarios\.duopoly\.labs.Alpha.overhead is 0.1 there, 0.9 now"):
        again(0.9)


def test_results_of_another_sweep_are_not_taken_in(tiny, calm, tmp_path, threads):
    copy = tmp_path / "s"
    run(tiny.vary({"customers": 101}), copy, threads)
    (copy / "manifest.json").unlink()
    with pytest.raises(InputError, match="results are of another sweep"):
        run(tiny, copy, threads)


def test_folders_that_are_not_sweeps_are_left_alone(tiny, small_run, tmp_path, threads):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="holds no sweep"):
        run(tiny, tmp_path / "thesis", threads)
    with pytest.raises(InputError, match="of kind 'run'"):
        run(tiny, small_run.save(tmp_path / "run"), threads)
    with pytest.raises(InputError, match="cannot be written"):
        run(tiny, "/proc/sweep", threads)
    with pytest.raises(InputError, match="holds no table"):
        open_sweep(tmp_path / "thesis")


def test_a_folder_is_no_sweep_because_it_has_runs(tiny, tmp_path, threads):
    for name in ("runs", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "runs" / "mine.json").write_text("{}\n")
    (tmp_path / ".env").write_text("KEY=1")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match="exists and holds no sweep"):
        run(tiny, tmp_path, threads)
    assert sorted(tmp_path.rglob("*")) == before


def test_files_of_others_in_its_folder_stay(tiny, tmp_path, threads):
    folder = tmp_path / "s"
    run(tiny, folder, threads)
    mine = {".env": "KEY=1", "notes.md": "mine", "runs/mine.json": "{}\n", ".table.csv-abc": "mine"}
    for name, text in mine.items():
        (folder / name).write_text(text)
    (folder / ".git").mkdir()
    whole = table_bytes(folder)
    (folder / "table.csv").write_text("annotated")
    (folder / "design.csv").unlink()
    run(tiny, folder, threads)
    assert table_bytes(folder) == whole
    assert (folder / ".git").is_dir()
    assert {name: (folder / name).read_text() for name in mine} == mine
    assert (folder / "table.csv.kept").read_text() == "annotated"
    sweep_folder.write_file(folder, "notes.md", b"a figure of this name")
    assert (folder / "notes.md.kept").read_text() == "mine"
    sweep_folder.write_file(folder, "notes.md", b"the figure, drawn again")
    assert not list(folder.glob("notes.md.kept-*"))


def test_a_sweep_is_written_through_a_link(tiny, tmp_path, threads):
    (tmp_path / "link").symlink_to("big/s")
    run(tiny, tmp_path / "link", threads)
    assert run(tiny, tmp_path / "link", threads).attrs["reused"] == 8
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "big" / "s" / "table.csv").exists()


def test_a_full_disk_gives_one_line_and_loses_nothing(tiny, calm, tmp_path, threads, monkeypatch):
    real, written = Path.write_bytes, []

    def write(path, content):
        if not path.name.endswith(".unfinished"):
            return real(path, content)
        if len(written) >= 3:
            real(path, content[:10])  # what a full disk does: a part is written
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(path)
        return real(path, content)

    with monkeypatch.context() as full, ThreadPoolExecutor(1) as one:
        full.setattr(Path, "write_bytes", write)
        with pytest.raises(InputError, match=r"no space left on device.*finished runs are safe") as refused:
            run(tiny, tmp_path / "s", one)
    assert "\n" not in str(refused.value)
    assert len(Store(tmp_path / "s" / "runs")) == 3
    assert not list((tmp_path / "s").rglob(".*.unfinished"))
    assert run(tiny, tmp_path / "s", threads).attrs["reused"] == 3
    assert table_bytes(tmp_path / "s") == table_bytes(calm)


def test_a_read_only_folder_gives_one_line(tiny, calm, threads, monkeypatch):
    def refuse(*words, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(sweep_folder, "staging", refuse)
    before = table_bytes(calm)
    with pytest.raises(InputError, match=r"cannot be written .permission denied"):
        run(tiny, calm, threads)
    assert table_bytes(calm) == before


def test_bad_input_writes_nothing(tiny, tmp_path, threads):
    for factors, more, expected in (
        ({GROWTH: [0.0]}, {}, "is refused"),
        ({"labs.*.trainig.growth": [1.0]}, {}, "did you mean 'training'"),
        ({"scenario": ["baslin"]}, {}, "did you mean 'baseline'"),
        (FACTORS, {"outcomes": ["labs_revenu"]}, "did you mean 'labs_revenue'"),
        (FACTORS, {"replications": 0}, "replications: 0 is refused"),
        (FACTORS, {"seeds": [0, 0]}, "0 is given twice; allowed: different whole numbers"),
        (FACTORS, {"outcomes": {GROWTH: "labs_revenue"}}, "has this name"),
        (FACTORS, {"workers": 0}, "workers: 0 is refused"),
    ):
        with pytest.raises(InputError, match=expected):
            market.sweep(tiny, factors, **{"out": tmp_path / "s", "executor": threads, "outcomes": NAMES} | more)
        assert list(tmp_path.iterdir()) == [], expected
    for more in (
        *({"out": wrong} for wrong in (3, True, b"s", float("nan"), "", "a\0b")),
        *({"outcomes": wrong} for wrong in (np.array(3), 3, [3], b"a")),
        *({name: 3} for name in ("executor", "progress", "say")),
    ):
        with pytest.raises(InputError):
            market.sweep(tiny, FACTORS, **{"executor": threads, "outcomes": NAMES} | more)
    for factors in (np.array(3), {"customers": [100, 10**5000]}, [{"customers": 10**5000}], {RULE: [10**5000]}):
        with pytest.raises(InputError):
            market.sweep(tiny, factors, executor=threads, outcomes=NAMES)
    lock = threading.Lock()
    with pytest.raises(InputError, match="outcome 'mine': workers: what is to be done cannot be sent"):
        market.sweep(tiny, FACTORS, outcomes={"mine": lambda run: lock.acquire()}, out=tmp_path / "s")
    assert list(tmp_path.iterdir()) == []


KILLED = """
import market
if __name__ == "__main__":
    tiny = market.load("duopoly").vary({{"customers": 100, "months": 8, "panel.size": 50}})
    market.sweep(tiny, {factors!r}, replications=2, outcomes={names!r}, out="s", workers=2)
"""


def test_killed_and_resumed_it_gives_the_same_bytes(tiny, calm, tmp_path, threads):
    """SIGKILL in the middle; the full exercise, at ten random moments, is experiments/sweep_robustness.py."""
    (tmp_path / "killed.py").write_text(KILLED.format(factors=FACTORS, names=NAMES))
    going = subprocess.Popen([sys.executable, "killed.py"], cwd=tmp_path)
    for _ in range(600):
        if list(tmp_path.glob("s/runs/*/*.json")):
            break
        time.sleep(0.05)
    going.kill()
    going.wait()
    assert len(Store(tmp_path / "s" / "runs")) >= 1
    time.sleep(0.5)
    table = run(tiny, tmp_path / "s", threads)
    assert table.attrs["reused"] >= 1
    assert not table.duplicated(["point", "seed"]).any()
    assert table_bytes(tmp_path / "s") == table_bytes(calm)


def test_memory_does_not_grow_with_runs(tiny):
    """What stays in memory per run is its row; 2,000 runs are measured by experiments/sweep_robustness.py."""
    import tracemalloc

    def held(replications):
        with ThreadPoolExecutor(1) as one:
            market.sweep(tiny, {GROWTH: [2.0]}, replications=replications, outcomes=["labs_revenue"], executor=one)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    held(2)
    tracemalloc.start()
    try:
        held(2)
        few = held(3)
        many = held(33)
    finally:
        tracemalloc.stop()
    assert many - few < 30 * 3_000  # compiled functions keep some 40 kB of their own, now and then, once


def test_the_default_order_of_rows_is_by_point_and_seed(calm):
    table = open_sweep(calm)
    assert (np.diff(table["point"] * 10 + table["seed"]) > 0).all()
