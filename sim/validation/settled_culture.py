"""Patterns 1 to 7, 37 and 38: the settled control culture, before anything is done about it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.base.terms import Outcome
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import PreparedRun, prepare
from sim.engine.state import World, vacant_seats
from sim.inputs.interventions import Intervention
from sim.inputs.organisation import STAFF_GROUP_NAMES, StaffGroup
from sim.results.ensemble import Ensemble
from sim.results.measures import Interval, mean_interval, paired_difference, peak_gain
from sim.results.survey import CENSUS, SurveyAnswers, SurveyDesign, ask, ask_every_year
from sim.rulebook.columns import StaffColumns
from sim.rulebook.parameters import WEEKS_PER_YEAR
from sim.validation.pattern import Line, PatternFinding, PatternPicture, Reading, pattern, reading, report_only
from sim.validation.pattern_runs import OF_SHARES, PatternRuns, bootstrap, programme

__all__ = ["PATTERNS"]

Array = NDArray[np.float64]


@pattern(
    1,
    "calibrated",
    "Quiet control culture: most feel safe to speak up, fewer are confident that it would be addressed.",
    tolerance="share that feels safe 0.57 to 0.67; share confident 0.43 to 0.55; gap 0.08 to 0.18",
    evidence=("nhs-survey-2023", "deaf-ear"),
    meaning="The model starts where the national staff survey stands: not a culture of fear, but one of futility.",
)
def quiet_culture(runs: PatternRuns) -> PatternFinding:
    """Measure the culture at week 0, as it is and as a survey finds it."""
    baseline = runs.ensemble(runs.scenario())
    safe, confident = baseline.series("safe_share")[:, 0], baseline.series("confident_share")[:, 0]
    return PatternFinding(
        (
            reading("feel safe", mean_interval(safe), 0.57, 0.67),
            reading("confident it would be addressed", mean_interval(confident), 0.43, 0.55),
            reading("gap", mean_interval(safe - confident), 0.08, 0.18),
            *(() if runs.only_judged else _as_surveys_find_it(runs)),
        )
    )


def _as_surveys_find_it(runs: PatternRuns) -> tuple[Reading, ...]:
    """Return what a survey at week 0 of each replicate finds; those who feel safer answer more readily."""
    prepared = prepare(runs.scenario())
    worlds = (prepared.start(runs.seed, replicate) for replicate in range(runs.replicates))
    asked = [ask(world, key, 0, SurveyDesign(candour=0.5)) for world, key in worlds]
    return (
        report_only("feel safe, as a survey with non-response finds it", mean_interval(_agree(asked, "safe"))),
        report_only("confident, as that survey finds it", mean_interval(_agree(asked, "addressed"))),
    )


def _agree(surveys: list[SurveyAnswers], item: str) -> Array:
    shares = [survey.result(item).agree for survey in surveys]
    return np.array([np.nan if share is None else share for share in shares])


_PEAK_BY = 78
"""Weeks after which the peak of a programme of a year has passed, and is smoothed."""


@pattern(
    2,
    "built in",
    "Settled: nothing moves by itself, and a longer burn-in changes no answer.",
    tolerance="change of the safe share from the first year to the eighth within ±0.02; with 520 weeks of burn-in "
    "instead of 104 the programme's peak gain changes by less than 0.01 (five times the usual runs)",
    evidence=("nhs-survey-trend",),
    meaning="Week 0 is the settled culture of these parameters; what moves later is moved by what is done.",
)
def settled(runs: PatternRuns) -> PatternFinding:
    """Measure how the safe share moves when nothing is done."""
    safe = runs.ensemble(runs.scenario(), OF_SHARES).series("safe_share")
    years = safe[:, 1:].reshape(len(safe), -1, WEEKS_PER_YEAR).mean(axis=2)
    prepared = prepare(runs.scenario())
    census, survey = (
        np.stack([_agree(ask_every_year(prepared, runs.seed, k, design), "safe") for k in range(runs.replicates)])
        for design in (CENSUS, SurveyDesign())
    )
    return PatternFinding(
        (
            reading("change from the first year to the eighth", mean_interval(years[:, -1] - years[:, 0]), -0.02, 0.02),
            reading("change of the peak gain with 520 weeks of burn-in", _peak_after(runs, 520, 104), -0.01, 0.01),
            report_only("yearly changes of at most 4 points (means of a year)", _small_changes(years)),
            report_only("the same, everybody asked in one week a year", _small_changes(census)),
            report_only("the same, a survey of one week a year with non-response", _small_changes(survey)),
        ),
        (_trend_picture(safe),),
        note="The evidence is a national figure, in which the chance of one service averages out. A survey of one "
        "service of 296 moves by more than 4 points in many years by chance alone; the first report judged that too.",
    )


def _peak_after(runs: PatternRuns, burn_in_weeks: int, usual_weeks: int) -> float:
    """Return by how much the programme's mean peak gain changes with another burn-in."""
    what = runs.scenario(programme(), weeks=_PEAK_BY)
    peaks = []
    for weeks in (burn_in_weeks, usual_weeks):
        with_it, without = (_safe_shares(runs, prepare(one, burn_in_weeks=weeks)) for one in (what, what.baseline()))
        peaks.append(float(peak_gain(with_it - without, what.support_end_week or 0).mean()))
    return peaks[0] - peaks[1]


def _safe_shares(runs: PatternRuns, prepared: PreparedRun) -> Array:
    safe = MEASURE_NAMES.index("safe_share")
    numbers = range(OF_SHARES * runs.replicates)
    return np.array([prepared.simulate(runs.seed, number)[:, 0, safe] for number in numbers])


def _small_changes(by_year: Array) -> Interval:
    """Return the share of year-on-year changes of at most 4 points, with its interval over replicates."""
    small = np.abs(np.diff(by_year, axis=1)) <= 0.04
    return mean_interval(small.mean(axis=1))


def _trend_picture(safe: Array) -> PatternPicture:
    weeks = np.arange(safe.shape[1]) / WEEKS_PER_YEAR
    low, high = np.quantile(safe, (0.05, 0.95), axis=0)
    lines = (Line("mean, and the middle 90 % of runs", weeks, safe.mean(axis=0), low, high),)
    return PatternPicture("Without interventions", "years", "share that feels safe", lines)


@pattern(
    3,
    "calibrated",
    "Most concerns are voiced; about half of those are acted on; few are punished.",
    tolerance="voiced 0.62 to 0.78 of concerns; well received 0.33 to 0.55 of voiced; punished 0.002 to 0.02 of voiced",
    evidence=("swiss-speaking-up", "deaf-ear", "bullying-2023"),
    meaning="Being ignored, not being punished, is the common experience of those who speak up.",
)
def voice_and_answer(runs: PatternRuns) -> PatternFinding:
    """Measure what becomes of concerns over eight years."""
    baseline = runs.ensemble(runs.scenario())

    def ratio(part: str, whole: str) -> Interval:
        return mean_interval(baseline.series(part)[:, 1:].sum(axis=1) / baseline.series(whole)[:, 1:].sum(axis=1))

    return PatternFinding(
        (
            reading("a concern is voiced", ratio("voiced", "opportunities"), 0.62, 0.78),
            reading("a voiced concern is acted on (well received)", ratio("well_received", "voiced"), 0.33, 0.55),
            reading("a voiced concern is punished", ratio("punished", "voiced"), 0.002, 0.02),
            report_only("a voiced concern is learned from", ratio("learned", "voiced")),
        )
    )


_WINDOW = 4
_WINDOWS = (0, 52, 104)


@pattern(
    4,
    "verified",
    "In four weeks most staff have a concern, most of them voice one, and a third withhold one.",
    tolerance="share of staff with a concern 0.62 to 0.80; who voiced one 0.50 to 0.76; who withheld one 0.15 to 0.40",
    evidence=("swiss-speaking-up",),
    meaning="How often people speak or keep quiet, person by person, agrees with what clinical staff report.",
)
def four_weeks(runs: PatternRuns) -> PatternFinding:
    """Measure what people live through in four weeks, of those who have been there for as long."""
    counts = np.zeros((runs.replicates, len(_WINDOWS), 3))
    seen = np.zeros((3, 0), dtype=bool)
    for snapshot in runs.follow(runs.scenario(), _WINDOWS[-1] + _WINDOW):
        window, place = divmod(snapshot.week, WEEKS_PER_YEAR)
        if place >= _WINDOW:
            continue
        outcome = snapshot.world.staff["outcome"]
        week = np.stack([outcome > Outcome.NONE, outcome > Outcome.SILENT, outcome == Outcome.SILENT])
        seen = week if place == 0 else seen | week
        counts[snapshot.replicate, window] = seen.mean(axis=1, where=_there_for(snapshot.world.staff, _WINDOW))
    concern, voiced, withheld = (mean_interval(counts[:, :, k].mean(axis=1)) for k in range(3))
    return PatternFinding(
        (
            reading("at least one concern", concern, 0.62, 0.80),
            reading("at least one voiced", voiced, 0.50, 0.76),
            reading("at least one withheld", withheld, 0.15, 0.40),
        )
    )


def _there_for(staff: StaffColumns, weeks: int) -> NDArray[np.bool_]:
    """Return [n_staff], in whose seat somebody has been for some weeks or more."""
    return (staff["tenure_weeks"] >= weeks) & ~vacant_seats(staff)


@pattern(
    5,
    "verified",
    "Safety clusters in teams.",
    tolerance="ICC(1) 0.05 to 0.20 on average, never above 0.40",
    evidence=("hsops", "ghana-teams", "edmondson-1999"),
    meaning="Teams differ about as much as wards do: leaders and shared experience make a climate, and people differ "
    "in it.",
)
def clustering(runs: PatternRuns) -> PatternFinding:
    """Measure how alike the members of a team feel."""
    icc = runs.ensemble(runs.scenario()).series("safety_icc")
    with_programme = runs.ensemble(runs.scenario(programme())).series("safety_icc")
    return PatternFinding(
        (
            reading("ICC(1), mean over weeks", mean_interval(icc.mean(axis=1)), 0.05, 0.20),
            reading("highest in any week and run", float(icc.max()), high=0.40),
            report_only("highest under the programme", float(with_programme.max())),
        )
    )


_NEW_WEEKS, _LONG_WEEKS = 26, 260
_JUST_ARRIVED = (4, 13)
_SNAPSHOT_EVERY, _SNAPSHOT_UNTIL = 4, 208


@pattern(
    6,
    "verified",
    "Newcomers feel safer than colleagues of six months to five years, and less so where safety is high.",
    tolerance="difference above 0 and at most 0.05 on the scale from 0 to 1; interaction with the team's safety below "
    "0",
    evidence=("newcomers", "paradise-lost"),
    meaning="People arrive with more hope than the place keeps up, unless the team is a safe one.",
    if_it_fails="Newcomers start above what they expect of a workplace, but here they are no safer than colleagues in "
    "their first four weeks and less safe over three months, where the surveys see them safer for most of the first "
    "half year; and they expect less of a workplace than those who have stayed, because who feels unsafe leaves "
    "sooner. A slower pull to what people expect, or no selection by safety, might mend it; neither was tuned to this "
    "pattern.",
)
def newcomers(runs: PatternRuns) -> PatternFinding:
    """Measure safety by tenure, pooled over seeds and months."""
    n_runs = OF_SHARES * runs.replicates
    moments, targets = np.zeros((n_runs, 4, 4)), np.zeros((n_runs, 4))
    differences: list[list[Array]] = [[] for _ in range(n_runs)]
    team_size = runs.scenario().organisation.team_size
    for snapshot in runs.follow(runs.scenario(), _SNAPSHOT_UNTIL, n_runs):
        if snapshot.week % _SNAPSHOT_EVERY == 0:
            staff = snapshot.world.staff
            differences[snapshot.replicate].append(_newcomers_minus_others(staff))
            safety, is_new, colleagues = _newcomers(staff, team_size)
            design = np.stack([np.ones_like(safety), is_new, colleagues, is_new * colleagues], axis=1)
            moments[snapshot.replicate] += design.T @ design
            targets[snapshot.replicate] += design.T @ safety
    interaction = bootstrap(
        lambda rows: float(np.linalg.solve(moments[rows].sum(axis=0), targets[rows].sum(axis=0))[3]), n_runs
    )
    half_year, month, quarter, like_with_like = (
        mean_interval(np.array([np.nanmean([one[k] for one in run]) for run in differences])) for k in range(4)
    )
    return PatternFinding(
        (
            reading("newcomers' safety (first 6 months) minus that of colleagues", half_year, 1e-9, 0.05),
            reading("how that changes per unit of the team's safety (seeds pooled)", interaction, high=-1e-9),
            report_only("the difference in the first 4 weeks", month),
            report_only("the difference in the first 13 weeks", quarter),
            report_only("the difference in the first 6 months, of what each expects of a workplace", like_with_like),
        ),
        note=f"{n_runs} runs, settled after a first look: the usual number tells too little.",
    )


def _newcomers_minus_others(staff: StaffColumns) -> Array:
    """Return the difference in safety by how new newcomers are, and the difference in what people expect."""
    is_there = ~vacant_seats(staff)
    tenure, safety, expected = (staff[name][is_there] for name in ("tenure_weeks", "safety", "safety_trait"))
    others = (tenure >= _NEW_WEEKS) & (tenure < _LONG_WEEKS)

    def difference(values: Array, weeks: int) -> float:
        new = tenure < weeks
        return float(values[new].mean() - values[others].mean()) if new.any() else float("nan")

    month, quarter = (difference(safety, weeks) for weeks in _JUST_ARRIVED)
    return np.array([difference(safety, _NEW_WEEKS), month, quarter, difference(expected, _NEW_WEEKS)])


def _newcomers(staff: StaffColumns, team_size: int) -> tuple[Array, NDArray[np.bool_], Array]:
    """Return safety, whether new, and the safety of settled colleagues, of those who are new or of medium tenure."""
    safety = staff["safety"].reshape(-1, team_size)
    tenure = staff["tenure_weeks"].reshape(-1, team_size)
    is_there = ~vacant_seats(staff).reshape(-1, team_size)
    settled = is_there & (tenure >= _NEW_WEEKS)
    others = settled.sum(axis=1, keepdims=True) - settled
    total = (safety * settled).sum(axis=1, keepdims=True) - safety * settled
    chosen = is_there & (tenure < _LONG_WEEKS) & (others > 0)
    colleagues = total[chosen] / others[chosen]
    return safety[chosen], ~settled[chosen], colleagues


_FIFTHS = 5
_GRADIENT_WEEKS = 104


@pattern(
    7,
    "verified",
    "Status gradient: medical staff voice more than nurses, nurses more than administration; relational leaders "
    "flatten it.",
    tolerance="sign of both steps; the slope falls by at least 50 % from the most controlling to the most relational "
    "fifth of teams",
    evidence=("nicu-inclusiveness",),
    meaning="Rank silences those below it as far as leaders lead by control.",
)
def status_gradient(runs: PatternRuns) -> PatternFinding:
    """Measure who voices, by staff group and by how controlling the team leader is."""
    without, with_programme = _voice_by_team(runs, ()), _voice_by_team(runs, programme())
    pooled = _by_fifth(np.concatenate([without[0], with_programme[0]]), np.concatenate([without[1], with_programme[1]]))
    counts = pooled.reshape(2, runs.replicates, _FIFTHS, len(STAFF_GROUP_NAMES), 2).sum(axis=0)
    alone = _by_fifth(*without)
    medical, nursing, administration = StaffGroup.MEDICAL, StaffGroup.NURSING, StaffGroup.ADMINISTRATION

    def rate(part: Array, group: int) -> float:
        return float(part[..., group, 1].sum() / part[..., group, 0].sum())

    def step(group: int, below: int) -> Interval:
        return bootstrap(lambda rows: rate(alone[rows], group) - rate(alone[rows], below), runs.replicates)

    def flattening(part: Array) -> float:
        slopes = [rate(part[:, fifth], medical) - rate(part[:, fifth], administration) for fifth in (0, _FIFTHS - 1)]
        return 1.0 - slopes[0] / slopes[1]

    fall = bootstrap(lambda rows: flattening(counts[rows]), runs.replicates)
    return PatternFinding(
        (
            reading("voiced by medical staff minus nurses", step(medical, nursing), 1e-9),
            reading("voiced by nurses minus administration", step(nursing, administration), 1e-9),
            reading("fall of the slope (runs with and without the programme pooled)", fall, 0.5),
            report_only(
                "fall of the slope, without the programme",
                bootstrap(lambda rows: flattening(alone[rows]), runs.replicates),
            ),
        ),
        (_gradient_picture(counts),),
        note="Without the programme hardly any team leader is relational, so that the fifths are alike; the evidence "
        "compares units that differ.",
    )


def _voice_by_team(runs: PatternRuns, timeline: Sequence[Intervention]) -> tuple[Array, Array]:
    """Return [n_replicates, n_weeks, n_teams] control, and [..., n_groups, 2] opportunities and those voiced."""
    what = runs.scenario(timeline)
    n_teams, n_groups = what.organisation.teams, len(STAFF_GROUP_NAMES)
    control = np.zeros((runs.replicates, _GRADIENT_WEEKS, n_teams))
    counts = np.zeros((runs.replicates, _GRADIENT_WEEKS, n_teams, n_groups, 2))
    team = np.repeat(np.arange(n_teams), what.organisation.team_size)
    for snapshot in runs.follow(what, _GRADIENT_WEEKS):
        control[snapshot.replicate, snapshot.week] = snapshot.control
        staff = snapshot.world.staff
        cell = team * n_groups + staff["staff_group"]
        for place, has in enumerate((staff["outcome"] > Outcome.NONE, staff["outcome"] > Outcome.SILENT)):
            here = np.bincount(cell, weights=has, minlength=n_teams * n_groups)
            counts[snapshot.replicate, snapshot.week, :, :, place] = here.reshape(n_teams, n_groups)
    return control, counts


def _by_fifth(control: Array, counts: Array) -> Array:
    """Return [n_replicates, n_fifths, n_groups, 2], counts by fifth of control, from relational to controlling."""
    edges = np.quantile(control, np.linspace(0, 1, _FIFTHS + 1)[1:-1])
    fifth = np.searchsorted(edges, control)
    by_fifth = [np.einsum("rwt,rwtgk->rgk", fifth == k, counts) for k in range(_FIFTHS)]
    return np.stack(by_fifth, axis=1)


def _gradient_picture(counts: Array) -> PatternPicture:
    total = counts.sum(axis=0)
    groups = (StaffGroup.MEDICAL, StaffGroup.NURSING, StaffGroup.ADMINISTRATION)
    fifths = np.arange(1, _FIFTHS + 1, dtype=float)
    lines = tuple(
        Line(group.name.lower(), fifths, total[:, group, 1] / total[:, group, 0], has_points=True) for group in groups
    )
    return PatternPicture(
        "Who speaks up", "fifth of teams, from relational to controlling", "share of concerns voiced", lines
    )


@pattern(
    37,
    "verified",
    "A market of more trusting people speaks up more.",
    tolerance="share of concerns voiced higher by at least 0.02 where people expect 0.75 of a workplace and not 0.60",
    evidence=("leavers-dissatisfied",),
    meaning="What people bring counts: the scale on which they speak up does not move with them.",
)
def trusting_market(runs: PatternRuns) -> PatternFinding:
    """Measure how many concerns are voiced, by what people expect of any workplace."""
    wary, trusting = (
        _voiced(runs.ensemble(runs.scenario(parameters={"safety_trait": trait}))) for trait in (0.60, 0.75)
    )
    return PatternFinding((reading("share of concerns voiced, higher by", paired_difference(trusting, wary), 0.02),))


def _voiced(runs: Ensemble) -> Array:
    """Return [n_replicates], the share of concerns that are voiced over all weeks."""
    voiced, concerns = (runs.series(name)[:, 1:].sum(axis=1) for name in ("voiced", "opportunities"))
    return np.asarray(voiced / concerns)


@pattern(
    38,
    "verified",
    "Leaders matter to staff: teams of more relational leaders feel safer.",
    tolerance="correlation of a team's mean safety with its leader's relational style, within weeks, 0.08 to 0.45",
    evidence=("icu-teams", "ps-antecedents"),
    meaning="Who leads a team can be seen in how safe it feels, about as much as in surveys of teams.",
)
def leaders_matter(runs: PatternRuns) -> PatternFinding:
    """Measure how a team's mean safety goes with its leader's style, without intervention."""
    # [n_replicates, 3]: sums of squares of style and of safety, and of products, about the mean of each week.
    moments = np.zeros((runs.replicates, 3))
    for snapshot in runs.follow(runs.scenario(), _SNAPSHOT_UNTIL):
        if snapshot.week % _SNAPSHOT_EVERY == 0:
            style, safety = _by_team(snapshot.world)
            moments[snapshot.replicate] += (style @ style, safety @ safety, style @ safety)

    def correlation(rows: NDArray[np.int64]) -> float:
        of_style, of_safety, together = moments[rows].sum(axis=0)
        return float(together / np.sqrt(of_style * of_safety))

    def slope(rows: NDArray[np.int64]) -> float:
        of_style, _, together = moments[rows].sum(axis=0)
        return float(together / of_style)

    return PatternFinding(
        (
            reading("correlation", bootstrap(correlation, runs.replicates), 0.08, 0.45),
            report_only("slope (safety by style, both 0 to 1)", bootstrap(slope, runs.replicates)),
        )
    )


def _by_team(world: World) -> tuple[Array, Array]:
    """Return each team's leader's style and mean safety, about their means over teams; of teams with anybody in."""
    teams, staff = world.teams, world.staff
    is_there = ~vacant_seats(staff)
    spans = zip(teams["first_seat"], teams["last_seat"], strict=True)
    safety = np.array([_mean_of(staff["safety"][a:b][is_there[a:b]]) for a, b in spans])
    known = np.isfinite(safety)
    style, safety = 1.0 - teams["control"][known], safety[known]
    return style - style.mean(), safety - safety.mean()


def _mean_of(values: Array) -> float:
    return float(values.mean()) if len(values) else float("nan")


PATTERNS = (
    quiet_culture, settled, voice_and_answer, four_weeks, clustering, newcomers, status_gradient, trusting_market,
    leaders_matter,
)  # fmt: skip
"""Patterns 1 to 7, 37 and 38."""
