"""Films: what they show, what they say, and how they are written."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sim.base.destination import SEAL, FileDestination
from sim.base.errors import InputError, OutputError
from sim.commands import main
from sim.engine.recorder import AGREES_ABOVE
from sim.engine.run import prepare
from sim.film import find_ffmpeg, make_film
from sim.film.encoding import write_mp4
from sim.film.picture import Screen
from sim.film.recording import record, shown_weeks
from sim.film.telling import happening, is_turn, when
from sim.inputs.scenario.description import Scenario
from sim.plots import LIGHT
from sim.plots.style import drawing

WEEKS = 12


@pytest.fixture
def small_scenario() -> Scenario:
    scenario = Scenario(title="A small service", weeks=WEEKS, organisation={"teams": 5, "team_size": 4})
    return scenario.with_entries(kind="dialogue", start_week=2, end_week=6).with_entries(
        kind="leaders_leave", week=7, how_many=2
    )


@pytest.fixture
def no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.film.making.find_ffmpeg", lambda: None)


@pytest.fixture
def some_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.film.making.find_ffmpeg", lambda: "/nowhere/ffmpeg")


def shorter(scenario: Scenario) -> Scenario:
    return scenario.replace(weeks=4, timeline=scenario.timeline[:1])


# --- what it says -----------------------------------------------------------------------------------------------------


def test_years_and_weeks_count_from_one():
    assert (when(0), when(51), when(52)) == ("Year 1, week 1", "Year 1, week 52", "Year 2, week 1")


@pytest.mark.parametrize(
    ("week", "told"),
    [
        (0, "Nothing has been done yet"),
        (2, "Dialogue with staff"),
        (5, "Dialogue with staff"),
        (6, "Support ends"),
        (8, "2 senior leaders leave  ·  Support ended 2 weeks ago"),
    ],
)
def test_week_is_told_in_words(small_scenario: Scenario, week: int, told: str):
    assert happening(small_scenario, week) == told


def test_nothing_done_is_said_plainly():
    assert happening(Scenario(title="Nothing", weeks=4), 2) == "Nothing is being done"


def test_posts_not_settled_are_told(small_scenario: Scenario):
    assert happening(small_scenario, 8, n_vacant=2).endswith("two posts of senior leaders are not yet settled")


def test_story_turns_where_support_ends_and_where_leaders_leave(small_scenario: Scenario):
    turns = [week for week in range(1, WEEKS + 1) if is_turn(small_scenario, week, week - 1)]

    assert turns == [6, 8]


# --- what it shows ----------------------------------------------------------------------------------------------------


def test_last_week_is_always_shown():
    assert shown_weeks(7, 3) == (0, 3, 6, 7)
    assert shown_weeks(6, 3) == (0, 3, 6)


def test_people_shown_are_those_of_the_curve(small_scenario: Scenario):
    recording = record(small_scenario, seed=3, weeks=None, every=4)

    share = (recording.safety > 255 * AGREES_ABOVE).mean(axis=1)
    assert share == pytest.approx(recording.paired.arm.series("safe_share")[0][list(recording.weeks)], abs=0.051)
    np.testing.assert_array_equal(recording.paired.arm.weekly[0], prepare(small_scenario).simulate(3, 0)[:, 0])


def test_leaders_who_left_leave_open_posts(small_scenario: Scenario):
    recording = record(small_scenario, seed=3, weeks=None, every=1)

    assert recording.vacant[8].sum() >= 2


def test_shorter_film_is_the_beginning_of_the_longer(small_scenario: Scenario):
    long, short = (record(small_scenario, seed=3, weeks=weeks, every=1) for weeks in (None, 5))

    assert short.weeks == (0, 1, 2, 3, 4, 5)
    assert (short.safety == long.safety[:6]).all()


def test_pictures_do_not_depend_on_those_before(small_scenario: Scenario):
    recording = record(shorter(small_scenario), seed=3, weeks=None, every=1)
    with drawing(LIGHT):
        screen = Screen(recording, LIGHT, 480)
        first = screen.picture(0)
        later = screen.picture(3)
        again = screen.picture(0)

    assert first.shape == (270, 480, 3)
    assert (first == again).all()
    assert (first != later).any()


def test_too_many_people_are_refused(tmp_path: Path):
    crowd = Scenario(title="A crowd", organisation={"teams": 2000, "team_size": 10})

    with pytest.raises(InputError, match="at most 10,000 people, got 20,000 staff"):
        make_film(crowd, tmp_path / "x.gif")


# --- how it is written ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_ffmpeg")
def test_gif_has_a_frame_for_every_picture_and_is_the_same_each_time(small_scenario: Scenario, tmp_path: Path):
    films = [
        make_film(shorter(small_scenario), tmp_path / name, every=2, fps=10, width=320) for name in ("a.gif", "b.gif")
    ]

    with Image.open(films[0].path) as gif:
        assert (gif.n_frames, gif.size) == (3, (320, 180))
    assert films[0].path.read_bytes() == films[1].path.read_bytes()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.gif", "b.gif"]


@pytest.mark.usefixtures("no_ffmpeg")
def test_without_ffmpeg_an_mp4_becomes_a_gif_and_says_so(small_scenario: Scenario, tmp_path: Path):
    film = make_film(shorter(small_scenario), tmp_path / "film.mp4", width=320)

    assert film.path == tmp_path / "film.gif"
    assert film.path.read_bytes().startswith(b"GIF89a")
    assert "No ffmpeg was found" in film.notice
    assert "[film]" in film.notice


@pytest.mark.usefixtures("some_ffmpeg")
def test_film_that_fails_leaves_what_was_there(small_scenario: Scenario, tmp_path: Path):
    path = tmp_path / "film.mp4"
    with FileDestination(path).writing() as unfinished:
        unfinished.write_text(f"{SEAL}, an older one")
    before = path.read_bytes()

    with pytest.raises(OutputError, match="cannot be started"):
        make_film(shorter(small_scenario), path, width=320, force=True)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_complaint_of_ffmpeg_is_told(tmp_path: Path):
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\necho 'Unknown encoder libx264' >&2\nexit 1\n")
    program.chmod(0o755)
    picture = np.zeros((180, 320, 3), dtype=np.uint8)

    with pytest.raises(OutputError, match=r"ffmpeg did not write it \(Unknown encoder libx264\); write a .gif instead"):
        write_mp4(tmp_path / "x.mp4", [(picture, 100)], (320, 180), 10, str(program))


@pytest.mark.skipif(find_ffmpeg() is None, reason="no ffmpeg here: the extra film brings one")
def test_mp4_is_a_film_of_the_asked_size_and_the_same_each_time(small_scenario: Scenario, tmp_path: Path):
    films = [make_film(shorter(small_scenario), tmp_path / name, width=320) for name in ("a.mp4", "b.mp4")]

    told = subprocess.run([str(find_ffmpeg()), "-i", str(films[0].path)], capture_output=True, text=True, check=False)
    assert "h264" in told.stderr
    assert "320x180" in told.stderr
    assert films[0].path.read_bytes() == films[1].path.read_bytes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": -1}, "seed: wanted a whole number from 0 to 4294967295, got -1"),
        ({"weeks": 0}, "weeks: wanted a whole number from 1 to 10000 weeks, got 0"),
        ({"every": 0}, "every: wanted a whole number from 1 to 520 weeks, got 0"),
        ({"fps": 0}, "fps: wanted a whole number from 1 to 50 frames a second, got 0"),
        ({"width": 10}, "width: wanted a whole number from 320 to 3840 pixels, got 10"),
        ({"theme": "blue"}, 'theme: wanted light or dark, got "blue"'),
        ({"weeks": 5000, "every": 1}, "at most 1,000 pictures in a GIF, got 5,001; one in 6 weeks would do"),
    ],
)
def test_options_out_of_range_are_named(
    small_scenario: Scenario, tmp_path: Path, options: dict[str, int], message: str
):
    with pytest.raises(InputError) as raised:
        make_film(small_scenario, tmp_path / "x.gif", **options)

    assert message in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_all_faults_of_the_options_are_told_at_once(small_scenario: Scenario, tmp_path: Path):
    with pytest.raises(InputError) as raised:
        make_film(small_scenario, tmp_path / "x.gif", seed=-1, fps=0)

    assert len(raised.value.faults) == 2


def test_other_kinds_of_file_are_refused(small_scenario: Scenario, tmp_path: Path):
    with pytest.raises(InputError, match=r"a file that ends in \.mp4 or \.gif"):
        make_film(small_scenario, tmp_path / "film.avi")


# --- at the command line ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_ffmpeg")
def test_command_makes_a_film_and_tells_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words = ["film", "shoestring-year", "--out", str(tmp_path / "x.mp4"), "--weeks", "4", "--width", "320"]
    with pytest.raises(SystemExit) as left:
        main(words)

    told = capsys.readouterr()
    assert left.value.code == 0
    assert "x.gif: 3 pictures" in told.out
    assert "No ffmpeg was found" in told.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["shoestring-year", "--out", "x.avi"], 'got "x.avi"'),
        (["shoestring-yeer", "--out", "x.gif"], 'did you mean "shoestring-year"?'),
        (["shoestring-year", "--out", "x.gif", "--theme", "blue"], "theme: wanted light or dark"),
        (["shoestring-year", "--out", "/dev/null/x.gif", "--weeks", "4"], "cannot be written"),
    ],
)
def test_faults_end_the_command_with_two_and_a_sentence(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as left:
        main(["film", *words])

    assert left.value.code == 2
    assert message in capsys.readouterr().err
