"""Whether the pictures of a page show something. They are found on the page itself, so that a new one is looked at too.

A picture that has no more than its axes counts as blank: axes, letters and grounds are grey, and what is shown has a
colour. A canvas must also be drawn for the box that it has, and in the colours of the theme that the page has.
"""

from __future__ import annotations

import io
import itertools
import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["colourful", "decoded", "faults", "faults_in_both_themes", "pictures_of"]

Pixels = NDArray[np.int16]

LEAST_CHROMA = 40
"""From here on a pixel (of 255) is no grey: axes, letters and grounds stay below 25 in both themes."""

_LEAST_COLOURFUL = 0.0015
_LEAST_COLUMNS = 0.03
_WIDTHS = ((900, 800), (1500, 1000))
_NOUGHT = re.compile(r": 0 of 100$")
"""What a bar says that rightly has no length."""

_SECONDS, _LEAST_LOOKS = 4.0, 3

_FIND = (Path(__file__).parent / "pictures.js").read_text("utf-8")


@dataclass(frozen=True)
class Picture:
    """A picture of a page, and what is wrong with it.

    Parameters
    ----------
    name : its words for those who cannot see it
    faults : in words
    """

    name: str
    faults: tuple[str, ...]


def decoded(png: bytes) -> Pixels:
    """Return [height, width, 3], from 0 to 255."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(np.int16)


def colourful(pixels: Pixels) -> NDArray[np.bool_]:
    """Return [height, width], where pixels are no grey."""
    found: NDArray[np.bool_] = pixels.max(axis=2) - pixels.min(axis=2) >= LEAST_CHROMA
    return found


def pictures_of(page: Any) -> list[Picture]:
    """Return every picture that can be seen on a page of a browser."""
    found = page.evaluate(_FIND, LEAST_CHROMA)
    if any(one["kind"] != "canvas" for one in found):
        screen = decoded(page.screenshot(full_page=True))
    scale = page.evaluate("window.devicePixelRatio")
    is_dark = page.evaluate("document.documentElement.dataset.theme") == "dark"
    told = []
    for one in found:
        if one["kind"] == "canvas":
            told.append(Picture(one["name"], tuple(_faults_of_canvas(one))))
            continue
        left, top, width, height = (round(scale * number) for number in one["box"])
        piece = screen[top : top + height, left : left + width]
        wrong = [] if _NOUGHT.search(one["name"]) else _faults_of_piece(piece, one["kind"], is_dark)
        told.append(Picture(one["name"], tuple(wrong)))
    return told


def _faults_of_canvas(one: dict[str, Any]) -> list[str]:
    wrong = []
    if one["coloured"] < _LEAST_COLOURFUL or one["columns"] < _LEAST_COLUMNS:
        wrong.append(f"blank ({one['coloured']:.2%} has a colour, in {one['columns']:.0%} of its width)")
    if one["size"] != one["wanted"]:
        wrong.append(f"stretched (drawn as {one['size']}, shown as {one['wanted']})")
    if one["other"] > 0.2 * one["own"]:
        wrong.append(f"in the colours of the other theme ({one['other']} pixels, {one['own']} of its own)")
    return wrong


def _faults_of_piece(pixels: Pixels, kind: str, is_dark: bool) -> list[str]:
    if pixels.size == 0:
        return ["blank (it has no size)"]
    if kind == "img":
        grey = pixels.mean(axis=2)
        return [] if grey.std() > 20 else ["blank (one colour all over)"]
    wrong = []
    coloured = colourful(pixels)
    if coloured.mean() < _LEAST_COLOURFUL:
        wrong.append(f"blank ({coloured.mean():.2%} has a colour)")
    if kind == "svg" and (np.median(pixels) < 128) != is_dark:
        wrong.append("on the ground of the other theme")
    return wrong


def faults(page: Any, expected: Collection[str]) -> list[str]:
    """Return what is wrong with the pictures of a page, once it has had time to draw them.

    Parameters
    ----------
    page : as it is now
    expected : patterns; a picture's name must begin with each
    """
    end = time.monotonic() + _SECONDS
    for look in itertools.count():
        # What a change of size or theme asks for is drawn with the next frame.
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found = pictures_of(page)
        wrong = [f"{one.name[:60]}: {fault}" for one in found for fault in one.faults]
        wrong += [f"{name}: there is none" for name in expected if not any(re.match(name, one.name) for one in found)]
        if not wrong or (look >= _LEAST_LOOKS and time.monotonic() > end):
            return wrong
        page.wait_for_timeout(200)
    raise AssertionError("there is always another look")


def faults_in_both_themes(page: Any, expected: Collection[str], switch: Any) -> list[str]:
    """Return what is wrong with a page's pictures as it is, in the other theme, in other sizes, and as it was.

    Parameters
    ----------
    page, expected : as for :func:`faults`
    switch : changes the theme, as people do
    """
    size = page.viewport_size
    wrong = [f"at first: {fault}" for fault in faults(page, expected)]
    switch()
    wrong += [f"in the other theme: {fault}" for fault in faults(page, expected)]
    for width, height in _WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        wrong += [f"{width} wide: {fault}" for fault in faults(page, expected)]
    switch()
    wrong += [f"{_WIDTHS[-1][0]} wide in the first theme: {fault}" for fault in faults(page, expected)]
    page.set_viewport_size(size)
    return wrong + [f"as at first: {fault}" for fault in faults(page, expected)]
