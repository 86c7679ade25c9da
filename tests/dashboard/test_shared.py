"""What all sessions share stays within its bounds."""

import threading
import time

import pytest

from sim.dashboard.shared import Remembered, SharedCache, digest_of, organisation_of, text_bytes
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario, build_organisation
from sim.inputs.tables.writing import write_organisation


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


def test_what_is_kept_in_place_of_another_is_weighed_anew():
    shared = SharedCache(100, len)
    shared.keep("a", "x" * 30)
    shared.keep("a", "x" * 20)

    assert (shared.find("a"), shared.n_bytes) == ("x" * 20, 20)


def test_what_is_found_out_of_a_scenario_is_found_out_once_while_it_is_remembered():
    asked = []
    remembered = Remembered(lambda scenario: asked.append(scenario.title) or scenario.title, most=2)
    one, other, third = (Scenario(title=title) for title in ("one", "other", "third"))

    assert [remembered(scenario) for scenario in (one, one, other, one)] == ["one", "one", "other", "one"]
    assert asked == ["one", "other"]
    assert [remembered(scenario) for scenario in (third, one, other)] == ["third", "one", "other"]
    assert asked == ["one", "other", "third", "other"]


def test_the_hash_of_a_scenario_counts_what_its_tables_say_now(tmp_path):
    made_up = Scenario(title="Made up", weeks=10)
    assert digest_of(made_up) == digest_of(made_up) == made_up.digest()
    write_organisation(build_organisation(made_up), tmp_path, overwrite=True)
    scenario = made_up.replace(tables=str(tmp_path))
    before = digest_of(scenario)
    with (tmp_path / "staff.csv").open("a") as staff:
        staff.write("\n")

    assert digest_of(scenario) != before
