"""What a prediction is worth, in plain sentences: how near a curve came, which answer is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.base.phrasing import more_in_100, number_word, of_100, percent
from sim.lessons.front_matter import AnswerChoice, PredictionTask
from sim.lessons.measuring import MEASURED
from sim.lessons.predictions import does_better, judge_curve, right_answer, share_of_each
from sim.results import measures
from sim.results.intervals import interval_of, with_interval
from sim.results.outcomes import RUNS

__all__ = ["curve_verdict", "range_verdict", "ranking_verdict"]

Series = NDArray[np.float64]
Answers = list[dict[str, Any]]
_YEAR = 52
_GOOD_TO = 0.03


def curve_verdict(curve: Sequence[float], runs: Series) -> list[str]:
    """Return in sentences how near a curve came to the runs, [n_runs, n_weeks + 1], on a scale from 0 to 1."""
    n_weeks = runs.shape[1] - 1
    mine = np.interp(np.arange(n_weeks + 1), np.linspace(0, n_weeks, len(curve)), curve)
    low, middle, high = np.quantile(runs, [0.05, 0.5, 0.95], axis=0)
    n, n_as_high = len(runs), int((runs[:, -1] >= mine[-1]).sum())
    judged = judge_curve(mine, low, middle, high)
    share, away = round(100 * judged.share_inside), round(100 * judged.away)
    top, true_top = int(mine.argmax()), int(measures.smooth(middle).argmax())
    ended = f"Your curve ended {_apart(mine[-1] - middle[-1])}; {number_word(n_as_high)} of {n} runs were as high."
    return [
        ended,
        f"On average it lay {away} of 100 away from the middle run, and for {share} % of the time inside the band that "
        "holds nine runs in ten.",
        f"It was highest {_when(top)}, at {round(100 * mine[top])} of 100; the middle run {_when(true_top)}, at "
        f"{round(100 * middle[true_top])}.",
    ]


def _apart(difference: float) -> str:
    count = round(100 * abs(difference))
    return f"{count} of 100 {'above' if difference > 0 else 'below'} the middle run" if count else "at the middle run"


def _when(week: int) -> str:
    if week < _YEAR / 8:
        return "at the start"
    years = f"{week / _YEAR:.1f}".removesuffix(".0")
    return f"after {years} year{'' if years == '1' else 's'}"


def range_verdict(values: ArrayLike, predict: PredictionTask, mine: int) -> tuple[list[str], Answers]:
    """Return in sentences which answer the runs decide on, and for each answer how many runs fell into it."""
    choices, measured = predict.choices, MEASURED[predict.measure]
    edges = [choice.below for choice in choices[:-1] if choice.below is not None]
    found = np.asarray(values, dtype=float)
    if measured.unit is RUNS:
        return _how_often(found, edges, predict, mine)
    middle = measured.unit.sum_up(found)
    right = right_answer(middle.estimate, edges)
    if predict.compare_with is not None and measured.is_share:
        result = with_interval(middle, _more_of_100)
    elif measured.is_share and middle.estimate >= 0:
        result = with_interval(middle, of_100)
    else:
        result = with_interval(middle, _number(measured.is_share))
    sentences = [
        _chosen(mine, right, [choice.says for choice in choices]),
        *(_as_good(middle.estimate, choices[mine]) if mine != right and measured.is_share else ()),
        f"{measured.label}: {result} on average, over {len(found)} runs.",
    ]
    answers = [
        _answer(choice.says, place, right, mine, share, f"{round(share * len(found))} of {len(found)} runs")
        for place, (choice, share) in enumerate(zip(choices, share_of_each(found, edges), strict=True))
    ]
    return sentences, answers


def _as_good(estimate: float, mine: AnswerChoice) -> list[str]:
    """Say of an answer that is not the model's, but nearer to its number than such numbers are good to, that it is."""
    low, high = (mine.at_least, mine.below)
    off = max(0.0, *([low - estimate] if low is not None else []), *([estimate - high] if high is not None else []))
    if off >= _GOOD_TO:
        return []
    away = round(100 * off)
    near = f"{away} of 100" if away else "less than 1 of 100"
    good_to = f"the model's numbers are good to {100 * _GOOD_TO:.0f} of 100 at best"
    return [f"It is {near} away from your answer, and {good_to}: yours is as good."]


def _how_often(found: Series, edges: Sequence[float], predict: PredictionTask, mine: int) -> tuple[list[str], Answers]:
    """Return the verdict on how often something is so: one result of all runs together."""
    often = RUNS.sum_up(found)
    right = right_answer(often.estimate, edges)
    hits = f"{int(np.nansum(found))} of {len(found)} runs"
    says = [choice.says for choice in predict.choices]
    ends = interval_of(often, percent)
    sentences = [_chosen(mine, right, says), f"{MEASURED[predict.measure].label}: in {hits} ({ends})."]
    return sentences, [
        _answer(one, place, right, mine, float(place == right), hits if place == right else "")
        for place, one in enumerate(says)
    ]


def ranking_verdict(values: Sequence[ArrayLike], predict: PredictionTask, mine: int) -> tuple[list[str], Answers]:
    """Return in sentences which scenario came out highest, and each with its mean and interval."""
    measured = MEASURED[predict.measure]
    found = [np.asarray(one, dtype=float) for one in values]
    intervals = [measured.unit.sum_up(one) for one in found]
    right = int(np.nanargmax([interval.estimate for interval in intervals]))
    say = _number(measured.is_share)
    # A bar is as long as the number beside it says: equal numbers, equal bars.
    as_told = (lambda value: round(value, 2)) if measured.is_share else (lambda value: float(say(value)))
    widest = 1.0 if measured.is_share else max(abs(interval.estimate) for interval in intervals) or 1.0
    sentences = [_chosen(mine, right, [choice.says for choice in predict.choices])]
    if mine != right:
        lead = measures.paired_difference(found[right], found[mine])
        clear = "That is not luck." if does_better(lead) == "first" else "With so few runs that may be luck."
        sentences.append(f"{measured.label}: {with_interval(lead, say)} more than your answer, run by run. {clear}")
    answers = [
        _answer(choice.says, place, right, mine, max(0.0, as_told(one.estimate)) / widest, with_interval(one, say))
        for place, (choice, one) in enumerate(zip(predict.choices, intervals, strict=True))
    ]
    return sentences, answers


def _answer(says: str, place: int, right: int, mine: int, share: float, words: str) -> dict[str, Any]:
    return {
        "says": says,
        "is_right": place == right,
        "is_mine": place == mine,
        "share": round(share, 4),
        "words": words,
    }


def _number(is_share: bool) -> Callable[[float], str]:
    return of_100 if is_share else (lambda value: f"{value:.3g}")


def _more_of_100(share: float) -> str:
    return f"{more_in_100(share)} of 100"


def _chosen(mine: int, right: int, says: Sequence[str]) -> str:
    if mine == right:
        return f"You chose “{says[mine]}”, and so does the model."
    return f"You chose “{says[mine]}”. The model says: “{says[right]}”."
