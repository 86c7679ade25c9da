"""Scenario files: found, read, checked, changed and written."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.errors import InputError, OutputError
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import (
    LARGEST_FILE,
    apply_settings,
    check_file,
    load_scenario,
    scenario_to_toml,
    scenarios_folder,
    shipped_scenarios,
    write_scenario,
)
from tests.scenario_strategies import TABLES, TEXT, damaged_tables, damaged_texts, scenarios

SHOESTRING = load_scenario("shoestring-year")


def message_of(path: Path) -> str:
    """The only fault of a file, in words."""
    (fault,) = check_file(path)
    return str(fault)


def file_with(folder: Path, text: str | bytes, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# --- find -------------------------------------------------------------------------------------------------------------


def test_a_shipped_scenario_is_found_by_its_name_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert load_scenario("shoestring-year").name == "shoestring-year"


def test_a_results_folder_of_the_same_name_does_not_hide_a_shipped_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shoestring-year").mkdir()
    monkeypatch.chdir(tmp_path)

    assert load_scenario("shoestring-year") == SHOESTRING


def test_a_file_of_ones_own_is_found_by_path_and_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file_with(tmp_path, 'title = "Mine"')
    monkeypatch.chdir(tmp_path)

    assert load_scenario(path) == load_scenario(str(path)) == load_scenario("mine.toml") == load_scenario("mine")
    assert load_scenario(path).name == "mine"


def test_a_misspelt_name_is_met_with_the_nearest_one() -> None:
    with pytest.raises(InputError, match=r'did you mean "shoestring-year"\?'):
        load_scenario("shoestrng-year")


def test_the_shipped_ones_are_listed_with_title_and_first_sentence() -> None:
    listed = {name: (title, sentence, path) for name, title, sentence, path in shipped_scenarios()}

    assert len(listed) >= 14
    title, sentence, path = listed["shoestring-year"]
    assert title == SHOESTRING.title
    assert sentence.endswith(".")
    assert " ".join(SHOESTRING.story.split()).startswith(sentence)
    assert path == scenarios_folder() / "shoestring-year.toml"


def test_the_main_scenario_is_the_programme_of_the_patterns() -> None:
    weeks = SHOESTRING.weeks
    entries = [(entry.kind, *entry.weeks(weeks), entry.strength(0, weeks)) for entry in SHOESTRING.timeline]

    assert entries == [
        ("coach_senior_leaders", 0, 52, 1.0),
        ("dialogue", 0, 52, 1.0),
        ("coach_team_leaders", 0, 52, 0.5),
    ]
    assert SHOESTRING.parameters == Scenario(title="").parameters
    assert SHOESTRING.support_end_week == 52


# --- files that cannot be read ----------------------------------------------------------------------------------------


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert "no such file" in message_of(tmp_path / "none.toml")


def test_a_folder_is_told(tmp_path: Path) -> None:
    assert "got a folder" in message_of(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on this system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")

    assert "got something else than a file" in message_of(tmp_path / "pipe.toml")


def test_an_impossible_path_is_told(tmp_path: Path) -> None:
    assert "got a path that cannot be" in message_of(tmp_path / "a\0b.toml")
    assert "got File name too long" in message_of(tmp_path / ("x" * 5000 + ".toml"))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = file_with(tmp_path, b"#" * (LARGEST_FILE + 1))

    assert "wanted a file of at most 1,000,000 bytes, got 1,000,001 bytes" in message_of(path)


def test_a_file_that_is_not_utf_8_is_told_with_its_line(tmp_path: Path) -> None:
    path = file_with(tmp_path, 'title = "a"\nstory = "Teach B\xe1n"'.encode("latin-1"))

    assert message_of(path) == (
        f"{path}, line 2: wanted text in UTF-8, got the byte 0xe1; save the file as UTF-8 in your editor"
    )


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = file_with(tmp_path, b"\xef\xbb\xbf" + 'title = "Teach Bán"\r\n'.encode())

    assert load_scenario(path).title == "Teach Bán"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('title = "a"\nweeks = 4,5', "line 2, column 10"),
        ('title = "a', "line 1, column 11"),
        ('title = "a"\ntitle = "b"\n', "line 2, column 12"),
        ("[timeline\n", "line 1, column 10"),
    ],
)
def test_what_is_not_toml_is_told_with_line_and_column(tmp_path: Path, text: str, place: str) -> None:
    path = file_with(tmp_path, text)

    assert message_of(path).startswith(f"{path}, {place}: wanted TOML, got something else (")


@pytest.mark.parametrize("text", ["a = " + "[" * 400_000, "a" + ".a" * 400_000 + " = 1", "[" + "a." * 400_000 + "a]"])
def test_absurd_depth_is_told_at_once(tmp_path: Path, text: str) -> None:
    path = file_with(tmp_path, "\n\n" + text)

    assert message_of(path).startswith(f"{path}, line 3: wanted tables and lists at most 20 deep")


def test_absurdly_long_numbers_are_told(tmp_path: Path) -> None:
    unreadable = file_with(tmp_path, 'title = ""\nweeks = ' + "9" * 5000, "unreadable.toml")
    readable = file_with(tmp_path, 'title = ""\nweeks = ' + "9" * 4000, "readable.toml")

    assert "wanted TOML, got something else (a whole number of thousands of digits)" in message_of(unreadable)
    assert "got a number of more than 60 digits" in message_of(readable)


def test_a_hundred_thousand_faults_are_told_in_seconds(tmp_path: Path) -> None:
    unknown = "".join(f"key_{number} = {number}\n" for number in range(40_000))
    path = file_with(tmp_path, f'title = ""\n{unknown}' + "[[timeline]]\n" * 10_000)

    faults = check_file(path)
    assert any("39950 more unknown keys" in fault.came for fault in faults)
    assert any("at most 200 entries" in fault.wanted for fault in faults)


# --- faults -----------------------------------------------------------------------------------------------------------


def test_every_fault_of_a_file_is_told_in_the_order_of_its_lines(tmp_path: Path) -> None:
    path = file_with(
        tmp_path,
        """
        title = "A year"
        weeks = "416"
        [parameters]
        staff_turnovr = 0.2
        fair_hearing = 47
        [[timeline]]
        kind = "dialogue"
        start_week = 0
        intensity = 50
        """,
    )

    assert [str(fault) for fault in check_file(path)] == [
        f"{path}, line 3: weeks: wanted a whole number from 1 to 10,000 (weeks of the run), "
        'got "416"; numbers stand without quotation marks',
        f'{path}, line 5: parameters.staff_turnovr: wanted a key of [parameters], got "staff_turnovr"; '
        'did you mean "staff_turnover"?',
        f"{path}, line 6: parameters.fair_hearing: wanted a number from 0 to 1 (share of joined concerns that are well "
        "received whatever the leader and team are like), got 47; it is a share, not a percentage: 47 % is 0.47",
        f"{path}, line 10: timeline entry 1 (dialogue).intensity: wanted a number from 0 to 5 "
        "(1 is the full programme), got 50",
    ]


@pytest.mark.parametrize("value", ['"0.3"', "true", "nan", "inf", "-inf", "[0.3]", "2025-04-01", "{ a = 1 }"])
def test_nothing_is_taken_for_a_number_that_is_none(tmp_path: Path, value: str) -> None:
    path = file_with(tmp_path, f'title = ""\n[parameters]\nfair_hearing = {value}\n')

    assert "line 3: parameters.fair_hearing: wanted a number from 0 to 1" in message_of(path)


@pytest.mark.parametrize("value", ["3", "true", "2025-04-01", '["a"]'])
def test_nothing_is_taken_for_text_that_is_none(tmp_path: Path, value: str) -> None:
    assert "line 1: title: wanted text" in message_of(file_with(tmp_path, f"title = {value}"))


def test_a_whole_number_will_do_where_a_number_is_wanted(tmp_path: Path) -> None:
    assert load_scenario(file_with(tmp_path, 'title = ""\n[parameters]\nimmunity = 1')).parameters.immunity == 1.0


def test_a_faulty_entry_is_still_held_against_the_rest(tmp_path: Path) -> None:
    """The intensity of one entry is wrong; its weeks, and the team it names, are looked at all the same."""
    path = file_with(
        tmp_path,
        """title = ""
        [[timeline]]
        kind = "dialogue"
        start_week = 0
        end_week = 20
        [[timeline]]
        kind = "dialogue"
        start_week = 10
        intensity = -1
        [[timeline]]
        kind = "coach_team_leaders"
        start_week = "10"
        target.teams = ["Team 38"]
        """,
    )

    assert [fault.where.removeprefix(f"{path}, ") for fault in check_file(path)] == [
        "line 8: timeline entry 2 (dialogue).start_week",
        "line 9: timeline entry 2 (dialogue).intensity",
        "line 12: timeline entry 3 (coach_team_leaders).start_week",
        "line 13: timeline entry 3 (coach_team_leaders).target.teams",
    ]


def test_what_hangs_on_a_faulty_part_is_not_blamed_for_it(tmp_path: Path) -> None:
    """How many teams and weeks there are is not known, so no team and no date can be wrong."""
    path = file_with(
        tmp_path,
        """title = ""
        weeks = 0
        organisation.teams = "40"
        [[timeline]]
        kind = "dialogue"
        start_week = 600
        target.teams = ["Team 40"]
        """,
    )

    assert [fault.where.removeprefix(f"{path}, ") for fault in check_file(path)] == [
        "line 2: weeks",
        "line 3: organisation.teams",
    ]


def test_the_tables_of_an_organisation_are_found_beside_the_file(tmp_path: Path) -> None:
    own = load_scenario("our-own-service")

    assert own.tables == str(scenarios_folder() / "organisations" / "st-brigid")
    assert 'tables: wanted a folder with people.csv, relative to the scenario file, got "none"' in message_of(
        file_with(tmp_path, 'title = ""\ntables = "none"')
    )


def test_faults_of_the_tables_are_told_with_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,team\n1,A\n")
    faults = check_file(file_with(tmp_path, 'title = ""\nweeks = 0\ntables = "."'))

    assert any("weeks" in fault.where for fault in faults)
    assert any("people.csv" in fault.where for fault in faults)


def test_a_scenario_is_compared_with_a_shipped_one_or_with_a_file_beside_it(tmp_path: Path) -> None:
    other = file_with(tmp_path, 'title = "Other"', "other.toml")

    with_shipped = load_scenario(file_with(tmp_path, 'title = ""\ncompare_with = "hard-winter"'))
    assert with_shipped.compare_with == "hard-winter"
    for text in ("other", "other.toml", "./other.toml"):
        with_file = load_scenario(file_with(tmp_path, f'title = ""\ncompare_with = "{text}"'))
        assert load_scenario(with_file.compare_with) == load_scenario(other)
    message = message_of(file_with(tmp_path, 'title = ""\ncompare_with = "hard-wintr"'))
    assert 'line 2: compare_with: wanted "baseline", the name of a shipped scenario, or a TOML file' in message
    assert 'did you mean "hard-winter"?' in message


# --- anything that may come -------------------------------------------------------------------------------------------


def faults_that_tell(error: InputError) -> bool:
    """Whether an error says of each fault where it is, what was wanted and what came."""
    told = [fault.where and fault.wanted and fault.came and len(str(fault)) < 3_000 for fault in error.faults]
    return bool(told) and all(told)


def loads_or_tells(path: Path) -> bool:
    """Whether a file gives a scenario, or an error that tells of its faults."""
    try:
        load_scenario(path)
    except InputError as error:
        named = all(fault.where.startswith(str(path)) for fault in error.faults)
        return faults_that_tell(error) and named and check_file(path) == list(error.faults)
    return check_file(path) == []


@settings(max_examples=60)
@given(st.data(), scenarios())
def test_any_damaged_text_gives_a_scenario_or_faults(tmp_path: Path, data: st.DataObject, scenario: Scenario) -> None:
    assert loads_or_tells(file_with(tmp_path, data.draw(damaged_texts(scenario_to_toml(scenario)))))


@settings(max_examples=60)
@given(st.data(), scenarios())
def test_any_damaged_table_gives_a_scenario_or_faults(tmp_path: Path, data: st.DataObject, scenario: Scenario) -> None:
    table = data.draw(damaged_tables(tomllib.loads(scenario_to_toml(scenario))))

    assert loads_or_tells(file_with(tmp_path, tomli_w.dumps(table)))


@given(TABLES)
def test_any_table_gives_a_scenario_or_faults(tmp_path: Path, table: dict[str, Any]) -> None:
    assert loads_or_tells(file_with(tmp_path, tomli_w.dumps(table)))


@given(st.binary(max_size=100))
def test_any_bytes_give_a_scenario_or_faults(tmp_path: Path, content: bytes) -> None:
    assert loads_or_tells(file_with(tmp_path, content))


# --- write ------------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(scenarios())
def test_what_is_written_is_read_back_the_same(tmp_path: Path, scenario: Scenario) -> None:
    write_scenario(scenario, tmp_path / "made.toml")

    assert load_scenario(tmp_path / "made.toml") == scenario


def test_every_shipped_scenario_is_written_and_read_back_the_same(tmp_path: Path) -> None:
    for name, *_ in shipped_scenarios():
        scenario = load_scenario(name)
        write_scenario(scenario, tmp_path / f"{name}.toml")

        assert load_scenario(tmp_path / f"{name}.toml") == scenario


def test_only_what_differs_from_the_defaults_is_written() -> None:
    scenario = Scenario(title="A talk").with_entries(kind="dialogue", start_week=3).with_parameters(staff_turnover=0.2)

    assert tomllib.loads(scenario_to_toml(scenario)) == {
        "title": "A talk",
        "parameters": {"staff_turnover": 0.2},
        "timeline": [{"kind": "dialogue", "start_week": 3}],
    }


def test_tables_in_the_folder_of_a_file_are_written_so_that_both_can_move(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    scenario = Scenario(title="", tables=str((tmp_path / "tables").resolve()))

    assert tomllib.loads(scenario_to_toml(scenario, tmp_path))["tables"] == "tables"


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(OutputError):
        write_scenario(SHOESTRING, tmp_path / "file" / "made.toml")


# --- change -----------------------------------------------------------------------------------------------------------


def test_settings_reach_every_part_of_a_scenario() -> None:
    changed = apply_settings(
        SHOESTRING,
        [
            "staff_turnover=0.2",
            "parameters.immunity=0.25",
            "organisation.team_size = 10",
            "organisation.staff_mix.medical=0.3",
            "weeks=520",
            "title=A longer look",
            'services."Service 1".parameters.control_norm=0.5',
            "timeline.2.intensity=0.5",
            "timeline.3.target.teams=['Team 1']",
            "compare_with=hard-winter",
        ],
    )

    assert changed.parameters == SHOESTRING.with_parameters(staff_turnover=0.2, immunity=0.25).parameters
    assert (changed.organisation.team_size, changed.weeks, changed.title) == (10, 520, "A longer look")
    assert changed.organisation.staff_mix == {**SHOESTRING.organisation.staff_mix, "medical": 0.3}
    assert changed.services["Service 1"].parameters == {"control_norm": 0.5}
    assert changed.timeline[1].intensity == 0.5
    assert changed.timeline[2].target.teams == ("Team 1",)
    assert changed.compare_with == "hard-winter"
    assert changed.name == SHOESTRING.name
    assert changed.story == SHOESTRING.story


def test_no_settings_change_nothing() -> None:
    for name, *_ in shipped_scenarios():
        assert apply_settings(load_scenario(name), []) == load_scenario(name)


def test_every_faulty_setting_is_told() -> None:
    with pytest.raises(InputError) as caught:
        apply_settings(SHOESTRING, ["staff_turnovr=0.2", "team_size=10", "weeks=0", "timeline.4.week=3", "immunity"])

    assert [str(fault) for fault in caught.value.faults] == [
        '--set staff_turnovr=0.2: wanted a parameter, or a key of a scenario file, got "staff_turnovr"; '
        'did you mean "staff_turnover"?',
        '--set team_size=10: wanted a parameter, or a key of a scenario file, got "team_size"; '
        'did you mean "organisation.team_size"?',
        '--set timeline.4.week=3: wanted an entry of the timeline, from 1 to 3, got "4"',
        '--set immunity: wanted NAME=VALUE, as in staff_turnover=0.2, got "immunity"',
        "--set weeks=0: weeks: wanted a whole number from 1 to 10,000 (weeks of the run), got 0",
    ]


def test_a_setting_that_does_not_fit_the_rest_is_told() -> None:
    with pytest.raises(InputError, match=r"two-of-three-leave: timeline entry 4 \(leaders_leave\)\.week"):
        apply_settings(load_scenario("two-of-three-leave"), ["weeks=20"])


NAMES = [
    *("weeks", "title", "name", "tables", "compare_with", "organisation", "organisation.staff_mix.x", "services.a"),
    *("parameters", "immunity", "immunity.x", "kind", "a.b", '"', "timeline", "timeline.0.x", "timeline.1"),
    *("timeline.1.start_week", "timeline.2.target.teams.0"),
]
TEXTS = ["0", "[]", "{}", "0.5", "[1]", "true", '"', "1\nb=2", "[[[[", "nan", "1 # note"]
SETTINGS = TEXT | st.builds("{}={}".format, st.sampled_from(NAMES), TEXT | st.sampled_from(TEXTS))


@given(st.lists(SETTINGS, max_size=3))
def test_any_settings_give_a_scenario_or_faults(typed: list[str]) -> None:
    try:
        apply_settings(SHOESTRING, typed)
    except InputError as error:
        told = faults_that_tell(error)
    else:
        told = True

    assert told
