"""Who comes and goes, as plainly as it can be said: turnover, and who is there at the start of the burn-in."""

from __future__ import annotations

import math
from types import SimpleNamespace as Row

from tests.plain_world import Draws, PlainWorld
from tests.reference_terms import HABITS, WEEKS_PER_YEAR, Moment, Streams, clip, normals

# --- 9. turnover -----------------------------------------------------------------------------------------------------

ROUNDING = 1e-9
"""Weeks that are left of a clock by the computer's rounding alone."""


def staff_turnover(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    here.staff_leavers = 0.0
    for i in range(here.first_seat, here.last_seat):
        person = world.staff[i]
        if person.vacant_weeks > 0:
            # From the week after the departure the clock falls by 1 - freeze; at 0 the newcomer arrives.
            person.vacant_weeks = max(0.0, person.vacant_weeks - (1 - rules.hiring_freeze))
            if person.vacant_weeks < ROUNDING:
                person.vacant_weeks = 0.0
                arrive(rules, person, now.draws.lanes(Streams.NEWCOMER, now.week, person.chance))
            continue
        person.tenure_weeks += 1
        # lambda exp(psi (mean trait - s)), a yearly rate
        rate = rules.staff_turnover * math.exp(rules.safety_retention * (rules.safety_trait - person.safety))
        if now.draws.lanes(Streams.OPPORTUNITY, now.week, person.chance)[2] < rate / WEEKS_PER_YEAR:
            here.staff_leavers += 1.0
            person.vacant_weeks = rules.time_to_hire
            if person.vacant_weeks == 0:
                arrive(rules, person, now.draws.lanes(Streams.NEWCOMER, now.week, person.chance))


def arrive(rules: Row, person: Row, lanes: list[float]) -> None:
    """Somebody from the labour market takes a seat."""
    bring_traits(rules, person, lanes)
    person.safety = clip(person.safety_trait + rules.newcomer_optimism)
    person.efficacy = clip(person.efficacy_trait + rules.newcomer_optimism)
    person.aim = clip(rules.initial_aim + rules.newcomer_aim_sd * normals(lanes[2], lanes[3])[0])
    for name in HABITS:
        setattr(person, name, rules.initial_habit)
    person.capability = 0.0
    person.cynicism = 0.0
    person.tenure_weeks = 0
    person.arrivals += 1


def bring_traits(rules: Row, person: Row, lanes: list[float]) -> None:
    """What somebody from the labour market expects of any workplace."""
    for_safety, for_efficacy = normals(lanes[0], lanes[1])
    person.safety_trait = clip(rules.safety_trait + rules.safety_trait_sd * for_safety)
    person.efficacy_trait = clip(rules.efficacy_trait + rules.efficacy_trait_sd * for_efficacy)


def control_from_outside(rules: Row, lanes: list[float]) -> float:
    return clip(rules.control_of_newcomers + rules.control_of_newcomers_sd * normals(lanes[0], lanes[1])[0])


def take_post(leader: Row, control: float, embedding: float) -> None:
    """Every successor's disposition is the style with which he or she starts."""
    leader.control, leader.embedding, leader.disposition = control, embedding, control


def team_leader_turnover(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    here.team_leader_leavers = 0.0
    for row in range(here.first_team, here.last_team):
        leaves, inside, which, _ = now.draws.lanes(Streams.TEAM_LEADER, now.week, world.teams[row].chance)
        if not leaves < rules.team_leader_turnover / WEEKS_PER_YEAR:
            continue
        here.team_leader_leavers += 1.0
        team = world.teams[row]
        colleagues = world.colleagues(team)
        if inside < rules.internal_succession and colleagues:
            h_fail = world.staff[colleagues[int(which * len(colleagues))]].habit_fail
            take_post(team, rules.control_of_newcomers * (1 - h_fail), rules.embedding_carried * h_fail)
        else:
            lanes = now.draws.lanes(Streams.TEAM_LEADER_STYLE, now.week, team.chance)
            take_post(team, control_from_outside(rules, lanes), 0.0)


def choose_successors(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    for row in range(here.first_senior, here.last_senior):
        senior, lanes = world.seniors[row], now.draws.lanes(Streams.SENIOR_LEADER, now.week, world.seniors[row].chance)
        by_chance = lanes[0] < rules.senior_leader_turnover / WEEKS_PER_YEAR
        scheduled = row in those_named(world, rules.exit_places, rules.exit_count, here, now)
        senior.is_leaving = int(by_chance or scheduled)
        # An exit in the same week takes the place of a change of jobs.
        changes = row in those_named(world, rules.change_places, rules.change_count, here, now)
        senior.is_changing_jobs = int(changes and not senior.is_leaving)
        if senior.is_leaving:
            successor = successor_of(world, rules, service, row, now.draws, now.week)
            senior.successor_control, senior.successor_embedding = successor


def those_named(world: PlainWorld, places: int, how_many: int, here: Row, now: Moment) -> set[int]:
    """Those named by place, and as many as are to leave or change, in the order that chance gives."""
    rows = range(here.first_senior, here.last_senior)
    named = {row for row in rows if places >> (row - here.first_senior) & 1}
    drawn = sorted(rows, key=lambda row: now.draws.lanes(Streams.EXIT, now.week, world.seniors[row].chance)[0])
    return named | set(drawn[:how_many])


def successor_of(world: PlainWorld, rules: Row, service: int, row: int, draws: Draws, week: int) -> tuple[float, float]:
    """Control and embedding of whoever follows: from inside, from another service, or from the labour market."""
    _, inside, which, moves = draws.lanes(Streams.SENIOR_LEADER, week, world.seniors[row].chance)
    style = draws.lanes(Streams.SENIOR_LEADER_STYLE, week, world.seniors[row].chance)
    others = [other for k, other in enumerate(world.services) if k != service]
    if inside < rules.internal_succession:
        teams = world.teams_in(world.services[service])
        follower = teams[int(which * len(teams))]
    elif others and moves < rules.lateral_moves:
        seniors = world.seniors_in(others[int(style[2] * len(others))])
        follower = seniors[int(style[3] * len(seniors))]
    else:
        return control_from_outside(rules, style), 0.0
    return follower.control, rules.embedding_carried * follower.embedding


def seat_successors(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    for senior in world.seniors_in(here):
        senior.weeks_in_post += 1
        if senior.is_leaving:
            take_post(senior, senior.successor_control, senior.successor_embedding)
            senior.weeks_in_post = -math.floor(rules.vacancy_weeks)
        elif senior.is_changing_jobs:
            # Style and disposition stay, embedding is halved; a running vacancy runs on.
            senior.embedding *= rules.embedding_carried
            senior.weeks_in_post = min(senior.weeks_in_post, 0)
    for pair in world.pairs_in(here):
        both = [world.seniors[pair.first_senior], world.seniors[pair.second_senior]]
        if any(senior.is_leaving or senior.is_changing_jobs for senior in both):
            pair.purpose = rules.initial_purpose
    here.senior_leader_leavers = float(sum(senior.is_leaving for senior in world.seniors_in(here)))


# --- the start of the burn-in -----------------------------------------------------------------------------------------


def start(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    """People and leaders of the market, before anything has settled: s = s0, e = e0, a ~ N(a0, a_sd), c0 = c."""
    here, draws, before = world.services[service], now.draws, now.week
    for i in range(here.first_seat, here.last_seat):
        person, lanes = world.staff[i], draws.lanes(Streams.NEWCOMER, before, world.staff[i].chance)
        bring_traits(rules, person, lanes)
        person.safety, person.efficacy = person.safety_trait, person.efficacy_trait
        person.aim = clip(rules.initial_aim + rules.initial_aim_sd * normals(lanes[2], lanes[3])[0])
        for name in HABITS:
            setattr(person, name, rules.initial_habit)
        person.tenure_weeks = tenure_at_start(rules, draws.lanes(Streams.TENURE, before, person.chance)[0])
    for row in range(here.first_team, here.last_team):
        lanes = draws.lanes(Streams.TEAM_LEADER_STYLE, before, world.teams[row].chance)
        take_post(world.teams[row], control_from_outside(rules, lanes), 0.0)
    for row in range(here.first_senior, here.last_senior):
        lanes = draws.lanes(Streams.SENIOR_LEADER_STYLE, before, world.seniors[row].chance)
        take_post(world.seniors[row], control_from_outside(rules, lanes), 0.0)


def begin_at_rest(world: PlainWorld, rules: Row, service: int, now: Moment, rest: Row) -> None:
    """s = s_rest + s0 - mean s0, e alike; c0 = c0_rest + N(0, c_sd), c = c_rest + own (c0 - c0_rest); k = 0.

    Those in post expect more than the market, as they have stayed: s0 is moved first, and s with it.
    """
    here, draws, before = world.services[service], now.draws, now.week
    for i in range(here.first_seat, here.last_seat):
        person = world.staff[i]
        person.safety_trait = clip(person.safety_trait + moved_by_staying(rules))
        person.safety = clip(rest.safety + person.safety_trait - rules.safety_trait)
        person.efficacy = clip(rest.efficacy + person.efficacy_trait - rules.efficacy_trait)
        person.capability = 0.0
        for name in ("aim", "cynicism", *HABITS):
            setattr(person, name, getattr(rest, name))
    for row in range(here.first_team, here.last_team):
        lanes = draws.lanes(Streams.TEAM_LEADER_STYLE, before, world.teams[row].chance)
        at_rest = (rest.team_leader_disposition, rest.team_leader_control, rest.team_leader_embedding)
        lead_at_rest(rules, world.teams[row], lanes, *at_rest)
    for row in range(here.first_senior, here.last_senior):
        lanes = draws.lanes(Streams.SENIOR_LEADER_STYLE, before, world.seniors[row].chance)
        lead_at_rest(rules, world.seniors[row], lanes, rest.disposition, rest.control, rest.embedding)
    for pair in world.pairs_in(here):
        pair.purpose = rest.purpose
    here.usual_voice, here.backlog, here.learning_stock = rest.usual_voice, rest.backlog, rest.learning_stock
    here.pressure = rest.pressure  # last week's, to the first week


def moved_by_staying(rules: Row) -> float:
    """psi b s_sd^2, with b = trait_pull / (trait_pull + social_influence); 0 where nobody leaves.

    Time in post goes as exp(psi b s0), and exp(x s0) times the density of N(m, sd) is that of N(m + x sd^2, sd).
    """
    if rules.staff_turnover == 0:
        return 0.0
    both = rules.trait_pull + rules.social_influence
    b = rules.trait_pull / both if both > 0 else 1.0
    return float(rules.safety_retention * b * rules.safety_trait_sd**2)


def lead_at_rest(rules: Row, leader: Row, lanes: list[float], brought: float, control: float, embedding: float) -> None:
    """Whoever brought more control than others leads by more of it, as far as the own style counts."""
    leader.disposition = clip(brought + rules.control_of_newcomers_sd * normals(lanes[0], lanes[1])[0])
    leader.control = clip(control + rules.own_style * (leader.disposition - brought))
    leader.embedding = embedding


def tenure_at_start(rules: Row, uniform: float) -> int:
    """Exponential with the mean 52 / lambda, in whole weeks, at most the longest tenure."""
    if rules.staff_turnover == 0:
        return math.floor(rules.longest_tenure_weeks)
    return math.floor(min(rules.longest_tenure_weeks, -math.log(uniform) * WEEKS_PER_YEAR / rules.staff_turnover))
