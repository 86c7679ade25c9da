"""Who is tied to whom: layers of ties, as a networkx graph to look at and as sparse rows to compute with.

Layers: *team* (everybody in a team), *cross_team* (colleagues in other teams), *committee* (people of several teams who
meet), *reporting* (staff to team leader to senior leaders). Team ties are not stored one by one: a team is a run of
rows. Where ties within a team are given, they take the place of "everybody". Given ties may have weights, and a
direction (whom somebody names). Teams are tied as well: as strongly as people in them, or their leaders, are tied. Both
faces come from one list of ties, so that they cannot differ.

A cross-team tie reaches a neighbouring team (teams stand on a ring) or, for the share ``far_ties``, anybody in the
service: a small world in the sense of Watts and Strogatz (1998), with a preference for one's own staff group.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.base.chance import Streams, chance_key, uniforms_at, uniforms_for_seats
from sim.inputs.organisation import GivenTies, Organisation

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Ties", "build_network", "build_ties", "freeze", "standing_pairs", "standing_ties"]

CROSS_TEAM, COMMITTEE = 0, 1
_LAYER_NAMES = ("cross_team", "committee")
_TRIES = 6
"""Partners that a person meets before a tie is given up (own team, tied already, or another staff group)."""


@dataclass(frozen=True, eq=False)
class Ties:
    """Sparse rows of the ties that a run of rows does not say, of people and of teams.

    Parameters
    ----------
    indptr, indices, weight : [n_staff + 1], [n_rows], uint32, and [n_rows]; of each person the neighbours by standing
        ties (cross-team, committees given as tables, ties within a team where they are given) and the ties' weights
    committee_indptr, committee_indices : likewise, ties of committees that an intervention sets up; the first is empty
        when there is none
    committee_entry : [2 n_committee_ties], uint8; which committee a tie is of
    team_indptr, team_indices, team_weight : likewise, of each team the teams that it is tied to, and the sum of the
        weights of the ties between the two
    team_committee : [n_team_rows], int16; the committee that these ties are of, -1 for standing ones
    all_tied : [n_teams]; whether everybody in a team is tied to everybody
    n_ties : number of standing ties (each counted once)
    """

    indptr: NDArray[np.uint32]
    indices: NDArray[np.uint32]
    weight: NDArray[np.float64]
    committee_indptr: NDArray[np.uint32]
    committee_indices: NDArray[np.uint32]
    committee_entry: NDArray[np.uint8]
    team_indptr: NDArray[np.uint32]
    team_indices: NDArray[np.uint32]
    team_weight: NDArray[np.float64]
    team_committee: NDArray[np.int16]
    all_tied: NDArray[np.bool_]
    n_ties: int


def build_ties(organisation: Organisation, committees: tuple[NDArray[np.int64], ...] = ()) -> Ties:
    """Return the ties of an organisation as sparse rows.

    Parameters
    ----------
    organisation : who works where; its own ties are taken if it has any, otherwise they are drawn
    committees : staff rows of the members of each committee that an intervention sets up; everybody in one service's
        part of a committee is tied to all the others of that service
    """
    standing = standing_ties(organisation)
    new_pairs, entries = _committee_pairs(organisation, committees, _codes(standing.pairs, organisation.n_staff))
    return _as_rows(organisation, standing, new_pairs, entries)


def standing_pairs(organisation: Organisation) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return who is tied across teams by standing ties, each two once, and their layers.

    [n_pairs, 2] staff rows with the smaller first, [n_pairs].
    """
    standing = standing_ties(organisation)
    across = ~standing.within_teams(organisation.team_of_staff())
    ends = np.sort(standing.pairs[across], axis=1)
    _, first = np.unique(_codes(ends, organisation.n_staff), return_index=True)
    return ends[first], standing.layers[across][first]


def standing_ties(organisation: Organisation) -> GivenTies:
    """Return the standing ties: those that are given, or else ties across teams that chance draws."""
    if organisation.given_ties is not None:
        return organisation.given_ties
    pairs = _draw_cross_team(organisation)
    return GivenTies.plain(pairs, np.zeros(len(pairs), dtype=np.uint8))


def _codes(pairs: NDArray[np.int64], n_staff: int) -> NDArray[np.int64]:
    """Return one whole number for each pair, the same whichever way round it is."""
    return np.asarray(pairs.min(axis=1, initial=n_staff) * n_staff + pairs.max(axis=1, initial=0), dtype=np.int64)


def _as_rows(
    organisation: Organisation,
    standing: GivenTies,
    committee_pairs: NDArray[np.int64],
    entries: NDArray[np.uint8],
) -> Ties:
    """Return ties from the standing ones and from the list of pairs in committees, with the entry of each."""
    n_staff = organisation.n_staff
    ends, weights = _summed(*standing.names())
    indptr, indices, (weight,) = _rows(ends, n_staff, weights)
    none = np.zeros(0, dtype=np.uint32)
    dated = (none, none, none.astype(np.uint8))
    if len(committee_pairs):
        both, entry = _both_ways(committee_pairs, entries)
        committee_indptr, committee_indices, (committee_entry,) = _rows(both, n_staff, entry)
        dated = (committee_indptr, committee_indices, committee_entry)
    team = organisation.team_of_staff()
    all_tied = np.ones(organisation.n_teams, dtype=bool)
    all_tied[team[standing.pairs[standing.within_teams(team), 0]]] = False
    team_indptr, team_indices, team_weight, team_committee = _team_rows(
        organisation, standing, committee_pairs, entries
    )
    return Ties(
        indptr, indices, weight, *dated, team_indptr=team_indptr, team_indices=team_indices, team_weight=team_weight,
        team_committee=team_committee, all_tied=all_tied, n_ties=len(standing.pairs),
    )  # fmt: skip


def _summed(ends: NDArray[np.int64], weights: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return each pair of ends once, with the sum of its weights."""
    if not len(ends):
        return ends, weights
    single, which = np.unique(ends, axis=0, return_inverse=True)
    return single, np.bincount(which.ravel(), weights=weights).astype(np.float64)


def _both_ways(pairs: NDArray[np.int64], *values: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Return pairs from both ends, and the values of each end."""
    return np.concatenate([pairs, pairs[:, ::-1]]), *(np.concatenate([own, own]) for own in values)


def _rows(
    ends: NDArray[np.int64], n_rows: int, *values: NDArray[Any]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], tuple[NDArray[Any], ...]]:
    """Return sparse rows of ties [n, 2] from row to row, others in rising order, with the values of each tie.

    A pair that two committees have in common has two ties: each counts when its committee meets.
    """
    order = np.lexsort((*values[::-1], ends[:, 1], ends[:, 0]))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(ends[:, 0], minlength=n_rows))])
    return indptr.astype(np.uint32), ends[order, 1].astype(np.uint32), tuple(own[order] for own in values)


def _team_rows(
    organisation: Organisation, standing: GivenTies, committee_pairs: NDArray[np.int64], entries: NDArray[np.uint8]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.float64], NDArray[np.int16]]:
    """Return sparse rows of teams: the sum of weights between each two, of standing ties and of each committee's."""
    team = organisation.team_of_staff()
    pairs = np.concatenate([team[standing.pairs], standing.leaders_teams, team[committee_pairs]])
    weights = np.concatenate([standing.weights, standing.leaders_weights, np.ones(len(committee_pairs))])
    n_standing = len(standing.pairs) + len(standing.leaders_teams)
    committee = np.concatenate([np.full(n_standing, -1), entries]).astype(np.int16)
    apart = pairs[:, 0] != pairs[:, 1]
    ends, committee, weights = _both_ways(pairs[apart], committee[apart], weights[apart])
    kinds, which = np.unique(np.column_stack([ends, committee]), axis=0, return_inverse=True)
    total = np.zeros(len(kinds))
    np.add.at(total, which.ravel(), weights)
    indptr, indices, (committee, weights) = _rows(kinds[:, :2], organisation.n_teams, kinds[:, 2], total)
    return indptr, indices, weights, committee.astype(np.int16)


def _draw_cross_team(organisation: Organisation) -> NDArray[np.int64]:
    """Draw the cross-team ties: each person starts half of the mean number, with partners that chance proposes."""
    n_staff = organisation.n_staff
    in_order = np.argsort(organisation.chance_numbers().staff)
    starts = np.repeat(in_order, _ties_started(organisation)[in_order])
    team = organisation.team_of_staff()
    found = np.zeros(0, dtype=np.int64)
    waiting = np.arange(len(starts))
    for attempt in range(_TRIES):
        draws = _partner_draws(organisation, starts, attempt)
        partner = _propose(organisation, team, starts[waiting], draws[:, waiting])
        pairs = np.stack([starts[waiting], partner], axis=1)
        fits = _suits(organisation, team, pairs, draws[3, waiting], last=attempt == _TRIES - 1)
        codes = np.where(fits, _codes(pairs, n_staff), -1)
        unique, first = np.unique(codes, return_index=True)
        new = first[(unique >= 0) & ~np.isin(unique, found, assume_unique=True)]
        found = np.sort(np.concatenate([found, codes[new]]))
        waiting = np.delete(waiting, new)
        if not len(waiting):
            break
    return np.stack([found // n_staff, found % n_staff], axis=1)


def _ties_started(organisation: Organisation) -> NDArray[np.int64]:
    """Return [n_staff], how many ties each person starts: half the mean number of ties, rounded by chance."""
    half = organisation.shape.cross_team_ties / 2
    if organisation.n_teams < 2:
        return np.zeros(organisation.n_staff, dtype=np.int64)
    numbers = organisation.chance_numbers().staff
    draw = uniforms_at(chance_key(organisation.shape.seed), Streams.CROSS_TEAM, 0, numbers)[0]
    return np.asarray(int(half) + (draw < half - int(half)), dtype=np.int64)


def _partner_draws(organisation: Organisation, starts: NDArray[np.int64], attempt: int) -> NDArray[np.float64]:
    """Return [4, n_starts], the chance of each tie that somebody starts: by its place, or by who starts it."""
    key = chance_key(organisation.shape.seed)
    if organisation.chance is None:
        return uniforms_for_seats(key, Streams.CROSS_TEAM_PARTNER, attempt, len(starts))
    draws = np.empty((4, len(starts)))
    begins = np.flatnonzero(np.diff(starts, prepend=-1))
    turn = np.arange(len(starts)) - np.repeat(begins, np.diff(begins, append=len(starts)))
    for k in range(int(turn.max(initial=-1)) + 1):
        own = turn == k
        numbers = organisation.chance.staff[starts[own]]
        draws[:, own] = uniforms_at(key, Streams.CROSS_TEAM_PARTNER, attempt + _TRIES * k, numbers)
    return draws


def _propose(
    organisation: Organisation, team: NDArray[np.int64], person: NDArray[np.int64], draws: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Propose a partner for each tie: in a team next door, in the service, or in another service."""
    shape = organisation.shape
    service = organisation.service_of_teams()[team[person]]
    first_team = organisation.service_team_start[service]
    n_teams = organisation.service_team_start[service + 1] - first_team
    steps = np.where(draws[1] < 0.5, -1, 1)
    ring, place = _ring(organisation)
    near = ring[first_team + (place[team[person]] - first_team + steps) % n_teams]
    outside = shape.ties_between_services if organisation.n_services > 1 else 0.0
    reach = draws[0]
    is_outside, is_far = reach < outside, reach < outside + (1 - outside) * shape.far_ties

    def among(anybody: int, in_service: NDArray[np.int64], in_team: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.where(is_outside, anybody, np.where(is_far, in_service, in_team))

    # What is left of the first draw, after it has said how far the tie reaches, says nothing more: use the third.
    start = organisation.team_start
    first = among(0, start[first_team], start[near])
    last = among(organisation.n_staff, start[first_team + n_teams], start[near + 1])
    return _member(organisation, first, last, draws[2])


def _ring(organisation: Organisation) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the teams as they stand on the ring of their service, and the place of each.

    Made-up teams stand in their order; those of tables by their numbers, so that the order of rows decides nothing.
    """
    in_order = np.arange(organisation.n_teams)
    if organisation.chance is None:
        return in_order, in_order
    ring = np.lexsort((organisation.chance.teams, organisation.service_of_teams()))
    place = np.empty_like(ring)
    place[ring] = in_order
    return ring, place


def _member(
    organisation: Organisation, first: NDArray[np.int64], last: NDArray[np.int64], draw: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return a row of each ``[first, last)``: by its place, or by whose number suits the draw best.

    Who is best does not hang on who else is there, except where it is one of these (rendezvous hashing, Thaler and
    Ravishankar 1998).
    """
    if organisation.chance is None:
        return np.asarray(first + (draw * (last - first)).astype(np.int64), dtype=np.int64)
    numbers, salt = organisation.chance.staff.astype(np.uint64), (draw * 2.0**53).astype(np.uint64)
    ends = zip(first.tolist(), last.tolist(), salt, strict=True)
    return np.array([start + int(_mixed(numbers[start:end], own).argmin()) for start, end, own in ends], dtype=np.int64)


def _mixed(numbers: NDArray[np.uint64], salt: np.uint64) -> NDArray[np.uint64]:
    """Return numbers mixed with a salt until nothing can be told from them (the finaliser of splitmix64)."""
    mixed = numbers * np.uint64(0x9E3779B97F4A7C15) ^ salt
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def _suits(
    organisation: Organisation, team: NDArray[np.int64], pairs: NDArray[np.int64], draw: NDArray[np.float64], last: bool
) -> NDArray[np.bool_]:
    """Tell which proposed ties may stand: people of two teams, with the preference for one's own staff group."""
    person, partner = pairs[:, 0], pairs[:, 1]
    other_team = team[person] != team[partner]
    same_group = organisation.staff_group[person] == organisation.staff_group[partner]
    accepts = same_group | (draw >= organisation.shape.own_group_preference) | last
    return np.asarray(other_team & accepts, dtype=np.bool_)


def _committee_pairs(
    organisation: Organisation, committees: tuple[NDArray[np.int64], ...], known: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return the ties that committees add: not within a team, not where a tie stands already."""
    team, service = organisation.team_of_staff(), organisation.service_of_staff()
    pairs: list[tuple[int, int]] = []
    entries: list[int] = []
    standing = set(known.tolist())
    for entry, members in enumerate(committees):
        for a, b in combinations(sorted(members.tolist()), 2):
            if service[a] == service[b] and team[a] != team[b] and a * organisation.n_staff + b not in standing:
                pairs.append((a, b))
                entries.append(entry)
    return np.array(pairs, dtype=np.int64).reshape(-1, 2), np.array(entries, dtype=np.uint8)


def build_network(organisation: Organisation, committees: tuple[NDArray[np.int64], ...] = ()) -> nx.Graph:
    """Return everybody and all layers of ties as a networkx graph, to look at and to analyse.

    Nodes are ``("staff", row)``, ``("team_leader", team)`` and ``("senior_leader", row)`` with the attributes ``role``,
    ``name``, ``service`` and, where they apply, ``team`` and ``staff_group``; an edge has a ``layer``: ``team``,
    ``cross_team``, ``committee``, ``leaders`` (ties of team leaders with other teams, by team) or ``reporting``.
    Standing ties give their edges ``ties``: (row, row, layer, weight, whether it is one-way) of each. Committees that
    interventions set up give theirs ``entries``: the committees in which two meet.
    """
    import networkx as nx

    graph = nx.Graph()
    _add_people(graph, organisation)
    standing = standing_ties(organisation)
    all_tied = build_ties(organisation).all_tied
    for team, (start, end) in enumerate(zip(organisation.team_start[:-1], organisation.team_start[1:], strict=True)):
        members = [("staff", row) for row in range(int(start), int(end))]
        if all_tied[team]:
            graph.add_edges_from(combinations(members, 2), layer="team")
        graph.add_edges_from(((member, ("team_leader", team)) for member in members), layer="reporting")
    _add_standing(graph, organisation, standing)
    new_pairs, entries = _committee_pairs(organisation, committees, _codes(standing.pairs, organisation.n_staff))
    for (a, b), entry in zip(new_pairs.tolist(), entries.tolist(), strict=True):
        known = graph.get_edge_data(("staff", a), ("staff", b), {"entries": ()})["entries"]
        graph.add_edge(("staff", a), ("staff", b), layer="committee", entries=(*known, entry))
    return graph


def _add_standing(graph: nx.Graph, organisation: Organisation, standing: GivenTies) -> None:
    team = organisation.team_of_staff()
    columns = (standing.pairs, standing.layers, standing.weights, standing.one_way)
    for (a, b), layer, weight, one_way in zip(*(column.tolist() for column in columns), strict=True):
        name = "team" if team[a] == team[b] else _LAYER_NAMES[layer]
        _add_tie(graph, ("staff", a), ("staff", b), name, (a, b, layer, weight, one_way))
    for (a, b), weight in zip(standing.leaders_teams.tolist(), standing.leaders_weights.tolist(), strict=True):
        _add_tie(graph, ("team_leader", a), ("team_leader", b), "leaders", (a, b, 0, weight, False))


def _add_tie(
    graph: nx.Graph, one: tuple[str, int], other: tuple[str, int], layer: str, tie: tuple[int, int, int, float, bool]
) -> None:
    known = graph.get_edge_data(one, other, {"ties": ()})["ties"]
    graph.add_edge(one, other, layer=layer, ties=(*known, tie))


def _add_people(graph: nx.Graph, organisation: Organisation) -> None:
    team_of, service_of_team = organisation.team_of_staff(), organisation.service_of_teams()
    for row in range(organisation.n_staff):
        team = int(team_of[row])
        graph.add_node(
            ("staff", row),
            role="staff",
            name=organisation.staff_name(row),
            team=team,
            service=int(service_of_team[team]),
            staff_group=int(organisation.staff_group[row]),
        )
    for team in range(organisation.n_teams):
        service = int(service_of_team[team])
        name = f"Leader of {organisation.team_name(team)}"
        graph.add_node(("team_leader", team), role="team_leader", name=name, team=team, service=service)
        for senior in range(*organisation.service_senior_start[service : service + 2].tolist()):
            graph.add_edge(("team_leader", team), ("senior_leader", senior), layer="reporting")
    for senior in range(organisation.n_seniors):
        service = int(np.searchsorted(organisation.service_senior_start, senior, side="right")) - 1
        name = organisation.senior_name(senior)
        graph.add_node(("senior_leader", senior), role="senior_leader", name=name, service=service)


def freeze(graph: nx.Graph, organisation: Organisation) -> Ties:
    """Return the sparse rows of a network's ties (the same as :func:`build_ties` gives)."""
    edges = [data for _, _, data in graph.edges(data=True)]
    staff = [tie for data in edges if data["layer"] != "leaders" for tie in data.get("ties", ())]
    leaders = [tie for data in edges if data["layer"] == "leaders" for tie in data["ties"]]
    dated = [(a[1], b[1], entry) for a, b, data in graph.edges(data=True) for entry in data.get("entries", ())]
    of_staff, of_leaders = (np.array(ties, dtype=float).reshape(-1, 5) for ties in (staff, leaders))
    standing = GivenTies(
        pairs=of_staff[:, :2].astype(np.int64),
        layers=of_staff[:, 2].astype(np.uint8),
        weights=of_staff[:, 3],
        one_way=of_staff[:, 4].astype(bool),
        leaders_teams=of_leaders[:, :2].astype(np.int64),
        leaders_weights=of_leaders[:, 3],
    )
    committee = np.array(dated, dtype=np.int64).reshape(-1, 3)
    return _as_rows(organisation, standing, committee[:, :2], committee[:, 2].astype(np.uint8))
