"""What a survey says of teams and services, as it was entered: to be held beside what the model makes of it."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from sim.inputs.imports.people import Staff
from sim.inputs.imports.scores import GatheredSurvey
from sim.inputs.tables.columns import Role

__all__ = ["Entered", "entered_scores"]


@dataclass(frozen=True)
class Entered:
    """How safe the people of a team or a service feel, as a survey says.

    Parameters
    ----------
    kind, name : of which team or service
    score : from 0 to 1
    is_share : whether it is a share who agree, and no mean
    answered : how many answered; 0 where that is not told
    spread : standard deviation between people, from 0 to 0.5; NaN where it is not told
    """

    kind: Literal["team", "service"]
    name: str
    score: float
    is_share: bool
    answered: int
    spread: float


def entered_scores(survey: GatheredSurvey, staff: Staff) -> list[Entered]:
    """Return what is known of each team from its people, and else from its own score; and of services with one.

    Parameters
    ----------
    survey : before anything is added for those who did not answer
    staff : who is in which team
    """
    own: dict[str, list[float]] = defaultdict(list)
    for person in staff.people:
        if person.role is Role.STAFF and person.id in survey.persons:
            safety = survey.persons[person.id][0]
            if not math.isnan(safety):
                own[person.team].append(safety)
    told = [Entered("team", team, _mean(scores), False, len(scores), _spread(scores)) for team, scores in own.items()]
    for (kind, name), cells in survey.groups.items():
        column = next((one for one in ("safety", "safety_agreeing") if one in cells), None)
        if column is None or (kind == "team" and name in own):
            continue
        is_service = kind == "service"
        spread, answered = cells.get("spread", math.nan), int(cells.get("respondents", 0))
        told.append(
            Entered("service" if is_service else "team", name, cells[column], column != "safety", answered, spread)
        )
    return told


def _mean(scores: list[float]) -> float:
    return sum(scores) / len(scores)


def _spread(scores: list[float]) -> float:
    if len(scores) < 2:
        return math.nan
    mean = _mean(scores)
    return math.sqrt(sum((score - mean) ** 2 for score in scores) / (len(scores) - 1))
