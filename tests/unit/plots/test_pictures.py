"""No picture in a file is blank: on every axes of every figure something other than grey is drawn."""

from __future__ import annotations

import importlib
import inspect
import io
import pkgutil
import re
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import sim.plots
from sim.dashboard import pictures as of_sessions
from sim.dashboard.session import ExploreSession
from sim.film.picture import Screen
from sim.film.recording import record
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario
from sim.lessons import Lesson, handout, shipped_lessons
from sim.meanfield.boundary import BoundaryMap, MeanFieldAxis
from sim.plots import DARK, LIGHT, Theme, draw_comparison, draw_run
from sim.plots.budget_picture import draw_budget
from sim.plots.map_picture import draw_map
from sim.plots.meanfield_page import MeanFieldPicture, draw_mean_field
from sim.plots.pattern_picture import draw_picture
from sim.plots.run_page import draw_share
from sim.plots.study_pages import calibration_page, discovery_page, sensitivity_page
from sim.plots.style import drawing
from sim.results.outcomes import OUTCOMES
from sim.study.sensitivity import Sensitivity, rank
from sim.validation.pattern import Contour, Line, PatternPicture
from tests.pictures import colourful, decoded
from tests.small_runs import quiet_pair, small_pair
from tests.unit.study.test_calibration import RANGES as FITTED
from tests.unit.study.test_calibration import learned, target
from tests.unit.study.test_discovery import fails_in_a_corner
from tests.unit.study.test_sensitivity import UNIT, design, linear

X, Y = np.array([0.5, 0.6, 0.7]), np.array([1.0, 2.0])
SHARES = np.array([[0.1, 0.5, 0.9], [0.0, 0.4, 1.0]])
LINES = PatternPicture(
    "Lines", "weeks", "gain", (Line("a", np.arange(3.0), np.arange(3.0), np.zeros(3), np.full(3, 2.0)),)
)
MAP = PatternPicture(
    "Map", "x", "y", x=X, y=Y, values=SHARES, value_label="chance", contours=(Contour("half", X[:2], Y),)
)  # fmt: skip
JUDGED = pd.DataFrame(
    {"budget": [50.0, 50.0, 200.0], "rank": [1, 2, 1], "lasts": [0.2, 0.1, 0.7], "lasts_low": [0.1, 0.05, 0.6],
     "lasts_high": [0.3, 0.2, 0.8], "replicates": [40, 40, 40]}
)  # fmt: skip


def of_a_mean_field(n_rests: int) -> MeanFieldPicture:
    """Return a mean field with one place or two to come to rest at."""
    rests = [
        SimpleNamespace(measures={"safety": 0.5 + 0.3 * k}, half_life_weeks=50.0 + k, is_stable=True)
        for k in range(n_rests)
    ]
    basins = SimpleNamespace(
        stable=rests, control=X, embedding=Y, ends_at=np.array([[0, 0, n_rests - 1], [0, 0, n_rests - 1]])
    )
    weeks = np.linspace(0.5, 0.7, 105)
    return MeanFieldPicture(
        "A service", "It lasts.", weeks, weeks - 0.1,
        BoundaryMap(
            MeanFieldAxis("control_norm", tuple(X)), MeanFieldAxis("critical_mass", tuple(Y)), SHARES, SHARES, SHARES
        ),
        (0.6, 1.5), [(value, rests) for value in (0.5, 0.6)], "control", basins,
    )  # fmt: skip


def of_sensitivity() -> Sensitivity:
    blocks = design("morris", UNIT, 80, seed=1)
    ranking = rank(blocks, linear(blocks, noise=0.3), seed=1)
    return Sensitivity(Scenario(title="A talk", weeks=230), OUTCOMES["persists"], UNIT, 1, ranking, None)


def of_calibration() -> Any:
    bands = np.linspace([0.2, 0.1], [1.8, 0.9], 5)
    return SimpleNamespace(
        ranges=FITTED, emulator=learned(), posterior=SimpleNamespace(bands=lambda: bands),
        defaults=np.array([1.0, 0.4]), targets=(target(),),
    )  # fmt: skip


MADE: dict[Callable[..., Figure], Iterable[Callable[[Theme], Figure]]] = {
    draw_run: [lambda theme: draw_run(small_pair(), "It fades.", theme)],
    draw_share: [lambda theme: draw_share(small_pair(), theme)],
    draw_comparison: [lambda theme: draw_comparison([small_pair(), quiet_pair()], "A: it fades.", theme)],
    draw_map: [
        lambda theme: draw_map(
            SHARES, SHARES / 2, SHARES, ("x", X), ("y", Y), title="T", lead="L", note="N", theme=theme
        )
    ],
    draw_budget: [lambda theme: draw_budget(JUDGED, title="T", theme=theme)],
    draw_picture: [lambda theme: draw_picture(LINES, theme), lambda theme: draw_picture(MAP, theme)],
    draw_mean_field: [
        lambda theme: draw_mean_field(of_a_mean_field(1), theme),
        lambda theme: draw_mean_field(of_a_mean_field(2), theme),
    ],
    sensitivity_page: [lambda theme: sensitivity_page(of_sensitivity(), theme)],
    discovery_page: [lambda theme: discovery_page(fails_in_a_corner(), theme)],
    calibration_page: [lambda theme: calibration_page(of_calibration(), theme)],
}
"""Each function that makes a figure of results, and figures of it."""


def small(figure: Figure, theme: Theme) -> bytes:
    """Return a figure as a small PNG: quick to draw, and large enough to see whether something is there."""
    buffer = io.BytesIO()
    with drawing(theme):
        figure.savefig(buffer, format="png", dpi=50)
    return buffer.getvalue()


def blank_axes(figure: Figure, png: bytes) -> list[str]:
    """Return the axes of a figure on which nothing has a colour."""
    pixels = decoded(png)
    is_colourful = colourful(pixels)
    height, width = is_colourful.shape
    blank = []
    for axes in figure.axes:
        box = axes.get_position()
        piece = is_colourful[
            round(height * (1 - box.y1)) : round(height * (1 - box.y0)), round(width * box.x0) : round(width * box.x1)
        ]
        if piece.mean() < 0.001:
            blank.append(f"{axes.get_title(loc='left') or axes.get_label() or 'axes'} at {box.bounds}: {piece.mean()}")
    return blank


def test_every_function_that_makes_a_figure_is_looked_at() -> None:
    found = set()
    for module in pkgutil.iter_modules(sim.plots.__path__, "sim.plots."):
        for name, function in vars(importlib.import_module(module.name)).items():
            made_here = inspect.isfunction(function) and function.__module__ == module.name
            if made_here and not name.startswith("_") and function.__annotations__.get("return") == "Figure":
                found.add(function)

    # A figure without anything on it yet is where the others begin.
    assert {function.__name__ for function in found} - {"new_figure"} == {function.__name__ for function in MADE}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("function", MADE, ids=lambda function: function.__name__)
def test_something_is_drawn_on_all_axes(function: Callable[..., Figure], theme: Theme) -> None:
    for make in MADE[function]:
        figure = make(theme)
        assert figure.axes
        assert blank_axes(figure, small(figure, theme)) == []


def test_axes_with_nothing_on_them_count_as_blank() -> None:
    figure = draw_budget(JUDGED, title="T")
    for artist in [*figure.axes[0].lines, *figure.axes[0].collections, *figure.axes[0].texts]:
        artist.remove()

    assert len(blank_axes(figure, small(figure, LIGHT))) == 1


def kept_figure(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """Return where figures that are drawn for the dashboard are kept."""
    kept: list[Figure] = []
    make = of_sessions._figure
    monkeypatch.setattr(of_sessions, "_figure", lambda *size: kept.append(make(*size)) or kept[-1])
    return kept


def test_the_picture_of_a_session_shows_its_futures(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = kept_figure(monkeypatch)
    png = of_sessions.picture(ExploreSession(load_scenario("shoestring-year")), "png")

    assert len(kept[0].axes) == 3
    assert blank_axes(kept[0], png) == []


def test_the_picture_of_a_comparison_shows_each_arm(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = kept_figure(monkeypatch)
    bands = [(np.linspace(0.5, 0.7, 105) + shift).tolist() for shift in (-0.1, -0.05, 0.0, 0.05, 0.1)]
    arms = [{"label": label, "bands": bands, "reference": bands[0]} for label in ("One", "Two")]
    png = of_sessions.comparison_picture({"arms": arms}, "png")

    assert len(kept[0].axes) == 2
    assert blank_axes(kept[0], png) == []


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_every_picture_of_a_film_shows_network_and_curves(theme: Theme) -> None:
    scenario = Scenario(title="A small service", weeks=8, organisation={"teams": 5, "team_size": 4})
    recording = record(scenario.with_entries(kind="dialogue", start_week=1, end_week=5), seed=3, weeks=None, every=1)
    screen = Screen(recording, theme, 480)
    for number in (0, 4, 8):
        is_colourful = colourful(screen.picture(number).astype(np.int16))
        left, right = np.array_split(is_colourful, 2, axis=1)
        assert left.mean() > 0.005
        assert right.mean() > 0.001 if number else True


@pytest.mark.parametrize("lesson", shipped_lessons(), ids=lambda lesson: lesson.slug)
def test_a_handout_that_asks_for_a_curve_has_axes_to_draw_it_on(lesson: Lesson) -> None:
    page = handout(lesson)
    if lesson.front_matter.predict.kind == "choose":
        assert "<svg" not in page
        assert page.count("<li>") >= len(lesson.front_matter.predict.choices)
        return
    axes = re.search(r"<svg.*?</svg>", page, re.DOTALL)
    assert axes is not None
    years = lesson.scenario().weeks // 52
    assert axes.group().count("<line") == 5 + years + 1
    assert [f">{year}</text>" in axes.group() for year in range(years + 1)] == [True] * (years + 1)
    assert axes.group().count("<circle") == (lesson.front_matter.predict.starts_at is not None)
