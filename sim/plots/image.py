"""Figures as bytes: the same figure gives the same bytes, without date, user or version of a package in it."""

from __future__ import annotations

import io
import re
from typing import Literal

from matplotlib.figure import Figure

from sim.plots.style import Theme, drawing

__all__ = ["figure_bytes"]

ImageFormat = Literal["png", "svg"]
_AUTHOR = "Cultureshift"


def figure_bytes(figure: Figure, image_format: ImageFormat, theme: Theme, title: str = "", words: str = "") -> bytes:
    """Return a figure as PNG or SVG, with a title and words for readers who cannot see it.

    Parameters
    ----------
    figure : what to draw
    image_format : "png" (150 dots an inch) or "svg" (letters as outlines, so that no font is needed)
    theme : the theme that the figure was made with
    title, words : kept in the file's metadata
    """
    metadata: dict[str, str | None] = {"Title": title, "Description": words}
    metadata |= {"Software": _AUTHOR} if image_format == "png" else {"Creator": _AUTHOR, "Date": None}
    buffer = io.BytesIO()
    with drawing(theme):
        figure.savefig(buffer, format=image_format, metadata=metadata)
    content = buffer.getvalue()
    return content if image_format == "png" else _described(content, title, words)


def _described(svg: bytes, title: str, words: str) -> bytes:
    """Return the SVG with title and description where screen readers look for them."""
    from xml.sax.saxutils import escape

    text = f'<title id="title">{escape(title)}</title>\n<desc id="words">{escape(words)}</desc>\n'
    opening = re.compile(rb"<svg\b[^>]*>")
    match = opening.search(svg)
    if match is None or not title:
        return svg
    head = match.group()[:-1] + b' role="img" aria-labelledby="title words">'
    return svg[: match.start()] + head + b"\n" + text.encode() + svg[match.end() :].lstrip(b"\n")
