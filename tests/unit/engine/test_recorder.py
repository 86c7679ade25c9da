"""The weekly table: what each row and measure means (``pairing/test_twin.py`` compares values with plain Python)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.engine.recorder import AGREES_ABOVE, MEASURE_NAMES, MEASURES, N_MEASURES
from sim.inputs.organisation import STAFF_GROUP_NAMES
from tests.worlds import Case, case_of, live, organisation_of

PLACE = {name: place for place, name in enumerate(MEASURE_NAMES)}


def row_of(case: Case, n_weeks: int = 3) -> dict[str, float]:
    return dict(zip(MEASURE_NAMES, live(case, n_weeks)[-1, 0].tolist(), strict=True))


def record_now(case: Case) -> dict[str, float]:
    return row_of(case, 0)


def test_every_measure_has_a_name_of_its_own_and_is_explained() -> None:
    assert len(set(MEASURE_NAMES)) == N_MEASURES
    assert all(measure.label and measure.unit and measure.meaning for measure in MEASURES)
    assert len({measure.label for measure in MEASURES}) == N_MEASURES


def test_every_staff_group_has_its_measures() -> None:
    for name in STAFF_GROUP_NAMES:
        assert {f"safe_share_{name}", f"safety_{name}", f"voice_{name}"} <= set(MEASURE_NAMES)


def test_the_table_has_a_row_before_and_after_every_week(tiny_case: Case) -> None:
    start = record_now(tiny_case)
    table = live(tiny_case, 4)

    assert table.shape == (5, 1, N_MEASURES)
    assert table[0, 0, PLACE["safety"]] == start["safety"]
    assert record_now(tiny_case)["safety"] == table[4, 0, PLACE["safety"]]


def test_agreeing_begins_above_three_and_a_half_of_five(tiny_case: Case) -> None:
    staff = tiny_case.world.staff
    staff["safety"] = [AGREES_ABOVE] * 7 + [np.nextafter(AGREES_ABOVE, 1)] * 7

    assert AGREES_ABOVE == (3.5 - 1) / 4
    assert record_now(tiny_case)["safe_share"] == 0.5


def test_somebody_is_embedded_with_all_four_habits_at_half_or_above(tiny_case: Case) -> None:
    staff = tiny_case.world.staff
    for name in ("habit_voice", "habit_team", "habit_fail", "habit_learn"):
        staff[name] = 0.5
    staff["habit_fail"][:7] = 0.4999

    assert record_now(tiny_case)["embedded_share"] == 0.5


def test_the_funnel_counts_how_far_opportunities_came(tiny_case: Case) -> None:
    tiny_case.world.staff["outcome"] = [0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 5, 5, 6, 6]
    row = record_now(tiny_case)

    assert [row[name] for name in ("opportunities", "voiced", "joined", "well_received", "learned", "punished")] == [
        12, 9, 7, 5, 2, 1,
    ]  # fmt: skip
    assert [row[name] for name in ("feel_safe", "team_up", "fail_well", "learn_fast")] == [9 / 12, 7 / 9, 5 / 7, 2 / 5]


def test_a_norm_without_events_is_unknown_rather_than_zero(tiny_case: Case) -> None:
    tiny_case.world.staff["outcome"] = 0
    row = record_now(tiny_case)

    assert row["opportunities"] == 0
    assert all(math.isnan(row[name]) for name in ("feel_safe", "team_up", "fail_well", "learn_fast"))


def test_a_staff_group_without_staff_is_unknown_rather_than_zero(tiny_case: Case) -> None:
    tiny_case.world.staff["staff_group"] = 1
    row = record_now(tiny_case)

    assert row["safety_nursing"] == pytest.approx(row["safety"])
    assert math.isnan(row["safety_medical"])
    assert math.isnan(row["safe_share_medical"])


def test_clustering_is_one_when_teams_agree_within_and_differ_between() -> None:
    case = case_of(organisation_of([[5, 3, 8]]))
    case.world.staff["safety"] = np.repeat([0.2, 0.5, 0.9], [5, 3, 8])

    assert record_now(case)["safety_icc"] == pytest.approx(1.0)


def test_clustering_is_nothing_when_teams_are_alike() -> None:
    case = case_of(organisation_of([[500, 500]]))
    case.world.staff["safety"] = np.tile(np.linspace(0, 1, 500), 2)

    assert record_now(case)["safety_icc"] == pytest.approx(0.0, abs=0.005)


def test_clustering_is_unknown_with_one_team() -> None:
    assert math.isnan(record_now(case_of(organisation_of([[5]])))["safety_icc"])


def test_the_organisation_is_the_sum_of_its_services() -> None:
    organisation = organisation_of([[4, 3], [5, 2, 6]])
    table = live(case_of(organisation), 8, n_parts=3)[-1]
    n_staff = np.array([7, 13])
    for name in ("opportunities", "voiced", "staff_leavers"):
        assert table[0, PLACE[name]] == table[1:, PLACE[name]].sum()
    for name in ("safety", "pressure", "backlog", "coherence", "facilitation"):
        assert table[0, PLACE[name]] == pytest.approx((table[1:, PLACE[name]] * n_staff).sum() / 20)
