"""What a kill leaves is taken back, and nothing else is ever touched."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from sim.base import own_folder
from sim.base.files import new_folder, write_whole
from sim.base.own_folder import state_folder
from sim.base.unfinished import noting, take_back_unfinished
from tests.killed_program import KILLED_BEFORE_A_STEP

ROOT = Path(__file__).parents[3]
POSIX = pytest.mark.skipif(os.name != "posix", reason="locks and kills as on POSIX")

KILLED = f"""{KILLED_BEFORE_A_STEP}
from pathlib import Path
from sim.base.files import new_file, new_folder
folder = Path(sys.argv[1])
if folder.suffix:
    with new_file(folder) as unfinished:
        unfinished.write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)
with new_folder(folder, lambda: ["a.csv", "b.csv"]) as staged:
    for name in ("a.csv", "c.csv"):
        (staged / name).write_text("new")
"""


LIMITED = """
from io import FileIO
from sim.base import unfinished
class Limited(FileIO):
    n_left = {n_lines}
    def write(self, line):
        Limited.n_left -= 1
        return super().write(line if self.n_left >= 0 else line[:10])
unfinished._opened = lambda path: Limited(path, "xb")
"""


@pytest.fixture(autouse=True)
def no_notes_of_others() -> Iterator[None]:
    """Leave no note to the next test."""
    yield
    notes = state_folder("unfinished")
    for note in notes.iterdir() if notes is not None else ():
        note.unlink()


def killed(place: Path, n_steps: int = 0) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, place, str(n_steps)], cwd=ROOT, check=False)
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
@pytest.mark.parametrize("n_steps", range(6))
def test_what_was_half_put_in_place_is_taken_back_whatever_is_written_next(n_steps: int, tmp_path: Path) -> None:
    before = earlier(tmp_path / "out")
    killed(tmp_path / "out", n_steps)

    take_back_unfinished()

    assert told(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@POSIX
def test_what_somebody_has_put_there_since_a_kill_is_theirs(tmp_path: Path) -> None:
    before = earlier(tmp_path / "out")
    killed(tmp_path / "out", 4)
    (tmp_path / "out" / "a.csv").write_text("mine")

    take_back_unfinished()

    (kept,) = (tmp_path / "out").glob("earlier-*")
    assert told(kept) == {"a.csv": before["a.csv"]}
    assert (tmp_path / "out" / "a.csv").read_text() == "mine"
    assert (tmp_path / "out" / "b.csv").read_text() == before["b.csv"]


@POSIX
def test_newer_results_are_not_replaced_by_what_a_kill_left(tmp_path: Path) -> None:
    earlier(tmp_path / "out")
    killed(tmp_path / "out", 4)
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.csv").write_text("newer")

    take_back_unfinished()

    assert told(tmp_path / "out") == {"a.csv": "newer"}


@POSIX
@pytest.mark.parametrize("where", ["disk", "folder"])
def test_what_a_kill_hid_on_a_disk_that_is_away_comes_back_with_it(where: str, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    out = disk / "out" if where == "folder" else disk
    disk.mkdir(exist_ok=True)
    if out == disk:
        disk.rmdir()
    before = earlier(out)
    killed(out, 3)
    disk.rename(tmp_path / "away")
    disk.mkdir()  # where it is mounted

    take_back_unfinished()
    disk.rmdir()
    (tmp_path / "away").rename(disk)
    take_back_unfinished()

    assert told(out) == before


@POSIX
def test_a_note_about_what_never_comes_back_is_dropped_after_half_a_year(tmp_path: Path) -> None:
    earlier(tmp_path / "out")
    killed(tmp_path / "out", 3)
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    notes = state_folder("unfinished")
    assert notes is not None
    take_back_unfinished()
    (note,) = notes.glob("*.jsonl")
    os.utime(note, (0, 0))

    take_back_unfinished()

    assert list(notes.iterdir()) == []


@POSIX
def test_a_link_that_somebody_puts_among_what_a_kill_left_is_not_followed(tmp_path: Path) -> None:
    earlier(tmp_path / "out")
    killed(tmp_path / "out", 2)
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "thesis.txt").write_text("mine")
    (staged,) = (tmp_path / "out").glob(".cultureshift-*")
    (staged / "before").rename(tmp_path / "before")
    (staged / "before").symlink_to(tmp_path / "private")

    take_back_unfinished()

    assert told(tmp_path / "private") == {"thesis.txt": "mine"}
    assert set(told(tmp_path / "before")) == {"a.csv", "b.csv"}


@POSIX
def test_a_pipe_or_a_link_among_the_notes_holds_nobody(tmp_path: Path) -> None:
    notes = state_folder("unfinished")
    assert notes is not None
    os.mkfifo(notes / "pipe.jsonl")
    (notes / "link.jsonl").symlink_to("/dev/zero")
    killed(tmp_path / "a.csv")

    take_back_unfinished()

    assert list(tmp_path.iterdir()) == []


@POSIX
@pytest.mark.parametrize("n_lines", [0, 1, 2])
def test_on_a_full_disk_for_notes_the_work_goes_on_and_a_kill_takes_nothing_wrongly(
    n_lines: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = earlier(tmp_path / "out")
    limited = LIMITED.format(n_lines=n_lines) + KILLED

    done = subprocess.run([sys.executable, "-c", limited, tmp_path / "out", "3"], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    take_back_unfinished()

    if n_lines == 2:
        assert told(tmp_path / "out") == before
    else:
        # It could not be noted that earlier files had to make room: so they are left where they are.
        (staged,) = (tmp_path / "out").glob(".cultureshift-*")
        assert told(staged / "before") == before


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


@POSIX
@pytest.mark.parametrize("place", ["letters", ".cultureshift-notours"])
def test_a_note_about_a_place_that_is_not_ours_takes_nothing_away(place: str, tmp_path: Path) -> None:
    (tmp_path / place).mkdir()
    notes = state_folder("unfinished")
    assert notes is not None
    (notes / "wrong.jsonl").write_text(f'{{"unfinished": "{tmp_path / place}"}}\n')

    take_back_unfinished()

    assert (tmp_path / place).is_dir()


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


def test_where_a_note_cannot_be_removed_any_more_what_was_written_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def refuse_notes(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".jsonl":
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        unlink(path, missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse_notes)
        write_whole(tmp_path / "b.csv", "new")
    take_back_unfinished()

    assert told(tmp_path) == {"b.csv": "new"}
    notes = state_folder("unfinished")
    assert notes is not None
    assert list(notes.iterdir()) == []


def test_where_the_folder_of_notes_vanishes_in_the_middle_all_is_written_and_it_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_folder, "_said", set())
    notes = state_folder("unfinished")
    assert notes is not None
    earlier(tmp_path / "out")

    with new_folder(tmp_path / "out", lambda: ["a.csv"]) as staged:
        (staged / "a.csv").write_text("new")
        shutil.rmtree(notes)
    write_whole(tmp_path / "c.csv", "new")
    take_back_unfinished()
    notes.mkdir(mode=0o700)

    assert told(tmp_path) == {"out/a.csv": "new", "out/b.csv": "old b.csv", "c.csv": "new"}
    (sentence,) = caplog.messages
    assert sentence.startswith("What is being written cannot be noted")
