"""Fixtures that tests everywhere may use, and how hypothesis looks for counterexamples."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Generator, Iterator

import pytest
from _pytest._code.code import ExceptionRepr
from hypothesis import HealthCheck, settings

from sim.inputs.interventions import KINDS
from sim.inputs.organisation import Organisation
from tests.chromium import CHROMIUM, FLAGS, MISSING, PATIENT_MS
from tests.failing import seen_in
from tests.worlds import Case, case_of, organisation_of

# A shell starts what runs in its background with interrupts ignored, and commands that tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Notes of what is being written are those of the tests alone, in what they start as well.
STATE = tempfile.mkdtemp(prefix="cultureshift-tests-")
os.environ["XDG_STATE_HOME"] = STATE

settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none, and say why."""
    if CHROMIUM is None:
        missing = pytest.mark.skip(reason=MISSING)
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(missing)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to go on where tests that need one another's server would be parted: not every xdist can keep a group.

    It writes the group behind the name of each test, and some versions of pytest do not take that.
    """
    if not getattr(session.config.option, "loadgroup", False):
        return
    parted = [
        item.nodeid for item in session.items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid
    ]
    if parted:
        raise pytest.UsageError(f"pytest-xdist would part the tests of a group, such as {parted[0]}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell with a test that failed in a browser what its pages showed, and what its servers had said last."""
    report = yield
    if report.failed and call.when == "call" and item.get_closest_marker("browser"):
        told = report.longrepr
        if isinstance(told, ExceptionRepr):
            told.addsection("what was there", seen_in(getattr(item, "funcargs", {})))
    return report


@pytest.fixture(scope="session", autouse=True)
def no_notes_stay() -> Iterator[None]:
    """Remove the notes of the tests."""
    yield
    shutil.rmtree(STATE, ignore_errors=True)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Chromium as the system has it, for pytest-playwright, and with the patience that a busy machine asks for."""
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENT_MS)
    return {"executable_path": CHROMIUM, "args": list(FLAGS)}


@pytest.fixture(name="forget_kinds")
def forget_kinds_fixture() -> Iterator[None]:
    """Leave the kinds of intervention as they were, whatever files of one's own a test reads."""
    before = dict(KINDS)
    yield
    KINDS.clear()
    KINDS.update(before)


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
