"""Sweeps: one tidy table, the same for any workers; resumed, mended and refused as it should be."""

import gc
import hashlib
import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

import market
from market.parameters import InputError
from market.studies import store as stores
from market.studies import sweep as sweeps
from market.studies.evaluate import Result
from market.studies.store import encode
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
    (shard,) = (calm / "runs").iterdir()
    lines = shard.read_bytes()
    copy = tmp_path / "copy"
    for content, lost in (
        (lines[:300], 7),
        (lines[:-1], 1),
        (lines[:40] + b"\0" + lines[41:], 1),
        (lines.replace(b'"error": ""', b'"error": "no"', 1), 1),
        (b"", 8),
        (b"\xff" * 100, 8),
        (lines + sealed("[1]") + sealed('{"sweep": "x"}') + sealed("[" * 5000), 0),
        (sealed(lines.split(b"\n")[0][17:].decode().replace('"seed": 0', '"seed": "x"')) + lines, 0),
    ):
        (copy / "runs").mkdir(parents=True, exist_ok=True)
        for old in copy.rglob("*.jsonl"):
            old.unlink()
        for name in ("manifest.json", "design.csv", "table.csv"):
            (copy / name).write_bytes((calm / name).read_bytes())
        (copy / "runs" / shard.name).write_bytes(content)
        table = run(tiny, copy, threads)
        assert table_bytes(copy) == whole
        assert (table.attrs["damaged"] > 0) == (content != b"")
        assert table.attrs["computed"] == lost
        assert run(tiny, copy, threads).attrs["damaged"] == 0


def sealed(text):
    """A line with a valid checksum."""
    return hashlib.sha256(text.encode()).hexdigest()[:16].encode() + b" " + text.encode() + b"\n"


def test_what_is_taken_out_of_a_file_is_kept_beside_it(tiny, calm, tmp_path, threads):
    copy = tmp_path / "copy"
    shutil.copytree(calm, copy)
    (shard,) = (copy / "runs").iterdir()
    lines = shard.read_bytes()
    other = encode(Result(0, 0, {}), "another sweep")
    for mine, names in ((b"my notes\n", [".kept"]), (b"more", [".kept", ".kept-2"])):
        for _ in range(2):  # the second time as if a stop had come before the file was written anew
            shard.write_bytes(lines + other + mine)
            run(tiny, copy, threads)
            assert shard.read_bytes() == lines + other
            kept = sorted(shard.parent.glob("*.kept*"), key=lambda path: len(path.name))
            assert [path.name.removeprefix(shard.name) for path in kept] == names
        assert kept[-1].read_bytes() == mine


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
    monkeypatch.setattr(sweeps, "code_version", lambda: "abc")
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
    (tmp_path / "runs" / "mine.jsonl").write_text("{}\n")
    (tmp_path / ".env").write_text("KEY=1")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match="exists and holds no sweep"):
        run(tiny, tmp_path, threads)
    assert sorted(tmp_path.rglob("*")) == before


def test_files_of_others_in_its_folder_stay(tiny, tmp_path, threads):
    folder = tmp_path / "s"
    run(tiny, folder, threads)
    mine = {".env": "KEY=1", "notes.md": "mine", "runs/mine.jsonl": "{}\n", ".table.csv-abc": "mine"}
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
    stores.write_file(folder, "notes.md", b"a figure of this name")
    assert (folder / "notes.md.kept").read_text() == "mine"
    stores.write_file(folder, "notes.md", b"the figure, drawn again")
    assert not list(folder.glob("notes.md.kept-*"))


def test_a_sweep_is_written_through_a_link(tiny, tmp_path, threads):
    (tmp_path / "link").symlink_to("big/s")
    run(tiny, tmp_path / "link", threads)
    assert run(tiny, tmp_path / "link", threads).attrs["reused"] == 8
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "big" / "s" / "table.csv").exists()


def test_a_full_disk_gives_one_line_and_loses_nothing(tiny, calm, tmp_path, threads, monkeypatch):
    real, written = stores.os.write, []

    def write(descriptor, line):
        if b'"sweep"' not in line:
            return real(descriptor, line)
        if len(written) >= 3:
            return real(descriptor, line[:10])  # what a full disk does: a part is written
        written.append(line)
        return real(descriptor, line)

    with monkeypatch.context() as full, ThreadPoolExecutor(1) as one:
        full.setattr(stores.os, "write", write)
        with pytest.raises(InputError, match=r"no space left on device.*finished runs are safe") as refused:
            run(tiny, tmp_path / "s", one)
    assert "\n" not in str(refused.value)
    assert len(stores.open_results(tmp_path / "s")) == 3
    assert run(tiny, tmp_path / "s", threads).attrs["reused"] == 3
    assert table_bytes(tmp_path / "s") == table_bytes(calm)


def test_a_read_only_folder_gives_one_line(tiny, calm, threads, monkeypatch):
    def refuse(*words, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(stores, "staging", refuse)
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
        if any(path.stat().st_size for path in tmp_path.glob("s/runs/*.jsonl")):
            break
        time.sleep(0.05)
    going.kill()
    going.wait()
    assert len(stores.open_results(tmp_path / "s")) >= 1
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
        many = held(15)
    finally:
        tracemalloc.stop()
    assert many - few < 12 * 5_000


def test_the_default_order_of_rows_is_by_point_and_seed(calm):
    table = open_sweep(calm)
    assert (np.diff(table["point"] * 10 + table["seed"]) > 0).all()
