"""What an earlier version wrote opens as it did, and gives the same numbers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from sim import load_scenario, run_paired
from sim.dashboard.exchange import open_link
from sim.results.run_folder import read_manifest
from sim.results.store import Results
from sim.room.state import Room
from sim.room.store import Store

EARLIER = Path(__file__).parents[1] / "earlier"


@pytest.fixture(name="then")
def then_fixture() -> pd.Series:
    """What the scenario gave, by measure."""
    return pd.read_csv(EARLIER / "summary.csv", index_col="measure")["mean"]


def test_a_scenario_opens_and_gives_what_it_gave(then: pd.Series) -> None:
    paired = run_paired(load_scenario(EARLIER / "scenario.toml"), replicates=3, seed=5)
    now = {name: interval.estimate for name, interval in paired.summary().items()}

    assert {name: now[name] for name in then.index} == pytest.approx(then.to_dict(), abs=1e-12, nan_ok=True)


def test_a_manifest_opens_and_gives_what_it_gave(then: pd.Series) -> None:
    manifest = read_manifest(EARLIER / "manifest.json")
    ((arm, baseline),) = manifest.pairs

    paired = run_paired(arm, manifest.replicates, manifest.seed, compare_with=baseline)

    assert paired.summary()["peak_gain"].estimate == pytest.approx(then["peak_gain"], abs=1e-12)


def test_a_link_opens() -> None:
    opened = open_link((EARLIER / "link.txt").read_text().strip())

    assert opened is not None
    session, week = opened
    assert (session.scenario.title, session.scenario.weeks, session.seed, week) == ("Small", 60, 7, 33)
    assert [entry.kind for entry in session.scenario.timeline] == ["dialogue", "change_parameter"]


def test_a_room_opens_where_it_was_left(tmp_path: Path) -> None:
    shutil.copy(EARLIER / "rooms.sqlite", tmp_path)
    store = Store(tmp_path / "rooms.sqlite")
    (code,) = store.rooms()
    room = Room(code, store.events(code))
    store.close()

    assert room.phase == "design"
    assert [person.name for person in room.people.values()] == ["Asha", "Tom", "Siobhán"]


def test_a_finished_study_can_be_read(tmp_path: Path) -> None:
    shutil.copytree(EARLIER / "store", tmp_path / "store")
    summary = Results(tmp_path / "store").summary()

    kept = pd.read_csv(EARLIER / "store" / "summary.csv")
    assert summary["peak_gain"].tolist() == pytest.approx(kept["peak_gain"].tolist(), abs=1e-12)


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
