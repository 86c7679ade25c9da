"""Ties: who may be tied to whom, how many ties there are, and two faces (network and sparse rows) that agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.plan import committee_members
from sim.engine.ties import Ties, build_network, build_ties, freeze, standing_pairs
from sim.inputs.interventions.committee import Committee
from sim.inputs.organisation import GivenTies, Organisation, OrganisationShape, generate
from tests.worlds import organisation_of, random_organisation


def tied_pairs(indptr: np.ndarray, indices: np.ndarray) -> list[tuple[int, int]]:
    """Return every tie twice, once from each end."""
    return [(i, int(j)) for i in range(len(indptr) - 1) for j in indices[indptr[i] : indptr[i + 1]]]


def same(one: Ties, other: Ties) -> bool:
    return all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes()
        for name in ("indptr", "indices", "committee_indptr", "committee_indices", "committee_entry")
    )


@given(seed=st.integers(0, 10_000))
def test_ties_are_mutual_and_single_and_never_within_a_team(seed: int) -> None:
    organisation = random_organisation(np.random.default_rng(seed))
    ties = build_ties(organisation)
    pairs = tied_pairs(ties.indptr, ties.indices)
    team = organisation.team_of_staff()

    assert sorted(pairs) == sorted((j, i) for i, j in pairs)
    assert len(pairs) == len(set(pairs)) == 2 * ties.n_ties
    assert all(team[i] != team[j] for i, j in pairs)
    assert pairs == sorted(pairs)


@given(seed=st.integers(0, 10_000), sizes=st.lists(st.integers(2, 12), max_size=3))
def test_network_and_sparse_rows_agree(seed: int, sizes: list[int]) -> None:
    """Committees may share members, and meet people who are tied already."""
    organisation = random_organisation(np.random.default_rng(seed))
    committees = tuple(
        committee_members(organisation, Committee(start_week=0, members=size), place)
        for place, size in enumerate(sizes)
    )

    assert same(freeze(build_network(organisation, committees), organisation), build_ties(organisation, committees))


def test_people_have_three_ties_on_average() -> None:
    ties = build_ties(generate(OrganisationShape(teams=125)))

    assert 2 * ties.n_ties / 1000 == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize("mean", [0.0, 0.5, 1.0, 5.0])
def test_the_mean_number_of_ties_can_be_chosen(mean: float) -> None:
    ties = build_ties(generate(OrganisationShape(teams=125, cross_team_ties=mean)))

    assert 2 * ties.n_ties / 1000 == pytest.approx(mean, abs=0.05 + 0.03 * mean)


def test_near_ties_reach_the_team_next_door() -> None:
    organisation = generate(OrganisationShape(teams=20, far_ties=0.0))
    team = organisation.team_of_staff()
    steps = {int((team[i] - team[j]) % 20) for i, j in standing_pairs(organisation)[0].tolist()}

    assert steps == {1, 19}


def test_far_ties_reach_anybody_in_the_service() -> None:
    organisation = generate(OrganisationShape(teams=20, far_ties=1.0))
    team = organisation.team_of_staff()
    steps = {abs(int(team[i] - team[j])) for i, j in standing_pairs(organisation)[0].tolist()}

    assert steps >= set(range(1, 16))


def test_a_few_far_ties_make_the_world_small() -> None:
    """Watts and Strogatz (1998): a fifth of far ties shortens paths much more than it unties neighbourhoods."""
    import networkx as nx

    def shape_of(far: float) -> tuple[float, float]:
        organisation = generate(OrganisationShape(teams=40, team_size=4, far_ties=far))
        graph = build_network(organisation).subgraph([("staff", row) for row in range(160)])
        return nx.average_shortest_path_length(graph), nx.average_clustering(graph)

    (ring_path, ring_clustering), (path, clustering) = shape_of(0.0), shape_of(0.2)

    assert path < 0.7 * ring_path
    assert clustering > 0.7 * ring_clustering


@pytest.mark.parametrize(("preference", "lowest", "highest"), [(0.0, 0.24, 0.34), (0.5, 0.38, 0.60), (1.0, 0.65, 1.0)])
def test_people_prefer_their_own_staff_group(preference: float, lowest: float, highest: float) -> None:
    """With the default mix, chance alone would make 28 % of ties within a group."""
    organisation = generate(OrganisationShape(teams=125, own_group_preference=preference))
    pairs, _ = standing_pairs(organisation)
    group = organisation.staff_group

    assert lowest < (group[pairs[:, 0]] == group[pairs[:, 1]]).mean() < highest


def test_ties_between_services_are_as_many_as_asked_for() -> None:
    def share(asked: float) -> float:
        organisation = generate(OrganisationShape(services=4, teams=30, ties_between_services=asked))
        pairs, _ = standing_pairs(organisation)
        service = organisation.service_of_staff()
        return float((service[pairs[:, 0]] != service[pairs[:, 1]]).mean())

    assert share(0.0) == 0
    assert share(0.2) == pytest.approx(0.2 * 3 / 4, abs=0.03)  # a quarter of them meet somebody of their own service


def test_a_single_team_has_no_ties_outside() -> None:
    assert build_ties(organisation_of([[5]])).n_ties == 0


def test_given_ties_are_taken_as_they_are(tiny_organisation: Organisation) -> None:
    pairs, layers = np.array([[0, 5], [2, 13]]), np.array([0, 1], dtype=np.uint8)
    given_ones = Organisation(**vars(tiny_organisation) | {"given_ties": GivenTies.plain(pairs, layers)})
    ties = build_ties(given_ones)
    graph = build_network(given_ones)

    assert tied_pairs(ties.indptr, ties.indices) == [(0, 5), (2, 13), (5, 0), (13, 2)]
    assert graph.edges[("staff", 0), ("staff", 5)]["layer"] == "cross_team"
    assert graph.edges[("staff", 2), ("staff", 13)]["layer"] == "committee"


def test_a_committee_ties_members_of_different_teams(tiny_organisation: Organisation) -> None:
    without_others = Organisation(
        **vars(tiny_organisation) | {"given_ties": GivenTies.plain(np.zeros((0, 2), np.int64), np.zeros(0, np.uint8))}
    )
    ties = build_ties(without_others, (np.array([0, 1, 5, 6]),))  # 0 and 1 are teammates

    assert tied_pairs(ties.committee_indptr, ties.committee_indices) == [
        (0, 5), (0, 6), (1, 5), (1, 6), (5, 0), (5, 1), (5, 6), (6, 0), (6, 1), (6, 5),
    ]  # fmt: skip


def test_a_committee_ties_nobody_to_another_service(two_services: Organisation) -> None:
    ties = build_ties(two_services, (np.array([0, 4, 8, 12]),))
    service = two_services.service_of_staff()
    pairs = tied_pairs(ties.committee_indptr, ties.committee_indices)

    assert pairs
    assert all(service[i] == service[j] for i, j in pairs)


def test_two_committees_may_share_members() -> None:
    """The pair that both have in common has a tie in each, and each counts when its own committee meets."""
    organisation = organisation_of([[2, 2, 2, 2]], cross_team_ties=0.0)
    ties = build_ties(organisation, (np.array([0, 2, 4]), np.array([0, 2, 6])))
    begin, end = ties.committee_indptr[0], ties.committee_indptr[1]

    assert ties.committee_indices[begin:end].tolist() == [2, 2, 4, 6]
    assert ties.committee_entry[begin:end].tolist() == [0, 1, 0, 1]


def test_the_network_has_everybody_and_every_layer(two_services: Organisation) -> None:
    graph = build_network(two_services, (np.array([1, 3, 4, 5]),))
    roles = [role for _, role in graph.nodes(data="role")]
    layers = [layer for _, _, layer in graph.edges(data="layer")]

    assert (roles.count("staff"), roles.count("team_leader"), roles.count("senior_leader")) == (20, 5, 5)
    assert layers.count("team") == 6 + 3 + 10 + 1 + 15
    assert layers.count("reporting") == 20 + 2 * 3 + 3 * 2
    assert set(layers) == {"team", "reporting", "cross_team", "committee"}
    assert graph.nodes["senior_leader", 3]["service"] == 1
    assert graph.nodes["senior_leader", 3]["name"] == "Medical Director"


def test_ties_are_drawn_by_the_organisations_own_seed() -> None:
    one, same_seed, other = (generate(OrganisationShape(teams=10, seed=seed)) for seed in (1, 1, 2))

    assert same(build_ties(one), build_ties(same_seed))
    assert not same(build_ties(one), build_ties(other))
