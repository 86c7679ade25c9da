"""What people find around them at the start of a week: colleagues' safety, how failure is met, who can facilitate.

Mean safety of a person's neighbours over team, cross-team and committee ties (own safety where there are none); the
team's mean habit of receiving failure well, H; and f = min(1, K / k_crit), how far its mean capability K reaches the
critical mass. It runs for all services before anything of the week is changed.
"""

from __future__ import annotations

from typing import Any

from sim.base.compilation import kernel
from sim.base.rule import Rule, Step, parameter, share
from sim.base.terms import clip

PARAMETERS = (
    parameter(
        "critical_mass", 0.29, "share of a team's capability",
        "mean capability of a team at which facilitation works fully",
        symbol="k_crit", group="dialogue and facilitation", within=(0.01, 1), plausible=(0.1, 0.4), grade="published",
        source="centola-2018",
    ),
)  # fmt: skip

COLUMNS = (
    share("staff", "neighbour_safety", "mean safety of the neighbours at the start of the week"),
    share("teams", "fail_well", "mean habit of receiving failure well at the start of the week"),
    share("teams", "facilitation", "how far capability reaches the critical mass"),
    share("services", "team_leader_control", "mean control of the team leaders at the start of the week"),
)


@kernel
def climate(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Take stock of a service before its week.

    Source: contagion of safety among colleagues (safety-contagion); critical mass (centola-2018).
    """
    staff, here = world.staff, world.services[service]
    committee_strength = now.plan.committees[now.epoch]
    control_sum = 0.0
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        safety_sum, fail_sum, capability_sum = 0.0, 0.0, 0.0
        for i in range(team.first_seat, team.last_seat):
            safety_sum += staff.safety[i]
            fail_sum += staff.habit_fail[i]
            capability_sum += staff.capability[i]
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
        total = safety_sum - staff.safety[i]
        for tie in range(ties.indptr[i], ties.indptr[i + 1]):
            total += staff.safety[ties.indices[tie]]
        n_neighbours = teammates + float(ties.indptr[i + 1] - ties.indptr[i])
        mean = total / n_neighbours if n_neighbours > 0.0 else staff.safety[i]
        staff.neighbour_safety[i] = clip(mean)


@kernel
def _committee_neighbours(world: Any, team: Any, committee_strength: Any) -> None:
    """Add the ties of committees that meet.

    ``committee_strength`` : [n_committees], how strongly each committee meets this week (0: its ties are at rest).
    """
    staff, ties = world.staff, world.ties
    teammates = float(team.last_seat - team.first_seat) - 1.0
    for i in range(team.first_seat, team.last_seat):
        total, weight = 0.0, 0.0
        for tie in range(ties.committee_indptr[i], ties.committee_indptr[i + 1]):
            strength = committee_strength[ties.committee_entry[tie]]
            total += strength * staff.safety[ties.committee_indices[tie]]
            weight += strength
        if weight > 0.0:  # A committee at rest must not move a bit.
            standing = teammates + float(ties.indptr[i + 1] - ties.indptr[i])
            mean = (standing * staff.neighbour_safety[i] + total) / (standing + weight)
            staff.neighbour_safety[i] = clip(mean)


RULE = Rule(
    name="climate",
    title="Climate",
    summary="people find how safe their colleagues feel, how failure is met, who can facilitate",
    equation="""\
n̄ is the mean safety of a person's neighbours (their own if there are none), H the team's mean habit of receiving
failure well, K its mean capability, f = min(1, K / k_crit).""",
    steps=(Step(climate, across_services=True),),
    parameters=PARAMETERS,
    columns=COLUMNS,
    reads=("staff.safety", "staff.habit_fail", "staff.capability", "teams.control"),
    writes=("staff.neighbour_safety", "teams.fail_well", "teams.facilitation", "services.team_leader_control"),
    still=(),
    has_mean_field=True,
)
