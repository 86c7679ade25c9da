"""Organisations: who works where, in which staff group, and what the seats are called."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.inputs.organisation import (
    STAFF_GROUP_NAMES,
    Names,
    Organisation,
    OrganisationShape,
    StaffGroup,
    generate,
)
from sim.rules.teaming import STATUS_RANK
from tests.worlds import organisation_of, random_organisation


def test_the_default_is_one_service_of_37_teams_of_8_with_a_trio() -> None:
    organisation = generate(OrganisationShape())

    assert (organisation.n_services, organisation.n_teams, organisation.n_staff, organisation.n_seniors) == (
        1,
        37,
        296,
        3,
    )
    assert organisation.n_people == 296 + 37 + 3


@given(services=st.integers(1, 5), teams=st.integers(1, 6), size=st.integers(1, 7), seniors=st.integers(1, 4))
def test_every_service_has_the_shape_asked_for(services: int, teams: int, size: int, seniors: int) -> None:
    shape = OrganisationShape(services=services, teams=teams, team_size=size, senior_leaders=seniors)
    organisation = generate(shape)

    assert organisation.team_sizes.tolist() == [size] * services * teams
    assert np.diff(organisation.service_team_start).tolist() == [teams] * services
    assert np.diff(organisation.service_senior_start).tolist() == [seniors] * services


@given(seed=st.integers(0, 1000))
def test_staff_teams_and_services_say_the_same(seed: int) -> None:
    organisation = random_organisation(np.random.default_rng(seed))
    team, service = organisation.team_of_staff(), organisation.service_of_staff()

    assert np.bincount(team, minlength=organisation.n_teams).tolist() == organisation.team_sizes.tolist()
    assert (organisation.service_of_teams()[team] == service).all()
    assert (np.diff(team) >= 0).all()
    assert (np.diff(service) >= 0).all()


def shares(organisation: Organisation) -> list[float]:
    return (np.bincount(organisation.staff_group, minlength=5) / organisation.n_staff).tolist()


def test_the_default_mix_of_staff_groups_is_that_of_the_model_page() -> None:
    assert shares(generate(OrganisationShape(teams=100, team_size=10))) == [0.15, 0.45, 0.20, 0.10, 0.10]


@given(
    weights=st.lists(st.floats(0, 10), min_size=5, max_size=5).filter(lambda own: sum(own) > 0.1),
    teams=st.integers(1, 30),
    seed=st.integers(0, 99),
)
def test_the_mix_is_met_to_a_seat(weights: list[float], teams: int, seed: int) -> None:
    mix = dict(zip(STAFF_GROUP_NAMES, weights, strict=True))
    organisation = generate(OrganisationShape(teams=teams, staff_mix=mix, seed=seed))
    wanted = np.array(weights) / sum(weights)

    assert np.abs(np.array(shares(organisation)) - wanted).max() <= 1 / organisation.n_staff + 1e-12


def test_a_group_that_is_left_out_of_the_mix_has_no_staff() -> None:
    organisation = generate(OrganisationShape(staff_mix={"nursing": 3, "medical": 1}))

    assert shares(organisation) == [0.25, 0.75, 0, 0, 0]


def test_teams_may_be_of_one_group() -> None:
    organisation = generate(OrganisationShape(teams=20, team_composition="single"))
    groups = organisation.staff_group.reshape(20, 8)

    assert (groups == groups[:, :1]).all()
    assert len(np.unique(groups)) == 5


def test_mixed_teams_are_mixed() -> None:
    groups = generate(OrganisationShape(teams=20)).staff_group.reshape(20, 8)

    assert (groups != groups[:, :1]).any(axis=1).all()


def test_the_seed_decides_who_is_of_which_group() -> None:
    one, same, other = (generate(OrganisationShape(seed=seed)).staff_group for seed in (1, 1, 2))

    assert (one == same).all()
    assert (one != other).any()


def test_status_falls_from_medical_to_administration() -> None:
    assert STATUS_RANK[StaffGroup.MEDICAL] == -1
    assert STATUS_RANK[StaffGroup.ADMINISTRATION] == 1
    assert [STATUS_RANK[group] for group in StaffGroup][1:4] == [0, 0, 0]


def test_seats_of_a_made_up_organisation_are_numbered() -> None:
    organisation = organisation_of([[2, 1], [3]], seniors=[3, 4])

    assert organisation.staff_name(0) == "Staff 1"
    assert organisation.team_names() == ("Team 1", "Team 2", "Team 3")
    assert organisation.service_names() == ("Service 1", "Service 2")
    assert [organisation.senior_name(row) for row in range(7)] == [
        "Medical Director", "Operations Director", "Nurse Director",
        "Medical Director", "Operations Director", "Nurse Director", "Senior leader 4",
    ]  # fmt: skip


def test_seats_of_a_real_organisation_have_their_names(tiny_organisation: Organisation) -> None:
    names = Names(tuple("abcdefghijklmn"), ("Ward A", "Ward B", "Theatre"), ("Surgery",), ("Mary", "Ann", "Joe"))
    organisation = Organisation(**vars(tiny_organisation) | {"names": names})

    assert organisation.staff_name(2) == "c"
    assert organisation.team_name(2) == "Theatre"
    assert organisation.service_name(0) == "Surgery"
    assert organisation.senior_name(1) == "Ann"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"services": 0}, "services"),
        ({"team_size": 0}, "team_size"),
        ({"senior_leaders": 0}, "senior_leaders"),
        ({"staff_mix": {"nursing": -1}}, "nursing"),
        ({"staff_mix": {"nurses": 1}}, "nurses"),
        ({"staff_mix": {}}, "sum"),
        ({"staff_mix": {"nursing": 0}}, "sum"),
        ({"cross_team_ties": float("nan")}, "cross_team_ties"),
        ({"far_ties": 1.1}, "far_ties"),
        ({"team_composition": "tidy"}, "team_composition"),
        ({"colour": "blue"}, "colour"),
        ({"seed": -1}, "seed"),
    ],
)
def test_a_shape_that_cannot_be_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        OrganisationShape(**wrong)
