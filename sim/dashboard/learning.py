"""A lesson's run: what was predicted, work in pieces for the shared pool, and what the page shows of it.

Knows nothing of the web. A curve comes as points evenly spaced over the run; an answer as its place in the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.dashboard.accounts import LoopsPiece, loops_pieces
from sim.dashboard.verdict import curve_verdict, range_verdict, ranking_verdict
from sim.inputs.scenario.description import Scenario
from sim.lessons.measuring import MEASURED, is_weekly
from sim.lessons.reading import Lesson
from sim.report.loops import loops_in_words
from sim.report.ranges import how_ranges_are_made, range_in_words
from sim.results import measures
from sim.results.ensemble import JUDGED_BY, PairedEnsemble, run_ensemble, run_without_upkeep
from sim.results.outcomes import PERSISTS_WITHOUT_UPKEEP
from sim.results.ranges import HEADLINES, kept_range

__all__ = [
    "CHUNK",
    "LessonPiece",
    "LessonPrediction",
    "LessonRun",
    "LessonWorld",
    "arm_shown",
    "drawn_measure",
    "pieces_for",
    "read_prediction",
    "rests_on",
    "run_piece",
]

Series = NDArray[np.float64]
CHUNK = 5
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


@dataclass(frozen=True)
class LessonPiece:
    """Some runs of one arm: what they are of, what they are held against, and what is wanted of them."""

    arm: int
    scenario: Scenario
    against: Scenario
    measure: str
    drawn: str
    week: int
    seed: int
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class LessonWorld:
    """What one run leaves: two curves, the measure in both, how far concerns came, and each of the headlines."""

    curve: Series
    reference: Series
    value: float
    other: float
    funnel: tuple[float, ...]
    headlines: tuple[float, ...]


def drawn_measure(lesson: Lesson) -> str:
    """Return the weekly measure whose course is shown."""
    measure = lesson.front_matter.predict.measure
    return measure if is_weekly(measure) else "safe_share"


def pieces_for(lesson: Lesson) -> list[LessonPiece | LoopsPiece]:
    """Return the work of a lesson: its runs, the arms taking turns, and then its loops."""
    run, predict = lesson.front_matter.run, lesson.front_matter.predict
    arms = lesson.arms()
    pieces: list[LessonPiece | LoopsPiece] = [
        LessonPiece(
            arm, scenario, against, predict.measure, drawn_measure(lesson), predict.week or 0, run.seed,
            tuple(range(first, min(first + CHUNK, run.replicates))),
        )
        for first in range(0, run.replicates, CHUNK)
        for arm, (_, scenario, against) in enumerate(arms)
    ]  # fmt: skip
    if lesson.front_matter.explain == "loops":
        pieces += loops_pieces(lesson.scenario(), run.seed)
    return pieces


def run_piece(piece: LessonPiece | LoopsPiece) -> dict[int, Any]:
    """Do a piece of work; called in a worker. Returns by number what each world leaves."""
    return _run_worlds(piece) if isinstance(piece, LessonPiece) else piece.run()


def _run_worlds(piece: LessonPiece) -> dict[int, LessonWorld]:
    arm = run_ensemble(piece.scenario, piece.numbers, piece.seed, threads=1)
    against = run_ensemble(piece.against, piece.numbers, piece.seed, threads=1)
    nothing = against
    if not piece.against.is_baseline_of(piece.scenario):
        nothing = run_ensemble(piece.scenario.baseline(), piece.numbers, piece.seed, threads=1)
    measured = MEASURED[piece.measure]
    paired = PairedEnsemble(arm, nothing)
    values = measured.values(paired, piece.week).astype(float)
    others = measured.values(PairedEnsemble(against, nothing), piece.week).astype(float)
    headlines = _headlines(paired, piece)
    counts = [np.nansum(arm.series(name)[:, 1 : _YEAR + 1], axis=1) for name, _ in _FUNNEL]
    return {
        number: LessonWorld(
            arm.series(piece.drawn)[row].astype(np.float32),
            against.series(piece.drawn)[row].astype(np.float32),
            float(values[row]),
            float(others[row]),
            tuple(float(count[row]) for count in counts),
            tuple(float(headline[row]) for headline in headlines),
        )
        for row, number in enumerate(piece.numbers)
    }


def _headlines(paired: PairedEnsemble, piece: LessonPiece) -> list[Series]:
    """Return every headline, [n_runs] each; what persists if upkeep stops is not a number where there is none."""
    stopped = run_without_upkeep(piece.scenario, piece.numbers, piece.seed, measures=(JUDGED_BY,), threads=1)
    without = replace(paired, without_upkeep=stopped).if_upkeep_stops
    found = {name: paired.by_replicate(name) for name in HEADLINES if name != PERSISTS_WITHOUT_UPKEEP}
    found[PERSISTS_WITHOUT_UPKEEP] = without.persists() if without else np.full(len(piece.numbers), np.nan)
    return [found[name].astype(float) for name in HEADLINES]


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
    worlds: dict[int, dict[int, LessonWorld]] = field(default_factory=dict)
    loops: dict[int, Series] = field(default_factory=dict)

    def take(self, piece: LessonPiece | LoopsPiece, done: Mapping[int, Any]) -> None:
        """Add what a piece of work has left."""
        if isinstance(piece, LoopsPiece):
            self.loops.update(done)
        else:
            self.worlds.setdefault(piece.arm, {}).update(done)

    def shown(self) -> dict[str, Any] | None:
        """Return what the page shows of the worlds that all arms have been through; None before the first."""
        arms = self.lesson.arms()
        if len(self.worlds) < len(arms):
            return None
        numbers = sorted(set.intersection(*(set(worlds) for worlds in self.worlds.values())))
        if not numbers:
            return None
        runs = [[self.worlds[arm][number] for number in numbers] for arm in range(len(arms))]
        predict = self.lesson.front_matter.predict
        verdict, answers = self._verdict(runs)
        is_whole = len(numbers) == self.lesson.front_matter.run.replicates
        return {
            "slug": self.lesson.slug,
            "stamp": self.lesson.stamp,
            "n": len(numbers),
            "weeks": len(runs[0][0].curve) - 1,
            "is_whole": is_whole,
            "arms": [arm_shown(label, against, worlds) for (label, _, against), worlds in zip(arms, runs, strict=True)],
            "drawn": MEASURED[drawn_measure(self.lesson)].label,
            "measure": MEASURED[predict.measure].label,
            "verdict": verdict,
            "answers": answers,
            "rests_on": rests_on([(label, one) for label, one, _ in arms], runs) if is_whole else None,
            "funnel": _funnel(runs[0]) if self.lesson.front_matter.explain == "funnel" else [],
            "loops": loops_in_words(self.lesson.scenario(), self.loops),
        }

    def _verdict(self, runs: Sequence[Sequence[LessonWorld]]) -> tuple[list[str], list[dict[str, Any]]]:
        predict = self.lesson.front_matter.predict
        if predict.kind == "draw":
            return curve_verdict(self.prediction.curve or (), np.array([world.curve for world in runs[0]])), []
        mine = self.prediction.choice or 0
        if predict.choices[0].scenario is not None:
            return ranking_verdict([[world.value for world in worlds] for worlds in runs], predict, mine)
        is_difference = predict.compare_with is not None
        values = [world.value - (world.other if is_difference else 0.0) for world in runs[0]]
        return range_verdict(values, predict, mine)


def arm_shown(label: str, against: Scenario, worlds: Sequence[LessonWorld]) -> dict[str, Any]:
    """Return what the page shows of one arm: its bands, and the median of what it is held against."""
    bands = measures.quantile_bands(np.array([world.curve for world in worlds], dtype=float))
    reference = np.median(np.array([world.reference for world in worlds], dtype=float), axis=0)
    return {
        "label": label,
        "bands": bands.round(3).tolist(),
        "reference": reference.round(3).tolist(),
        "against": against.title if against.done else "nothing done",
    }


def rests_on(arms: Sequence[tuple[str, Scenario]], runs: Sequence[Sequence[LessonWorld]]) -> dict[str, Any]:
    """Return what the results rest on: of each arm what chance and what nobody has measured leave open, in sentences.

    Parameters
    ----------
    arms, runs : each arm with its label, and its worlds
    """
    kept = [kept_range(scenario) for _, scenario in arms]
    told = [
        {"label": label, "says": range_in_words(_summary(worlds), known) if known else [_UNKNOWN]}
        for (label, _), worlds, known in zip(arms, runs, kept, strict=True)
    ]
    return {"arms": told, "made": next((how_ranges_are_made(known) for known in kept if known), "")}


def _summary(worlds: Sequence[LessonWorld]) -> dict[str, measures.Interval]:
    by_headline = np.array([world.headlines for world in worlds]).T
    return {
        name: headline.sum_up(values) for (name, headline), values in zip(HEADLINES.items(), by_headline, strict=True)
    }


def _funnel(worlds: Sequence[LessonWorld]) -> list[dict[str, Any]]:
    total = np.array([world.funnel for world in worlds]).sum(axis=0)
    shares = total / max(total[0], 1.0)
    return [{"label": label, "share": float(share)} for (_, label), share in zip(_FUNNEL, shares, strict=True)]
