"""The rules of a room: any order of requests loses nothing and breaks nothing."""

import random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pydantic import ValidationError

from sim.room import actions as ask
from sim.room.actions import CHOICES, participant_action, steering_action
from sim.room.designs import task_of
from sim.room.rules import RefusedError, join, open_room, participate, phases_after, steer
from sim.room.state import Room, RoomEvent
from sim.study.programmes import STRANDS


def opened(plan="ninety", n_teams=3, choose_teams=False):
    action = ask.OpenRoom(title="A day", plan=plan, n_teams=n_teams, choose_teams=choose_teams)
    return Room("BCDF", [RoomEvent(kind, 0, 1.0, data) for kind, data in open_room(action)])


def happen(room, told, by):
    events = [RoomEvent(kind, by, 2.0, data) for kind, data in told]
    for event in events:
        room.apply(event)
    return events


def come_in(room, name="", request=None, team=None):
    request = request or f"request-{len(room.people)}"
    happen(room, join(room, ask.Join(request=request, name=name, team=team)), len(room.people) + 1)
    return room.people[room.requests[request]]


def do(room, person, **fields):
    return happen(room, participate(room, person.number, participant_action.validate_python(fields)), person.number)


def lead(room, **fields):
    return happen(room, steer(room, steering_action.validate_python(fields), random.Random(1)), 0)


def go(room, to, place=0):
    lead(room, do="go", to=to, round=place)


CURVE = [59, 80, 80, 75, 70, 65, 60, 60, 60]


def test_people_are_dealt_out_evenly_as_they_come():
    room = opened(n_teams=3)
    people = [come_in(room) for _ in range(7)]

    assert [person.team for person in people] == [0, 1, 2, 0, 1, 2, 0]


def test_a_doubled_name_gets_a_number_and_no_name_a_guest():
    room = opened()

    assert [come_in(room, name).name for name in ("Anna", "anna", "", "  ")] == ["Anna", "anna 2", "Guest 3", "Guest 4"]


def test_a_request_that_is_repeated_lets_nobody_in_twice():
    room = opened()
    first = come_in(room, "Anna", "the-same-request")
    again = come_in(room, "Anna", "the-same-request")

    assert first is again
    assert len(room.people) == 1


def test_a_latecomer_comes_in_where_the_others_are():
    room = opened()
    come_in(room)
    go(room, "predict")
    go(room, "design")
    late = come_in(room)
    do(room, late, do="draft", round=0, strand="dialogue", spend=[0, 52, 104])

    assert room.round.drafts[late.team] == {"dialogue": (0, 52, 104)}


def test_a_prediction_on_its_way_when_the_facilitator_goes_on_is_kept():
    room = opened()
    person = come_in(room)
    go(room, "predict")
    go(room, "design")
    do(room, person, do="predict", round=0, curve=CURVE)

    assert room.round.predictions[person.number].curve == tuple(CURVE)


def test_what_is_on_the_sliders_is_taken_when_designs_close():
    room = opened()
    person = come_in(room)
    go(room, "predict")
    go(room, "design")
    do(room, person, do="draft", round=0, strand="dialogue", spend=[0, 52, 104])
    go(room, "results")

    assert room.round.commits == {person.team: {"dialogue": (0, 52, 104)}}


def test_a_commit_stays_until_the_team_takes_it_back():
    room = opened()
    person = come_in(room)
    go(room, "predict")
    go(room, "design")
    do(room, person, do="draft", round=0, strand="dialogue", spend=[0, 52, 104])
    do(room, person, do="commit", round=0)

    with pytest.raises(RefusedError, match="has committed"):
        do(room, person, do="draft", round=0, strand="dialogue", spend=[0, 52, 50])
    do(room, person, do="reopen", round=0)
    do(room, person, do="draft", round=0, strand="dialogue", spend=[0, 52, 50])
    assert room.round.drafts[person.team]["dialogue"] == (0, 52, 50)


def test_the_budget_cannot_be_passed_by_two_of_a_team_together():
    room = opened(n_teams=1)
    one, other = come_in(room), come_in(room)
    go(room, "predict")
    go(room, "design")
    do(room, one, do="draft", round=0, strand="dialogue", spend=[0, 52, 150])

    with pytest.raises(RefusedError, match="more than the budget"):
        do(room, other, do="draft", round=0, strand="coach_teams", spend=[0, 52, 100])


def test_while_it_is_paused_nothing_is_taken():
    room = opened()
    person = come_in(room)
    go(room, "predict")
    lead(room, do="pause", on=True)

    with pytest.raises(RefusedError, match="paused"):
        do(room, person, do="predict", round=0, curve=CURVE)


def test_somebody_who_was_taken_out_can_do_nothing():
    room = opened()
    person = come_in(room)
    lead(room, do="remove", person=person.number)

    with pytest.raises(RefusedError, match="not in this room"):
        do(room, person, do="team", team=1)


@pytest.mark.parametrize("wrong", [None, [1] * 8, [1] * 10])
def test_a_curve_of_another_length_is_refused(wrong):
    room = opened()
    person = come_in(room)
    go(room, "predict")

    with pytest.raises(RefusedError, match="9 points"):
        do(room, person, do="predict", round=0, curve=wrong)


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "predict", "round": 0, "curve": [101] * 9},
        {"do": "predict", "round": 0, "curve": [float("nan")] * 9},
        {"do": "predict", "round": 0, "curve": [True] * 9},
        {"do": "predict", "round": "0", "curve": CURVE},
        {"do": "predict", "round": 0, "curve": CURVE, "reason": "x" * 5000},
        {"do": "draft", "round": 0, "strand": "dialogue", "spend": [0, 52]},
        {"do": "draft", "round": 0, "strand": "dialogue", "spend": [0, 52, 10**30]},
        {"do": "go", "to": "results", "round": 0},
        {"do": "commit", "round": 0, "team": 2},
        {},
    ],
)
def test_what_is_no_request_is_not_understood(fields):
    with pytest.raises(ValidationError):
        participant_action.validate_python(fields)


def test_a_shock_that_is_sent_twice_happens_once():
    room = opened()
    go(room, "predict")
    go(room, "results")
    for _ in range(2):
        lead(room, do="shock", round=0, shock={"kind": "winter", "week": 76}, request="only-once")

    assert len(room.round.shocks) == 1


def test_the_same_control_cannot_return_twice_at_a_time():
    room = opened()
    go(room, "predict")
    go(room, "results")
    lead(room, do="shock", round=0, shock={"kind": "control", "week": 80}, request="request-a")

    with pytest.raises(RefusedError, match="already"):
        lead(room, do="shock", round=0, shock={"kind": "control", "week": 100}, request="request-b")


@pytest.mark.parametrize("story", ["two-of-three-leave", "internal-capacity"])
def test_what_the_story_holds_already_is_no_shock(story):
    room = opened()
    lead(room, do="plan", first=0, rounds=[{"title": "", "scenario": story, "budget": 208}])
    go(room, "predict")
    go(room, "results")

    with pytest.raises(RefusedError, match="would change nothing"):
        lead(room, do="shock", round=0, shock={"kind": "two_leave", "week": 58}, request="request-a")
    lead(room, do="shock", round=0, shock={"kind": "two_leave", "week": 70}, request="request-b")
    lead(room, do="shock", round=0, shock={"kind": "winter", "week": 76}, request="request-c")
    with pytest.raises(RefusedError, match="would change nothing"):
        lead(room, do="shock", round=0, shock={"kind": "winter", "week": 76}, request="request-d")


def test_a_round_whose_story_would_give_the_answer_away_begins_with_the_design():
    room = opened()
    plan = {"title": "", "scenario": "internal-capacity", "budget": 820, "predict": "nothing"}
    lead(room, do="plan", first=0, rounds=[plan, plan])
    person = come_in(room)
    assert phases_after(room)[0] == ("design", 0)
    with pytest.raises(RefusedError):
        go(room, "predict")
    go(room, "design")
    with pytest.raises(RefusedError, match="Nothing is predicted"):
        do(room, person, do="predict", round=0, curve=CURVE)
    go(room, "results")

    assert room.round.shown == set()
    assert phases_after(room)[0] == ("design", 1)


def test_rounds_to_come_can_be_changed_and_repeated_and_those_begun_cannot():
    room = opened()
    go(room, "predict")
    again = room.round.plan.model_dump()
    lead(room, do="plan", first=1, rounds=[again, again])

    assert [one.plan.scenario for one in room.rounds] == ["shoestring-year"] * 3
    with pytest.raises(RefusedError, match="begun"):
        lead(room, do="plan", first=0, rounds=[again])


def test_everybody_can_be_dealt_out_anew_and_nobody_is_left_over():
    room = opened(n_teams=4)
    people = [come_in(room) for _ in range(10)]
    lead(room, do="deal")

    assert sorted(len(room.members(team)) for team in range(4)) == [2, 2, 3, 3]
    assert all(person.team is not None for person in people)


# --- any order of requests --------------------------------------------------------------------------------------------

rounds = st.sampled_from([0, 0, 0, 0, 0, 1, -1])
"""The round under way, mostly; now and then another."""

people = st.sampled_from([1, 2, 3, 1, 2, 3, 1, 2, 3, 4, 5, 9])
curves = st.lists(st.integers(0, 100), min_size=9, max_size=9)
strands = st.sampled_from(list(STRANDS))
verbs = st.sampled_from(["fitting", "fitting", "fitting", "fitting", "commit", "commit", "reopen", "predict", "draft"])
dates = st.tuples(st.integers(0, 60), st.integers(20, 90), st.integers(0, 120))


class AnyOrder(RuleBasedStateMachine):
    """Some people and a facilitator do anything at any time; a second reading of all events gives the same room."""

    def __init__(self):
        super().__init__()
        self.room, self.events = None, []
        self.predicted, self.committed = {}, {}

    @initialize(choose=st.booleans(), start=st.sampled_from([0, 1, 2, 2, 2, 3, 4, 5, 5, 8, 9]))
    def open(self, choose, start):
        action = ask.OpenRoom(title="A day", plan="ninety", n_teams=2, choose_teams=choose)
        self.room = Room("BCDF")
        self.events = happen(self.room, open_room(action), 0)
        for number in (1, 2, 3):
            told = join(self.room, ask.Join(request=f"request-{number}", team=number % 2))
            self.events += happen(self.room, told, number)
        for _ in range(start):
            to, place = phases_after(self.room)[0]
            self.lead(do="go", to=to, round=place)

    def at(self, steps):
        return max(0, self.room.place + steps)

    def attempt(self, decide, by):
        before = snapshot(self.room)
        try:
            told = decide()
        except RefusedError:
            assert snapshot(self.room) == before
            return []
        events = happen(self.room, told, by)
        self.events += events
        for event in events:
            key = (event.data.get("round"), event.data.get("team"))
            if event.kind == "committed":
                self.committed[key] = {name: tuple(spend) for name, spend in event.data["design"].items()}
            elif event.kind == "reopened":
                del self.committed[key]
        return events

    def entered(self, number, **fields):
        action = participant_action.validate_python(fields)
        return self.attempt(lambda: participate(self.room, number, action), number)

    def lead(self, **fields):
        action = steering_action.validate_python(fields)
        return self.attempt(lambda: steer(self.room, action, random.Random(1)), 0)

    @rule(name=st.text(max_size=30), team=st.none() | st.integers(0, 4), request=st.integers(0, 9))
    def come_in(self, name, team, request):
        action = ask.Join(request=f"request-{request}", name=name, team=team)
        self.attempt(lambda: join(self.room, action), len(self.room.people) + 1)

    @rule(entries=st.lists(st.tuples(people, rounds, verbs, curves, strands, dates), min_size=1, max_size=6))
    def enter(self, entries):
        for number, steps, verb, curve, strand, dates in entries:
            if verb == "fitting":
                verb = {"predict": "predict", "design": "draft"}.get(self.room.phase, "commit")
            place = self.at(steps)
            if verb == "predict":
                self.predict(number, place, curve)
            elif verb == "draft":
                self.draft(number, place, strand, *dates)
            else:
                self.entered(number, do=verb, round=place)

    def predict(self, number, place, curve):
        choice = [*CHOICES, "gold"][curve[0] % 5]
        is_curve = self.room.round.plan.predict == "curve"
        told = self.entered(number, do="predict", round=place, **({"curve": curve} if is_curve else {"choice": choice}))
        if told:
            self.predicted[place, number] = tuple(curve) if is_curve else choice

    def draft(self, number, place, strand, start, length, days):
        end = 416 if STRANDS[strand].weeks[1] is None else start + length
        spend = [start, end, days] if days else None
        self.entered(number, do="draft", round=place, strand=strand, spend=spend)

    @rule(data=st.data())
    def go_on(self, data):
        ways = phases_after(self.room)
        to, place = data.draw(st.sampled_from([ways[0]] * 3 + [("design", self.room.place)] * 2 + ways))
        told = self.lead(do="go", to=to, round=place)
        assert told or (to, place) not in ways

    @rule(item=st.sampled_from(ask.ITEMS), on=st.booleans(), steps=rounds)
    def show(self, item, on, steps):
        self.lead(do="show", item=item, on=on, round=self.at(steps))

    @rule(kind=st.sampled_from(["two_leave", "winter", "surge", "control"]), week=st.integers(0, 300), steps=rounds)
    def shock(self, kind, week, steps):
        shock = {"kind": kind, "week": week}
        self.lead(do="shock", round=self.at(steps), shock=shock, request=f"{kind}-{week}-x")

    @rule(
        what=st.sampled_from(["pause", "go on", "go on", "go on", "calm", "remove", "deal", "plan", "team", "go"]),
        n=st.integers(0, 4),
        to=st.sampled_from(["lobby", "predict", "design", "results", "ended"]),
    )
    def seldom(self, what, n, to):
        if what in ("pause", "go on"):
            self.lead(do="pause", on=what == "pause")
        elif what == "calm":
            self.lead(do="calm", round=self.room.place, left=n)
        elif what == "remove":
            self.lead(do="remove", person=n + 3)
        elif what == "plan":
            self.lead(do="plan", first=n, rounds=[self.room.round.plan.model_dump()] * 2)
        elif what == "team":
            self.entered(max(1, n), do="team", team=n)
        elif what == "go":
            self.lead(do="go", to=to, round=n)
        else:
            self.lead(do="deal")

    @invariant()
    def every_entry_is_kept(self):
        if self.room is None:
            return
        kept = {(place, team): d for place, at in enumerate(self.room.rounds) for team, d in at.commits.items()}
        assert kept == self.committed
        for (place, number), told in self.predicted.items():
            kept = self.room.rounds[place].predictions[number]
            assert told == (kept.curve if kept.curve is not None else kept.choice)

    @invariant()
    def no_rule_is_broken(self):
        room = self.room
        if room is None:
            return
        names = [person.name.casefold() for person in room.present()]
        assert len(names) == len(set(names))
        assert 0 <= room.place < len(room.rounds)
        for at in room.rounds:
            for design in (*at.drafts.values(), *at.commits.values()):
                assert task_of(at.plan).faults(design) == []
            assert all(design for design in at.commits.values())
            assert len(at.shocks) <= 4

    @invariant()
    def the_events_give_the_same_room(self):
        if self.room is not None:
            assert snapshot(Room("BCDF", self.events)) == snapshot(self.room)


def snapshot(room):
    rounds = [(at.plan, at.predictions, at.drafts, at.commits, at.shocks, at.shown) for at in room.rounds]
    state = (room.title, room.phase, room.before_end, room.place, room.is_paused, room.address, room.n_events)
    return repr((state, room.people, rounds))


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)
