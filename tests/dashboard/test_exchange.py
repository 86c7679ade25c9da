"""Links, uploads and downloads: what comes in is checked, what goes out can be read."""

import base64
import io
import json
import re
import tomllib
import xml.etree.ElementTree as ET
import zlib
from urllib.parse import quote

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.dashboard import exchange
from sim.dashboard.printed_report import report
from sim.dashboard.session import ExploreSession
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario

SMALL = Scenario(title="Small", weeks=60, organisation=OrganisationShape(teams=3, team_size=4))
SESSION = ExploreSession(SMALL, seed=7).with_action("dialogue", 5).with_lever("staff_turnover", 0.3, 20).keep(30)


def content_of(key: str) -> bytes:
    return base64.b64decode(exchange.download(key, SESSION)["content"])


def test_a_link_opens_the_same_scenario_world_and_week():
    opened = exchange.open_link(exchange.link_to(SESSION, 33))

    assert opened.session.scenario == SESSION.scenario
    assert (opened.session.seed, opened.week, opened.differs) == (7, 33, "")


@pytest.mark.parametrize("contract", ["", "&contract=", "&contract=0", "&contract=x", "&contract=1"])
def test_a_link_that_names_no_later_contract_is_of_the_first_one(contract):
    link = exchange.link_to(SESSION, 33).replace("&contract=2", contract)

    assert exchange.open_link(link).differs.startswith("This link was made under the first contract of the model")


def test_a_link_of_a_newer_version_says_so():
    link = exchange.link_to(SESSION, 33).replace("&contract=2", "&contract=3")

    assert "made by a newer Cultureshift, under contract 3" in exchange.open_link(link).differs


@given(st.text(max_size=200))
@settings(deadline=None)
def test_junk_in_a_link_is_left_out(junk):
    assert exchange.open_link("?scenario=" + quote(junk)) is None


def test_a_link_with_many_fields_is_left_out():
    link = exchange.link_to(SESSION, 33)
    assert exchange.open_link(link + "&a=1" * 6) is not None

    assert exchange.open_link(link + "&a=1" * 7) is None
    assert exchange.open_link(link + ";a=1&b=2" * 100_000) is None


def test_a_link_with_a_bomb_in_it_is_left_out():
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 50_000_000, 9)).decode()

    assert exchange.open_link("?scenario=" + bomb) is None


@pytest.mark.parametrize(
    "content",
    [
        {"title": "x", "tables": "/etc"},
        {"title": "x", "organisation": {"services": 100_000, "teams": 1_000_000, "team_size": 100_000}},
        {"title": "x", "weeks": 10_000, "organisation": {"teams": 1000, "team_size": 19}},
        {"title": "x", "timeline": [{"kind": "dialogue", "start_week": 9000}]},
        {"title": "x" * 300},
    ],
)
def test_a_link_to_something_that_is_not_allowed_is_left_out(content):
    packed = base64.urlsafe_b64encode(zlib.compress(json.dumps(content).encode())).decode()

    assert exchange.open_link("?scenario=" + packed) is None


def test_the_scenario_file_says_what_the_session_holds():
    content = tomllib.loads(content_of("toml").decode())

    assert content["title"] == "Small, changed"
    assert [entry["kind"] for entry in content["timeline"]] == ["dialogue", "change_parameter"]


def test_both_weekly_tables_hold_every_future():
    csv = pd.read_csv(io.BytesIO(content_of("csv")))
    parquet = pd.read_parquet(io.BytesIO(content_of("parquet")))

    assert set(csv["future"]) == {"now", "nothing done", "Future A"}
    assert len(csv) == len(parquet) == 3 * 61


def test_pictures_are_pictures():
    assert content_of("png").startswith(b"\x89PNG")
    assert ET.fromstring(content_of("svg")).tag.endswith("svg")


def test_the_report_stands_on_its_own_and_takes_no_script_from_names():
    hostile = SMALL.replace(title="<script>alert(1)</script> $x$")
    page = base64.b64decode(exchange.download("html", ExploreSession(hostile))["content"]).decode()

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_name_that_a_spreadsheet_would_take_for_a_formula_is_quoted():
    arm = {"name": "=cmd()", "bands": [[0.1]] * 5, "reference": [0.1]}
    content = base64.b64decode(exchange.comparison_file("csv", {"arms": [arm]})["content"]).decode()

    assert '"\'=cmd()"' in content


def test_an_unknown_download_is_refused():
    with pytest.raises(InputError, match="one of"):
        exchange.download("exe", SESSION)


def test_the_report_tells_the_figures_the_years_and_what_was_changed():
    session = ExploreSession(SMALL).with_lever("staff_turnover", 0.3, 0)
    page = report(session)

    assert re.search(r"<b>\d+</b> of 100( \(\d+ to \d+\))? feel safe to speak up at the start", page)
    assert '<th scope="row">52</th>' in page
    assert "staff turnover" in page
    assert "@media print" in page
    assert "<script" not in page


def test_links_tables_pictures_and_the_report_of_a_dated_scenario_tell_dates():
    session = ExploreSession(SMALL.replace(start="2027-04-01"), seed=7).with_action("dialogue", 5)
    csv = pd.read_csv(io.BytesIO(base64.b64decode(exchange.download("csv", session)["content"])))
    picture = base64.b64decode(exchange.download("svg", session)["content"])
    page = report(session)

    assert exchange.open_link(exchange.link_to(session, 33)).session.scenario == session.scenario
    assert csv.groupby("week")["date"].first()[52] == "2028-03-30"
    assert picture != base64.b64decode(
        exchange.download("svg", ExploreSession(SMALL, seed=7).with_action("dialogue", 5))["content"]
    )
    assert '<th scope="row">52, 30 Mar 2028</th>' in page
    assert "weeks 5 to 57 (6 May 2027 to 4 May 2028)" in page
    assert "Gain in week 60 (25 May 2028)" in page


def test_the_table_of_a_comparison_tells_dates_where_they_are_known():
    arm = {"name": "one", "bands": [[0.1, 0.2]] * 5, "reference": [0.1, 0.2], "start": "2027-04-01"}
    content = base64.b64decode(exchange.comparison_file("csv", {"arms": [arm, arm | {"start": None}]})["content"])

    lines = content.decode().splitlines()
    assert lines[0].startswith("scenario,week,date,p05")
    assert lines[2].startswith('"one",1,2027-04-08,0.2')
    assert lines[4].startswith('"one",1,,0.2')
