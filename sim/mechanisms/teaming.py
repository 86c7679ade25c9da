"""Step 3: the teaming cycle. An opportunity passes up to four gates and stops at the first that fails.

voiced (Feel Safe), joined (Team Up), well received (Fail Well), learned from (Learn Fast). The five norms are read off
it. Facilitators (f) save part of what would fail at the last three gates.
"""

from __future__ import annotations

import math
from typing import Any

from sim.chance import Streams, fill_uniforms
from sim.compilation import kernel
from sim.organisation import STATUS_RANK
from sim.state import Outcome

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
    learned_in_service = 0.0
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        ignored, punished, heard, learned = 0.0, 0.0, 0.0, 0.0
        for i in range(team.first_seat, team.last_seat):
            person, draw = world.staff[i], i - here.first_seat
            outcome = _NONE
            if scratch.opportunity_draws[0, draw] < rules.opportunity_rate:
                outcome = _gates(scratch, rules, here, team, person, draw)
            person.outcome = outcome
            ignored += outcome == _NOT_JOINED or outcome == _NOT_RECEIVED
            punished += outcome == _PUNISHED
            heard += outcome == _HEARD
            learned += outcome == _LEARNED
        team.ignored = ignored
        team.punished = punished
        team.heard = heard
        team.learned = learned
        learned_in_service += learned
    expected = rules.opportunity_rate * float(n_staff)
    here.learned_share = learned_in_service / expected if expected > 0.0 else 0.0


@kernel
def _gates(scratch: Any, rules: Any, here: Any, team: Any, person: Any, draw: Any) -> Any:
    """Return how far a person's opportunity comes; ``draw`` is the person's place in the draws."""
    response = scratch.response_draws
    if scratch.opportunity_draws[1, draw] >= voice_probability(rules, team, person):
        return _SILENT
    facilitated = rules.facilitation * team.facilitation
    if response[0, draw] >= join_probability(here, person, facilitated):
        return _NOT_JOINED
    if response[1, draw] >= reception_probability(rules, here, team, facilitated):
        return _PUNISHED if response[2, draw] < rules.punish_rate * team.control else _NOT_RECEIVED
    return _LEARNED if response[3, draw] < learning_probability(here, person, facilitated) else _HEARD


@kernel
def voice_probability(rules: Any, team: Any, person: Any) -> Any:
    """Return the chance that an opportunity is voiced (Feel Safe)."""
    readiness = (
        rules.voice_intercept
        + rules.voice_safety * (person.safety - rules.safety_trait)
        + rules.voice_efficacy * (person.efficacy - rules.efficacy_trait)
        - rules.status_gradient * _RANK[person.staff_group] * team.control
    )
    return _or_else(person.habit_voice, 1.0 / (1.0 + math.exp(-readiness)))


@kernel
def join_probability(here: Any, person: Any, facilitated: Any) -> Any:
    """Return the chance that colleagues join in what was voiced (Team Up)."""
    joined = _or_else(person.habit_team, person.neighbour_safety * (1.0 - 0.5 * here.pressure))
    return _or_else(joined, facilitated)


@kernel
def reception_probability(rules: Any, here: Any, team: Any, facilitated: Any) -> Any:
    """Return the chance that what was voiced is well received by leader and team (Fail Well)."""
    by_leader = (1.0 - team.control) * (1.0 - rules.pressure_penalty * here.pressure)
    received = rules.leader_weight * by_leader + (1.0 - rules.leader_weight) * team.fail_well
    return _or_else(_or_else(rules.fair_hearing, received), facilitated)


@kernel
def learning_probability(here: Any, person: Any, facilitated: Any) -> Any:
    """Return the chance that what was heard is learned from (Learn Fast)."""
    learned = _or_else(person.habit_learn, person.aim * here.collective_voice)
    return _or_else(learned, 0.5 * facilitated)


@kernel
def _or_else(chance: Any, second_chance: Any) -> Any:
    """Return the chance that either of two independent chances succeeds."""
    return chance + (1.0 - chance) * second_chance
