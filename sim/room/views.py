"""What each page is given of a room: a participant no more than their own and what is shown, the facilitator all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.inputs.scenario.description import Scenario
from sim.lessons.designs import days_of
from sim.results.measures import PERSIST_YEARS, QUANTILES
from sim.room import debrief
from sim.room.actions import CHOICES
from sim.room.arms import look_at, story_arm, team_arm
from sim.room.designs import offered, words_of
from sim.room.judging import EVERY, JUDGED_FROM
from sim.room.plans import (
    PLANS,
    SHOCKS,
    RoundShock,
    contexts,
    happens_anyway,
    happens_in,
    is_held,
    scenario_of,
    with_shocks,
)
from sim.room.rules import phases_after
from sim.room.running import RoomArm, Runner
from sim.room.slides import asked_at_the_beginning, own_slide, slide_of
from sim.room.state import Participant, Room
from sim.rulebook.parameters import WEEKS_PER_YEAR
from sim.study.programmes import STRANDS

__all__ = ["board_view", "participant_view", "plans", "results", "steering_view"]

Plain = dict[str, Any]


def _common(room: Room, runner: Runner) -> Plain:
    at = room.round
    scenario = scenario_of(at.plan.scenario)
    story = runner.verdicts.get(story_arm(room, room.place, shocked=False).key)
    # Where nothing is predicted, the programme of the story comes after the teams' own.
    is_told = at.plan.predict != "nothing" or room.phase in ("results", "ended")
    return {
        "code": room.code,
        "title": room.title,
        "phase": room.phase,
        "paused": room.is_paused,
        "differs": room.differs,
        "worlds": room.worlds,
        "round": {
            "place": room.place,
            "n": len(room.rounds),
            "title": at.plan.title,
            "predict": at.plan.predict,
            "budget": at.plan.budget,
            "weeks": scenario.weeks,
            "years": at.n_years,
            "what": happens_in(at.plan.scenario) if is_told else (),
            "anyway": happens_anyway(at.plan.scenario),
            "starts": None if story is None else round(100 * story.years[2][0]),
            "support_ends": scenario.support_end_week if is_told else None,
        },
        "choices": CHOICES,
        "judged": [JUDGED_FROM // WEEKS_PER_YEAR, JUDGED_FROM // WEEKS_PER_YEAR + PERSIST_YEARS],
    }


# --- participants -----------------------------------------------------------------------------------------------------


def participant_view(room: Room, runner: Runner, person: Participant) -> Plain:
    """Return what a participant's page is given."""
    at = room.round
    mine = at.predictions.get(person.number)
    view = _common(room, runner)
    view["me"] = {"number": person.number, "name": person.name}
    view["teams"] = [{"name": room.team_name(team), "n": len(room.members(team))} for team in range(room.n_teams)]
    view["choose_teams"] = room.choose_teams
    view["mine"] = mine and {
        "curve": mine.curve,
        "choice": mine.choice,
        "reason": mine.reason,
        "may_show": mine.may_show,
    }
    view["slide"] = own_slide(room, person.number)
    view["team"] = None if person.team is None else _team(room, room.place, person.team)
    view["strands"] = offered(at.plan)
    if room.phase in ("results", "ended"):
        view["results"] = results(room, runner, room.place)
        if "programmes" in at.shown and person.team in at.commits:
            view["own"] = _own(room, runner, person.team)
    elif at.shown:
        view["results"] = results(room, runner, room.place, only=("predictions", "reasons"))
    return view


def _team(room: Room, place: int, team: int) -> Plain:
    at = room.rounds[place]
    commit = at.commits.get(team)
    by = at.committed_by.get(team)
    people = room.people.get(by[0]) if by else None
    return {
        "place": team,
        "name": room.team_name(team),
        "members": [person.name for person in room.members(team)],
        "draft": at.drafts.get(team, {}) if commit is None else commit,
        "committed": commit is not None,
        "by": people.name if people else None,
    }


def _own(room: Room, runner: Runner, team: int) -> Plain:
    """Return what became of a team's own service: its curve, and a closer look."""
    look = look_at(room, room.place, team)
    told: Plain = {"failed": True} if look.key in runner.failed else {"running": True}
    return {
        "happened": _verdict(runner, team_arm(room, room.place, team)),
        "look": runner.debriefs.get(look.key, told),
    }


# --- what the board shows ---------------------------------------------------------------------------------------------


def results(
    room: Room, runner: Runner, place: int, *, only: tuple[str, ...] | None = None, everything: bool = False
) -> Plain:
    """Return what is shown of a round; everything, for whoever steers and for the report."""
    at = room.rounds[place]
    shown = {item for item in at.shown if only is None or item in only}
    scenario = scenario_of(at.plan.scenario)
    view: Plain = {
        "place": place,
        "weeks": scenario.weeks,
        "support_ends": scenario.support_end_week,
        "predict": at.plan.predict,
        "shown": sorted(shown),
        "shocks": [shock.in_words() for shock in at.shocks],
        "shock_weeks": [shock.week for shock in at.shocks],
        "seed": room.seed,
        "worlds": room.worlds,
        "budget": at.plan.budget,
        "strands": offered(at.plan),
        "questions": debrief.questions(room, place),
    }
    story, calm = story_arm(room, place), story_arm(room, place, shocked=False)
    if "reasons" in shown or everything:
        told = [one for number, one in at.predictions.items() if not room.people[number].is_removed]
        view["reasons"] = [one.reason for one in told if one.may_show]
    if "predictions" in shown or everything:
        view["predictions"] = _predictions(room, place)
    if "happened" in shown or everything:
        # What was predicted is the story as it was told; what the shocks made of it is a line of its own.
        view["happened"] = _verdict(runner, calm)
        shocked = runner.verdicts.get(story.key) if at.shocks else None
        view["shocked"] = shocked and shocked.judged.bands[QUANTILES.index(0.5)]
        verdict = runner.verdicts.get(calm.key)
        view["words"] = debrief.sentences(room, place, verdict) if verdict else []
    if "programmes" in shown or everything:
        view["programmes"] = [_programme(room, runner, place, team) for team in sorted(at.commits)]
        view["story"] = {
            "title": at.plan.title,
            "parts": _parts(scenario),
            **_summary(runner, story),
            "before": _before(runner, story, calm),
        }
    return view


def _predictions(room: Room, place: int) -> Plain:
    told = {n: one for n, one in room.rounds[place].predictions.items() if not room.people[n].is_removed}
    chosen = [one.choice for one in told.values()]
    return {
        "n": len(told),
        "curves": [one.curve for one in told.values() if one.curve],
        "choices": {name: chosen.count(name) for name in CHOICES},
    }


def _verdict(runner: Runner, arm: RoomArm) -> Plain:
    verdict = runner.verdicts.get(arm.key)
    if verdict is not None:
        return verdict.to_plain()
    if arm.key in runner.failed:
        return {"failed": True}
    return {"done": round(runner.share_done(arm.key, arm.worlds), 2)}


def _summary(runner: Runner, arm: RoomArm) -> Plain:
    told = {name: value for name, value in _verdict(runner, arm).items() if name in ("summary", "done", "failed")}
    verdict = runner.verdicts.get(arm.key)
    return told if verdict is None else {**told, "curve": verdict.judged.bands[QUANTILES.index(0.5)], "every": EVERY}


def _parts(scenario: Scenario) -> list[Plain]:
    """Return when the story does what, for the board's bars: what it pays for, by its colour, and what happens."""
    colours = {strand.kind: strand.strand.colour for strand in STRANDS.values()}
    return [
        {"title": entry.title, "weeks": list(entry.weeks(scenario.weeks)), "colour": colours.get(entry.kind, "event")}
        for entry in scenario.timeline
    ]


def _before(runner: Runner, arm: RoomArm, calm: RoomArm) -> Plain | None:
    verdict = runner.verdicts.get(calm.key)
    return verdict.to_plain()["summary"] if verdict is not None and calm.key != arm.key else None


def _programme(room: Room, runner: Runner, place: int, team: int) -> Plain:
    at = room.rounds[place]
    design = at.commits[team]
    arm, calm = team_arm(room, place, team), team_arm(room, place, team, shocked=False)
    return {
        "team": team,
        "name": room.team_name(team),
        "days": days_of(design),
        "design": design,
        "words": words_of(design, at.plan),
        **_summary(runner, arm),
        "before": _before(runner, arm, calm),
    }


# --- the facilitator --------------------------------------------------------------------------------------------------


def board_view(room: Room, runner: Runner) -> Plain:
    """Return what the projector is given."""
    view = _common(room, runner)
    view["teams"] = [
        {
            "name": room.team_name(team),
            "n": len(room.members(team)),
            "committed": team in room.round.commits,
            "committed_at": room.round.committed_by[team][1] if team in room.round.commits else None,
            "days": days_of(room.round.drafts.get(team, {})),
        }
        for team in range(room.n_teams)
    ]
    view["names"] = [person.name for person in room.present()]
    view["slide"] = slide_of(room)
    view["n_people"] = len(room.present())
    view["n_predicted"] = _predictions(room, room.place)["n"]
    view["results"] = results(room, runner, room.place)
    view["progress"] = _progress(room, runner)
    return view


def steering_view(room: Room, runner: Runner) -> Plain:
    """Return what the steering page is given."""
    view = board_view(room, runner)
    at = room.round
    view["address"] = room.address
    view["asked"] = asked_at_the_beginning(room)
    view["next"] = [{"to": to, "round": place} for to, place in phases_after(room)]
    view["people"] = [_person(room, person) for person in room.present()]
    view["choose_teams"] = room.choose_teams
    view["results"] = results(room, runner, room.place, everything=True)
    view["reasons"] = [one.reason for n, one in at.predictions.items() if one.reason and not room.people[n].is_removed]
    story = runner.verdicts.get(story_arm(room, room.place, shocked=False).key)
    view["furthest"] = debrief.furthest_off(room, room.place, story) if story else []
    view["rounds"] = [
        {**one.plan.model_dump(), "begun": one.is_begun or (place <= room.place and room.phase != "lobby")}
        for place, one in enumerate(room.rounds)
    ]
    view["contexts"] = contexts()
    view["shock_kinds"] = _shock_kinds(room)
    return view


def _shock_kinds(room: Room) -> list[Mapping[str, Any]]:
    """Return what may happen unexpectedly, and whether it happens at its usual time already."""
    at = room.round
    now = with_shocks(scenario_of(at.plan.scenario), tuple(at.shocks))
    return [
        {
            "kind": kind,
            "title": title,
            "week": week,
            "latest": min(300, at.n_weeks - WEEKS_PER_YEAR),
            "held": is_held(now, RoundShock.model_validate({"kind": kind, "week": week})),
        }
        for kind, (title, week, _, _) in SHOCKS.items()
    ]


def _person(room: Room, person: Participant) -> Plain:
    return {
        "number": person.number,
        "name": person.name,
        "team": None if person.team is None else room.team_name(person.team),
        "predicted": person.number in room.round.predictions,
        "joined": person.joined_at,
        "returned": person.returned_at,
    }


def _progress(room: Room, runner: Runner) -> Plain:
    """Return how much of what the round needs has been run."""
    at = room.round
    arms = [story_arm(room, room.place), *(team_arm(room, room.place, team) for team in at.commits)]
    done = [runner.share_done(arm.key, arm.worlds) for arm in arms]
    return {"done": round(sum(done) / len(done), 2), "n": len(arms), "ready": sum(one >= 1 for one in done)}


def plans() -> list[Plain]:
    """Return the plans that a room can be opened with, but for the game, which has no rounds."""
    return [
        {"name": name, "title": title, "rounds": [plan.model_dump() for plan in rounds]}
        for name, (title, rounds) in PLANS.items()
    ]
