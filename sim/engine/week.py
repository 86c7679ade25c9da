"""The order of a week, and the compiled function that runs weeks: the one engine of everything that runs the model.

Updates use the values from the start of the week, so the order of people can never matter. First, for all services, the
environment, the collective voice of the senior leaders and the climate that people find; then, service by service, the
teaming cycle, staff, leaders, the service itself, training, and who leaves; last, successors take their seats.
"""

from __future__ import annotations

import math
from typing import Any

from sim.base.chance import Streams, normal_pair, uniforms
from sim.base.compilation import entry_point, inlined_kernel, kernel
from sim.engine.recorder import record
from sim.engine.state import clip
from sim.rules.climate import climate
from sim.rules.collective import collective
from sim.rules.environment import environment
from sim.rules.leaders import leaders
from sim.rules.service import service as serve
from sim.rules.staff import staff as live
from sim.rules.teaming import teaming
from sim.rules.training import chosen_training, training
from sim.rules.turnover import (
    bring_expectations,
    choose_successors,
    outside_control,
    per_week,
    seat_successors,
    staff_turnover,
    team_leader_turnover,
)

__all__ = ["ORDER", "initialise", "run_weeks"]

ORDER = (
    ("environment", "turbulence wanders and sets the pressure"),
    ("collective", "senior leaders are heard as one, or as the most controlling of them"),
    ("climate", "people find how safe their colleagues feel, how failure is met, who can facilitate"),
    ("teaming", "opportunities pass the four gates: voiced, joined, well received, learned from"),
    ("staff", "safety, efficacy, habits, aim and capability change"),
    ("leaders", "control, embedding and shared purpose change"),
    ("service", "learning is stored and forgotten, the backlog grows and is cleared"),
    ("training", "some become facilitators"),
    ("turnover", "people and leaders leave, and their seats are filled"),
)
"""The steps of a week in their order, with what happens in each."""

_SETTLED_WEEKS_IN_POST = 1_000_000
_INITIAL_BACKLOG, _INITIAL_LEARNING = 0.9, 0.05
_AIM_SD = 0.1
_NEWCOMER, _TENURE = Streams.NEWCOMER, Streams.TENURE
_TEAM_LEADER_STYLE, _SENIOR_LEADER_STYLE = Streams.TEAM_LEADER_STYLE, Streams.SENIOR_LEADER_STYLE
_LONGEST_TENURE = 2600


@entry_point
def run_weeks(world: Any, plan: Any, key: Any, first_week: Any, n_weeks: Any, table: Any) -> None:
    """Run weeks and record each.

    Parameters
    ----------
    world : the state, changed in place
    plan : of :func:`sim.engine.plan.build_plan`
    key : [2], of :func:`sim.base.chance.chance_key`
    first_week : the week to begin with; negative in the burn-in
    n_weeks : how many weeks to run
    table : [n_weeks + 1 or 0, 1 or 1 + n_services, n_measures]; row k is the state at the start of week first_week + k
    """
    for k in range(n_weeks + 1):
        if table.shape[0] > 0:
            record(world, table[k])
        if k < n_weeks:
            _run_week(world, plan, key, first_week + k)


@inlined_kernel
def _run_week(world: Any, plan: Any, key: Any, week: Any) -> None:
    services = world.services
    row = week - plan.first_week
    epoch = plan.epoch[row]
    for service in range(services.size):
        rules = plan.rules[epoch, services[service].rule_class]
        environment(world, rules, service, key, week)
        collective(world, service)
        climate(world, rules, service, plan.committees[epoch])
    for service in range(services.size):
        rules = plan.rules[epoch, services[service].rule_class]
        teaming(world, rules, service, key, week)
        live(world, rules, service, plan.dialogue[epoch])
        leaders(world, rules, service, plan.coaching[epoch])
        serve(world, rules, service)
        training(world, service, plan.training[epoch])
        for k in range(plan.chosen_rule.size):
            before, after = plan.chosen_share[row, k], plan.chosen_share[row + 1, k]
            if after > before:
                chosen_training(world, service, plan.chosen_rule[k], plan.chosen_reached[k], before, after)
        staff_turnover(world, rules, service, key, week)
        team_leader_turnover(world, rules, service, key, week)
    for service in range(services.size):
        choose_successors(world, plan.rules[epoch, services[service].rule_class], service, key, week)
    for service in range(services.size):
        seat_successors(world, plan.rules[epoch, services[service].rule_class], service)


@entry_point
def initialise(world: Any, plan: Any, key: Any) -> None:
    """Set the state at the start of the burn-in: a control culture with people and leaders of the market.

    Nothing is left of what a world has lived through before.
    """
    before = plan.first_week - 1
    for service in range(world.services.size):
        here = world.services[service]
        rules = plan.rules[0, here.rule_class]
        for seat in range(here.first_seat, here.last_seat):
            _initialise_person(rules, world.staff[seat], key, before, seat)
        for row in range(here.first_team, here.last_team):
            team = world.teams[row]
            team.control = outside_control(rules, key, _TEAM_LEADER_STYLE, before, row)
            team.embedding = team.fail_well = team.facilitation = 0.0
            team.ignored = team.punished = team.heard = team.learned = 0.0
        for row in range(here.first_senior, here.last_senior):
            senior = world.seniors[row]
            senior.control = outside_control(rules, key, _SENIOR_LEADER_STYLE, before, row)
            senior.embedding = senior.successor_control = senior.successor_embedding = 0.0
            senior.weeks_in_post = _SETTLED_WEEKS_IN_POST
            senior.is_leaving = 0
        for pair in range(here.first_pair, here.last_pair):
            world.pairs[pair].purpose = rules.initial_purpose
        here.turbulence = rules.turbulence_mean
        here.pressure = here.coherence = here.collective_voice = 0.0
        here.team_leader_control = here.learned_share = 0.0
        here.staff_leavers = here.team_leader_leavers = here.senior_leader_leavers = 0.0
        here.backlog = _INITIAL_BACKLOG
        here.learning_stock = _INITIAL_LEARNING


@kernel
def _initialise_person(rules: Any, person: Any, key: Any, week: Any, seat: Any) -> None:
    uniform_a, uniform_b, uniform_c, uniform_d = uniforms(key, _NEWCOMER, week, seat)
    bring_expectations(rules, person, uniform_a, uniform_b)
    aim_deviate, _ = normal_pair(uniform_c, uniform_d)
    person.safety = person.safety_trait
    person.efficacy = person.efficacy_trait
    person.aim = clip(rules.initial_aim + _AIM_SD * aim_deviate)
    person.capability = 0.0
    rate, (since, _, _, _) = per_week(rules.staff_turnover), uniforms(key, _TENURE, week, seat)
    person.tenure_weeks = math.floor(min(_LONGEST_TENURE, -math.log(since) / rate)) if rate > 0.0 else _LONGEST_TENURE
    person.neighbour_safety = 0.0
    person.arrivals = 0
    person.outcome = 0
