"""A session: levers, do-it-now, the timeline, kept futures. Without a browser and without a web framework."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.dashboard import catalogue, mapping, own
from sim.dashboard.actions import actions
from sim.dashboard.exchange import link_to, open_link
from sim.dashboard.printed_report import report
from sim.dashboard.session import MOST_KEPT, ExploreSession, check_size, lever_value
from sim.dashboard.views import actions as action_buttons
from sim.dashboard.views import entries, kinds, lever_groups, levers_set
from sim.inputs.interventions import KINDS
from sim.inputs.interventions.change_parameter import ChangeParameter
from sim.inputs.interventions.coach_senior_leaders import CoachSeniorLeaders
from sim.inputs.interventions.train_facilitators import TrainFacilitators
from sim.inputs.organisation import OrganisationShape
from sim.inputs.own import rulebook_with
from sim.inputs.scenario.description import Scenario, build_organisation, faults_in
from sim.rulebook.rulebook import RULEBOOK, Rulebook

SMALL = Scenario(title="Small", weeks=120, organisation=OrganisationShape(teams=3, team_size=4))


def test_a_lever_at_the_start_sets_how_the_service_has_always_been():
    session = ExploreSession(SMALL).with_lever("staff_turnover", 0.3, 0)

    assert session.scenario.parameters.staff_turnover == 0.3
    assert session.scenario.timeline == ()


def test_a_lever_moved_at_the_start_is_named_in_the_story_as_it_does_not_stand_on_the_timeline():
    changed = ExploreSession(SMALL).with_lever("staff_turnover", 0.3, 0).with_lever("control_norm", 0.5, 0)
    assert changed.scenario.story.endswith("Otherwise from the start: control norm and staff turnover.")
    later = ExploreSession(SMALL).with_lever("staff_turnover", 0.3, 10)
    assert later.scenario.story.endswith("what is done now stands on the timeline.")


def test_a_lever_moved_later_becomes_a_dated_entry():
    session = ExploreSession(SMALL).with_lever("staff_turnover", 0.3, 40)

    (entry,) = session.scenario.timeline
    assert isinstance(entry, ChangeParameter)
    assert (entry.start_week, entry.end_week, entry.value) == (40, None, 0.3)


def test_a_lever_that_only_acts_from_the_start_restarts_the_run():
    session = ExploreSession(SMALL).with_lever("safety_trait", 0.6, 40)

    assert session.scenario.parameters.safety_trait == 0.6
    assert session.scenario.timeline == ()


def test_a_lever_moved_twice_holds_each_value_in_its_weeks():
    session = ExploreSession(SMALL).with_lever("staff_turnover", 0.3, 20).with_lever("staff_turnover", 0.1, 60)

    values = [lever_value(session.scenario, "staff_turnover", week) for week in (0, 19, 20, 59, 60, 119)]
    assert values == [0.14, 0.14, 0.3, 0.3, 0.1, 0.1]


def test_a_lever_moved_earlier_takes_the_place_of_later_moves():
    session = ExploreSession(SMALL).with_lever("staff_turnover", 0.3, 60).with_lever("staff_turnover", 0.2, 20)

    assert [entry.first_week for entry in session.scenario.timeline] == [20]


def test_the_page_is_told_where_levers_stand_that_are_not_at_their_default_and_of_no_other():
    session = ExploreSession(SMALL).with_lever("staff_turnover", 0.3, 20).with_lever("control_norm", 0.4, 0)

    assert levers_set(SMALL) == {}
    assert levers_set(session.scenario) == {
        "staff_turnover": {"base": 0.14, "changes": [(20, 120, 0.3)]},
        "control_norm": {"base": 0.4, "changes": []},
    }


def test_moving_a_lever_back_leaves_no_entry_behind():
    session = ExploreSession(SMALL).with_lever("staff_turnover", 0.3, 20).with_lever("staff_turnover", 0.14, 20)

    assert session.scenario.timeline == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["staff_turnover", "control_norm", "facilitation"]),
            st.floats(0.05, 0.95),
            st.integers(0, 130),
        ),
        max_size=8,
    )
)
def test_any_moves_of_levers_leave_a_sound_scenario(moves):
    session = ExploreSession(SMALL)
    for name, value, week in moves:
        session = session.with_lever(name, value, week)

        assert lever_value(session.scenario, name, min(week, SMALL.weeks - 1)) == pytest.approx(value)

    assert faults_in(session.scenario, build_organisation(session.scenario)) == []


@given(st.lists(st.tuples(st.sampled_from(sorted(actions())), st.integers(0, 130)), max_size=10))
def test_any_presses_of_buttons_leave_a_sound_scenario(presses):
    session = ExploreSession(SMALL)
    for key, week in presses:
        try:
            session = session.with_action(key, week)
        except InputError:
            continue

    assert faults_in(session.scenario, build_organisation(session.scenario)) == []


def test_an_unknown_lever_is_refused():
    with pytest.raises(InputError, match="name of a parameter"):
        ExploreSession(SMALL).with_lever("luck", 1.0, 3)


def test_a_value_out_of_range_is_refused():
    with pytest.raises(InputError):
        ExploreSession(SMALL).with_lever("staff_turnover", 99.0, 3)


def test_pressing_a_button_begins_something_and_pressing_it_again_ends_it():
    begun = ExploreSession(SMALL).with_action("coach_senior_leaders", 10)
    ended = begun.with_action("coach_senior_leaders", 30)

    assert begun.scenario.timeline == (CoachSeniorLeaders(start_week=10, end_week=62),)
    assert ended.scenario.timeline == (CoachSeniorLeaders(start_week=10, end_week=30),)


def test_ending_something_in_the_week_it_begins_removes_it():
    session = ExploreSession(SMALL).with_action("dialogue", 10).with_action("dialogue", 10)

    assert session.scenario.timeline == ()


def test_something_begun_ends_before_the_next_of_its_kind():
    session = ExploreSession(SMALL).with_action("dialogue", 40).with_action("dialogue", 10)

    assert [entry.weeks(120) for entry in session.scenario.timeline] == [(40, 92), (10, 40)]


def test_topping_up_facilitators_waits_until_training_ends():
    session = ExploreSession(SMALL).with_action("train_facilitators", 0).with_action("refresh_facilitators", 20)

    training, top_up = session.scenario.timeline
    assert isinstance(training, TrainFacilitators)
    assert isinstance(top_up, TrainFacilitators)
    assert (training.end_week, top_up.start_week, top_up.end_week) == (104, 104, None)


def test_tightening_assurance_takes_the_place_of_lightening_it():
    session = ExploreSession(SMALL).with_action("lighten_assurance", 10).with_action("tighten_assurance", 30)

    assert [entry.weeks(120) for entry in session.scenario.timeline] == [(10, 30), (30, 120)]


def test_an_event_happens_in_the_week_it_is_pressed():
    session = ExploreSession(SMALL).with_action("two_leave", 58)

    assert session.scenario.timeline[0].weeks(120) == (58, 59)


def test_an_entry_can_be_moved_and_removed():
    session = ExploreSession(SMALL).with_action("dialogue", 10)
    moved = session.with_entry_fields(0, {"start_week": 20, "end_week": 50, "kind": "shock", "nonsense": 1})

    assert [entry.weeks(120) for entry in moved.scenario.timeline] == [(20, 50)]
    assert moved.scenario.timeline[0].kind == "dialogue"
    assert moved.without_entry(0).scenario.timeline == ()


def test_an_entry_that_ends_before_it_begins_is_refused_and_says_so():
    session = ExploreSession(SMALL).with_action("dialogue", 10)

    with pytest.raises(InputError, match="after start_week"):
        session.with_entry_fields(0, {"end_week": 5})


def test_entries_that_would_overlap_are_refused():
    session = ExploreSession(SMALL).with_action("dialogue", 0).with_action("dialogue", 60)

    with pytest.raises(InputError, match="do not overlap"):
        session.with_entry_fields(1, {"start_week": 20})


def test_an_entry_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="number of an entry"):
        ExploreSession(SMALL).without_entry(3)


def test_a_change_keeps_the_future_before_it():
    session = ExploreSession(SMALL).with_action("dialogue", 10)

    assert session.before == SMALL


def test_dragging_a_lever_is_one_change():
    session = ExploreSession(SMALL)
    for value in (0.2, 0.3, 0.4):
        session = session.with_lever("staff_turnover", value, 40)

    assert session.before == SMALL
    assert session.undo().scenario == SMALL


def test_undo_goes_back_step_by_step_and_stops_at_the_start():
    session = ExploreSession(SMALL).with_action("dialogue", 10).with_action("two_leave", 20)

    assert len(session.undo().scenario.timeline) == 1
    assert session.undo().undo().scenario == SMALL
    assert session.undo().undo().undo().scenario == SMALL


def test_every_step_can_be_undone_and_done_again():
    steps = [
        ExploreSession(SMALL),
        ExploreSession(SMALL).with_action("dialogue", 10),
    ]
    steps.append(steps[-1].keep(30))
    steps.append(steps[-1].with_action("two_leave", 40))
    steps.append(steps[-1].go_to_kept(0))
    steps.append(steps[-1].new_world())
    steps.append(steps[-1].with_lever("staff_turnover", 0.3, 20))
    steps.append(steps[-1].with_scenario(Scenario(title="Other", weeks=52)))
    steps.append(steps[-1].with_action("winter_crisis", 5))
    steps.append(steps[-1].restarted())
    shown = [(one.scenario, one.seed, one.kept, one.origin, one.before) for one in steps]

    session = steps[-1]
    back = [session := session.undo() for _ in steps[1:]][::-1]
    forth = [session := session.redo() for _ in steps[1:]]

    assert [(one.scenario, one.seed, one.kept, one.origin, one.before) for one in back] == shown[:-1]
    assert [(one.scenario, one.seed, one.kept, one.origin, one.before) for one in forth] == shown[1:]
    assert session.redo() is session


def test_a_new_step_leaves_nothing_to_do_again():
    undone = ExploreSession(SMALL).with_action("dialogue", 10).undo()

    assert undone.ahead
    assert undone.with_action("two_leave", 3).ahead == ()


def test_kept_futures_have_names_of_their_own():
    session = ExploreSession(SMALL)
    for week in range(5):
        session = session.with_action("two_leave", week).keep(week)

    assert [kept.label for kept in session.kept] == ["Future C", "Future D", "Future E"]


def test_a_kept_future_stays_while_the_next_grows_beside_it():
    session = ExploreSession(SMALL).with_action("dialogue", 10).keep(30).with_action("two_leave", 40)

    (kept,) = session.kept
    assert (kept.label, kept.parted_week, len(kept.scenario.timeline)) == ("Future A", 30, 1)
    assert len(session.scenario.timeline) == 2


def test_only_a_few_futures_are_kept():
    session = ExploreSession(SMALL)
    for week in range(6):
        session = session.with_action("two_leave", week).keep(week)

    assert len(session.kept) == MOST_KEPT


def test_one_can_go_on_from_a_kept_future():
    session = ExploreSession(SMALL).with_action("dialogue", 10).keep(30).with_action("two_leave", 40).go_to_kept(0)

    assert len(session.scenario.timeline) == 1


def test_a_new_world_has_other_chance_and_keeps_nothing():
    session = ExploreSession(SMALL).with_action("dialogue", 10).keep(3).new_world()

    assert session.seed == 2
    assert session.kept == ()


def test_a_future_that_is_too_large_for_a_page_is_refused():
    large = Scenario(title="Large", organisation=OrganisationShape(teams=400, team_size=40))

    with pytest.raises(InputError, match="person-weeks"):
        check_size(large, build_organisation(large))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_entry_can_be_added_with_what_the_page_suggests(kind):
    asked = next(one for one in kinds() if one["kind"] == kind)
    fields = {field["name"]: field["value"] for field in asked["fields"]}
    if asked["parameters"]:
        fields |= {"name": asked["parameters"][0]["name"], "value": asked["parameters"][0]["value"]}
    session = ExploreSession(SMALL).with_entry(kind, fields)

    (entry,) = session.scenario.timeline
    assert entry.kind == kind
    assert session.undo().scenario.timeline == ()


def test_an_entry_is_added_with_its_dates_and_strength():
    fields = {"start_week": 7, "end_week": 60, "intensity": 0.5, "choose": "needed", "nonsense": 3}
    (entry,) = ExploreSession(SMALL).with_entry("train_facilitators", fields).scenario.timeline

    assert (entry.start_week, entry.end_week, entry.intensity, entry.choose) == (7, 60, 0.5, "needed")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("nonsense", {}),
        ("dialogue", {"start_week": 20, "end_week": 10}),
        ("assurance", {"start_week": 1, "control_norm": 7}),
        ("change_parameter", {"start_week": 1, "name": "<b>", "value": 1}),
        ("shock", {"start_week": "soon"}),
    ],
)
def test_an_entry_that_is_not_allowed_is_refused(kind, fields):
    with pytest.raises(InputError):
        ExploreSession(SMALL).with_entry(kind, fields)


@pytest.fixture(name="with_own_rules")
def with_own_rules_fixture(forget_kinds: None) -> Iterator[Rulebook]:
    """Let the pages run rules and interventions of one's own, as ``cultureshift dashboard --with`` does."""
    folder = Path(__file__).parents[1] / "own_rules"
    rulebook = rulebook_with(folder / "inspection_fear.py", folder / "listening_round.py")
    own.run_with(rulebook)
    yield rulebook
    own.run_with(RULEBOOK)


def test_own_parameters_are_levers_and_own_interventions_have_buttons(with_own_rules: Rulebook) -> None:
    scenario = SMALL.with_rulebook(with_own_rules)

    session = ExploreSession(scenario).with_lever("fear_gain", 0.3, 40).with_action("listen", 20)

    assert [entry.kind for entry in session.scenario.timeline] == ["change_parameter", "listening_round"]
    assert lever_value(session.scenario, "fear_gain", 60) == 0.3
    groups = lever_groups(session.scenario.rulebook)
    assert "fear_gain" in [lever["name"] for group in groups for lever in group["levers"]]
    assert "listen" in [action["key"] for action in action_buttons()]
    assert "listening_round" in [kind["kind"] for kind in kinds()]
    assert [one["action"] for one in entries(session.scenario)] == [None, "listen"]
    changed = next(kind for kind in kinds() if kind["kind"] == "change_parameter")
    assert "fear_gain" in [one["name"] for one in changed["parameters"]]
    assert {"fear_gain", "fear_effect"} <= {one["name"] for one in mapping.labels()}


def test_pages_open_what_comes_with_cultureshift_under_own_rules(with_own_rules: Rulebook) -> None:
    assert catalogue.shipped(catalogue.FIRST).rulebook is with_own_rules


def test_a_link_says_which_rules_it_needs_and_cannot_bring_them(with_own_rules: Rulebook) -> None:
    link = link_to(ExploreSession(SMALL.with_rulebook(with_own_rules)).with_lever("fear_gain", 0.3, 40), 3)
    at_defaults = link_to(ExploreSession(SMALL.with_rulebook(with_own_rules)), 3)

    assert open_link(link).session.scenario.rulebook is with_own_rules
    own.run_with(RULEBOOK)
    assert open_link(link) is None
    assert open_link(at_defaults) is None
    assert open_link(link_to(ExploreSession(SMALL), 3)) is not None


def test_what_was_changed_says_so_and_no_longer_tells_the_story_that_it_began_with():
    begun = ExploreSession(catalogue.shipped(catalogue.FIRST))
    changed = begun.with_action("winter_crisis", 20).with_lever("staff_turnover", 0.3, 40)

    assert changed.scenario.title == f"{begun.scenario.title}, changed"
    assert begun.scenario.story not in changed.scenario.story
    assert begun.scenario.title in changed.scenario.story
    assert changed.scenario.name not in dict(catalogue.choices())
    assert begun.scenario.title in (told := report(begun))
    assert "changed" not in told[: told.index("</h1>")]
    assert f"{begun.scenario.title}, changed" in report(changed)


def test_what_was_changed_back_is_what_it_began_with():
    begun = ExploreSession(catalogue.shipped(catalogue.FIRST))
    there_and_back = begun.with_action("winter_crisis", 20).without_entry(len(begun.scenario.timeline))

    assert there_and_back.scenario == begun.scenario


def test_starting_again_finds_the_beginning_after_any_number_of_changes():
    begun = ExploreSession(SMALL)
    session = begun
    for week in range(100):
        session = session.with_entry_fields(0, {"week": week}) if week else session.with_action("two_leave", 0)

    assert session.restarted().scenario == SMALL
