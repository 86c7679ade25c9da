"""Negative controls: without the mechanism that is said to explain a pattern, the pattern must go."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.results.measures import Interval, mean_interval, paired_difference
from sim.validation.lasting import TIGHTENED_WEEK, tightened
from sim.validation.mechanisms import (
    CHANGE_OF_JOBS,
    blitz_against_year,
    once_bitten,
    peak_ratio,
    pressure_of_time,
    retained_by_ties,
)
from sim.validation.pattern import PatternFinding, Reading, pattern, report_only
from sim.validation.pattern_runs import EXIT, MANY, OF_SHARES, PatternRuns, capacity, programme, ratio_of_means

__all__ = ["CONTROLS"]

_DEAF_EAR_OFF = {
    "efficacy_gain_heard": 0.0, "efficacy_gain_learned": 0.0,
    "efficacy_loss_ignored": 0.0, "efficacy_loss_punished": 0.0,
}  # fmt: skip
_PURPOSE_OFF = {"purpose_gain": 0.0, "purpose_loss": 0.0}
"""Purpose stays where it begins, so that a change of jobs has nothing of it to take."""

_FACILITATORS_OFF = {"facilitation": 0.0, "peer_coaching": 0.0}
_LINKS_OFF = {"reach": 0.0, "peer_norm": 0.0}
_CYNICISM_OFF = {"cynicism_gain": 0.0, "disappointment": 0.0}
_NO_SATURATION = {"saturation": 1e6}


def _must_miss(name: str, value: Interval, low: float = -math.inf, high: float = math.inf) -> Reading:
    """Return a reading that holds if the estimate lies within what the pattern would *not* accept."""
    return Reading(name, value, low, high)


@pattern(
    1,
    "control",
    "If efficacy does not answer to what becomes of concerns, the gap between safety and efficacy goes.",
    tolerance="gap below 0.08",
    evidence=("deaf-ear",),
    meaning="The gap is made by the deaf ear, not put in by hand.",
    if_it_fails="The deaf ear makes part of the gap only, as the numbers say. The rest remains because colleagues and "
    "concerns that are heard lift safety, and then nothing lifts efficacy.",
)
def without_deaf_ear(runs: PatternRuns) -> PatternFinding:
    """Measure the gap without what concerns do to efficacy."""
    losses_off = {name: 0.0 for name in _DEAF_EAR_OFF if "loss" in name}
    return PatternFinding(
        (
            _must_miss("gap", _gap(runs, _DEAF_EAR_OFF), high=0.08),
            report_only("gap with all mechanisms", _gap(runs, {})),
            report_only("gap if efficacy is never lost, only gained", _gap(runs, losses_off)),
        )
    )


def _gap(runs: PatternRuns, parameters: dict[str, float]) -> Interval:
    """Return how many more feel safe than confident at week 0."""
    ensemble = runs.ensemble(runs.scenario((), parameters))
    return mean_interval((ensemble.series("safe_share") - ensemble.series("confident_share"))[:, 0])


@pattern(
    12,
    "control",
    "If purpose can be neither built nor lost, a change of jobs, in which style stays, takes less of the shift.",
    tolerance="what it takes of the retained share a year after support at most half of what it takes with all "
    "mechanisms (four times the usual runs)",
    evidence=("source-case",),
    meaning="The part of an exit that is not the style of successors is purpose that has to be built again.",
)
def without_purpose(runs: PatternRuns) -> PatternFinding:
    """Measure what a change of jobs takes where there is no purpose between leaders to take."""
    with_all, without = _taken_by_change(runs, {}), _taken_by_change(runs, _PURPOSE_OFF)
    without_habit = _taken_by_change(runs, {"embedding": 0.0})
    return PatternFinding(
        (
            _must_miss(
                "taken, as a share of what is taken with all mechanisms", ratio_of_means(without, with_all), high=0.5
            ),
            report_only("taken with all mechanisms", mean_interval(with_all)),
            report_only("taken without purpose", mean_interval(without)),
            report_only("taken without embedding of leaders' style", mean_interval(without_habit)),
        )
    )


def _taken_by_change(runs: PatternRuns, parameters: dict[str, float]) -> NDArray[np.float64]:
    """Return how much less is retained at 1 year where two of the trio change jobs and stay involved."""
    stays = runs.paired(runs.scenario(programme(), parameters), MANY).retained(1)
    changes = runs.paired(runs.scenario((*programme(), *CHANGE_OF_JOBS), parameters), MANY).retained(1)
    return np.asarray(np.nan_to_num(stays) - np.nan_to_num(changes))


@pattern(
    13,
    "control",
    "If facilitators have no effect, training them does not make the shift persist.",
    tolerance="more than half retained at 4 years in fewer than 75 % of runs (five times the usual runs)",
    evidence=("source-case",),
    meaning="It is what facilitators do that lasts, not the training as such.",
)
def without_facilitators(runs: PatternRuns) -> PatternFinding:
    """Measure persistence with training that has no effect."""
    paired = runs.paired_once(runs.scenario((*programme(), *EXIT, *capacity()), _FACILITATORS_OFF), OF_SHARES)
    return PatternFinding(
        (
            _must_miss("runs that persist", paired.persistence(), high=0.75),
            report_only("retained at 4 years", mean_interval(paired.retained(4))),
        )
    )


@pattern(
    17,
    "control",
    "If tight control clears no problem faster, it makes nothing better before it makes things worse.",
    tolerance="backlog of a high culture not lower 8 weeks after the switch to tight control",
    evidence=("capability-trap",),
    meaning="The trap needs its bait.",
)
def without_boost(runs: PatternRuns) -> PatternFinding:
    """Measure the backlog after a switch to tight control that has no short-run gain."""
    tight, loose = (runs.run(what).series("backlog") for what in tightened(runs, {"control_boost": 0.0}))
    soon = (tight - loose)[:, TIGHTENED_WEEK + 8]
    return PatternFinding((_must_miss("difference in the backlog after 8 weeks", mean_interval(soon), 0.0),))


@pattern(
    28,
    "control",
    "If teams learn nothing from the teams that they are linked to, ties carry no more.",
    tolerance="retained one year after support ends higher by less than 0.08 with 3 ties a person than with none (four "
    "times the usual runs)",
    evidence=("bridging-ties",),
    meaning="It is what linked teams and their leaders pass on, and not contact as such.",
)
def without_links(runs: PatternRuns) -> PatternFinding:
    """Measure what ties do where links between teams do nothing."""
    tied, siloed = retained_by_ties(runs, _LINKS_OFF)
    return PatternFinding((_must_miss("retained at 1 year, higher by", paired_difference(tied, siloed), high=0.08),))


@pattern(
    29,
    "control",
    "If problems that are left alone cost nothing, spending the week otherwise does not raise pressure.",
    tolerance="pressure over four years higher by less than 0.02",
    evidence=("capability-trap",),
    meaning="The price of leaving problems alone is what holds leaders in them.",
)
def without_crisis(runs: PatternRuns) -> PatternFinding:
    """Measure pressure where problems left alone cost nothing."""
    _, raised = pressure_of_time(runs, {"crisis": 0.0})
    return PatternFinding((_must_miss("pressure, higher by", mean_interval(raised), high=0.02),))


@pattern(
    30,
    "control",
    "If people could take in whatever is offered, a blitz would do as much as a year.",
    tolerance="the blitz peaks at more than 0.85 of the year's peak",
    evidence=("assumed",),
    meaning="The blitz fails because there is a limit to what can be taken in at once.",
    if_it_fails="Time works against a blitz even where all of it is taken in: habits and embedding need weeks, and not "
    "strength alone.",
)
def without_saturation(runs: PatternRuns) -> PatternFinding:
    """Measure a blitz where nothing saturates."""
    blitz, year = blitz_against_year(runs, _NO_SATURATION)
    return PatternFinding((_must_miss("peak of the blitz, as a share of the year's", peak_ratio(blitz, year), 0.85),))


@pattern(
    31,
    "control",
    "If nobody grows cynical, a programme does as much after unmeant dialogue.",
    tolerance="its peak lower by a share of less than 0.05",
    evidence=("cynicism-about-change",),
    meaning="It is wariness that a failed programme leaves behind.",
)
def without_cynicism(runs: PatternRuns) -> PatternFinding:
    """Measure a programme after unmeant dialogue where nobody grows wary."""
    return PatternFinding((_must_miss("peak of the programme, lower by", once_bitten(runs, _CYNICISM_OFF), high=0.05),))


CONTROLS = (
    without_deaf_ear, without_purpose, without_facilitators, without_boost, without_links, without_crisis,
    without_saturation, without_cynicism,
)  # fmt: skip
"""The negative controls, by the number of the pattern that they must destroy."""
