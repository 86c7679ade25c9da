"""Many parameter points: at each of them some scenarios are run, as far as that is missing, and asked for an answer.

Every analysis that moves parameters runs its points here. Runs go to a store, named by what decides them; so
what was run before is there already, and any engine, chunks or resumption come to the same bits. A point that cannot
be run is a row without numbers and with a reason: what to do about it is for the analysis to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.inputs.scenario.description import Scenario
from sim.results.store import CaseRow, Results, config_key, model_version
from sim.study.sampling import PointAnswers
from sim.study.store_runner import StoreRunner, WantedRuns

__all__ = ["MOST_CHANCE_EVENTS", "PointRunner", "PointRuns", "check_chance_events", "shortened"]

MOST_CHANCE_EVENTS = 2**31
"""Points times replicates, at most: each of them has a number, by which its chance events are looked up."""

_RUNS_AT_ONCE = 2_000
_SHARE_UNWRITTEN = 0.1
"""Cases that are not yet in the table of cases, at most, as a share of those that are: a search finds them one by one,
and each writing costs as much as there are in all."""

Floats = NDArray[np.float64]
ReplicateValues = tuple[NDArray[np.int64], Floats]
"""Replicates, and what is kept of each."""


class PointRuns(NamedTuple):
    """The runs of one scenario at one point.

    Shapes: ``safe_share`` [n_replicates, n_weeks + 1]; ``figures`` [n_replicates, n_figures], those that are kept.
    """

    safe_share: Floats
    figures: Floats


Answer = Callable[[Mapping[str, PointRuns]], Floats]
"""From the runs of each scenario at a point, by its name, to [n_replicates, n_outputs]."""


@dataclass(frozen=True)
class _Point:
    """A point that can be run: its number among those asked for together, and the keys of its runs by scenario."""

    number: int
    configs: dict[str, str]


def shortened(scenario: Scenario, n_weeks: int) -> Scenario:
    """Return a scenario that ends once so many weeks have been run; what happens in them is the same.

    Examples
    --------
    >>> shortened(Scenario(title="Nothing is done"), 60).weeks
    60
    """
    # Nothing may be left out that begins later: whom it reaches is settled before the run.
    needed = [n_weeks, scenario.support_end_week or 0, *(entry.first_week + 1 for entry in scenario.timeline)]
    return scenario.replace(weeks=min(scenario.weeks, max(needed)))


def check_chance_events(n_points: int, replicates: int) -> None:
    """Make sure that each replicate of each point can have chance events of its own.

    Raises
    ------
    InputError : there are too many
    """
    if n_points * replicates > MOST_CHANCE_EVENTS:
        wanted = f"at most {MOST_CHANCE_EVENTS:,} runs of a scenario in all"
        raise InputError.single("--points and --replicates", wanted, f"{n_points:,} times {replicates:,}")


class PointRunner:
    """Runs parameter points of some scenarios.

    Parameters
    ----------
    store_runner : who runs what is missing, and the store where it is kept
    scenarios : what is run at each point, by names of the caller's own
    compared : for each scenario that is a case of its own, the name of what it is compared with
    parameters : names of all that any point sets
    """

    def __init__(
        self,
        store_runner: StoreRunner,
        scenarios: Mapping[str, Scenario],
        compared: Mapping[str, str],
        parameters: Sequence[str],
    ) -> None:
        self.store_runner, self.scenarios, self.compared = store_runner, dict(scenarios), dict(compared)
        self.parameters = tuple(dict.fromkeys(parameters))
        self.rows: list[CaseRow] = []
        self._n_points = self._n_written = 0
        self._wanted: dict[str, WantedRuns] = {}
        self._facts = {name: _facts(self.scenarios[name]) for name in self.compared}

    @property
    def runs_per_replicate(self) -> int:
        """Runs that one replicate of a point comes to."""
        return len(self.scenarios)

    def begin(self, title: str, n_wanted: int, **asked: Any) -> None:
        """Write down what is asked, and how many runs that takes at most.

        Parameters
        ----------
        title : of the study that the folder holds
        n_wanted : runs
        asked : what else decides the answer; among it the seed

        Raises
        ------
        InputError : the folder holds what another plan made, or was begun with other rules of one's own
        """
        store, engine = self.store_runner.store, self.store_runner.engine
        own = tuple(dict.fromkeys(one for scenario in self.scenarios.values() for one in scenario.own_rules))
        content = {name: scenario.digest() for name, scenario in self.scenarios.items()}
        described = {"model_version": model_version(), "title": title, **asked, "content": content}
        store.check_plan(described, own)
        self.store_runner.n_wanted = n_wanted
        store.describe(described, own)
        store.log("started", engine=engine.name, workers=engine.n_workers, wanted=n_wanted)

    def evaluate(
        self,
        names: Sequence[str],
        points: Floats,
        firsts: Sequence[int],
        n_replicates: int,
        seed: int,
        answer: Answer,
        outputs: Sequence[str],
    ) -> PointAnswers:
        """Run what is missing of some points, and ask each of them for its answer.

        Parameters
        ----------
        names, points : parameters [n_parameters], and where to ask [n_points, n_parameters]
        firsts : [n_points], the chance events of each point are those of the replicates from this number on
        n_replicates, seed : runs of each scenario at each point
        answer : what is made of the runs of a point
        outputs : [n_outputs], names of what comes back

        Raises
        ------
        WorkStopped : it was asked to stop
        OutputError : the disk is full or cannot be written, or a part is damaged
        EngineError, DifferentModelError : the workers cannot be reached, or have another version of the model
        """
        values = np.full((len(points), n_replicates, len(outputs)), np.nan)
        failures: dict[int, str] = {}
        known = set(self._wanted)
        asked: list[_Point] = []
        for number, first in enumerate(firsts):
            try:
                asked.append(self._ask(number, names, points[number].tolist(), first, n_replicates, seed))
            except InputError as error:
                failures[number] = str(error)
        self._write_cases()
        wanted = dict.fromkeys(config for point in asked for config in point.configs.values())
        self.store_runner.do(
            [self._wanted[config] for config in wanted], [self._wanted[one] for one in wanted if one not in known]
        )
        for point, runs in self._read(asked, n_replicates):
            try:
                values[point.number] = answer(runs) if isinstance(runs, dict) else np.nan
            except ArithmeticError as error:
                runs = str(error)
            if isinstance(runs, str):
                failures[point.number] = runs
        return PointAnswers(tuple(names), points, tuple(outputs), values, dict(sorted(failures.items())))

    def finish(self, with_outcomes: bool = False) -> None:
        """Bring the store into its canonical form.

        Parameters
        ----------
        with_outcomes : whether what came of each case is written beside the runs
        """
        store_runner, store = self.store_runner, self.store_runner.store
        self._write_cases(all_of_them=True)
        # What could not be made a scenario, and what was asked for twice, is no run.
        store_runner.n_wanted = store_runner.n_done + store_runner.n_failed
        if with_outcomes:
            store.write_outcomes(self.parameters, Results(store.folder).outcomes_by_case(self.rows, store.index))
        store.compact(self._wanted, threads=store_runner.engine.n_workers)
        store.log("finished", wanted=store_runner.n_wanted, done=store_runner.n_done, failed=store_runner.n_failed)

    # --- asking -------------------------------------------------------------------------------------------------------

    def _ask(
        self, number: int, names: Sequence[str], values: Sequence[float], first: int, n_replicates: int, seed: int
    ) -> _Point:
        """Note a point as cases, and its runs as wanted.

        Raises
        ------
        InputError : the model does not accept a value
        """
        at = dict(zip(names, values, strict=True))
        configs: dict[str, str] = {}
        for name in self.scenarios:
            config = config_key(self._moved(name, at), seed, first)
            so_far = self._wanted.get(config)
            n = max(n_replicates, so_far.n_replicates if so_far else 0)
            self._wanted[config] = WantedRuns(config, n, seed, partial(self._moved, name, at), first)
            configs[name] = config
        for name, other in self.compared.items():
            base = self.scenarios[name].parameters
            axes = tuple(float(at.get(axis, getattr(base, axis))) for axis in self.parameters)
            facts, place = self._facts[name], (len(self.rows), self.scenarios[name].name, self._n_points)
            self.rows.append(CaseRow(*place, axes, configs[name], configs[other], *facts))
        self._n_points += 1
        return _Point(number, configs)

    def _moved(self, name: str, at: Mapping[str, float]) -> Scenario:
        return self.scenarios[name].with_parameters(**at)

    def _write_cases(self, all_of_them: bool = False) -> None:
        """Write down what is run, unless that is little more than what was written down before."""
        n_unwritten = len(self.rows) - self._n_written
        if not n_unwritten or not (all_of_them or n_unwritten > _SHARE_UNWRITTEN * self._n_written):
            return
        self.store_runner.store.write_cases(self.parameters, self.rows)
        self.store_runner.store.write_configs({name: one.resolved() for name, one in self._wanted.items()})
        self._n_written = len(self.rows)

    # --- reading ------------------------------------------------------------------------------------------------------

    def _read(self, asked: Sequence[_Point], n_replicates: int) -> Iterator[tuple[_Point, dict[str, PointRuns] | str]]:
        """Yield each point with its runs, or with why one of them failed; only so many are in memory at once."""
        store = self.store_runner.store
        results, keep = Results(store.folder), store.keep
        size = max(1, _RUNS_AT_ONCE // (n_replicates * self.runs_per_replicate))
        for begin in range(0, len(asked), size):
            batch = asked[begin : begin + size]
            configs = {config for point in batch for config in point.configs.values()}
            shares = results.series(configs, store.index)
            figures = results.figures(configs, store.index) if keep.figures else {}
            for point in batch:
                failure = self._failure(point, n_replicates)
                yield (
                    point,
                    failure
                    or {
                        name: _runs(n_replicates, shares[config], figures.get(config))
                        for name, config in point.configs.items()
                    },
                )

    def _failure(self, point: _Point, n_replicates: int) -> str:
        """Return why a run of a point failed; empty if none did."""
        failures = self.store_runner.store.index.failures
        runs = ((config, number) for config in point.configs.values() for number in range(n_replicates))
        return next((failures[run] for run in runs if run in failures), "")


def _runs(n: int, shares: ReplicateValues, figures: ReplicateValues | None) -> PointRuns:
    """Return the runs of the first replicates; an earlier start may have left more."""
    shown = np.zeros((n, 0)) if figures is None else figures[1][figures[0] < n]
    return PointRuns(shares[1][shares[0] < n], shown)


def _facts(scenario: Scenario) -> tuple[int, int, float]:
    """Return what a case says of its scenario that no parameter changes: end of support, weeks, and cost."""
    end = min(scenario.support_end_week or 0, scenario.weeks)
    return end, scenario.weeks, float(scenario.cost_by_week(scenario.weeks).sum())
