"""A scenario at each of the draws over what nobody has measured: what its answer rests on.

It is run in a few worlds at every draw, at all of them with the same chance events. Runs go to a store, so that work
that was stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.inputs.draws import Draws, draws
from sim.inputs.scenario.description import Scenario
from sim.results.outcomes import PERSISTS_WITHOUT_UPKEEP, PairedSeries
from sim.results.ranges import HEADLINES, SEED, WORLDS, RangeRequest, ScenarioRange, range_over
from sim.results.store import Keep
from sim.study.points import PointRunner, PointRuns
from sim.study.store_runner import RunOptions, open_store_runner

__all__ = ["range_of", "range_title"]

_ARM, _OTHER, _STOPPED = "arm", "other", "without upkeep"

Floats = NDArray[np.float64]


def range_title(scenario: Scenario) -> str:
    """Return the title of the study that a range is."""
    return f"What {scenario.title} rests on"


def range_of(
    scenario: Scenario,
    other: Scenario | None = None,
    *,
    judged_from: int | None = None,
    over: Draws | None = None,
    worlds: int = WORLDS,
    seed: int = SEED,
    options: RunOptions | None = None,
) -> ScenarioRange:
    """Return the range of a scenario, running what is missing of it.

    Parameters
    ----------
    scenario, other : what is run, and what it is compared with; the same world in which nothing is done if left out
    judged_from : the week from which a shift is judged; the end of support if left out
    over : the draws; those of the package if left out. A parameter that one of the scenarios sets keeps its value
    worlds : runs at each draw
    seed : of all of them
    options : where runs are kept and how they are done; see :class:`sim.study.store_runner.RunOptions`

    Raises
    ------
    WorkStopped : it was asked to stop; what was run is kept in the folder
    InputError : the folder holds other runs, or a draw is refused by the scenario
    """
    asked = RangeRequest(scenario, other or scenario.baseline(), judged_from)
    free = asked.free(draws(scenario.rulebook) if over is None else over)
    run = {_ARM: asked.arm, _OTHER: asked.other}
    if (stopped := asked.stopped) is not None:
        run[_STOPPED] = stopped
    names = [name for name in HEADLINES if name != PERSISTS_WITHOUT_UPKEEP or stopped is not None]

    def answer(runs: Mapping[str, PointRuns]) -> Floats:
        against = runs[_OTHER].safe_share
        whole, *without = (
            PairedSeries(runs[of].safe_share, against, asked.end, asked.is_about_support) for of in run if of != _OTHER
        )
        series = {name: without[0] if name == PERSISTS_WITHOUT_UPKEEP else whole for name in names}
        by_outcome = [np.asarray(HEADLINES[name].by_replicate(one), dtype=np.float64) for name, one in series.items()]
        return np.stack(by_outcome, axis=1)

    with open_store_runner(options or RunOptions(), Keep()) as store_runner:
        runner = PointRunner(store_runner, run, {of: _OTHER for of in run if of != _OTHER}, free.names)
        runner.begin(range_title(scenario), len(run) * len(free) * worlds, seed=seed, replicates=worlds)
        answers = runner.evaluate(free.names, free.values, [0] * len(free), worlds, seed, answer, names)
        runner.finish()
        set_aside = tuple(store_runner.store.set_aside)
    if answers.failures:
        number, reason = next(iter(answers.failures.items()))
        raise InputError.single(scenario.name, "a scenario that runs at every draw", f"draw {number}: {reason}")
    found = {name: range_over(name, answers.output(name)) for name in names}
    return ScenarioRange({name: it for name, it in found.items() if it is not None}, len(free), worlds, set_aside)
