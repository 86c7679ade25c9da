"""Links between teams: how strong they are, and what comes through them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.ties import build_ties
from sim.rules.climate import climate, links
from sim.rules.leaders import leaders
from tests.stepping import do
from tests.worlds import Case, case_of, organisation_of


@pytest.fixture(name="case")
def case_fixture() -> Case:
    """Three teams of two; one tie between the first and the second, two between the first and the third."""
    case = case_of(organisation_of([[2, 2, 2]], cross_team_ties=0.0))
    team_ties = {
        "team_indptr": np.array([0, 2, 3, 4], np.uint32), "team_indices": np.array([1, 2, 0, 0], np.uint32),
        "team_weight": np.array([1.0, 2.0, 1.0, 2.0]), "team_committee": np.full(4, -1, np.int16),
    }  # fmt: skip
    case.world = case.world._replace(ties=case.world.ties._replace(**team_ties))
    case.world.staff["capability"] = [0.0, 0.0, 0.3, 0.3, 0.06, 0.0]
    case.world.teams["control"] = [0.2, 0.5, 0.8]
    return case


def take_stock(case: Case, **more: float) -> None:
    do(climate, case, **more)
    do(links, case, **more)


def test_linked_teams_count_by_their_ties(case: Case) -> None:
    take_stock(case, reach=0.4, critical_mass=0.28)
    teams = case.world.teams
    linked = np.array([(0.3 + 2 * 0.03) / 3, 0.0, 0.0])

    assert teams["links"].tolist() == [3, 1, 2]
    np.testing.assert_allclose(teams["linked_capability"], linked, atol=1e-15)
    np.testing.assert_allclose(teams["linked_control"], [(0.5 + 2 * 0.8) / 3, 0.2, 0.2], atol=1e-15)
    np.testing.assert_allclose(
        teams["facilitation"], (0.6 * np.array([0.0, 0.3, 0.03]) + 0.4 * linked) / 0.28, atol=1e-15
    )


def test_a_team_without_links_has_what_it_has_itself() -> None:
    case = case_of(organisation_of([[2, 2]], cross_team_ties=0.0))
    case.world.staff["capability"] = [0.14, 0.14, 0.0, 0.0]
    take_stock(case, reach=0.6, critical_mass=0.28)

    assert case.world.teams["facilitation"].tolist() == [0.5, 0.0]
    assert case.world.teams["links"].tolist() == [0, 0]


def test_leaders_fall_back_on_what_is_done_in_linked_teams(case: Case) -> None:
    world = case.world
    take_stock(case)
    world.services["pressure"], world.teams["disposition"], world.teams["embedding"] = 0.5, 0.9, 0.2
    world.teams["facilitation"], world.teams["learned"] = 0.0, 0.0
    do(leaders, case, imitation=0, peer_norm=0.9, links_half=8, own_style=0.2, control_norm=0.75)
    rho = 0.9 * np.array([3, 1, 2]) / np.array([11, 9, 10])
    back = 0.8 * ((1 - rho) * 0.75 + rho * np.array([0.7, 0.2, 0.2])) + 0.2 * 0.9
    before = np.array([0.2, 0.5, 0.8])

    np.testing.assert_allclose(world.teams["control"], before + 0.069 * 0.5 * 0.8 * (back - before), atol=1e-15)


def test_a_committee_links_teams_as_strongly_as_it_meets() -> None:
    organisation = organisation_of([[2, 2, 2]], cross_team_ties=0.0)
    ties = build_ties(organisation, (np.array([0, 2]), np.array([1, 2, 4])))
    rows = list(zip(ties.team_indices.tolist(), ties.team_committee.tolist(), ties.team_weight.tolist(), strict=True))

    assert ties.team_indptr.tolist() == [0, 3, 6, 8]
    assert sorted(rows[:3]) == [(1, 0, 1.0), (1, 1, 1.0), (2, 1, 1.0)]
    assert sorted(rows[3:6]) == [(0, 0, 1.0), (0, 1, 1.0), (2, 1, 1.0)]

    case = case_of(organisation)
    own = {name: getattr(ties, name) for name in case.world.ties._fields}
    case.world = case.world._replace(ties=case.world.ties._replace(**own))
    strength = {"committees": np.array([[0.5, 2.0]])}
    do(climate, case, plan=strength)
    do(links, case, plan=strength)

    assert case.world.teams["links"].tolist() == [0.5 + 2 + 2, 0.5 + 2 + 2, 2 + 2]


def test_drawn_ties_link_the_teams_of_those_whom_they_tie() -> None:
    organisation = organisation_of([[5, 3, 4], [6, 2]], cross_team_ties=3.0, ties_between_services=0.5)
    ties, team = build_ties(organisation), organisation.team_of_staff()
    between = np.zeros((5, 5))
    for i in range(organisation.n_staff):
        for j in ties.indices[ties.indptr[i] : ties.indptr[i + 1]]:
            between[team[i], team[j]] += 1
    found = np.zeros((5, 5))
    for row in range(5):
        for place in range(ties.team_indptr[row], ties.team_indptr[row + 1]):
            found[row, ties.team_indices[place]] += ties.team_weight[place]

    assert found.tolist() == between.tolist()
    assert found.sum() == 2 * ties.n_ties > 0
