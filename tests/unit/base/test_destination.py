"""One contract of everything that writes: judged first, whole or not at all, never over what is not ours."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sim.base.destination import MANIFEST, SEAL, FileDestination, FolderDestination, _seal
from sim.base.errors import OutputError
from sim.base.unfinished import Note
from sim.commands import main
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import write_scenario
from sim.study.sampling import Ranges, plausible_ranges
from tests.command_tree import COMMANDS, stub_work
from tests.killed_program import KILLED_BEFORE_A_STEP
from tests.small_studies import vary_alone, write_study, write_targets

ROOT = Path(__file__).parents[3]
POSIX = pytest.mark.skipif(os.name != "posix", reason="locks of folders and kills as on POSIX")

# Commands that write, as small as they can be; NAME stands for where to.
WRITING = {
    "run": "run place.toml -n 2 --weeks 30 --out NAME",
    "compare": "compare place.toml place.toml -n 2 --weeks 30 --out NAME",
    "schema": "schema --out NAME",
    "organisation template": "organisation template NAME",
    "organisation import": "organisation import own.csv --out NAME",
    "validate": "validate -p 1 -n 8 --out NAME",
    "meanfield": "meanfield place.toml --steps 3 --out NAME",
    "sensitivity": "sensitivity place.toml --points 30 --replicates 1 --method morris --outcome holds --out NAME",
    "calibrate": "calibrate targets.csv --points 20 --replicates 2 --fit staff_turnover --out NAME",
    "discover": "discover --points 60 --replicates 1 --out NAME",
    "study run": "study small.toml --workers 1 --out NAME",
    # The line of the mean field, which "holds" has, takes ten times as long as all else, and is drawn from no run.
    "map": "map place.toml --x turnover:0.5:2:2 --y control_norm:0.5:0.9:2 --replicates 2 --workers 1 "
    "--outcome lasts --out NAME",
    "budget": "budget place.toml --trials 10 --replicates 2 --judged 2 --workers 1 --out NAME",
    "film": "film place.toml --weeks 4 --width 320 --out NAME",
    "lessons handout": "lessons handout turnover --out NAME",
    "play": "play place.toml --quarters 8 --out NAME",
}
SINGLE = {"schema": "out.json", "film": "out.gif", "lessons handout": "out.html", "play": "out.toml"}
TYPED = "\n" * 5 + "change\n" + "\n" * 3
"""A whole game, for the command that asks: everybody goes on as before, and two change chairs."""
AT_ONCE = ("run", "schema", "organisation template", "map", "lessons handout")
GOING_ON = ("study run", "map", "budget", "sensitivity", "calibrate", "discover")
"""What keeps its runs, and called again goes on where it was."""

Call = Callable[[str], tuple[int, str, str]]


def of_few(names: Sequence[str] | None = None, **more: Any) -> Ranges:
    """Return the plausible ranges of what is named, or of two parameters: an analysis of all asks for many points."""
    return plausible_ranges(("control_norm", "critical_mass") if names is None else names, **more)


@pytest.fixture(name="call")
def call_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run the command in a folder with a place and a study; return its exit code, output and error output."""
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path, weeks=60)
    write_targets(tmp_path)
    vary_alone(of_few, monkeypatch)
    place = Scenario(name="place", title="A place", weeks=400).replace(organisation={"teams": 3, "team_size": 4})
    write_scenario(place.with_entries(kind="dialogue", start_week=0, end_week=26), tmp_path / "place.toml")
    staff = "".join(f"{number},Ward {number % 3},Staff Nurse\n" for number in range(12))
    (tmp_path / "own.csv").write_text(f"id,team,job title\n{staff}")

    def call(words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(TYPED))
        with pytest.raises(SystemExit) as ended:
            main(words.split())
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return call


def content(place: Path) -> dict[str, bytes]:
    files = [place] if place.is_file() else place.rglob("*")
    return {str(path.relative_to(place)): path.read_bytes() for path in files if path.is_file()}


def words_of(command: str) -> tuple[str, Path]:
    place = SINGLE.get(command, "out")
    from sim.lessons import shipped_lessons

    words = WRITING[command].replace("NAME", place).replace("handout turnover", f"handout {shipped_lessons()[0].slug}")
    return words, Path(place)


# --- every command that writes ----------------------------------------------------------------------------------------


def test_every_command_that_writes_is_tried_here() -> None:
    """Whatever can write has ``--out`` or ``--force``."""
    writes = {
        name
        for name, command in COMMANDS.items()
        if {"out", "force"} & {parameter.name for parameter in command.params}
    }
    assert writes == set(WRITING)


@pytest.mark.parametrize("command", WRITING)
@pytest.mark.parametrize("more", ["", " --force"])
def test_what_is_not_ours_is_refused_before_any_work(
    command: str, more: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(*_: object, **__: object) -> None:
        pytest.fail("work began")

    stub_work(monkeypatch, work)
    words, place = words_of(command)
    if command in SINGLE:
        place.write_text("mine")
    else:
        place.mkdir()
        for name in ("manifest.json", "summary.csv", "map.csv", "report.html", "people.csv", "drivers.csv",
                     "posterior.csv", "boxes.csv", "meanfield.csv", "letter.txt"):  # fmt: skip
            (place / name).write_text("mine")
    before = content(place)

    code, out, err = call(words + more)

    assert (code, out) == (2, "")
    assert str(place) in err
    assert "choose another" in err
    assert content(place) == before


@pytest.mark.parametrize(
    "command", [pytest.param(one, marks=() if one in AT_ONCE else pytest.mark.slow) for one in WRITING]
)
def test_what_is_ours_is_replaced_with_force_alone(command: str, call: Call) -> None:
    words, place = words_of(command)
    assert call(words)[0] == 0
    first = content(place)
    if command not in GOING_ON:
        code, _, err = call(words)
        assert code == 2
        assert "--force" in err
        assert content(place) == first
    code, _, err = call(f"{words} --force")
    assert code == 0, err
    assert set(content(place)) == set(first)
    assert [path.name for path in Path().iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("command", ["run", "map", "organisation template"])
def test_what_somebody_changed_since_is_theirs(command: str, call: Call) -> None:
    words, place = words_of(command)
    call(words)
    name = {"run": "summary.csv", "map": "map.csv", "organisation template": "people.csv"}[command]
    (place / name).write_text("edited for an hour")

    code, _, err = call(f"{words} --force")

    assert code == 2
    assert f"{name} there was changed since Cultureshift wrote it" in err
    assert (place / name).read_text() == "edited for an hour"


def test_another_study_in_the_folder_is_named_and_gives_way_to_force_alone(call: Call) -> None:
    call(words_of("map")[0])
    code, _, err = call(words_of("study run")[0])
    assert code == 2
    assert 'out: holds another study, "Map: A place", which keeps other series' in err
    study = Path("small.toml")
    study.write_text(study.read_text().replace('measures = ["safe_share", "coherence"]', 'weekly = "none"'))
    code, _, err = call(words_of("study run")[0])
    assert code == 2
    assert 'out: holds another study, "Map: A place"; choose another folder with --out, or let' in err
    assert Path("out/map.csv").is_file()

    assert call(f"{words_of('study run')[0]} --force")[0] == 0
    assert not Path("out/map.csv").exists()
    assert call(f"{words_of('study run')[0]}")[0] == 0


# --- the contract -----------------------------------------------------------------------------------------------------


def write(folder: Path, names: dict[str, str], force: bool = False) -> None:
    with FolderDestination(folder, tuple(names), force).writing(["cultureshift"]) as staged:
        for name, text in names.items():
            (staged / name).write_text(text)


def test_with_force_an_earlier_answer_goes_whole_and_the_rest_stays(tmp_path: Path) -> None:
    write(tmp_path / "out", {"a.csv": "1", "b.csv": "2"})
    (tmp_path / "out" / "letter.txt").write_text("mine")

    write(tmp_path / "out", {"a.csv": "3"}, force=True)

    assert set(content(tmp_path / "out")) == {"a.csv", MANIFEST, "letter.txt"}
    told = json.loads((tmp_path / "out" / MANIFEST).read_text())
    assert list(told["files"]) == ["a.csv"]


@pytest.mark.parametrize("name", ["../letter.txt", "/etc/hostname", "sub/letter.txt", ""])
def test_a_manifest_gives_no_right_to_what_lies_elsewhere(name: str, tmp_path: Path) -> None:
    write(tmp_path / "out", {"a.csv": "1"})
    (tmp_path / "letter.txt").write_text("mine")
    told = json.loads((tmp_path / "out" / MANIFEST).read_text())
    told["files"] |= {name: "0" * 64, "letter.txt": "0" * 64}
    manifest = tmp_path / "out" / MANIFEST
    manifest.write_text(json.dumps(told).replace(told["seal"], SEAL))
    _seal(manifest)  # so that it looks as if we had written it

    write(tmp_path / "out", {"a.csv": "2"}, force=True)

    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_the_folder_one_is_in_may_be_written_to(call: Call) -> None:
    place = Path("here")
    place.mkdir()
    os.chdir(place)
    assert call("run ../place.toml -n 2 --weeks 30 --out .")[0] == 0
    assert call("run ../place.toml -n 2 --weeks 30 --out . --force")[0] == 0
    assert len(content(Path())) == 5


def test_two_at_once_are_not_taken_for_one(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def write_both() -> None:
        with FolderDestination(out, ("a.csv",)).writing() as staged:
            (staged / "a.csv").write_text("second")
            write(out, {"a.csv": "first"})

    with pytest.raises(OutputError, match=r"a\.csv, manifest\.json has come there meanwhile and is left alone"):
        write_both()
    assert content(out)["a.csv"] == b"first"
    assert set(content(out)) == {"a.csv", MANIFEST}


def test_what_comes_to_an_empty_folder_at_the_last_moment_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    moves = Note.moves

    def another_is_quicker(note: Note, folder: Path, new: Mapping[str, str]) -> None:
        (out / "b.csv").write_text("first")
        moves(note, folder, new)

    monkeypatch.setattr(Note, "moves", another_is_quicker)
    with pytest.raises(OutputError, match=r"b\.csv has come there meanwhile and is left alone"):
        write(out, {"a.csv": "second", "b.csv": "second"})

    assert content(out) == {"b.csv": b"first"}


@pytest.mark.parametrize("has_links", [True, False])
@pytest.mark.parametrize("force", [False, True])
def test_a_file_that_somebody_saves_meanwhile_is_theirs(
    force: bool, has_links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Path) -> None:
        raise OSError("no second names here")

    if not has_links:
        monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "film.html"
    if force:
        with FileDestination(path).writing() as unfinished:
            unfinished.write_text(f"earlier {SEAL}")

    def write_while_somebody_saves() -> None:
        with FileDestination(path, force).writing() as unfinished:
            unfinished.write_text(f"ours {SEAL}")
            path.write_text("my own drawing")

    with pytest.raises(OutputError, match=r"film\.html: has come there meanwhile and is left alone"):
        write_while_somebody_saves()
    assert content(tmp_path) == {"film.html": b"my own drawing"}


@pytest.mark.parametrize("text", ["", "[]", '{"cultureshift": 1}', '{"cultureshift": "1", "files": []}', "[" * 100_000])
def test_a_damaged_manifest_gives_no_right_at_all(text: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(OutputError, match=r"manifest\.json there was not written by Cultureshift"):
        FolderDestination(tmp_path, ("a.csv",), force=True).check()


@pytest.mark.parametrize("command", SINGLE)
def test_a_single_file_that_somebody_changed_since_is_theirs(command: str, call: Call) -> None:
    words, place = words_of(command)
    call(words)
    written = place.read_bytes()
    changed = {
        "a byte more": written + b" ",
        "a byte less": written[:-1],
        "another byte": written[:-9] + bytes([written[-9] ^ 1]) + written[-8:],
        "an essay that quotes it": b"Of the seal: " + SEAL.encode(),
        "nothing": b"",
    }
    for what, content_now in changed.items():
        place.write_bytes(content_now)
        code, _, err = call(f"{words} --force")
        assert code == 2, what
        assert "was not written by Cultureshift, or was changed since, and is left alone" in err
        assert place.read_bytes() == content_now
    place.write_bytes(written)
    assert call(f"{words} --force")[0] == 0
    assert place.read_bytes() == written


def test_a_link_to_a_file_of_ours_is_somebodys(call: Call) -> None:
    words, place = words_of("schema")
    call(words)
    place.rename("elsewhere.json")
    place.symlink_to("elsewhere.json")
    code, _, err = call(f"{words} --force")
    assert code == 2
    assert "left alone" in err
    assert place.is_symlink()


def test_a_manifest_that_somebody_changed_since_is_theirs(tmp_path: Path) -> None:
    write(tmp_path / "out", {"a.csv": "1"})
    manifest = tmp_path / "out" / MANIFEST
    manifest.write_text(manifest.read_text() + "\n")
    before = content(tmp_path / "out")
    with pytest.raises(OutputError, match=r"manifest\.json there was changed since"):
        write(tmp_path / "out", {"a.csv": "2"}, force=True)
    assert content(tmp_path / "out") == before


def test_a_link_is_not_followed_to_what_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    (tmp_path / "out.html").symlink_to(tmp_path / "letter.txt")
    with pytest.raises(OutputError, match="left alone"):
        FileDestination(tmp_path / "out.html", force=True).check()


@pytest.mark.parametrize("path", ["/dev/null", "/dev/full"])
def test_a_device_is_no_file(path: str) -> None:
    if Path(path).exists():
        with pytest.raises(OutputError, match="no ordinary file"):
            FileDestination(Path(path), force=True).check()


# --- kills ------------------------------------------------------------------------------------------------------------

KILLED = f"""{KILLED_BEFORE_A_STEP}
from pathlib import Path
from sim.base.destination import FolderDestination
with FolderDestination(Path(sys.argv[1]), ("a.csv", "b.csv", "c.csv"), force=True).writing() as staged:
    for name in ("a.csv", "c.csv"):
        (staged / name).write_text("new")
"""


@POSIX
@pytest.mark.parametrize("n_steps", range(13))
def test_a_kill_anywhere_is_taken_back_by_the_next_call(n_steps: int, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, {"a.csv": "old", "b.csv": "old"})
    (out / "letter.txt").write_text("mine")
    before = content(out)

    done = subprocess.run([sys.executable, "-c", KILLED, out, str(n_steps)], cwd=ROOT, check=False)

    FolderDestination(out, ("a.csv", "b.csv", "c.csv"), force=True).check()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    if done.returncode == -signal.SIGKILL and n_steps < 9:
        assert content(out) == before
    else:
        assert content(out)["a.csv"] == b"new"
        assert set(content(out)) == {"a.csv", "c.csv", MANIFEST, "letter.txt"}


@POSIX
def test_a_study_killed_while_it_first_writes_is_begun_again(call: Call) -> None:
    Path("out/parts").mkdir(parents=True)
    Path("out/lock").touch()
    assert call(words_of("study run")[0])[0] == 0


@POSIX
def test_a_pipe_in_the_way_does_not_hold_anybody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "out.html")
    with pytest.raises(OutputError, match="no ordinary file"):
        FileDestination(tmp_path / "out.html", force=True).check()


@POSIX
def test_a_command_with_a_name_that_is_no_text_is_recorded_as_it_was_given(tmp_path: Path) -> None:
    name = os.fsdecode(b"M\xfcller")
    with FolderDestination(tmp_path / name, ["a.csv"]).writing(["cultureshift", "run", f"{name}.toml"]) as staged:
        (staged / "a.csv").write_text("x\n")

    told = json.loads((tmp_path / name / MANIFEST).read_text("utf-8"))
    assert told["command"] == ["cultureshift", "run", f"{name}.toml"]
