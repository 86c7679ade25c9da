"""A synthetic staff survey: what a questionnaire would find out about the people of a running world.

Each person who answers puts how safe they feel, and how sure they are that a concern would be addressed, on a scale
from 1 to 5; 4 and 5 count as agreement. Who answers may depend on the staff group and on how safe a person feels.
Results of fewer people than a real survey would report are kept back. A survey changes nothing in the world it asks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.base.chance import Streams, uniforms_at
from sim.base.errors import Fault, InputError
from sim.engine.run import PreparedRun
from sim.engine.state import World, vacant_seats
from sim.inputs.organisation import STAFF_GROUP_NAMES
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["CENSUS", "ITEMS", "Item", "Result", "SurveyAnswers", "SurveyDesign", "ask", "ask_every_year", "scale_point"]

AGREES_FROM = 4
"""Somebody who answers 4 or 5 agrees."""

NO_ANSWER = 0
NOT_ASKED = -1
"""A post that is vacant: nobody is asked, and it is not counted."""

_N_POINTS = 5


@dataclass(frozen=True)
class Item:
    """One statement of the questionnaire, and the state that decides how far a person agrees with it."""

    name: str
    wording: str
    state: str


ITEMS = (
    Item("safe", "Here I can speak up about anything that worries me.", "safety"),
    Item("addressed", "If I spoke up, I am confident that something would be done about it.", "efficacy"),
)
"""The statements, in words of our own after the national staff survey's; 1 strongly disagree to 5 strongly agree."""


@dataclass(frozen=True)
class SurveyDesign:
    """How a survey is held.

    Parameters
    ----------
    response_rate : [n_groups], share of each staff group that answers if they are neither safe nor unsafe; in [0, 1]
    candour : how much more likely those who feel safer answer, in logits per unit of safety; 0 is not related
    wavering : spread of an answer around what a person feels, in points of the scale, 0 or more
    smallest_group : results of fewer answers than this are not reported

    Raises
    ------
    InputError : a value is out of range
    """

    response_rate: tuple[float, ...] = (0.40, 0.45, 0.60, 0.55, 0.65)
    candour: float = 0.0
    wavering: float = 0.0
    smallest_group: int = 11

    def __post_init__(self) -> None:
        faults = []
        if len(self.response_rate) != len(STAFF_GROUP_NAMES):
            wanted = f"one rate for each of {', '.join(STAFF_GROUP_NAMES)}"
            faults.append(Fault("response_rate", wanted, f"{len(self.response_rate)} rates"))
        faults += [
            Fault("response_rate", "shares from 0 to 1", f"{rate:g}")
            for rate in self.response_rate
            if not 0.0 <= rate <= 1.0
        ]
        if not math.isfinite(self.candour):
            faults.append(Fault("candour", "a number, in logits per unit of safety", f"{self.candour:g}"))
        if not 0.0 <= self.wavering < math.inf:
            faults.append(Fault("wavering", "0 or more points of the scale", f"{self.wavering:g}"))
        if self.smallest_group < 1:
            faults.append(Fault("smallest_group", "1 answer or more", str(self.smallest_group)))
        if faults:
            raise InputError(faults)


CENSUS = SurveyDesign(response_rate=(1.0,) * len(STAFF_GROUP_NAMES), smallest_group=1)
"""Everybody answers, as they feel."""


@dataclass(frozen=True)
class Result:
    """What is reported of one item for one group of staff.

    Parameters
    ----------
    group : whose answers
    asked, answered : people
    agree : share of answers of 4 and 5; None where too few answered to report it
    """

    group: str
    asked: int
    answered: int
    agree: float | None


@dataclass(frozen=True, eq=False)
class SurveyAnswers:
    """The answers to one survey.

    Parameters
    ----------
    answers : [n_items, n_staff], 1 to 5, 0 where somebody did not answer, -1 where the post is vacant
    staff_group : [n_staff]
    design : how it was held
    """

    answers: NDArray[np.int8]
    staff_group: NDArray[np.uint8] = field(repr=False)
    design: SurveyDesign

    @property
    def response_rate(self) -> float:
        """Share of those asked who answered."""
        asked = self.answers[0][self.answers[0] != NOT_ASKED]
        return float(np.mean(asked != NO_ANSWER)) if len(asked) else math.nan

    def result(self, item: str = "safe", rows: NDArray[np.bool_] | None = None, group: str = "all staff") -> Result:
        """Return what is reported of an item.

        Parameters
        ----------
        item : name of an item of :data:`ITEMS`
        rows : [n_staff], whose answers; everybody's if left out
        group : what they are called
        """
        answers = self.answers[[known.name for known in ITEMS].index(item)]
        asked = answers if rows is None else answers[rows]
        asked = asked[asked != NOT_ASKED]
        answered = asked[asked != NO_ANSWER]
        is_enough = len(answered) >= self.design.smallest_group
        agree = float(np.mean(answered >= AGREES_FROM)) if is_enough else None
        return Result(group, len(asked), len(answered), agree)

    def by_staff_group(self, item: str = "safe") -> list[Result]:
        """Return what is reported of an item for each staff group."""
        return [self.result(item, self.staff_group == code, name) for code, name in enumerate(STAFF_GROUP_NAMES)]


def scale_point(felt: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return the nearest point of the scale from 1 to 5 to what people feel, from 0 to 1.

    Examples
    --------
    >>> scale_point(np.array([0.0, 0.5, 0.62, 0.63, 1.0])).tolist()
    [1, 3, 3, 4, 5]
    """
    return np.clip(np.ceil(1.0 + (_N_POINTS - 1) * felt - 0.5), 1, _N_POINTS).astype(np.int8)


def ask(world: World, key: NDArray[np.uint32], week: int, design: SurveyDesign = CENSUS) -> SurveyAnswers:
    """Hold a survey among the staff of a world.

    Parameters
    ----------
    world : whom to ask; not changed
    key : [2], of :func:`sim.base.chance.chance_key`
    week : of the run; surveys of different weeks have different chance
    design : how it is held

    Examples
    --------
    >>> from sim.engine.run import prepare
    >>> from sim.inputs.scenario.description import Scenario
    >>> world, key = prepare(Scenario(title="Nothing is done", weeks=1)).start(seed=1)
    >>> ask(world, key, week=0).response_rate
    1.0
    """
    staff = world.staff
    draws = uniforms_at(key, Streams.SURVEY, week, staff["chance"])
    rate = np.array(design.response_rate)[staff["staff_group"]]
    answers = draws[0] < _lean(rate, design.candour * (staff["safety"] - 0.5))
    radius, angle = np.sqrt(-2.0 * np.log(draws[1])), 2.0 * np.pi * draws[2]
    points = [
        scale_point(staff[item.state] + design.wavering / (_N_POINTS - 1) * radius * turn)
        for item, turn in zip(ITEMS, (np.cos(angle), np.sin(angle)), strict=True)
    ]
    given = np.where(answers, np.stack(points), NO_ANSWER).astype(np.int8)
    given[:, vacant_seats(staff)] = NOT_ASKED
    return SurveyAnswers(given, staff["staff_group"].copy(), design)


def _lean(rate: NDArray[np.float64], logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return chances moved by some logits; 0 and 1 stay."""
    odds = np.exp(logits)
    return np.asarray(rate * odds / (rate * odds + 1.0 - rate))


def ask_every_year(
    prepared: PreparedRun, seed: int, replicate: int = 0, design: SurveyDesign = CENSUS
) -> list[SurveyAnswers]:
    """Run a replicate, and hold a survey in week 0 and after each full year.

    Returns
    -------
    surveys : one for week 0, 52, 104 and so on
    """
    world, key = prepared.start(seed, replicate)
    surveys = [ask(world, key, 0, design)]
    for week in range(0, prepared.n_weeks - WEEKS_PER_YEAR + 1, WEEKS_PER_YEAR):
        prepared.run_weeks(world, key, week, WEEKS_PER_YEAR)
        surveys.append(ask(world, key, week + WEEKS_PER_YEAR, design))
    return surveys
