"""Where everybody stands in the picture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inputs.organisation import OrganisationShape, generate
from sim.inputs.scenario.description import build_organisation
from sim.inputs.scenario.files import load_scenario
from sim.plots import network_layout as layout_module
from sim.plots.network_layout import lay_out


@given(services=st.integers(1, 4), teams=st.integers(1, 60), size=st.integers(1, 40), seniors=st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_everybody_stands_inside_the_picture_in_a_place_of_their_own(services, teams, size, seniors):
    organisation = generate(
        OrganisationShape(services=services, teams=teams, team_size=size, senior_leaders=seniors, cross_team_ties=0)
    )
    layout = lay_out(organisation)
    everybody = np.concatenate([layout.staff, layout.leaders, layout.seniors])

    assert len(everybody) == organisation.n_people
    assert everybody.min() >= -1e-9
    assert everybody.max() <= 1 + 1e-9
    assert len(np.unique(layout.staff.round(6), axis=0)) == organisation.n_staff


def test_teams_do_not_overlap():
    layout = lay_out(generate(OrganisationShape()))
    distance = np.linalg.norm(layout.leaders[:, None] - layout.leaders[None], axis=2)
    np.fill_diagonal(distance, np.inf)

    assert distance.min() >= 2 * layout.team_radius.min() * 0.99


def test_people_stand_around_their_own_leader():
    organisation = generate(OrganisationShape())
    layout = lay_out(organisation)
    distance = np.linalg.norm(layout.staff[:, None] - layout.leaders[None], axis=2)

    assert np.array_equal(distance.argmin(axis=1), organisation.team_of_staff())


def test_the_same_organisation_always_looks_the_same():
    assert lay_out(generate(OrganisationShape())) is lay_out(generate(OrganisationShape(seed=2)))


def test_the_trio_stands_in_the_middle():
    layout = lay_out(generate(OrganisationShape()))

    assert layout.seniors.mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.02)


@given(sizes=st.lists(st.integers(1, 60), min_size=2, max_size=40), n_seniors=st.integers(0, 6))
@settings(max_examples=80, deadline=None)
def test_teams_of_any_sizes_stand_clear_of_one_another_and_of_the_senior_leaders(sizes, n_seniors):
    layout = layout_module._lay_out((0, *np.cumsum(sizes).tolist()), (0, len(sizes)), (0, n_seniors))
    distance = np.linalg.norm(layout.leaders[:, None] - layout.leaders[None], axis=2)
    apart = distance - layout.team_radius[:, None] - layout.team_radius[None]
    np.fill_diagonal(apart, np.inf)
    everybody = np.concatenate([layout.staff, layout.leaders, layout.seniors])

    assert apart.min() > -1e-9
    assert everybody.min() >= -1e-9
    assert everybody.max() <= 1 + 1e-9
    if n_seniors:
        to_seniors = np.linalg.norm(layout.leaders[:, None] - layout.seniors[None], axis=2)
        assert (to_seniors > layout.team_radius[:, None]).all()


def test_a_hospital_with_wards_and_teams_of_one_fills_the_picture():
    organisation = build_organisation(load_scenario("our-own-service"))
    layout = lay_out(organisation)
    covered = (np.pi * layout.team_radius**2).sum() / (np.pi * layout.service_radius**2).sum()

    assert covered > 0.45
