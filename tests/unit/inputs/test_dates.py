"""Calendar dates: where they may stand in a scenario file, and that nothing is computed from them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import jsonschema
import pytest

from sim.base.dates import anniversary, common
from sim.base.errors import InputError
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import apply_settings, check_file, json_schema, load_scenario, write_scenario
from sim.results.store.keys import config_key

START = date(2027, 4, 1)
DATED = """start = 2027-04-01
title = "Dated"
support_ends = 2028-04-01

[[timeline]]
kind = "dialogue"
start_week = 2027-04-01
end_week = 2027-10-01

[[timeline]]
kind = "leaders_leave"
week = 2027-12-25
how_many = 1
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "dated.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(folder: Path, text: str) -> list[str]:
    return [str(fault) for fault in check_file(written(folder, text))]


def test_a_date_on_the_timeline_is_the_week_that_it_lies_in(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, DATED))

    dialogue, leave = scenario.timeline
    assert scenario.start == START
    assert (dialogue.start_week, dialogue.end_week, leave.week, scenario.support_ends) == (0, 26, 38, 52)


def test_a_dated_scenario_is_the_same_after_it_was_written(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, DATED))
    write_scenario(scenario, tmp_path / "dated.toml")

    assert "start = 2027-04-01" in (tmp_path / "dated.toml").read_text()
    assert load_scenario(tmp_path / "dated.toml") == scenario


def test_dates_decide_nothing(tmp_path: Path) -> None:
    dated = load_scenario(written(tmp_path, DATED))
    undated = dated.replace(start=None)

    assert dated.digest() == undated.digest()
    assert config_key(dated, 1) == config_key(undated, 1)
    assert undated.baseline().is_baseline_of(dated)


def test_a_date_without_a_start_is_told_with_what_to_do(tmp_path: Path) -> None:
    text = DATED.removeprefix("start = 2027-04-01\n").replace("support_ends = 2028-04-01", "")

    told = faults_of(tmp_path, text)
    assert len(told) == 3
    assert all("a date needs start = ..." in fault for fault in told)
    assert "line 6: timeline entry 1 (dialogue).start_week: wanted a whole number" in told[0]
    assert told[0].endswith("day on which week 0 begins")


def test_a_date_before_the_start_is_told(tmp_path: Path) -> None:
    (told,) = faults_of(tmp_path, DATED.replace("week = 2027-12-25", "week = 2026-12-25"))

    assert "wanted a date from 2027-04-01 (the start) on, got 2026-12-25" in told


def test_a_date_beyond_the_end_is_told_as_any_week_would_be(tmp_path: Path) -> None:
    (told,) = faults_of(tmp_path, DATED.replace("week = 2027-12-25", "week = 2057-12-25"))

    assert "wanted a week before the end of the run" in told


@pytest.mark.parametrize(
    "start", ["1827-04-01", "2027-04-01T09:00:00", "20270401", '"April"', '"2027-13-01"', "true", "[2027, 4, 1]"]
)
def test_what_is_no_date_is_no_start(tmp_path: Path, start: str) -> None:
    (told,) = faults_of(tmp_path, f'title = "x"\nstart = {start}\n')

    assert "line 2: start: wanted a date from 1900 to 2200, as in 2027-04-01" in told


@pytest.mark.parametrize("day", ["2027-13-01", "2027-02-30", "2027-4-1", "01.04.2027", "1/4/27"])
@pytest.mark.parametrize(
    ("line", "key"), [("start = {}", "start"), ('timeline = [{{kind = "dialogue", start_week = {}}}]', "start_week")]
)
def test_a_day_that_is_in_no_calendar_is_told_where_the_file_has_it(
    tmp_path: Path, day: str, line: str, key: str
) -> None:
    (told,) = faults_of(tmp_path, f'title = "x"\n{line.format(day)}\n')

    assert told.endswith(
        f"line 2: {key}: wanted a date from 1900 to 2200, as in 2027-04-01 (year, month, day), got {day}"
    )


def test_another_fault_beside_a_date_stays_what_it_is(tmp_path: Path) -> None:
    (told,) = faults_of(tmp_path, "start = 2027-04-01 title = 5\n")

    assert "wanted TOML, got something else" in told


def test_a_start_is_set_from_the_command_line_and_in_python() -> None:
    scenario = Scenario(title="A year", weeks=52).with_entries(kind="dialogue", start_week=0, end_week=26)
    changed = apply_settings(scenario, ["start=2027-04-01", "timeline.1.start_week=2027-05-01"])

    assert changed.start == START
    assert changed.timeline[0].start_week == 4
    assert scenario.replace(start="2027-04-01").start == START
    with pytest.raises(InputError, match="start: wanted a date"):
        scenario.replace(start=5)


def test_an_editor_takes_dates_where_the_check_does() -> None:
    entry = {"kind": "dialogue", "start_week": "2027-05-01", "end_week": 30}

    jsonschema.validate({"title": "x", "start": "2027-04-01", "timeline": [entry]}, json_schema())


def test_a_leap_day_has_anniversaries_too() -> None:
    assert anniversary(date(2028, 2, 29), 1) == date(2029, 2, 28)
    assert anniversary(date(2028, 2, 29), 4) == date(2032, 2, 29)


def test_a_day_is_common_only_to_those_that_share_it() -> None:
    assert common([START, START]) == START
    assert common([START, None]) is None
