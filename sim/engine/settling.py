"""The settled start: a world begins its burn-in where the mean field of each of its services rests.

People differ from there by what they expect of a workplace, and leaders by the style that they brought. Who expects
more feels safer and stays longer, so that those in post expect more than the market. This takes decades to come about;
so it is added to the resting point, as week 0 would not be settled without it. The burn-in then lets chance spread what
the mean field has in one number, and takes away what it averages too coarsely.
"""

from __future__ import annotations

from typing import Any

from sim.base.chance import normal_pair, uniforms
from sim.base.compilation import entry_point, inlined_kernel, kernel
from sim.base.terms import Now, clip
from sim.rules.turnover import SENIOR_LEADER_STYLE, TEAM_LEADER_STYLE

__all__ = ["begin_at_rest", "own_share"]

_TEAM_LEADER_STYLE, _SENIOR_LEADER_STYLE = TEAM_LEADER_STYLE.number, SENIOR_LEADER_STYLE.number


@entry_point
def begin_at_rest(world: Any, plan: Any, key: Any, rests: Any) -> None:
    """Move a world that has just been begun to where its services rest; who is in which post stays.

    Parameters
    ----------
    world : as :meth:`sim.engine.week.Engine.initialise` leaves it; changed in place
    plan : of :func:`sim.engine.plan.build_plan`
    key : [2], of :func:`sim.base.chance.chance_key`
    rests : [n_services], of :func:`sim.engine.limit.rest.rests_of`
    """
    now = Now(plan, key, plan.first_week - 1, 0, 0)
    for row in range(world.services.size):
        rules = plan.rules[0, world.services[row].rule_class]
        _staff_at_rest(world, rules, row, rests[row])
        _leaders_at_rest(world, rules, row, rests[row], now)
        here = world.services[row]
        here.pressure, here.usual_voice = rests[row].pressure, rests[row].usual_voice
        here.backlog, here.learning_stock = rests[row].backlog, rests[row].learning_stock


@kernel
def _staff_at_rest(world: Any, rules: Any, service: Any, rest: Any) -> None:
    """Beliefs differ as much as expectations do; all else is as it is in the mean."""
    staff, here, stayed = world.staff, world.services[service], _expected_more_by_those_who_stayed(rules)
    for i in range(here.first_seat, here.last_seat):
        staff.safety_trait[i] = clip(staff.safety_trait[i] + stayed)
        staff.safety[i] = clip(rest.safety + staff.safety_trait[i] - rules.safety_trait)
        staff.efficacy[i] = clip(rest.efficacy + staff.efficacy_trait[i] - rules.efficacy_trait)
        staff.aim[i], staff.cynicism[i] = rest.aim, rest.cynicism
        staff.habit_voice[i], staff.habit_team[i] = rest.habit_voice, rest.habit_team
        staff.habit_fail[i], staff.habit_learn[i] = rest.habit_fail, rest.habit_learn


@kernel
def _expected_more_by_those_who_stayed(rules: Any) -> Any:
    """Return how much more safety those in post expect than the market, in the long run.

    Somebody stays for a time in proportion to exp(psi s), and s rises with what is expected by the share that rests on
    it. A normal distribution weighed by exp(x) for each unit is the same, moved by x times its variance.
    """
    if rules.staff_turnover == 0.0:
        return 0.0
    return rules.safety_retention * own_share(rules) * rules.safety_trait_sd * rules.safety_trait_sd


@inlined_kernel
def own_share(rules: Any) -> Any:
    """Return how much of what somebody's safety settles at is their own expectation, and not their colleagues' safety.

    Where what one expects pulls at the rate b and colleagues at the rate c, it is b / (b + c).
    """
    total = rules.trait_pull + rules.social_influence
    return rules.trait_pull / total if total > 0.0 else 1.0


@kernel
def _leaders_at_rest(world: Any, rules: Any, service: Any, rest: Any, now: Any) -> None:
    """Leaders differ by what they brought, as far as they lead by it."""
    here = world.services[service]
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        mean, team.embedding = rest.team_leader_disposition, rest.team_leader_embedding
        team.disposition = clip(mean + _deviate(rules, now, _TEAM_LEADER_STYLE, team.chance))
        team.control = clip(rest.team_leader_control + rules.own_style * (team.disposition - mean))
    for row in range(here.first_senior, here.last_senior):
        senior = world.seniors[row]
        mean, senior.embedding = rest.disposition, rest.embedding
        senior.disposition = clip(mean + _deviate(rules, now, _SENIOR_LEADER_STYLE, senior.chance))
        senior.control = clip(rest.control + rules.own_style * (senior.disposition - mean))
    for row in range(here.first_pair, here.last_pair):
        world.pairs[row].purpose = rest.purpose


@kernel
def _deviate(rules: Any, now: Any, stream: Any, number: Any) -> Any:
    """Return how far the style that a leader brought is from the mean; chance knows the leader by a number."""
    uniform_a, uniform_b, _, _ = uniforms(now.key, stream, now.week, number)
    deviate, _ = normal_pair(uniform_a, uniform_b)
    return rules.control_of_newcomers_sd * deviate
