"""Every engine gives the same bytes, and survives the death of a worker."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.study.engines import (
    DaskEngine,
    EngineError,
    Lost,
    ProcessEngine,
    ThreadEngine,
    WorkEngine,
    available_processors,
    choose_engine,
)
from sim.study.runner import run_study
from tests.small_studies import results_of, small_study


def square(number: int) -> int:
    return number * number


def die_on_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.01)
    return number


def stumble(number: int) -> int:
    raise ArithmeticError(f"{number}")


def new_engine(kind: str) -> WorkEngine:
    if kind == "dask":
        pytest.importorskip("distributed")
        return DaskEngine(None, 2)
    return ThreadEngine(2) if kind == "threads" else ProcessEngine(2)


SLOW = pytest.mark.slow
KINDS = ["threads", pytest.param("processes", marks=SLOW), pytest.param("dask", marks=SLOW)]


@pytest.fixture(name="engine", params=KINDS)
def engine_fixture(request: pytest.FixtureRequest) -> Iterator[WorkEngine]:
    with new_engine(request.param) as engine:
        yield engine


def test_every_task_comes_back_with_its_result(engine: WorkEngine) -> None:
    assert sorted(engine.map(square, range(20))) == [(number, number * number) for number in range(20)]


def test_what_the_function_raises_is_raised(engine: WorkEngine) -> None:
    with pytest.raises(ArithmeticError):
        list(engine.map(stumble, [1]))


def test_tasks_are_asked_for_only_when_there_is_room(engine: WorkEngine) -> None:
    asked = 0

    def tasks() -> Iterator[int]:
        nonlocal asked
        for number in range(50):
            asked += 1
            yield number

    for n_back, _ in enumerate(engine.map(square, tasks()), start=1):
        assert asked <= n_back + engine.window()


def test_a_study_gives_the_same_bytes_on_every_engine(engine: WorkEngine, tmp_path: Path) -> None:
    study = small_study(tmp_path)

    run_study(study, tmp_path / "out", engine=engine, runs_per_chunk=4)
    run_study(study, tmp_path / "plain", workers=1, runs_per_chunk=100)

    assert results_of(tmp_path / "out") == results_of(tmp_path / "plain")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["processes", "dask"])
def test_the_death_of_a_worker_is_an_answer_and_the_others_go_on(kind: str) -> None:
    with new_engine(kind) as engine:
        found = dict(engine.map(die_on_three, range(8)))
        again = dict(engine.map(square, [1, 2]))

    assert isinstance(found[3], Lost)
    assert set(found) == set(range(8))
    assert again == {1: 1, 2: 4}


def test_no_scheduler_is_told_in_words() -> None:
    pytest.importorskip("distributed")

    with pytest.raises((EngineError, InputError), match="no scheduler answers there"):
        DaskEngine("nonsense://127.0.0.1:1")


def test_engines_are_chosen_by_what_is_asked() -> None:
    with choose_engine() as threads:
        assert isinstance(threads, ThreadEngine)
        assert threads.n_workers == available_processors()
    with pytest.raises(InputError, match="either --processes or --dask"):
        choose_engine(processes=True, dask="local")
    with pytest.raises(InputError, match="a whole number of 1 or more"):
        choose_engine(workers=0)
