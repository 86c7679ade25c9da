"""What travels between a page and the server: plain data one way, events the other way, and nothing else."""

import re
import sys
from pathlib import Path

import pytest
import solara
from solara.widgets import Navigator

import sim
from sim.dashboard.components import Notice
from sim.dashboard.components.sealed import Sealed
from sim.dashboard.messages import take_only_events


@pytest.fixture(name="heard")
def heard_fixture():
    """What the notice was told, and its widget."""
    take_only_events()
    told = []
    box, context = solara.render(Notice(lines=["one", "two"], event_close=told.append), handle_error=False)
    yield told, box.children[0]
    context.close()


def test_sealed_data_are_equal_when_their_content_is():
    assert Sealed([1, {"a": [2.5]}]) == Sealed([1, {"a": [2.5]}])
    assert Sealed([1]) != Sealed([2])
    assert Sealed([1]) != [1]


def test_the_browser_is_sent_what_was_sealed(heard):
    _, widget = heard

    assert widget.get_state(["lines"]) == {"lines": ["one", "two"]}


def test_an_event_of_a_component_is_heard(heard):
    told, widget = heard
    widget._handle_event(widget, {"event": "close", "data": {"x": 1}}, [])

    assert told == [{"x": 1}]


@pytest.mark.parametrize(
    "content",
    [
        {"create_widget": ["sndhdr", "what"], "props": {}, "id": "x"},
        {"update_ref": {"objectRef": "template"}, "id": "x", "prop": "lines"},
        {"event": "close", "data": ["not", "a", "dictionary"]},
        {"event": "close"},
        {"event": "template", "data": {}},
        {"event": ["close"], "data": {}},
        {"event": None, "data": {}},
        "close",
        None,
    ],
)
def test_anything_else_that_a_page_says_is_not_heard(heard, content):
    told, widget = heard
    widget._handle_event(widget, content, [])

    assert told == []
    assert "sndhdr" not in sys.modules


@pytest.mark.parametrize(
    "state",
    [{"lines": ["somebody else's"]}, {"events": ["act"]}, {"events": None}, {"template": "<script>"}, ["x"], None],
)
def test_a_page_cannot_write_over_what_a_component_shows_or_hears(heard, state):
    told, widget = heard
    before = widget.get_state(["lines", "events"])
    widget._handle_msg({"content": {"data": {"method": "update", "state": state}}})

    assert widget.get_state(["lines", "events"]) == before
    widget._handle_event(widget, {"event": "close", "data": {}}, [])
    assert told == [{}]


def test_where_a_browser_went_back_to_is_heard():
    take_only_events()
    navigator = Navigator(location="/map")
    for location in ("/why", None, 7, ["/x"]):
        navigator._handle_msg({"content": {"data": {"method": "update", "state": {"location": location}}}})

    assert navigator.location == "/why"


_SIM = Path(sim.__file__).parent
PASSED_ON = {
    "data", "computed", "watch", "methods", "beforeCreate", "created", "beforeMount", "mounted", "beforeUpdate",
    "updated", "beforeDestroy", "destroyed",
}  # fmt: skip
"""What the page makes of a component's own script; anything else is dropped without a word."""


@pytest.mark.parametrize(
    "path", sorted(Path(sim.__file__).parent.glob("dashboard/components/*.vue")), ids=lambda path: path.name
)
def test_a_component_has_only_options_that_are_passed_on(path):
    script = path.read_text("utf-8").partition("<script>")[2]
    options = re.findall(r"^  (?:async )?(\w+)(?=[(:])", script.partition("module.exports = {\n")[2], re.MULTILINE)

    assert options or not script
    assert set(options) - PASSED_ON == set()


def test_every_sign_of_the_pages_is_in_a_font_that_everybody_has():
    from matplotlib.font_manager import findfont, get_font

    known = set(get_font(findfont("DejaVu Sans")).get_charmap())
    pages = [*_SIM.glob("dashboard/components/*.vue"), *_SIM.glob("*/assets/*.js")]
    missing = {sign: path.name for path in pages for sign in path.read_text("utf-8") if ord(sign) not in known}

    assert missing.keys() - {"\n"} == set(), missing
