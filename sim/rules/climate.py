"""What people find around them at the start of a week: colleagues' safety, how failure is met, who can facilitate.

Mean safety of a person's neighbours over team, cross-team and committee ties (own safety where there are none); the
team's mean habit of receiving failure well, H, and capability, K; and how far that and the capability of the teams that
it is linked to reach the critical mass. It runs for all services before anything of the week is changed. Vacant seats
count in no mean and are nobody's neighbour.
"""

from __future__ import annotations

from typing import Any

from sim.base.compilation import kernel
from sim.base.rule import SHARE, UNIT, Form, Formula, Rule, Step, count, parameter, share
from sim.base.terms import clip

PARAMETERS = (
    parameter(
        "critical_mass", 0.28, "share of a team's capability",
        "mean capability of a team at which facilitation works fully",
        symbol="k_crit", group="dialogue and facilitation", within=(0.01, 1), plausible=(0.1, 0.4), grade="published",
        source="centola-2018",
    ),
    parameter(
        "reach", 0.3, SHARE,
        "weight of the capability of linked teams, against the team's own, in what facilitators do for it",
        symbol="reach", group="dialogue and facilitation", within=UNIT, plausible=(0.0, 0.6), grade="assumption",
        source="bridging-ties",
    ),
)  # fmt: skip

COLUMNS = (
    share("staff", "neighbour_safety", "mean safety of the neighbours at the start of the week"),
    count("teams", "occupied", "seats that are not vacant at the start of the week", "seats"),
    share("teams", "fail_well", "mean habit of receiving failure well at the start of the week"),
    share("teams", "capability", "mean capability at the start of the week (K)"),
    count("teams", "links", "ties between the team and other teams, by their weights (Λ)", "ties"),
    share("teams", "linked_capability", "mean capability of the linked teams (K̃)"),
    share("teams", "linked_control", "mean control of the leaders of the linked teams (c̃)"),
    share("teams", "facilitation", "how far capability reaches the critical mass (f)"),
    share("services", "team_leader_control", "mean control of the team leaders at the start of the week"),
)


@kernel
def climate(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Take stock of a service before its week.

    Source: contagion of safety among colleagues (safety-contagion).
    """
    staff, here = world.staff, world.services[service]
    committee_strength = now.plan.committees[now.epoch]
    control_sum = 0.0
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        occupied, safety_sum, fail_sum, capability_sum = 0.0, 0.0, 0.0, 0.0
        for i in range(team.first_seat, team.last_seat):
            if staff.vacant_weeks[i] == 0.0:
                occupied += 1.0
                safety_sum += staff.safety[i]
                fail_sum += staff.habit_fail[i]
                capability_sum += staff.capability[i]
        team.occupied = occupied
        team.fail_well = fail_sum / occupied if occupied > 0.0 else 0.0
        team.capability = capability_sum / occupied if occupied > 0.0 else 0.0
        control_sum += team.control
        averaging(world, team, safety_sum, committee_strength)
    here.team_leader_control = control_sum / (here.last_team - here.first_team)


@kernel
def averaging(world: Any, team: Any, safety_sum: Any, committee_strength: Any) -> None:
    """Set the mean safety over teammates and ties, each by its weight.

    ``committee_strength`` : [n_committees], how strongly each committee meets this week (0: its ties are at rest).
    """
    staff, ties = world.staff, world.ties
    for i in range(team.first_seat, team.last_seat):
        if staff.vacant_weeks[i] > 0.0:
            continue
        total, weights = 0.0, 0.0
        if team.all_tied:
            total, weights = safety_sum - staff.safety[i], team.occupied - 1.0
        for tie in range(ties.indptr[i], ties.indptr[i + 1]):
            other = ties.indices[tie]
            weight = ties.weight[tie] if staff.vacant_weeks[other] == 0.0 else 0.0
            total += weight * staff.safety[other]
            weights += weight
        if ties.committee_indptr.size > 0:
            for tie in range(ties.committee_indptr[i], ties.committee_indptr[i + 1]):
                other, strength = ties.committee_indices[tie], committee_strength[ties.committee_entry[tie]]
                weight = strength if staff.vacant_weeks[other] == 0.0 else 0.0
                total += weight * staff.safety[other]
                weights += weight
        staff.neighbour_safety[i] = clip(total / weights) if weights > 0.0 else staff.safety[i]


_CONFIDENCE = 0.25
"""How far from one's own safety that of a colleague may lie to be taken in, under bounded confidence."""


@kernel
def bounded_confidence(world: Any, team: Any, safety_sum: Any, committee_strength: Any) -> Any:
    """Set the mean safety over those teammates and ties who feel nearly as oneself does; own safety without any."""
    staff, ties = world.staff, world.ties
    for i in range(team.first_seat, team.last_seat):
        if staff.vacant_weeks[i] > 0.0:
            continue
        total, weights = 0.0, 0.0
        if team.all_tied:
            for other in range(team.first_seat, team.last_seat):
                weight = 1.0 if other != i else 0.0
                weight *= _confides(staff, i, other)
                total += weight * staff.safety[other]
                weights += weight
        for tie in range(ties.indptr[i], ties.indptr[i + 1]):
            other = ties.indices[tie]
            weight = ties.weight[tie] * _confides(staff, i, other)
            total += weight * staff.safety[other]
            weights += weight
        if ties.committee_indptr.size > 0:
            for tie in range(ties.committee_indptr[i], ties.committee_indptr[i + 1]):
                other, strength = ties.committee_indices[tie], committee_strength[ties.committee_entry[tie]]
                weight = strength * _confides(staff, i, other)
                total += weight * staff.safety[other]
                weights += weight
        staff.neighbour_safety[i] = clip(total / weights) if weights > 0.0 else staff.safety[i]


@kernel
def _confides(staff: Any, i: Any, other: Any) -> Any:
    """Return 1 if somebody is there whose safety is near enough, else 0."""
    is_near = abs(staff.safety[other] - staff.safety[i]) <= _CONFIDENCE
    return 1.0 if is_near and staff.vacant_weeks[other] == 0.0 else 0.0


@kernel
def within_reach(rules: Any, team: Any, own: Any) -> Any:
    """Return the capability that helps a team: its ``own``, and that of linked teams where there are any (K')."""
    if team.links > 0.0:
        return (1.0 - rules.reach) * own + rules.reach * team.linked_capability
    return own


@kernel
def as_a_ramp(staff: Any, rules: Any, team: Any) -> Any:
    """Return how far the capability within a team's reach comes to the critical mass."""
    return min(1.0, within_reach(rules, team, team.capability) / rules.critical_mass)


@kernel
def as_a_threshold(staff: Any, rules: Any, team: Any) -> Any:
    """Return the share of a team whose colleagues, without themselves, have come to the critical mass."""
    convinced = 0.0
    for i in range(team.first_seat, team.last_seat):
        if staff.vacant_weeks[i] == 0.0 and team.occupied > 1.0:
            colleagues = (team.capability * team.occupied - staff.capability[i]) / (team.occupied - 1.0)
            if within_reach(rules, team, colleagues) >= rules.critical_mass:
                convinced += 1.0
    return convinced / team.occupied if team.occupied > 0.0 else 0.0


@kernel
def links(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Find what the teams that a team is linked to are like, and how far facilitators reach it.

    Source: bridges between groups help change that departs from the norm (bridging-ties); critical mass (centola-2018).
    """
    here, ties = world.services[service], world.ties
    committee_strength = now.plan.committees[now.epoch]
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        n_links, capability_sum, control_sum = 0.0, 0.0, 0.0
        for link in range(ties.team_indptr[row], ties.team_indptr[row + 1]):
            weight, committee = ties.team_weight[link], ties.team_committee[link]
            if committee >= 0:
                weight *= committee_strength[committee]
            other = world.teams[ties.team_indices[link]]
            n_links += weight
            capability_sum += weight * other.capability
            control_sum += weight * other.control
        team.linked_capability, team.linked_control = 0.0, 0.0
        if n_links > 0.0:
            team.linked_capability = clip(capability_sum / n_links)
            team.linked_control = clip(control_sum / n_links)
        team.links = n_links
        team.facilitation = as_a_ramp(world.staff, rules, team)


INFLUENCE = Formula(
    "social_influence",
    "whose safety people take in",
    (
        Form(
            "averaging", averaging, "everybody's to whom they are tied", "n̄ = mean of s over neighbours",
            "safety-contagion",
        ),
        Form(
            "bounded_confidence", bounded_confidence, "only theirs who feel nearly as they do",
            "n̄ = mean of s_j over neighbours with |s_j − s_i| ≤ 0.25 (own s if there is none)", "bounded-confidence",
            has_mean_field=False,
        ),
    ),
)  # fmt: skip

MASS = Formula(
    "critical_mass_of_facilitators",
    "how the capability around a team becomes facilitation",
    (
        Form(
            "as_a_ramp", as_a_ramp, "the more of it the better, up to the critical mass", "f = min(1, K′ / k_crit)",
            "centola-2018",
        ),
        Form(
            "as_a_threshold", as_a_threshold, "only for those whose colleagues have come to the critical mass",
            "f = share of the team with K′ of their colleagues ≥ k_crit", "wide-bridges", has_mean_field=False,
        ),
    ),
)  # fmt: skip

RULE = Rule(
    name="climate",
    title="Climate",
    summary="people find how safe their colleagues feel, how failure is met, who can facilitate",
    equation="""\
n̄ is the mean safety of a person's neighbours (their own if there are none), H the team's mean habit of receiving
failure well, K its mean capability (both 0 if all its seats are vacant). Λ is the number of ties (by their weights)
between people of the team, or its leader, and people of others; K̃ and c̃ are the mean capability and the mean
control of the leaders of the teams that it is linked to, weighted by these ties. f = min(1, K′ / k_crit), with K′ =
(1 − reach)K + reach · K̃, and K′ = K without links.""",
    steps=(Step(climate, across_services=True), Step(links, across_services=True)),
    parameters=PARAMETERS,
    columns=COLUMNS,
    formulas=(INFLUENCE, MASS),
    reads=("staff.safety", "staff.habit_fail", "staff.capability", "staff.vacant_weeks", "teams.control"),
    writes=(
        "staff.neighbour_safety", "teams.occupied", "teams.fail_well", "teams.capability", "teams.links",
        "teams.linked_capability", "teams.linked_control", "teams.facilitation", "services.team_leader_control",
    ),
    still=(),
    has_mean_field=True,
)  # fmt: skip
