"""A film from a scenario: run, draw, write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.base.destination import FileDestination
from sim.base.errors import Fault, InputError
from sim.base.extras import FEATURES, how_to_install
from sim.film.encoding import Picture, find_ffmpeg, write_gif, write_mp4
from sim.film.picture import Screen
from sim.film.recording import FilmRecording, record
from sim.film.telling import is_turn
from sim.inputs.scenario.description import Scenario
from sim.plots import theme_named
from sim.plots.style import ThemeName, drawing

__all__ = ["Film", "film_destination", "make_film"]

FilmProgress = Callable[[int, int], None]
"""Called with the pictures drawn so far, and how many there will be."""

_LIMITS = {"seed": (0, 2**32 - 1), "weeks": (1, 10_000), "every": (1, 520), "fps": (1, 50), "width": (320, 3840)}
_UNITS = {"seed": "", "weeks": " weeks", "every": " weeks", "fps": " frames a second", "width": " pixels"}
_MOST_PICTURES = {".mp4": 10_001, ".gif": 1_000}
_DEFAULT_WIDTH = {".mp4": 1280, ".gif": 960}
_DEFAULT_EVERY = {".mp4": 1, ".gif": 2}
_FIRST_STANDS, _LAST_STANDS, _TURN_STANDS = 1.5, 3.0, 1.0
_N_SAMPLES = 6


@dataclass(frozen=True)
class Film:
    """A film that was made.

    Parameters
    ----------
    path : the file
    n_pictures : pictures in it
    seconds : how long it runs
    notice : what is other than asked for, in a sentence; may be empty
    """

    path: Path
    n_pictures: int
    seconds: float
    notice: str = ""


def make_film(
    scenario: Scenario,
    path: Path,
    *,
    seed: int = 1,
    weeks: int | None = None,
    every: int | None = None,
    fps: int = 12,
    width: int | None = None,
    theme: ThemeName = "light",
    progress: FilmProgress | None = None,
    force: bool = False,
) -> Film:
    """Make a film of one run, with the spread of many around its curves.

    Parameters
    ----------
    scenario : what is run
    path : the file, .mp4 or .gif; where no ffmpeg is found, an MP4 becomes a GIF beside it
    seed : whose chance events, in [0, 2**32)
    weeks : weeks shown; those of the scenario if left out
    every : weeks from one picture to the next; 1 for an MP4, 2 for a GIF if left out
    fps : pictures a second
    width : in pixels; 1280 for an MP4, 960 for a GIF if left out; the height is nine sixteenths of it
    theme : light or dark
    progress : told how far it is
    force : replace an earlier film

    Raises
    ------
    InputError : an option is out of range, or the scenario cannot be filmed
    OutputError : the file is there already, or cannot be written
    """
    ffmpeg = find_ffmpeg()
    path, notice = _as_possible(path, ffmpeg)
    kind = path.suffix.lower()
    every = _DEFAULT_EVERY[kind] if every is None else every
    width = _DEFAULT_WIDTH[kind] if width is None else width
    given = {"seed": seed, "weeks": weeks, "every": every, "fps": fps, "width": width}
    _check({name: value for name, value in given.items() if value is not None}, scenario, kind, theme)
    destination = FileDestination(path, force)
    destination.check()
    with destination.writing() as unfinished, drawing(theme_named(theme)):
        recording = record(scenario, seed, weeks, every)
        screen = Screen(recording, theme_named(theme), width)
        stands = _standing(recording, fps)
        pictures = _pictures(screen, stands, progress)
        if kind == ".mp4" and ffmpeg is not None:
            write_mp4(unfinished, pictures, _size(screen), fps, ffmpeg)
        else:
            samples = np.linspace(0, len(stands) - 1, _N_SAMPLES).astype(int)
            write_gif(unfinished, pictures, fps, [screen.picture(int(number)) for number in samples])
    return Film(path, len(stands), sum(stands) / fps, notice)


def film_destination(path: Path, force: bool = False) -> FileDestination:
    """Return where a film goes, to be checked before it is made.

    Raises
    ------
    InputError : the file is neither an MP4 nor a GIF
    """
    return FileDestination(_as_possible(path, find_ffmpeg())[0], force)


def _as_possible(path: Path, ffmpeg: str | None) -> tuple[Path, str]:
    """Return the file that can be written, and what to say if it is another than asked for."""
    if path.suffix.lower() not in _MOST_PICTURES:
        raise InputError.single("out", "a file that ends in .mp4 or .gif", f'"{path.name}"')
    if path.suffix.lower() == ".gif" or ffmpeg is not None:
        return path, ""
    other = path.with_suffix(".gif")
    how = how_to_install(FEATURES["film as MP4"].extra)
    notice = f"No ffmpeg was found, so the film is a GIF: {other.name}. For an MP4, install ffmpeg, or {how}"
    return other, notice


def _check(given: dict[str, int], scenario: Scenario, kind: str, theme: str) -> None:
    faults = []
    for name, value in given.items():
        low, high = _LIMITS[name]
        if not low <= value <= high:
            faults.append(Fault(name, f"a whole number from {low} to {high}{_UNITS[name]}", str(value)))
    if theme not in ("light", "dark"):
        faults.append(Fault("theme", "light or dark", f'"{theme}"'))
    if not faults:
        n_weeks = given.get("weeks", scenario.weeks)
        n_pictures = n_weeks // given["every"] + 1
        if n_pictures > _MOST_PICTURES[kind]:
            enough = -(-n_weeks // (_MOST_PICTURES[kind] - 1))
            wanted = f"at most {_MOST_PICTURES[kind]:,} pictures in a {kind[1:].upper()}"
            faults.append(Fault("every", wanted, f"{n_pictures:,}", f"one in {enough} weeks would do"))
    if faults:
        raise InputError(faults)


def _standing(recording: FilmRecording, fps: int) -> list[int]:
    """Return for how many frames each picture stands: longer at both ends, and where the story turns."""
    weeks = recording.weeks
    stands = [1] * len(weeks)
    for number in range(1, len(weeks)):
        if is_turn(recording.scenario, weeks[number], weeks[number - 1]):
            stands[number] = max(1, round(_TURN_STANDS * fps))
    stands[0] = max(1, round(_FIRST_STANDS * fps))
    stands[-1] = max(1, round(_LAST_STANDS * fps))
    return stands


def _pictures(screen: Screen, stands: list[int], progress: FilmProgress | None) -> Iterator[Picture]:
    for number, n_frames in enumerate(stands):
        yield screen.picture(number), n_frames
        if progress is not None:
            progress(number + 1, len(stands))


def _size(screen: Screen) -> tuple[int, int]:
    height, width = screen.picture(0).shape[:2]
    return width, height
