"""Pictures into a file: MP4 with an ffmpeg that is there, or an animated GIF without one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from sim.base.destination import SEAL
from sim.base.errors import OutputError

__all__ = ["Picture", "find_ffmpeg", "write_gif", "write_mp4"]

Picture = tuple[NDArray[np.uint8], int]
"""One picture, [height, width, 3], and for how many frames it stands still."""

_LAST_LINES = 3
_N_COLOURS = 255

_SHORTEST = 2
"""Hundredths of a second; viewers slow down shorter ones."""


def find_ffmpeg() -> str | None:
    """Return the path of an ffmpeg: one on the search path, or the one that the extra ``film`` brings."""
    found = shutil.which("ffmpeg")
    if found is not None:
        return found
    try:
        return str(import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return None


def write_mp4(path: Path, pictures: Iterable[Picture], size: tuple[int, int], fps: int, ffmpeg: str) -> None:
    """Write pictures as MP4 (H.264), the same bytes each time with one version of ffmpeg.

    Parameters
    ----------
    path : where; an existing file is overwritten
    pictures : in order
    size : width and height in pixels, both even
    fps : frames a second
    ffmpeg : path of the program

    Raises
    ------
    OutputError : ffmpeg did not succeed
    """
    command = [
        ffmpeg, "-hide_banner", "-loglevel", "error", "-y",
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", str(fps), "-i", "-",
        "-an", "-c:v", "libx264", "-preset", "medium", "-crf", "18", "-pix_fmt", "yuv420p", "-threads", "2",
        "-movflags", "+faststart", "-map_metadata", "-1", "-metadata", f"comment={SEAL}",
        "-fflags", "+bitexact", "-flags:v", "+bitexact",
        "-f", "mp4", str(path),
    ]  # fmt: skip
    with tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints)
        except OSError as error:
            raise OutputError(f"{ffmpeg}: cannot be started ({error.strerror}); write a .gif instead") from error
        is_whole = False
        try:
            _feed(process, pictures)
            is_whole = True
        finally:
            if not is_whole:
                process.kill()
            process.wait()
        if process.returncode:
            complaints.seek(0)
            lines = complaints.read().decode(errors="replace").strip().splitlines()[-_LAST_LINES:]
            said = " / ".join(lines) or f"exit code {process.returncode}"
            raise OutputError(f"{path.name}: ffmpeg did not write it ({said}); write a .gif instead")


def _feed(process: subprocess.Popen[bytes], pictures: Iterable[Picture]) -> None:
    """Send the pictures; if ffmpeg gives up before the end, its exit code and its words say why."""
    pipe = cast(IO[bytes], process.stdin)
    with suppress(BrokenPipeError), pipe:
        for picture, n_frames in pictures:
            content = np.ascontiguousarray(picture).tobytes()
            for _ in range(n_frames):
                pipe.write(content)


def write_gif(path: Path, pictures: Iterable[Picture], fps: int, samples: Sequence[NDArray[np.uint8]]) -> None:
    """Write pictures as an animated GIF that begins again at its end.

    Parameters
    ----------
    path : where; an existing file is overwritten
    pictures : in order; all are held in memory, a byte for each of their pixels
    fps : frames a second, as near as hundredths of a second allow
    samples : pictures from which the colours are taken, the same for the whole film
    """
    from PIL import Image

    colours = Image.fromarray(np.concatenate(samples)).quantize(_N_COLOURS, Image.Quantize.MAXCOVERAGE)
    frames, milliseconds = [], []
    for picture, n_frames in pictures:
        frames.append(Image.fromarray(picture).quantize(palette=colours, dither=Image.Dither.NONE))
        milliseconds.append(10 * max(_SHORTEST, round(100 / fps)) * n_frames)
    frames[0].save(
        path,
        format="GIF",
        save_all=True,
        append_images=frames[1:],
        duration=milliseconds,
        loop=0,
        optimize=False,
        comment=SEAL,
    )
