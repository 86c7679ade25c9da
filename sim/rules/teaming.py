"""The teaming cycle. An opportunity passes up to four gates and stops at the first that fails.

voiced (Feel Safe), joined (Team Up), well received (Fail Well), learned from (Learn Fast). The five norms are read off
it. Facilitators (f) save part of what would fail at the last three gates.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.base.chance import fill_uniforms_of_two, logistic
from sim.base.compilation import column_kernel, inlined_kernel, kernel
from sim.base.rule import SHARE, UNIT, Column, Rule, Step, Stream, count, parameter, reference
from sim.base.terms import N_OUTCOMES, Outcome

PARAMETERS = (
    parameter(
        "opportunity_rate", 0.30, "per person and week",
        "how often somebody meets a concern, an error or an idea worth raising",
        symbol="κ", group="teaming cycle", within=UNIT, plausible=(0.24, 0.40), grade="measured",
        source="swiss-speaking-up",
    ),
    parameter(
        "voice_intercept", 0.78, "logit", "readiness to speak up of somebody with the safety and efficacy of reference",
        symbol="b₀", group="teaming cycle", within=(-10, 10), plausible=(0.4, 1.2), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "voice_safety", 2.9, "logit per unit of safety", "how much feeling safe adds to speaking up",
        symbol="b_s", group="teaming cycle", within=(0, 20), plausible=(1.5, 6.0), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "voice_efficacy", 1.3, "logit per unit of efficacy",
        "how much the belief that it will be addressed adds to speaking up",
        symbol="b_e", group="teaming cycle", within=(0, 20), plausible=(0.6, 2.6), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "status_gradient", 0.3, "logit per rank",
        "how much harder speaking up is for less senior groups under a fully controlling leader",
        symbol="g", group="teaming cycle", within=(0, 5), plausible=(0.0, 1.0), grade="published",
        source="nicu-inclusiveness",
    ),
    parameter(
        "fair_hearing", 0.425, SHARE,
        "share of joined concerns that are well received whatever the leader and team are like",
        symbol="fair", group="teaming cycle", within=UNIT, plausible=(0.3, 0.6), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "leader_weight", 0.64, SHARE, "weight of the team leader, against the team, in how a concern is received",
        symbol="φ", group="teaming cycle", within=UNIT, plausible=(0.5, 0.8), grade="judgement",
        source="ps-antecedents",
    ),
    parameter(
        "pressure_penalty", 0.30, "per unit of pressure",
        "how much pressure keeps a leader from receiving a concern well",
        symbol="δ", group="teaming cycle", within=UNIT, plausible=(0.0, 0.6), grade="judgement",
        source="threat-rigidity",
    ),
    parameter(
        "punish_rate", 0.04, "per badly received concern", "chance of punishment under a fully controlling leader",
        symbol="π", group="teaming cycle", within=UNIT, plausible=(0.0, 0.1), grade="judgement",
        source="bullying-2023",
    ),
    parameter(
        "facilitation", 0.44, SHARE,
        "share of otherwise failing steps of the teaming cycle that a critical mass of facilitators saves",
        symbol="ε", group="dialogue and facilitation", within=UNIT, plausible=(0.2, 0.6), grade="calibrated",
        source="calibration",
    ),
    reference(
        "voice_safety_reference", 0.67, SHARE, "safety at which readiness to speak up is counted from",
        symbol="s̄_v", group="teaming cycle", within=UNIT, grade="judgement",
    ),
    reference(
        "voice_efficacy_reference", 0.64, SHARE, "efficacy at which readiness to speak up is counted from",
        symbol="ē_v", group="teaming cycle", within=UNIT, grade="judgement",
    ),
    reference(
        "pressure_on_joining", 0.5, "per unit of pressure", "how much pressure keeps colleagues from joining in",
        symbol="join_strain", group="teaming cycle", within=UNIT,
    ),
    reference(
        "facilitated_learning", 0.5, "times", "how far facilitators help at the last gate, against the two before it",
        symbol="learn_help", group="teaming cycle", within=UNIT,
    ),
)  # fmt: skip

COLUMNS = (
    Column("staff", "outcome", "how far this week's opportunity came", "step of the cycle", "u1", 0, N_OUTCOMES - 1),
    count("teams", "ignored", "concerns ignored this week", "events"),
    count("teams", "punished", "concerns punished this week", "events"),
    count("teams", "heard", "concerns heard, but not learned from, this week", "events"),
    count("teams", "learned", "concerns learned from this week", "events"),
    count(
        "services",
        "learned_share",
        "opportunities learned from, as a share of those that all posts, were they filled, would meet (L)",
        "times",
    ),
)

OPPORTUNITY = Stream(1, "OPPORTUNITY", "meets an opportunity, voices it, leaves, is drawn for training")
RESPONSE = Stream(2, "RESPONSE", "joined, well received, punished, learned")
_OPPORTUNITY, _RESPONSE = OPPORTUNITY.number, RESPONSE.number

_NONE, _SILENT, _NOT_JOINED = Outcome.NONE, Outcome.SILENT, Outcome.NOT_JOINED
_NOT_RECEIVED, _PUNISHED = Outcome.NOT_RECEIVED, Outcome.PUNISHED
_HEARD, _LEARNED = Outcome.HEARD, Outcome.LEARNED
STATUS_RANK = np.array([-1.0, 0.0, 0.0, 0.0, 1.0])
"""[n_groups], in the order of the staff groups: how much harder speaking up is for a group, in ranks below nursing.

Source: nicu-inclusiveness.
"""
_CONTROL, _FACILITATED, _RECEIVED, _PUNISHED_AT = range(4)  # rows of ``scratch.by_seat``


@kernel
def teaming(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Run every opportunity of a service's week through the gates.

    Source: teaming (source-case); voice depends on safety and efficacy (deaf-ear, implicit-voice); status gradient
    flattened by relational leaders (nicu-inclusiveness).
    """
    here, scratch = world.services[service], world.scratch
    n_staff = here.last_seat - here.first_seat
    fill_uniforms_of_two(
        now.key, _OPPORTUNITY, _RESPONSE, now.week, world.staff.chance, here.first_seat, n_staff,
        scratch.opportunity_draws, scratch.response_draws,
    )  # fmt: skip
    _lay_out_teams(world, rules, here)
    _pass_gates(
        rules, world.staff, here.first_seat, n_staff, here.pressure, here.collective_voice,
        scratch.by_seat, scratch.opportunity_draws, scratch.response_draws,
    )  # fmt: skip
    n_learned = _count_in_teams(world, here)
    expected = rules.opportunity_rate * float(n_staff)
    here.learned_share = n_learned / expected if expected > 0.0 else 0.0


@column_kernel
def _lay_out_teams(world: Any, rules: Any, here: Any) -> None:
    """Write for each seat what the gates depend on in its team."""
    by_seat = world.scratch.by_seat
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        facilitated = rules.facilitation * team.facilitation
        received = reception_probability(rules, here, team, facilitated)
        for seat in range(team.first_seat - here.first_seat, team.last_seat - here.first_seat):
            by_seat[_CONTROL, seat] = team.control
            by_seat[_FACILITATED, seat] = facilitated
            by_seat[_RECEIVED, seat] = received
            by_seat[_PUNISHED_AT, seat] = rules.punish_rate * team.control


@column_kernel
def _pass_gates(
    rules: Any, staff: Any, first_seat: Any, n_staff: Any, pressure: Any, voice: Any,
    by_seat: Any, opportunity_draws: Any, response_draws: Any,
) -> None:  # fmt: skip
    """Set how far everybody's opportunity comes, if they meet one; a vacant seat meets none.

    All gates are tried, and the first that fails counts: without branches several people pass them at once.
    """
    for seat in range(n_staff):
        i = first_seat + seat
        facilitated = by_seat[_FACILITATED, seat]
        is_met = (opportunity_draws[0, seat] < rules.opportunity_rate) & (staff.vacant_weeks[i] == 0.0)
        is_voiced = opportunity_draws[1, seat] < voice_probability(rules, staff, i, by_seat[_CONTROL, seat])
        is_joined = response_draws[0, seat] < join_probability(rules, staff, i, pressure, facilitated)
        is_received = response_draws[1, seat] < by_seat[_RECEIVED, seat]
        is_punished = response_draws[2, seat] < by_seat[_PUNISHED_AT, seat]
        is_learned = response_draws[3, seat] < learning_probability(rules, staff, i, voice, facilitated)
        received = _LEARNED if is_learned else _HEARD
        not_received = _PUNISHED if is_punished else _NOT_RECEIVED
        joined = received if is_received else not_received
        voiced = joined if is_joined else _NOT_JOINED
        met = voiced if is_voiced else _SILENT
        staff.outcome[i] = met if is_met else _NONE


@kernel
def _count_in_teams(world: Any, here: Any) -> Any:
    """Count what each team went through; return how many opportunities the service learned from."""
    n_learned = 0.0
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        ignored, punished, heard, learned = 0, 0, 0, 0
        for i in range(team.first_seat, team.last_seat):
            outcome = world.staff.outcome[i]
            ignored += outcome == _NOT_JOINED or outcome == _NOT_RECEIVED
            punished += outcome == _PUNISHED
            heard += outcome == _HEARD
            learned += outcome == _LEARNED
        team.ignored, team.punished, team.heard, team.learned = ignored, punished, heard, learned
        n_learned += learned
    return n_learned


@inlined_kernel
def voice_probability(rules: Any, staff: Any, i: Any, control: Any) -> Any:
    """Return the chance that an opportunity is voiced (Feel Safe)."""
    readiness = (
        rules.voice_intercept
        + rules.voice_safety * (staff.safety[i] - rules.voice_safety_reference)
        + rules.voice_efficacy * (staff.efficacy[i] - rules.voice_efficacy_reference)
        - rules.status_gradient * STATUS_RANK[staff.staff_group[i]] * control
    )
    return _or_else(staff.habit_voice[i], logistic(readiness))


@inlined_kernel
def join_probability(rules: Any, staff: Any, i: Any, pressure: Any, facilitated: Any) -> Any:
    """Return the chance that colleagues join in what was voiced (Team Up)."""
    joined = _or_else(staff.habit_team[i], staff.neighbour_safety[i] * (1.0 - rules.pressure_on_joining * pressure))
    return _or_else(joined, facilitated)


@inlined_kernel
def reception_probability(rules: Any, here: Any, team: Any, facilitated: Any) -> Any:
    """Return the chance that what was voiced is well received by leader and team (Fail Well)."""
    by_leader = (1.0 - team.control) * (1.0 - rules.pressure_penalty * here.pressure)
    received = rules.leader_weight * by_leader + (1.0 - rules.leader_weight) * team.fail_well
    return _or_else(_or_else(rules.fair_hearing, received), facilitated)


@inlined_kernel
def learning_probability(rules: Any, staff: Any, i: Any, voice: Any, facilitated: Any) -> Any:
    """Return the chance that what was heard is learned from (Learn Fast)."""
    learned = _or_else(staff.habit_learn[i], staff.aim[i] * voice)
    return _or_else(learned, rules.facilitated_learning * facilitated)


@inlined_kernel
def _or_else(chance: Any, second_chance: Any) -> Any:
    """Return the chance that either of two independent chances succeeds."""
    return chance + (1.0 - chance) * second_chance


RULE = Rule(
    name="teaming",
    title="Teaming",
    summary="opportunities pass the four gates: voiced, joined, well received, learned from",
    equation="""\
Each person meets an opportunity with probability κ. It passes four gates and stops at the first that fails:

| gate | probability of passing | failing means |
| --- | --- | --- |
| voiced | h_voice + (1 − h_voice) · logistic(b₀ + b_s(s − s̄_v) + b_e(e − ē_v) − g · rank · c) | silent |
| joined | x = h_team + (1 − h_team) · n̄(1 − join_strain · P); then x + (1 − x) · ε · f | ignored |
| well received | x = φ(1 − c)(1 − δ · P) + (1 − φ)H; x ← fair + (1 − fair)x; then x + (1 − x) · ε · f | punished with probability π · c, else ignored |
| learned from | x = h_learn + (1 − h_learn) · aM; then x + (1 − x) · ε · f · learn_help | heard, not learned from |

L is what the service learned from, over κ × its posts, vacant ones included. c is the team leader's control; rank is −1 for medical staff, +1 for administration, 0 for the others.""",  # noqa: E501
    steps=(Step(teaming),),
    parameters=PARAMETERS,
    columns=COLUMNS,
    streams=(OPPORTUNITY, RESPONSE),
    reads=(
        "staff.safety", "staff.efficacy", "staff.aim", "staff.habit_voice", "staff.habit_team", "staff.habit_learn",
        "staff.neighbour_safety", "staff.vacant_weeks", "teams.control", "teams.fail_well", "teams.facilitation",
        "services.pressure", "services.collective_voice",
    ),
    writes=(
        "staff.outcome", "teams.ignored", "teams.punished", "teams.heard", "teams.learned", "services.learned_share",
    ),
    off={"opportunity_rate": 0},
    still=(),
    has_mean_field=True,
)  # fmt: skip
