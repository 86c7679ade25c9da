"""The model once more, as plainly as it can be said: the twin that the compiled engine has to agree with.

Everything here is loops, plain objects and Python floats, in the order and the words of the model page, so that it can
be checked against that page equation by equation. Nothing is taken from the engine but its draws, its names of columns
and the arrays of a plan. A world of the twin has a row object for each seat, with the engine's columns as attributes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace as Row
from typing import Any

from sim.base.terms import CONNECTED, NEEDED, TRUSTED, Outcome
from sim.rulebook.rulebook import GROUPS, RULEBOOK
from tests.plain_world import Draws, PlainWorld, rules_of

WEEKS_PER_YEAR = 52
Streams = Row(**{name: stream.number for name, stream in RULEBOOK.streams.items()})
RANK = {0: -1, 1: 0, 2: 0, 3: 0, 4: +1}  # medical, nursing, allied health, operations, administration
HABITS = ("habit_voice", "habit_team", "habit_fail", "habit_learn")


@dataclass
class Moment:
    """The moment at which a rule is at work: the plan, the chance of the world, the week and its rows of the plan."""

    plan: Any
    draws: Draws
    week: int

    @property
    def row(self) -> int:
        return int(self.week - self.plan.first_week)

    @property
    def epoch(self) -> int:
        return int(self.plan.epoch[self.row])


def normals(uniform_a: float, uniform_b: float) -> tuple[float, float]:
    """Box and Muller (1958)."""
    radius, angle = math.sqrt(-2 * math.log(uniform_a)), 2 * math.pi * uniform_b
    return radius * math.cos(angle), radius * math.sin(angle)


def clip(x: float) -> float:
    return min(1.0, max(0.0, x))


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


# --- 1. environment --------------------------------------------------------------------------------------------------


def environment(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    own, _ = normals(*now.draws.lanes(Streams.TURBULENCE, now.week, service)[:2])
    shared, _ = normals(*now.draws.lanes(Streams.SHARED_TURBULENCE, now.week, 0)[:2])
    # With several services: a part of the variance is shared, the rest is a service's own.
    xi = math.sqrt(rules.shared_turbulence) * shared + math.sqrt(1 - rules.shared_turbulence) * own
    mu, rho, sigma = rules.turbulence_mean, rules.turbulence_persistence, rules.turbulence_sd
    # w <- mu + rho (w - mu) + sqrt(1 - rho^2) sigma xi
    here.turbulence = mu + rho * (here.turbulence - mu) + math.sqrt(1 - rho**2) * sigma * xi
    # P = clip[(w + shock + gamma B)(1 - protected)]
    load = here.turbulence + rules.shock + rules.backlog_pressure * here.backlog
    here.pressure = clip(load * (1 - rules.protected_share))


# --- 2. the collective voice of the senior leaders -------------------------------------------------------------------


def collective(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    relational = [1 - senior.control for senior in world.seniors_in(here)]
    purposes = [pair.purpose for pair in world.pairs_in(here)]
    # C = mean shared purpose over pairs (1 for a single leader)
    C = mean(purposes) if purposes else 1.0
    here.coherence = C
    here.collective_voice = as_one_or_the_weakest(C, relational)


def as_one_or_the_weakest(C: float, relational: list[float]) -> float:
    """M = C mean(R) + (1 - C) min(R)"""
    return C * mean(relational) + (1 - C) * min(relational)


def as_their_mean(C: float, relational: list[float]) -> float:
    """M = mean(R)"""
    return mean(relational)


# --- what people find at the start of the week -----------------------------------------------------------------------


def climate(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    committee_strength = now.plan.committees[now.epoch].tolist()
    for team in world.teams_in(here):
        members = [world.staff[i] for i in world.members(team)]
        team.fail_well = mean([person.habit_fail for person in members])
        # f = min(1, K / k_crit)
        team.facilitation = min(1.0, mean([person.capability for person in members]) / rules.critical_mass)
    here.team_leader_control = mean([team.control for team in world.teams_in(here)])
    for i in range(here.first_seat, here.last_seat):
        world.staff[i].neighbour_safety = neighbour_safety(world, i, committee_strength)


def neighbour_safety(world: PlainWorld, i: int, committee_strength: list[float]) -> float:
    """Mean safety of teammates, cross-team ties and (as strongly as they meet) committee ties; else own safety."""
    weighted = [(1.0, j) for j in world.members(world.team_of(i)) if j != i]
    weighted += [(1.0, j) for j in world.ties[i]]
    weighted += [(committee_strength[entry], j) for j, entry in world.committee_ties[i]]
    total_weight = sum(weight for weight, _ in weighted)
    if total_weight == 0:
        return world.staff[i].safety
    return sum(weight * world.staff[j].safety for weight, j in weighted) / total_weight


# --- 3. the teaming cycle --------------------------------------------------------------------------------------------


def teaming(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    for i in range(here.first_seat, here.last_seat):
        meets, voices, _, _ = now.draws.lanes(Streams.OPPORTUNITY, now.week, i)
        response = now.draws.lanes(Streams.RESPONSE, now.week, i)
        person, team = world.staff[i], world.team_of(i)
        person.outcome = Outcome.NONE
        if meets < rules.opportunity_rate:
            person.outcome = outcome_of(rules, here, team, person, voices, response)
    for team in world.teams_in(here):
        outcomes = [world.staff[i].outcome for i in world.members(team)]
        team.ignored = float(sum(is_ignored(outcome) for outcome in outcomes))
        team.punished = float(outcomes.count(Outcome.PUNISHED))
        team.heard = float(outcomes.count(Outcome.HEARD))
        team.learned = float(outcomes.count(Outcome.LEARNED))
    expected = rules.opportunity_rate * (here.last_seat - here.first_seat)
    learned = sum(team.learned for team in world.teams_in(here))
    here.learned_share = learned / expected if expected else 0.0


def is_ignored(outcome: int) -> bool:
    return outcome in (Outcome.NOT_JOINED, Outcome.NOT_RECEIVED)


def outcome_of(rules: Row, here: Row, team: Row, person: Row, voices: float, response: list[float]) -> int:
    """An opportunity stops at the first gate that it does not pass."""
    voiced, joined, received, learned = gates(rules, here, team, person)
    if not voices < voiced:
        return Outcome.SILENT
    if not response[0] < joined:
        return Outcome.NOT_JOINED
    if not response[1] < received:
        is_punished = response[2] < rules.punish_rate * team.control
        return Outcome.PUNISHED if is_punished else Outcome.NOT_RECEIVED
    return Outcome.LEARNED if response[3] < learned else Outcome.HEARD


def gates(rules: Row, here: Row, team: Row, person: Row) -> tuple[float, float, float, float]:
    """The probabilities of being voiced, joined, well received and learned from."""
    c_l, P, M, H = team.control, here.pressure, here.collective_voice, team.fail_well
    saved = rules.facilitation * team.facilitation  # epsilon f

    z = (
        rules.voice_intercept
        + rules.voice_safety * (person.safety - rules.safety_trait)
        + rules.voice_efficacy * (person.efficacy - rules.efficacy_trait)
        - rules.status_gradient * RANK[person.staff_group] * c_l
    )
    voiced = person.habit_voice + (1 - person.habit_voice) * logistic(z)

    x = person.habit_team + (1 - person.habit_team) * person.neighbour_safety * (1 - rules.pressure_on_joining * P)
    joined = x + (1 - x) * saved

    phi, delta = rules.leader_weight, rules.pressure_penalty
    x = phi * (1 - c_l) * (1 - delta * P) + (1 - phi) * H
    x = rules.fair_hearing + (1 - rules.fair_hearing) * x
    received = x + (1 - x) * saved

    x = person.habit_learn + (1 - person.habit_learn) * person.aim * M
    learned = x + (1 - x) * saved * rules.facilitated_learning
    return voiced, joined, received, learned


# --- 4. staff --------------------------------------------------------------------------------------------------------


def staff(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    dialogue_reach = now.plan.dialogue[now.epoch].tolist()
    updates = []
    for i in range(here.first_seat, here.last_seat):
        person, team = world.staff[i], world.team_of(i)
        lived = experiences(world, rules, team, i)
        intensity = dialogue_reach[person.audience]
        new = {
            **beliefs(rules, here, team, person, lived, intensity),
            **habits(rules, here, person, lived),
            "aim": aim(rules, here, person, intensity),
            "capability": capability(rules, team, person, lived),
        }
        updates.append((person, new))
    for person, new in updates:
        vars(person).update({name: clip(value) for name, value in new.items()})


def experiences(world: PlainWorld, rules: Row, team: Row, i: int) -> Row:
    """x: an event counts 1 for the person, and ``witness`` for each teammate."""
    own = world.staff[i].outcome
    mates = [world.staff[j].outcome for j in world.members(team) if j != i]

    def total(happened: Any) -> float:
        return happened(own) + rules.witness_weight * sum(happened(outcome) for outcome in mates)

    return Row(
        ignored=total(is_ignored),
        punished=total(lambda outcome: outcome == Outcome.PUNISHED),
        heard=total(lambda outcome: outcome == Outcome.HEARD),
        learned=total(lambda outcome: outcome == Outcome.LEARNED),
    )


def beliefs(rules: Row, here: Row, team: Row, person: Row, x: Row, intensity: float) -> dict[str, float]:
    """Safety and efficacy."""
    s, e, M = person.safety, person.efficacy, here.collective_voice
    z = 1 + rules.newcomer_susceptibility * math.exp(-person.tenure_weeks / rules.susceptibility_weeks)
    shield = 1 - rules.immunity * person.habit_fail
    d = rules.dialogue_gain * intensity
    s_star = (
        person.safety_trait
        + rules.leader_effect * (rules.control_of_newcomers - team.control)
        - rules.strain_effect * (here.pressure - rules.usual_pressure)
    )
    new_s = (
        s
        + z * (rules.safety_gain_heard * x.heard + rules.safety_gain_learned * x.learned) * (1 - s)
        - z * (rules.safety_loss_ignored * x.ignored + rules.safety_loss_punished * x.punished) * s * shield
        + rules.social_influence * (person.neighbour_safety - s)
        - z * rules.trait_pull * (s - s_star)
        + d * (M * (1 - s) - rules.dialogue_backfire * (1 - M) * s)
    )
    new_e = (
        e
        + z * (rules.efficacy_gain_heard * x.heard + rules.efficacy_gain_learned * x.learned) * (1 - e)
        - z * (rules.efficacy_loss_ignored * x.ignored + rules.efficacy_loss_punished * x.punished) * e * shield
        - z * rules.trait_pull * (e - person.efficacy_trait)
        + d * (M * (1 - e) - rules.dialogue_backfire * (1 - M) * e)
    )
    return {"safety": new_s, "efficacy": new_e}


def habits(rules: Row, here: Row, person: Row, x: Row) -> dict[str, float]:
    """What is rewarded strengthens, what is not erodes; then all four fade with disuse."""
    h = {name: getattr(person, name) for name in HABITS}
    plus, minus = rules.habit_formation, rules.habit_erosion

    def grow(name: str) -> None:
        h[name] += plus * (1 - h[name])

    def erode(name: str, share: float = 1.0) -> None:
        h[name] -= minus * share * h[name]

    if person.outcome == Outcome.SILENT:
        erode("habit_voice")
    elif is_ignored(person.outcome):
        erode("habit_voice", rules.partial_erosion)
        erode("habit_team")
    elif person.outcome == Outcome.PUNISHED:
        erode("habit_voice")
        erode("habit_team")
    elif person.outcome == Outcome.HEARD:
        grow("habit_voice")
        grow("habit_team")
        erode("habit_learn")
    elif person.outcome == Outcome.LEARNED:
        grow("habit_voice")
        grow("habit_team")
        grow("habit_learn")

    fail = h["habit_fail"]
    h["habit_fail"] = fail + plus * (x.heard + x.learned) * (1 - fail) - minus * (x.ignored + x.punished) * fail
    fading = rules.habit_disuse * (rules.disuse_at_rest + here.pressure)
    return {name: value - fading * (value - rules.initial_habit) for name, value in h.items()}


def aim(rules: Row, here: Row, person: Row, intensity: float) -> float:
    a, M, a_min = person.aim, here.collective_voice, rules.aim_unvoiced
    return a + rules.aim_rate * (a_min + (1 - a_min) * M - a) + rules.dialogue_aim * intensity * M * (1 - a)


def capability(rules: Row, team: Row, person: Row, x: Row) -> float:
    k = person.capability
    return k + rules.capability_spread * x.learned * team.facilitation * (1 - k) - rules.capability_decay * k


# --- 5. leaders ------------------------------------------------------------------------------------------------------


def leaders(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    coaching_reach = now.plan.coaching[now.epoch].tolist()
    P, C, M, L = here.pressure, here.coherence, here.collective_voice, here.learned_share
    uptake = rules.coaching_effect * (1 - rules.coaching_stretch * P)
    mean_c = mean([senior.control for senior in world.seniors_in(here)])
    new_purpose = [purpose_after(world, rules, here, pair) for pair in world.pairs_in(here)]

    def pull(leader: Row) -> float:
        return rules.pull_to_control * P * (1 - leader.embedding) * (rules.control_norm - leader.control)

    for senior in world.seniors_in(here):
        c = senior.control
        senior.control = clip(
            c
            - uptake * rules.coaching_seniors * c
            + rules.imitation * C * (mean_c - c)
            + pull(senior)
            - rules.evidence * L * c
        )
        senior.embedding = embedded(rules, senior)
    for team in world.teams_in(here):
        c, expected = team.control, rules.opportunity_rate * (team.last_seat - team.first_seat)
        L_l = team.learned / expected if expected else 0.0
        team.control = clip(
            c
            - uptake * coaching_reach[team.audience] * c
            - rules.peer_coaching * team.facilitation * c
            + rules.imitation * ((1 - M) - c)
            + pull(team)
            - rules.evidence * L_l * c
        )
        team.embedding = embedded(rules, team)
    for pair, purpose in zip(world.pairs_in(here), new_purpose, strict=True):
        pair.purpose = purpose


def embedded(rules: Row, leader: Row) -> float:
    """u += embed((1 - c) - u), with the new c."""
    return clip(leader.embedding + rules.embedding * ((1 - leader.control) - leader.embedding))


def purpose_after(world: PlainWorld, rules: Row, here: Row, pair: Row) -> float:
    """p += gain max(support, R_a R_b)(1 - p) - loss P p; no gain while either seat is vacant."""
    p, both = pair.purpose, [world.seniors[pair.first_senior], world.seniors[pair.second_senior]]
    weeks_together = min(senior.weeks_in_post for senior in both)
    support = rules.coaching_seniors
    if weeks_together < rules.induction_weeks:
        support += rules.induction
    R_a, R_b = (1 - senior.control for senior in both)
    gain = 0.0 if weeks_together < 0 else rules.purpose_gain * max(support, R_a * R_b)
    return clip(p + gain * (1 - p) - rules.purpose_loss * here.pressure * p)


# --- 6. the service --------------------------------------------------------------------------------------------------


def service(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    Y, B, L, c_l = here.learning_stock, here.backlog, here.learned_share, here.team_leader_control
    here.learning_stock = clip(Y + (L - Y) / rules.learning_memory_weeks)
    here.backlog = clip(
        B
        + rules.problem_inflow * (1 - rules.learning_relief * Y)
        - rules.clearing_rate * (1 + rules.control_boost * c_l) * B
    )


# --- 7. training -----------------------------------------------------------------------------------------------------


def training(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here, plan = world.services[service], now.plan
    training_reach = plan.training[now.epoch].tolist()
    for i in range(here.first_seat, here.last_seat):
        if now.draws.lanes(Streams.OPPORTUNITY, now.week, i)[3] < training_reach[world.staff[i].audience]:
            world.staff[i].capability = 1.0
    for k, rule in enumerate(plan.chosen_rule.tolist()):
        shares = plan.chosen_share[now.row : now.row + 2, k].tolist()
        chosen_training(world, rules, service, rule, plan.chosen_reached[k].tolist(), *shares)


def chosen_training(
    world: PlainWorld,
    rules: Row,
    service: int,
    rule: int,
    is_reached: list[bool],
    share_before: float,
    share_after: float,
) -> None:
    """Those whom the rule puts first and who are not facilitators yet, in as many whole people as the share allows."""
    here = world.services[service]
    reached = [i for i in range(here.first_seat, here.last_seat) if is_reached[world.staff[i].audience]]
    quota = math.floor(len(reached) * share_after) - math.floor(len(reached) * share_before)

    def put_first(i: int) -> float:
        members = world.members(world.team_of(i))
        return {
            CONNECTED: len(world.ties[i]),
            TRUSTED: world.staff[i].safety,
            NEEDED: -sum(world.staff[j].capability for j in members) / len(members),
        }[rule]

    candidates = [i for i in reached if world.staff[i].capability < rules.trained_already]
    for i in sorted(candidates, key=put_first, reverse=True)[:quota]:
        world.staff[i].capability = 1.0


# --- 8. turnover -----------------------------------------------------------------------------------------------------


def staff_turnover(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    here.staff_leavers = 0.0
    for i in range(here.first_seat, here.last_seat):
        person = world.staff[i]
        person.tenure_weeks += 1
        # lambda exp(psi (mean trait - s)), a yearly rate
        rate = rules.staff_turnover * math.exp(rules.safety_retention * (rules.safety_trait - person.safety))
        if now.draws.lanes(Streams.OPPORTUNITY, now.week, i)[2] < rate / WEEKS_PER_YEAR:
            here.staff_leavers += 1.0
            bring_traits(rules, person, now.draws.lanes(Streams.NEWCOMER, now.week, i))
            person.safety = clip(person.safety_trait + rules.newcomer_optimism)
            person.efficacy = clip(person.efficacy_trait + rules.newcomer_optimism)
            person.aim = rules.initial_aim
            person.tenure_weeks = 0
            person.arrivals += 1


def bring_traits(rules: Row, person: Row, lanes: list[float]) -> None:
    """Somebody from the labour market."""
    for_safety, for_efficacy = normals(lanes[0], lanes[1])
    person.safety_trait = clip(rules.safety_trait + rules.safety_trait_sd * for_safety)
    person.efficacy_trait = clip(rules.efficacy_trait + rules.efficacy_trait_sd * for_efficacy)
    person.capability = 0.0
    for name in HABITS:
        setattr(person, name, rules.initial_habit)


def control_from_outside(rules: Row, lanes: list[float]) -> float:
    return clip(rules.control_of_newcomers + rules.control_of_newcomers_sd * normals(lanes[0], lanes[1])[0])


def team_leader_turnover(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    here.team_leader_leavers = 0.0
    for row in range(here.first_team, here.last_team):
        leaves, inside, which, _ = now.draws.lanes(Streams.TEAM_LEADER, now.week, row)
        if not leaves < rules.team_leader_turnover / WEEKS_PER_YEAR:
            continue
        here.team_leader_leavers += 1.0
        team = world.teams[row]
        if inside < rules.internal_succession:
            members = world.members(team)
            h_fail = world.staff[members[int(which * len(members))]].habit_fail
            team.control, team.embedding = rules.control_of_newcomers * (1 - h_fail), rules.embedding_carried * h_fail
        else:
            lanes = now.draws.lanes(Streams.TEAM_LEADER_STYLE, now.week, row)
            team.control, team.embedding = control_from_outside(rules, lanes), 0.0


def choose_successors(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    for row in range(here.first_senior, here.last_senior):
        senior, lanes = world.seniors[row], now.draws.lanes(Streams.SENIOR_LEADER, now.week, row)
        by_chance = lanes[0] < rules.senior_leader_turnover / WEEKS_PER_YEAR
        senior.is_leaving = int(by_chance or row in scheduled_leavers(rules, here, now.draws, now.week))
        if senior.is_leaving:
            successor = successor_of(world, rules, service, row, now.draws, now.week)
            senior.successor_control, senior.successor_embedding = successor


def scheduled_leavers(rules: Row, here: Row, draws: Draws, week: int) -> set[int]:
    """Those named by place, and as many as are to leave, in the order that chance gives."""
    rows = range(here.first_senior, here.last_senior)
    named = {row for row in rows if rules.exit_places >> (row - here.first_senior) & 1}
    drawn = sorted(rows, key=lambda row: draws.lanes(Streams.EXIT, week, row)[0])
    return named | set(drawn[: rules.exit_count])


def successor_of(world: PlainWorld, rules: Row, service: int, row: int, draws: Draws, week: int) -> tuple[float, float]:
    """Control and embedding of whoever follows: from inside, from another service, or from the labour market."""
    _, inside, which, moves = draws.lanes(Streams.SENIOR_LEADER, week, row)
    style = draws.lanes(Streams.SENIOR_LEADER_STYLE, week, row)
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
            senior.control, senior.embedding = senior.successor_control, senior.successor_embedding
            senior.weeks_in_post = -math.floor(rules.vacancy_weeks)
    for pair in world.pairs_in(here):
        if world.seniors[pair.first_senior].is_leaving or world.seniors[pair.second_senior].is_leaving:
            pair.purpose = rules.initial_purpose
    here.senior_leader_leavers = float(sum(senior.is_leaving for senior in world.seniors_in(here)))


# --- the week, and many of them --------------------------------------------------------------------------------------


def run_weeks(world: PlainWorld, plan: Any, key: Any, first_week: int, n_weeks: int) -> None:
    """Run weeks; each step is done for all services before the next one begins."""
    draws = Draws(key)
    for week in range(first_week, first_week + n_weeks):
        run_week(world, plan, draws, week)


def run_week(world: PlainWorld, plan: Any, draws: Draws, week: int) -> None:
    now = Moment(plan, draws, week)
    rules = [rules_of(plan.rules[now.epoch, here.rule_class]) for here in world.services]
    for rule in RULEBOOK.rules:
        for step in rule.steps:
            for v in range(len(world.services)):
                twin_of(step.kernel)(world, rules[v], v, now)


def twin_of(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function of this page that has the name of a kernel."""
    found: Callable[..., Any] = globals()[kernel.__name__]
    return found


def initialise(world: PlainWorld, plan: Any, key: Any) -> None:
    """The start of the burn-in: every column as it is declared, then what is drawn by chance."""
    now = Moment(plan, Draws(key), plan.first_week - 1)
    for v, here in enumerate(world.services):
        rules = rules_of(plan.rules[0, here.rule_class])
        for group in GROUPS:
            for row in world.rows_in(group, v):
                for name, column in RULEBOOK.columns[group].items():
                    if column.initial is not None:
                        value = getattr(rules, column.initial) if isinstance(column.initial, str) else column.initial
                        setattr(row, name, value)
        for rule in RULEBOOK.rules:
            if rule.start is not None:
                twin_of(rule.start)(world, rules, v, now)


def start(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    """s = s0, e = e0, a ~ N(a0, a_sd), leaders as from outside."""
    here, draws, before = world.services[service], now.draws, now.week
    for i in range(here.first_seat, here.last_seat):
        person, lanes = world.staff[i], draws.lanes(Streams.NEWCOMER, before, i)
        bring_traits(rules, person, lanes)
        person.safety, person.efficacy = person.safety_trait, person.efficacy_trait
        person.aim = clip(rules.initial_aim + rules.initial_aim_sd * normals(lanes[2], lanes[3])[0])
        person.tenure_weeks = tenure_at_start(rules, draws.lanes(Streams.TENURE, before, i)[0])
    for row in range(here.first_team, here.last_team):
        lanes = draws.lanes(Streams.TEAM_LEADER_STYLE, before, row)
        world.teams[row].control = control_from_outside(rules, lanes)
    for row in range(here.first_senior, here.last_senior):
        lanes = draws.lanes(Streams.SENIOR_LEADER_STYLE, before, row)
        world.seniors[row].control = control_from_outside(rules, lanes)


def tenure_at_start(rules: Row, uniform: float) -> int:
    """Exponential with the mean 52 / lambda, in whole weeks, at most the longest tenure."""
    if rules.staff_turnover == 0:
        return math.floor(rules.longest_tenure_weeks)
    return math.floor(min(rules.longest_tenure_weeks, -math.log(uniform) * WEEKS_PER_YEAR / rules.staff_turnover))
