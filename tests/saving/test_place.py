"""Places: complete or absent, a folder's other files untouched, and nothing lost at any moment."""

import os
import subprocess
import sys

import pytest

from market.parameters import InputError
from market.saving import place as places
from market.saving import staging as stages
from market.saving.manifest import MANIFEST, read_manifest, read_verified, write_manifest
from market.saving.place import NotPlacedError, Place, first_free
from market.saving.staging import clear, staging


def save(folder, files, kind="run", **more):
    """Save a result of some files; a file holds its text."""
    facts = more.pop("facts", {})
    place = Place(folder, kind, **more)
    place.check()
    with place.filled() as new:
        for name, text in files.items():
            (new / name).write_text(text)
        write_manifest(new, kind, **facts)


def held(folder):
    """All files in a folder with their texts, the manifest left out."""
    return {p.name: p.read_text() for p in folder.iterdir() if p.is_file() and p.name != MANIFEST}


@pytest.fixture
def full(tmp_path):
    """A result with files of the user beside it."""
    folder = tmp_path / "r"
    save(folder, {"a": "1", "b": "1"})
    (folder / "notes.md").write_text("mine")
    (folder / ".env").write_text("KEY=1")
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref")
    (folder / "runs").mkdir()
    (folder / "link").symlink_to("notes.md")
    return folder


def assert_mine_is_there(folder):
    assert (folder / "notes.md").read_text() == "mine"
    assert (folder / ".env").read_text() == "KEY=1"
    assert (folder / ".git" / "HEAD").read_text() == "ref"
    assert (folder / "runs").is_dir()
    assert (folder / "link").is_symlink()


def test_replacing_takes_only_what_the_manifest_names(full):
    before = full.stat().st_ino
    save(full, {"a": "2", "c": "2"}, force=True)
    assert_mine_is_there(full)
    assert held(full) == {"a": "2", "c": "2", "notes.md": "mine", ".env": "KEY=1", "link": "mine"}
    read_verified(full, read_manifest(full)["files"])
    assert full.stat().st_ino == before
    assert not list(full.parent.rglob(".market-*"))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "exists already; give another --out, or --force"),
        ({"force": True, "kind": "comparison"}, "a result of kind 'run', which no comparison replaces"),
        ({"again": {"seed": 3}}, "holds another run"),
        ({"force": True, "names": ["notes.md"]}, "notes.md: is not of this program, which needs the name"),
    ],
)
def test_what_may_not_be_replaced_is_refused_before_any_work(more, said, full):
    before = held(full)
    with pytest.raises(InputError, match=said):
        Place(full, **{"kind": "run"} | more).check()
    assert held(full) == before


def test_only_an_intact_manifest_makes_a_folder_ours(full, tmp_path):
    for text in ("{}", '{"kind": "run", "versions": {}, "commit": null', "[" * 5000, '{"kind": 3}', ""):
        (full / MANIFEST).write_text(text)
        with pytest.raises(InputError, match="holds no result of this program"):
            Place(full, "run", force=True).check()
    (full / MANIFEST).write_text('{"kind": "run", "versions": {}, "commit": null}')
    with pytest.raises(InputError, match=r"saved by version 0\.1"):
        Place(full, "run", force=True).check()
    (tmp_path / "thesis").write_text("years of work")
    with pytest.raises(InputError, match="holds no result"):
        Place(tmp_path / "thesis", "run", force=True).check()


def test_a_manifest_that_names_files_elsewhere_is_none_of_ours(tmp_path):
    folder = tmp_path / "r"
    save(folder, {"a": "1"})
    (tmp_path / "thesis").write_text("years of work")
    from market.saving.manifest import manifest

    (folder / MANIFEST).write_bytes(manifest("run", files={"../thesis": "0" * 64}))
    with pytest.raises(InputError, match="holds no result"):
        save(folder, {"a": "2"}, force=True)
    assert (tmp_path / "thesis").exists()


def test_a_file_changed_by_hand_needs_force(full):
    (full / "b").write_text("1, and my remark")
    with pytest.raises(InputError, match=r"r/b: was changed since it was saved"):
        save(full, {"a": "2", "b": "2"}, again={})
    assert held(full)["a"] == "1"
    save(full, {"a": "2", "b": "2"}, force=True)
    assert held(full)["b"] == "2"
    (full / "a").unlink()
    (full / "a").mkdir()
    (full / "a" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="is not of this program"):
        save(full, {"a": "3", "b": "3"}, force=True)


def test_a_file_of_others_found_at_the_end_keeps_the_new_result_elsewhere(full, tmp_path):
    before = held(full)
    with pytest.raises(NotPlacedError, match=r"notes.md is there already.*kept in .*r-kept$"):
        save(full, {"a": "2", "notes.md": "2"}, force=True)
    assert held(full) == before
    assert read_manifest(full)["files"].keys() == {"a", "b"}
    assert held(tmp_path / "r-kept") == {"a": "2", "notes.md": "2"}
    with pytest.raises(NotPlacedError, match=r"kept in .*r-kept-2$"):
        save(full, {"a": "2", "notes.md": "2"}, force=True)


def test_a_place_that_is_taken_meanwhile_keeps_the_new_result_elsewhere(tmp_path):
    place = Place(tmp_path / "r", "run")
    place.check()
    with pytest.raises(NotPlacedError, match=r"exists already.*kept in"), place.filled() as new:
        (new / "a").write_text("1")
        (tmp_path / "r").mkdir()
        write_manifest(new, "run")
    assert list((tmp_path / "r").iterdir()) == []
    assert held(tmp_path / "r-kept") == {"a": "1"}


@pytest.mark.parametrize("failing", range(6))
def test_an_error_while_files_change_places_changes_nothing(failing, full, tmp_path, monkeypatch):
    """As when a file is open in a program that locks it."""
    before, real, calls = held(full), stages._rename, []

    def rename(source, target):
        calls.append(source)
        if len(calls) == failing + 1:
            raise PermissionError(13, "Permission denied")
        real(source, target)

    monkeypatch.setattr(stages, "_rename", rename)
    with pytest.raises(NotPlacedError, match=r"permission denied.*kept in .*r-kept$"):
        save(full, {"a": "2", "c": "2"}, force=True)
    assert held(full) == before
    read_verified(full, read_manifest(full)["files"])
    assert held(tmp_path / "r-kept") == {"a": "2", "c": "2"}
    assert not list(tmp_path.rglob(".market-*"))


KILLED = """
import os, pathlib, sys
from market.saving import staging
from market.saving.manifest import write_manifest
from market.saving.place import Place
real, left = staging._rename, [int(sys.argv[1])]
def rename(source, target):
    if not left[0]:
        os._exit(9)
    left[0] -= 1
    real(source, target)
staging._rename = rename
with Place(pathlib.Path("r"), "run", force=True).filled() as new:
    (new / "a").write_text("2")
    (new / "c").write_text("2")
    write_manifest(new, "run")
"""


@pytest.mark.parametrize("moves", [0, 1, 3, 5])
def test_a_kill_between_two_renames_is_recovered(moves, full, tmp_path):
    assert subprocess.run([sys.executable, "-c", KILLED, str(moves)], cwd=tmp_path, check=False).returncode == 9
    assert list(full.glob(".market-*"))
    assert Place(full, "run", again={}).is_free_or_same()
    assert held(full)["a"] == ("1" if moves == 0 else "2")
    assert ("b" in held(full)) == (moves == 0)
    read_verified(full, read_manifest(full)["files"])
    assert_mine_is_there(full)
    assert not list(tmp_path.rglob(".market-*"))


@pytest.fixture
def dead(monkeypatch):
    """Make a place to write to as a process that has ended by now left it: dead(folder)."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    def left(folder):
        with monkeypatch.context() as other:
            other.setattr(stages.os, "getpid", lambda: ended.pid)
            other.setattr(stages.shutil, "rmtree", lambda *_, **__: None)
            with staging(folder) as staged:
                return staged

    return left


def test_only_surely_own_litter_is_cleared(tmp_path, dead):
    host, number = stages.NAME.fullmatch(dead(tmp_path).name).groups()
    theirs = [
        f".market-{host}-{number}-1a2b3c4.unfinished",
        f".market-{host}-{number}.unfinished",
        f".market-00000000-{number}-1a2b3c4d.unfinished",
        f".market-{host}-{number}-1a2b3c4d.unfinished.old",
        ".market-empty.unfinished",
    ]
    for name in theirs:
        (tmp_path / name).mkdir()
    with_more = dead(tmp_path)
    (with_more / "thesis.txt").write_text("years of work")
    (tmp_path / theirs[0].replace("1a2b3c4", "1a2b3c4d")).write_text("a file")
    with staging(tmp_path) as going:
        clear(tmp_path)
        assert going.exists()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*theirs, with_more.name, theirs[0].replace("1a2b3c4", "1a2b3c4d")}


@pytest.mark.parametrize("gone", [(), ("new",), ("old",), ("new", "old")])
def test_litter_is_known_however_little_of_it_there_is(gone, tmp_path, dead):
    """As after a stop before all was made, or before all was taken away."""
    staged = dead(tmp_path)
    for name in gone:
        (staged / name).rmdir()
    Place(tmp_path / "r", "run").check()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_a_stop_while_a_place_to_write_to_is_made_leaves_nothing(error, tmp_path, monkeypatch):
    real = stages.Path.mkdir

    def mkdir(path, *more):
        real(path, *more)
        raise error

    monkeypatch.setattr(stages.Path, "mkdir", mkdir)
    with pytest.raises(error), staging(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b'{"kind": "run", "files": {"a"'])
def test_a_replacement_with_a_damaged_manifest_is_undone(content, full, dead):
    """As a crash of the whole machine leaves it."""
    before = held(full)
    left = dead(full)
    for name in (MANIFEST, "a"):
        (full / name).rename(left / "old" / name)
    (left / "new" / MANIFEST).write_bytes(content)
    Place(full / "within", "run").check()
    assert held(full) == before
    read_verified(full, read_manifest(full)["files"])
    assert not left.exists()


def test_what_can_be_neither_finished_nor_undone_is_left_alone(full, dead):
    left = dead(full)
    (full / MANIFEST).rename(left / "old" / MANIFEST)
    (full / "a").rename(left / "old" / "a")
    (left / "new" / MANIFEST).write_bytes(b"")
    (full / "a").write_text("from then on mine")
    save(full / "within", {"a": "1"})
    assert held(full)["a"] == "from then on mine"
    assert {path.name for path in (left / "old").iterdir()} == {"a", MANIFEST}
    with pytest.raises(InputError, match="holds no result"):
        save(full, {"a": "2"}, force=True)


def test_links_are_written_through(tmp_path):
    (tmp_path / "big").mkdir()
    (tmp_path / "link").symlink_to("big/r")  # dangling
    save(tmp_path / "link", {"a": "1"})
    assert held(tmp_path / "big" / "r") == {"a": "1"}
    save(tmp_path / "link", {"a": "2"}, force=True)
    assert held(tmp_path / "big" / "r") == {"a": "2"}
    assert (tmp_path / "link").is_symlink()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["big", "link"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX rights")
def test_the_umask_is_respected(tmp_path):
    for mask, rights in ((0o002, (0o775, 0o664)), (0o077, (0o700, 0o600))):
        before = os.umask(mask)
        try:
            save(tmp_path / str(mask), {"a": "1"})
        finally:
            os.umask(before)
        made = tmp_path / str(mask)
        assert tuple(path.stat().st_mode & 0o777 for path in (made, made / "a")) == rights
        assert (made / MANIFEST).stat().st_mode & 0o777 == rights[1]


@pytest.mark.parametrize("name", ["x" * 300, "deep/" + "ü" * 200, "a\0b", "file/r", "x/" * 2100])
def test_names_that_cannot_be_written_get_one_line(name, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written") as refused:
        Place(tmp_path / name, "run").check()
    assert "\n" not in str(refused.value)


def test_where_nothing_can_be_made_a_finished_result_is_still_kept(tmp_path, monkeypatch):
    """The place was fine before the work, and is read-only at its end."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setattr(places.os, "access", lambda path, _: path.name == "elsewhere")
    (tmp_path / "here" / "r").write_text("taken meanwhile")
    with pytest.raises(NotPlacedError, match="kept in"), Place(tmp_path / "here" / "r", "run").filled() as new:
        assert new.parent.parent == tmp_path / "elsewhere"
        write_manifest(new, "run")


def test_numbers_are_given_until_a_folder_is_free_or_the_same(tmp_path):
    save(tmp_path / "r", {"a": "1"}, facts={"seed": 1})
    save(tmp_path / "r-2", {"a": "1"}, kind="comparison")
    for seed, name in ((1, "r"), (2, "r-3")):
        found = first_free(Place(tmp_path / "r", "run", again={"seed": seed}))
        assert found.folder == tmp_path / name
