"""Analyses of many points: what they ran is kept, a stop loses nothing, and no engine, chunk or resumption shows."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.base.destination import FolderDestination
from sim.base.errors import InputError, OutputError
from sim.commands import main
from sim.commands.answers import answer_names
from sim.commands.study_folder import StudyFolder
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import prepare
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario
from sim.results import measures
from sim.results.outcomes import OUTCOMES
from sim.results.store import Keep, Results, config_key, model_version, verify
from sim.results.store.figures import FIGURES, figures_of
from sim.results.store.parts import SAFE_SHARE, part_in
from sim.study.calibration import CalibrationTarget, calibrate
from sim.study.chunk import Batch, Chunk, simulate_chunk
from sim.study.discovery import discover
from sim.study.points import PointRunner, check_chance_events, shortened
from sim.study.replay import replay_run
from sim.study.sampling import plausible_ranges
from sim.study.sensitivity import analyse_sensitivity
from sim.study.store_runner import Progress, RunOptions, WorkStopped, open_store_runner
from tests.small_studies import results_of

Work = Callable[[RunOptions], Any]

SHAPE = OrganisationShape(teams=3, team_size=4)
TALK = Scenario(title="A talk", weeks=60, organisation=SHAPE).with_entries(kind="dialogue", start_week=0, end_week=10)
NAMES = ("control_norm", "critical_mass", "staff_turnover")


def sensitivity(options: RunOptions) -> Any:
    scenario = TALK.replace(weeks=230)
    ranges = plausible_ranges(NAMES)
    found = analyse_sensitivity(scenario, OUTCOMES["peak_gain"], "sobol", 40, 2, 1, ranges=ranges, options=options)
    return found.screening, found.refined


def discovery(options: RunOptions) -> Any:
    scenario = load_scenario("internal-capacity")
    scenario = scenario.replace(organisation=scenario.organisation.model_copy(update=dict(SHAPE)), weeks=270)
    found = discover(scenario, OUTCOMES["holds"], n_points=60, replicates=2, seed=1, options=options)
    return repr((found.boxes, found.first_cut, found.answers.values.tolist()))


def calibration(options: RunOptions) -> Any:
    targets = [
        CalibrationTarget("gain_safe_share", 30, 0.1, 0.05, "about", "average", TALK),
        CalibrationTarget("kept_half", 40, 0.5, 0.1, "about", "one", TALK),
    ]
    found = calibrate(targets, NAMES[:2], 20, 2, 1, n_trials=1, n_searched=6, options=options)
    assert found.search is not None
    assert found.identifiability is not None
    told = (found.posterior.samples, found.shown_by_defaults, found.search.losses, found.check.median,
            found.identifiability.medians, found.emulator.error_variance)  # fmt: skip
    return [values.tobytes() for values in told]


def stopping_after(n: int) -> Callable[[Progress], None]:
    """Return a watcher that presses Ctrl-C once so many runs or steps have been told."""
    told = 0

    def watch(_: Progress) -> None:
        nonlocal told
        told += 1
        if told == n:
            os.kill(os.getpid(), signal.SIGINT)

    return watch


def everything_in(folder: Path) -> dict[str, bytes]:
    return results_of(folder) | {path.name: path.read_bytes() for path in folder.glob("numbers/*")}


@pytest.mark.parametrize(
    ("work", "stops"),
    [
        (sensitivity, (3, 25)),
        pytest.param(discovery, (5, 30), marks=pytest.mark.slow),
        pytest.param(calibration, (8, 60, 100, 150), marks=pytest.mark.slow),
    ],
)
def test_what_was_interrupted_goes_on_to_the_same_bits(work: Work, stops: tuple[int, ...], tmp_path: Path) -> None:
    right = work(RunOptions(tmp_path / "whole", workers=1))

    n_before = 0
    for place, stop in enumerate(stops):
        options = RunOptions(
            tmp_path / "out", workers=1 + place % 2, runs_per_chunk=3 + place, progress=stopping_after(stop)
        )
        with pytest.raises(WorkStopped, match="asked to stop"):
            work(options)
        n_done = Results(tmp_path / "out").status().n_done
        assert n_done >= n_before
        n_before = n_done
    assert n_before > 0

    assert work(RunOptions(tmp_path / "out", workers=2)) == right
    assert everything_in(tmp_path / "out") == everything_in(tmp_path / "whole")
    assert not list(tmp_path.rglob(".*"))


def test_a_command_that_is_interrupted_says_which_command_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def watched() -> Iterator[Callable[[Progress], None]]:
        yield stopping_after(5)

    monkeypatch.setattr("sim.commands.answers.watched", watched)
    words = ["discover", "internal-capacity", "--points", "60", "--replicates", "1", "--out", str(tmp_path / "out")]
    words += ["--condition", "critical_mass=0.1:0.4", "--condition", "control_norm=0.3:0.9", "--workers", "1"]

    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == 130
    told = capsys.readouterr().err
    assert "Stopped: asked to stop." in told
    again = told[told.index("Go on with:") :].splitlines()[1].split()
    assert again[0] == "cultureshift"
    assert sorted(again[1:]) == sorted(words)
    n_there = Results(tmp_path / "out").status().n_done
    assert f"{n_there} runs are safe in" in told
    assert n_there > 0


def test_an_earlier_answer_without_runs_is_replaced_only_if_that_is_asked_for(tmp_path: Path) -> None:
    names = answer_names("sensitivity", "drivers")
    with FolderDestination(tmp_path / "out", names).writing() as staged:
        (staged / "sensitivity.md").write_text("earlier")

    with pytest.raises(OutputError, match="or replace earlier results with --force"):
        StudyFolder(tmp_path / "out", names).check()
    StudyFolder(tmp_path / "out", names, force=True).check()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"with --out$"):
        StudyFolder(tmp_path / "out", names, force=True).check()


def test_what_is_there_is_not_run_again(tmp_path: Path) -> None:
    first = sensitivity(RunOptions(tmp_path, workers=1))
    asked: list[Progress] = []

    assert sensitivity(RunOptions(tmp_path, workers=1, progress=asked.append)) == first
    assert asked[-1].n_here == 0
    assert asked[-1].n_done == asked[-1].n_wanted > 0


def test_a_damaged_part_is_set_aside_and_its_runs_are_made_anew(tmp_path: Path) -> None:
    right = sensitivity(RunOptions(tmp_path, workers=1))
    before = everything_in(tmp_path)
    part = next((tmp_path / "parts").iterdir())
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    assert part in verify(tmp_path).damaged

    assert sensitivity(RunOptions(tmp_path, workers=1)) == right
    assert everything_in(tmp_path) == before


@pytest.mark.slow
def test_processes_and_threads_come_to_the_same_bits(tmp_path: Path) -> None:
    threads = sensitivity(RunOptions(tmp_path / "threads", workers=2))

    assert sensitivity(RunOptions(tmp_path / "processes", workers=2, processes=True)) == threads
    assert everything_in(tmp_path / "processes") == everything_in(tmp_path / "threads")


def test_an_analysis_is_a_study_like_any_other(tmp_path: Path) -> None:
    sensitivity(RunOptions(tmp_path, workers=1))

    results = Results(tmp_path)
    assert results.axes == NAMES
    summary = results.summary()
    assert len(summary) == 80
    case = next(results.case_rows())
    again = replay_run(tmp_path, f"{case.config}-1")
    _, kept = results.series([case.config])[case.config]
    assert np.array_equal(again, kept[1])


def test_a_point_is_a_run_of_the_scenario_with_the_chance_events_that_were_asked_for() -> None:
    with open_store_runner(RunOptions(workers=1), Keep(figures=(("voiced", 20), ("safety", 0)))) as store_runner:
        runner = PointRunner(store_runner, {"talk": TALK}, {"talk": "talk"}, ["staff_turnover"])
        seen = runner.evaluate(
            ["staff_turnover"], np.array([[0.3]]), [5], 2, 7,
            lambda runs: np.concatenate([runs["talk"].safe_share, runs["talk"].figures], axis=1),
            [f"{k}" for k in range(TALK.weeks + 3)],
        ).values[0]  # fmt: skip

    for place, replicate in enumerate((5, 6)):
        weekly = prepare(TALK.with_parameters(staff_turnover=0.3)).simulate(7, replicate)[:, 0]
        assert np.array_equal(seen[place, :-2], weekly[:, 0])
        assert np.array_equal(seen[place, -2:], figures_of(weekly, (("voiced", 20), ("safety", 0))))


def test_points_that_cannot_be_run_are_rows_with_a_reason() -> None:
    with open_store_runner(RunOptions(workers=1), Keep()) as store_runner:
        runner = PointRunner(store_runner, {"talk": TALK}, {"talk": "talk"}, ["staff_turnover"])
        found = runner.evaluate(
            ["staff_turnover"], np.array([[0.1], [7.0], [0.2]]), [0, 0, 0], 1, 1,
            lambda runs: runs["talk"].safe_share[:, -1:], ["safe_share"],
        )  # fmt: skip

    assert list(found.failures) == [1]
    assert "staff_turnover" in found.failures[1]
    assert np.isnan(found.values[:, 0, 0]).tolist() == [False, True, False]


def test_a_shortened_scenario_lives_through_the_same_weeks() -> None:
    scenario = TALK.with_entries(kind="train_facilitators", start_week=45, end_week=50)

    short = shortened(scenario, 20)

    assert short.weeks == 46  # what begins in week 45 has to be there, since whom it reaches is settled before
    whole, part = (prepare(one).simulate(3, 2)[:, 0] for one in (scenario, short))
    assert np.array_equal(part, whole[:47], equal_nan=True)


def test_what_is_remembered_of_a_place_changes_no_bit(tmp_path: Path) -> None:
    """Each point begins at its own rest."""
    places = [TALK, TALK.replace(organisation=SHAPE.model_copy(update={"team_size": 5})), TALK.replace(weeks=50)]
    scenarios = [place.with_parameters(control_norm=norm) for norm in (0.4, 0.7) for place in places]
    batches = tuple(Batch(f"{k}", one, None, 3, (0, 1)) for k, one in enumerate(scenarios))

    for _ in range(2):
        part = part_in(simulate_chunk(Chunk(batches, Keep(), model_version())), tmp_path, Keep())
        shares = part.column(SAFE_SHARE).to_pylist()
        for k, scenario in enumerate(scenarios):
            assert shares[2 * k + 1] == prepare(scenario).simulate(3, 1)[:, 0, 0].tolist()


def test_other_chance_events_have_another_name() -> None:
    assert config_key(TALK, 1, 0) == config_key(TALK, 1)
    assert len({config_key(TALK, 1, first) for first in (0, 8, 16)}) == 3


def test_a_folder_with_other_figures_is_refused_in_words(tmp_path: Path) -> None:
    with open_store_runner(RunOptions(tmp_path), Keep(figures=(("safety", 10),))):
        pass

    with (
        pytest.raises(InputError, match=r"no weekly series and 1 figures.*other figures"),
        open_store_runner(RunOptions(tmp_path), Keep(figures=(("safety", 11),))),
    ):
        pass


def test_every_figure_can_be_read_off_a_run_and_a_week_that_is_not_there_has_none() -> None:
    weekly = prepare(TALK).simulate(1)[:, 0]

    found = dict(zip(FIGURES, figures_of(weekly, [(name, 30) for name in FIGURES]), strict=True))

    for name in ("safety", "safe_share", "coherence"):
        assert found[name] == weekly[30, MEASURE_NAMES.index(name)]
    assert found["voiced"] == measures.smooth(weekly[:, MEASURE_NAMES.index("voiced")])[30]
    assert found["confidence_gap"] == found["safe_share"] - found["confident_share"]
    assert found["acted_on"] == found["well_received"] / found["voiced"]
    assert np.isnan(figures_of(weekly, [("safety", 61)])).all()


def test_numbers_are_found_again_and_never_believed_when_they_are_damaged(tmp_path: Path) -> None:
    numbers = {"chain": np.arange(12.0).reshape(2, 3, 2), "one": np.array(0.5), "none": np.zeros((0, 2))}
    with open_store_runner(RunOptions(tmp_path), Keep()) as store_runner:
        assert store_runner.store.numbers("ab" * 32) is None
        store_runner.store.keep_numbers("ab" * 32, numbers)
        found = store_runner.store.numbers("ab" * 32)
        assert found is not None
        for name, values in numbers.items():
            assert np.array_equal(found[name], values)
            assert found[name].shape == values.shape

        (path,) = (tmp_path / "numbers").iterdir()
        path.write_bytes(path.read_bytes()[:-1])
        assert path in verify(tmp_path).damaged
        assert store_runner.store.numbers("ab" * 32) is None
        assert [one.name for one in store_runner.store.set_aside] == [path.name]
    assert not verify(tmp_path).damaged


def test_more_chance_events_than_there_are_are_refused() -> None:
    check_chance_events(1_000_000, 100)
    with pytest.raises(InputError, match="at most"):
        check_chance_events(1_000_000, 10_000)
