"""Fixtures that tests everywhere may use, and how hypothesis looks for counterexamples."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from sim.organisation import Organisation
from tests.worlds import Case, case_of, organisation_of

settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("steady")


@pytest.fixture(name="tiny_organisation")
def tiny_organisation_fixture() -> Organisation:
    """One service with 3 teams, 14 seats and a trio."""
    return organisation_of([[5, 1, 8]])


@pytest.fixture(name="two_services")
def two_services_fixture() -> Organisation:
    """Two services without ties between them."""
    return organisation_of([[4, 3], [5, 2, 6]], seniors=[3, 2], ties_between_services=0.0)


@pytest.fixture(name="tiny_case")
def tiny_case_fixture(tiny_organisation: Organisation) -> Case:
    """The tiny organisation at the start of its burn-in."""
    return case_of(tiny_organisation)
