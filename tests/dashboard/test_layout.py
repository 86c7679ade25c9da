"""Where everybody stands in the picture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.layout import lay_out
from sim.organisation import OrganisationShape, generate


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
