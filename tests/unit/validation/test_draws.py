"""Draws over what nobody has measured: all free parameters vary, all patterns judge, and a file of draws is checked."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.results.measures import Interval
from sim.rulebook.rulebook import RULEBOOK
from sim.validation.draws import (
    LOOKS,
    REPLICATES,
    Judge,
    free_ranges,
    make_draws,
    miss_of,
    read_making,
    values_at,
)  # fmt: skip
from sim.validation.pattern import PatternFinding, reading
from sim.validation.pattern_runs import PatternRuns, SparingPatternRuns
from sim.validation.runner import CALIBRATED
from sim.validation.subset import Method

RANGES = free_ranges()
SMALL = Method(first=60, samples=40, wanted=9, steps=2)


def near_the_middle(point: NDArray[np.float64], _: float) -> float:
    """Judge draws by two of their values, which takes no time."""
    return max(0.0, abs(float(point[0]) - 0.5) - 0.1, abs(float(point[1]) - 0.5) - 0.1)


def test_every_parameter_that_nobody_measured_varies() -> None:
    for name, one in RULEBOOK.parameters.items():
        is_free = one.grade in ("calibrated", "judgement", "assumption") and not one.is_reference
        assert (name in RANGES) == is_free
        assert not is_free or one.lowest <= RANGES[name][0] < RANGES[name][1] <= one.highest


def test_a_draw_is_judged_by_every_calibrated_pattern_with_all_its_runs() -> None:
    assert sorted(look.number for look in LOOKS) == sorted(one.number for one in CALIBRATED)
    assert REPLICATES >= 40
    assert Judge(1, RANGES).replicates == REPLICATES


@pytest.mark.slow
def test_more_weeks_than_a_look_takes_and_weeks_lived_through_twice_change_no_reading() -> None:
    patterns = {one.number: one for one in CALIBRATED}
    whole = PatternRuns(2, 1, 1)
    sparing = SparingPatternRuns(2, 1, 1, only_judged=True, longest=267)
    for look in LOOKS:
        sparing.weeks = look.weeks
        found, known = (patterns[look.number].measure(runs).readings for runs in (sparing, whole))
        assert repr([one for one in found if one.is_judged]) == repr([one for one in known if one.is_judged])


def test_values_lie_as_far_through_their_ranges_as_a_point_says() -> None:
    low, high = (values_at(np.full(len(RANGES), share), RANGES) for share in (0.0, 1.0))
    assert {name: pytest.approx((low[name], high[name])) for name in RANGES} == RANGES


@pytest.mark.parametrize(
    ("estimate", "low", "high", "missed"),
    [
        (0.60, 0.57, 0.67, 0.0),
        (0.57, 0.57, 0.67, 0.0),
        (0.72, 0.57, 0.67, 0.5),
        (0.10, 0.20, math.inf, 0.5),
        (1.10, -math.inf, 0.55, 1.0),
        (math.nan, 0.20, math.inf, math.inf),
    ],
)
def test_a_miss_is_counted_in_widths_of_the_tolerance(estimate: float, low: float, high: float, missed: float) -> None:
    assert miss_of(reading("it", Interval(estimate, estimate, estimate, 40), low, high)) == pytest.approx(missed)


class MeasuredAs:
    """A pattern that misses by as much as it is told, and knows whether it was measured."""

    def __init__(self, value: float) -> None:
        self.value, self.n_measured = value, 0

    def measure(self, _: PatternRuns) -> PatternFinding:
        self.n_measured += 1
        return PatternFinding((reading("it", self.value, 0.0, 1.0),))


def distance(**values: float) -> tuple[float, list[int]]:
    """Return how far a draw is from being kept, and which patterns were measured; those not named hold."""
    patterns = {look.number: MeasuredAs(values.get(f"_{look.number}", 0.5)) for look in LOOKS}
    found = Judge(1, RANGES, 8, patterns)(np.full(len(RANGES), 0.5))
    return found, [number for number, one in patterns.items() if one.n_measured]


def test_a_draw_is_kept_only_if_all_patterns_hold() -> None:
    assert distance() == (0.0, [look.number for look in LOOKS])
    for look in LOOKS:
        assert distance(**{f"_{look.number}": 1.01})[0] > 0.0


def test_a_pattern_that_is_not_come_to_is_not_measured() -> None:
    assert distance(_9=2.0, _28=2.0) == (6.5, [1, 3, 9])


def test_a_greater_miss_is_further_but_never_further_than_the_pattern_before() -> None:
    far = [distance(_3=value)[0] for value in (1.1, 2.0, 50.0, math.nan)]
    assert far == sorted(far)
    assert distance(_1=1.001)[0] > far[-1]
    assert distance(_9=math.nan)[0] < far[0]


def test_going_on_comes_to_the_same_draws(tmp_path: Path) -> None:
    whole, parted = tmp_path / "whole.json", tmp_path / "parted.json"
    list(make_draws(whole, 1, SMALL, judge=near_the_middle))
    n_starts = 0
    while not parted.exists() or not read_making(parted).sampling.is_done:
        next(make_draws(parted, 1, SMALL, threads=3, judge=near_the_middle))
        n_starts += 1
    assert n_starts > 3
    assert whole.read_bytes() == parted.read_bytes()
    kept = read_making(whole).draws
    assert len(kept) == SMALL.wanted
    for name in list(RANGES)[:2]:
        low, high = RANGES[name]
        assert all(0.4 <= (draw[name] - low) / (high - low) <= 0.6 for draw in kept)


def test_chains_go_on_where_more_steps_are_wanted(tmp_path: Path) -> None:
    path, whole = tmp_path / "draws.json", tmp_path / "whole.json"
    more = SMALL.model_copy(update={"steps": 5})
    list(make_draws(path, 1, SMALL, judge=near_the_middle))
    list(make_draws(path, 1, more, judge=near_the_middle))
    list(make_draws(whole, 1, more, judge=near_the_middle))
    assert path.read_bytes() == whole.read_bytes()
    with pytest.raises(InputError, match="name another file"):
        list(make_draws(path, 1, SMALL, judge=near_the_middle))


def test_another_seed_or_method_does_not_go_on_with_a_file(tmp_path: Path) -> None:
    path = tmp_path / "draws.json"
    next(make_draws(path, 1, SMALL, judge=near_the_middle))
    before = path.read_bytes()
    for seed, method in ((2, SMALL), (1, Method(samples=48))):
        with pytest.raises(InputError, match="name another file"):
            list(make_draws(path, seed, method, judge=near_the_middle))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it["sampling"]["points"][0][0].pop(), "a point and a score of every chain"),
        (lambda it: it["sampling"]["points"][0][0].__setitem__(0, 1.5), "0 to 1"),
        (lambda it: it["sampling"].update(seed=2), "of the plan"),
        (lambda it: it["plan"].update(seed=-1), "plan.seed"),
        (lambda it: it["plan"]["ranges"].update(no_such=[0, 1]), "name of a parameter"),
    ],
)
def test_a_file_that_was_changed_is_refused(tmp_path: Path, change: Callable[[Any], None], said: str) -> None:
    path = tmp_path / "draws.json"
    list(make_draws(path, 1, SMALL, judge=near_the_middle))
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=said):
        read_making(path)


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "draws.json"
    path.write_text("{")
    with pytest.raises(InputError, match="JSON"):
        read_making(path)
