"""Every reader of a file refuses what is no plain file, and what is too large, with a sentence and at once."""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.base.errors import InputError, OutputError
from sim.base.files import read_file
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import check_file, load_scenario
from sim.inputs.tables import read_organisation
from sim.lessons.reading import check_lesson_file
from sim.results.run_folder import read_manifest, run_destination
from sim.study.calibration.targets import read_targets
from sim.study.design import TableDesign, points
from sim.study.study_file import load_study

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes and devices as on POSIX"),
    pytest.mark.timeout(120),
]


def raising(read: Callable[[Path], object]) -> Callable[[Path], str]:
    """Return a reader that gives the faults it was stopped by."""

    def faults(path: Path) -> str:
        with pytest.raises(InputError) as found:
            read(path)
        return str(found.value)

    return faults


def table_of_points(path: Path) -> object:
    design = TableDesign(kind="table", file=path.name)
    return points(design, path.parent)


READERS = {
    "any.bin": raising(lambda path: read_file(path, "a file", 1000)),
    "scenario.toml": raising(load_scenario),
    "checked.toml": lambda path: "\n".join(map(str, check_file(path))),
    "people.csv": raising(lambda path: read_organisation(path.parent)),
    "tables.csv": raising(lambda path: Scenario(title="t", tables=str(path.parent)).digest()),
    "manifest.json": raising(read_manifest),
    "study.toml": raising(load_study),
    "targets.csv": raising(read_targets),
    "points.csv": raising(table_of_points),
    "lesson.md": lambda path: "\n".join(map(str, check_lesson_file(path))),
}


KINDS = ("pipe", "device", "folder", "socket", "huge", "nothing")


def make(kind: str, path: Path) -> None:
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(str(path))
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(10**13)


@pytest.fixture(name="place")
def place_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a short path: a socket's may not be long."""
    return tmp_path_factory.mktemp("p")


@pytest.mark.parametrize(
    ("name", "kind"),
    # No table is no fault of a digest.
    sorted({*itertools.product(READERS, KINDS)} - {("tables.csv", "nothing")}),
)
def test_what_is_no_file_of_this_kind_is_refused_at_once(name: str, kind: str, place: Path) -> None:
    make(kind, place / name)
    said = READERS[name](place / name)

    assert {
        "pipe": "something else than a file",
        "device": "something else than a file",
        "socket": "something else than a file",
        "folder": "a folder",
        "huge": "bytes",
        "nothing": "",
    }[kind] in said
    assert said


def test_a_pipe_in_the_place_of_a_manifest_gives_no_right_to_replace(place: Path) -> None:
    make("pipe", place / "manifest.json")
    with pytest.raises(OutputError, match="not written by Cultureshift"):
        run_destination(place, force=True).check()


def test_a_file_that_grows_while_it_is_read_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = place / "a"
    path.write_bytes(b"12345")
    found = path.stat()
    path.write_bytes(b"1234567890")
    monkeypatch.setattr(Path, "stat", lambda self: found)
    monkeypatch.setattr(os, "fstat", lambda handle: found)

    with pytest.raises(InputError, match="at most 5 bytes, got one that goes on"):
        read_file(path, "a file", 5)


def test_a_file_of_just_the_size_is_read(place: Path) -> None:
    (place / "a").write_bytes(b"12345")
    assert read_file(place / "a", "a file", 5) == b"12345"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="as on Linux")
def test_a_file_that_says_it_is_empty_and_is_not_is_read_within_bounds() -> None:
    with pytest.raises(InputError, match="one that goes on"):
        read_file(Path("/proc/self/status"), "a file", 5)
