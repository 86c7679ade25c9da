"""Patterns 27 to 33, 35 and 36: what the collective, ties, leaders' time, wariness and vacant posts do to a shift."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.inputs.interventions import Intervention
from sim.inputs.interventions.attention import Attention
from sim.inputs.interventions.dialogue import Dialogue
from sim.inputs.interventions.leaders_change_jobs import LeadersChangeJobs
from sim.inputs.interventions.successors_style import SuccessorsStyle
from sim.results.ensemble import PairedEnsemble
from sim.results.measures import Interval, mean_interval, paired_difference, peak_gain, smooth
from sim.rulebook.parameters import WEEKS_PER_YEAR
from sim.validation.pattern import PatternFinding, pattern, reading, report_only
from sim.validation.pattern_runs import (
    EXIT,
    EXIT_WEEK,
    HORIZON,
    MANY,
    PROGRAMME_WEEKS,
    PatternRuns,
    bootstrap,
    programme,
    ratio_of_means,
)
from sim.validation.shift import gain_picture

__all__ = [
    "CHANGE_OF_JOBS", "PATTERNS", "blitz_against_year", "once_bitten", "peak_ratio", "pressure_of_time",
    "retained_by_ties",
]  # fmt: skip

Array = NDArray[np.float64]
Values = Mapping[str, float] | None

CHANGE_OF_JOBS: tuple[Intervention, ...] = (LeadersChangeJobs(week=EXIT_WEEK, how_many=2),)
"""Two of the trio change jobs in week 58, and stay involved."""


def _left(paired: PairedEnsemble, years: int) -> Array:
    """Return [n_replicates], the smoothed gain in the safe share some years after the programme's end."""
    left: Array = smooth(paired.gain())[:, PROGRAMME_WEEKS + years * WEEKS_PER_YEAR]
    return left


def _smaller_by(less: Array, more: Array) -> Interval:
    """Return by which share the mean of one is smaller than that of the other."""
    return bootstrap(lambda rows: 1.0 - float(less[rows].mean() / more[rows].mean()), len(less))


@pattern(
    27,
    "built in",
    "Shared purpose carries: without purpose that can be built, less is left of the programme's gain.",
    tolerance="gain left two and four years after support ends smaller by at least a share of 0.10 and of 0.25 (four "
    "times the usual runs)",
    evidence=("source-case", "collective-leadership"),
    meaning="A shift rests on what the senior leaders have built between them, and not on their styles alone.",
)
def purpose_carries(runs: PatternRuns) -> PatternFinding:
    """Measure what is left of the gain where purpose cannot be built."""
    whole = runs.paired(runs.scenario(programme()), MANY)
    without = runs.paired(runs.scenario(programme(), {"purpose_gain": 0.0}), MANY)
    points = (
        report_only(f"gain {years} years after support, {label}", mean_interval(_left(paired, years)))
        for years in (2, 4)
        for label, paired in (("purpose built", whole), ("purpose that cannot be built", without))
    )
    return PatternFinding(
        (
            reading("gain 2 years after support, smaller by", _smaller_by(_left(without, 2), _left(whole, 2)), 0.10),
            reading("gain 4 years after support, smaller by", _smaller_by(_left(without, 4), _left(whole, 4)), 0.25),
            *points,
        ),
        (gain_picture("With and without purpose", {"programme": whole, "without purpose": without}),),
    )


def retained_by_ties(runs: PatternRuns, parameters: Values = None) -> tuple[Array, Array]:
    """Return what is left of the gain a year after support, two having left: with 3 ties a person, and with none."""
    tied, siloed = (
        runs.paired(runs.scenario((*programme(), *EXIT), parameters, cross_team_ties=ties), MANY).retained(1)
        for ties in (3.0, 0.0)
    )
    return tied, siloed


@pattern(
    28,
    "calibrated",
    "A connected middle carries: after the exit, more is left where teams are tied to each other.",
    tolerance="retained one year after support ends higher by at least 0.08 with 3 ties across teams a person than "
    "with none (four times the usual runs)",
    evidence=("source-case", "bridging-ties"),
    meaning="What departs from the norm lasts where those in the middle are linked to others who do the same.",
)
def connected_middle(runs: PatternRuns) -> PatternFinding:
    """Measure what is left after the exit, with ties across teams and without."""
    tied, siloed = retained_by_ties(runs)
    return PatternFinding(
        (
            reading("retained at 1 year, higher by", paired_difference(tied, siloed), 0.08),
            report_only("retained at 1 year, 3 ties a person", mean_interval(tied)),
            report_only("retained at 1 year, no ties", mean_interval(siloed)),
        )
    )


_YEARS = 4
_FEWER_PROBLEMS = 0.55
_USUAL_TIME = (0.05, 0.10, 0.15)


def _week_spent(problems: float) -> tuple[Intervention, ...]:
    """Return time spent otherwise from week 0 on: a share for problems, and the rest divided as it is divided usually.

    At 0.55 that is 0.10 for purpose, 0.15 for staff and 0.20 for team leaders: what frees it goes to all three alike.
    """
    if problems == _FEWER_PROBLEMS:
        purpose, staff, leaders = 0.10, 0.15, 0.20
    else:
        purpose, staff, leaders = (share * (1.0 - problems) / sum(_USUAL_TIME) for share in _USUAL_TIME)
    return (Attention(start_week=0, purpose=purpose, staff=staff, leaders=leaders),)


def pressure_of_time(runs: PatternRuns, parameters: Values = None) -> tuple[PairedEnsemble, Array]:
    """Return fewer problems solved and nothing else done, and by how much that raises pressure over four years."""
    alone = runs.paired(runs.scenario(_week_spent(_FEWER_PROBLEMS), parameters))
    raised: Array = alone.gain("pressure")[:, 1 : _YEARS * WEEKS_PER_YEAR + 1].mean(axis=1)
    return alone, raised


@pattern(
    29,
    "built in",
    "Time and attention: leaving problems alone costs now and gains nothing by itself; with a trio that is coached, it "
    "keeps more of the shift; more problem-solving takes from it, and almost none gains little more.",
    tolerance="0.55 of time for problems, alone: pressure over four years higher by 0.02 to 0.10, gain at no yearly "
    "mark above 0.01; with the trio coached for a year, four years after: at least 0.015 more of the safe share than "
    "coaching alone, and 0.20 at most 0.02 more than 0.55; 0.85 under the programme: at least 0.015 less two years "
    "after",
    evidence=("source-case", "leaders-time", "attention-based-view", "capability-trap"),
    meaning="How leaders spend the week is worth something only together with what they are like.",
)
def time_and_attention(runs: PatternRuns) -> PatternFinding:
    """Measure what the week of the senior leaders does, alone, with coaching, and under the programme."""
    alone, raised = pressure_of_time(runs)
    marks = smooth(alone.gain())[:, WEEKS_PER_YEAR : _YEARS * WEEKS_PER_YEAR + 1 : WEEKS_PER_YEAR]
    best = int(marks.mean(axis=0).argmax())
    coached = runs.paired(runs.scenario(programme()[:1]))
    fewer, fewest = (
        runs.paired(runs.scenario((*programme()[:1], *_week_spent(share)))) for share in (_FEWER_PROBLEMS, 0.20)
    )
    whole = runs.paired(runs.scenario(programme()))
    drawn_in = runs.paired(runs.scenario((*programme(), *_week_spent(0.85))))
    return PatternFinding(
        (
            reading("0.55 alone, pressure over four years higher by", mean_interval(raised), 0.02, 0.10),
            reading("0.55 alone, gain at its best yearly mark", mean_interval(marks[:, best]), high=0.01),
            reading(
                "0.55 with coaching, four years after, more than coaching alone by",
                paired_difference(_left(fewer, 4), _left(coached, 4)),
                0.015,
            ),
            reading(
                "0.85 under the programme, two years after, less by",
                paired_difference(_left(whole, 2), _left(drawn_in, 2)),
                0.015,
            ),
            reading(
                "0.20 with coaching, four years after, more than 0.55 by",
                paired_difference(_left(fewest, 4), _left(fewer, 4)),
                high=0.02,
            ),
            report_only("pressure over the run at 0.20 with coaching", fewest.arm.series("pressure").mean()),
            report_only("0.85 under the programme, gain four years after", mean_interval(_left(drawn_in, 4))),
        ),
        note="At 0.85 and 0.20 what is left of the week is divided as it usually is: a part in six for purpose, two "
        "for staff, three for team leaders. Each is meant from week 0 to the end.",
    )


_BLITZ_WEEKS = 13


def blitz_against_year(runs: PatternRuns, parameters: Values = None) -> tuple[PairedEnsemble, PairedEnsemble]:
    """Return a blitz of 13 weeks and a year of the same dose."""
    blitz = programme(PROGRAMME_WEEKS / _BLITZ_WEEKS, _BLITZ_WEEKS)
    return runs.paired(runs.scenario(blitz, parameters)), runs.paired(runs.scenario(programme(), parameters))


@pattern(
    30,
    "built in",
    "Embedding takes time: three years of the programme leave more than one; a blitz at the same dose peaks lower than "
    "a year and leaves no more.",
    tolerance="two years after its end, three years leave at least 1.1 times the points of one; a blitz of 13 weeks "
    "peaks at 0.85 of the year's peak at most, and leaves no more two years after",
    evidence=("lally-2010", "source-case"),
    meaning="Habits need repetition, and nobody takes in four times as much because four times as much is offered.",
)
def embedding_takes_time(runs: PatternRuns) -> PatternFinding:
    """Measure what a long programme leaves, and a short one of equal dose."""
    blitz, year = blitz_against_year(runs)
    long = runs.paired(runs.scenario(programme(weeks=3 * PROGRAMME_WEEKS)))
    after_year, after_long, after_blitz = (
        smooth(one.gain())[:, one.support_end_week + 2 * WEEKS_PER_YEAR] for one in (year, long, blitz)
    )
    return PatternFinding(
        (
            reading("left by three years, as a multiple of one", ratio_of_means(after_long, after_year), 1.1),
            reading("peak of the blitz, as a share of the year's", peak_ratio(blitz, year), high=0.85),
            reading("left by the blitz, more than by a year by", paired_difference(after_blitz, after_year), high=0.0),
        )
    )


def peak_ratio(part: PairedEnsemble, whole: PairedEnsemble) -> Interval:
    """Return the peak gain of one scenario as a share of another's."""
    return ratio_of_means(*(peak_gain(one.gain(), one.support_end_week) for one in (part, whole)))


_UNMEANT_WEEKS, _LATER = 78, 104


def once_bitten(runs: PatternRuns, parameters: Values = None) -> Interval:
    """Return by which share a programme in week 104 peaks lower where a year and a half of unmeant dialogue came first.

    Both against nothing done.
    """
    later = programme(start=_LATER)
    bitten = runs.paired(runs.scenario((Dialogue(start_week=0, end_week=_UNMEANT_WEEKS), *later), parameters))
    fresh = runs.paired(runs.scenario(later, parameters))
    lower, higher = (peak_gain(one.gain()[:, _LATER:], one.support_end_week - _LATER) for one in (bitten, fresh))
    return _smaller_by(lower, higher)


@pattern(
    31,
    "built in",
    "Once bitten: after a year and a half of dialogue that leaders do not mean, a programme half a year later does "
    "less.",
    tolerance="its peak, against nothing done, lower by a share of at least 0.05",
    evidence=("cynicism-about-change", "source-case"),
    meaning="Failure leaves a trace: who has been asked for nothing is warier of the next programme.",
)
def wary(runs: PatternRuns) -> PatternFinding:
    """Measure a programme that follows unmeant dialogue."""
    return PatternFinding((reading("peak of the programme, lower by", once_bitten(runs), 0.05),))


@pattern(
    32,
    "built in",
    "Vacancies: where three times as many leave, pressure is higher.",
    tolerance="pressure over eight years higher by 0.02 to 0.10",
    evidence=("vacancy-rates", "nhs-leavers"),
    meaning="Posts stand empty for weeks, and those who stay carry the work.",
)
def vacancies(runs: PatternRuns) -> PatternFinding:
    """Measure pressure at three times the turnover."""
    usual = runs.ensemble(runs.scenario())
    many = runs.ensemble(runs.scenario(parameters={"staff_turnover": 3 * runs.world.parameters.staff_turnover}))
    higher = paired_difference(many.series("pressure").mean(axis=1), usual.series("pressure").mean(axis=1))
    return PatternFinding(
        (
            reading("pressure, higher by", higher, 0.02, 0.10),
            report_only("posts vacant, usually", float(usual.series("vacant_share").mean())),
            report_only("posts vacant, three times as many leaving", float(many.series("vacant_share").mean())),
        )
    )


@pattern(
    33,
    "limit",
    "Less controlling successors never make staff feel less safe.",
    tolerance="style 0.5 instead of 0.7 from week 0 on: safe share lower by at most 0.005 at any yearly mark",
    evidence=("assumed",),
    meaning="The market of leaders says what leaders are like, and not what staff compare them with.",
)
def sign_of_the_market(runs: PatternRuns) -> PatternFinding:
    """Measure the safe share by years with other successors."""
    usual = runs.ensemble(runs.scenario()).series("safe_share")
    kinder = runs.ensemble(runs.scenario((SuccessorsStyle(start_week=0, control=0.5),))).series("safe_share")
    marks = (kinder - usual)[:, WEEKS_PER_YEAR : HORIZON + 1 : WEEKS_PER_YEAR]
    lowest = int(marks.mean(axis=0).argmin())
    return PatternFinding(
        (
            reading("difference at the lowest yearly mark", mean_interval(marks[:, lowest]), -0.005),
            report_only("difference after eight years", mean_interval(marks[:, -1])),
        )
    )


_LARGE_TEAM = 48


@pattern(
    35,
    "built in",
    "Large teams are no engines: with teams of 48 instead of 8 the programme's peak gain is nearly the same.",
    tolerance="mean peak gain changes by at most 0.06 (as many teams)",
    evidence=("assumed",),
    meaning="In a large team there is more to witness, and nobody witnesses all of it.",
)
def no_engines(runs: PatternRuns) -> PatternFinding:
    """Measure the peak gain by size of team."""
    large, usual = (
        peak_gain(paired.gain(), PROGRAMME_WEEKS)
        for paired in (
            runs.paired_once(runs.scenario(programme(), team_size=_LARGE_TEAM)),
            runs.paired(runs.scenario(programme())),
        )
    )  # fmt: skip
    return PatternFinding((reading("change of the peak gain", paired_difference(large, usual), -0.06, 0.06),))


@pattern(
    36,
    "built in",
    "Two who change jobs but stay involved take less from the shift than two who leave, and more than nobody.",
    tolerance="retained one year after support ends: sign of both differences (four times the usual runs)",
    evidence=("source-case", "collective-leadership-fragile"),
    meaning="The same people are a new collective: style stays, purpose and habit begin again.",
)
def stay_involved(runs: PatternRuns) -> PatternFinding:
    """Measure what is left where leaders change jobs, between none leaving and two leaving."""
    none, change, leave = (
        runs.paired(runs.scenario((*programme(), *happens)), MANY).retained(1) for happens in ((), CHANGE_OF_JOBS, EXIT)
    )
    return PatternFinding(
        (
            reading("left if nobody leaves, more than if two change jobs by", paired_difference(none, change), 1e-9),
            reading("left if two change jobs, more than if they leave by", paired_difference(change, leave), 1e-9),
            report_only("retained at 1 year, two change jobs", mean_interval(change)),
        )
    )


PATTERNS = (
    purpose_carries, connected_middle, time_and_attention, embedding_takes_time, wary, vacancies, sign_of_the_market,
    no_engines, stay_involved,
)  # fmt: skip
"""Patterns 27 to 33, 35 and 36."""
