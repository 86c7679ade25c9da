"""Why a shift lasts or fades: what moved with it, what moved back and when, as the weekly series show it.

Nothing here knows the story that a scenario wants to tell. Every sentence is a finding that a threshold lets through:
who left, what gave way in the order in which it did, whether facilitators were enough, what had become habit, whether
pressure changed, and how many posts changed hands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.base.dates import week_and_day, week_words, weeks_words
from sim.base.phrasing import duration, in_100, listed, number_word, of_100, percent
from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.interventions.committee import Committee
from sim.inputs.interventions.dialogue import Dialogue
from sim.inputs.interventions.leaders_change_jobs import LeadersChangeJobs
from sim.inputs.interventions.leaders_leave import LeadersLeave
from sim.report.against import other_name, than_other
from sim.report.findings import Findings, ShiftVerdict
from sim.results import measures
from sim.results.intervals import bracketed, with_interval
from sim.results.measures import PERSIST_YEARS, SMOOTHING_WEEKS, Interval
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["CARRIERS", "Carrier", "Movement", "movements", "reasons"]

NOTICEABLE = 0.05
"""A change smaller than this, on a scale from 0 to 1, is not spoken of."""

HARDLY_HABIT = 0.25
"""With fewer staff than this share having embedded the new way, it is hardly habit."""

KEPT_FROM = 0.5
"""A carrier that has kept more than this share of its change has kept it."""

MOSTLY = 0.5
"""As many senior leaders who leave in the same week of every run, on average, are no chance."""

KEPT_YEARS = 2
MANY_CHANGES = 1.0
"""As many changes of people as there are posts, in four years, are many."""


@dataclass(frozen=True)
class Carrier:
    """Something that can carry a shift.

    Parameters
    ----------
    measure : its weekly measure
    sign : +1 if more of it carries, -1 if less does
    name : what it is called in a list
    gave_way : how it is said that half of its change was lost
    measured : what the measure itself is called
    """

    measure: str
    sign: float
    name: str
    gave_way: str
    measured: str


_TOOK_BACK = "who had taken back half of the control they had let go of"
CARRIERS = (
    Carrier(
        "senior_leader_control", -1.0, "the senior leaders", f"the senior leaders, {_TOOK_BACK}",
        "senior leaders' control",
    ),
    Carrier(
        "team_leader_control", -1.0, "the team leaders", f"the team leaders, {_TOOK_BACK}", "team leaders' control",
    ),
    Carrier(
        "coherence", 1.0, "shared purpose among the senior leaders",
        "shared purpose among the senior leaders, of which half was gone", "shared purpose",
    ),
)  # fmt: skip

SURROUNDINGS = (
    *((carrier.measure, carrier.measured) for carrier in CARRIERS),
    ("facilitation", "the critical mass of facilitators that is reached"),
    ("pressure", "pressure"),
    ("learning_stock", "what is learned and kept"),
    ("backlog", "the backlog of unresolved problems"),
)
"""What may have changed where there was no support."""


@dataclass(frozen=True)
class Movement:
    """How far a carrier had moved by the end of support, and what became of that."""

    carrier: Carrier
    peak: Interval
    half_life: Interval
    kept: Interval


def reasons(found: Findings) -> Iterator[str]:
    """Say why, in sentences, the most telling first; of runs that keep what reasons are made of."""
    kept = set(found.paired.arm.measure_names) & set(found.paired.baseline.measure_names)
    if not kept.issuperset(MEASURE_NAMES):
        if found.verdict is not ShiftVerdict.NOTHING_DONE:
            yield "Why cannot be told: reasons are made of all measures, and these runs keep some of them (measures=)."
        return
    match found.verdict:
        case ShiftVerdict.NOTHING_DONE:
            return
        case ShiftVerdict.NO_SUPPORT | ShiftVerdict.LATER:
            yield from _pressure_changed(found)
            yield from _what_changed(found)
        case ShiftVerdict.HARM | ShiftVerdict.NO_SHIFT:
            yield from _dialogue_not_meant(found)
            yield from _what_did_not_move(found)
        case ShiftVerdict.LASTS:
            yield from _what_gave_way(found)
            yield from _still_in_force(found)
            yield from _facilitators(found)
            yield from (f"It lasts although {exit}" for exit in _exits(found))
            yield from _habits(found)
            yield from _pressure_changed(found)
        case _ if found.has_fading:
            yield from (exit[0].upper() + exit[1:] for exit in _exits(found))
            yield from _what_gave_way(found)
            yield from _still_in_force(found)
            yield from _facilitators(found)
            yield from _habits(found)
            yield from _pressure(found)
            yield from _posts(found)
        case _:
            yield from _habits(found)


# --- what happened, what went on --------------------------------------------------------------------------------------


def _exits(found: Findings) -> Iterator[str]:
    """Tell of weeks in which senior leaders left or changed jobs, and what became of their shared purpose."""
    arm = found.paired.arm
    n_seniors = arm.organisation.n_seniors
    purpose = arm.series("coherence").mean(axis=0)
    for row, (n_gone, did) in sorted((_left(found) | _changed_jobs(found)).items()):
        if row > found.end + _judged_weeks(found):
            return
        gone = f"{number_word(n_gone)} of the {number_word(n_seniors)} senior leaders {did}"
        # Shared purpose is taken at the start of a week: the row of the leavers still has it as it was.
        after = min(row + 1, len(purpose) - 1)
        fell = ""
        if purpose[row] - purpose[after] >= NOTICEABLE:
            fell = (
                f", and shared purpose among them fell from {in_100(purpose[row])} to {in_100(purpose[after])} of 100"
            )
        when = week_words(row - 1, arm.scenario.start)
        yield f"in {when} {gone if n_seniors > 1 else f'the senior leader {did}'}{fell}."


Gone = dict[int, tuple[int, str]]
"""By the row of the weekly table: how many of the senior leaders, and what they did."""


def _left(found: Findings) -> Gone:
    """Return when senior leaders left by the timeline, or more of them than with nothing done."""
    arm = found.paired.arm
    leavers = arm.series("senior_leader_leavers").mean(axis=0)
    excess = found.paired.gain("senior_leader_leavers").mean(axis=0)
    planned = {entry.week + 1 for entry in arm.scenario.timeline if isinstance(entry, LeadersLeave)}
    # Those who leave with nothing done too do so by chance, which one run alone may well show, unless it was planned.
    return {
        int(row): (round(float(leavers[row])), "left")
        for row in np.flatnonzero(leavers >= MOSTLY)
        if excess[row] >= MOSTLY or int(row) in planned
    }


def _changed_jobs(found: Findings) -> Gone:
    scenario, where = found.paired.arm.scenario, found.paired.arm.organisation
    return {
        entry.week + 1: (min(entry.n_leaders * where.n_services, where.n_seniors), "changed jobs and stayed involved")
        for entry in scenario.timeline
        if isinstance(entry, LeadersChangeJobs) and entry.week < scenario.weeks
    }


def _still_in_force(found: Findings) -> Iterator[str]:
    """Tell what went on after support had ended; facilitators are told of by what they reach."""
    arm = found.paired.arm
    entries = [entry for entry in arm.scenario.done if entry.kind != "train_facilitators"]
    week = found.end + SMOOTHING_WEEKS
    said = [entry.effect() for entry in entries if entry.strength(week, arm.n_weeks) > 0]
    if said:
        yield f"Still in force after support ended: {' '.join(said)}"


# --- what gave way, what was kept -------------------------------------------------------------------------------------


def movements(found: Findings) -> list[Movement]:
    """Return how the carriers moved that moved at all, the first to give way first."""
    moved = []
    years = min(float(KEPT_YEARS), (found.weeks_after_support - 1) / WEEKS_PER_YEAR)
    for carrier in CARRIERS:
        change = carrier.sign * found.paired.gain(carrier.measure)
        peak = measures.mean_interval(measures.peak_gain(change, found.end))
        if peak.estimate >= NOTICEABLE:
            half_life = measures.median_interval(measures.half_life_weeks(change, found.end))
            kept = measures.mean_interval(measures.retained_fraction(change, found.end, years))
            moved.append(Movement(carrier, peak, half_life, kept))
    return sorted(moved, key=lambda movement: movement.half_life.estimate)


def _what_gave_way(found: Findings) -> Iterator[str]:
    moved = movements(found)
    lost = [movement for movement in moved if movement.half_life.estimate <= _judged_weeks(found)]
    kept = [movement for movement in moved if movement.kept.estimate > KEPT_FROM]
    said = [*_lost(lost), *([] if found.verdict is ShiftVerdict.FADES else _kept(found, kept))]
    yield from reversed(said) if found.verdict is ShiftVerdict.LASTS else said


def _judged_weeks(found: Findings) -> int:
    return min(PERSIST_YEARS * WEEKS_PER_YEAR, found.weeks_after_support)


def _lost(lost: Sequence[Movement]) -> Iterator[str]:
    if lost:
        first = lost[0]
        text = f"First to give way: {first.carrier.gave_way} {_when(first.half_life, ' after support ended')}."
        yield f"{text} Then {listed([_later(movement) for movement in lost[1:]])}." if lost[1:] else text


def _when(half_life: Interval, ending: str = "") -> str:
    if half_life.estimate < 1:
        return "by the time support ended"
    return f"{duration(half_life.estimate)}{ending}{bracketed(half_life, duration)}"


def _later(movement: Movement) -> str:
    return f"{movement.carrier.name} ({_when(movement.half_life).replace(' (', ', ').removesuffix(')')})"


def _kept(found: Findings, kept: Sequence[Movement]) -> Iterator[str]:
    if kept:
        when = duration(min(KEPT_YEARS * WEEKS_PER_YEAR, found.weeks_after_support - 1))
        said = [f"{movement.carrier.name} {with_interval(movement.kept, percent)}" for movement in kept]
        yield f"Of the change in how the service is led, {when} after support ended this much was left: {listed(said)}."


# --- what carried it on, or did not -----------------------------------------------------------------------------------


def _facilitators(found: Findings) -> Iterator[str]:
    reached = found.paired.arm.series("facilitation")
    highest = int(reached.mean(axis=0).argmax())
    best = measures.mean_interval(reached[:, highest])
    if best.estimate < NOTICEABLE:
        if found.verdict is not ShiftVerdict.LASTS:
            yield "There were no internal facilitators to carry it on."
        return
    later = found.end + _judged_weeks(found)
    when = week_and_day(highest, found.paired.arm.scenario.start)
    text = f"Internal facilitators: teams had {with_interval(best, percent)} of the critical mass at best ({when})"
    if later > highest:
        left = with_interval(measures.mean_interval(reached[:, later]), percent)
        text += f", and {left} {duration(later - found.end)} after support ended"
    yield f"{text}."


def _habits(found: Findings) -> Iterator[str]:
    lasts = found.verdict is ShiftVerdict.LASTS
    row = found.paired.arm.n_weeks if lasts else found.end
    embedded, teams, seniors = (
        measures.mean_interval(found.paired.arm.series(name)[:, row])
        for name in ("embedded_share", "team_leader_embedding", "senior_leader_embedding")
    )
    judgement = "Hardly anything had become habit" if embedded.estimate < HARDLY_HABIT else "Much had become habit"
    yield (
        f"{judgement} {'by the end of the run' if lasts else 'when support ended'}: {in_100(embedded.estimate)} in 100 "
        f"staff{bracketed(embedded, in_100)} had all four habits of teaming, and leading relationally was habit to "
        f"{with_interval(teams, of_100)} for team leaders and {with_interval(seniors, of_100)} for senior leaders."
    )


def _pressure(found: Findings) -> Iterator[str]:
    changed = list(_pressure_changed(found))
    if changed:
        yield from changed
        return
    year = slice(found.end, found.end + WEEKS_PER_YEAR)
    after = measures.mean_interval(found.paired.arm.series("pressure")[:, year].mean(axis=1))
    yield (
        f"Pressure did not let up: {with_interval(after, of_100)} in the year after support ended. It pulls leaders "
        "back to control for as long as leading relationally is not habit."
    )


def _pressure_changed(found: Findings) -> Iterator[str]:
    excess = measures.smooth(found.paired.gain("pressure")).mean(axis=0)
    furthest = int(np.abs(excess).argmax())
    if abs(excess[furthest]) >= NOTICEABLE:
        weeks = np.flatnonzero(np.sign(excess[furthest]) * excess >= NOTICEABLE)
        word = "higher" if excess[furthest] > 0 else "lower"
        yield (
            f"Pressure was up to {in_100(abs(excess[furthest]))} of 100 {word} {than_other(found.paired)}, "
            f"between {weeks_words(int(weeks[0]), int(weeks[-1]), found.paired.arm.scenario.start, 'and')}."
        )


def _posts(found: Findings) -> Iterator[str]:
    rows = slice(found.end + 1, found.end + _judged_weeks(found) + 1)
    arm, said = found.paired.arm, []
    for measure, n_posts, name in (
        ("team_leader_leavers", arm.organisation.n_teams, "team-leader"),
        ("staff_leavers", arm.organisation.n_staff, "staff"),
    ):
        changes = measures.mean_interval(arm.series(measure)[:, rows].sum(axis=1) / n_posts)
        if changes.estimate >= MANY_CHANGES:
            said.append(f"{with_interval(changes, in_100)} changes for every 100 {name} posts")
    if said:
        yield f"People changed: {listed(said)} in the {duration(_judged_weeks(found))} after support ended."


# --- where there was no shift -----------------------------------------------------------------------------------------


def _dialogue_not_meant(found: Findings) -> Iterator[str]:
    """Tell whether dialogue did more harm than good, by the model's rule."""
    arm = found.paired.arm
    entries = [entry for entry in arm.scenario.timeline if isinstance(entry, Dialogue | Committee)]
    weeks = sorted({week for entry in entries for week in range(*entry.weeks(arm.n_weeks))})
    if not weeks:
        return
    voice = measures.mean_interval(arm.series("collective_voice")[:, weeks].mean(axis=1))
    safety = float(arm.series("safety")[:, weeks].mean())
    against = arm.scenario.parameters.dialogue_backfire * safety
    needed = against / (1.0 - safety + against)
    if voice.estimate < needed:
        yield (
            f"While dialogue was held, staff heard the senior leaders as relational to {with_interval(voice, of_100)}; "
            f"below {in_100(needed)} dialogue does more harm than good, because leaders do not mean it."
        )


def _what_did_not_move(found: Findings) -> Iterator[str]:
    unmoved = []
    for carrier in CARRIERS:
        change = measures.mean_interval(measures.smooth(found.paired.gain(carrier.measure))[:, found.end])
        if abs(change.estimate) < NOTICEABLE:
            unmoved.append(carrier.measured)
    if unmoved:
        yield f"By the end of support these had changed by less than 5 of 100: {listed(unmoved)}."


def _what_changed(found: Findings) -> Iterator[str]:
    changes: list[tuple[float, str]] = []
    for measure, name in SURROUNDINGS:
        change = measures.mean_interval(found.paired.gain(measure)[:, -WEEKS_PER_YEAR:].mean(axis=1))
        if abs(change.estimate) >= NOTICEABLE:
            word = "higher" if change.estimate > 0 else "lower"
            low, high = sorted((abs(change.low), abs(change.high)))
            said = Interval(abs(change.estimate), low, high, change.n)
            changes.append((-said.estimate, f"{name} {with_interval(said, of_100)} {word}"))
    if changes:
        said_in_order = [text for _, text in sorted(changes)]
        yield f"Over the last year, compared with {other_name(found.paired)}: {listed(said_in_order)}."
    elif found.paired.arm.n_weeks >= SMOOTHING_WEEKS:
        yield "By the last year, leaders' control, shared purpose, pressure and learning differ by less than 5 of 100."
