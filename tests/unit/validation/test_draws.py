"""Draws over what nobody has measured: every free parameter varies, and a file of draws is checked when it is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.base.errors import InputError
from sim.results.measures import Interval
from sim.rulebook.rulebook import RULEBOOK
from sim.validation import draws as making
from sim.validation.draws import Draw, Draws, Plan, free_ranges, make_draws, read_draws, values_of
from sim.validation.pattern import reading
from sim.validation.runner import CALIBRATED


def test_every_parameter_that_nobody_measured_varies() -> None:
    free = free_ranges()
    for name, one in RULEBOOK.parameters.items():
        is_free = one.grade in ("calibrated", "judgement", "assumption") and not one.is_reference
        assert (name in free) == is_free
        assert not is_free or one.lowest <= free[name][0] < free[name][1] <= one.highest


def test_the_last_look_is_at_every_calibrated_pattern() -> None:
    last = making.LOOKS[-1]
    assert sorted(last.numbers) == sorted(one.number for one in CALIBRATED)
    assert last.is_last
    assert last.replicates >= 40


def test_a_draw_depends_on_its_number_and_seed_alone() -> None:
    ranges = free_ranges()
    one = values_of(7, 1, ranges)
    assert one == values_of(7, 1, ranges)
    assert one != values_of(8, 1, ranges)
    assert one != values_of(7, 2, ranges)
    assert all(low <= one[name] <= high for name, (low, high) in ranges.items())


def test_an_early_look_spares_what_chance_may_have_moved() -> None:
    near = reading("a share", Interval(0.5, 0.3, 0.7, 4), 0.6, 0.8)
    far = reading("a share", Interval(0.3, 0.2, 0.4, 4), 0.6, 0.8)
    assert [making._is_out(near, False), making._is_out(far, False)] == [False, True]
    assert making._is_out(near, True)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge draws by one of their values, which takes no time."""
    monkeypatch.setattr(making._Judge, "fails", lambda _, v: None if v["witness_weight"] < 0.2 else "look 1, pattern 1")


@pytest.mark.usefixtures("quick")
def test_going_on_comes_to_the_same_draws(tmp_path: Path) -> None:
    whole, parted = tmp_path / "whole.json", tmp_path / "parted.json"
    list(make_draws(whole, wanted=9))
    next(make_draws(parted, wanted=9))
    list(make_draws(parted, wanted=9))
    assert whole.read_bytes() == parted.read_bytes()
    assert len(read_draws(whole).kept) == 9


@pytest.mark.usefixtures("quick")
def test_another_seed_does_not_go_on_with_a_file(tmp_path: Path) -> None:
    path = tmp_path / "draws.json"
    list(make_draws(path, most=20))
    before = path.read_bytes()
    with pytest.raises(InputError, match="name another file"):
        list(make_draws(path, seed=2, most=40))
    assert path.read_bytes() == before


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it["kept"][0]["values"].update(witness_weight=0.15), "the values that its number"),
        (lambda it: it.update(tried=it["tried"] + 1), "as many as went and were kept"),
        (lambda it: it["kept"].reverse(), "in their order"),
        (lambda it: it["plan"].update(seed=-1), "plan.seed"),
        (lambda it: it["plan"]["ranges"].update(no_such=[0, 1]), "name of a parameter"),
    ],
)
def test_a_file_that_was_changed_is_refused(tmp_path: Path, change: Callable[[Any], None], said: str) -> None:
    path = tmp_path / "draws.json"
    list(make_draws(path, wanted=3))
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=said):
        read_draws(path)


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "draws.json"
    path.write_text("{")
    with pytest.raises(InputError, match="JSON"):
        read_draws(path)


def test_the_share_kept_is_of_those_looked_at() -> None:
    draws = Draws(plan=Plan.today(1), tried=4, gone={"look 1, pattern 1": 3}, kept=[Draw(number=2, values={})])
    assert draws.share_kept == 0.25
