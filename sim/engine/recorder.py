"""What is measured every week: the measures, one entry each, and the compiled recorder that is made from them.

Row ``w`` of a weekly table is the state at the start of week ``w`` with the events (opportunities, leavers) of the week
before, and with the pressure, shared purpose, collective voice and critical mass that held in that week. Row 0 is
the settled culture at the end of the burn-in. Vacant seats count in no mean; services count by their posts.

The recorder goes through a service once and keeps sums; a measure of the package says which of them it is made of. A
measure that says ``over`` brings its own sum. Measures from outside the package follow those of the package.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sim.base.compilation import array_kernel, inlined_kernel, kernel
from sim.base.measure import Measure
from sim.base.terms import N_GROUPS, N_OUTCOMES, Outcome
from sim.inputs.organisation import STAFF_GROUP_NAMES

__all__ = ["AGREES_ABOVE", "MEASURES", "MEASURE_NAMES", "Measure", "record", "recorder_of"]

AGREES_ABOVE = 0.625
"""Somebody whose safety or efficacy is above this would agree with the survey item (3.5 on a scale from 1 to 5)."""

EMBEDDED_FROM = 0.5
"""Somebody with all four habits at or above this has embedded the new way of working."""

# Places in the vector of sums; the groups' blocks follow, and how far opportunities came, summed over groups.
_N_STAFF, _SAFETY, _SAFETY_SQ, _SAFE, _EFFICACY, _EFFICACY_SQ, _CONFIDENT, _AIM, _CAPABILITY, _EMBEDDED = range(10)
_CYNICISM, _N_POSTS, _N_MANNED = range(10, 13)  # a team is manned while somebody is in it
_N_TEAMS, _TEAM_SQ, _SIZE_SQ, _TEAM_CONTROL, _TEAM_EMBEDDING, _FACILITATION = range(13, 19)
_N_SENIORS, _SENIOR_CONTROL, _SENIOR_EMBEDDING = range(19, 22)
_FOR_PROBLEMS, _FOR_PURPOSE, _FOR_STAFF, _FOR_LEADERS = range(22, 26)
_COHERENCE, _VOICE, _PRESSURE, _BACKLOG, _LEARNING = range(26, 31)
_STAFF_LEFT, _TEAM_LEADERS_LEFT, _SENIORS_LEFT = range(31, 34)
_GROUP_COUNT = 34
_GROUP_SAFE = _GROUP_COUNT + N_GROUPS
_GROUP_SAFETY = _GROUP_SAFE + N_GROUPS
_OUTCOMES = _GROUP_SAFETY + N_GROUPS
_MET, _VOICED, _JOINED, _RECEIVED, _LEARNED_FROM, _PUNISHED_FOR = range(
    _OUTCOMES + N_GROUPS * N_OUTCOMES, _OUTCOMES + N_GROUPS * N_OUTCOMES + 6
)
N_SUMS = _PUNISHED_FOR + 1

_SILENT, _NOT_JOINED, _NOT_RECEIVED = Outcome.SILENT, Outcome.NOT_JOINED, Outcome.NOT_RECEIVED
_PUNISHED, _HEARD, _LEARNED = Outcome.PUNISHED, Outcome.HEARD, Outcome.LEARNED
_AGREES, _EMBEDDED_AT = AGREES_ABOVE, EMBEDDED_FROM


# --- what a measure is made of ----------------------------------------------------------------------------------------


@inlined_kernel
def _share(part: Any, whole: Any) -> Any:
    return part / whole if whole > 0.0 else math.nan


@inlined_kernel
def _sum(sums: Any, place: Any) -> Any:
    return sums[place]


@inlined_kernel
def _mean(sums: Any, place: Any, count: Any) -> Any:
    return sums[place] / sums[count]


@inlined_kernel
def _part(sums: Any, part: Any, whole: Any) -> Any:
    return _share(sums[part], sums[whole])


@inlined_kernel
def _vacant(sums: Any) -> Any:
    return (sums[_N_POSTS] - sums[_N_STAFF]) / sums[_N_POSTS]


@inlined_kernel
def _sd(sums: Any, place: Any, squares: Any) -> Any:
    n, total = sums[_N_STAFF], sums[place]
    return math.sqrt(max(0.0, sums[squares] - total * total / n) / (n - 1.0)) if n > 1.0 else 0.0


@kernel
def _icc(sums: Any) -> Any:
    """Return ICC(1) of safety from a one-way analysis of variance, for teams of uneven size."""
    n, n_teams = sums[_N_STAFF], sums[_N_MANNED]
    if n_teams < 2.0 or n <= n_teams:
        return math.nan
    between = (sums[_TEAM_SQ] - sums[_SAFETY] * sums[_SAFETY] / n) / (n_teams - 1.0)
    within = (sums[_SAFETY_SQ] - sums[_TEAM_SQ]) / (n - n_teams)
    typical_size = (n - sums[_SIZE_SQ] / n) / (n_teams - 1.0)
    return _share(between - within, between + (typical_size - 1.0) * within)


@inlined_kernel
def _came_to(sums: Any, group: Any, furthest: Any) -> Any:
    """Return how many opportunities of a group came at least as far as an outcome."""
    n_events = 0.0
    for outcome in range(furthest, N_OUTCOMES):
        n_events += sums[_OUTCOMES + group * N_OUTCOMES + outcome]
    return n_events


@kernel
def _voiced_by(sums: Any, group: Any) -> Any:
    return _share(_came_to(sums, group, _NOT_JOINED), _came_to(sums, group, _SILENT))


# --- the measures -----------------------------------------------------------------------------------------------------


def _shown(name: str, label: str, unit: str, meaning: str, value: Any, at: tuple[int, ...], **more: Any) -> Measure:
    return Measure(name, label, unit, meaning, value, at, in_dashboard=True, **more)


MEASURES: tuple[Measure, ...] = (
    _shown("safe_share", "Feel safe to speak up", "share of staff", "would agree that they feel safe to speak up",
           _part, (_SAFE, _N_STAFF)),
    _shown("confident_share", "Confident it is addressed", "share of staff", "would agree that it would be addressed",
           _part, (_CONFIDENT, _N_STAFF)),
    Measure("safety", "Safety", "0 to 1", "mean of how safe staff feel to speak up", _part, (_SAFETY, _N_STAFF)),
    Measure("safety_sd", "Spread of safety", "0 to 1", "standard deviation of safety between staff",
            _sd, (_SAFETY, _SAFETY_SQ)),
    Measure("efficacy", "Efficacy", "0 to 1", "mean belief that a concern would be addressed",
            _part, (_EFFICACY, _N_STAFF)),
    Measure("efficacy_sd", "Spread of efficacy", "0 to 1", "standard deviation of efficacy between staff",
            _sd, (_EFFICACY, _EFFICACY_SQ)),
    _shown("aim_high", "Aim High", "0 to 1", "mean of how strongly staff hold the shared aim",
           _part, (_AIM, _N_STAFF), chart="norms", term="aim high"),
    _shown("feel_safe", "Feel Safe", "share of opportunities", "opportunities that are voiced",
           _part, (_VOICED, _MET), chart="norms", term="feel safe norm", is_smoothed=True),
    _shown("team_up", "Team Up", "share of voiced", "voiced concerns that colleagues join",
           _part, (_JOINED, _VOICED), chart="norms", term="team up", is_smoothed=True),
    _shown("fail_well", "Fail Well", "share of joined", "joined concerns that are well received",
           _part, (_RECEIVED, _JOINED), chart="norms", term="fail well", is_smoothed=True),
    _shown("learn_fast", "Learn Fast", "share of received", "well received concerns that are learned from",
           _part, (_LEARNED_FROM, _RECEIVED), chart="norms", term="learn fast", is_smoothed=True),
    _shown("opportunities", "Opportunities", "events a week", "concerns, errors and ideas that staff met",
           _sum, (_MET,)),
    _shown("voiced", "Voiced", "events a week", "opportunities that were voiced", _sum, (_VOICED,)),
    _shown("joined", "Joined", "events a week", "voiced concerns that colleagues joined", _sum, (_JOINED,)),
    _shown("well_received", "Well received", "events a week", "joined concerns that were well received",
           _sum, (_RECEIVED,)),
    _shown("learned", "Learned from", "events a week", "well received concerns that were learned from",
           _sum, (_LEARNED_FROM,)),
    _shown("punished", "Punished", "events a week", "concerns whose raising was punished", _sum, (_PUNISHED_FOR,)),
    _shown("team_leader_control", "Team leaders' control", "0 to 1", "mean control-based management of team leaders",
           _mean, (_TEAM_CONTROL, _N_TEAMS), chart="leaders", chart_place=1, short="team leaders'", term="control"),
    _shown("senior_leader_control", "Senior leaders' control", "0 to 1", "mean control-based management of seniors",
           _mean, (_SENIOR_CONTROL, _N_SENIORS), chart="leaders", chart_place=0, short="trio's control",
           term="control"),
    Measure("team_leader_embedding", "Team leaders' embedding", "0 to 1", "how habitual relational leading is (teams)",
            _mean, (_TEAM_EMBEDDING, _N_TEAMS)),
    Measure("senior_leader_embedding", "Senior leaders' embedding", "0 to 1",
            "how habitual relational leading is (trio)", _mean, (_SENIOR_EMBEDDING, _N_SENIORS)),
    *(
        Measure(f"attention_{part}", f"Time for {words}", "share of time", f"senior leaders' time for {meaning}, mean",
                _mean, (place, _N_SENIORS), in_dashboard=True)
        for part, words, meaning, place in (
            ("problems", "problems", "short-term problem-solving", _FOR_PROBLEMS),
            ("purpose", "purpose", "purpose, with one another", _FOR_PURPOSE),
            ("staff", "staff", "dialogue with staff", _FOR_STAFF),
            ("leaders", "team leaders", "team leaders", _FOR_LEADERS),
        )
    ),
    _shown("coherence", "Shared purpose", "0 to 1", "mean shared purpose over pairs of senior leaders (C)",
           _mean, (_COHERENCE, _N_POSTS), chart="leaders", short="shared purpose"),
    _shown("collective_voice", "Collective voice", "0 to 1", "how relational the senior leaders are heard to be (M)",
           _mean, (_VOICE, _N_POSTS)),
    _shown("capability", "Facilitation capability", "0 to 1", "mean capability to facilitate (K)",
           _part, (_CAPABILITY, _N_STAFF), chart="mass", chart_place=1, short="facilitators", term="facilitator"),
    _shown("facilitation", "Critical mass reached", "0 to 1", "how far teams reach the critical mass, mean (f)",
           _mean, (_FACILITATION, _N_POSTS), chart="mass", chart_place=0, short="critical mass"),
    _shown("embedded_share", "Embedded", "share of staff", "have all four habits at one half or above",
           _part, (_EMBEDDED, _N_STAFF), chart="mass", short="embedded"),
    _shown("cynicism", "Cynicism", "0 to 1", "mean cynicism of staff about change", _part, (_CYNICISM, _N_STAFF)),
    _shown("vacant_share", "Vacant posts", "share of posts", "staff posts that are vacant", _vacant, ()),
    _shown("pressure", "Pressure", "0 to 1", "pressure on leaders and staff (P)",
           _mean, (_PRESSURE, _N_POSTS), chart="pressure", short="pressure", is_smoothed=True),
    _shown("backlog", "Backlog", "0 to 1", "unresolved problems (B)",
           _mean, (_BACKLOG, _N_POSTS), chart="pressure", short="backlog"),
    _shown("learning_stock", "Learning stock", "0 to 1", "what has been learned and not forgotten (Y)",
           _mean, (_LEARNING, _N_POSTS), chart="pressure", short="learning", term="learning stock"),
    _shown("staff_leavers", "Staff leavers", "people a week", "staff who left", _sum, (_STAFF_LEFT,)),
    Measure("team_leader_leavers", "Team leaders who left", "people a week", "team leaders who left",
            _sum, (_TEAM_LEADERS_LEFT,)),
    _shown("senior_leader_leavers", "Senior leaders who left", "people a week", "senior leaders who left",
           _sum, (_SENIORS_LEFT,)),
    Measure("safety_icc", "Clustering in teams", "ICC(1)", "share of the variance of safety that lies between teams",
            _icc),
    *(
        Measure(f"safe_share_{name}", f"Feel safe, {name.replace('_', ' ')}", "share of the group",
                "feel safe to speak up", _part, (_GROUP_SAFE + group, _GROUP_COUNT + group))
        for group, name in enumerate(STAFF_GROUP_NAMES)
    ),
    *(
        Measure(f"safety_{name}", f"Safety, {name.replace('_', ' ')}", "0 to 1", "mean safety of the group",
                _part, (_GROUP_SAFETY + group, _GROUP_COUNT + group))
        for group, name in enumerate(STAFF_GROUP_NAMES)
    ),
    *(
        Measure(f"voice_{name}", f"Voiced, {name.replace('_', ' ')}", "share of opportunities", "voiced by the group",
                _voiced_by, (group,))
        for group, name in enumerate(STAFF_GROUP_NAMES)
    ),
)  # fmt: skip
MEASURE_NAMES = tuple(measure.name for measure in MEASURES)
N_MEASURES = len(MEASURES)


# --- what the recorder does -------------------------------------------------------------------------------------------


@inlined_kernel
def room_for_sums() -> Any:
    """Return how many sums there are; each engine says for its own measures."""
    raise NotImplementedError


@kernel
def add_own_sums(world: Any, service: Any, sums: Any) -> None:
    """Add a service to the sums that measures bring along; each engine puts its own here."""
    raise NotImplementedError


@kernel
def measure_all(sums: Any, row: Any) -> None:
    """Turn sums into measures, in their order; each engine puts its own here."""
    raise NotImplementedError


@array_kernel
def record(world: Any, table: Any) -> None:
    """Write one row of the weekly table.

    ``table`` : [1 or 1 + n_services, n_measures]; the whole organisation, then each service if there is room for them.
    """
    n_services = world.services.size
    total = np.zeros(room_for_sums())
    part = np.zeros(room_for_sums())
    for service in range(n_services):
        part[:] = 0.0
        _add_staff(world, service, part)
        _add_leaders(world, service, part)
        add_own_sums(world, service, part)
        for place in range(part.size):
            total[place] += part[place]
        if table.shape[0] > 1:
            _measure(part, table[1 + service])
    _measure(total, table[0])


@kernel
def _measure(sums: Any, row: Any) -> None:
    for group in range(N_GROUPS):
        sums[_MET] += _came_to(sums, group, _SILENT)
        sums[_VOICED] += _came_to(sums, group, _NOT_JOINED)
        sums[_JOINED] += _came_to(sums, group, _NOT_RECEIVED)
        sums[_RECEIVED] += _came_to(sums, group, _HEARD)
        sums[_LEARNED_FROM] += _came_to(sums, group, _LEARNED)
        sums[_PUNISHED_FOR] += sums[_OUTCOMES + group * N_OUTCOMES + _PUNISHED]
    measure_all(sums, row)


@kernel
def _add_staff(world: Any, service: Any, sums: Any) -> None:
    here, staff = world.services[service], world.staff
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        safety_sum, safety_sq, safe, efficacy_sum, efficacy_sq, confident = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        aim, capability, embedded, cynicism, size = 0.0, 0.0, 0.0, 0.0, 0.0
        for i in range(team.first_seat, team.last_seat):
            safety, efficacy, group = staff.safety[i], staff.efficacy[i], staff.staff_group[i]
            sums[_OUTCOMES + group * N_OUTCOMES + staff.outcome[i]] += 1.0  # also of somebody who has left since
            if staff.vacant_weeks[i] > 0.0:
                continue
            size += 1.0
            is_safe = 1.0 if safety > _AGREES else 0.0
            safety_sum += safety
            safety_sq += safety * safety
            safe += is_safe
            efficacy_sum += efficacy
            efficacy_sq += efficacy * efficacy
            confident += 1.0 if efficacy > _AGREES else 0.0
            aim += staff.aim[i]
            capability += staff.capability[i]
            cynicism += staff.cynicism[i]
            weakest = min(
                min(staff.habit_voice[i], staff.habit_team[i]), min(staff.habit_fail[i], staff.habit_learn[i])
            )
            embedded += 1.0 if weakest >= _EMBEDDED_AT else 0.0
            sums[_GROUP_COUNT + group] += 1.0
            sums[_GROUP_SAFE + group] += is_safe
            sums[_GROUP_SAFETY + group] += safety
        n_posts = float(team.last_seat - team.first_seat)
        sums[_N_POSTS] += n_posts
        sums[_N_STAFF] += size
        sums[_SAFETY] += safety_sum
        sums[_SAFETY_SQ] += safety_sq
        sums[_SAFE] += safe
        sums[_EFFICACY] += efficacy_sum
        sums[_EFFICACY_SQ] += efficacy_sq
        sums[_CONFIDENT] += confident
        sums[_AIM] += aim
        sums[_CAPABILITY] += capability
        sums[_EMBEDDED] += embedded
        sums[_CYNICISM] += cynicism
        sums[_N_TEAMS] += 1.0
        if size > 0.0:
            sums[_N_MANNED] += 1.0
            sums[_TEAM_SQ] += safety_sum * safety_sum / size
        sums[_SIZE_SQ] += size * size
        sums[_TEAM_CONTROL] += team.control
        sums[_TEAM_EMBEDDING] += team.embedding
        sums[_FACILITATION] += n_posts * team.facilitation


@kernel
def _add_leaders(world: Any, service: Any, sums: Any) -> None:
    here = world.services[service]
    for row in range(here.first_senior, here.last_senior):
        senior = world.seniors[row]
        sums[_N_SENIORS] += 1.0
        sums[_SENIOR_CONTROL] += senior.control
        sums[_SENIOR_EMBEDDING] += senior.embedding
        sums[_FOR_PROBLEMS] += senior.attention_problems
        sums[_FOR_PURPOSE] += senior.attention_purpose
        sums[_FOR_STAFF] += senior.attention_staff
        sums[_FOR_LEADERS] += senior.attention_leaders
    n_posts = sums[_N_POSTS]
    sums[_COHERENCE] += n_posts * here.coherence
    sums[_VOICE] += n_posts * here.collective_voice
    sums[_PRESSURE] += n_posts * here.pressure
    sums[_BACKLOG] += n_posts * here.backlog
    sums[_LEARNING] += n_posts * here.learning_stock
    sums[_STAFF_LEFT] += here.staff_leavers
    sums[_TEAM_LEADERS_LEFT] += here.team_leader_leavers
    sums[_SENIORS_LEFT] += here.senior_leader_leavers


# --- putting measures together ----------------------------------------------------------------------------------------

_ROWS = {
    "staff": "range(here.first_seat, here.last_seat)",
    "teams": "range(here.first_team, here.last_team)",
    "seniors": "range(here.first_senior, here.last_senior)",
    "pairs": "range(here.first_pair, here.last_pair)",
    "services": "range(service, service + 1)",
}
_NOBODY_THERE = "        if world.staff.vacant_weeks[row] > 0.0: continue"
"""A vacant seat counts in no measure."""


def recorder_of(
    measures: Sequence[Measure], written: Callable[[str, str, dict[str, Any]], Any]
) -> dict[Callable[..., Any], Callable[..., Any]]:
    """Return the kernels that take the place of those above, for some measures.

    Parameters
    ----------
    measures : in the order of the table
    written : makes a function of its name, its source and the names in it
    """
    adding = ["def own_sums(world, service, sums):", "    here = world.services[service]"]
    measuring = ["def measures(sums, row):"]
    values: dict[str, Any] = {"_share": _share}
    n_sums = N_SUMS
    for place, measure in enumerate(measures):
        name = f"value_{place}"
        values[name] = measure.value
        if measure.over is None:
            found = f"{name}({', '.join(['sums', *map(str, measure.at)])})"
        else:
            adding += [
                f"    for row in {_ROWS[measure.over]}:",
                *([_NOBODY_THERE] if measure.over == "staff" else []),
                f"        sums[{n_sums}] += {name}(world, row)",
                f"        sums[{n_sums + 1}] += 1.0",
            ]
            whole = f"_share(sums[{n_sums}], sums[{n_sums + 1}])"
            found = whole if measure.total == "mean" else f"sums[{n_sums}]"
            n_sums += 2
        measuring.append(f"    row[{place}] = {found}")
    room = f"def room():\n    return {n_sums}\n"
    return {
        room_for_sums: inlined_kernel(written("room", room, {})),
        add_own_sums: kernel(written("own_sums", "\n".join(adding), dict(values))),
        measure_all: kernel(written("measures", "\n".join(measuring), dict(values))),
    }
