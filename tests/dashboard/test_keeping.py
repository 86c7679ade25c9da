"""A session as a browser keeps it. Without a browser and without a web framework."""

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.dashboard import catalogue
from sim.dashboard.keeping import open_session, session_as_text
from sim.dashboard.session import ExploreSession
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario

SMALL = Scenario(title="Small", weeks=120, organisation=OrganisationShape(teams=3, team_size=4))


def shown(session):
    return [
        (one.scenario, one.origin, one.before, one.seed, one.kept, one.changed_week)
        for one in (*session.past, session, *session.ahead)
    ]


def lived():
    session = ExploreSession(SMALL).with_action("dialogue", 10).keep(30).with_lever("staff_turnover", 0.3, 40)
    return (
        session.new_world().with_scenario(catalogue.shipped("shoestring-year").replace(compare_with="baseline")).undo()
    )


@pytest.fixture(name="own_tables")
def own_tables_fixture(tmp_path):
    """Somebody's own tables, in a folder of a name."""

    def folder(name):
        people = ["id,team,staff_group,role,service", "1,,,senior_leader,A"]
        people += [f"{10 + team},Team {team},nursing,team_leader,A" for team in range(3)]
        people += [f"{100 + n},Team {n % 3},nursing,staff,A" for n in range(12)]
        (tmp_path / name).mkdir()
        (tmp_path / name / "people.csv").write_text("\n".join(people) + "\n", "utf-8")
        return str(tmp_path / name)

    return folder


def content(**changes):
    book = json.loads(zlib.decompress(base64.b64decode(session_as_text(lived()))))
    return base64.b64encode(zlib.compress(json.dumps({**book, **changes}).encode())).decode()


def test_a_session_comes_back_with_all_its_steps():
    session = lived()
    again = open_session(session_as_text(session))

    assert again is not None
    assert shown(again) == shown(session)
    assert (len(again.past), len(again.ahead)) == (4, 1)


def test_of_a_long_session_the_last_steps_come_back():
    session = ExploreSession(SMALL)
    for week in range(50):
        session = session.with_action("two_leave", week).keep(week)
    again = open_session(session_as_text(session))

    assert again is not None
    assert (again.scenario, again.kept, again.origin) == (session.scenario, session.kept, SMALL)
    assert len(session_as_text(session)) < 20_000


def test_of_somebodys_own_organisation_only_what_was_run_is_kept_and_opened_where_its_files_are_again(own_tables):
    before, later = own_tables("before"), own_tables("later")
    session = ExploreSession(SMALL.replace(tables=before)).with_lever("control_norm", 0.5, 8).keep(9)
    text = session_as_text(session)

    assert before not in zlib.decompress(base64.b64decode(text)).decode()
    again = open_session(text, later)
    assert again is not None
    assert {one.tables for one in again.scenarios()} == {later}
    assert again.scenario == session.scenario.replace(tables=later)
    assert again.undo().undo().scenario == SMALL.replace(tables=later)


def test_steps_in_another_organisation_are_not_kept(tmp_path):
    own = ExploreSession(SMALL.replace(tables=str(tmp_path)))
    there = ExploreSession(SMALL).among([own], [])
    again = open_session(session_as_text(there))
    assert again is not None
    assert (again.scenario, again.past) == (SMALL, ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        base64.b64encode(b"nonsense").decode(),
        content(rules="others"),
        content(scenarios=[]),
        content(scenarios=[{"title": "x", "tables": "/etc"}]),
        content(scenarios=[{"title": "x", "organisation": {"teams": 100_000}}]),
        content(scenarios=[{"title": "x"}]),
        content(now=99),
        content(now=-1),
        content(steps=[]),
        content(more=1),
        base64.b64encode(zlib.compress(b" " * 30_000_000)).decode(),
    ],
)
def test_what_tells_of_no_session_opens_none(text):
    assert open_session(text) is None


@given(st.binary(max_size=60), st.integers(0, 400))
def test_a_damaged_text_opens_a_session_or_none(junk, place):
    text = session_as_text(lived()).encode()
    damaged = (text[:place] + base64.b64encode(junk) + text[place + len(junk) :]).decode("latin-1")

    found = open_session(damaged)
    assert found is None or isinstance(found, ExploreSession)
