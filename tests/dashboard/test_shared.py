"""What all sessions share stays within its bounds."""

import threading
import time

import pytest

from sim.dashboard.shared import SharedCache, organisation_of, text_bytes
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario


def test_what_is_shared_stays_within_its_bytes():
    shared = SharedCache(100, len)
    for number in range(50):
        shared.get(number, lambda: "x" * 30)

    assert len(shared) == 3
    assert shared.n_bytes == 90
    assert shared.get(49, lambda: "made anew") == "x" * 30
    assert shared.get(0, lambda: "made anew") == "made anew"


def test_a_result_that_is_too_large_is_given_but_not_kept():
    shared = SharedCache(10, len)

    assert shared.get("a", lambda: "x" * 30) == "x" * 30
    assert (len(shared), shared.n_bytes) == (0, 0)


def test_what_many_ask_for_at_once_is_made_once():
    shared = SharedCache(1000, len)
    made = []

    def make():
        time.sleep(0.05)
        made.append(1)
        return "x"

    threads = [threading.Thread(target=shared.get, args=("key", make)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made == [1]


def test_what_could_not_be_made_is_tried_again():
    shared = SharedCache(1000, len)
    with pytest.raises(ZeroDivisionError):
        shared.get("key", lambda: str(1 / 0))

    assert shared.get("key", lambda: "x") == "x"


def test_texts_are_weighed_wherever_they_are():
    assert text_bytes([{"ab": "xyz"}, ("w", 1.5)]) == 2 + 3 + 1 + 8


def test_an_organisation_is_made_once_for_all_scenarios_that_share_it():
    shape = OrganisationShape(teams=5, team_size=7)
    one = organisation_of(Scenario(title="One", organisation=shape))

    assert organisation_of(Scenario(title="Other", weeks=60, organisation=shape)) is one
