"""Ensembles: replicates, pairing with the baseline, and results that do not depend on how they were computed."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.scenario.description import Scenario
from sim.report import answer
from sim.results.arms import run_arms
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


def test_whoever_gives_the_name_of_a_scenario_is_told_what_loads_it() -> None:
    scenario = Scenario(title="A talk", weeks=4)
    told = r"""wanted a scenario, got 'shoestring-year'; load_scenario\('shoestring-year'\) gives it"""
    for run in (
        lambda: run_ensemble("shoestring-year", replicates=1),
        lambda: run_paired("shoestring-year", replicates=1),
        lambda: run_paired(scenario, replicates=1, compare_with="shoestring-year"),
        lambda: run_arms([scenario, "shoestring-year"], replicates=1),
        lambda: run_arms("shoestring-year", replicates=1),
    ):
        with pytest.raises(InputError, match="wanted a scenario, got "):
            run()
    with pytest.raises(InputError, match=told):
        run_ensemble("shoestring-year", replicates=1)


def test_a_run_keeps_the_measures_that_it_is_asked_to_keep_and_they_are_the_same_bits() -> None:
    every = run_paired(SMALL, 3, seed=5)
    some = run_paired(SMALL, 3, seed=5, measures=["pressure", "coherence"])

    assert some.arm.measure_names == some.baseline.measure_names == ("safe_share", "pressure", "coherence")
    for name in some.arm.measure_names:
        np.testing.assert_array_equal(some.gain(name), every.gain(name))
    assert some.summary() == every.summary()
    assert list(some.arm.to_frame().columns[3:]) == ["safe_share", "pressure", "coherence", "cost"]
    services = run_ensemble(SMALL, 1, seed=5, measures=["pressure"], by_service=True).by_service
    assert services is not None
    assert services.shape == (1, 31, 1, 2)


def test_what_is_not_kept_is_told_with_what_to_do() -> None:
    some = run_paired(SMALL, 2, seed=5, measures=["pressure"])

    with pytest.raises(InputError, match=r'got "coherence"; run with measures=\[..., "coherence"\]'):
        some.gain("coherence")
    with pytest.raises(InputError, match='did you mean "pressure"'):
        some.gain("presure")
    with pytest.raises(InputError, match=r'measures: wanted a measure of the package.*did you mean "pressure"'):
        run_paired(SMALL, 2, measures=["presure"])
    with pytest.raises(InputError, match="measures: wanted a list of measures"):
        run_paired(SMALL, 2, measures="pressure")


def test_the_answer_to_runs_that_keep_little_says_that_it_has_no_reasons() -> None:
    every, some = run_paired(SMALL, 3, seed=5), run_paired(SMALL, 3, seed=5, measures=[])

    assert (answer(some).verdict, answer(some).story) == (answer(every).verdict, answer(every).story)
    assert answer(some).reasons == (
        "Why cannot be told: reasons are made of all measures, and these runs keep some of them (measures=).",
    )
    assert "<img" in some._repr_html_()


def test_several_arms_keep_the_same_measures() -> None:
    one, two = run_arms([SMALL, SMALL.replace(title="Once more")], 2, measures=["pressure"])

    assert one.arm.measure_names == two.arm.measure_names == ("safe_share", "pressure")


def test_a_frame_of_a_dated_scenario_has_dates() -> None:
    frame = run_ensemble(SMALL.replace(start="2027-04-01"), 2, seed=5).to_frame()

    assert frame.groupby("week")["date"].first().dt.date.astype(str)[30] == "2027-10-28"
