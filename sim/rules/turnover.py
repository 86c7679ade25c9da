"""Step 8: staff and leaders leave, and their seats are filled at once.

A newcomer brings the labour market's expectations. A team leader's successor from inside leads as the team taught; one
from outside leads as the market does. Each pair of senior leaders that a newcomer is part of starts again.
"""

from __future__ import annotations

import math
from typing import Any

from sim.base.chance import Streams, fill_uniforms, normal_pair, uniforms
from sim.base.compilation import inlined_kernel, kernel
from sim.engine.state import clip
from sim.rules.parameters import WEEKS_PER_YEAR

READS = (
    "staff.safety", "staff.habit_fail", "staff.tenure_weeks", "staff.arrivals", "teams.control", "teams.embedding",
    "seniors.control", "seniors.embedding", "seniors.weeks_in_post",
)  # fmt: skip
WRITES = (
    "staff.safety", "staff.efficacy", "staff.aim", "staff.habit_voice", "staff.habit_team", "staff.habit_fail",
    "staff.habit_learn", "staff.capability", "staff.safety_trait", "staff.efficacy_trait", "staff.tenure_weeks",
    "staff.arrivals", "teams.control", "teams.embedding", "seniors.control", "seniors.embedding",
    "seniors.weeks_in_post", "seniors.successor_control", "seniors.successor_embedding", "seniors.is_leaving",
    "pairs.purpose", "services.staff_leavers", "services.team_leader_leavers", "services.senior_leader_leavers",
)  # fmt: skip
STREAMS = (
    "OPPORTUNITY",
    "NEWCOMER",
    "TEAM_LEADER",
    "TEAM_LEADER_STYLE",
    "SENIOR_LEADER",
    "SENIOR_LEADER_STYLE",
    "EXIT",
)

_NEWCOMER, _EXIT = Streams.NEWCOMER, Streams.EXIT
_TEAM_LEADER, _TEAM_LEADER_STYLE = Streams.TEAM_LEADER, Streams.TEAM_LEADER_STYLE
_SENIOR_LEADER, _SENIOR_LEADER_STYLE = Streams.SENIOR_LEADER, Streams.SENIOR_LEADER_STYLE


@inlined_kernel
def per_week(yearly_rate: Any) -> Any:
    """Return the weekly rate of a yearly one."""
    return yearly_rate / WEEKS_PER_YEAR


@kernel
def staff_turnover(world: Any, rules: Any, service: Any, key: Any, week: Any) -> None:
    """Let staff leave, the sooner the less safe they feel, and age those who stay.

    Source: leaver rates (nhs-leavers), safety keeps people (leavers-dissatisfied).
    """
    here = world.services[service]
    rate = per_week(rules.staff_turnover)
    # Nobody's chance exceeds that of a person without any safety: above it, the exponential need not be known.
    ceiling = rate * math.exp(rules.safety_retention * rules.safety_trait)
    n_leavers = 0.0
    for i in range(here.first_seat, here.last_seat):
        person, draw = world.staff[i], world.scratch.opportunity_draws[2, i - here.first_seat]
        person.tenure_weeks += 1
        if draw < ceiling:
            if draw < rate * math.exp(rules.safety_retention * (rules.safety_trait - person.safety)):
                _fill_seat(rules, person, key, week, i)
                n_leavers += 1.0
    here.staff_leavers = n_leavers


@kernel
def _fill_seat(rules: Any, person: Any, key: Any, week: Any, seat: Any) -> None:
    """Put a newcomer of the labour market in a seat."""
    uniform_a, uniform_b, _, _ = uniforms(key, _NEWCOMER, week, seat)
    bring_expectations(rules, person, uniform_a, uniform_b)
    person.safety = clip(person.safety_trait + rules.newcomer_optimism)
    person.efficacy = clip(person.efficacy_trait + rules.newcomer_optimism)
    person.aim = rules.initial_aim
    person.capability = 0.0
    person.tenure_weeks = 0
    person.arrivals += 1


@kernel
def bring_expectations(rules: Any, person: Any, uniform_a: Any, uniform_b: Any) -> None:
    """Set what somebody from the labour market expects of any workplace, and the habits they come with."""
    safety_deviate, efficacy_deviate = normal_pair(uniform_a, uniform_b)
    person.safety_trait = clip(rules.safety_trait + rules.safety_trait_sd * safety_deviate)
    person.efficacy_trait = clip(rules.efficacy_trait + rules.efficacy_trait_sd * efficacy_deviate)
    person.habit_voice = rules.initial_habit
    person.habit_team = rules.initial_habit
    person.habit_fail = rules.initial_habit
    person.habit_learn = rules.initial_habit


@kernel
def outside_control(rules: Any, key: Any, stream: Any, week: Any, seat: Any) -> Any:
    """Return the control of a leader who comes from the labour market."""
    uniform_a, uniform_b, _, _ = uniforms(key, stream, week, seat)
    deviate, _ = normal_pair(uniform_a, uniform_b)
    return clip(rules.control_of_newcomers + rules.control_of_newcomers_sd * deviate)


@kernel
def team_leader_turnover(world: Any, rules: Any, service: Any, key: Any, week: Any) -> None:
    """Let team leaders leave; a successor from inside leads as a random member has learned to receive failure.

    Source: rate and form assumed.
    """
    here = world.services[service]
    rate = per_week(rules.team_leader_turnover)
    n_leavers, draws = 0.0, world.scratch.team_draws
    fill_uniforms(key, _TEAM_LEADER, week, here.first_team, here.last_team - here.first_team, draws)
    for row in range(here.first_team, here.last_team):
        draw = row - here.first_team
        if draws[0, draw] >= rate:
            continue
        team, inside, which = world.teams[row], draws[1, draw], draws[2, draw]
        n_leavers += 1.0
        if inside < rules.internal_succession:
            member = team.first_seat + math.floor(which * float(team.last_seat - team.first_seat))
            habit = world.staff[member].habit_fail
            team.control = clip(rules.control_of_newcomers * (1.0 - habit))
            team.embedding = 0.5 * habit
        else:
            team.control = outside_control(rules, key, _TEAM_LEADER_STYLE, week, row)
            team.embedding = 0.0
    here.team_leader_leavers = n_leavers


@kernel
def choose_successors(world: Any, rules: Any, service: Any, key: Any, week: Any) -> None:
    """Decide which senior leaders leave and who follows them; nobody moves yet.

    Source: rates (nhs-executives, vacancy-lengths); styles of successors assumed.
    """
    here = world.services[service]
    rate = per_week(rules.senior_leader_turnover)
    for row in range(here.first_senior, here.last_senior):
        senior = world.seniors[row]
        leaves, inside, which, moves = uniforms(key, _SENIOR_LEADER, week, row)
        senior.is_leaving = leaves < rate or _leaves_as_scheduled(rules, here, key, week, row)
        if not senior.is_leaving:
            continue
        if inside < rules.internal_succession:
            team = world.teams[here.first_team + math.floor(which * float(here.last_team - here.first_team))]
            senior.successor_control = team.control
            senior.successor_embedding = 0.5 * team.embedding
        elif moves < rules.lateral_moves and world.services.size > 1:
            colleague = world.seniors[_elsewhere(world, service, key, week, row)]
            senior.successor_control = colleague.control
            senior.successor_embedding = 0.5 * colleague.embedding
        else:
            senior.successor_control = outside_control(rules, key, _SENIOR_LEADER_STYLE, week, row)
            senior.successor_embedding = 0.0


@kernel
def _leaves_as_scheduled(rules: Any, here: Any, key: Any, week: Any, senior: Any) -> Any:
    """Tell whether a scheduled exit takes this senior leader: by place, or among the first that chance names."""
    if rules.exit_places >> (senior - here.first_senior) & 1:
        return True
    if rules.exit_count == 0:
        return False
    own, _, _, _ = uniforms(key, _EXIT, week, senior)
    n_before = 0
    for other in range(here.first_senior, here.last_senior):
        draw, _, _, _ = uniforms(key, _EXIT, week, other)
        n_before += draw < own
    return n_before < rules.exit_count


@kernel
def _elsewhere(world: Any, service: Any, key: Any, week: Any, senior: Any) -> Any:
    """Return the row of a senior leader of another service, drawn by chance."""
    _, _, which_service, which_seat = uniforms(key, _SENIOR_LEADER_STYLE, week, senior)
    other = math.floor(which_service * (world.services.size - 1))
    if other >= service:
        other += 1
    there = world.services[other]
    return there.first_senior + math.floor(which_seat * float(there.last_senior - there.first_senior))


@kernel
def seat_successors(world: Any, rules: Any, service: Any) -> None:
    """Put the successors of a service in their posts, and start their pairs again."""
    here = world.services[service]
    n_leavers = 0.0
    for row in range(here.first_senior, here.last_senior):
        senior = world.seniors[row]
        senior.weeks_in_post += 1
        if senior.is_leaving:
            senior.control = senior.successor_control
            senior.embedding = senior.successor_embedding
            senior.weeks_in_post = -math.floor(rules.vacancy_weeks)
            n_leavers += 1.0
    for row in range(here.first_pair, here.last_pair):
        pair = world.pairs[row]
        if world.seniors[pair.first_senior].is_leaving or world.seniors[pair.second_senior].is_leaving:
            pair.purpose = rules.initial_purpose
    here.senior_leader_leavers = n_leavers
