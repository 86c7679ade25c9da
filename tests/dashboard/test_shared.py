"""What all sessions share stays within its bounds; what one has uploaded goes when it is no longer looked at."""

import base64
import threading
import time
from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.dashboard import exchange
from sim.dashboard.shared import Shared, organisation_of, text_bytes
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario

PEOPLE = "\n".join(
    [
        "id,role,team,service,staff_group",
        *(f"s{k},senior_leader,,A," for k in range(3)),
        *(f"l{team},team_leader,T{team},A," for team in range(3)),
        *(f"p{team}{k},staff,T{team},A,nursing" for team in range(3) for k in range(4)),
    ]
)


def bring_people():
    return exchange.read_upload([{"name": "people.csv", "content": base64.b64encode(PEOPLE.encode()).decode()}])


def test_what_is_shared_stays_within_its_bytes():
    shared = Shared(100, len)
    for number in range(50):
        shared.get(number, lambda: "x" * 30)

    assert len(shared) == 3
    assert shared.n_bytes == 90
    assert shared.get(49, lambda: "made anew") == "x" * 30
    assert shared.get(0, lambda: "made anew") == "made anew"


def test_a_result_that_is_too_large_is_given_but_not_kept():
    shared = Shared(10, len)

    assert shared.get("a", lambda: "x" * 30) == "x" * 30
    assert (len(shared), shared.n_bytes) == (0, 0)


def test_what_many_ask_for_at_once_is_made_once():
    shared = Shared(1000, len)
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
    shared = Shared(1000, len)
    with pytest.raises(ZeroDivisionError):
        shared.get("key", lambda: str(1 / 0))

    assert shared.get("key", lambda: "x") == "x"


def test_texts_are_weighed_wherever_they_are():
    assert text_bytes([{"ab": "xyz"}, ("w", 1.5)]) == 2 + 3 + 1 + 8


def test_an_organisation_is_made_once_for_all_scenarios_that_share_it():
    shape = OrganisationShape(teams=5, team_size=7)
    one = organisation_of(Scenario(title="One", organisation=shape))

    assert organisation_of(Scenario(title="Other", weeks=60, organisation=shape)) is one


def test_uploaded_tables_go_when_nobody_looks_at_them_any_more():
    scenario = bring_people()
    assert Path(scenario.tables).is_dir()
    exchange.forget_upload(scenario)

    assert not Path(scenario.tables).exists()


def test_a_folder_that_was_not_uploaded_is_never_removed(tmp_path):
    exchange.forget_upload(Scenario(title="x", tables=str(tmp_path)))

    assert tmp_path.is_dir()


def test_there_is_an_end_to_what_is_kept_of_uploads(monkeypatch):
    n_already = len(list(Path(exchange._uploads().name).iterdir()))
    monkeypatch.setattr(exchange, "_MOST_UPLOADS", n_already + 2)
    kept = [bring_people(), bring_people()]
    with pytest.raises(InputError, match="try again later"):
        bring_people()
    for scenario in kept:
        exchange.forget_upload(scenario)

    exchange.forget_upload(bring_people())


def test_a_refused_upload_leaves_nothing_behind():
    root = Path(exchange._uploads().name)
    before = set(root.iterdir())
    with pytest.raises(InputError):
        exchange.read_upload([{"name": "people.csv", "content": base64.b64encode(b"id,role\n").decode()}])

    assert set(root.iterdir()) == before
