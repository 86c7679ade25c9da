"""Patterns 16 to 19, 26 and 34: memory, traps and thresholds: what decides whether a culture lasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.inputs.interventions import Intervention
from sim.inputs.interventions.appointments import Appointments
from sim.inputs.interventions.assurance import Assurance
from sim.inputs.interventions.train_facilitators import TrainFacilitators
from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import PairedEnsemble
from sim.results.measures import (
    LEAST_GAIN,
    PERSIST_YEARS,
    SMOOTHING_WEEKS,
    Interval,
    holds,
    mean_interval,
    paired_proportion_difference,
    peak_gain,
    proportion_interval,
    retained_fraction,
    smooth,
)
from sim.rulebook.parameters import WEEKS_PER_YEAR
from sim.validation.pattern import Contour, Line, PatternFinding, PatternPicture, pattern, reading, report_only
from sim.validation.pattern_runs import (
    EXIT,
    OF_SHARES,
    PatternRuns,
    bootstrap,
    capacity,
    programme,
    ratio_of_means,
)
from sim.validation.shift import gain_picture

__all__ = ["PATTERNS", "everything", "tightened"]

Array = NDArray[np.float64]

EVERYTHING_WEEKS = 156
LATE_WEEK = 400
TIGHTENED_WEEK = 208


def everything() -> tuple[Intervention, ...]:
    """Return everything at double intensity for three years, a hundredth of staff trained a week, then nothing."""
    training = TrainFacilitators(start_week=0, end_week=EVERYTHING_WEEKS, share_per_week=0.01)
    return (*programme(2.0, EVERYTHING_WEEKS), training)


@pattern(
    16,
    "verified",
    "Hysteresis: after three years of everything at double intensity, then nothing, more is left at week 400 than of a "
    "one-year programme.",
    tolerance="with training of 0.01 of staff a week: gain at week 400 at least 0.5 of the one-year programme's peak",
    evidence=("repenning-2002",),
    meaning="A culture that has come far enough holds itself for longer; one that has not falls back.",
)
def hysteresis(runs: PatternRuns) -> PatternFinding:
    """Measure how high a culture stays long after strong support."""
    strong, plain = runs.paired(runs.scenario(everything())), runs.paired(runs.scenario(programme()))
    late, peak = strong.gain()[:, LATE_WEEK], peak_gain(plain.gain(), plain.support_end_week)
    return PatternFinding(
        (
            reading("gain at week 400, as a share of the programme's peak", ratio_of_means(late, peak), 0.5),
            report_only(
                "the programme's own gain at week 400, likewise", ratio_of_means(plain.gain()[:, LATE_WEEK], peak)
            ),
        ),
        (gain_picture("After support ends", {"three years of everything": strong, "one-year programme": plain}),),
    )


def tightened(runs: PatternRuns, parameters: Mapping[str, float] | None = None) -> tuple[Scenario, Scenario]:
    """Return a high culture that is switched to tight control in week 208, and the same that is not."""
    switch = (
        Assurance(start_week=TIGHTENED_WEEK, control_norm=0.95),
        Appointments(start_week=TIGHTENED_WEEK, from_within=0.0),
    )
    return runs.scenario((*everything(), *switch), parameters), runs.scenario(everything(), parameters)


@pattern(
    17,
    "verified",
    "Better before worse: tight control does not raise the backlog of a high culture at first, and raises it later; "
    "the programme in a low culture raises it first and lowers it later.",
    tolerance="tight control: backlog higher by at most 0.002 after 8 weeks, higher after 2 years; programme: higher "
    "after 26 weeks, lower after 2 years (mean difference)",
    evidence=("capability-trap",),
    meaning="The pull back to control is reasonable in the short run; that is what makes it a trap.",
)
def better_before_worse(runs: PatternRuns) -> PatternFinding:
    """Measure the backlog after a switch of control, both ways."""
    tight, loose = (runs.ensemble(what).series("backlog") for what in tightened(runs))
    programmed: Array = runs.paired(runs.scenario(programme())).gain("backlog")
    switched: Array = tight - loose
    soon, half_a_year, late = 8, 26, 104
    weeks = np.arange(105.0)
    lines = (
        Line("tight control in a high culture", weeks, switched[:, TIGHTENED_WEEK : TIGHTENED_WEEK + 105].mean(axis=0)),
        Line("programme in a low culture", weeks, programmed[:, :105].mean(axis=0)),
    )
    return PatternFinding(
        (
            reading("tight control, after 8 weeks", mean_interval(switched[:, TIGHTENED_WEEK + soon]), high=0.002),
            reading("tight control, after 2 years", mean_interval(switched[:, TIGHTENED_WEEK + late]), 1e-9),
            reading("programme, after 26 weeks", mean_interval(programmed[:, half_a_year]), 1e-9),
            reading("programme, after 2 years", mean_interval(programmed[:, late]), high=-1e-9),
        ),
        (PatternPicture("Backlog after the switch", "weeks", "difference in the backlog", lines, levels=(("", 0.0),)),),
    )


_INTENSITIES = (0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
_DURATIONS = (26, 52, 78, 104, 156, 208, 312, 416)
_LONGEST = _DURATIONS[-1] + PERSIST_YEARS * WEEKS_PER_YEAR + SMOOTHING_WEEKS


@pattern(
    18,
    "verified",
    "The support time diverges: the shortest programme that persists grows without bound as its intensity falls to a "
    "minimum.",
    tolerance="shortest duration falls with intensity everywhere (monotone), and falls less and less (convex)",
    evidence=("repenning-2002",),
    meaning="Below a certain intensity no length of support is enough: a shoestring can be too thin.",
    if_it_fails="Without capability among staff no length and hardly any intensity of the programme persists, so that "
    "there is no shortest programme to speak of. With facilitators trained as well there is, as the numbers below say.",
)
def support_time_diverges(runs: PatternRuns) -> PatternFinding:
    """Measure the shortest programme of each intensity of which half is left after four years."""
    plain, trained = (np.array([_shortest(runs, one, training) for one in _INTENSITIES]) for training in (False, True))
    known = np.isfinite(plain)
    durations, intensities = plain[known], np.array(_INTENSITIES)[known]
    slopes = np.diff(durations) / np.diff(intensities)
    enough = len(slopes) >= 2
    lines = [
        Line(label, np.array(_INTENSITIES)[where], found[where] / WEEKS_PER_YEAR, has_points=True)
        for label, found in (("programme", plain), ("programme and training of facilitators", trained))
        if (where := np.isfinite(found)).any()
    ]
    return PatternFinding(
        (
            reading("steepest slope (weeks per unit of intensity)", slopes.max() if enough else np.inf, high=0.0),
            reading("least change of slope (0 or more is convex)", np.diff(slopes).min() if enough else -np.inf, 0.0),
            report_only("intensities, of nine, at which no duration is enough", float((~known).sum())),
            report_only("shortest that persists at intensity 1 (weeks)", float(plain[_INTENSITIES.index(1.0)])),
            report_only(
                "the same with training of facilitators at that intensity", float(trained[_INTENSITIES.index(1.0)])
            ),
            report_only(
                "least intensity at which a programme with training of up to 8 years persists",
                float(np.array(_INTENSITIES)[np.isfinite(trained)].min(initial=np.inf)),
            ),
        ),
        (PatternPicture("How long support has to last", "intensity", "years of support", tuple(lines)),)
        if lines
        else (),
        note="Durations up to 8 years were run. Shortest: where the mean share retained at 4 years crosses one half, "
        "between durations that were run. The first report judged a programme with training, and had settled that "
        "after a first look.",
    )


def _shortest(runs: PatternRuns, intensity: float, has_training: bool) -> float:
    """Return the duration at which half is left after four years, in weeks; infinite if no duration is enough."""
    before = (0, 0.0)
    for weeks in _DURATIONS:
        training = TrainFacilitators(start_week=0, end_week=weeks, intensity=intensity)
        retained = _retained(runs, (*programme(intensity, weeks), *((training,) if has_training else ())), weeks)
        if retained > 0.5:
            share = (0.5 - before[1]) / (retained - before[1])
            return before[0] + share * (weeks - before[0])
        before = (weeks, retained)
    return float("inf")


def _retained(runs: PatternRuns, timeline: Sequence[Intervention], support_end: int) -> float:
    """Return the mean share of the peak gain left four years after support ends."""
    horizon = support_end + PERSIST_YEARS * WEEKS_PER_YEAR + SMOOTHING_WEEKS
    baseline = runs.ensemble(runs.scenario(weeks=_LONGEST)).series("safe_share")[:, : horizon + 1]
    gain = runs.run(runs.scenario(timeline, weeks=horizon)).series("safe_share") - baseline
    return float(np.nan_to_num(retained_fraction(gain, support_end, PERSIST_YEARS), nan=0.0).mean())


_FACTORS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.25)
_MAIN_TRAINING_WEEKS = 104


@pattern(
    19,
    "verified",
    "Facilitators: the chance of persisting rises with the share of staff trained, and more are needed where turnover "
    "is high.",
    tolerance="chance of persisting does not fall as more are trained (beyond its interval); the share at which it "
    "crosses one half is higher with twice the staff turnover (five times the usual runs)",
    evidence=("centola-2018", "nhs-impact"),
    meaning="How many facilitators it takes depends on how fast they leave; whether there is a threshold is reported.",
)
def critical_mass(runs: PatternRuns) -> PatternFinding:
    """Measure the chance of persisting against the share of staff trained in the first two years."""
    usual = _persisting(runs)
    churning = _persisting(runs, {"staff_turnover": 2 * runs.world.parameters.staff_turnover})
    trained = np.array([1.0 - (1.0 - 0.003 * factor) ** _MAIN_TRAINING_WEEKS for factor in _FACTORS])

    n_runs = usual.shape[1]

    def crossing(runs: NDArray[np.bool_]) -> Interval:
        return bootstrap(lambda rows: _half(trained, runs[:, rows]), n_runs)

    shift = bootstrap(lambda rows: _half(trained, churning[:, rows]) - _half(trained, usual[:, rows]), n_runs)
    lines = tuple(
        _chance_line(label, trained, runs) for label, runs in (("turnover", usual), ("twice the turnover", churning))
    )
    return PatternFinding(
        (
            reading(
                "falls of the chance beyond its interval", float(_real_falls(usual) + _real_falls(churning)), high=0.0
            ),
            reading("share trained at the crossing, higher with twice the turnover by", shift, 1e-9),
            report_only("share of staff trained in two years at which half of runs persist", crossing(usual)),
            report_only("the same with twice the staff turnover", crossing(churning)),
            report_only("steepest rise, against an even rise over all shares (1: a ramp)", _steepest(trained, usual)),
            report_only("the same with twice the staff turnover", _steepest(trained, churning)),
            report_only("chance where nobody is trained", proportion_interval(usual[0])),
        ),
        (
            PatternPicture(
                "Critical mass",
                "share of staff trained in two years",
                "chance of persisting",
                lines,
                levels=(("", 0.5),),
            ),
        ),
    )


def _persisting(runs: PatternRuns, parameters: Mapping[str, float] | None = None) -> NDArray[np.bool_]:
    """Return [n_factors, n_replicates], which runs persist, by how much of the standard capacity is built."""
    rows = []
    for factor in _FACTORS:
        built = capacity(factor) if factor > 0 else ()
        paired = runs.paired_once(runs.scenario((*programme(), *EXIT, *built), parameters), OF_SHARES)
        rows.append(paired.persists() > 0)
    return np.stack(rows)


def _steepest(x: Array, runs: NDArray[np.bool_]) -> float:
    """Return the steepest step of the rising curve nearest to the chance, against a line from its first to its last."""
    from scipy.optimize import isotonic_regression

    chance = isotonic_regression(runs.mean(axis=1)).x
    even = (chance[-1] - chance[0]) / (x[-1] - x[0])
    return float((np.diff(chance) / np.diff(x)).max() / even) if even > 0 else float("nan")


def _half(x: Array, runs: NDArray[np.bool_]) -> float:
    """Return where the share of runs crosses one half, on the rising curve nearest to it (isotonic regression)."""
    from scipy.optimize import isotonic_regression

    chance = isotonic_regression(runs.mean(axis=1)).x
    if chance[0] >= 0.5:
        return float(x[0])
    if chance[-1] < 0.5:
        return float("nan")
    after = int(np.argmax(chance >= 0.5))
    share = (0.5 - chance[after - 1]) / (chance[after] - chance[after - 1])
    return float(x[after - 1] + share * (x[after] - x[after - 1]))


def _real_falls(runs: NDArray[np.bool_]) -> int:
    """Return how often the share of runs falls to the right by more than intervals explain."""
    chances = [proportion_interval(row) for row in runs]
    return sum(later.high < earlier.low for k, earlier in enumerate(chances) for later in chances[k + 1 :])


def _chance_line(label: str, x: Array, runs: NDArray[np.bool_]) -> Line:
    chances = [proportion_interval(row) for row in runs]
    y, low, high = (np.array([getattr(chance, end) for chance in chances]) for end in ("estimate", "low", "high"))
    return Line(label, x, y, low, high, has_points=True)


_TURNOVERS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
_NORMS = (0.45, 0.55, 0.65, 0.75, 0.825, 0.90)


@pattern(
    26,
    "verified",
    "With programme, exit and capacity, the chance that the culture holds falls with turnover of all kinds and with "
    "the control norm.",
    tolerance="no rise of the chance (beyond its interval) along either side of the map; mean chance falls along both "
    "(five times the usual runs)",
    evidence=("source-case",),
    meaning="The answer to the question is a map: where turnover and the pull to control are low, a culture holds.",
)
def boundary(runs: PatternRuns) -> PatternFinding:
    """Measure the chance that the culture holds over turnover and control norm, with and without capacity."""
    built, bare = _holding(runs, (*programme(), *EXIT, *capacity())), _holding(runs, (*programme(), *EXIT))
    chance = built.mean(axis=2)
    rises = sum(_real_falls(row[::-1]) for row in built) + sum(
        _real_falls(column[::-1]) for column in built.swapaxes(0, 1)
    )
    # [norm, turnover]: means over the other side.
    by_norm, by_turnover = chance.mean(axis=1), chance.mean(axis=0)
    return PatternFinding(
        (
            reading("rises of the chance beyond its interval", float(rises), high=0.0),
            reading("largest step up along turnover (means over norms)", float(np.diff(by_turnover).max()), high=0.0),
            reading("largest step up along the norm (means over turnovers)", float(np.diff(by_norm).max()), high=0.0),
            report_only("chance at the defaults", proportion_interval(built[3, 1])),
            report_only("chance at the defaults without capacity", proportion_interval(bare[3, 1])),
            report_only("share of the map on which half of runs hold", float((chance >= 0.5).mean())),
            report_only("the same without capacity", float((bare.mean(axis=2) >= 0.5).mean())),
        ),
        (_holding_picture("with capacity", chance), _holding_picture("without capacity", bare.mean(axis=2))),
    )


def _holding(runs: PatternRuns, timeline: Sequence[Intervention]) -> NDArray[np.bool_]:
    """Return [n_norms, n_turnovers, n_replicates], whether the culture holds."""
    usual = runs.world.parameters
    rows = []
    for norm in _NORMS:
        row = []
        for factor in _TURNOVERS:
            rates = {name: factor * getattr(usual, name) for name in _RATES}
            run = runs.run(runs.scenario(timeline, {"control_norm": norm, **rates}), OF_SHARES)
            row.append(holds(run.series("safe_share")))
        rows.append(np.stack(row))
    return np.stack(rows)


_RATES = ("staff_turnover", "team_leader_turnover", "senior_leader_turnover")


def _holding_picture(label: str, chance: Array) -> PatternPicture:
    x, y = np.array(_TURNOVERS), np.array(_NORMS)
    points = [(x_at, norm) for norm, row in zip(y, chance, strict=True) for x_at in _falls_through_half(x, row)]
    line = np.array(points).reshape(-1, 2)
    contours = (Contour("half of runs hold", line[:, 0], line[:, 1]),) if len(line) else ()
    return PatternPicture(
        f"Where the culture holds, {label}", "turnover of all kinds, times the usual", "control norm", x=x, y=y,
        values=chance, value_label="chance that the culture holds", contours=contours,
    )  # fmt: skip


def _falls_through_half(x: Array, chance: Array) -> list[float]:
    """Return where a row of the map falls through one half."""
    crossings = np.flatnonzero((chance[:-1] >= 0.5) & (chance[1:] < 0.5))
    shares = [(chance[k] - 0.5) / (chance[k] - chance[k + 1]) for k in crossings]
    return [float(x[k] + share * (x[k + 1] - x[k])) for k, share in zip(crossings, shares, strict=True)]


_TRAINED_UNTIL = 112


@pattern(
    34,
    "verified",
    "Upkeep: without the top-up of facilitators fewer runs persist.",
    tolerance="share of runs that persist lower by at least 0.08 (five times the usual runs)",
    evidence=("training-transfer", "source-case"),
    meaning="Part of what looks like persistence is being kept up.",
    if_it_fails="Four years after outside support, training has ended for less than three, and capability has not "
    "drained away yet. Four years after training has ended the difference is large, as the last two numbers say.",
)
def upkeep(runs: PatternRuns) -> PatternFinding:
    """Measure what persists with and without a top-up for good, four years after support and after training."""
    kept, ended = (
        runs.paired(runs.scenario((*programme(), *EXIT, *training)), OF_SHARES)
        for training in (capacity(), capacity()[:1])
    )
    fewer = paired_proportion_difference(kept.persists() > 0, ended.persists() > 0)
    return PatternFinding(
        (
            reading("share of runs that persist, lower by", fewer, 0.08),
            report_only("runs that persist with top-up", kept.persistence()),
            report_only("runs that persist without", ended.persistence()),
            report_only(
                "with more than half left four years after training ended, with top-up", _half_left_later(kept)
            ),
            report_only("the same without", _half_left_later(ended)),
        )
    )


def _half_left_later(paired: PairedEnsemble) -> Interval:
    """Return the share of runs of which more than half of the peak gain is left four years after training has ended."""
    week = _TRAINED_UNTIL + PERSIST_YEARS * WEEKS_PER_YEAR
    peak = peak_gain(paired.gain(), paired.support_end_week)
    return proportion_interval((peak >= LEAST_GAIN) & (smooth(paired.gain())[:, week] > 0.5 * peak))


PATTERNS = (hysteresis, better_before_worse, support_time_diverges, critical_mass, boundary, upkeep)
"""Patterns 16 to 19, 26 and 34."""
