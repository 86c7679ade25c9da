"""What has to be run for a room: the story of each round, each team's programme, and both again with the shocks."""

from __future__ import annotations

from functools import lru_cache

from sim.lessons.designs import Spend
from sim.room.designs import task_of
from sim.room.looking import CloserLook
from sim.room.plans import RoundPlan, RoundShock, scenario_of, with_shocks
from sim.room.running import RoomArm, WantedWork
from sim.room.state import Room

__all__ = ["look_at", "story_arm", "team_arm", "wanted"]


@lru_cache(maxsize=512)
def _story(name: str, shocks: tuple[RoundShock, ...], seed: int, worlds: int) -> RoomArm:
    return RoomArm(with_shocks(scenario_of(name), shocks), seed, worlds)


@lru_cache(maxsize=2048)
def _programme(
    plan: RoundPlan, design: tuple[tuple[str, Spend], ...], shocks: tuple[RoundShock, ...], seed: int, worlds: int
) -> RoomArm:
    return RoomArm(with_shocks(task_of(plan).scenario(dict(design)), shocks), seed, worlds)


def story_arm(room: Room, place: int, shocked: bool = True) -> RoomArm:
    """Return what a round is about, with or without the shocks that the facilitator let happen."""
    at = room.rounds[place]
    return _story(at.plan.scenario, tuple(at.shocks) if shocked else (), room.seed, room.worlds)


def team_arm(room: Room, place: int, team: int, shocked: bool = True) -> RoomArm:
    """Return the programme that a team has committed, in the place that the round is about.

    Raises
    ------
    KeyError : the team has committed nothing
    """
    at = room.rounds[place]
    design = tuple(sorted(at.commits[team].items()))
    shocks = tuple(at.shocks) if shocked else ()
    return _programme(at.plan, design, shocks, room.seed, room.worlds)


def look_at(room: Room, place: int, team: int) -> CloserLook:
    """Return the closer look at a team's programme, with the shocks; at the programme that it has committed."""
    return CloserLook(team_arm(room, place, team).scenario, room.seed)


def wanted(room: Room) -> list[WantedWork]:
    """Return everything that a room needs, what people wait for first."""
    here = room.place
    places = (here, *range(here), *range(here + 1, len(room.rounds)))
    arms: list[WantedWork] = []
    for place in places:
        teams = sorted(room.rounds[place].commits)
        for shocked in (True, False):
            arms.append(story_arm(room, place, shocked))
            arms += [team_arm(room, place, team, shocked) for team in teams]
    # What a team may read about itself comes after what the whole room waits for.
    looks = [look_at(room, place, team) for place in places for team in sorted(room.rounds[place].commits)]
    return [*arms, *looks]
