"""Calibration: target files with all their faults, an emulator of a known function, and a posterior that is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import scenarios_folder
from sim.rulebook.parameters import describe
from sim.study.calibration import DEFAULT_FIT, CalibrationTarget, calibrated_names, read_targets
from sim.study.calibration.emulator import Emulator, learn_emulator
from sim.study.calibration.posterior import make_likelihood, sample_posterior
from sim.study.calibration.search import loss_of
from sim.study.calibration.target_runner import TargetMeasures, TargetRunner
from sim.study.calibration.targets import COLUMNS, known_measures, measure_in
from sim.study.points import PointRuns
from sim.study.sampling import PointAnswers, sobol_points
from sim.study.store_runner import RunOptions, open_store_runner

RANGES = {"control_norm": (0.0, 2.0), "critical_mass": (0.0, 1.0)}
SMALL = Scenario(title="A talk", weeks=60, organisation=OrganisationShape(teams=3, team_size=4))
TALK = SMALL.with_entries(kind="dialogue", start_week=0, end_week=20)


def test_a_target_says_when_its_week_is_where_the_scenario_has_a_date() -> None:
    dated = SMALL.replace(start=date(2027, 4, 1))

    assert target(week=39, scenario=dated).in_words() == f"safe_share, week 39 (30 Dec 2027), {SMALL.name}"
    assert target(week=39).in_words() == target(week=39).label


def target(value: float = 0.0, error: float = 0.1, **changes: object) -> CalibrationTarget:
    usual = CalibrationTarget("safe_share", 0, value, error, "about", "average", SMALL)
    return replace(usual, **changes)


def known_function(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return two smooth functions of two parameters."""
    return np.stack([points[:, 0] + points[:, 1] ** 2, np.sin(2 * points[:, 0])], axis=1)


def learned(noise: float = 0.05, replicates: int = 4, n_points: int = 80) -> Emulator:
    points = sobol_points(RANGES, n_points, seed=1)
    values = known_function(points)[:, None] + noise * np.random.default_rng(1).standard_normal(
        (n_points, replicates, 2)
    )
    return learn_emulator(RANGES, PointAnswers(tuple(RANGES), points, ("a", "b"), values, {}))


def measured(targets: list[CalibrationTarget], n_replicates: int) -> NDArray[np.float64]:
    """Return [n_replicates, n_targets], what the shipped values show."""
    measures = TargetMeasures(targets)
    with open_store_runner(RunOptions(workers=1), measures.keep) as store_runner:
        answers = TargetRunner(store_runner, measures, []).measure_points([], np.zeros((1, 0)), n_replicates, seed=1)
    return answers.values[0]


# --- targets ----------------------------------------------------------------------------------------------------------


def written(folder: Path, text: str) -> Path:
    path = folder / "targets.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_patterns_are_targets() -> None:
    targets = read_targets(scenarios_folder() / "targets" / "patterns.csv")

    assert len(targets) == 12
    assert {target.of for target in targets} == {"average"}
    assert {target.pattern.split(":")[0] for target in targets} == {"1", "3", "8", "9", "10", "13", "15"}


def test_a_survey_series_of_ones_own_needs_four_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "week;measure;value;error\n0;safe_share;0,55;0,03\n52;safe_share;0,7;0,03\n")

    first, second = read_targets(path, SMALL)

    assert (first.week, first.value, first.error, first.of, first.kind) == (0, 0.55, 0.03, "one", "about")
    assert second.scenario is SMALL


def test_all_faults_of_a_target_file_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "week,measure,value,error,kind,scenario\n"
        "0,safe_shar,0.5,0.1,,\n"
        "x,safe_share,0.5,0.1,,\n"
        "0,safe_share,half,0,,\n"
        "0,safe_share,0.5,0.1,more_than,\n"
        "0,safe_share,0.5,0.1,,no-such-scenario\n"
        "61,safe_share,0.5,0.1,,\n",
    )

    with pytest.raises(InputError) as caught:
        read_targets(path, SMALL)

    lines = [fault.where.rpartition("line ")[2] for fault in caught.value.faults]
    assert lines == [
        "2, column measure", "3, column week", "4, column value", "4, column error", "5, column kind",
        "6, column scenario", "7, column week",
    ]  # fmt: skip
    assert 'did you mean "safe_share"?' in str(caught.value)


def test_a_target_without_a_scenario_asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--scenario"):
        read_targets(written(tmp_path, "week,measure,value,error\n0,safe_share,0.5,0.1\n"))


def test_a_file_with_a_header_alone_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a row for each target"):
        read_targets(written(tmp_path, "week,measure,value,error\n"), SMALL)


_CELLS = st.one_of(
    st.sampled_from(["0", "52", "-1", "0.5", "1e400", "nan", "safe_share", "gain_safety", "about", "one", ""]),
    st.text(max_size=12),
)


@given(st.lists(st.lists(_CELLS, min_size=4, max_size=4), max_size=5))
def test_any_table_is_targets_or_faults(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    text = "week,measure,value,error\n" + "\n".join(",".join(row) for row in rows)
    path = tmp_path_factory.mktemp("targets") / "targets.csv"
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    try:
        targets = read_targets(path, SMALL)
    except InputError:
        return
    assert all(target.error > 0 and np.isfinite(target.value) and target.week <= 60 for target in targets)


def test_a_bound_costs_nothing_on_its_right_side() -> None:
    shown = np.array([-0.2, 0.0, 0.2])

    assert target(0.0).misfit(shown).tolist() == [-2.0, 0.0, 2.0]
    assert target(0.0, kind="at_least").misfit(shown).tolist() == [-2.0, 0.0, 0.0]
    assert target(0.0, kind="at_most").misfit(shown).tolist() == [0.0, 0.0, 2.0]
    assert loss_of([target(0.0), target(0.0, kind="at_most")], np.array([0.2, 0.2])) == pytest.approx(8.0)


def test_every_measure_can_be_read_off_a_run() -> None:
    shown = measured([target(measure=name, week=30, scenario=TALK) for name in known_measures()], n_replicates=3)

    assert shown.shape == (3, len(known_measures()))
    gains = {name: place for place, name in enumerate(known_measures())}
    direct = shown[:, gains["safety"]]
    baseline = measured([target(measure="safety", week=30)], n_replicates=3)[:, 0]
    assert shown[:, gains["gain_safety"]] == pytest.approx(direct - baseline)


def test_half_of_the_peak_is_lost_or_kept() -> None:
    no_figures = np.zeros((2, 0))
    weekly, baseline = np.full((2, 61), 0.5), PointRuns(np.full((2, 61), 0.5), no_figures)
    weekly[:, :21] = 0.9
    weekly[0, 21:] = 0.8
    arm = PointRuns(weekly, no_figures)

    assert measure_in(target(measure="kept_half", week=50, scenario=TALK), (), arm, baseline).tolist() == [1.0, 0.0]
    assert measure_in(target(measure="lost_half", week=50, scenario=TALK), (), arm, baseline).tolist() == [0.0, 1.0]


def test_a_share_of_another_scenario_is_the_ratio_of_means() -> None:
    halves = [
        target(measure="safety", week=30, scenario=TALK),
        target(measure="safety", week=30, scenario=SMALL),
        target(measure="safety", week=30, scenario=TALK, share_of=SMALL),
    ]

    talk, quiet, share = measured(halves, n_replicates=4).mean(axis=0)

    assert share == pytest.approx(talk / quiet)


def test_target_columns_are_described() -> None:
    assert all(column.meaning for column in COLUMNS.values())


# --- emulator and posterior -------------------------------------------------------------------------------------------


def test_the_emulator_foretells_points_that_it_has_not_seen() -> None:
    emulator = learned()
    unseen = sobol_points(RANGES, 50, seed=9)

    off = emulator.predict(emulator.to_unit(unseen)) - known_function(unseen)

    assert np.sqrt((off**2).mean(axis=0)).max() < 0.03
    assert emulator.r_squared.min() > 0.98


def test_the_emulator_knows_how_far_it_is_off() -> None:
    emulator = learned(noise=0.3, n_points=200)
    unseen = sobol_points(RANGES, 200, seed=9)

    off = emulator.predict(emulator.to_unit(unseen)) - known_function(unseen)

    # What it says is a difference of two estimates: it may be too careful, by less than the noise of a point's mean.
    assert ((off**2).mean(axis=0) < 1.5 * emulator.error_variance).all()
    assert (emulator.error_variance < 0.3**2 / 4).all()
    assert np.sqrt(np.diag(emulator.replicate_covariance)) == pytest.approx([0.3, 0.3], rel=0.1)


def test_units_and_shares_of_the_range_are_inverse() -> None:
    emulator = learned()
    points = sobol_points(RANGES, 10, seed=3)

    assert emulator.from_unit(emulator.to_unit(points)) == pytest.approx(points)


def test_too_few_points_with_an_answer_are_a_fault() -> None:
    points = sobol_points(RANGES, 30, seed=1)
    values = np.ones((30, 2, 1))
    values[:15] = np.nan

    with pytest.raises(InputError, match="15 of 30"):
        learn_emulator(RANGES, PointAnswers(tuple(RANGES), points, ("a",), values, {}))


def test_the_posterior_of_a_linear_target_is_the_one_that_algebra_gives() -> None:
    """The value of one parameter is measured with an error of 0.1 of its range; the other parameter does nothing."""
    points = sobol_points(RANGES, 60, seed=1)
    values = np.repeat(points[:, None, :1] / 2.0, 2, axis=1)
    emulator = learn_emulator(RANGES, PointAnswers(tuple(RANGES), points, ("a",), values, {}))

    posterior = sample_posterior(make_likelihood(emulator, [target(0.5, 0.1)]), seed=1)

    low, _, median, _, high = posterior.bands()
    assert median[0] == pytest.approx(1.0, abs=0.03)
    assert (high - low)[0] == pytest.approx(2 * 2 * 1.645 * 0.1, rel=0.08)
    assert (high - low)[1] == pytest.approx(0.9, abs=0.05)
    assert posterior.contraction()[0] > 0.5
    assert abs(posterior.contraction()[1]) < 0.06


def test_chance_of_one_organisation_widens_the_posterior() -> None:
    emulator = learned(noise=0.5, n_points=150)
    averages = [target(1.2, 0.05), target(0.5, 0.05)]
    ones = [replace(it, of="one") for it in averages]

    narrow, wide = (sample_posterior(make_likelihood(emulator, them), seed=1, n_steps=600) for them in (averages, ones))

    foretold = [emulator.predict(posterior.unit_samples[::10]).std(axis=0) for posterior in (narrow, wide)]
    assert (foretold[1] > 1.5 * foretold[0]).all()


def test_a_bound_rules_out_one_side() -> None:
    emulator = learned()
    targets = [target(1.5, 0.01, kind="at_most"), target(0.0, 5.0)]

    posterior = sample_posterior(make_likelihood(emulator, targets), seed=1, n_steps=600)

    assert np.mean(known_function(posterior.samples)[:, 0] > 1.6) < 0.02
    assert np.mean(known_function(posterior.samples)[:, 0] < 1.0) > 0.2


def test_a_posterior_is_the_same_each_time() -> None:
    likelihood = make_likelihood(learned(), [target(1.0), target(0.5)])

    first, again = (sample_posterior(likelihood, seed=3, n_steps=50, n_burn_in=20) for _ in range(2))

    assert np.array_equal(first.samples, again.samples)


def test_nothing_outside_the_ranges_is_likely() -> None:
    likelihood = make_likelihood(learned(), [target(1.0), target(0.5)])

    found = likelihood.log(np.array([[0.5, 0.5], [1.1, 0.5], [0.5, -0.1]]))

    assert np.isfinite(found).tolist() == [True, False, False]


def test_defaults_lie_in_the_ranges_that_are_searched() -> None:
    for name in {*DEFAULT_FIT, *calibrated_names()}:
        low, high = describe()[name].plausible
        assert low <= describe()[name].default <= high
