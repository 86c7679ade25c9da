"""Who works where: services, teams, staff groups and leaders, generated from a shape or read from tables.

An organisation is a set of *seats*. Staff seats are ordered by team and teams by service, so that a team is a run of
consecutive rows. It knows nothing of ties (``ties.py``) or of what people feel (``state.py``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sim.base.chance import Streams, chance_key, uniforms_for_seats
from sim.base.errors import nearest_name
from sim.base.field_messages import WrongValueError, as_written

__all__ = [
    "STAFF_GROUP_NAMES",
    "Chance",
    "GivenTies",
    "GroupScores",
    "Names",
    "Organisation",
    "OrganisationShape",
    "Scores",
    "StaffGroup",
    "generate",
]


class StaffGroup(IntEnum):
    """The staff groups, in the order of the columns that report them."""

    MEDICAL = 0
    NURSING = 1
    ALLIED_HEALTH = 2
    OPERATIONS = 3
    ADMINISTRATION = 4


STAFF_GROUP_NAMES = tuple(group.name.lower() for group in StaffGroup)

LARGEST_ORGANISATION = 10_000_000
"""Staff of a made-up organisation, at most: what fits into the memory of an ordinary machine."""

LARGEST_SHARE = 1_000_000

SENIOR_TITLES = ("Medical Director", "Operations Director", "Nurse Director")


class OrganisationShape(BaseModel):
    """The shape of a made-up organisation: sizes, mix of staff groups and how people are tied to one another."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    services: int = Field(1, ge=1, le=100_000, description="number of services, each with its own senior leaders")
    teams: int = Field(37, ge=1, le=1_000_000, description="teams in each service")
    team_size: int = Field(8, ge=1, le=100_000, description="staff in each team, without its leader")
    senior_leaders: int = Field(3, ge=1, le=20, description="senior leaders of each service (3 are a trio)")
    staff_mix: dict[str, float] = Field(
        default_factory=lambda: dict(zip(STAFF_GROUP_NAMES, (0.15, 0.45, 0.20, 0.10, 0.10), strict=True)),
        description="share of each staff group; shares are scaled to sum to 1",
    )
    team_composition: Literal["mixed", "single"] = Field(
        "mixed", description='"mixed": every team has all groups; "single": a team is of one group'
    )
    cross_team_ties: float = Field(3.0, ge=0, le=20, description="ties to colleagues in other teams, mean per person")
    far_ties: float = Field(
        0.2, ge=0, le=1, description="share of those ties that reach anybody in the service, not a neighbouring team"
    )
    own_group_preference: float = Field(
        0.3,
        ge=0,
        le=1,
        description="preference for one's own staff group: 0 none, 1 others only when nobody else is met",
    )
    ties_between_services: float = Field(
        0.05, ge=0, le=1, description="share of those ties that reach another service, where there are several"
    )
    seed: int = Field(1, ge=0, lt=2**32, description="draws staff groups, ties, committees and reached shares")

    @field_validator("staff_mix")
    @classmethod
    def _check_mix(cls, mix: dict[str, float]) -> dict[str, float]:
        for name, share in mix.items():
            if name not in STAFF_GROUP_NAMES:
                hint = nearest_name(name[:100], STAFF_GROUP_NAMES) or f"they are {', '.join(STAFF_GROUP_NAMES)}"
                raise WrongValueError(name, "the name of a staff group", as_written(name), hint)
            if not 0 <= share <= LARGEST_SHARE:
                wanted = f"a number from 0 to {LARGEST_SHARE:,} (share of the group; shares are scaled to sum to 1)"
                raise WrongValueError(name, wanted, f"{share:g}")
        if sum(mix.values()) <= 0:
            raise WrongValueError("", "shares with a sum above 0", "no shares above 0")
        return mix

    @model_validator(mode="after")
    def _check_size(self) -> Self:
        n_staff = self.services * self.teams * self.team_size
        if n_staff > LARGEST_ORGANISATION:
            wanted = f"services x teams x team_size of at most {LARGEST_ORGANISATION:,} staff"
            raise WrongValueError("", wanted, f"{n_staff:,}")
        return self


@dataclass(frozen=True)
class Names:
    """What the seats of a real organisation are called.

    Parameters
    ----------
    staff, teams, services, seniors : one name per seat, team, service, senior leader, in the organisation's order
    """

    staff: tuple[str, ...]
    teams: tuple[str, ...]
    services: tuple[str, ...]
    seniors: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class GroupScores:
    """What a survey says of groups of people, such as teams, and not of each of them.

    Parameters
    ----------
    of_seat : [n_staff], the group whose score is all that is known of a seat; -1 where more is known, or nothing
    value : [n_groups], the mean of the group's scores, or the share of them who agree; in [0, 1]
    is_share : [n_groups], which of the two it is
    agrees_above : [n_groups], the score above which somebody agrees; in [0, 1]
    answered : [n_groups], how many people answered; 0 where that is not told
    spread : [n_groups], standard deviation between people; NaN where it is not told
    answers, answers_of : [n_answers], every answer that somebody gave without a name, in [0, 1], and of which group;
        a group of which they are known is made of them, and not of its mean
    """

    of_seat: NDArray[np.int64]
    value: NDArray[np.float64]
    is_share: NDArray[np.bool_]
    agrees_above: NDArray[np.float64]
    answered: NDArray[np.int64]
    spread: NDArray[np.float64]
    answers: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    answers_of: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def arrays(self) -> tuple[NDArray[Any], ...]:
        """Return all that is known of the groups, in the order of the parameters; answers where there are any."""
        summed = (self.of_seat, self.value, self.is_share, self.agrees_above, self.answered, self.spread)
        return (*summed, self.answers, self.answers_of) if self.answers.size else summed


@dataclass(frozen=True)
class Scores:
    """Survey scores of a real organisation, rescaled to [0, 1].

    Parameters
    ----------
    safety, efficacy : [n_staff]; in [0, 1], NaN where nobody answered; where only a group's score is known, its mean
    safety_groups, efficacy_groups : of which people only their group's score is known, so that each replicate has to
        make people who have it; None where everybody's own is
    """

    safety: NDArray[np.float64]
    efficacy: NDArray[np.float64]
    safety_groups: GroupScores | None = None
    efficacy_groups: GroupScores | None = None

    @property
    def safety_open(self) -> NDArray[np.bool_] | None:
        """[n_staff], whether a score is only that of the person's group; None where none is."""
        return None if self.safety_groups is None else np.asarray(self.safety_groups.of_seat >= 0)

    @property
    def efficacy_open(self) -> NDArray[np.bool_] | None:
        """[n_staff], likewise."""
        return None if self.efficacy_groups is None else np.asarray(self.efficacy_groups.of_seat >= 0)

    @property
    def n_open(self) -> int:
        """How many people's scores are only those of their group."""
        masks = [mask for mask in (self.safety_open, self.efficacy_open) if mask is not None]
        return int(np.logical_or.reduce(masks).sum()) if masks else 0

    @property
    def leaves_people_open(self) -> bool:
        """Whether a survey says nothing, or a group's score alone, of somebody: replicates then differ in staff."""
        return self.n_open > 0 or bool(np.isnan(self.safety).any() or np.isnan(self.efficacy).any())


class Chance(NamedTuple):
    """The numbers by which chance knows people, teams and services of a real organisation.

    They follow from ids and names: who is left out of the tables, or stands elsewhere in them, moves nobody else's
    chance events.

    Parameters
    ----------
    staff, teams, seniors, services : [n_staff], [n_teams], [n_seniors], [n_services], uint32; all different
    """

    staff: NDArray[np.uint32]
    teams: NDArray[np.uint32]
    seniors: NDArray[np.uint32]
    services: NDArray[np.uint32]


def chance_numbers(names: Sequence[str]) -> NDArray[np.uint32]:
    """Return a number for each of some different names, which the other names do not decide.

    Two names that come to the same number are a chance of one in millions; then the later in the alphabet is numbered
    anew.
    """
    numbers: dict[str, int] = {}
    taken: set[int] = set()
    for name in sorted(names):
        attempt = 0
        while (number := _number_of(name, attempt)) in taken:
            attempt += 1
        taken.add(number)
        numbers[name] = number
    return np.array([numbers[name] for name in names], dtype=np.uint32)


def _number_of(name: str, attempt: int) -> int:
    digest = hashlib.blake2b(f"{attempt} {name}".encode(errors="surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "little")


@dataclass(frozen=True, eq=False)
class GivenTies:
    """Ties of a real organisation, once each.

    A pair whose two directions differ in weight stands as a mutual tie of the smaller weight and a one-way tie of what
    is left, so that weights can be summed: of those whom somebody names, and of ties between teams.

    Parameters
    ----------
    pairs : [n_ties, 2] staff rows: of a mutual tie the smaller first, of a one-way tie who names whom; ties within a
        team are among them, and take the place of "everybody with everybody" there
    layers : [n_ties], 0 cross-team, 1 committee
    weights : [n_ties], above 0; 1 is an ordinary tie
    one_way : [n_ties], whether only the first of the pair names the second
    leaders_teams, leaders_weights : [n_links, 2] teams that ties of team leaders link, and their weight
    """

    pairs: NDArray[np.int64]
    layers: NDArray[np.uint8]
    weights: NDArray[np.float64]
    one_way: NDArray[np.bool_]
    leaders_teams: NDArray[np.int64]
    leaders_weights: NDArray[np.float64]

    @classmethod
    def plain(cls, pairs: NDArray[np.int64], layers: NDArray[np.uint8]) -> Self:
        """Return ordinary mutual ties of staff: all of one weight, and none of leaders."""
        n = len(pairs)
        return cls(
            pairs, layers, np.ones(n), np.zeros(n, dtype=np.bool_), np.zeros((0, 2), dtype=np.int64), np.zeros(0)
        )

    @property
    def are_plain(self) -> bool:
        """Whether they say no more than pairs and layers do."""
        return not (self.one_way.any() or (self.weights != 1.0).any() or len(self.leaders_teams))

    def names(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return who names whom, [n, 2] staff rows, and how strongly, [n]; a mutual tie stands both ways round."""
        both = ~self.one_way
        return (
            np.concatenate([self.pairs, self.pairs[both, ::-1]]),
            np.concatenate([self.weights, self.weights[both]]),
        )

    def within_teams(self, team: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return [n_ties], whether a tie is within a team; ``team`` is [n_staff], the team of each seat."""
        return np.equal(team[self.pairs[:, 0]], team[self.pairs[:, 1]])


@dataclass(frozen=True, eq=False, repr=False)
class Organisation:
    """The seats of an organisation.

    Parameters
    ----------
    staff_group : [n_staff], :class:`StaffGroup` of each staff seat
    team_start : [n_teams + 1]; team ``l`` is the staff rows ``team_start[l]`` to ``team_start[l + 1]``
    service_team_start : [n_services + 1]; service ``v`` is the teams from ``service_team_start[v]``
    service_senior_start : [n_services + 1]; likewise for its senior leaders
    shape : how it was generated, and how ties are drawn where none are given
    names : what seats are called, None for a made-up organisation
    tenure_weeks : [n_staff], known tenure or -1; None when none is known
    scores : survey scores, None when there was no survey
    given_ties : ties of a real organisation; None when ties are drawn
    notices : what was assumed while it was read, in sentences
    chance : the numbers of a real organisation's people; None for a made-up one, where the row is the number
    """

    staff_group: NDArray[np.uint8]
    team_start: NDArray[np.int64]
    service_team_start: NDArray[np.int64]
    service_senior_start: NDArray[np.int64]
    shape: OrganisationShape
    names: Names | None = None
    tenure_weeks: NDArray[np.int64] | None = None
    scores: Scores | None = None
    given_ties: GivenTies | None = None
    notices: tuple[str, ...] = ()
    chance: Chance | None = None

    def __repr__(self) -> str:
        services = "1 service" if self.n_services == 1 else f"{self.n_services:,} services"
        return f"<Organisation of {self.n_staff:,} staff in {self.n_teams:,} teams of {services}>"

    @property
    def n_staff(self) -> int:
        """Number of staff seats (team leaders and senior leaders not counted)."""
        return len(self.staff_group)

    @property
    def n_teams(self) -> int:
        """Number of teams, and of team leaders."""
        return len(self.team_start) - 1

    @property
    def n_services(self) -> int:
        """Number of services."""
        return len(self.service_team_start) - 1

    @property
    def n_seniors(self) -> int:
        """Number of senior leaders in all services."""
        return int(self.service_senior_start[-1])

    @property
    def n_people(self) -> int:
        """Everybody: staff, team leaders and senior leaders."""
        return self.n_staff + self.n_teams + self.n_seniors

    @property
    def team_sizes(self) -> NDArray[np.int64]:
        """[n_teams]; staff in each team."""
        return np.diff(self.team_start)

    def team_of_staff(self) -> NDArray[np.int64]:
        """Return [n_staff], the team of each staff seat."""
        return np.repeat(np.arange(self.n_teams), self.team_sizes)

    def service_of_teams(self) -> NDArray[np.int64]:
        """Return [n_teams], the service of each team."""
        return np.repeat(np.arange(self.n_services), np.diff(self.service_team_start))

    def service_of_staff(self) -> NDArray[np.int64]:
        """Return [n_staff], the service of each staff seat."""
        return np.repeat(self.service_of_teams(), self.team_sizes)

    def chance_numbers(self) -> Chance:
        """Return the numbers by which chance knows everybody."""
        if self.chance is not None:
            return self.chance
        sizes = (self.n_staff, self.n_teams, self.n_seniors, self.n_services)
        return Chance(*(np.arange(size, dtype=np.uint32) for size in sizes))

    def staff_name(self, seat: int) -> str:
        """Return what a staff seat is called."""
        return self.names.staff[seat] if self.names else f"Staff {seat + 1}"

    def team_name(self, team: int) -> str:
        """Return what a team is called."""
        return self.names.teams[team] if self.names else f"Team {team + 1}"

    def service_name(self, service: int) -> str:
        """Return what a service is called."""
        return self.names.services[service] if self.names else f"Service {service + 1}"

    def senior_name(self, senior: int) -> str:
        """Return the title or name of a senior leader."""
        if self.names:
            return self.names.seniors[senior]
        service = int(np.searchsorted(self.service_senior_start, senior, side="right")) - 1
        place = senior - int(self.service_senior_start[service])
        return SENIOR_TITLES[place] if place < len(SENIOR_TITLES) else f"Senior leader {place + 1}"

    def team_names(self) -> tuple[str, ...]:
        """Return the names of all teams."""
        return tuple(self.team_name(team) for team in range(self.n_teams))

    def service_names(self) -> tuple[str, ...]:
        """Return the names of all services."""
        return tuple(self.service_name(service) for service in range(self.n_services))


def generate(shape: OrganisationShape) -> Organisation:
    """Make an organisation of equal services and teams.

    Examples
    --------
    >>> generate(OrganisationShape()).n_people
    336
    """
    n_teams = shape.services * shape.teams
    team_start = np.arange(n_teams + 1, dtype=np.int64) * shape.team_size
    return Organisation(
        staff_group=_compose(shape, team_start),
        team_start=team_start,
        service_team_start=np.arange(shape.services + 1, dtype=np.int64) * shape.teams,
        service_senior_start=np.arange(shape.services + 1, dtype=np.int64) * shape.senior_leaders,
        shape=shape,
    )


def _compose(shape: OrganisationShape, team_start: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Give seats (or whole teams) their staff group: the exact shares of the mix, in an order that chance decides."""
    weights = np.array([shape.staff_mix.get(name, 0.0) for name in STAFF_GROUP_NAMES])
    edges = np.cumsum(weights) / weights.sum()
    n_drawn = len(team_start) - 1 if shape.team_composition == "single" else int(team_start[-1])
    order = np.argsort(uniforms_for_seats(chance_key(shape.seed), Streams.COMPOSITION, 0, n_drawn)[0], kind="stable")
    group = np.empty(n_drawn, dtype=np.uint8)
    group[order] = np.searchsorted(edges, (np.arange(n_drawn) + 0.5) / n_drawn, side="right")
    return np.repeat(group, np.diff(team_start)) if shape.team_composition == "single" else group
