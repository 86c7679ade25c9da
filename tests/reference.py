"""The model once more, as plainly as it can be said: the twin that the compiled engine has to agree with.

Everything here is loops, plain objects and Python floats, in the order and the words of the model page, so that it can
be checked against that page equation by equation; who comes and goes stands in ``reference_turnover.py``. Nothing is
taken from the engine but its draws, its names of columns and the arrays of a plan. A world of the twin has a row object
for each seat, with the engine's columns as attributes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace as Row
from typing import Any

from sim.base.terms import CONNECTED, NEEDED, TRUSTED, Outcome
from sim.rulebook.rulebook import GROUPS, RULEBOOK
from tests.plain_world import Draws, PlainWorld, rules_of
from tests.reference_terms import HABITS, RANK, Moment, Streams, clip, logistic, mean, mean_or_none, normals, sat
from tests.reference_turnover import (
    begin_at_rest,
    choose_successors,
    seat_successors,
    staff_turnover,
    start,
    team_leader_turnover,
)  # fmt: skip


def usual_attention_problems(rules: Row) -> float:
    """F0, which is what the other three leave."""
    return 1 - rules.usual_attention_purpose - rules.usual_attention_staff - rules.usual_attention_leaders


# --- what there is at the start of the week --------------------------------------------------------------------------


def climate(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    """Means over teams and neighbours, before anything of the week has changed."""
    here = world.services[service]
    committee_strength = now.plan.committees[now.epoch].tolist()
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        team.occupied = float(len(world.colleagues(team)))
        team.fail_well = mean_or_none([world.staff[i].habit_fail for i in world.colleagues(team)])
        team.capability = capability_of(world, row)
    here.team_leader_control = mean([team.control for team in world.teams_in(here)])
    for i in world.staff_in(here):
        world.staff[i].neighbour_safety = neighbour_safety(world, i, committee_strength)


def links(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    """Means over linked teams, and how far facilitators reach a team, before anything of the week has changed."""
    here = world.services[service]
    every_link = links_between_teams(world, now.plan.committees[now.epoch].tolist())
    for row in range(here.first_team, here.last_team):
        team, linked = world.teams[row], every_link[row]
        team.links = sum(linked.values())
        team.linked_capability = mean_over_links(linked, lambda other: capability_of(world, other))
        team.linked_control = mean_over_links(linked, lambda other: world.teams[other].control)
        team.facilitation = as_a_ramp(rules, team, [world.staff[i].capability for i in world.colleagues(team)])


def within_reach(rules: Row, team: Row, K: float) -> float:
    """K' = (1 - reach) K_l + reach K~_l if the team has links, else K_l"""
    return (1 - rules.reach) * K + rules.reach * team.linked_capability if team.links > 0 else K


def as_a_ramp(rules: Row, team: Row, k: list[float]) -> float:
    """f_l = min(1, K' / k_crit)"""
    return min(1.0, within_reach(rules, team, mean_or_none(k)) / rules.critical_mass)


def as_a_threshold(rules: Row, team: Row, k: list[float]) -> float:
    """f_l = share of those in the team for whom K' of the others has come to k_crit; a person alone has no others."""
    others = [mean(k[:place] + k[place + 1 :]) for place in range(len(k)) if len(k) > 1]
    return sum(within_reach(rules, team, K) >= rules.critical_mass for K in others) / len(k) if k else 0.0


def capability_of(world: PlainWorld, row: int) -> float:
    """K_l."""
    return mean_or_none([world.staff[i].capability for i in world.colleagues(world.teams[row])])


def links_between_teams(world: PlainWorld, committee_strength: list[float]) -> list[dict[int, float]]:
    """For each team, to which others it is linked, and by how many ties; a committee's count as strongly as it meets.

    Ties link teams whether or not somebody sits in the seats.
    """
    linked: list[dict[int, float]] = [{} for _ in world.teams]

    def link(one: int, other: int, weight: float) -> None:
        if one != other and weight > 0:
            linked[one][other] = linked[one].get(other, 0.0) + weight

    for one, other, weight in world.team_ties:
        link(one, other, weight)
        link(other, one, weight)
    for i, tied in enumerate(world.committee_ties):  # in which each stands twice: with either of the two
        for j, entry in tied:
            link(world.team_row[i], world.team_row[j], committee_strength[entry])
    return linked


def mean_over_links(linked: dict[int, float], value: Callable[[int], float]) -> float:
    """Weighted by ties; 0 where there are none."""
    total = sum(linked.values())
    return sum(weight * value(other) for other, weight in linked.items()) / total if total else 0.0


def neighbour_safety(world: PlainWorld, i: int, committee_strength: list[float]) -> float:
    """Mean safety of teammates, of those whom i names and (as strongly as they meet) of committees; else own safety."""
    weighted = list(world.named[i])
    if world.team_row[i] not in world.sparse_teams:
        weighted += [(j, 1.0) for j in world.members(world.team_of(i)) if j != i]
    weighted += [(j, committee_strength[entry]) for j, entry in world.committee_ties[i]]
    there = [(world.staff[j].safety, weight) for j, weight in weighted if world.staff[j].vacant_weeks == 0]
    return averaging(world.staff[i].safety, there)


def averaging(own: float, weighted: list[tuple[float, float]]) -> float:
    """Mean safety of others by their weights; own safety if there are none."""
    total_weight = sum(weight for _, weight in weighted)
    if total_weight == 0:
        return own
    return sum(weight * safety for safety, weight in weighted) / total_weight


def bounded_confidence(own: float, weighted: list[tuple[float, float]]) -> float:
    """The same over those alone whose safety lies within 0.25 of one's own."""
    near = [(safety, weight) for safety, weight in weighted if abs(safety - own) <= 0.25]
    total = sum(weight for _, weight in near)
    return sum(weight * safety for safety, weight in near) / total if total else own


# --- 1. attention ----------------------------------------------------------------------------------------------------


def attention(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    P = here.pressure  # last week's
    C = coherence_of(world, here)  # this week's, of the purpose at its start
    Q0, D0, T0 = rules.usual_attention_purpose, rules.usual_attention_staff, rules.usual_attention_leaders
    for row in range(here.first_senior, here.last_senior):
        senior = world.seniors[row]
        Q, D, T = intended_attention(rules, now, senior.audience)
        keep = 1 - rules.attention_pull * P * (1 - senior.embedding) * (1 - C)
        senior.attention_purpose = kept(Q0, Q, keep)
        senior.attention_staff = kept(D0, D, keep)
        senior.attention_leaders = kept(T0, T, keep)
        senior.attention_problems = clip(
            1 - senior.attention_purpose - senior.attention_staff - senior.attention_leaders
        )
    seniors = world.seniors_in(here)
    here.mean_attention_problems = mean([senior.attention_problems for senior in seniors])
    here.mean_attention_staff = mean([senior.attention_staff for senior in seniors])
    here.mean_attention_leaders = mean([senior.attention_leaders for senior in seniors])


def coherence_of(world: PlainWorld, here: Row) -> float:
    """C: mean shared purpose over pairs. A single leader has none (and is heard as one all the same)."""
    purposes = [pair.purpose for pair in world.pairs_in(here)]
    return mean(purposes) if purposes else 0.0


def intended_attention(rules: Row, now: Moment, audience: int) -> list[float]:
    """What a senior leader intends: usual + intensity ramp (entry - usual), for purpose, staff and team leaders.

    A plan holds intensity ramp, and each share of the entry times that.
    """
    usual = [rules.usual_attention_purpose, rules.usual_attention_staff, rules.usual_attention_leaders]
    strength, *entry = now.plan.attention[now.epoch, audience].tolist()
    return [own + wanted - strength * own for own, wanted in zip(usual, entry, strict=True)]


def kept(usual: float, intended: float, keep: float) -> float:
    """What is left of an intention to spend more; less is done at once."""
    return usual + (intended - usual) * keep if intended > usual else intended


# --- 2. environment --------------------------------------------------------------------------------------------------


def environment(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    own, _ = normals(*now.draws.lanes(Streams.TURBULENCE, now.week, here.chance)[:2])
    shared, _ = normals(*now.draws.lanes(Streams.SHARED_TURBULENCE, now.week, 0)[:2])
    # With several services: a part of the variance is shared, the rest is a service's own.
    xi = math.sqrt(rules.shared_turbulence) * shared + math.sqrt(1 - rules.shared_turbulence) * own
    mu, rho, sigma = rules.turbulence_mean, rules.turbulence_persistence, rules.turbulence_sd
    # w <- mu + rho (w - mu) + sqrt(1 - rho^2) sigma xi
    here.turbulence = mu + rho * (here.turbulence - mu) + math.sqrt(1 - rho**2) * sigma * xi
    here.vacant_share = vacant_share(world, here)
    # P = clip[(w + shock + gamma B + crisis max(0, F0(1 - relief Y) - F) + short (V - V0))(1 - protected)]
    needed = usual_attention_problems(rules) * (1 - rules.learning_relief * here.learning_stock)
    load = (
        here.turbulence
        + rules.shock
        + rules.backlog_pressure * here.backlog
        + rules.crisis * max(0.0, needed - here.mean_attention_problems)
        + rules.vacancy_pressure * (here.vacant_share - rules.usual_vacancy)
    )
    here.pressure = clip(load * (1 - rules.protected_share))


def vacant_share(world: PlainWorld, here: Row) -> float:
    """V: share of the posts of a service in which there is nobody at the start of the week."""
    posts = here.last_seat - here.first_seat
    return (posts - len(world.staff_in(here))) / posts


# --- 3. the collective voice of the trio -----------------------------------------------------------------------------


def collective(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    relational = [1 - senior.control for senior in world.seniors_in(here)]
    here.coherence = coherence_of(world, here)
    C = here.coherence if world.pairs_in(here) else 1.0  # 1 for a single leader, in M alone
    here.collective_voice = as_one_or_the_weakest(C, relational)


def as_one_or_the_weakest(C: float, relational: list[float]) -> float:
    """M = C mean(R) + (1 - C) min(R)"""
    return C * mean(relational) + (1 - C) * min(relational)


def as_their_mean(C: float, relational: list[float]) -> float:
    """M = mean(R)"""
    return mean(relational)


# --- 4. the teaming cycle --------------------------------------------------------------------------------------------


def teaming(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    for i in range(here.first_seat, here.last_seat):
        world.staff[i].outcome = Outcome.NONE
    for i in world.staff_in(here):
        meets, voices, _, _ = now.draws.lanes(Streams.OPPORTUNITY, now.week, world.staff[i].chance)
        response = now.draws.lanes(Streams.RESPONSE, now.week, world.staff[i].chance)
        person, team = world.staff[i], world.team_of(i)
        if meets < rules.opportunity_rate:
            person.outcome = outcome_of(rules, here, team, person, voices, response)
    for team in world.teams_in(here):
        outcomes = [world.staff[i].outcome for i in world.members(team)]
        team.ignored = float(sum(is_ignored(outcome) for outcome in outcomes))
        team.punished = float(outcomes.count(Outcome.PUNISHED))
        team.heard = float(outcomes.count(Outcome.HEARD))
        team.learned = float(outcomes.count(Outcome.LEARNED))
    # L: over kappa x posts, vacant ones included
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
        + rules.voice_safety * (person.safety - rules.voice_safety_reference)
        + rules.voice_efficacy * (person.efficacy - rules.voice_efficacy_reference)
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


# --- 5. staff --------------------------------------------------------------------------------------------------------


def staff(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    dialogue_reach = now.plan.dialogue[now.epoch].tolist()
    updates = []
    for i in world.staff_in(here):
        person, team = world.staff[i], world.team_of(i)
        lived = experiences(world, rules, team, i)
        dose = dose_of(rules, here, dialogue_reach[person.audience])
        new = {
            **beliefs(rules, here, team, person, lived, dose),
            **habits(rules, here, person, lived),
            "aim": aim(rules, here, person, dose),
            "capability": capability(rules, team, person, lived),
        }
        updates.append((person, new))
    for person, new in updates:
        vars(person).update({name: clip(value) for name, value in new.items()})


def experiences(world: PlainWorld, rules: Row, team: Row, i: int) -> Row:
    """x: an event counts 1 for the person, and ``witness`` for each teammate, of at most ``witness_reach`` of them."""
    own = world.staff[i].outcome
    mates = [world.staff[j].outcome for j in world.colleagues(team) if j != i]
    weight = rules.witness_weight * min(1.0, rules.witness_reach / max(1, team.occupied - 1))

    def total(happened: Any) -> float:
        return happened(own) + weight * sum(happened(outcome) for outcome in mates)

    return Row(
        ignored=total(is_ignored),
        punished=total(lambda outcome: outcome == Outcome.PUNISHED),
        heard=total(lambda outcome: outcome == Outcome.HEARD),
        learned=total(lambda outcome: outcome == Outcome.LEARNED),
    )


def dose_of(rules: Row, here: Row, intensity: float) -> float:
    """dose = sat(dialogue intensity + leaders_dialogue max(0, D - D0)), with the sum of all entries that reach one."""
    leaders_time = max(0.0, here.mean_attention_staff - rules.usual_attention_staff)
    return sat(rules, intensity + rules.leaders_dialogue * leaders_time)


def beliefs(rules: Row, here: Row, team: Row, person: Row, x: Row, dose: float) -> dict[str, float]:
    """Safety and efficacy."""
    s, e, M = person.safety, person.efficacy, here.collective_voice
    z = 1 + rules.newcomer_susceptibility * math.exp(-person.tenure_weeks / rules.susceptibility_weeks)
    shield = 1 - rules.immunity * person.habit_fail
    is_open = 1 - person.cynicism
    d = rules.dialogue_gain * dose
    s_star = (
        person.safety_trait
        + rules.leader_effect * (rules.reference_control - team.control)
        - rules.strain_effect * (here.pressure - rules.usual_pressure)
    )
    e_star = person.efficacy_trait * (1 - rules.disillusion * person.cynicism)
    new_s = (
        s
        + z * is_open * (rules.safety_gain_heard * x.heard + rules.safety_gain_learned * x.learned) * (1 - s)
        - z * (rules.safety_loss_ignored * x.ignored + rules.safety_loss_punished * x.punished) * s * shield
        + rules.social_influence * (person.neighbour_safety - s)
        - z * rules.trait_pull * (s - s_star)
        + d * (M * is_open * (1 - s) - rules.dialogue_backfire * (1 - M) * s)
    )
    new_e = (
        e
        + z * is_open * (rules.efficacy_gain_heard * x.heard + rules.efficacy_gain_learned * x.learned) * (1 - e)
        - z * (rules.efficacy_loss_ignored * x.ignored + rules.efficacy_loss_punished * x.punished) * e * shield
        - z * rules.trait_pull * (e - e_star)
        + d * (M * is_open * (1 - e) - rules.dialogue_backfire * (1 - M) * e)
    )
    return {"safety": new_s, "efficacy": new_e}


def habits(rules: Row, here: Row, person: Row, x: Row) -> dict[str, float]:
    """What is rewarded strengthens, what is not erodes; then all four fade with disuse."""
    h = {name: getattr(person, name) for name in HABITS}

    def grow(name: str) -> None:
        h[name] = exponential_growth(rules, h[name], 1.0, 0.0)

    def erode(name: str, share: float = 1.0) -> None:
        h[name] = exponential_growth(rules, h[name], 0.0, share)

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

    h["habit_fail"] = exponential_growth(rules, h["habit_fail"], x.heard + x.learned, x.ignored + x.punished)
    fading = rules.habit_disuse * (rules.disuse_at_rest + here.pressure)
    return {name: value - fading * (value - rules.initial_habit) for name, value in h.items()}


def exponential_growth(rules: Row, h: float, plus: float, minus: float) -> float:
    """h + eta+ x+ (1 - h) - eta- x- h"""
    return h + rules.habit_formation * plus * (1 - h) - rules.habit_erosion * minus * h


def unbroken_repetition(rules: Row, h: float, plus: float, minus: float) -> float:
    """h + eta+ x+ (1 - h) - min(1, x-) max(0, h - h0)"""
    return h + rules.habit_formation * plus * (1 - h) - min(1.0, minus) * max(0.0, h - rules.initial_habit)


def aim(rules: Row, here: Row, person: Row, dose: float) -> float:
    """a += aim_rate(1/2 + 1/2 M - a) + aim_gain dose M (1 - a)"""
    a, M, a_min = person.aim, here.collective_voice, rules.aim_unvoiced
    return a + rules.aim_rate * (a_min + (1 - a_min) * M - a) + rules.dialogue_aim * dose * M * (1 - a)


def capability(rules: Row, team: Row, person: Row, x: Row) -> float:
    """k += spread x_learned f_l (1 - k) - decay k"""
    k = person.capability
    return k + rules.capability_spread * x.learned * team.facilitation * (1 - k) - rules.capability_decay * k


def cynicism(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    """y += (cynicism_gain dose (1 - M) + disappointment max(0, W - M - 0.05))(1 - y) - y / tau_y, then W."""
    here = world.services[service]
    dialogue_reach = now.plan.dialogue[now.epoch].tolist()
    M, W = here.collective_voice, here.usual_voice
    falls_silent = max(0.0, W - M - rules.disappointment_dead_band)
    for i in world.staff_in(here):
        person, y = world.staff[i], world.staff[i].cynicism
        dose = dose_of(rules, here, dialogue_reach[person.audience])
        growth = rules.cynicism_gain * dose * (1 - M) + rules.disappointment * falls_silent
        person.cynicism = clip(y + growth * (1 - y) - y / rules.cynicism_memory)
    here.usual_voice = clip(W + (M - W) / rules.voice_memory)  # W += (M - W) / 52


# --- 6. leaders ------------------------------------------------------------------------------------------------------


def leaders(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    coaching_reach = now.plan.coaching[now.epoch].tolist()
    new_purpose = [purpose_after(world, rules, here, pair) for pair in world.pairs_in(here)]
    mean_c = mean([senior.control for senior in world.seniors_in(here)])
    for senior in world.seniors_in(here):
        senior.control = clip(senior.control + change_of_senior(rules, here, senior, mean_c))
        senior.embedding = embedded(rules, senior)
    for team in world.teams_in(here):
        team.control = clip(team.control + change_of_team_leader(rules, here, team, coaching_reach[team.audience]))
        team.embedding = embedded(rules, team)
    for pair, purpose in zip(world.pairs_in(here), new_purpose, strict=True):
        pair.purpose = purpose


def uptake(rules: Row, here: Row, support: float) -> float:
    """coach (1 - stretch P) sat(support), with the sum of all entries that reach a leader."""
    return rules.coaching_effect * (1 - rules.coaching_stretch * here.pressure) * sat(rules, support)


def change_of_senior(rules: Row, here: Row, senior: Row, mean_c: float) -> float:
    c, P, C, L = senior.control, here.pressure, here.coherence, here.learned_share
    own = rules.own_style
    back = (1 - own) * rules.control_norm + own * senior.disposition
    feeds = senior.attention_problems / usual_attention_problems(rules)  # F / F0
    sees = senior.attention_staff / rules.usual_attention_staff  # D / D0
    return (
        -uptake(rules, here, rules.coaching_seniors) * c
        + rules.imitation * C * (mean_c - c)
        + rules.pull_to_control * feeds * P * (1 - senior.embedding) * (1 - rules.purpose_holds * C) * (back - c)
        - rules.evidence * L * sees * c
    )


def change_of_team_leader(rules: Row, here: Row, team: Row, support: float) -> float:
    c, P, M, own = team.control, here.pressure, here.collective_voice, rules.own_style
    expected = rules.opportunity_rate * (team.last_seat - team.first_seat)
    L_l = team.learned / expected if expected else 0.0
    # rho_l = peers links / (links + links_half); 0 without links
    rho = rules.peer_norm * team.links / (team.links + rules.links_half) if team.links > 0 else 0.0
    back = (1 - own) * ((1 - rho) * rules.control_norm + rho * team.linked_control) + own * team.disposition
    models = 1 + rules.leaders_modelling * max(0.0, here.mean_attention_leaders - rules.usual_attention_leaders)
    return (
        -uptake(rules, here, support) * c
        - rules.peer_coaching * team.facilitation * c
        + rules.imitation * models * ((1 - M) - c)
        + rules.pull_to_control * P * (1 - team.embedding) * (back - c)
        - rules.evidence * L_l * c
    )


def embedded(rules: Row, leader: Row) -> float:
    """u += embed((1 - c) - u), with the new c."""
    return clip(leader.embedding + rules.embedding * ((1 - leader.control) - leader.embedding))


def purpose_after(world: PlainWorld, rules: Row, here: Row, pair: Row) -> float:
    """p += gain max(sat(support), R_a R_b sqrt(Q_a Q_b) / Q0)(1 - p) - loss P p; no gain while a seat is vacant."""
    p, both = pair.purpose, [world.seniors[pair.first_senior], world.seniors[pair.second_senior]]
    weeks_together = min(senior.weeks_in_post for senior in both)
    support = rules.coaching_seniors
    if weeks_together < rules.induction_weeks:
        support += rules.induction
    R_a, R_b = (1 - senior.control for senior in both)
    Q_a, Q_b = (senior.attention_purpose for senior in both)
    by_themselves = R_a * R_b * math.sqrt(Q_a * Q_b) / rules.usual_attention_purpose
    gain = 0.0 if weeks_together < 0 else rules.purpose_gain * max(sat(rules, support), by_themselves)
    return clip(p + gain * (1 - p) - rules.purpose_loss * here.pressure * p)


# --- 7. the service --------------------------------------------------------------------------------------------------


def service(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here = world.services[service]
    Y, B, L, c_l = here.learning_stock, here.backlog, here.learned_share, here.team_leader_control
    here.learning_stock = clip(Y + (L - Y) / rules.learning_memory_weeks)
    here.backlog = clip(
        B
        + rules.problem_inflow * (1 - rules.learning_relief * Y)
        - rules.clearing_rate * (1 + rules.control_boost * c_l) * B
    )


# --- 8. training -----------------------------------------------------------------------------------------------------


def training(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    here, plan = world.services[service], now.plan
    training_reach = plan.training[now.epoch].tolist()
    for person in (world.staff[i] for i in world.staff_in(here)):
        if now.draws.lanes(Streams.OPPORTUNITY, now.week, person.chance)[3] < training_reach[person.audience]:
            person.capability = 1.0
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
    reached = [i for i in world.staff_in(here) if is_reached[world.staff[i].audience]]
    quota = math.floor(len(reached) * share_after) - math.floor(len(reached) * share_before)

    def put_first(i: int) -> float:
        return {
            CONNECTED: len({j for j, _ in world.named[i]}),
            TRUSTED: world.staff[i].safety,
            NEEDED: -capability_of(world, world.team_row[i]),
        }[rule]

    candidates = [i for i in reached if world.staff[i].capability < rules.trained_already]
    for i in sorted(candidates, key=put_first, reverse=True)[:quota]:
        world.staff[i].capability = 1.0


# --- the week, and many of them --------------------------------------------------------------------------------------

WEEK = (
    climate, links, attention, environment, collective, teaming, staff, cynicism, leaders, service, training,
    staff_turnover, team_leader_turnover, choose_successors, seat_successors,
)  # fmt: skip
"""The steps in the order of the model page, which is not read off the engine; each is done for all services first."""


def run_weeks(world: PlainWorld, plan: Any, key: Any, first_week: int, n_weeks: int) -> None:
    """Run weeks."""
    draws = Draws(key)
    for week in range(first_week, first_week + n_weeks):
        run_week(world, plan, draws, week)


def run_week(world: PlainWorld, plan: Any, draws: Draws, week: int) -> None:
    now = Moment(plan, draws, week)
    rules = [rules_of(plan.rules[now.epoch, here.rule_class]) for here in world.services]
    for step in WEEK:
        for v in range(len(world.services)):
            step(world, rules[v], v, now)


def twin_of(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function of this page that has the name of a kernel."""
    found: Callable[..., Any] = globals()[kernel.__name__]
    return found


# --- the start of the burn-in ----------------------------------------------------------------------------------------


def initialise(world: PlainWorld, plan: Any, key: Any) -> None:
    """Every column as it is declared, then what is drawn by chance."""
    now = Moment(plan, Draws(key), plan.first_week - 1)
    for v, here in enumerate(world.services):
        rules = rules_of(plan.rules[0, here.rule_class])
        for group in GROUPS:
            for row in world.rows_in(group, v):
                for name, column in RULEBOOK.columns[group].items():
                    if column.initial is not None:
                        value = getattr(rules, column.initial) if isinstance(column.initial, str) else column.initial
                        setattr(row, name, value)
        start(world, rules, v, now)


def settle(world: PlainWorld, plan: Any, key: Any, rests: Any) -> None:
    """The start of a burn-in that begins at the resting point of the mean field, each service at its own."""
    now = Moment(plan, Draws(key), plan.first_week - 1)
    for v, here in enumerate(world.services):
        begin_at_rest(world, rules_of(plan.rules[0, here.rule_class]), v, now, rules_of(rests[v]))
