"""The answer in words: it follows the weekly series, and nothing else."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario, shipped_scenarios
from sim.report import (
    against_what,
    answer,
    compare_in_words,
    comparison_headline,
    comparison_rows,
    judging_date,
    summary_records,
    summary_rows,
)
from sim.results.comparison import judged_alike
from sim.results.ensemble import PairedEnsemble, run_paired
from tests.small_runs import NOTHING, SHAPE, YEAR, pair_made_by_hand, quiet_pair, small_pair

WEEKS = 320
YEAR_OF_SUPPORT = Scenario(name="made", title="Made by hand", weeks=WEEKS, organisation=SHAPE).with_entries(
    kind="coach_senior_leaders", start_week=0, end_week=52
)


def ramp(start: float, peak: float, half_life: float | None, weeks: int = WEEKS, end: int = 52) -> np.ndarray:
    """Return a series that is at ``peak`` from a quarter before ``end``, and falls back by halves or stays.

    It stays at its peak for seven weeks after ``end``, so that an average over a quarter still finds it.
    """
    week = np.arange(weeks + 1)
    rise = np.minimum(week / (end - 13), 1.0)
    fall = np.ones(weeks + 1) if half_life is None else 0.5 ** (np.maximum(week - end - 7, 0) / half_life)
    return start + (peak - start) * rise * fall


def made(arm: dict[str, Any], scenario: Scenario = YEAR_OF_SUPPORT, replicates: int = 10) -> PairedEnsemble:
    flat = np.full(scenario.weeks + 1, 0.6)
    baseline = {"safe_share": flat, "team_leader_control": flat + 0.1, "senior_leader_control": flat + 0.1}
    baseline |= {"coherence": flat - 0.4, "embedded_share": flat * 0}
    return pair_made_by_hand(scenario, {**baseline, **arm}, baseline, replicates)


def fading(**arm: Any) -> PairedEnsemble:
    return made({"safe_share": ramp(0.6, 0.85, 60), **arm})


def rows_of(paired: PairedEnsemble) -> dict[str, tuple[str, str, str]]:
    return {row.label: (row.value, row.interval, row.baseline) for row in summary_rows(paired)}


# --- the verdict ------------------------------------------------------------------------------------------------------


def test_a_gain_that_is_lost_does_not_last() -> None:
    told = answer(fading())
    assert told.verdict == "The shift does not last."
    assert "up to 25 more staff in 100 felt safe to speak up than without it" in told.story
    assert "In 0 of 10 runs" in told.story


def test_a_gain_that_stays_lasts() -> None:
    told = answer(made({"safe_share": ramp(0.6, 0.85, None)}))
    assert told.verdict == "The shift lasts."
    assert "In 10 of 10 runs" in told.story


def test_runs_that_disagree_could_go_either_way() -> None:
    safe = np.stack([ramp(0.6, 0.85, None if number % 2 else 40) for number in range(10)])
    assert answer(made({"safe_share": safe})).verdict == "It could go either way."


def test_a_gain_too_small_to_matter_is_no_shift() -> None:
    told = answer(made({"safe_share": ramp(0.6, 0.61, None)}))
    assert told.verdict == "There is no shift to speak of."


def test_a_loss_is_called_harm() -> None:
    told = answer(made({"safe_share": ramp(0.6, 0.5, 40)}))
    assert told.verdict == "It does harm."
    assert "10 fewer staff in 100" in told.story


def test_nothing_done_is_no_gain_whatever_the_numbers_do() -> None:
    told = answer(quiet_pair())
    assert told.verdict == "Nothing is done, so there is no gain."
    assert "stays as it is" not in str(told)
    assert told.reasons == ()


def test_a_change_after_support_without_a_shift_is_told_as_such() -> None:
    safe = np.full(WEEKS + 1, 0.6)
    safe[120:] = 0.45
    told = answer(made({"safe_share": safe}))
    assert told.verdict == (
        "While support lasts there is no difference to speak of; later the culture becomes less safe."
    )
    assert "At the end of the run 15 fewer staff in 100 feel safe to speak up" in told.story


def test_a_passing_change_is_told_with_its_week() -> None:
    safe = np.full(WEEKS + 1, 0.6)
    safe[100:140] = 0.5
    scenario = YEAR_OF_SUPPORT.replace(timeline=()).with_entries(kind="assurance", start_week=100, control_norm=0.9)
    told = answer(made({"safe_share": safe}, scenario))
    assert told.verdict == "The culture ends about as it was."
    assert re.search(r"The difference is greatest in week 1[0-3]\d: 10 fewer staff in 100\.", told.story)


@pytest.mark.parametrize(("weeks", "when"), [(52, "while support still goes on"), (90, "9 months after support ends")])
def test_a_run_that_ends_too_soon_is_not_judged(weeks: int, when: str) -> None:
    scenario = YEAR_OF_SUPPORT.replace(weeks=weeks)
    told = answer(made({"safe_share": ramp(0.6, 0.85, 60, weeks)}, scenario))
    assert told.verdict == f"It is too early to say whether the shift lasts: the run ends {when}."


@pytest.mark.parametrize(
    ("level", "verdict"), [(0.4, "becomes less safe"), (0.8, "becomes safer"), (0.6, "ends about as it was")]
)
def test_without_support_the_end_of_the_run_is_judged(level: float, verdict: str) -> None:
    scenario = YEAR_OF_SUPPORT.replace(timeline=()).with_entries(kind="assurance", start_week=5, control_norm=0.9)
    told = answer(made({"safe_share": ramp(0.6, level, None)}, scenario))
    assert verdict in told.verdict


def test_one_replicate_says_little() -> None:
    told = answer(made({"safe_share": ramp(0.6, 0.85, 60)}, replicates=1))
    assert told.verdict == "The shift does not last."
    assert "one run says little" in told.story
    assert "nan" not in str(told)


def test_another_scenario_is_called_by_its_title() -> None:
    other = NOTHING.replace(title="A hard winter", name="other").with_entries(kind="shock", start_week=3, end_week=9)
    told = answer(run_paired(YEAR, 4, seed=3, compare_with=other))
    assert 'than in "A hard winter"' in str(told)


def test_what_only_happens_is_no_gain() -> None:
    scenario = YEAR_OF_SUPPORT.replace(timeline=()).with_entries(kind="shock", start_week=3, end_week=9)
    assert answer(made({}, scenario)).verdict == "Nothing is done, so there is no gain."


def test_where_the_baseline_holds_most_feel_safe_either_way_is_said_first() -> None:
    high = {"safe_share": np.full(WEEKS + 1, 0.8)}
    told = answer(pair_made_by_hand(YEAR_OF_SUPPORT, {"safe_share": ramp(0.8, 0.95, 60)}, high))
    first = "Most feel safe either way (with nothing done 80 in 100 over the last year). "
    assert told.verdict == f"{first}The shift does not last."
    assert told.headline.startswith(first)


def with_upkeep(persists_without: bool) -> PairedEnsemble:
    """Training that goes on to the end, and a third run in which it stops with outside support."""
    scenario = YEAR_OF_SUPPORT.with_entries(kind="train_facilitators", start_week=8)
    flat = {"safe_share": np.full(WEEKS + 1, 0.6)}
    paired = pair_made_by_hand(scenario, {"safe_share": ramp(0.6, 0.85, None)}, flat)
    third = ramp(0.6, 0.85, None if persists_without else 40)
    stopped = pair_made_by_hand(scenario.without_upkeep(), {"safe_share": third}, flat).arm
    return replace(paired, without_upkeep=stopped)


@pytest.mark.parametrize(("persists", "share"), [(True, "100 %"), (False, "0 %")])
def test_the_answer_says_what_is_left_with_upkeep_and_without(persists: bool, share: str) -> None:
    told = answer(with_upkeep(persists))
    assert "78 days a year of upkeep that go on being paid to the end of the run (Train internal facil" in told.story
    assert (
        f"if they stop with outside support, more than half is left after four years in {share} of runs" in told.story
    )
    assert f"Persists in 100 % of runs with 78 days of upkeep a year, in {share} if it stops." in told.headline


def test_upkeep_and_what_persists_without_it_are_rows_of_the_table() -> None:
    rows = rows_of(with_upkeep(persists_without=False))
    assert rows["Upkeep after support, in days a year"][0] == "78"
    assert rows["Persists if the upkeep stops, share of runs"][:2] == ("0 %", "0 to 28 %")


def test_a_third_run_stops_what_is_paid_after_support() -> None:
    scenario = YEAR.with_entries(kind="train_facilitators", start_week=4, share_per_week=0.1)
    paired = run_paired(scenario, 2, seed=3)
    plain = run_paired(scenario.without_upkeep(), 2, seed=3)

    assert paired.without_upkeep is not None
    stopped, whole = paired.without_upkeep.weekly, paired.arm.weekly
    assert np.array_equal(stopped, plain.arm.weekly, equal_nan=True)
    assert np.array_equal(stopped[:, :13], whole[:, :13], equal_nan=True)
    assert not np.array_equal(stopped, whole, equal_nan=True)
    assert run_paired(YEAR, 2, seed=3).without_upkeep is None


def test_programmes_that_are_compared_are_judged_from_one_week() -> None:
    longer = YEAR_OF_SUPPORT.replace(name="longer", timeline=()).with_entries(
        kind="coach_senior_leaders", start_week=0, end_week=104
    )
    pairs = judged_alike([fading(), made({"safe_share": ramp(0.6, 0.85, 60, end=104)}, longer)])

    assert [paired.support_end_week for paired in pairs] == [104, 104]
    assert judging_date(pairs) == (
        "All are judged from week 104 on, when the last outside support of any of them ends."
    )
    alone = fading().retained(2)
    assert pairs[0].retained(1) == pytest.approx(alone)


def test_a_run_too_short_is_not_judged_and_nothing_like_0_percent() -> None:
    short = made({"safe_share": ramp(0.6, 0.85, 60, 90)}, YEAR_OF_SUPPORT.replace(weeks=90))

    assert not short.is_judged
    assert short.summary()["persists"].n == 0
    assert rows_of(short)["Persists, share of runs"][0] == "not judged: run too short"
    (persists,) = (row for row in comparison_rows([short, short]) if row[0].startswith("Persists"))
    assert persists[1:] == ["not judged", "not judged"]


def test_a_lever_moved_by_hand_is_told_to_be_no_part_of_a_gain() -> None:
    moved = YEAR.with_entries(kind="change_parameter", start_week=2, name="imitation", value=0.1)
    told = against_what(moved, moved.baseline())

    assert "it happens with nothing done too: imitation = 0.1." in told
    assert "So a lever moved by hand shows no gain" in told


def test_another_scenario_in_which_other_things_happen_is_told_to_be_another_world() -> None:
    winter = NOTHING.with_entries(kind="shock", start_week=3, end_week=9)

    assert "Not the same happens in both" in against_what(YEAR, winter)
    assert against_what(YEAR, NOTHING.with_entries(kind="dialogue", start_week=1)) == ""


# --- the reasons ------------------------------------------------------------------------------------------------------


def test_what_moved_back_first_is_told_first() -> None:
    seniors, teams = ramp(0.7, 0.3, 20), ramp(0.7, 0.3, 80)
    first = answer(fading(senior_leader_control=seniors, team_leader_control=teams)).reasons[0]
    second = answer(fading(senior_leader_control=teams, team_leader_control=seniors)).reasons[0]
    assert first.startswith("First to give way: the senior leaders, who had taken back half of the control")
    assert second.startswith("First to give way: the team leaders, who had taken back half of the control")


def test_how_long_it_took_is_told() -> None:
    reason = answer(fading(senior_leader_control=ramp(0.7, 0.3, 32))).reasons[0]
    assert "9 months after support ended" in reason


def test_what_did_not_move_is_not_said_to_give_way() -> None:
    assert not any("give way" in reason for reason in answer(fading()).reasons)


def test_leaders_who_left_are_told_with_the_week_and_what_it_did() -> None:
    leavers, purpose = np.zeros(WEEKS + 1), ramp(0.2, 0.5, None)
    leavers[59] = 2.0
    purpose[60:] = 0.15
    reason = answer(fading(senior_leader_leavers=leavers, coherence=purpose)).reasons[0]
    assert reason == (
        "In week 58 two of the three senior leaders left, and shared purpose among them fell from 50 to 15 of 100."
    )


def test_leaders_who_leave_by_chance_in_both_are_no_reason() -> None:
    leavers = np.zeros(WEEKS + 1)
    leavers[59] = 2.0
    paired = fading(senior_leader_leavers=leavers)
    paired.baseline.series("senior_leader_leavers")[:, 59] = 2.0
    assert not any("senior leaders left" in reason for reason in answer(paired).reasons)


@pytest.mark.parametrize(
    ("name", "did"), [("two-of-three-leave", "left"), ("two-change-jobs", "changed jobs and stayed involved")]
)
def test_leaders_who_go_by_the_timeline_are_a_reason_although_they_go_with_nothing_done_too(
    name: str, did: str
) -> None:
    reason = answer(run_paired(load_scenario(name), 2)).reasons[0]
    assert reason.startswith(
        f"In week 58 two of the three senior leaders {did}, and shared purpose among them fell from"
    )


@pytest.mark.parametrize(
    ("share", "judgement"), [(0.1, "Hardly anything had become habit"), (0.4, "Much had become habit")]
)
def test_habit_is_judged_by_the_share_that_embedded_it(share: float, judgement: str) -> None:
    reasons = answer(fading(embedded_share=np.full(WEEKS + 1, share))).reasons
    assert any(reason.startswith(judgement) and f"{100 * share:.0f} in 100 staff" in reason for reason in reasons)


def test_facilitators_are_told_by_the_critical_mass_they_reached() -> None:
    reasons = answer(fading(facilitation=ramp(0.0, 0.5, 40))).reasons
    assert any("teams had 50 % of the critical mass at best (week 39)" in reason for reason in reasons)


def test_without_facilitators_that_is_told() -> None:
    assert "There were no internal facilitators to carry it on." in answer(fading()).reasons


def test_higher_pressure_is_told_with_its_weeks() -> None:
    pressure = np.full(WEEKS + 1, 0.5)
    pressure[100:150] = 0.8
    reasons = answer(fading(pressure=pressure)).reasons
    assert any(reason.startswith("Pressure was up to 30 of 100 higher than without it") for reason in reasons)


def test_many_changes_of_people_are_told() -> None:
    reasons = answer(fading(team_leader_leavers=np.full(WEEKS + 1, 4 * 1.5 / 208))).reasons
    assert any("150 changes for every 100 team-leader posts" in reason for reason in reasons)


def test_what_is_still_in_force_is_told() -> None:
    scenario = YEAR_OF_SUPPORT.with_entries(kind="assurance", start_week=30, control_norm=0.45)
    reasons = answer(made({"safe_share": ramp(0.6, 0.85, None)}, scenario)).reasons
    assert any(reason.startswith("Still in force after support ended:") and "0.45" in reason for reason in reasons)


@pytest.mark.parametrize(("voice", "is_told"), [(0.2, True), (0.9, False)])
def test_dialogue_backfires_only_where_leaders_are_not_heard_to_mean_it(voice: float, is_told: bool) -> None:
    scenario = YEAR_OF_SUPPORT.replace(timeline=()).with_entries(kind="dialogue", start_week=0, end_week=52)
    arm = {"safe_share": ramp(0.6, 0.5, 40), "collective_voice": np.full(WEEKS + 1, voice)}
    assert any("do not mean it" in reason for reason in answer(made(arm, scenario)).reasons) == is_told


def test_without_support_what_changed_most_is_told_first() -> None:
    scenario = YEAR_OF_SUPPORT.replace(timeline=()).with_entries(kind="assurance", start_week=5, control_norm=0.9)
    arm = {
        "safe_share": ramp(0.6, 0.4, None),
        "backlog": ramp(0.5, 0.6, None),
        "team_leader_control": ramp(0.7, 0.95, None),
    }
    reason = answer(made(arm, scenario)).reasons[0]
    assert reason.index("team leaders' control 25 of 100 higher") < reason.index("problems 10 of 100 higher")


# --- the tables -------------------------------------------------------------------------------------------------------


def test_the_table_says_each_measure_against_the_baseline() -> None:
    rows = rows_of(fading())
    assert rows["Feel safe when support ends, in 100"][::2] == ("85", "60")
    assert rows["Peak gain, in 100"][0] == "+25"
    assert rows["Left of it after 1 year"][0] == "60 %"  # 0.5 ** (45 / 60), averaged over a quarter
    assert rows["Half-life of the gain"][0] == "16 months"
    assert rows["Persists, share of runs"][:2] == ("0 %", "0 to 28 %")
    assert rows["Cost, in days of paid support"] == ("52", "", "0")


def test_a_gain_that_never_halves_has_no_half_life() -> None:
    assert rows_of(made({"safe_share": ramp(0.6, 0.85, None)}))["Half-life of the gain"][0] == "never"


def test_a_short_run_cannot_say_what_is_left() -> None:
    scenario = YEAR_OF_SUPPORT.replace(weeks=120)
    rows = rows_of(made({"safe_share": ramp(0.6, 0.85, 60, 120)}, scenario))
    assert rows["Left of it after 1 year"][0] == "60 %"  # 0.5 ** (45 / 60), averaged over a quarter
    assert {rows[f"Left of it after {years} years"][0] for years in (2, 4)} == {"not judged: run too short"}
    assert rows["Persists, share of runs"][0] == "not judged: run too short"


def test_where_there_was_no_shift_nothing_is_left_of_it() -> None:
    rows = rows_of(made({"safe_share": ramp(0.6, 0.61, None)}))
    assert rows["Left of it after 4 years"][0] == rows["Persists, share of runs"][0] == "there was no shift"


@pytest.mark.parametrize("replicates", [1, 2, 6])
def test_no_table_shows_what_is_not_a_number(replicates: int) -> None:
    for paired in (small_pair(replicates), quiet_pair(replicates)):
        shown = " ".join(f"{row.value} {row.interval} {row.baseline}" for row in summary_rows(paired))
        assert "nan" not in shown
        assert "inf" not in shown


def test_records_hold_every_measure_with_its_interval() -> None:
    records = summary_records([fading()])
    by_name = {record["measure"]: record for record in records}
    assert set(records[0]) == {"scenario", "measure", "mean", "low", "high", "replicates"}
    assert by_name["peak_gain"]["mean"] == pytest.approx(0.25)
    assert by_name["retained_4_years"]["replicates"] == 10


# --- comparisons ------------------------------------------------------------------------------------------------------


def test_scenarios_are_held_against_the_first() -> None:
    stays = made({"safe_share": ramp(0.6, 0.85, None)})
    said = compare_in_words([fading(), stays])
    assert said[0] == "Made by hand: the shift does not last; over the last year 62 in 100 feel safe."
    assert said[1].startswith("Made by hand: the shift lasts; over the last year 85 in 100 feel safe, +23 against the")
    assert comparison_headline([fading(), stays]) == "A: the shift does not last. B: the shift lasts."


def test_a_comparison_has_a_column_for_each_scenario() -> None:
    rows = comparison_rows([fading(), fading(), quiet_like()])
    assert {len(row) for row in rows} == {4}
    assert rows[0][2].startswith("0")
    assert "not defined" in {row[3] for row in rows}


def quiet_like() -> PairedEnsemble:
    return made({"safe_share": np.full(WEEKS + 1, 0.6)})


def test_every_answer_is_in_plain_characters() -> None:
    for paired in (fading(), small_pair(), quiet_pair(), made({"safe_share": ramp(0.6, 0.5, 40)})):
        assert str(answer(paired)).isascii()
        assert not math.isnan(len(answer(paired).headline))


@pytest.mark.parametrize("name", [name for name, *_ in shipped_scenarios()])
def test_every_shipped_scenario_has_an_answer(name: str) -> None:
    scenario = load_scenario(name)
    other = None if scenario.compare_with == "baseline" else load_scenario(scenario.compare_with)
    paired = run_paired(scenario, 2, seed=1, compare_with=other)
    shown = str(answer(paired)) + " ".join(f"{row.value} {row.interval}" for row in summary_rows(paired))
    assert answer(paired).verdict.endswith(".")
    assert not re.search(r"\b(nan|inf|None)\b", shown)


def test_an_answer_tells_weeks_with_their_dates_where_they_are_known() -> None:
    plain = fading()
    dated = replace(plain, arm=replace(plain.arm, scenario=plain.arm.scenario.replace(start="2027-04-01")))

    assert "With support, which ends in week 52 (30 Mar 2028), up to 25 more" in answer(dated).story
    assert "With support, up to 25 more" in answer(plain).story
    assert "All are judged from week 52 (30 Mar 2028) on" in judging_date(judged_alike([dated, dated]))
    assert "All are judged from week 52 on" in judging_date(judged_alike([dated, plain]))
