"""What is measured every week: the measures, their words, and the compiled recorder.

Row ``w`` of a weekly table is the state at the start of week ``w`` with the events (opportunities, leavers) of the week
before, and with the pressure, shared purpose, collective voice and critical mass that held in that week. Row 0 is
the settled culture at the end of the burn-in. Vacant seats count in no mean; services count by their posts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.base.compilation import inlined_kernel, kernel
from sim.base.terms import N_GROUPS, N_OUTCOMES, Outcome
from sim.inputs.organisation import STAFF_GROUP_NAMES

__all__ = ["AGREES_ABOVE", "MEASURES", "MEASURE_NAMES", "Measure", "record"]

AGREES_ABOVE = 0.625
"""Somebody whose safety or efficacy is above this would agree with the survey item (3.5 on a scale from 1 to 5)."""

EMBEDDED_FROM = 0.5
"""Somebody with all four habits at or above this has embedded the new way of working."""


@dataclass(frozen=True)
class Measure:
    """One weekly measure: its name in tables, its label in pictures, its unit and what it means."""

    name: str
    label: str
    unit: str
    meaning: str


MEASURES: tuple[Measure, ...] = (
    Measure("safe_share", "Feel safe to speak up", "share of staff", "would agree that they feel safe to speak up"),
    Measure("confident_share", "Confident it is addressed", "share of staff", "would agree that it would be addressed"),
    Measure("safety", "Safety", "0 to 1", "mean of how safe staff feel to speak up"),
    Measure("safety_sd", "Spread of safety", "0 to 1", "standard deviation of safety between staff"),
    Measure("efficacy", "Efficacy", "0 to 1", "mean belief that a concern would be addressed"),
    Measure("efficacy_sd", "Spread of efficacy", "0 to 1", "standard deviation of efficacy between staff"),
    Measure("aim_high", "Aim High", "0 to 1", "mean of how strongly staff hold the shared aim"),
    Measure("feel_safe", "Feel Safe", "share of opportunities", "opportunities that are voiced"),
    Measure("team_up", "Team Up", "share of voiced", "voiced concerns that colleagues join"),
    Measure("fail_well", "Fail Well", "share of joined", "joined concerns that are well received"),
    Measure("learn_fast", "Learn Fast", "share of received", "well received concerns that are learned from"),
    Measure("opportunities", "Opportunities", "events a week", "concerns, errors and ideas that staff met"),
    Measure("voiced", "Voiced", "events a week", "opportunities that were voiced"),
    Measure("joined", "Joined", "events a week", "voiced concerns that colleagues joined"),
    Measure("well_received", "Well received", "events a week", "joined concerns that were well received"),
    Measure("learned", "Learned from", "events a week", "well received concerns that were learned from"),
    Measure("punished", "Punished", "events a week", "concerns whose raising was punished"),
    Measure("team_leader_control", "Team leaders' control", "0 to 1", "mean control-based management of team leaders"),
    Measure("senior_leader_control", "Senior leaders' control", "0 to 1", "mean control-based management of seniors"),
    Measure("team_leader_embedding", "Team leaders' embedding", "0 to 1", "how habitual relational leading is (teams)"),
    Measure(
        "senior_leader_embedding", "Senior leaders' embedding", "0 to 1", "how habitual relational leading is (trio)"
    ),
    *(
        Measure(f"attention_{part}", f"Time for {words}", "share of time", f"senior leaders' time for {meaning}, mean")
        for part, words, meaning in (
            ("problems", "problems", "short-term problem-solving"),
            ("purpose", "purpose", "purpose, with one another"),
            ("staff", "staff", "dialogue with staff"),
            ("leaders", "team leaders", "team leaders"),
        )
    ),
    Measure("coherence", "Shared purpose", "0 to 1", "mean shared purpose over pairs of senior leaders (C)"),
    Measure("collective_voice", "Collective voice", "0 to 1", "how relational the senior leaders are heard to be (M)"),
    Measure("capability", "Facilitation capability", "0 to 1", "mean capability to facilitate (K)"),
    Measure("facilitation", "Critical mass reached", "0 to 1", "how far teams reach the critical mass, mean (f)"),
    Measure("embedded_share", "Embedded", "share of staff", "have all four habits at one half or above"),
    Measure("cynicism", "Cynicism", "0 to 1", "mean cynicism of staff about change"),
    Measure("vacant_share", "Vacant posts", "share of posts", "staff posts that are vacant"),
    Measure("pressure", "Pressure", "0 to 1", "pressure on leaders and staff (P)"),
    Measure("backlog", "Backlog", "0 to 1", "unresolved problems (B)"),
    Measure("learning_stock", "Learning stock", "0 to 1", "what has been learned and not forgotten (Y)"),
    Measure("staff_leavers", "Staff leavers", "people a week", "staff who left"),
    Measure("team_leader_leavers", "Team leaders who left", "people a week", "team leaders who left"),
    Measure("senior_leader_leavers", "Senior leaders who left", "people a week", "senior leaders who left"),
    Measure("safety_icc", "Clustering in teams", "ICC(1)", "share of the variance of safety that lies between teams"),
    *(
        Measure(
            f"safe_share_{name}", f"Feel safe, {name.replace('_', ' ')}", "share of the group", "feel safe to speak up"
        )
        for name in STAFF_GROUP_NAMES
    ),
    *(
        Measure(f"safety_{name}", f"Safety, {name.replace('_', ' ')}", "0 to 1", "mean safety of the group")
        for name in STAFF_GROUP_NAMES
    ),
    *(
        Measure(f"voice_{name}", f"Voiced, {name.replace('_', ' ')}", "share of opportunities", "voiced by the group")
        for name in STAFF_GROUP_NAMES
    ),
)
MEASURE_NAMES = tuple(measure.name for measure in MEASURES)

# Places in the vector of sums; the groups' blocks follow.
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
N_SUMS = _OUTCOMES + N_GROUPS * N_OUTCOMES

_SILENT, _NOT_JOINED, _NOT_RECEIVED = Outcome.SILENT, Outcome.NOT_JOINED, Outcome.NOT_RECEIVED
_PUNISHED, _HEARD, _LEARNED = Outcome.PUNISHED, Outcome.HEARD, Outcome.LEARNED
N_MEASURES = len(MEASURES)
_AGREES, _EMBEDDED_AT = AGREES_ABOVE, EMBEDDED_FROM


@kernel
def record(world: Any, table: Any) -> None:
    """Write one row of the weekly table.

    ``table`` : [1 or 1 + n_services, n_measures]; the whole organisation, then each service if there is room for them.
    """
    n_services = world.services.size
    total = np.zeros(N_SUMS)
    part = np.zeros(N_SUMS)
    for service in range(n_services):
        part[:] = 0.0
        _add_staff(world, service, part)
        _add_leaders(world, service, part)
        for place in range(N_SUMS):
            total[place] += part[place]
        if table.shape[0] > 1:
            _measure(part, table[1 + service])
    _measure(total, table[0])


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


@inlined_kernel
def _share(part: Any, whole: Any) -> Any:
    return part / whole if whole > 0.0 else math.nan


@inlined_kernel
def _sd(total: Any, squares: Any, n: Any) -> Any:
    return math.sqrt(max(0.0, squares - total * total / n) / (n - 1.0)) if n > 1.0 else 0.0


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
def _outcomes(sums: Any, group: Any, furthest: Any) -> Any:
    """Return how many opportunities of a group came at least as far as an outcome."""
    n_events = 0.0
    for outcome in range(furthest, N_OUTCOMES):
        n_events += sums[_OUTCOMES + group * N_OUTCOMES + outcome]
    return n_events


@kernel
def _measure(sums: Any, row: Any) -> None:
    """Turn sums into measures, in the order of :data:`MEASURES`."""
    n, n_posts, n_teams, n_seniors = sums[_N_STAFF], sums[_N_POSTS], sums[_N_TEAMS], sums[_N_SENIORS]
    opportunities, voiced, joined, received, learned, punished = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for group in range(N_GROUPS):
        opportunities += _outcomes(sums, group, _SILENT)
        voiced += _outcomes(sums, group, _NOT_JOINED)
        joined += _outcomes(sums, group, _NOT_RECEIVED)
        received += _outcomes(sums, group, _HEARD)
        learned += _outcomes(sums, group, _LEARNED)
        punished += sums[_OUTCOMES + group * N_OUTCOMES + _PUNISHED]
    values = (
        _share(sums[_SAFE], n), _share(sums[_CONFIDENT], n), _share(sums[_SAFETY], n),
        _sd(sums[_SAFETY], sums[_SAFETY_SQ], n), _share(sums[_EFFICACY], n),
        _sd(sums[_EFFICACY], sums[_EFFICACY_SQ], n), _share(sums[_AIM], n),
        _share(voiced, opportunities), _share(joined, voiced), _share(received, joined), _share(learned, received),
        opportunities, voiced, joined, received, learned, punished,
        sums[_TEAM_CONTROL] / n_teams, sums[_SENIOR_CONTROL] / n_seniors,
        sums[_TEAM_EMBEDDING] / n_teams, sums[_SENIOR_EMBEDDING] / n_seniors,
        sums[_FOR_PROBLEMS] / n_seniors, sums[_FOR_PURPOSE] / n_seniors, sums[_FOR_STAFF] / n_seniors,
        sums[_FOR_LEADERS] / n_seniors, sums[_COHERENCE] / n_posts, sums[_VOICE] / n_posts,
        _share(sums[_CAPABILITY], n), sums[_FACILITATION] / n_posts, _share(sums[_EMBEDDED], n),
        _share(sums[_CYNICISM], n), (n_posts - n) / n_posts,
        sums[_PRESSURE] / n_posts, sums[_BACKLOG] / n_posts, sums[_LEARNING] / n_posts,
        sums[_STAFF_LEFT], sums[_TEAM_LEADERS_LEFT], sums[_SENIORS_LEFT], _icc(sums),
    )  # fmt: skip
    place = 0
    for value in values:
        row[place] = value
        place += 1
    for group in range(N_GROUPS):
        count = sums[_GROUP_COUNT + group]
        row[place + group] = _share(sums[_GROUP_SAFE + group], count)
        row[place + N_GROUPS + group] = _share(sums[_GROUP_SAFETY + group], count)
        heard_of = _outcomes(sums, group, _SILENT)
        row[place + 2 * N_GROUPS + group] = _share(_outcomes(sums, group, _NOT_JOINED), heard_of)
