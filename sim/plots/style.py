"""How Cultureshift looks: colours that the colour-blind can tell apart, in two themes, and one font stack.

Pictures, pages, notebooks and reports share these names. Colour never stands alone: lines carry labels, and what is
compared differs in line style too. Nothing here changes matplotlib's settings for good.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import Any, Literal

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["DARK", "FONTS", "LIGHT", "SIZES", "Theme", "ThemeName", "drawing", "new_figure", "panel", "theme_named"]

FONTS = ("DejaVu Sans", "Verdana", "Geneva", "sans-serif")
"""The font stack. The first comes with matplotlib, so that a picture is the same on every machine."""

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True)
class Sizes:
    """Sizes of type, in points, for a page of 11.7 by 8.3 inches."""

    title: float = 21.0
    lead: float = 13.0
    panel: float = 12.0
    label: float = 10.5
    small: float = 9.5


SIZES = Sizes()


@dataclass(frozen=True)
class Theme:
    """Colours by what they stand for, as hex.

    Parameters
    ----------
    background, ink, muted, grid : background, text, quieter text, lines that help to read
    arm, baseline : the scenario, and what it is compared with
    seniors, teams, purpose, facilitators : the measures of leaders and facilitators
    leaders, staff, capability, surroundings : the interventions, by whom or what they act on
    sequence : for scenarios side by side
    """

    name: ThemeName
    background: str
    ink: str
    muted: str
    grid: str
    arm: str
    baseline: str
    seniors: str
    teams: str
    purpose: str
    facilitators: str
    leaders: str
    staff: str
    capability: str
    surroundings: str
    sequence: tuple[str, ...]


LIGHT = Theme(
    name="light",
    background="#ffffff",
    ink="#16202b",
    muted="#4a5663",
    grid="#e2e7ec",
    arm="#0b62a4",
    baseline="#6d7680",
    seniors="#b8400b",
    teams="#0b62a4",
    purpose="#00795a",
    facilitators="#6c2976",
    leaders="#0b62a4",
    staff="#00795a",
    capability="#6c2976",
    surroundings="#b8400b",
    sequence=("#0b62a4", "#b94010", "#018e65", "#986ed7", "#b58900", "#54a9d7", "#c55892", "#4a5663"),
)

DARK = Theme(
    name="dark",
    background="#12181f",
    ink="#eef2f6",
    muted="#b3bec9",
    grid="#2a343e",
    arm="#62b5f2",
    baseline="#98a3ae",
    seniors="#f58a4e",
    teams="#62b5f2",
    purpose="#3fc99f",
    facilitators="#dcb3e8",
    leaders="#62b5f2",
    staff="#3fc99f",
    capability="#dcb3e8",
    surroundings="#f58a4e",
    sequence=("#62b5f2", "#f38b4f", "#7bc290", "#ca94c3", "#edc64c", "#2c85c0", "#ffc7f4", "#bdbdbd"),
)


def theme_named(name: ThemeName) -> Theme:
    """Return the light or the dark theme."""
    return DARK if name == "dark" else LIGHT


# matplotlib reads its settings while it draws, and has one set of them for the whole process.
_SETTINGS_LOCK = RLock()


@contextmanager
def drawing(theme: Theme) -> Iterator[None]:
    """Draw and save figures inside this block: matplotlib's own defaults, our fonts and colours; then all is as before.

    A reader's own matplotlib settings do not change our pictures, and ours do not change theirs.
    """
    settings: Any = {
        "axes.edgecolor": theme.muted,
        "axes.facecolor": theme.background,
        "axes.labelcolor": theme.muted,
        "figure.facecolor": theme.background,
        "font.family": ["sans-serif"],
        "font.sans-serif": list(FONTS[:1]),
        "font.size": SIZES.label,
        "lines.solid_capstyle": "round",
        "savefig.facecolor": theme.background,
        "svg.hashsalt": "cultureshift",
        "text.color": theme.ink,
        "text.parse_math": False,
        "xtick.color": theme.muted,
        "xtick.labelcolor": theme.muted,
        "ytick.color": theme.muted,
        "ytick.labelcolor": theme.muted,
    }
    with _SETTINGS_LOCK, matplotlib.rc_context(), warnings.catch_warnings():
        # A letter of a title that our font lacks is drawn as a box; nobody who reads a warning could do anything.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(settings)
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure, in inches; it belongs to no window and to no global list."""
    return Figure(figsize=(width, height), dpi=150)


def panel(axes: Axes, theme: Theme, title: str, note: str = "", shift: float = 0.0) -> None:
    """Give axes their quiet frame, a title, and under it a note in quieter type.

    ``shift`` moves both to the left, in points, so that titles of panels with different tick labels stand in line.
    """
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(theme.grid)
    axes.tick_params(length=0, labelsize=SIZES.label)
    axes.grid(axis="y", color=theme.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    for text, rise, size, weight, colour in (
        (title, 22 if note else 8, SIZES.panel, "bold", theme.ink),
        (note, 8, SIZES.small, "normal", theme.muted),
    ):
        axes.annotate(
            text, (0, 1), (-shift, rise), xycoords="axes fraction", textcoords="offset points", fontsize=size,
            fontweight=weight, color=colour, va="bottom", annotation_clip=False,
        )  # fmt: skip
