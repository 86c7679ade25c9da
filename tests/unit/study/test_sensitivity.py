"""Sensitivity: known functions give their known indices, chance is told apart, and gaps are said openly."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.results.measures import separate_noise
from sim.results.outcomes import OUTCOMES, weeks_needed
from sim.rulebook.parameters import describe
from sim.study.sampling import plausible_ranges, sobol_points
from sim.study.sensitivity import (
    Blocks,
    Method,
    analyse_sensitivity,
    check_points,
    design,
    fewest_points,
    points_of,
    rank,
)
from sim.study.store_runner import Progress, RunOptions
from sim.study.telling import driver_rows, tell_sensitivity
from tests.small_studies import vary_alone

NAMES = ("control_norm", "critical_mass", "staff_turnover")
UNIT = dict.fromkeys(NAMES, (0.0, 1.0))


def small(weeks: int = 230) -> Scenario:
    shape = OrganisationShape(teams=3, team_size=4)
    scenario = Scenario(title="A talk", weeks=weeks, organisation=shape)
    return scenario.with_entries(kind="coach_senior_leaders", start_week=0, end_week=10)


def linear(blocks: Blocks, noise: float = 0.0, replicates: int = 4) -> NDArray[np.float64]:
    """Return 3 times the first parameter minus the second; the third does nothing."""
    means = 3.0 * blocks.points[:, 0] - blocks.points[:, 1]
    return means[:, None] + noise * np.random.default_rng(5).standard_normal((len(means), replicates))


def test_morris_finds_the_slopes_of_a_linear_function() -> None:
    blocks = design("morris", UNIT, 80, seed=1)

    found = {driver.name: driver for driver in rank(blocks, linear(blocks), seed=1).drivers}

    assert found["control_norm"].strength.estimate == pytest.approx(3.0)
    assert found["critical_mass"].strength.estimate == pytest.approx(1.0)
    assert found["staff_turnover"].strength.estimate == pytest.approx(0.0, abs=1e-12)
    assert [round(found[name].direction) for name in NAMES] == [1, -1, 0]


def test_sobol_finds_the_shares_of_the_variance_of_a_linear_function() -> None:
    blocks = design("sobol", UNIT, 5 * 512, seed=1)

    found = {driver.name: driver for driver in rank(blocks, linear(blocks), seed=1).drivers}

    assert found["control_norm"].strength.estimate == pytest.approx(0.9, abs=0.02)
    assert found["critical_mass"].strength.estimate == pytest.approx(0.1, abs=0.02)
    alone = found["control_norm"].alone
    assert alone is not None
    assert alone.estimate == pytest.approx(0.9, abs=0.05)


@pytest.mark.parametrize("method", ["morris", "sobol", "pawn"])
def test_a_parameter_that_does_nothing_is_not_told_apart_from_chance(method: str) -> None:
    blocks = design(method, UNIT, 800, seed=2)

    found = {driver.name: driver for driver in rank(blocks, linear(blocks, noise=0.5), seed=2).drivers}

    assert found["control_norm"].is_above_chance
    assert not found["staff_turnover"].is_above_chance


def test_the_floor_of_morris_is_what_pure_chance_shows() -> None:
    blocks = design("morris", UNIT, 2000, seed=3)
    noise = np.random.default_rng(1).standard_normal((len(blocks.points), 4))

    found = rank(blocks, noise, seed=1)

    for driver in found.drivers:
        assert driver.strength.estimate == pytest.approx(driver.floor, rel=0.15)


def test_noise_is_told_apart_from_parameters() -> None:
    rng = np.random.default_rng(1)
    answers = rng.normal(0.0, 2.0, (4000, 1)) + rng.normal(0.0, 1.0, (4000, 5))

    noise = separate_noise(answers)

    assert noise.between_points == pytest.approx(4.0, rel=0.08)
    assert noise.between_replicates == pytest.approx(1.0, rel=0.05)
    assert noise.share == pytest.approx(0.2 / 4.2, rel=0.1)


def test_blocks_with_a_point_without_an_answer_are_left_out_and_counted() -> None:
    blocks = design("morris", UNIT, 80, seed=1)
    answers = linear(blocks)
    answers[[0, 1, 9]] = np.nan
    answers[20, 0] = np.nan

    found = rank(blocks, answers, seed=1, failures={9: "could not be run"})

    assert (found.n_undefined, found.n_failed, found.n_dropped, found.n_blocks) == (2, 1, 2, 20)
    assert found.drivers[0].strength.estimate == pytest.approx(3.0)


def test_too_many_gaps_are_a_fault_that_names_another_outcome() -> None:
    blocks = design("morris", UNIT, 80, seed=1)
    answers = linear(blocks)
    answers[::2] = np.nan

    with pytest.raises(InputError, match="gain_4_years"):
        rank(blocks, answers, seed=1)


def test_an_outcome_that_never_differs_is_a_fault() -> None:
    blocks = design("pawn", UNIT, 60, seed=1)

    with pytest.raises(InputError, match="the same at all"):
        rank(blocks, np.ones((60, 2)), seed=1)


def test_a_ranking_is_the_same_each_time() -> None:
    blocks = design("pawn", UNIT, 100, seed=1)

    first, again = (rank(blocks, linear(blocks, noise=0.3), seed=4) for _ in range(2))

    assert first == again


@pytest.mark.parametrize(("method", "least"), [("morris", 16), ("sobol", 20), ("pawn", 50)])
def test_too_few_points_are_a_fault_that_says_how_many_it_takes(method: str, least: int) -> None:
    with pytest.raises(InputError, match=f"at least {least}"):
        design(method, UNIT, least - 1, seed=1)

    assert len(design(method, UNIT, least, seed=1).points) == least


def test_the_whole_analysis_asks_the_model_and_does_not_depend_on_workers() -> None:
    ranges = plausible_ranges(NAMES)
    asked: list[Progress] = []

    one, two = (
        analyse_sensitivity(
            small(), OUTCOMES["gain_4_years"], "sobol", 20, 2, 1, ranges=ranges,
            options=RunOptions(workers=n, progress=asked.append),
        )
        for n in (1, 2)
    )  # fmt: skip

    assert one.screening == two.screening
    assert one.refined == two.refined
    assert points_of("sobol", ranges, 20) == 40
    assert asked[-1].n_done == asked[-1].n_wanted == 40 * 2 * 2
    words = tell_sensitivity(one)
    assert "What decides how much is left" in words
    assert all(name in words for name in NAMES)
    assert [row["parameter"] for row in driver_rows(one)][:3] == [driver.name for driver in one.screening.drivers]


def test_a_scenario_without_support_has_nothing_that_could_last() -> None:
    with pytest.raises(InputError, match="without support"):
        weeks_needed(Scenario(title="Nothing"), OUTCOMES["persists"])


def test_all_unknown_names_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        plausible_ranges(["critical_mas", "nonsense", "evidence", "evidence"])

    assert len(caught.value.faults) == 3


def test_every_parameter_is_screened_but_fixed_numbers() -> None:
    assert list(plausible_ranges()) == [name for name, own in describe().items() if not own.is_reference]


@given(st.integers(1, 70), st.integers(0, 2**32 - 1))
def test_points_lie_inside_their_ranges(n_points: int, seed: int) -> None:
    points = sobol_points({"a": (-2.0, 3.0), "b": (0.1, 0.2)}, n_points, seed)

    assert points.shape == (n_points, 2)
    assert ((points >= [-2.0, 0.1]) & (points <= [3.0, 0.2])).all()


@pytest.mark.parametrize("method", get_args(Method))
@pytest.mark.parametrize("n_parameters", [2, 12, 97])
def test_the_fewest_points_are_enough_and_one_less_is_not(method: Method, n_parameters: int) -> None:
    ranges = {f"p{number}": (0.0, 1.0) for number in range(n_parameters)}
    fewest = fewest_points(method, n_parameters)

    check_points(method, ranges, fewest, 1)
    with pytest.raises(InputError, match=f"at least {fewest:,} points"):
        check_points(method, ranges, fewest - 1, 1)


def test_the_help_says_how_many_points_the_package_needs(capsys: pytest.CaptureFixture[str]) -> None:
    from sim.commands import main

    with pytest.raises(SystemExit):
        main(["sensitivity", "--help"])

    needed = fewest_points("sobol", len(plausible_ranges()))
    assert f"--points [{needed:,} to 1,000,000]" in capsys.readouterr().out


def test_parameters_of_ones_own_are_enough_for_an_analysis_that_says_no_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.commands import main

    own = Path(__file__).parents[3] / "docs" / "examples" / "fear_of_inspection.py"
    asked = []
    monkeypatch.setattr("sim.study.sensitivity.check_points", lambda *words: asked.append(words))
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SystemExit):
        main(["sensitivity", "--with", str(own), "--out", str(tmp_path)])

    method, ranges, n_points, _ = asked[0]
    assert n_points == fewest_points(method, len(ranges)) > 768


def test_the_command_writes_the_answer_goes_on_where_it_was_and_refuses_a_full_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim.commands import main
    from sim.inputs.scenario.files import write_scenario
    from sim.study import sampling

    few = sampling.plausible_ranges(NAMES)
    vary_alone(lambda **_: few, monkeypatch)
    write_scenario(small(), tmp_path / "talk.toml")
    out = tmp_path / "answer"

    def command(folder: Path) -> int:
        words = ["sensitivity", str(tmp_path / "talk.toml"), "--outcome", "gain_4_years", "--method", "morris"]
        with pytest.raises(SystemExit) as ended:
            main([*words, "--points", "32", "--replicates", "1", "--workers", "1", "--out", str(folder)])
        return int(ended.value.code or 0)

    assert command(out) == 0
    answer = {"sensitivity.md", "sensitivity.svg", "sensitivity.png", "drivers.csv", "manifest.json"}
    assert {path.name for path in out.iterdir()} > answer
    assert "decided by" in capsys.readouterr().out
    before = {path.name: path.read_bytes() for path in (*out.glob("parts/*"), *out.glob("drivers.csv"))}
    assert command(out) == 0
    assert {path.name: path.read_bytes() for path in (*out.glob("parts/*"), *out.glob("drivers.csv"))} == before
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    assert command(tmp_path / "full") == 2
    assert "not empty" in capsys.readouterr().err
