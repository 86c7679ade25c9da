"""Figures: the same bytes for the same runs, nothing outside the page, colours that everybody can tell apart."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from sim.inputs.interventions.attention import Attention
from sim.inputs.scenario.description import Scenario
from sim.plots import DARK, LIGHT, Theme, draw_comparison, draw_run, figure_bytes, theme_named
from sim.plots.comparison_page import MOST_SCENARIOS
from sim.plots.funnel import GATES, moments, of_100_opportunities
from sim.plots.labels import shortened, spread, text_width, wrapped
from sim.plots.style import drawing
from sim.plots.timeline import MOST_LANES, lanes
from sim.results.ensemble import PairedEnsemble
from tests.small_runs import SHAPE, YEAR, pair_made_by_hand, quiet_pair, small_pair

ROOT = Path(__file__).parents[3]
LONG_TITLE = "A title so long that it cannot be set in one line " * 3
MANY = Scenario(name="many", title=LONG_TITLE, organisation=SHAPE).replace(
    timeline=[
        {"kind": "coach_senior_leaders", "start_week": 0, "end_week": 52},
        {"kind": "coach_team_leaders", "start_week": 10, "end_week": 80, "intensity": 0.5, "ramp_weeks": 20},
        {"kind": "dialogue", "start_week": 0, "end_week": 52},
        {"kind": "train_facilitators", "start_week": 8, "end_week": 112},
        {"kind": "train_facilitators", "start_week": 112, "share_per_week": 0.0008},
        {"kind": "leaders_leave", "week": 58, "how_many": 2},
        {"kind": "leaders_leave", "week": 300, "which": [1]},
        {"kind": "shock", "start_week": 60, "end_week": 75},
        {"kind": "assurance", "start_week": 100, "control_norm": 0.5},
        {"kind": "committee", "start_week": 20, "end_week": 120, "members": 4},
        {"kind": "induction", "start_week": 52, "end_week": 156},
        {"kind": "protect_time", "start_week": 0, "end_week": 104},
        {"kind": "appointments", "start_week": 52},
        {"kind": "hiring_freeze", "start_week": 200, "end_week": 230},
        {"kind": "turnover_surge", "start_week": 330, "end_week": 360},
        {"kind": "change_parameter", "start_week": 400, "name": "pull_to_control", "value": 0.02},
    ]
)
TEN = MANY.replace(timeline=MANY.timeline[:10])


def made(scenario: Scenario, replicates: int = 4) -> PairedEnsemble:
    """Return runs with some noise, so that there are bands."""
    noise = np.random.default_rng(1).normal(0, 0.02, (replicates, scenario.weeks + 1))
    rise = np.minimum(np.arange(scenario.weeks + 1) / 52, 1.0) * 0.25
    return pair_made_by_hand(scenario, {"safe_share": 0.6 + rise + noise}, {"safe_share": 0.6 + noise}, replicates)


PAGES = {
    "nothing is done": lambda: quiet_pair(),
    "a few weeks": lambda: small_pair(),
    "one replicate": lambda: small_pair(1),
    "one week": lambda: made(YEAR.replace(weeks=1)),
    "ten entries": lambda: made(TEN),
    "sixteen entries": lambda: made(MANY),
    "twenty years": lambda: made(TEN.replace(weeks=1040)),
}


def texts_outside(figure: Figure) -> list[str]:
    """Return the texts of a figure that are cut by its edge."""
    with drawing(LIGHT):
        figure.canvas.draw()
        page = figure.bbox
        found = [
            artist for artist in figure.findobj(matplotlib.text.Text) if artist.get_visible() and artist.get_text()
        ]
        boxes = [(artist.get_text(), artist.get_window_extent()) for artist in found]
    return [text for text, box in boxes if box.x0 < -1 or box.x1 > page.x1 + 1 or box.y0 < -1 or box.y1 > page.y1 + 1]


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_every_page_keeps_its_texts_on_the_page(name: str) -> None:
    headline = "The shift does not last. With support, up to 25 more staff in 100 felt safe to speak up. " * 3
    assert texts_outside(draw_run(PAGES[name](), headline)) == []


def test_a_page_in_dark_is_dark() -> None:
    figure = draw_run(small_pair(), "", DARK)
    assert matplotlib.colors.to_hex(figure.axes[0].get_facecolor()) == DARK.background


def test_facilitators_are_drawn_where_they_are_trained() -> None:
    def titles(paired: PairedEnsemble) -> str:
        return " ".join(text.get_text() for text in draw_run(paired).findobj(matplotlib.text.Text))

    assert "critical" in titles(made(TEN))
    assert "critical" not in titles(small_pair())


@pytest.mark.parametrize("n_scenarios", [1, 2, MOST_SCENARIOS])
def test_comparisons_of_few_and_many_stay_on_the_page(n_scenarios: int) -> None:
    pairs = [made(TEN.replace(title=f"Scenario number {place}"), 3) for place in range(n_scenarios)]
    assert texts_outside(draw_comparison(pairs, "A: the shift lasts.")) == []


def test_a_comparison_where_nothing_is_defined_is_drawn() -> None:
    assert texts_outside(draw_comparison([quiet_pair(), quiet_pair(), small_pair()])) == []


def test_drawing_leaves_the_settings_of_matplotlib_alone() -> None:
    before = dict(matplotlib.rcParams)
    draw_run(small_pair(), "", DARK)
    assert dict(matplotlib.rcParams) == before


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("image_format", ["png", "svg"])
def test_the_same_runs_give_the_same_bytes(image_format: Any) -> None:
    first, second = (figure_bytes(draw_run(small_pair(), "Same."), image_format, LIGHT, "T", "W") for _ in range(2))
    assert first == second


def test_another_process_with_other_settings_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("font.size: 30\naxes.grid: True\nsvg.fonttype: none\nlines.linewidth: 9\n")
    code = (
        "import hashlib, sys; from tests.small_runs import small_pair; from sim.plots import *;"
        "f = draw_run(small_pair(), 'Same.');"
        "print(*(hashlib.sha256(figure_bytes(f, x, LIGHT, 'T', 'W')).hexdigest() for x in ('png', 'svg')))"
    )
    environment = {**os.environ, "MATPLOTLIBRC": str(tmp_path), "PYTHONHASHSEED": "77"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip

    figure = draw_run(small_pair(), "Same.")
    own = [hashlib.sha256(figure_bytes(figure, kind, LIGHT, "T", "W")).hexdigest() for kind in ("png", "svg")]
    assert done.stdout.split() == own


def test_an_svg_speaks_to_those_who_cannot_see_it() -> None:
    svg = figure_bytes(draw_run(small_pair()), "svg", LIGHT, "A <title>", "Words & more").decode()
    assert '<title id="title">A &lt;title&gt;</title>' in svg
    assert '<desc id="words">Words &amp; more</desc>' in svg
    assert 'role="img"' in svg
    assert "<dc:date>" not in svg


def test_dollars_and_brackets_in_titles_are_drawn_as_they_are() -> None:
    paired = made(YEAR.replace(title=r"What $5 buys: x_1 $\frac{ [b] \{", weeks=60))
    assert texts_outside(draw_run(paired, "Costs $5 and $6 [each].")) == []


def test_letters_that_the_font_lacks_are_drawn_without_a_warning() -> None:
    paired = made(YEAR.replace(title="A \x1b[2J talk \N{HIRAGANA LETTER A}", weeks=60))
    assert figure_bytes(draw_run(paired, "It lasts."), "png", LIGHT)


# --- parts ------------------------------------------------------------------------------------------------------------


def test_few_entries_have_a_lane_each_and_many_share_by_kind() -> None:
    assert len(lanes(TEN)) == len(TEN.timeline)
    shared = lanes(MANY)
    assert len(shared) == MOST_LANES
    assert any(lane.label == "Train internal facilitators (2 entries)" for lane in shared)
    assert shared[-1].label.endswith("and 5 more")


def test_what_leaders_mean_to_do_has_a_lane_for_each_of_them() -> None:
    quarters = [
        Attention(start_week=4 * k, end_week=4 * k + 4, which=(chair,), purpose=0.1, staff=0.1, leaders=0.01 * k)
        for chair in (1, 2, 3)
        for k in range(4)
    ]
    shared = lanes(TEN.replace(timeline=()).with_entries(*quarters))
    assert [lane.label for lane in shared] == [
        f"How leaders spend their time: {title} (4 entries)"
        for title in ("Medical Director", "Operations Director", "Nurse Director")
    ]
    assert all({entry.which for entry in lane.entries} == {(k,)} for k, lane in enumerate(shared, 1))


def test_entries_after_the_end_of_the_run_have_no_lane() -> None:
    assert len(lanes(TEN.replace(weeks=9))) == 3


def test_labels_say_how_much_where_it_is_not_usual() -> None:
    said = {entry.label() for entry in MANY.timeline}
    assert {"Coach the senior leaders", "Coach the team leaders (x 0.5)", "2 senior leaders leave"} <= said
    assert {"1 senior leader leaves", "Assurance demands (norm to 50)", "pull_to_control = 0.02"} <= said


def test_the_funnel_counts_of_100_opportunities() -> None:
    counts = {"opportunities": 200.0, "voiced": 120.0, "joined": 80.0, "well_received": 40.0, "learned": 10.0}
    paired = pair_made_by_hand(YEAR, counts, counts)
    before = moments(paired)[0]
    assert [of_100_opportunities(before, measure).estimate for measure, _ in GATES] == [60.0, 40.0, 20.0, 5.0]


def test_the_funnel_is_shown_before_when_support_ends_and_later() -> None:
    assert [moment.words for moment in moments(made(TEN))] == ["before", "end of support", "4 years later"]
    assert [moment.words for moment in moments(small_pair())] == ["before", "end of support", "end of the run"]
    assert [moment.words for moment in moments(quiet_pair())] == ["before", "end of the run"]


def test_a_service_without_opportunities_has_a_funnel_all_the_same() -> None:
    none = dict.fromkeys(("opportunities", "voiced", "joined", "well_received", "learned"), 0.0)
    assert texts_outside(draw_run(pair_made_by_hand(YEAR, none, none))) == []


# --- labels -----------------------------------------------------------------------------------------------------------

heights = st.lists(st.floats(0, 1), max_size=8)


@given(places=heights, distance=st.floats(0.01, 0.5))
def test_labels_keep_their_distance_their_order_and_their_room(places: list[float], distance: float) -> None:
    moved = spread(places, distance, 0.0, 1.0)
    kept = min(distance, 1.0 / max(1, len(places) - 1))
    order = sorted(range(len(places)), key=lambda k: places[k])
    in_order = [moved[k] for k in order]
    assert all(later - earlier >= kept - 1e-9 for earlier, later in itertools.pairwise(in_order))
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in moved)


@given(places=heights)
def test_labels_that_are_far_apart_stay_where_they_are(places: list[float]) -> None:
    apart = sorted({round(place, 1) for place in places})
    assert spread(apart, 0.05, 0.0, 1.0) == pytest.approx(apart)


@given(text=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60), room=st.floats(10, 200))
def test_shortened_text_fits(text: str, room: float) -> None:
    kept = shortened(text, 10.0, room)
    assert not kept or text_width(kept, 10.0) <= room
    assert text.startswith(kept.removesuffix("...")) or kept == text


def test_wrapped_text_keeps_its_words_in_lines_that_fit() -> None:
    text = "one two three four five six seven eight nine ten"
    lines = wrapped(text, 10.0, 90.0, most_lines=20)
    assert " ".join(lines) == text
    assert all(text_width(line, 10.0) <= 90.0 for line in lines)
    assert wrapped(text, 10.0, 90.0, most_lines=2)[-1].endswith("...")


# --- colours ----------------------------------------------------------------------------------------------------------

# How the colours of a screen look to those who lack one kind of cone: Machado, Oliveira and Fernandes 2009, severity 1.
BLINDNESS = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour: str) -> np.ndarray:
    value = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of the Web Content Accessibility Guidelines, 1 to 21."""
    first, second = (float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Return CIE L*a*b* of a linear colour of a screen (D65)."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    x, y, z = (np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_text_can_be_read_on_its_paper(theme: Theme) -> None:
    assert contrast(theme.ink, theme.background) >= 7
    assert contrast(theme.muted, theme.background) >= 7
    for colour in (theme.arm, theme.seniors, theme.teams, theme.purpose, theme.facilitators, theme.baseline):
        assert contrast(colour, theme.background) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_lines_can_be_seen_on_their_paper(theme: Theme) -> None:
    assert min(contrast(colour, theme.background) for colour in theme.sequence) >= 2.5


@pytest.mark.parametrize("blindness", [None, *BLINDNESS])
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_colour_blind_can_tell_colours_apart(theme: Theme, blindness: str | None) -> None:
    """Ten is more than three times the difference that can just be noticed side by side."""
    seen_as = np.array(BLINDNESS[blindness]) if blindness else np.eye(3)
    measures = (theme.seniors, theme.teams, theme.purpose, theme.facilitators)
    for colours in (theme.sequence, measures, (theme.arm, theme.baseline)):
        seen = [lab(seen_as @ linear(colour)) for colour in colours]
        apart = {
            (colours[i], colours[j]): float(np.linalg.norm(seen[i] - seen[j]))
            for i, j in itertools.combinations(range(len(colours)), 2)
        }
        assert min(apart.values()) >= 10, sorted((v, k) for k, v in apart.items())[:3]


def test_themes_are_found_by_name() -> None:
    assert (theme_named("light"), theme_named("dark")) == (LIGHT, DARK)


def texts_of(figure: Figure) -> set[str]:
    return {text.get_text() for axes in figure.axes for text in (*axes.get_xticklabels(), *axes.texts)}


@pytest.mark.parametrize(("weeks", "expected"), [(416, {"Apr 2027", "Apr 2029"}), (60, {"1 Apr 2027", "30 Dec 2027"})])
def test_the_axis_of_time_has_dates_where_they_are_known(weeks: int, expected: set[str]) -> None:
    scenario = YEAR.replace(weeks=weeks, start="2027-04-01")

    assert expected <= texts_of(draw_run(made(scenario), headline=""))
    assert "support ends, 24 Jun 2027" in texts_of(draw_run(made(scenario), headline=""))
    assert not expected & texts_of(draw_run(made(scenario.replace(start=None)), headline=""))


def test_dates_of_a_comparison_stand_only_where_all_begin_on_one_day() -> None:
    one, other = made(YEAR.replace(weeks=416, start="2027-04-01")), made(YEAR.replace(weeks=416))

    assert "Apr 2029" in texts_of(draw_comparison([one, one], headline=""))
    assert "Apr 2029" not in texts_of(draw_comparison([one, other], headline=""))
