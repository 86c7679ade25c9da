"""Work of one tab in the background. Without a browser."""

import time

import solara

from sim.dashboard.pages import jobs
from sim.dashboard.pages.jobs import IDLE, Job


class WatchedPool:
    """Does work at once, and notes what it was asked for."""

    def __init__(self):
        self.asked = []

    def each(self, function, pieces, stop):
        for place, piece in enumerate(pieces):
            if stop.is_set():
                raise jobs.StoppedError
            self.asked.append(piece)
            yield place, function(piece)


def test_work_that_is_stopped_while_it_waits_asks_nothing_of_the_workers(monkeypatch):
    pool = WatchedPool()
    monkeypatch.setattr(jobs, "the_pool", lambda: pool)
    monkeypatch.setattr(solara, "get_session_id", lambda: "somebody")
    shown = []
    job = Job(solara.reactive(IDLE))
    for lever in range(20):
        job.start(str, [lever], lambda _, done: shown.append(done), lambda: None, "pieces", after=1.0)
    deadline = time.monotonic() + 60
    while not shown and time.monotonic() < deadline:
        time.sleep(0.02)

    assert pool.asked == [19]
    assert shown == ["19"]


def test_work_whose_tables_are_gone_says_so_and_leaves_no_traceback(monkeypatch):
    def gone(_piece):
        raise FileNotFoundError("people.csv")

    failed = []
    monkeypatch.setattr(jobs, "the_pool", WatchedPool)
    monkeypatch.setattr(solara, "get_session_id", lambda: "somebody")
    monkeypatch.setattr("threading.excepthook", failed.append)
    progress = solara.reactive(IDLE)
    Job(progress).start(gone, [1], lambda _, done: None, lambda: None, "pieces")
    deadline = time.monotonic() + 60
    while progress.value["is_busy"] and time.monotonic() < deadline:
        time.sleep(0.02)

    assert progress.value["words"] == "The tables that it was to be done with are not there any more."
    assert failed == []
