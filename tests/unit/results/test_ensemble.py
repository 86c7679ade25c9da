"""Ensembles: replicates, pairing with the baseline, and results that do not depend on how they were computed."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import Cancelled, run_ensemble, run_paired

SMALL = Scenario(title="Small", weeks=30, organisation={"teams": 4, "team_size": 5}).with_entries(
    kind="dialogue", start_week=4, end_week=20
)


def _weekly(replicates: list[int]) -> np.ndarray:
    return run_ensemble(SMALL, replicates, seed=5, threads=1).weekly


def test_one_and_two_threads_give_the_same_bits() -> None:
    np.testing.assert_array_equal(
        run_ensemble(SMALL, 6, seed=5, threads=1).weekly, run_ensemble(SMALL, 6, seed=5, threads=2).weekly
    )


@pytest.mark.slow
def test_one_and_four_processes_give_the_same_bits() -> None:
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        parts = list(pool.map(_weekly, [[0, 1], [2, 3], [4], [5]]))
    np.testing.assert_array_equal(np.concatenate(parts), _weekly([0, 1, 2, 3, 4, 5]))


def test_a_replicate_is_the_same_alone_and_among_others() -> None:
    np.testing.assert_array_equal(_weekly([3])[0], _weekly([1, 2, 3])[2])


def test_replicates_and_seeds_differ() -> None:
    first, second = run_ensemble(SMALL, 2, seed=5).weekly
    other = run_ensemble(SMALL, 1, seed=6).weekly[0]
    assert not np.array_equal(first, second, equal_nan=True)
    assert not np.array_equal(first, other, equal_nan=True)


def test_a_longer_run_keeps_the_shorter_one_as_its_beginning() -> None:
    longer = run_ensemble(SMALL.replace(weeks=45), 2, seed=5).weekly
    np.testing.assert_array_equal(longer[:, :31], run_ensemble(SMALL, 2, seed=5).weekly)


def test_arm_and_baseline_are_the_same_until_something_is_done() -> None:
    gain = run_paired(SMALL, 3, seed=5).gain()
    assert (gain[:, :5] == 0).all()
    assert (gain[:, 6:] != 0).any()


def test_a_scenario_without_interventions_gains_nothing() -> None:
    paired = run_paired(SMALL.baseline(), 3, seed=5)
    assert (paired.gain() == 0).all()
    assert paired.summary()["persists"].n == 0  # not judged: nothing was done that could persist


def test_the_table_has_a_row_for_each_replicate_and_week() -> None:
    frame = run_ensemble(SMALL, [4, 9], seed=5).to_frame()
    assert list(frame.columns[:3]) == ["scenario", "replicate", "week"]
    assert len(frame) == 2 * 31
    assert set(frame["replicate"]) == {4, 9}


def test_cost_adds_up_by_week() -> None:
    cost = run_ensemble(SMALL, 1, seed=5).series("cost")[0]
    assert cost[4] == 0
    assert cost[5] == 2
    assert cost[-1] == 2 * 16


def test_services_sum_to_the_organisation() -> None:
    scenario = SMALL.replace(organisation={"services": 3, "teams": 2, "team_size": 5})
    ensemble = run_ensemble(scenario, 2, seed=5, by_service=True)
    assert ensemble.by_service is not None
    safe, vacant = (MEASURE_NAMES.index(name) for name in ("safe_share", "vacant_share"))
    in_post = 1.0 - ensemble.by_service[..., vacant]
    mean = np.average(ensemble.by_service[..., safe], axis=2, weights=in_post)
    np.testing.assert_allclose(mean, ensemble.series("safe_share"))


def test_a_caller_can_stop_the_work() -> None:
    def stop(n_done: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        run_ensemble(SMALL, 20, progress=stop)


def test_progress_counts_arm_and_baseline() -> None:
    seen: list[int] = []
    run_paired(SMALL, 3, progress=seen.append)
    assert seen == [1, 2, 3, 4, 5, 6]
