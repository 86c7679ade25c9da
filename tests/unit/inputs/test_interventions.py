"""Interventions: when they act and how strongly, what they cost, and what is refused."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sim.inputs.interventions import KINDS, Entry, Target
from sim.inputs.interventions.dialogue import Dialogue
from sim.inputs.interventions.leaders_leave import LeadersLeave
from sim.inputs.scenario.description import Scenario
from sim.rulebook.parameters import describe

NEEDED: dict[str, dict[str, Any]] = {
    "assurance": {"control_norm": 0.5},
    "change_parameter": {"name": "imitation", "value": 0.1},
    "leaders_leave": {"how_many": 2},
    "leaders_change_jobs": {"how_many": 2},
    "successors_style": {"control": 0.5},
    "attention": {"purpose": 0.1, "staff": 0.15, "leaders": 0.2},
}
"""What a kind needs beside its dates."""

OF_THE_PAGE = {
    "coach_senior_leaders", "coach_team_leaders", "dialogue", "train_facilitators", "committee", "protect_time",
    "assurance", "induction", "appointments", "leaders_leave", "turnover_surge", "hiring_freeze", "shock",
    "change_parameter", "attention", "leaders_change_jobs", "successors_style",
}  # fmt: skip
"""The kinds of the model page; there may be more."""

HAPPENS = {
    "leaders_leave", "leaders_change_jobs", "turnover_surge", "hiring_freeze", "successors_style", "shock",
    "change_parameter",
}  # fmt: skip
"""Those of them that merely happen."""

EVENTS = ("leaders_leave", "leaders_change_jobs")
"""Kinds that act in one week."""

SPELLS = [kind for kind in KINDS if kind not in EVENTS]
anything: TypeAdapter[Any] = TypeAdapter(Entry)


def entry(kind: str, **more: Any) -> Any:
    when = {"week": 3} if kind in EVENTS else {"start_week": 3}
    return KINDS[kind](**when | NEEDED.get(kind, {}) | more)


def test_every_kind_has_a_file_and_a_number_of_its_own() -> None:
    assert all(cls.__module__ == f"sim.inputs.interventions.{kind}" for kind, cls in KINDS.items())
    assert len({cls.number for cls in KINDS.values()}) == len(KINDS)


def test_every_kind_can_be_told_apart_on_a_timeline() -> None:
    dated = {"start_week": 0, "week": 0, "control_norm": 0.5, "how_many": 1, "name": "control_norm", "value": 0.5}
    dated |= {"control": 0.5, "purpose": 0.1, "staff": 0.1, "leaders": 0.1}
    for kind, cls in KINDS.items():
        fields = {name: value for name, value in dated.items() if name in cls.model_fields}
        (entry,) = Scenario(title="", timeline=[{"kind": kind, **fields}]).timeline

        assert type(entry) is cls
        assert Scenario.model_validate(Scenario(title="", timeline=(entry,)).model_dump()).timeline == (entry,)


def test_a_kind_from_outside_the_package_can_be_on_a_timeline(monkeypatch: pytest.MonkeyPatch) -> None:
    class ListeningRound(Dialogue):
        """Leaders go round and listen."""

        number = 1_000_001
        kind: Literal["listening_round"] = "listening_round"
        minutes: int = 30

    monkeypatch.setitem(KINDS, "listening_round", ListeningRound)
    (entry,) = Scenario(
        title="", timeline=[{"kind": "listening_round", "start_week": 3, "end_week": 5, "minutes": 20}]
    ).timeline

    assert isinstance(entry, ListeningRound)
    assert Scenario(title="", timeline=(entry,)).model_dump()["timeline"][0]["minutes"] == 20


def test_the_model_pages_kinds_are_all_there() -> None:
    assert set(KINDS) >= OF_THE_PAGE


def test_every_kind_says_whether_it_is_done_or_happens() -> None:
    assert {kind for kind in OF_THE_PAGE if not KINDS[kind].is_done} == HAPPENS


def test_attention_costs_leaders_own_days_and_nothing_that_is_paid() -> None:
    own = entry("attention", cost_per_week=2.0, intensity=0.5)
    paid = entry("dialogue")

    assert (own.cost(3, 100), own.own_days(3, 100)) == (0.0, 1.0)
    assert (paid.cost(3, 100), paid.own_days(3, 100)) == (2.0, 0.0)


def test_attention_says_how_far_leaders_leave_the_usual_and_what_they_go_to() -> None:
    levers = entry("attention").senior_levers(0.5)

    assert levers == {
        "attention": 0.5, "attention_purpose": 0.05, "attention_staff": 0.075, "attention_leaders": 0.1,
    }  # fmt: skip
    assert set(entry("attention").senior_levers(0.0).values()) == {0.0}
    assert entry("attention").problems == pytest.approx(0.55)


@pytest.mark.parametrize(
    ("one", "other", "is_shared"),
    [
        ({}, {}, True),
        ({"which": (1, 2)}, {"which": (3,)}, False),
        ({"which": (1, 2)}, {"which": (2, 3)}, True),
        ({"which": (1,)}, {}, True),
        ({"target": {"services": ("A",)}}, {"target": {"services": ("B",)}}, False),
        ({"target": {"services": ("A",)}}, {"target": {"services": ("A", "B")}, "which": (2,)}, True),
    ],
)
def test_two_entries_of_attention_share_a_leader_or_not(
    one: dict[str, Any], other: dict[str, Any], is_shared: bool
) -> None:
    first, second = entry("attention", **one), entry("attention", **other)

    assert first.shares_a_leader_with(second) == second.shares_a_leader_with(first) == is_shared


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_survives_being_written_and_read(kind: str) -> None:
    own = entry(kind, note="as agreed")

    assert anything.validate_json(own.model_dump_json()) == own


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_title_and_tells_its_effect_in_a_sentence(kind: str) -> None:
    own = entry(kind)

    assert own.title
    assert own.effect().endswith(".")
    assert own.effect()[0].isupper() or kind == "change_parameter" or own.effect()[0].isdigit()


@given(start=st.integers(0, 60), length=st.integers(1, 60), horizon=st.integers(0, 80), week=st.integers(-5, 130))
def test_a_spell_acts_in_its_weeks_within_the_run(start: int, length: int, horizon: int, week: int) -> None:
    own = Dialogue(start_week=start, end_week=start + length, intensity=0.7)
    is_on = start <= week < min(start + length, horizon)

    assert own.strength(week, horizon) == (0.7 if is_on else 0.0)
    begin, end = own.weeks(horizon)
    assert (begin <= week < end) == is_on
    assert 0 <= begin <= end <= max(horizon, 0)


def test_a_spell_without_an_end_lasts_to_the_end_of_the_run() -> None:
    own = Dialogue(start_week=2)

    assert own.weeks(100) == (2, 100)
    assert own.strength(99, 100) == 1.0
    assert own.strength(100, 100) == 0.0


def test_a_ramp_reaches_full_intensity_in_its_last_week() -> None:
    own = Dialogue(start_week=2, end_week=20, intensity=2.0, ramp_weeks=4)

    assert [own.strength(week, 100) for week in range(1, 8)] == [0, 0.5, 1, 1.5, 2, 2, 2]


def test_an_event_acts_in_one_week() -> None:
    own = LeadersLeave(week=5, how_many=1)

    assert [own.strength(week, 100) for week in (4, 5, 6)] == [0, 1, 0]
    assert own.weeks(100) == (5, 6)
    assert own.weeks(3) == (3, 3)


@pytest.mark.parametrize("kind", SPELLS)
def test_cost_follows_intensity(kind: str) -> None:
    full, half = entry(kind, cost_per_week=3.0), entry(kind, cost_per_week=3.0, intensity=0.5)

    assert full.days(5, 100) == 3.0
    assert half.days(5, 100) == 1.5
    assert full.days(2, 100) == 0


def test_paid_support_has_a_price_and_events_have_none() -> None:
    paid = {kind for kind in OF_THE_PAGE if entry(kind).cost(3, 100) > 0}

    assert paid == {
        "coach_senior_leaders", "coach_team_leaders", "dialogue", "train_facilitators", "committee", "protect_time",
        "induction",
    }  # fmt: skip


def test_outside_support_is_all_that_the_end_of_support_is_counted_from() -> None:
    outside = {kind for kind in OF_THE_PAGE if KINDS[kind].is_outside_support}

    assert outside == {
        "coach_senior_leaders", "coach_team_leaders", "dialogue", "committee", "protect_time", "induction",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("dialogue", {"start_week": -1}),
        ("dialogue", {"start_week": 1.5}),
        ("dialogue", {"end_week": 3}),
        ("dialogue", {"end_week": 2}),
        ("dialogue", {"intensity": -0.1}),
        ("dialogue", {"intensity": float("nan")}),
        ("dialogue", {"cost_per_week": -1}),
        ("dialogue", {"ramp_weeks": -1}),
        ("dialogue", {"colour": "blue"}),
        ("dialogue", {"target": {"share": 0}}),
        ("dialogue", {"target": {"share": 1.1}}),
        ("dialogue", {"target": {"staff_groups": ["nurses"]}}),
        ("assurance", {"control_norm": 1.1}),
        ("assurance", {"intensity": 2.0}),
        ("train_facilitators", {"choose": "loudest"}),
        ("committee", {"members": 1}),
        ("leaders_leave", {"how_many": 1, "which": [1]}),
        ("leaders_leave", {"how_many": None}),
        ("leaders_leave", {"how_many": None, "which": []}),
        ("leaders_leave", {"how_many": None, "which": [0]}),
        ("leaders_leave", {"how_many": None, "which": [1, 1]}),
        ("leaders_leave", {"how_many": None, "which": [70]}),
        ("leaders_change_jobs", {"how_many": 1, "which": [1]}),
        ("successors_style", {"control": 1.1}),
        ("hiring_freeze", {"intensity": 1.1}),
        ("hiring_freeze", {"factor": 0.3}),
        ("attention", {"purpose": 0.5, "staff": 0.3, "leaders": 0.3}),
        ("attention", {"staff": -0.1}),
        ("attention", {"intensity": 1.1}),
        ("attention", {"which": []}),
        ("attention", {"which": [2, 2]}),
        ("change_parameter", {"name": "imitations"}),
        ("change_parameter", {"name": "safety_trait", "value": 0.5}),
        ("change_parameter", {"value": 2.0}),
    ],
)
def test_what_makes_no_sense_is_refused(kind: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        entry(kind, **wrong)


def test_any_live_parameter_can_be_a_lever() -> None:
    for name, own in describe().items():
        if own.is_live:
            assert entry("change_parameter", name=name, value=own.highest).value == own.highest


def test_a_target_tells_what_narrows_it() -> None:
    assert Target().parts == frozenset()
    assert Target(services=("A",), share=0.5).parts == {"services", "share"}


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
_keys = st.sampled_from([
    "start_week", "end_week", "week", "intensity", "target", "note", "share_per_week", "choose", "members", "size",
    "how_many", "which", "name", "value", "control_norm", "factor", "ramp_weeks", "cost_per_week", "nonsense",
])  # fmt: skip


@given(kind=st.sampled_from(sorted(KINDS)), keys=st.dictionaries(_keys, _values, max_size=6))
def test_any_input_is_taken_or_refused_but_never_breaks(kind: str, keys: dict[str, Any]) -> None:
    try:
        own = anything.validate_python({"kind": kind, **keys})
    except ValidationError:
        return

    assert json.loads(own.model_dump_json())["kind"] == kind
    assert 0 <= own.strength(own.first_week, 20_000) <= 5
    assert own.effect()
