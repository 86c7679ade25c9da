"""Where everybody stands in the picture of an organisation.

The senior leaders are in the middle of their service, teams in rings around them, and each team's people around their
leader. Positions depend on the organisation alone, so the same service always looks the same; they are in units of the
width of the picture, from 0 to 1, and come from a cache.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.organisation import Organisation

__all__ = ["Layout", "lay_out"]

Points = NDArray[np.float64]

_RING_MEMBERS = 12
"""Teams up to this size stand in one ring around their leader; larger ones fill a disc."""

_GOLDEN_ANGLE = math.pi * (3.0 - math.sqrt(5.0))
_FIRST_RING = 1.35
"""Radius of the innermost ring of teams, in widths of a team: room for the senior leaders."""

_ROOM_BETWEEN = 1.12
"""Room for a team, in its own diameters."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Positions of everybody, (x, y) in [0, 1].

    Parameters
    ----------
    staff, leaders, seniors, services : [n, 2]
    person_radius : radius of the mark of a person
    team_radius : [n_teams], radius of a team's disc
    service_radius : [n_services], radius of a service's disc
    """

    staff: Points
    leaders: Points
    seniors: Points
    services: Points
    person_radius: float
    team_radius: NDArray[np.float64]
    service_radius: NDArray[np.float64]


def lay_out(organisation: Organisation) -> Layout:
    """Return where everybody stands."""
    return _lay_out(
        tuple(organisation.team_start.tolist()),
        tuple(organisation.service_team_start.tolist()),
        tuple(organisation.service_senior_start.tolist()),
    )


@lru_cache(maxsize=32)
def _lay_out(team_start: tuple[int, ...], service_start: tuple[int, ...], senior_start: tuple[int, ...]) -> Layout:
    sizes = np.diff(np.array(team_start))
    team_radius = np.array([_team_radius(int(size)) for size in sizes])
    n_services = len(service_start) - 1
    leaders, seniors = np.zeros((len(sizes), 2)), np.zeros((senior_start[-1], 2))
    extent = np.zeros(n_services)
    for service in range(n_services):
        teams = slice(service_start[service], service_start[service + 1])
        leaders[teams], extent[service] = _rings(team_radius[teams])
        trio = slice(senior_start[service], senior_start[service + 1])
        n_seniors = senior_start[service + 1] - senior_start[service]
        seniors[trio] = _circle(n_seniors, 0.62 * float(team_radius[teams].max()))
    centres = _service_centres(extent)
    leaders += np.repeat(centres, np.diff(service_start), axis=0)
    seniors += np.repeat(centres, np.diff(senior_start), axis=0)
    staff = np.concatenate([leaders[team] + _members(int(size)) for team, size in enumerate(sizes)])
    low = (centres - extent[:, None]).min(axis=0)
    width = float(((centres + extent[:, None]).max(axis=0) - low).max())
    spare = (width - ((centres + extent[:, None]).max(axis=0) - low)) / 2

    def place(points: Points) -> Points:
        return np.asarray((points - low + spare) / width)

    return Layout(
        staff=place(staff),
        leaders=place(leaders),
        seniors=place(seniors),
        services=place(centres),
        person_radius=0.33 / width,
        team_radius=team_radius / width,
        service_radius=extent / width,
    )


def _team_radius(size: int) -> float:
    """Return the radius of a team's disc, in distances between colleagues."""
    if size <= _RING_MEMBERS:
        return max(1.0, size / (2 * math.pi)) + 0.55
    return 0.62 * math.sqrt(size) + 1.0


def _members(size: int) -> Points:
    """Return [size, 2], the members of a team around their leader."""
    if size <= _RING_MEMBERS:
        return _circle(size, max(1.0, size / (2 * math.pi)))
    place = np.arange(size)
    radius, angle = 0.62 * np.sqrt(place + 2.5), place * _GOLDEN_ANGLE
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _circle(n: int, radius: float, turn: float = -math.pi / 2) -> Points:
    if n == 1:
        return np.zeros((1, 2))
    angle = turn + 2 * math.pi * np.arange(n) / n
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _rings(team_radius: NDArray[np.float64]) -> tuple[Points, float]:
    """Return the places of a service's teams in rings around (0, 0), and the radius of the whole."""
    n_teams, room = len(team_radius), 2 * float(team_radius.max()) * _ROOM_BETWEEN
    radii = [_FIRST_RING * room / _ROOM_BETWEEN]
    while sum(_capacity(radius, room) for radius in radii) < n_teams:
        radii.append(radii[-1] + room * 0.92)
    counts = _spread(n_teams, [_capacity(radius, room) for radius in radii])
    places = [
        _circle(count, radius, turn=-math.pi / 2 + ring * 0.35) if count > 1 else np.array([[0.0, -radius]])
        for ring, (count, radius) in enumerate(zip(counts, radii, strict=True))
        if count
    ]
    return np.concatenate(places), radii[-1] + float(team_radius.max())


def _capacity(radius: float, room: float) -> int:
    return max(1, int(2 * math.pi * radius / room))


def _spread(total: int, capacities: list[int]) -> list[int]:
    """Share out teams over rings in proportion to the room there is, the outermost taking what is left."""
    whole = sum(capacities)
    counts = [min(capacity, round(total * capacity / whole)) for capacity in capacities]
    counts[-1] = min(capacities[-1], total - sum(counts[:-1]))
    ring = len(counts) - 1
    while sum(counts) < total:
        counts[ring] += min(capacities[ring] - counts[ring], total - sum(counts))
        ring -= 1
    return counts


def _service_centres(extent: NDArray[np.float64]) -> Points:
    """Return [n_services, 2], services in rows of a grid that is about as wide as high."""
    n_services = len(extent)
    n_columns = math.ceil(math.sqrt(n_services))
    step = 2.15 * float(extent.max())
    place = np.arange(n_services)
    return step * np.stack([place % n_columns, place // n_columns], axis=1).astype(float)
