"""Who reports to whom, as teams and leaders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.inputs.tables.columns import Role

__all__ = ["Chart", "roles_from_chart"]


@dataclass
class Chart:
    """Teams and leaders.

    Parameters
    ----------
    roles : of everybody who leads or is led
    team_of : for staff and team leaders, the id of whoever leads their team
    n_in_circles : reporting lines that were not followed, as they come back to where they began
    """

    roles: dict[str, Role] = field(default_factory=dict)
    team_of: dict[str, str] = field(default_factory=dict)
    n_in_circles: int = 0


def roles_from_chart(leader_of: Mapping[str, str]) -> Chart:
    """Return teams and leaders.

    Whoever has somebody reporting who leads nobody leads a team of those; whoever has only leaders reporting leads a
    service. So does the top, if most who report there are leaders; who else reports there is a team without a leader.

    Parameters
    ----------
    leader_of : the id of everybody's leader, "" for the top

    Examples
    --------
    >>> chart = roles_from_chart({"10": "", "11": "10", "12": "11", "13": "11"})
    >>> {own: role.value for own, role in chart.roles.items()}
    {'10': 'senior_leader', '11': 'team_leader', '12': 'staff', '13': 'staff'}
    """
    chart = Chart()
    lines = dict(leader_of)
    for own in _in_circles(lines):
        lines[own] = ""
        chart.n_in_circles += 1
    reports: dict[str, list[str]] = defaultdict(list)
    for own, leader in lines.items():
        if leader:
            reports[leader].append(own)
    for own, leader in lines.items():
        if own not in reports and not leader:
            continue  # of whom the chart says nothing
        under = reports.get(own, [])
        n_leading = sum(other in reports for other in under)
        if not under:
            chart.roles[own] = Role.STAFF
        elif n_leading == len(under) or (not leader and n_leading > len(under) - n_leading):
            chart.roles[own] = Role.SENIOR_LEADER
        else:
            chart.roles[own] = Role.TEAM_LEADER
            chart.team_of[own] = own
    for own, role in chart.roles.items():
        if role is Role.STAFF:
            chart.team_of[own] = lines[own]
    return chart


def _in_circles(leader_of: Mapping[str, str]) -> list[str]:
    """Return one person of each circle of reporting lines."""
    state: dict[str, int] = {}
    found = []
    for number, own in enumerate(leader_of, 1):
        path_end = own
        while path_end and path_end not in state:
            state[path_end] = number
            path_end = leader_of.get(path_end, "")
        if path_end and state[path_end] == number:
            found.append(path_end)
    return found
