"""Staff and leaders leave; posts of staff stay vacant until somebody is hired, leaders are followed at once.

A newcomer brings the labour market's expectations. A team leader's successor from inside leads as the team taught; one
from outside leads as the market does. Each pair of senior leaders that a newcomer is part of starts again, and so does
each pair of somebody who changes jobs and stays involved.
"""

from __future__ import annotations

import math
from typing import Any

from sim.base.chance import normal_pair, uniforms
from sim.base.compilation import kernel
from sim.base.rule import SHARE, UNIT, Column, Lever, Rule, Step, Stream, count, parameter, reference, share
from sim.base.terms import SETTLED_WEEKS_IN_POST, clip, per_week

PARAMETERS = (
    parameter(
        "safety_trait", 0.658, SHARE, "mean safety that people expect of any workplace (the labour market)",
        symbol="s̄⁰", group="people", within=UNIT, plausible=(0.60, 0.75), grade="measured", source="nhs-survey-2023",
        live=False,
    ),
    parameter(
        "safety_trait_sd", 0.26, SHARE, "spread of that expectation between people",
        symbol="s_sd", group="people", within=(0, 0.5), plausible=(0.20, 0.28), grade="judgement", source="hsops",
        live=False,
    ),
    parameter(
        "efficacy_trait", 0.65, SHARE, "mean belief, in the labour market, that a concern would be addressed",
        symbol="ē⁰", group="people", within=UNIT, plausible=(0.58, 0.72), grade="measured", source="nhs-survey-2023",
        live=False,
    ),
    parameter(
        "efficacy_trait_sd", 0.26, SHARE, "spread of that belief between people",
        symbol="e_sd", group="people", within=(0, 0.5), plausible=(0.20, 0.28), grade="judgement", source="hsops",
        live=False,
    ),
    parameter(
        "newcomer_optimism", 0.02, SHARE,
        "how much safer newcomers feel than they expect of a workplace in the long run",
        symbol="newcomer", group="people", within=(-0.5, 0.5), plausible=(0.008, 0.03), grade="measured",
        source="newcomers",
    ),
    parameter(
        "initial_habit", 0.05, SHARE, "strength of the four habits in somebody new to them",
        symbol="h₀", group="habits and aim", within=UNIT, plausible=(0.0, 0.15), grade="calibrated",
        source="calibration", live=False,
    ),
    parameter(
        "initial_aim", 0.65, SHARE, "how strongly people hold the shared aim when they arrive",
        symbol="a₀", group="habits and aim", within=UNIT, plausible=(0.5, 0.8), grade="judgement",
        source="source-case",
        live=False,
    ),
    parameter(
        "control_of_newcomers", 0.70, SHARE,
        "mean control-based management of leaders on the market (and at the start)",
        symbol="c_hire", group="leaders", within=UNIT, plausible=(0.5, 0.8), grade="judgement", source="source-case",
    ),
    parameter(
        "control_of_newcomers_sd", 0.15, SHARE, "spread of that style between leaders",
        symbol="c_sd", group="leaders", within=(0, 0.5), plausible=(0.10, 0.20), grade="judgement", source="assumed",
    ),
    parameter(
        "initial_purpose", 0.15, SHARE, "shared purpose of a pair of senior leaders who have never talked about it",
        symbol="p₀", group="shared purpose", within=UNIT, plausible=(0.05, 0.3), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "vacancy_weeks", 30, "weeks",
        "time for which a senior post stays without a settled holder after somebody leaves",
        symbol="vacancy", group="shared purpose", within=(0, 208), plausible=(20, 40), grade="measured",
        source="vacancy-lengths",
    ),
    parameter(
        "staff_turnover", 0.14, "per year", "staff who leave the service in a year",
        symbol="λ", group="turnover", within=(0, 5), plausible=(0.10, 0.20), grade="measured", source="nhs-leavers",
    ),
    parameter(
        "time_to_hire", 10, "weeks", "time for which a post of staff stays vacant after somebody leaves",
        symbol="time_to_hire", group="turnover", within=(0, 208), plausible=(6, 20), grade="judgement",
        source="vacancy-rates",
    ),
    parameter(
        "team_leader_turnover", 0.15, "per year", "team leaders who change in a year",
        symbol="λ_l", group="turnover", within=(0, 5), plausible=(0.1, 0.3), grade="assumption", source="assumed",
    ),
    parameter(
        "senior_leader_turnover", 0.25, "per year",
        "senior leaders who change in a year (1.27 in services under stress)",
        symbol="λ_s", group="turnover", within=(0, 5), plausible=(0.15, 0.60), grade="measured",
        source="nhs-executives",
    ),
    parameter(
        "safety_retention", 0.6, "log hazard per unit of safety", "how much feeling safe keeps people from leaving",
        symbol="ψ", group="turnover", within=(0, 5), plausible=(0.0, 1.5), grade="judgement",
        source="leavers-dissatisfied",
    ),
    parameter(
        "internal_succession", 0.4, SHARE, "share of leaders who are appointed from within",
        symbol="internal", group="turnover", within=UNIT, plausible=(0.0, 1.0), grade="judgement", source="assumed",
    ),
    parameter(
        "lateral_moves", 0.15, SHARE,
        "share of outside appointments of senior leaders that come from another service of the organisation",
        symbol="lateral", group="turnover", within=UNIT, plausible=(0.0, 0.5), grade="assumption", source="assumed",
    ),
    reference(
        "newcomer_aim_sd", 0.1, SHARE, "spread of the aim between newcomers",
        symbol="a_new_sd", group="habits and aim", within=(0, 0.5),
    ),
    reference(
        "initial_aim_sd", 0.1, SHARE, "spread of the aim between people at the start of the burn-in",
        symbol="a_sd", group="habits and aim", within=(0, 0.5),
    ),
    reference(
        "longest_tenure_weeks", 2600, "weeks", "longest tenure of anybody at the start of the burn-in (fifty years)",
        symbol="tenure_max", group="people", within=(52, 5200),
    ),
    reference(
        "embedding_carried", 0.5, SHARE, "share of what is habitual that somebody takes along into another post",
        symbol="carried", group="turnover", within=UNIT,
    ),
)  # fmt: skip

COLUMNS = (
    share("staff", "safety_trait", "safety expected of any workplace"),
    share("staff", "efficacy_trait", "efficacy expected of any workplace"),
    count("staff", "vacant_weeks", "weeks until the post is filled, while nothing stops hiring; 0: it is", "weeks"),
    count("staff", "tenure_weeks", "weeks since the person came", "weeks", "i4"),
    count("staff", "arrivals", "people who have held the seat before", "people", "i4"),
    share("seniors", "successor_control", "control of whoever comes next"),
    share("seniors", "successor_embedding", "embedding of whoever comes next"),
    Column("seniors", "weeks_in_post", "weeks since the post was filled; negative while vacant", "weeks", "i4",
           -208, math.inf, SETTLED_WEEKS_IN_POST),
    Column("seniors", "is_leaving", "whether the seat changes hands this week", "0 or 1", "u1"),
    Column("seniors", "is_changing_jobs", "whether the holder changes jobs and stays involved", "0 or 1", "u1"),
    count("services", "staff_leavers", "staff who left this week", "people"),
    count("services", "team_leader_leavers", "team leaders who left this week", "people"),
    count("services", "senior_leader_leavers", "senior leaders who left this week", "people"),
)  # fmt: skip

NEWCOMER = Stream(3, "NEWCOMER", "safety trait and efficacy trait (two normals from two lanes), two more normals")
TENURE = Stream(4, "TENURE", "tenure at the start")
TEAM_LEADER = Stream(5, "TEAM_LEADER", "leaves, successor from inside, which member, -")
TEAM_LEADER_STYLE = Stream(6, "TEAM_LEADER_STYLE", "control of a successor (normal), -, -")
SENIOR_LEADER = Stream(
    7, "SENIOR_LEADER", "leaves, successor from inside, which leader, successor from another service"
)
SENIOR_LEADER_STYLE = Stream(8, "SENIOR_LEADER_STYLE", "control of a successor (normal), which service, which seat")
EXIT = Stream(11, "EXIT", "which senior leaders leave together, -, -, -")
_NEWCOMER, _TENURE, _EXIT = NEWCOMER.number, TENURE.number, EXIT.number
_TEAM_LEADER, _TEAM_LEADER_STYLE = TEAM_LEADER.number, TEAM_LEADER_STYLE.number
_SENIOR_LEADER, _SENIOR_LEADER_STYLE = SENIOR_LEADER.number, SENIOR_LEADER_STYLE.number

_NO_TIME = 1e-9
"""Weeks that are none: parts of weeks that add up to a whole one shall not cost another."""

LEVERS = (
    Lever("exit_count", "how many senior leaders leave this week, besides those who leave by chance", "people", "i8"),
    Lever("exit_places", "which senior leaders leave this week: bit k for the one in place k", "set of places", "i8"),
    Lever("change_count", "how many senior leaders change jobs this week and stay involved", "people", "i8"),
    Lever("change_places", "which senior leaders do so: bit k for the one in place k", "set of places", "i8"),
    Lever("hiring_freeze", "share of hiring that is stopped: the clock of a vacant post falls by the rest", SHARE),
)


@kernel
def staff_turnover(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Let staff leave, the sooner the less safe they feel, age those who stay, and fill posts whose time has come.

    Source: leaver rates (nhs-leavers), safety keeps people (leavers-dissatisfied), posts stay vacant (vacancy-rates).
    """
    here, staff = world.services[service], world.staff
    rate = per_week(rules.staff_turnover)
    # Nobody's chance exceeds that of a person without any safety: above it, the exponential need not be known.
    ceiling = rate * math.exp(rules.safety_retention * rules.safety_trait)
    n_leavers = 0.0
    for i in range(here.first_seat, here.last_seat):
        staff.tenure_weeks[i] += staff.vacant_weeks[i] == 0.0
    for i in range(here.first_seat, here.last_seat):
        draw = world.scratch.opportunity_draws[2, i - here.first_seat]
        if staff.vacant_weeks[i] > 0.0:
            staff.vacant_weeks[i] = max(0.0, staff.vacant_weeks[i] - (1.0 - rules.hiring_freeze))
            _fill_when_due(rules, staff, now.key, now.week, i)
        elif draw < ceiling:
            if draw < rate * math.exp(rules.safety_retention * (rules.safety_trait - staff.safety[i])):
                n_leavers += 1.0
                staff.vacant_weeks[i] = rules.time_to_hire
                _fill_when_due(rules, staff, now.key, now.week, i)
    here.staff_leavers = n_leavers


@kernel
def _fill_when_due(rules: Any, staff: Any, key: Any, week: Any, seat: Any) -> None:
    """Put a newcomer in a vacant seat if there is nothing left to wait for."""
    if staff.vacant_weeks[seat] < _NO_TIME:
        staff.vacant_weeks[seat] = 0.0
        _fill_seat(rules, staff, key, week, seat)


@kernel
def _fill_seat(rules: Any, staff: Any, key: Any, week: Any, seat: Any) -> None:
    """Put a newcomer of the labour market in a seat."""
    uniform_a, uniform_b, uniform_c, uniform_d = uniforms(key, _NEWCOMER, week, staff.chance[seat])
    bring_expectations(rules, staff, seat, uniform_a, uniform_b)
    aim_deviate, _ = normal_pair(uniform_c, uniform_d)
    staff.safety[seat] = clip(staff.safety_trait[seat] + rules.newcomer_optimism)
    staff.efficacy[seat] = clip(staff.efficacy_trait[seat] + rules.newcomer_optimism)
    staff.aim[seat] = clip(rules.initial_aim + rules.newcomer_aim_sd * aim_deviate)
    staff.capability[seat] = 0.0
    staff.cynicism[seat] = 0.0
    staff.tenure_weeks[seat] = 0
    staff.arrivals[seat] += 1


@kernel
def bring_expectations(rules: Any, staff: Any, seat: Any, uniform_a: Any, uniform_b: Any) -> None:
    """Set what somebody from the labour market expects of any workplace, and the habits they come with."""
    safety_deviate, efficacy_deviate = normal_pair(uniform_a, uniform_b)
    staff.safety_trait[seat] = clip(rules.safety_trait + rules.safety_trait_sd * safety_deviate)
    staff.efficacy_trait[seat] = clip(rules.efficacy_trait + rules.efficacy_trait_sd * efficacy_deviate)
    staff.habit_voice[seat] = rules.initial_habit
    staff.habit_team[seat] = rules.initial_habit
    staff.habit_fail[seat] = rules.initial_habit
    staff.habit_learn[seat] = rules.initial_habit


@kernel
def outside_control(rules: Any, key: Any, stream: Any, week: Any, number: Any) -> Any:
    """Return the control of a leader who comes from the labour market."""
    uniform_a, uniform_b, _, _ = uniforms(key, stream, week, number)
    deviate, _ = normal_pair(uniform_a, uniform_b)
    return clip(rules.control_of_newcomers + rules.control_of_newcomers_sd * deviate)


@kernel
def team_leader_turnover(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Let team leaders leave; a successor from inside leads as a random member has learned to receive failure.

    Where every seat of the team is vacant, nobody comes from inside. Source: rate and form assumed.
    """
    here = world.services[service]
    rate = per_week(rules.team_leader_turnover)
    n_leavers = 0.0
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        leaves, inside, which, _ = uniforms(now.key, _TEAM_LEADER, now.week, team.chance)
        if leaves >= rate:
            continue
        n_leavers += 1.0
        occupied = _n_occupied(world.staff, team)
        if inside < rules.internal_succession and occupied > 0:
            habit = world.staff.habit_fail[_member(world.staff, team, math.floor(which * occupied))]
            team.control = clip(rules.control_of_newcomers * (1.0 - habit))
            team.embedding = rules.embedding_carried * habit
        else:
            team.control = outside_control(rules, now.key, _TEAM_LEADER_STYLE, now.week, team.chance)
            team.embedding = 0.0
        team.disposition = team.control
    here.team_leader_leavers = n_leavers


@kernel
def _n_occupied(staff: Any, team: Any) -> Any:
    """Return how many seats of a team are occupied."""
    n_occupied = 0
    for i in range(team.first_seat, team.last_seat):
        n_occupied += staff.vacant_weeks[i] == 0.0
    return n_occupied


@kernel
def _member(staff: Any, team: Any, place: Any) -> Any:
    """Return the seat of the member in a place, of those whose seats are occupied."""
    seat, passed = team.first_seat, 0
    for i in range(team.first_seat, team.last_seat):
        if staff.vacant_weeks[i] == 0.0:
            if passed == place:
                seat = i
            passed += 1
    return seat


@kernel
def choose_successors(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Decide which senior leaders leave and who follows them, and which change jobs; nobody moves yet.

    Source: rates (nhs-executives, vacancy-lengths); styles of successors assumed.
    """
    here = world.services[service]
    rate = per_week(rules.senior_leader_turnover)
    for row in range(here.first_senior, here.last_senior):
        senior = world.seniors[row]
        leaves, inside, which, moves = uniforms(now.key, _SENIOR_LEADER, now.week, senior.chance)
        is_scheduled = _is_named(world, rules.exit_count, rules.exit_places, here, now.key, now.week, row)
        is_changing = _is_named(world, rules.change_count, rules.change_places, here, now.key, now.week, row)
        senior.is_leaving = leaves < rate or is_scheduled
        senior.is_changing_jobs = is_changing and not senior.is_leaving
        if not senior.is_leaving:
            continue
        if inside < rules.internal_succession:
            team = world.teams[here.first_team + math.floor(which * float(here.last_team - here.first_team))]
            senior.successor_control = team.control
            senior.successor_embedding = rules.embedding_carried * team.embedding
        elif moves < rules.lateral_moves and world.services.size > 1:
            colleague = world.seniors[_elsewhere(world, service, now.key, now.week, row)]
            senior.successor_control = colleague.control
            senior.successor_embedding = rules.embedding_carried * colleague.embedding
        else:
            senior.successor_control = outside_control(
                rules, now.key, _SENIOR_LEADER_STYLE, now.week, world.seniors[row].chance
            )
            senior.successor_embedding = 0.0


@kernel
def _is_named(world: Any, how_many: Any, places: Any, here: Any, key: Any, week: Any, senior: Any) -> Any:
    """Tell whether a timeline names this senior leader: by place, or among the first that chance names."""
    if places >> (senior - here.first_senior) & 1:
        return True
    if how_many == 0:
        return False
    own, _, _, _ = uniforms(key, _EXIT, week, world.seniors[senior].chance)
    n_before = 0
    for other in range(here.first_senior, here.last_senior):
        draw, _, _, _ = uniforms(key, _EXIT, week, world.seniors[other].chance)
        n_before += draw < own
    return n_before < how_many


@kernel
def _elsewhere(world: Any, service: Any, key: Any, week: Any, senior: Any) -> Any:
    """Return the row of a senior leader of another service, drawn by chance."""
    _, _, which_service, which_seat = uniforms(key, _SENIOR_LEADER_STYLE, week, world.seniors[senior].chance)
    other = math.floor(which_service * (world.services.size - 1))
    if other >= service:
        other += 1
    there = world.services[other]
    return there.first_senior + math.floor(which_seat * float(there.last_senior - there.first_senior))


@kernel
def seat_successors(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Put the successors of a service in their posts, and start again the pairs of whoever comes or changes jobs."""
    here = world.services[service]
    n_leavers = 0.0
    for row in range(here.first_senior, here.last_senior):
        senior = world.seniors[row]
        senior.weeks_in_post += 1
        if senior.is_leaving:
            senior.control = senior.successor_control
            senior.embedding = senior.successor_embedding
            senior.disposition = senior.successor_control
            senior.weeks_in_post = -math.floor(rules.vacancy_weeks)
            n_leavers += 1.0
        elif senior.is_changing_jobs:
            senior.embedding = rules.embedding_carried * senior.embedding
            senior.weeks_in_post = min(0, senior.weeks_in_post)  # A vacancy that runs runs on.
    for row in range(here.first_pair, here.last_pair):
        pair = world.pairs[row]
        a, b = world.seniors[pair.first_senior], world.seniors[pair.second_senior]
        if a.is_leaving or a.is_changing_jobs or b.is_leaving or b.is_changing_jobs:
            pair.purpose = rules.initial_purpose
    here.senior_leader_leavers = n_leavers


@kernel
def start(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Fill every seat for the start of the burn-in: a control culture with people and leaders of the market."""
    here = world.services[service]
    for seat in range(here.first_seat, here.last_seat):
        _first_in_seat(rules, world.staff, now.key, now.week, seat)
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        team.control = outside_control(rules, now.key, _TEAM_LEADER_STYLE, now.week, team.chance)
        team.disposition = team.control
    for row in range(here.first_senior, here.last_senior):
        senior = world.seniors[row]
        senior.control = outside_control(rules, now.key, _SENIOR_LEADER_STYLE, now.week, senior.chance)
        senior.disposition = senior.control


@kernel
def _first_in_seat(rules: Any, staff: Any, key: Any, week: Any, seat: Any) -> None:
    """Put somebody in a seat who has been there for as long as turnover makes likely."""
    uniform_a, uniform_b, uniform_c, uniform_d = uniforms(key, _NEWCOMER, week, staff.chance[seat])
    bring_expectations(rules, staff, seat, uniform_a, uniform_b)
    aim_deviate, _ = normal_pair(uniform_c, uniform_d)
    staff.safety[seat] = staff.safety_trait[seat]
    staff.efficacy[seat] = staff.efficacy_trait[seat]
    staff.aim[seat] = clip(rules.initial_aim + rules.initial_aim_sd * aim_deviate)
    rate, (since, _, _, _) = per_week(rules.staff_turnover), uniforms(key, _TENURE, week, staff.chance[seat])
    longest = rules.longest_tenure_weeks
    staff.tenure_weeks[seat] = math.floor(min(longest, -math.log(since) / rate) if rate > 0.0 else longest)


RULE = Rule(
    name="turnover",
    title="Turnover",
    summary="people and leaders leave, their posts are filled after a while, leaders change jobs",
    equation="""\
Staff leave with weekly probability λ/52 · exp(ψ(s̄⁰ − s)). The clock of the post is then set to time_to_hire, and
from the next week it falls at the week's end by 1 − freeze; at 0 a newcomer arrives, who does not leave in that week
(at time_to_hire = 0 at once). A vacant seat meets nothing, feels nothing, counts in no mean and is nobody's
neighbour. A newcomer draws s⁰ ~ N(s̄⁰, s_sd) and e⁰ ~ N(ē⁰, e_sd) and starts at s⁰ + newcomer and e⁰ + newcomer, with
a ~ N(a₀, a_new_sd), h = h₀, k = 0, y = 0, tenure 0. Team leaders leave at λ_l/52; a successor from inside
(probability `internal`, and somebody must be there) has c = c_hire(1 − h_fail) and u = carried · h_fail of a random
member, one from outside c ~ N(c_hire, c_sd) and u = 0. Senior leaders leave at λ_s/52, or at a scheduled exit; a
successor from inside has a random team leader's c and carried · u, one from outside comes from another service of the
organisation (probability `lateral`) or from the market. Every successor's c⁰ is the c at the start. Each pair of a
newcomer starts again at p₀ and cannot grow for `vacancy` weeks. Of somebody who changes jobs and stays involved c and
c⁰ stay, u is multiplied by `carried`, and pairs start again at p₀ without a vacancy; whoever also leaves in that week
leaves. At the start of the burn-in a ~ N(a₀, a_sd), and tenure is exponential with mean 52/λ weeks, at most
tenure_max.""",
    steps=(
        Step(staff_turnover),
        Step(team_leader_turnover),
        Step(choose_successors, across_services=True),
        Step(seat_successors, across_services=True),
    ),
    parameters=PARAMETERS,
    columns=COLUMNS,
    streams=(NEWCOMER, TENURE, TEAM_LEADER, TEAM_LEADER_STYLE, SENIOR_LEADER, SENIOR_LEADER_STYLE, EXIT),
    levers=LEVERS,
    reads=(
        "scratch.opportunity_draws", "staff.safety", "staff.habit_fail", "staff.vacant_weeks", "staff.tenure_weeks",
        "staff.arrivals",
        "teams.control", "teams.embedding", "seniors.control", "seniors.embedding", "seniors.weeks_in_post",
    ),
    writes=(
        "staff.safety", "staff.efficacy", "staff.aim", "staff.habit_voice", "staff.habit_team", "staff.habit_fail",
        "staff.habit_learn", "staff.capability", "staff.cynicism", "staff.safety_trait", "staff.efficacy_trait",
        "staff.vacant_weeks", "staff.tenure_weeks", "staff.arrivals", "teams.control", "teams.embedding",
        "teams.disposition", "seniors.control", "seniors.embedding", "seniors.disposition", "seniors.weeks_in_post",
        "seniors.successor_control", "seniors.successor_embedding", "seniors.is_leaving", "seniors.is_changing_jobs",
        "pairs.purpose", "services.staff_leavers", "services.team_leader_leavers", "services.senior_leader_leavers",
    ),
    start=start,
    off={
        "staff_turnover": 0, "team_leader_turnover": 0, "senior_leader_turnover": 0, "exit_count": 0, "exit_places": 0,
        "change_count": 0, "change_places": 0, "hiring_freeze": 1,
    },
    still=(
        "staff.safety", "staff.efficacy", "staff.aim", "staff.habit_voice", "staff.habit_team", "staff.habit_fail",
        "staff.habit_learn", "staff.capability", "staff.cynicism", "staff.safety_trait", "staff.efficacy_trait",
        "staff.vacant_weeks", "staff.arrivals", "teams.control", "teams.embedding", "teams.disposition",
        "seniors.control", "seniors.embedding", "seniors.disposition", "pairs.purpose",
    ),
    has_mean_field=True,
)  # fmt: skip
