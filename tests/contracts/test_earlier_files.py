"""What an earlier version wrote opens, and says what differs; what cannot be read is refused by name."""

from __future__ import annotations

import shutil
import sqlite3
from html import escape
from pathlib import Path

import pandas as pd
import pytest

from sim import load_scenario
from sim.base.errors import InputError
from sim.base.version import CONTRACT
from sim.dashboard.exchange import open_link
from sim.inputs.scenario.files import check_file
from sim.report import against_what
from sim.results.run_folder import read_manifest
from sim.results.store import Results
from sim.room.actions import OpenRoom
from sim.room.export import csv_of, report_of
from sim.room.host import Host
from sim.room.plans import PLANS
from sim.room.reading import checked_room
from sim.room.rules import open_room
from sim.room.state import FACILITATOR, Room, RoomEvent
from sim.room.store import FORMAT_VERSION, Store
from sim.room.views import board_view, participant_view, steering_view
from sim.study.runner import run_study

EARLIER = Path(__file__).parents[1] / "earlier"

SINCE = (
    "was made under the first contract of the model, which has changed since (leaders' attention, vacant posts and "
    "cynicism are part of it, and what happens is no part of a gain): numbers of then and of now differ."
)


def test_a_scenario_of_the_first_contract_opens_and_says_what_differs() -> None:
    scenario = load_scenario(EARLIER / "scenario.toml")

    assert [entry.kind for entry in scenario.timeline] == ["dialogue", "leaders_leave", "train_facilitators"]
    assert scenario.parameters.control_norm == 0.6
    assert against_what(scenario, scenario.baseline()) == (
        "What happens is no part of a gain, as it happens with nothing done too: 2 senior leaders leave."
    )


def test_a_freeze_of_the_first_contract_is_refused_by_name(tmp_path: Path) -> None:
    text = (EARLIER / "scenario.toml").read_text()
    frozen = tmp_path / "frozen.toml"
    frozen.write_text(text + '\n[[timeline]]\nkind = "hiring_freeze"\nstart_week = 3\nfactor = 0.3\n')

    (fault,) = check_file(frozen)

    assert "(hiring_freeze).factor: wanted a key of hiring_freeze" in str(fault)
    assert "leave it out: a freeze now leaves posts vacant" in str(fault)


def test_a_manifest_of_the_first_contract_is_read_and_known_as_such() -> None:
    manifest = read_manifest(EARLIER / "manifest.json")
    ((arm, baseline),) = manifest.pairs

    assert manifest.contract == 1 < CONTRACT
    assert not baseline.is_baseline_of(arm)  # nobody leaves in it, as in the baselines of that contract
    assert "Not the same happens in both" in against_what(arm, baseline)


def test_a_link_opens() -> None:
    opened = open_link((EARLIER / "link.txt").read_text().strip())

    assert opened is not None
    scenario = opened.session.scenario
    assert (scenario.title, scenario.weeks, opened.session.seed, opened.week) == ("Small", 60, 7, 33)
    assert [entry.kind for entry in scenario.timeline] == ["dialogue", "change_parameter"]
    assert opened.differs == f"This link {SINCE}"


def test_a_room_opens_where_it_was_left(tmp_path: Path) -> None:
    shutil.copy(EARLIER / "rooms.sqlite", tmp_path)
    store = Store(tmp_path / "rooms.sqlite")
    (code,) = store.rooms()
    room = checked_room(code, store.events(code))
    store.close()

    assert room.phase == "design"
    assert [person.name for person in room.people.values()] == ["Asha", "Tom", "Siobhán"]


def test_whoever_is_in_a_room_of_the_first_contract_is_told_what_differs(tmp_path: Path) -> None:
    shutil.copy(EARLIER / "rooms.sqlite", tmp_path)
    host = Host(Store(tmp_path / "rooms.sqlite"))
    room, told = host.room(*host.codes()), f"This room {SINCE}"

    try:
        pages = [board_view(room, host.runner), steering_view(room, host.runner)]
        pages += [participant_view(room, host.runner, person) for person in room.people.values()]
        assert [page["differs"] for page in pages] == [told] * 5
        assert f"room,,,,,,,contract,1,,,{told}" in csv_of(room, host.runner).replace('"', "")
        assert escape(told) in report_of(room, host.runner)
    finally:
        host.close()


def test_a_room_of_today_says_nothing(tmp_path: Path) -> None:
    action = OpenRoom(title="Today", plan=next(iter(PLANS)), n_teams=2, choose_teams=False)
    room = Room("BCDF", [RoomEvent(kind, FACILITATOR, 1.0, data) for kind, data in open_room(action)])

    assert (room.contract, room.differs) == (CONTRACT, "")


def test_a_file_of_rooms_that_was_opened_is_no_longer_one_for_an_earlier_version(tmp_path: Path) -> None:
    """It would take the rooms of today for damaged; as it is, it says that a newer version wrote them."""
    shutil.copy(EARLIER / "rooms.sqlite", tmp_path)
    Store(tmp_path / "rooms.sqlite").close()

    connection = sqlite3.connect(tmp_path / "rooms.sqlite")
    assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT_VERSION,)
    connection.close()


def test_a_finished_study_can_be_read(tmp_path: Path) -> None:
    shutil.copytree(EARLIER / "store", tmp_path / "store")
    results = Results(tmp_path / "store")
    summary = results.summary()

    assert results.differs == f"This study {SINCE}"
    kept = pd.read_csv(EARLIER / "store" / "summary.csv")
    assert summary["peak_gain"].tolist() == pytest.approx(kept["peak_gain"].tolist(), abs=1e-12)


def test_a_study_of_the_first_contract_is_not_gone_on_with(tmp_path: Path) -> None:
    shutil.copytree(EARLIER, tmp_path / "earlier")
    store = tmp_path / "earlier" / "store"
    before = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}

    with pytest.raises(InputError) as raised:
        run_study(tmp_path / "earlier" / "small.toml", store)

    assert str(raised.value.faults[0]) == (
        f"{store}: wanted a study under contract 2 of the model, got one under contract 1; what it holds can be read "
        "and asked about there, but differs from what runs give now: choose another folder"
    )
    assert {path: path.read_bytes() for path in before} == before


def test_tables_of_a_finished_study_are_read_under_the_names_of_today() -> None:
    """They had other names for two outcomes, and lacked some."""
    kept = pd.read_csv(EARLIER / "store" / "summary.csv")
    study = Results(EARLIER / "store")

    summary, outcomes = study.table("summary.csv"), study.table("outcomes.parquet")

    assert summary is not None
    assert outcomes is not None
    assert summary.column("safe_share_last_year_low").to_pylist() == kept["last_year_low"].tolist()
    assert summary.column("holds_baseline").to_pylist() == kept["holds_reference"].tolist()
    assert {"safe_share_last_year", "holds_baseline"} <= set(outcomes.column_names)
    assert study.sql("SELECT avg(safe_share_last_year) AS mean FROM outcomes")["mean"][0] > 0
