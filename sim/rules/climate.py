"""What people find around them at the start of a week: colleagues' safety, how failure is met, who can facilitate.

Mean safety of a person's neighbours over team, cross-team and committee ties (own safety where there are none); the
team's mean habit of receiving failure well, H; and f = min(1, K / k_crit), how far its mean capability K reaches the
critical mass. It runs for all services before anything of the week is changed.
"""

from __future__ import annotations

from typing import Any

from sim.base.compilation import kernel
from sim.engine.state import clip

READS = ("staff.safety", "staff.habit_fail", "staff.capability", "teams.control")
WRITES = ("staff.neighbour_safety", "teams.fail_well", "teams.facilitation", "services.team_leader_control")
STREAMS = ()


@kernel
def climate(world: Any, rules: Any, service: Any, committee_strength: Any) -> None:
    """Take stock of a service before its week.

    ``committee_strength`` : [n_committees], how strongly each committee meets this week (0: its ties are at rest).

    Source: contagion of safety among colleagues (safety-contagion); critical mass (centola-2018).
    """
    staff, here = world.staff, world.services[service]
    control_sum = 0.0
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        safety_sum, fail_sum, capability_sum = 0.0, 0.0, 0.0
        for i in range(team.first_seat, team.last_seat):
            safety_sum += staff[i].safety
            fail_sum += staff[i].habit_fail
            capability_sum += staff[i].capability
        size = float(team.last_seat - team.first_seat)
        team.fail_well = fail_sum / size
        team.facilitation = min(1.0, capability_sum / size / rules.critical_mass)
        control_sum += team.control
        _neighbours(world, team, safety_sum)
        if world.ties.committee_indptr.size > 0:
            _committee_neighbours(world, team, committee_strength)
    here.team_leader_control = control_sum / (here.last_team - here.first_team)


@kernel
def _neighbours(world: Any, team: Any, safety_sum: Any) -> None:
    """Mean over teammates and standing ties."""
    staff, ties = world.staff, world.ties
    teammates = float(team.last_seat - team.first_seat) - 1.0
    for i in range(team.first_seat, team.last_seat):
        person = staff[i]
        total = safety_sum - person.safety
        for tie in range(ties.indptr[i], ties.indptr[i + 1]):
            total += staff[ties.indices[tie]].safety
        n_neighbours = teammates + float(ties.indptr[i + 1] - ties.indptr[i])
        mean = total / n_neighbours if n_neighbours > 0.0 else person.safety
        person.neighbour_safety = clip(mean)


@kernel
def _committee_neighbours(world: Any, team: Any, committee_strength: Any) -> None:
    """Add the ties of committees that meet, weighted by how strongly they do."""
    staff, ties = world.staff, world.ties
    teammates = float(team.last_seat - team.first_seat) - 1.0
    for i in range(team.first_seat, team.last_seat):
        total, weight = 0.0, 0.0
        for tie in range(ties.committee_indptr[i], ties.committee_indptr[i + 1]):
            strength = committee_strength[ties.committee_entry[tie]]
            total += strength * staff[ties.committee_indices[tie]].safety
            weight += strength
        if weight > 0.0:  # A committee at rest must not move a bit.
            standing = teammates + float(ties.indptr[i + 1] - ties.indptr[i])
            staff[i].neighbour_safety = clip((standing * staff[i].neighbour_safety + total) / (standing + weight))
