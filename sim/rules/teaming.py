"""Step 3: the teaming cycle. An opportunity passes up to four gates and stops at the first that fails.

voiced (Feel Safe), joined (Team Up), well received (Fail Well), learned from (Learn Fast). The five norms are read off
it. Facilitators (f) save part of what would fail at the last three gates.
"""

from __future__ import annotations

import math
from typing import Any

from sim.base.chance import Streams, fill_uniforms
from sim.base.compilation import inlined_kernel, kernel
from sim.engine.state import Outcome
from sim.inputs.organisation import STATUS_RANK

READS = (
    "staff.safety", "staff.efficacy", "staff.aim", "staff.habit_voice", "staff.habit_team", "staff.habit_learn",
    "staff.neighbour_safety", "teams.control", "teams.fail_well", "teams.facilitation", "services.pressure",
    "services.collective_voice",
)  # fmt: skip
WRITES = ("staff.outcome", "teams.ignored", "teams.punished", "teams.heard", "teams.learned", "services.learned_share")
STREAMS = ("OPPORTUNITY", "RESPONSE")

_OPPORTUNITY, _RESPONSE = Streams.OPPORTUNITY, Streams.RESPONSE
_NONE, _SILENT, _NOT_JOINED = Outcome.NONE, Outcome.SILENT, Outcome.NOT_JOINED
_NOT_RECEIVED, _PUNISHED = Outcome.NOT_RECEIVED, Outcome.PUNISHED
_HEARD, _LEARNED = Outcome.HEARD, Outcome.LEARNED
_RANK = STATUS_RANK


@kernel
def teaming(world: Any, rules: Any, service: Any, key: Any, week: Any) -> None:
    """Run every opportunity of a service's week through the gates.

    Source: teaming (source-case); voice depends on safety and efficacy (deaf-ear, implicit-voice); status gradient
    flattened by relational leaders (nicu-inclusiveness).
    """
    here, scratch = world.services[service], world.scratch
    n_staff = here.last_seat - here.first_seat
    fill_uniforms(key, _OPPORTUNITY, week, here.first_seat, n_staff, scratch.opportunity_draws)
    fill_uniforms(key, _RESPONSE, week, here.first_seat, n_staff, scratch.response_draws)
    n_opportunities = _meet_opportunities(world, rules, here)
    n_learned = 0.0
    for k in range(n_opportunities):
        person, team = world.staff[scratch.order[k]], world.teams[scratch.team[k]]
        outcome = _outcome(scratch, rules, here, team, person, scratch.order[k] - here.first_seat)
        person.outcome = outcome
        team.ignored += outcome == _NOT_JOINED or outcome == _NOT_RECEIVED
        team.punished += outcome == _PUNISHED
        team.heard += outcome == _HEARD
        team.learned += outcome == _LEARNED
        n_learned += outcome == _LEARNED
    expected = rules.opportunity_rate * float(n_staff)
    here.learned_share = n_learned / expected if expected > 0.0 else 0.0


@kernel
def _meet_opportunities(world: Any, rules: Any, here: Any) -> Any:
    """List the seats that meet an opportunity, and their teams; clear last week's counts; return how many there are."""
    scratch = world.scratch
    n_opportunities = 0
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        team.ignored, team.punished, team.heard, team.learned = 0.0, 0.0, 0.0, 0.0
        for i in range(team.first_seat, team.last_seat):
            world.staff[i].outcome = _NONE
            scratch.order[n_opportunities] = i
            scratch.team[n_opportunities] = row
            n_opportunities += scratch.opportunity_draws[0, i - here.first_seat] < rules.opportunity_rate
    return n_opportunities


@kernel
def _outcome(scratch: Any, rules: Any, here: Any, team: Any, person: Any, draw: Any) -> Any:
    """Return how far a person's opportunity comes; ``draw`` is the person's place in the draws.

    All gates are tried, and the first that fails counts: without branches this is twice as fast.
    """
    facilitated = rules.facilitation * team.facilitation
    is_voiced = scratch.opportunity_draws[1, draw] < voice_probability(rules, team, person)
    is_joined = scratch.response_draws[0, draw] < join_probability(here, person, facilitated)
    is_received = scratch.response_draws[1, draw] < reception_probability(rules, here, team, facilitated)
    is_punished = scratch.response_draws[2, draw] < rules.punish_rate * team.control
    is_learned = scratch.response_draws[3, draw] < learning_probability(here, person, facilitated)
    received = _LEARNED if is_learned else _HEARD
    not_received = _PUNISHED if is_punished else _NOT_RECEIVED
    joined = received if is_received else not_received
    voiced = joined if is_joined else _NOT_JOINED
    return voiced if is_voiced else _SILENT


@inlined_kernel
def voice_probability(rules: Any, team: Any, person: Any) -> Any:
    """Return the chance that an opportunity is voiced (Feel Safe)."""
    readiness = (
        rules.voice_intercept
        + rules.voice_safety * (person.safety - rules.safety_trait)
        + rules.voice_efficacy * (person.efficacy - rules.efficacy_trait)
        - rules.status_gradient * _RANK[person.staff_group] * team.control
    )
    return _or_else(person.habit_voice, 1.0 / (1.0 + math.exp(-readiness)))


@inlined_kernel
def join_probability(here: Any, person: Any, facilitated: Any) -> Any:
    """Return the chance that colleagues join in what was voiced (Team Up)."""
    joined = _or_else(person.habit_team, person.neighbour_safety * (1.0 - 0.5 * here.pressure))
    return _or_else(joined, facilitated)


@inlined_kernel
def reception_probability(rules: Any, here: Any, team: Any, facilitated: Any) -> Any:
    """Return the chance that what was voiced is well received by leader and team (Fail Well)."""
    by_leader = (1.0 - team.control) * (1.0 - rules.pressure_penalty * here.pressure)
    received = rules.leader_weight * by_leader + (1.0 - rules.leader_weight) * team.fail_well
    return _or_else(_or_else(rules.fair_hearing, received), facilitated)


@inlined_kernel
def learning_probability(here: Any, person: Any, facilitated: Any) -> Any:
    """Return the chance that what was heard is learned from (Learn Fast)."""
    learned = _or_else(person.habit_learn, person.aim * here.collective_voice)
    return _or_else(learned, 0.5 * facilitated)


@inlined_kernel
def _or_else(chance: Any, second_chance: Any) -> Any:
    """Return the chance that either of two independent chances succeeds."""
    return chance + (1.0 - chance) * second_chance
