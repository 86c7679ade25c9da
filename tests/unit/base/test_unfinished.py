"""What a kill leaves is taken back, and nothing else is ever touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

import pytest

from sim.base.files import new_folder, write_whole
from sim.base.own_folder import state_folder
from sim.base.unfinished import noting, take_back_unfinished

ROOT = Path(__file__).parents[3]
POSIX = pytest.mark.skipif(os.name != "posix", reason="locks and kills as on POSIX")

KILLED = """
import os, signal, sys
from pathlib import Path
from sim.base.files import new_file, new_folder
folder, n_moves, rename = Path(sys.argv[1]), int(sys.argv[2]), Path.rename
def move(self, target):
    global n_moves
    if n_moves == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    n_moves -= 1
    return rename(self, target)
Path.rename = move
if folder.suffix:
    with new_file(folder) as unfinished:
        unfinished.write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)
with new_folder(folder, lambda: ["a.csv", "b.csv"]) as staged:
    for name in ("a.csv", "c.csv"):
        (staged / name).write_text("new")
"""


def killed(place: Path, n_moves: int = 0) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, place, str(n_moves)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL


def earlier(folder: Path) -> dict[str, str]:
    """Put earlier results into a folder; return them."""
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text(f"old {name}")
    return told(folder)


def told(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@POSIX
def test_a_killed_file_and_a_killed_folder_are_removed(tmp_path: Path) -> None:
    killed(tmp_path / "a.csv")
    killed(tmp_path / "out")
    assert len(list(tmp_path.iterdir())) == 2

    take_back_unfinished()

    assert list(tmp_path.iterdir()) == []


@POSIX
@pytest.mark.parametrize("n_moves", range(4))
def test_what_was_half_put_in_place_is_taken_back_whatever_is_written_next(n_moves: int, tmp_path: Path) -> None:
    before = earlier(tmp_path / "out")
    killed(tmp_path / "out", n_moves)

    take_back_unfinished()

    assert told(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@POSIX
def test_what_somebody_has_put_there_since_a_kill_is_theirs(tmp_path: Path) -> None:
    before = earlier(tmp_path / "out")
    killed(tmp_path / "out", 3)
    (tmp_path / "out" / "a.csv").write_text("mine")

    take_back_unfinished()

    (kept,) = (tmp_path / "out").glob("earlier-*")
    assert told(kept) == {"a.csv": before["a.csv"]}
    assert (tmp_path / "out" / "a.csv").read_text() == "mine"
    assert (tmp_path / "out" / "b.csv").read_text() == before["b.csv"]


@POSIX
def test_newer_results_are_not_replaced_by_what_a_kill_left(tmp_path: Path) -> None:
    earlier(tmp_path / "out")
    killed(tmp_path / "out", 3)
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.csv").write_text("newer")

    take_back_unfinished()

    assert told(tmp_path / "out") == {"a.csv": "newer"}


@POSIX
def test_what_another_process_writes_now_is_left_alone(tmp_path: Path) -> None:
    with new_folder(tmp_path / "out") as staged:
        (staged / "a.csv").write_text("half")
        take_back_unfinished()
        assert staged.is_dir()
    assert told(tmp_path / "out") == {"a.csv": "half"}


@pytest.mark.parametrize("name", [".out.original", ".out.20261128", ".cultureshift-12345678", ".out.abcdefgh"])
def test_whatever_people_call_their_own_it_stays(name: str, tmp_path: Path) -> None:
    (tmp_path / name / "before").mkdir(parents=True)
    (tmp_path / name / "before" / "thesis.txt").write_text("mine")
    (tmp_path / name / "names.json").write_text('["x"]')
    (tmp_path / f"{name}.txt").write_text("mine")
    before = told(tmp_path)

    take_back_unfinished()
    with new_folder(tmp_path / "out") as staged:
        (staged / "a.csv").write_text("new")
    write_whole(tmp_path / "b.csv", "new")

    assert told(tmp_path) == {**before, "out/a.csv": "new", "b.csv": "new"}


def test_a_link_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "letter.txt").write_text("mine")
    (tmp_path / "got" / ".cultureshift-12345678").mkdir(parents=True)
    (tmp_path / "got" / ".cultureshift-12345678" / "before").symlink_to(tmp_path / "private")

    take_back_unfinished()

    assert (tmp_path / "private" / "letter.txt").read_text() == "mine"
    assert (tmp_path / "got" / ".cultureshift-12345678" / "before").is_symlink()


@POSIX
@pytest.mark.parametrize(
    "noted", [b"", b"\0" * 40, b'{"unfinished": "/', b"[]\n", b"[" * 100_000, b'{"unfinished": ""}\n']
)
def test_a_note_that_a_power_cut_has_damaged_harms_nothing(noted: bytes, tmp_path: Path) -> None:
    notes = state_folder("unfinished")
    assert notes is not None
    (notes / "damaged.jsonl").write_bytes(noted)
    os.utime(notes / "damaged.jsonl", (0, 0))
    killed(tmp_path / "a.csv")

    take_back_unfinished()

    assert list(tmp_path.iterdir()) == []
    assert list(notes.iterdir()) == []


@POSIX
@pytest.mark.parametrize(
    "others",
    [
        '"more": 1', '"folder": 5, "new": {}', '"folder": "there"', '"folder": "/tmp", "new": ["a.csv"]',
        '"folder": "/tmp", "new": {"../a.csv": ""}', '"folder": "/tmp", "new": {"a.csv": 1}', '"new": {"a.csv": ""}',
    ],
)  # fmt: skip
def test_a_note_that_is_not_understood_takes_nothing_away(others: str, tmp_path: Path) -> None:
    staged = tmp_path / ".cultureshift-12345678" / "before"
    staged.mkdir(parents=True)
    (staged / "a.csv").write_text("mine")
    notes = state_folder("unfinished")
    assert notes is not None
    (notes / "later.jsonl").write_text(f'{{"unfinished": "{staged.parent}", {others}}}\n')

    take_back_unfinished()

    assert (staged / "a.csv").read_text() == "mine"
    (notes / "later.jsonl").unlink()


@POSIX
@pytest.mark.parametrize("place", ["letters", ".cultureshift-notours"])
def test_a_note_about_a_place_that_is_not_ours_takes_nothing_away(place: str, tmp_path: Path) -> None:
    (tmp_path / place).mkdir()
    notes = state_folder("unfinished")
    assert notes is not None
    (notes / "wrong.jsonl").write_text(f'{{"unfinished": "{tmp_path / place}"}}\n')

    take_back_unfinished()

    assert (tmp_path / place).is_dir()
    (notes / "wrong.jsonl").unlink()


@POSIX
def test_a_writer_waits_for_its_lock_while_somebody_looks_at_its_note(monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    notes = state_folder("unfinished")
    assert notes is not None
    real, looking = fcntl.flock, []
    leaves = threading.Timer(0.2, lambda: looking[0].close())

    def look_first(file: IO[bytes], how: int) -> None:
        if not looking:
            looking.append(next(notes.glob("*.jsonl")).open("rb"))
            real(looking[0], fcntl.LOCK_EX)
            leaves.start()
        real(file, how)

    monkeypatch.setattr(fcntl, "flock", look_first)
    with noting(), next(notes.glob("*.jsonl")).open("rb") as other:
        leaves.join()
        with pytest.raises(BlockingIOError):
            real(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_without_a_folder_for_notes_everything_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "a file"))
    state_folder.cache_clear()
    try:
        write_whole(tmp_path / "b.csv", "new")
        take_back_unfinished()
    finally:
        state_folder.cache_clear()
    assert (tmp_path / "b.csv").read_text() == "new"
