"""A lesson's run: what was predicted, work in pieces for the shared pool, and what the page shows of it.

Knows nothing of the web. A curve comes as points evenly spaced over the run; an answer as its place in the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.dashboard.accounts import LoopsPiece, loops_pieces
from sim.dashboard.verdict import curve_verdict, range_verdict, ranking_verdict
from sim.inputs.scenario.description import Scenario
from sim.lessons.judging import ProgrammeOutcome, judge
from sim.lessons.measuring import MEASURED, is_weekly
from sim.lessons.reading import Lesson
from sim.lessons.worlds import GatheredWorlds, WorldsPiece, in_pieces, run_worlds
from sim.report.loops import loops_in_words
from sim.report.ranges import how_ranges_are_made, range_in_words
from sim.results.ensemble import JUDGED_BY, Ensemble, PairedEnsemble
from sim.results.measures import Interval
from sim.results.outcomes import PERSISTS_WITHOUT_UPKEEP
from sim.results.ranges import kept_range

__all__ = [
    "LessonArm", "LessonPiece", "LessonPrediction", "LessonRun", "LessonWork", "arm_shown", "arms_run", "pieces_of",
    "read_prediction", "rests_on", "run_piece",
]  # fmt: skip

Series = NDArray[np.float64]
_CHUNK = 5
_MOST_POINTS = 400
_YEAR = 52
_FUNNEL = (
    ("opportunities", "met"),
    ("voiced", "voiced"),
    ("joined", "joined by colleagues"),
    ("well_received", "well received"),
    ("learned", "learned from"),
)
_UNKNOWN = (
    "How far this depends on what nobody has measured is not known here. To find out, it is run again for each of many "
    "guesses, which takes minutes: cultureshift run does that with --range."
)


# --- what is predicted ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LessonPrediction:
    """What somebody expects.

    Parameters
    ----------
    curve : points evenly spaced over the run, None where an answer is chosen
    choice : place of the answer, None where a curve is drawn
    """

    curve: tuple[float, ...] | None = None
    choice: int | None = None


def read_prediction(said: Mapping[str, Any], lesson: Lesson) -> LessonPrediction:
    """Return the prediction that a page sends.

    Raises
    ------
    InputError : it is not one for this lesson, or has no reason
    """
    predict = lesson.front_matter.predict
    # The words themselves stay in the browser.
    if said.get("has_reason") is not True:
        raise InputError.single("prediction", "a reason in words", "none")
    if predict.kind == "choose":
        choice = said.get("choice")
        if not isinstance(choice, int) or isinstance(choice, bool) or not 0 <= choice < len(predict.choices):
            raise InputError.single("prediction", "one of the answers", repr(choice)[:40])
        return LessonPrediction(choice=choice)
    curve = said.get("curve")
    if not isinstance(curve, list) or not 2 <= len(curve) <= _MOST_POINTS or not all(map(_is_number, curve)):
        raise InputError.single("prediction", "a curve", "something else", "draw from the left edge to the right")
    return LessonPrediction(curve=tuple(float(value) for value in curve))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


# --- what is run ------------------------------------------------------------------------------------------------------

LessonPiece = WorldsPiece | LoopsPiece
"""Work of a lesson."""


class LessonWork(Protocol):
    """Something of a lesson that is run piece by piece."""

    def pieces(self) -> Sequence[Any]:
        """Return the work."""

    def take(self, piece: Any, done: Any) -> None:
        """Add what a piece of work has left."""

    def shown(self) -> dict[str, Any] | None:
        """Return what the page shows of what is done; None where that is nothing yet."""


def run_piece(piece: LessonPiece) -> Any:
    """Do a piece of work; called in a worker."""
    return run_worlds(piece) if isinstance(piece, WorldsPiece) else piece.run()


def drawn_measure(lesson: Lesson) -> str:
    """Return the weekly measure whose course is shown."""
    measure = lesson.front_matter.predict.measure
    return measure if is_weekly(measure) else JUDGED_BY


def pieces_of(lesson: Lesson, arms: Sequence[tuple[str, Scenario, Scenario]]) -> list[WorldsPiece]:
    """Return the work of running arms in the worlds of a lesson, all of them in turn.

    Parameters
    ----------
    lesson : whose worlds and measures they are
    arms : each with its label and what it is held against
    """
    run, predict = lesson.front_matter.run, lesson.front_matter.predict
    scenarios = [needed for _, scenario, against in arms for needed in _needed(scenario, against)]
    measured = (JUDGED_BY, drawn_measure(lesson), *MEASURED[predict.measure].reads)
    funnel = tuple(name for name, _ in _FUNNEL) if lesson.front_matter.explain == "funnel" else ()
    return in_pieces(scenarios, run.seed, run.replicates, _CHUNK, tuple(dict.fromkeys((*measured, *funnel))))


def _needed(scenario: Scenario, against: Scenario) -> list[Scenario]:
    """Return all that has to be run to judge a scenario: also with nothing done, and if the upkeep stops."""
    nothing = [] if against.is_baseline_of(scenario) else [scenario.baseline()]
    return [scenario, against, *nothing, *([scenario.without_upkeep()] if scenario.upkeep else [])]


@dataclass(frozen=True)
class LessonArm:
    """One arm in the worlds that all arms have been through.

    Parameters
    ----------
    label : what it is called
    paired : beside nothing done
    against : what it is held against
    values, others : [n_worlds], the measure of the lesson in both
    judged : what came of it
    """

    label: str
    paired: PairedEnsemble
    against: Ensemble
    values: Series
    others: Series
    judged: ProgrammeOutcome

    @property
    def scenario(self) -> Scenario:
        """What was done."""
        return self.paired.arm.scenario


def arms_run(lesson: Lesson, arms: Sequence[tuple[str, Scenario, Scenario]], worlds: GatheredWorlds) -> list[LessonArm]:
    """Return arms in the worlds that all of them have been through; none before the first of these."""
    needed = [one for _, scenario, against in arms for one in _needed(scenario, against)]
    numbers = worlds.numbers(needed)
    return [_arm(lesson, *arm, worlds, numbers) for arm in arms] if numbers else []


def _arm(
    lesson: Lesson, label: str, scenario: Scenario, against: Scenario, worlds: GatheredWorlds, numbers: tuple[int, ...]
) -> LessonArm:
    predict, drawn = lesson.front_matter.predict, drawn_measure(lesson)
    is_against_nothing = against.is_baseline_of(scenario)
    paired = worlds.paired(scenario, against if is_against_nothing else scenario.baseline(), numbers)
    other = paired.baseline if is_against_nothing else worlds.ensemble(against, numbers)
    measured, week = MEASURED[predict.measure], predict.week or 0
    return LessonArm(
        label, paired, other,
        measured.values(paired, week).astype(float),
        measured.values(PairedEnsemble(other, paired.baseline), week).astype(float),
        judge(scenario, paired.judged, (paired.arm.series(drawn), other.series(drawn))),
    )  # fmt: skip


# --- what it shows ----------------------------------------------------------------------------------------------------


@dataclass
class LessonRun:
    """A lesson that is being run, and the prediction it is held against.

    Parameters
    ----------
    lesson, prediction : what is run, and what was expected
    """

    lesson: Lesson
    prediction: LessonPrediction
    loops: dict[int, Series] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._worlds = GatheredWorlds(self.lesson.front_matter.run.seed)

    def pieces(self) -> list[LessonPiece]:
        """Return the work: the runs, and then the loops."""
        lesson = self.lesson
        has_loops = lesson.front_matter.explain == "loops"
        loops = loops_pieces(lesson.scenario(), lesson.front_matter.run.seed) if has_loops else []
        return [*pieces_of(lesson, lesson.arms()), *loops]

    def take(self, piece: LessonPiece, done: Any) -> None:
        """Add what a piece of work has left."""
        if isinstance(piece, WorldsPiece):
            self._worlds.take(piece, done)
        else:
            self.loops.update(done)

    def shown(self) -> dict[str, Any] | None:
        """Return what the page shows of the worlds that all arms have been through; None before the first."""
        arms = arms_run(self.lesson, self.lesson.arms(), self._worlds)
        if not arms:
            return None
        n = len(arms[0].values)
        verdict, answers = self._verdict(arms)
        is_whole = n == self.lesson.front_matter.run.replicates
        return {
            "slug": self.lesson.slug,
            "stamp": self.lesson.stamp,
            "n": n,
            "weeks": arms[0].paired.arm.n_weeks,
            "is_whole": is_whole,
            "arms": [arm_shown(arm) for arm in arms],
            "drawn": MEASURED[drawn_measure(self.lesson)].label,
            "measure": MEASURED[self.lesson.front_matter.predict.measure].label,
            "verdict": verdict,
            "answers": answers,
            "rests_on": rests_on(arms) if is_whole else None,
            "funnel": _funnel(arms[0]) if self.lesson.front_matter.explain == "funnel" else [],
            "loops": loops_in_words(self.lesson.scenario(), self.loops),
        }

    def _verdict(self, arms: Sequence[LessonArm]) -> tuple[list[str], list[dict[str, Any]]]:
        predict = self.lesson.front_matter.predict
        if predict.kind == "draw":
            return curve_verdict(self.prediction.curve or (), arms[0].paired.arm.series(drawn_measure(self.lesson))), []
        mine = self.prediction.choice or 0
        if predict.choices[0].scenario is not None:
            return ranking_verdict([arm.values for arm in arms], predict, mine)
        is_difference = predict.compare_with is not None
        return range_verdict(arms[0].values - (arms[0].others if is_difference else 0.0), predict, mine)


def arm_shown(arm: LessonArm) -> dict[str, Any]:
    """Return what the page shows of one arm: its bands, and the median of what it is held against."""
    against = arm.against.scenario
    return {
        "label": arm.label,
        "bands": arm.judged.bands,
        "reference": arm.judged.reference,
        "against": against.title if against.done else "nothing done",
    }


def rests_on(arms: Sequence[LessonArm]) -> dict[str, Any]:
    """Return what the results rest on: what chance, and what nobody has measured, leave open of each arm."""
    kept = [kept_range(arm.scenario) for arm in arms]
    told = [
        {"label": arm.label, "says": range_in_words(_summary(arm), known) if known else [_UNKNOWN]}
        for arm, known in zip(arms, kept, strict=True)
    ]
    return {"arms": told, "made": next((how_ranges_are_made(known) for known in kept if known), "")}


def _summary(arm: LessonArm) -> dict[str, Interval]:
    """Return the outcomes, and what persists if the upkeep stops where there is any."""
    stopped = arm.paired.if_upkeep_stops
    of_upkeep = {} if stopped is None else {PERSISTS_WITHOUT_UPKEEP: stopped.persistence()}
    return {**arm.judged.summary, **of_upkeep}


def _funnel(arm: LessonArm) -> list[dict[str, Any]]:
    total = [float(np.nansum(arm.paired.arm.series(name)[:, 1 : _YEAR + 1])) for name, _ in _FUNNEL]
    return [
        {"label": label, "share": count / max(total[0], 1.0)} for (_, label), count in zip(_FUNNEL, total, strict=True)
    ]
