"""The answer: one sentence, then what happened, then why; for somebody who runs a service, not for a modeller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.base.dates import week_words
from sim.base.phrasing import duration, in_100, listed, more_in_100, percent
from sim.report.against import other_name, than_other
from sim.report.findings import Findings, ShiftVerdict, find
from sim.report.reasons import reasons
from sim.results import measures
from sim.results.ensemble import PairedEnsemble
from sim.results.intervals import bracketed, interval_of, with_interval
from sim.results.measures import LEAST_GAIN, PERSIST_YEARS, Interval
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["Answer", "answer"]

_YEAR_WORDS = {1: "one year", 2: "two years", 4: "four years"}


@dataclass(frozen=True)
class Answer:
    """The answer to "does the shift last, and why?".

    Parameters
    ----------
    verdict : the answer in one sentence
    story : what happened, in sentences
    headline : both, short enough for the head of a page
    reasons : why, each in a sentence or two, the most telling first
    """

    verdict: str
    story: str
    headline: str
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        why = "".join(f"\n  - {reason}" for reason in self.reasons)
        return f"{self.verdict} {self.story}" + (f"\n\nWhy:{why}" if why else "")


def answer(paired: PairedEnsemble, with_reasons: bool = True) -> Answer:
    """Return the answer in words.

    Parameters
    ----------
    paired : a scenario and what it is compared with
    with_reasons : whether to say why as well, which takes all measures and not only who feels safe

    Examples
    --------
    >>> from sim.results.ensemble import run_paired
    >>> from sim.inputs.scenario.description import Scenario
    >>> print(answer(run_paired(Scenario(title="As it is", weeks=8), replicates=4)))
    Nothing is done, so there is no gain. ...
    """
    found = find(paired)
    verdict, sentences = _TELL[found.verdict](found)
    verdict = f"{_either_way(found)}{verdict}"
    story = " ".join(sentence for sentence in (*sentences, _synthetic_staff(found)) if sentence)
    return Answer(verdict, story, _headline(found, verdict, sentences), tuple(reasons(found)) if with_reasons else ())


VerdictText = tuple[str, list[str]]
"""A verdict, and the sentences of its story."""


def _nothing_done(found: Findings) -> VerdictText:
    safe = found.paired.arm.series("safe_share")
    first, last = measures.share_interval(safe[:, 0]), measures.share_interval(safe[:, -1])
    return "Nothing is done, so there is no gain.", [
        f"At the start {in_100(first.estimate)} staff in 100{bracketed(first, in_100)} feel safe to speak up, "
        f"{duration(found.paired.arm.n_weeks)} later {with_interval(last, in_100)}."
    ]


def _no_support(found: Findings) -> VerdictText:
    none = "There is no outside support in this scenario, so there is no end of support to judge it by."
    return f"The culture {_becomes(found)}.", [_at_last(found), _furthest(found), none]


def _later(found: Findings) -> VerdictText:
    verdict = f"While support lasts there is no difference to speak of; later the culture {_becomes(found)}."
    return verdict, [_at_last(found), _furthest(found)]


def _becomes(found: Findings) -> str:
    gain = found.final_gain.estimate
    if abs(gain) < LEAST_GAIN:
        return "ends about as it was"
    return "becomes safer" if gain > 0 else "becomes less safe"


def _at_last(found: Findings) -> str:
    return f"At the end of the run {_more(found.final_gain)} feel safe to speak up {than_other(found.paired)}."


def _furthest(found: Findings) -> str:
    """Tell when the difference was greatest, if that was not at the end."""
    gain = measures.smooth(found.paired.gain())
    week = int(np.abs(gain.mean(axis=0)).argmax())
    there = measures.share_interval(gain[:, week])
    if abs(there.estimate) < LEAST_GAIN or in_100(there.estimate) == in_100(found.final_gain.estimate):
        return ""
    return f"The difference is greatest in {week_words(week, found.paired.arm.scenario.start)}: {_more(there)}."


def _harm(found: Findings) -> VerdictText:
    at_end = f"When support ends, {_more(found.gain_at_end)} feel safe to speak up {than_other(found.paired)}."
    return f"It does harm{_so_far(found)}.", [at_end, _last(found)]


def _no_shift(found: Findings) -> VerdictText:
    at_best = f"At best {_more(found.peak)} felt safe to speak up {than_other(found.paired)}."
    return f"There is no shift to speak of{_so_far(found)}.", [at_best, _last(found)]


def _so_far(found: Findings) -> str:
    return "" if found.weeks_after_support > 0 else " so far"


def _too_early(found: Findings) -> VerdictText:
    left = found.weeks_after_support
    when = f"{duration(left)} after support ends" if left > 0 else "while support still goes on"
    verdict = f"It is too early to say whether the shift lasts: the run ends {when}."
    return verdict, [_peak(found), _retained(found), _last(found), _upkeep(found)]


def _judged(verdict: str) -> Callable[[Findings], VerdictText]:
    return lambda found: (verdict, [_peak(found), _retained(found), _persists(found), _upkeep(found)])


def _either_way(found: Findings) -> str:
    """Say first that most feel safe whatever is done, where that is so: then little depends on what persists."""
    if not found.holds_either_way:
        return ""
    safe = measures.share_interval(found.paired.baseline.series("safe_share")[:, -WEEKS_PER_YEAR:].mean(axis=1))
    other = "with nothing done" if found.paired.is_against_nothing else f"in {other_name(found.paired)}"
    return f"Most feel safe either way ({other} {in_100(safe.estimate)} in 100 over the last year). "


def _upkeep(found: Findings) -> str:
    """Say what goes on being paid after outside support, and what persists if that stops; both in one breath."""
    stopped, scenario = found.paired.if_upkeep_stops, found.paired.arm.scenario
    if stopped is None:
        return ""
    days, what = scenario.upkeep_days_a_year, listed(list(dict.fromkeys(entry.title for entry in scenario.upkeep)))
    until = max(entry.weeks(scenario.weeks)[1] for entry in scenario.upkeep)
    how_long = "to the end of the run" if until >= scenario.weeks else f"until {week_words(until, scenario.start)}"
    said = f"This is with {days:,.0f} days a year of upkeep that go on being paid {how_long} ({what})"
    without = stopped.persistence()
    if not without.n:
        left = measures.share_interval(measures.smooth(stopped.gain())[:, -1])
        return f"{said}; if they stop with outside support, {_more(left)} feel safe at the end of the run."
    return (
        f"{said}; if they stop with outside support, more than half is left after {_YEAR_WORDS[PERSIST_YEARS]} in "
        f"{percent(without.estimate)} of runs{bracketed(without, percent)}."
    )


def _synthetic_staff(found: Findings) -> str:
    """Say that runs differ in their people too, where a survey leaves people open."""
    organisation = found.paired.arm.organisation
    scores = organisation.scores
    if scores is None or not scores.leaves_people_open:
        return ""
    unknown = np.isnan(scores.safety) | np.isnan(scores.efficacy)
    for mask in (scores.safety_open, scores.efficacy_open):
        unknown |= False if mask is None else mask
    return (
        f"The survey leaves {int(unknown.sum())} of {organisation.n_staff} staff open: there each run has a synthetic "
        "staff of its own, and intervals are of the mean over them."
    )


def _headline(found: Findings, verdict: str, sentences: list[str]) -> str:
    if found.verdict not in (ShiftVerdict.LASTS, ShiftVerdict.FADES, ShiftVerdict.OPEN) or not found.retained:
        return " ".join(filter(None, [verdict, sentences[0], _upkeep_in_short(found)]))
    if upkeep := _upkeep_in_short(found):  # which says more than the years before it, and there is room for one
        return f"{verdict} {sentences[0]} {upkeep}"
    (years, first), *later = found.retained[-2:]
    left = f"{_YEAR_WORDS[years]} after support ended {with_interval(first, percent)} of that was left".capitalize()
    rest = "".join(
        f", after {_YEAR_WORDS[later_years]} {with_interval(share, percent)}" for later_years, share in later
    )
    return f"{verdict} {sentences[0]} {left}{rest}."


def _upkeep_in_short(found: Findings) -> str:
    """Say in a few words what persists with upkeep and without; nothing where there is none."""
    if (stopped := found.paired.if_upkeep_stops) is None:
        return ""
    days = f"{found.paired.arm.scenario.upkeep_days_a_year:,.0f} days of upkeep a year"
    own, without = found.persists, stopped.persistence()
    if not own.n or not without.n:
        return f"With {days}."
    return f"Persists in {percent(own.estimate)} of runs with {days}, in {percent(without.estimate)} if it stops."


def _more(gain: Interval) -> str:
    """Say a gain with its interval; an interval with ends on both sides of none says so."""
    said = f"{more_in_100(gain.estimate)} staff in 100"
    if gain.high < 0:
        return said + bracketed(Interval(-gain.estimate, -gain.high, -gain.low, gain.n), in_100)
    if gain.low < 0 and in_100(gain.low) not in ("0", "-0"):
        return f"{said} ({more_in_100(gain.low)} to {more_in_100(gain.high)})"
    return said + bracketed(gain, in_100)


def _peak(found: Findings) -> str:
    end, start = found.paired.arm.scenario.support_end_week, found.paired.arm.scenario.start
    when = f", which ends in {week_words(end, start)}," if start and end is not None else ","
    return f"With support{when} up to {_more(found.peak)} felt safe to speak up {than_other(found.paired)}."


def _retained(found: Findings) -> str:
    if not found.retained:
        return ""
    years, first = found.retained[0]
    said = [f"{_YEAR_WORDS[years]} after support ended {with_interval(first, percent)} of that was left"]
    said += [f"after {_YEAR_WORDS[years]} {with_interval(left, percent)}" for years, left in found.retained[1:]]
    sentence = listed(said)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _persists(found: Findings) -> str:
    four_years = _YEAR_WORDS[PERSIST_YEARS]
    if found.n_runs == 1:
        kept = "more than half" if found.persists.estimate else "less than half"
        return f"In this single run {kept} of it was left after {four_years}; one run says little."
    count = round(found.persists.estimate * found.n_runs)
    ends = interval_of(found.persists, percent)
    return f"In {count} of {found.n_runs} runs ({ends}) more than half of it was left after {four_years}."


def _last(found: Findings) -> str:
    span = "last year" if found.paired.arm.n_weeks >= WEEKS_PER_YEAR else "whole run"
    own, other = (
        measures.share_interval(run.series("safe_share")[:, -WEEKS_PER_YEAR:].mean(axis=1))
        for run in (found.paired.arm, found.paired.baseline)
    )
    return (
        f"Over the {span} {in_100(own.estimate)} in 100{bracketed(own, in_100)} feel safe, "
        f"against {in_100(other.estimate)} {than_other(found.paired).removeprefix('than ')}."
    )


_TELL: dict[ShiftVerdict, Callable[[Findings], VerdictText]] = {
    ShiftVerdict.NOTHING_DONE: _nothing_done,
    ShiftVerdict.NO_SUPPORT: _no_support,
    ShiftVerdict.HARM: _harm,
    ShiftVerdict.NO_SHIFT: _no_shift,
    ShiftVerdict.LATER: _later,
    ShiftVerdict.TOO_EARLY: _too_early,
    ShiftVerdict.LASTS: _judged("The shift lasts."),
    ShiftVerdict.FADES: _judged("The shift does not last."),
    ShiftVerdict.OPEN: _judged("It could go either way."),
}
