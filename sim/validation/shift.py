"""Patterns 8 to 15: what the programme shifts, how it fades, and what makes it last or not."""

from __future__ import annotations

import numpy as np

from sim.results.ensemble import PairedEnsemble
from sim.results.measures import (
    mean_interval,
    paired_difference,
    paired_proportion_difference,
    proportion_interval,
    smooth,
)
from sim.rulebook.parameters import WEEKS_PER_YEAR
from sim.validation.pattern import Line, PatternFinding, PatternPicture, pattern, reading, report_only
from sim.validation.pattern_runs import (
    EXIT,
    OF_SHARES,
    PROGRAMME_WEEKS,
    PatternRuns,
    capacity,
    programme,
    ratio_of_means,
)

__all__ = ["PATTERNS", "gain_picture"]


def gain_picture(title: str, runs: dict[str, PairedEnsemble], measure: str = "safe_share") -> PatternPicture:
    """Return a picture of the mean gain of some scenarios, smoothed over a quarter, with the middle half of runs."""
    lines = []
    for label, paired in runs.items():
        gain = smooth(paired.gain(measure))
        low, high = np.quantile(gain, (0.25, 0.75), axis=0)
        lines.append(Line(label, np.arange(gain.shape[1]) / WEEKS_PER_YEAR, gain.mean(axis=0), low, high))
    return PatternPicture(title, "years", "gain in the share that feels safe", tuple(lines), levels=(("", 0.0),))


@pattern(
    8,
    "calibrated",
    "Coaching the trio alone changes the trio far more than it changes staff.",
    tolerance="the trio's control lower by at least 0.2 at week 52; staff gain at most 0.55 of the programme's",
    evidence=("source-case",),
    meaning="Three individuals can change in a year without the culture changing with them.",
)
def trio_alone(runs: PatternRuns) -> PatternFinding:
    """Measure what coaching of the senior leaders alone does."""
    alone, whole = runs.paired(runs.scenario(programme()[:1])), runs.paired(runs.scenario(programme()))
    at_end = PROGRAMME_WEEKS
    control = -alone.gain("senior_leader_control")[:, at_end]
    staff, staff_whole = alone.gain()[:, at_end], whole.gain()[:, at_end]
    return PatternFinding(
        (
            reading("fall of the trio's control at week 52", mean_interval(control), 0.2),
            reading("staff gain, as a share of the programme's", ratio_of_means(staff, staff_whole), high=0.55),
            report_only("staff gain at week 52", mean_interval(staff)),
        )
    )


@pattern(
    9,
    "calibrated",
    "The programme gives a noticeable shift within a year.",
    tolerance="gain in the safe share at week 52 of 0.12 to 0.28",
    evidence=("coaching-meta-analyses",),
    meaning="The shift is as large as coaching and team training can be expected to make it, not larger.",
)
def noticeable_shift(runs: PatternRuns) -> PatternFinding:
    """Measure the programme's gain when it ends."""
    paired = runs.paired(runs.scenario(programme()))
    gain = paired.gain()[:, PROGRAMME_WEEKS]
    return PatternFinding((reading("gain in the safe share at week 52", mean_interval(gain), 0.12, 0.28),))


@pattern(
    10,
    "calibrated",
    "The shift evaporates: two years after support ends, many runs have lost at least half of it.",
    tolerance="share of runs that lost at least half 0.34 to 0.85 (five times the usual runs)",
    evidence=("improvement-evaporation", "sustained-two-years"),
    meaning="Most gains fade within two years of the money's end, but not all of them.",
)
def evaporation(runs: PatternRuns) -> PatternFinding:
    """Measure how many runs have lost half of the peak gain."""
    paired = runs.paired(runs.scenario(programme()), OF_SHARES)
    lost = np.nan_to_num(paired.retained(2), nan=0.0) <= 0.5
    return PatternFinding(
        (
            reading("runs that lost at least half", proportion_interval(lost), 0.34, 0.85),
            report_only("half-life of the gain, weeks (median)", paired.summary()["half_life_weeks"]),
        )
    )


@pattern(
    11,
    "verified",
    "Four years after support ends, without embedding, little is left.",
    tolerance="mean share of the peak gain retained at most 0.40",
    evidence=("improvement-evaporation", "source-case"),
    meaning="A year of outside support alone does not make a culture.",
)
def little_left(runs: PatternRuns) -> PatternFinding:
    """Measure what is retained of the programme after four years."""
    paired = runs.paired(runs.scenario(programme()))
    return PatternFinding(
        (
            reading("retained at 4 years", mean_interval(paired.retained(4)), high=0.40),
            report_only("runs that persist", paired.persistence()),
        )
    )


@pattern(
    12,
    "calibrated",
    "When two of the trio leave, the shift fades faster: the trio is a new collective.",
    tolerance="retained one year after support ends lower by at least 0.15 with the exit than without",
    evidence=("source-case", "collective-leadership-fragile", "nhs-executives"),
    meaning="What the three had built between them leaves with the two, and has to be built again.",
)
def new_collective(runs: PatternRuns) -> PatternFinding:
    """Measure what the exit takes."""
    stays, leaves = runs.paired(runs.scenario(programme())), runs.paired(runs.scenario((*programme(), *EXIT)))
    difference = paired_difference(stays.retained(1), leaves.retained(1))
    shown = {"programme": stays, "programme, two leave": leaves}
    return PatternFinding(
        (
            reading("retained at 1 year, lower by", difference, 0.15),
            report_only("retained at 1 year, nobody leaves", mean_interval(stays.retained(1))),
            report_only("retained at 1 year, two leave", mean_interval(leaves.retained(1))),
        ),
        (gain_picture("The shift and the exit of two of the trio", shown),),
    )


@pattern(
    13,
    "calibrated",
    "With internal capacity the shift persists, even though two of the trio leave.",
    tolerance="with upkeep, more than half retained at 4 years in at least 75 % of runs (five times the usual runs)",
    evidence=("source-case", "nhs-impact", "centola-2018"),
    meaning="What lasts is not the consultant's work but a critical mass of colleagues who can do it themselves.",
)
def capacity_lasts(runs: PatternRuns) -> PatternFinding:
    """Measure what capacity keeps."""
    paired = runs.paired(runs.scenario((*programme(), *EXIT, *capacity())), OF_SHARES)
    persist = reading("runs that persist", paired.persistence(), 0.75)
    if runs.only_judged:
        return PatternFinding((persist,))
    without = runs.paired(runs.scenario((*programme(), *EXIT)))
    shown = {"programme, two leave, capacity": paired, "programme, two leave": without}
    return PatternFinding(
        (persist, report_only("retained at 4 years", mean_interval(paired.retained(4)))),
        (gain_picture("Internal capacity", shown),),
    )


@pattern(
    14,
    "verified",
    "With three times the staff turnover and twice the team leaders', capacity persists in fewer runs.",
    tolerance="share of runs that persist lower by at least 0.15 (five times the usual runs)",
    evidence=("source-case", "nhs-leavers"),
    meaning="Capacity is people: where they leave faster than they are trained, it drains away.",
)
def churn_undoes_capacity(runs: PatternRuns) -> PatternFinding:
    """Measure what capacity keeps where many leave."""
    timeline, usual = (*programme(), *EXIT, *capacity()), runs.world.parameters
    churn = {"staff_turnover": 3 * usual.staff_turnover, "team_leader_turnover": 2 * usual.team_leader_turnover}
    calm = runs.paired(runs.scenario(timeline), OF_SHARES)
    churning = runs.paired(runs.scenario(timeline, churn), OF_SHARES)
    fewer = paired_proportion_difference(calm.persists() > 0, churning.persists() > 0)
    return PatternFinding(
        (
            reading("share of runs that persist, lower by", fewer, 0.15),
            report_only("runs that persist at the usual turnover", calm.persistence()),
            report_only("runs that persist where many leave", churning.persistence()),
            report_only("retained at 4 years where many leave", mean_interval(churning.retained(4))),
        )
    )


@pattern(
    15,
    "calibrated",
    "Dialogue without leaders who mean it gives no gain, or a loss, and never a collapse.",
    tolerance="gain at week 52 between −0.40 and +0.25 of the programme's",
    evidence=("source-case", "ps-interventions-mixed"),
    meaning="Asking people to speak up while their leaders do not listen does little, and can do harm.",
)
def dialogue_alone(runs: PatternRuns) -> PatternFinding:
    """Measure dialogue without coaching."""
    alone, whole = runs.paired(runs.scenario(programme()[1:2])), runs.paired(runs.scenario(programme()))
    gain, gain_whole = alone.gain()[:, PROGRAMME_WEEKS], whole.gain()[:, PROGRAMME_WEEKS]
    return PatternFinding(
        (
            reading("gain, as a share of the programme's", ratio_of_means(gain, gain_whole), -0.40, 0.25),
            report_only("gain at week 52", mean_interval(gain)),
        )
    )


PATTERNS = (
    trio_alone, noticeable_shift, evaporation, little_left, new_collective, capacity_lasts, churn_undoes_capacity,
    dialogue_alone,
)  # fmt: skip
"""Patterns 8 to 15."""
