"""Where everybody stands in the picture of an organisation.

The senior leaders are in the middle of their service, teams around them (alike: in rings; of many sizes: packed), and
each team's people around their leader. Positions depend on the organisation alone, so the same service always looks the
same; they are in units of the width of the picture, from 0 to 1, and come from a cache.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.inputs.organisation import Organisation

__all__ = ["Layout", "lay_out"]

Points = NDArray[np.float64]

_RING_MEMBERS = 12
"""Teams up to this size stand in one ring around their leader; larger ones fill a disc."""

_GOLDEN_ANGLE = math.pi * (3.0 - math.sqrt(5.0))
_FIRST_RING = 1.35
"""Radius of the innermost ring of teams, in widths of a team: room for the senior leaders."""

_ROOM_BETWEEN = 1.12
"""Room for a team, in its own diameters."""

_ALIKE = 1.4
"""Teams whose radii differ by less than this factor stand in rings; others are packed, the largest in the middle."""

_ROOM_OF_SENIOR = 2.0
"""Room around a senior leader where teams are packed, in distances between colleagues."""


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
        trio = slice(senior_start[service], senior_start[service + 1])
        n_seniors = senior_start[service + 1] - senior_start[service]
        arranged = _rings if team_radius[teams].max() < _ALIKE * team_radius[teams].min() else _packed
        leaders[teams], seniors[trio], extent[service] = arranged(team_radius[teams], n_seniors)
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


def _rings(team_radius: NDArray[np.float64], n_seniors: int) -> tuple[Points, Points, float]:
    """Return where a service's teams stand in rings, where its senior leaders do, and the radius of the whole."""
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
    seniors = _circle(n_seniors, 0.62 * float(team_radius.max()))
    return np.concatenate(places), seniors, radii[-1] + float(team_radius.max())


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


def _packed(team_radius: NDArray[np.float64], n_seniors: int) -> tuple[Points, Points, float]:
    """Return the same as :func:`_rings`, for teams of many sizes: packed, the largest nearest to the middle."""
    around = max(_ROOM_OF_SENIOR / 2, n_seniors * _ROOM_OF_SENIOR / (2 * math.pi))
    order = np.argsort(-team_radius, kind="stable")
    room = _ROOM_BETWEEN * team_radius[order]
    leaders = np.zeros((len(team_radius), 2))
    leaders[order] = _pack(room.tolist(), core=around + _ROOM_OF_SENIOR / 2)
    seniors = _circle(n_seniors, around if n_seniors > 1 else 0.0)
    middle = _middle(leaders, team_radius)
    reach = np.hypot(*(leaders - middle).T) + team_radius
    return leaders - middle, seniors - middle, float(reach.max())


def _middle(points: Points, radius: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return about the middle of the smallest disc around circles: step by step towards the furthest."""
    middle = np.zeros(2)
    for step in range(1, 300):
        away = points - middle
        furthest = int((np.hypot(*away.T) + radius).argmax())
        middle = middle + away[furthest] / (step + 1)
    return middle


class _Front:
    """A circle on the rim of those that are placed, with its neighbours along the rim."""

    __slots__ = ("after", "before", "r", "x", "y")

    def __init__(self, x: float, y: float, r: float) -> None:
        self.x, self.y, self.r = x, y, r
        self.before = self.after = self

    def meets(self, other: _Front) -> bool:
        return math.hypot(self.x - other.x, self.y - other.y) < self.r + other.r - 1e-6

    def distance(self) -> float:
        """Return how far from (0, 0) this circle and the next one meet."""
        both = self.r + self.after.r
        x = (self.x * self.after.r + self.after.x * self.r) / both
        return math.hypot(x, (self.y * self.after.r + self.after.y * self.r) / both)


def _pack(radii: list[float], core: float) -> Points:
    """Return [n, 2], circles packed around a core at (0, 0), each where the rim is nearest to it.

    Front-chain packing after Wang, Wang, Dai and Wang (2006), Visualization of large hierarchical data by circle
    packing.
    """
    middle = _Front(0.0, 0.0, core)
    circles = [_Front(core + radii[0], 0.0, radii[0])]
    left = middle
    left.after = left.before = circles[0]
    circles[0].after = circles[0].before = left
    for radius in radii[1:]:
        left, placed = _find_place(left, radius)
        placed.before, placed.after = left, left.after
        left.after.before = left.after = placed
        circles.append(placed)
        left = _nearest(placed)
    return np.array([[circle.x, circle.y] for circle in circles])


def _find_place(left: _Front, radius: float) -> tuple[_Front, _Front]:
    """Return where on the rim a circle fits, and the circle there; what it would bury leaves the rim."""
    while True:
        right = left.after
        placed = _touching(left, right, radius)
        after, before = right.after, left.before
        along_after, along_before = right.r, left.r
        while after is not before.after:
            if along_after <= along_before:
                if after.meets(placed):
                    left.after, after.before = after, left
                    break
                along_after += after.r
                after = after.after
            else:
                if before.meets(placed):
                    before.after, right.before = right, before
                    left = before
                    break
                along_before += before.r
                before = before.before
        else:
            return left, placed


def _touching(left: _Front, right: _Front, radius: float) -> _Front:
    """Return a circle that touches two, on the outer side of the rim."""
    dx, dy = right.x - left.x, right.y - left.y
    squared = dx * dx + dy * dy
    to_left, to_right = (left.r + radius) ** 2, (right.r + radius) ** 2
    along = (squared + to_left - to_right) / (2 * squared)
    aside = math.sqrt(max(0.0, to_left / squared - along * along))
    return _Front(left.x + along * dx + aside * dy, left.y + along * dy - aside * dx, radius)


def _nearest(start: _Front) -> _Front:
    """Return the circle of the rim after which there is room nearest to the middle."""
    best, circle = start, start.after
    while circle is not start:
        if circle.distance() < best.distance():
            best = circle
        circle = circle.after
    return best


def _service_centres(extent: NDArray[np.float64]) -> Points:
    """Return [n_services, 2], services in rows of a grid about as wide as high, each column as wide as needed."""
    n_services = len(extent)
    n_columns = math.ceil(math.sqrt(n_services))
    row, column = np.divmod(np.arange(n_services), n_columns)
    return np.stack([_middles(column, extent), _middles(row, extent)], axis=1)


def _middles(line: NDArray[np.int64], extent: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where the columns (or rows) of a grid have their middles, for each service."""
    widest = np.zeros(line.max() + 1)
    np.maximum.at(widest, line, 1.075 * extent)
    return (np.cumsum(2 * widest) - widest)[line]
