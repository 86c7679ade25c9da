"""Parameter points: the ranges they are drawn from, and what the model answers at many of them.

Organisation and ties are made once, since no parameter changes them. Points are shared out over threads; each answer is
put in its place by number, so that any number of threads gives the same bits. A point that cannot be run is a row
without numbers and with a reason: what to do about it is for the study to say.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import CultureshiftError, Fault, InputError, nearest_name
from sim.engine.plan import build_plan
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import empty_table, prepare
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario, parameters_of_services
from sim.results.ensemble import Progress
from sim.rulebook.parameters import describe

__all__ = [
    "Answers",
    "PairedRunner",
    "Ranges",
    "ScenarioRunner",
    "check_counts",
    "evaluate_points",
    "plausible_ranges",
    "sobol_points",
]

Ranges = dict[str, tuple[float, float]]

_SAFE_SHARE = MEASURE_NAMES.index("safe_share")


def plausible_ranges(names: Sequence[str] | None = None, where: str = "--fit") -> Ranges:
    """Return the plausible range of parameters by name; of all whose range is more than a point if no names are given.

    Raises
    ------
    InputError : a name is unknown, or given twice; all faults are listed

    Examples
    --------
    >>> plausible_ranges(["critical_mass"])
    {'critical_mass': (0.1, 0.4)}
    """
    known = describe()
    if names is None:
        return {name: it.plausible for name, it in known.items() if it.plausible[0] < it.plausible[1]}
    faults = [
        Fault(where, "the name of a parameter", f'"{name}"', nearest_name(name, known))
        for name in names
        if name not in known
    ]
    faults += [
        Fault(where, "each parameter once", f'"{name}" twice') for name in dict.fromkeys(names) if names.count(name) > 1
    ]
    if faults:
        raise InputError(faults)
    return {name: known[name].plausible for name in names}


def check_counts(**counts: tuple[int, int, int]) -> None:
    """Check counts that a user gave: name of the option -> (value, least, most).

    Raises
    ------
    InputError : a count is out of range; all faults are listed
    """
    faults = [
        Fault(f"--{name.replace('_', '-')}", f"a whole number from {least:,} to {most:,}", f"{value:,}")
        for name, (value, least, most) in counts.items()
        if not least <= value <= most
    ]
    if faults:
        raise InputError(faults)


def sobol_points(ranges: Mapping[str, tuple[float, float]], n_points: int, seed: int) -> NDArray[np.float64]:
    """Return [n_points, n_parameters], points spread evenly over the ranges (a scrambled Sobol sequence).

    Examples
    --------
    >>> sobol_points({"critical_mass": (0.1, 0.4)}, 5, seed=1).shape
    (5, 1)
    """
    from scipy.stats import qmc

    low, high = np.array(list(ranges.values())).T
    # The sequence is balanced in whole powers of two; its beginning is spread nearly as evenly.
    exponent = max(1, int(np.ceil(np.log2(n_points))))
    unit = qmc.Sobol(len(ranges), scramble=True, rng=np.random.default_rng(seed)).random_base2(exponent)
    points: NDArray[np.float64] = low + (high - low) * unit[:n_points]
    return points


class ScenarioRunner:
    """One scenario, ready to be run at any parameter point.

    Parameters
    ----------
    scenario : what is run; its parameters hold where a point has none of its own
    organisation : who works where; the scenario's own if left out
    n_weeks : weeks that are run of it; all if left out

    Examples
    --------
    >>> runner = ScenarioRunner(Scenario(title="Nothing is done", weeks=4))
    >>> runner.weekly({"staff_turnover": 0.2}, seed=1, replicates=[0, 1]).shape == (2, 5, len(MEASURE_NAMES))
    True
    """

    def __init__(self, scenario: Scenario, organisation: Organisation | None = None, n_weeks: int | None = None):
        self.scenario = scenario
        self.n_weeks = scenario.weeks if n_weeks is None else min(n_weeks, scenario.weeks)
        self._prepared = prepare(scenario, organisation)

    @property
    def organisation(self) -> Organisation:
        """Who works where; the same at all points."""
        return self._prepared.organisation

    def weekly(self, values: Mapping[str, float], seed: int, replicates: Sequence[int]) -> NDArray[np.float64]:
        """Return [n_replicates, n_weeks + 1, n_measures], the organisation's weekly measures at a parameter point.

        Raises
        ------
        InputError : the model does not accept a value
        """
        scenario = self.scenario.with_parameters(**values)
        parameters = parameters_of_services(scenario, self.organisation)
        before = self._prepared
        plan, _ = build_plan(
            self.organisation, parameters, scenario.timeline, scenario.weeks, -before.plan.first_week,
            before.engine.rulebook,
        )  # fmt: skip
        prepared = replace(before, scenario=scenario, plan=plan)
        table = empty_table(len(replicates) * (self.n_weeks + 1), 1)
        table = table.reshape(len(replicates), self.n_weeks + 1, 1, -1)
        for place, replicate in enumerate(replicates):
            world, key = prepared.start(seed, replicate)
            prepared.run_weeks(world, key, 0, self.n_weeks, table[place])
        return table[:, :, 0]


class PairedRunner:
    """A scenario and the same without interventions, ready to be run at any parameter point on the same chance events.

    Parameters
    ----------
    scenario : what is run
    n_weeks : weeks that are run of it; all if left out
    """

    def __init__(self, scenario: Scenario, n_weeks: int | None = None):
        self.arm = ScenarioRunner(scenario, n_weeks=n_weeks)
        self.baseline = ScenarioRunner(scenario.baseline(), self.arm.organisation, n_weeks)

    def safe_shares(
        self, values: Mapping[str, float], seed: int, replicates: Sequence[int]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the safe share of the scenario and of its baseline, [n_replicates, n_weeks + 1] each."""
        arm = self.arm.weekly(values, seed, replicates)[:, :, _SAFE_SHARE]
        return arm, self.baseline.weekly(values, seed, replicates)[:, :, _SAFE_SHARE]


@dataclass(frozen=True, eq=False)
class Answers:
    """What the model answered at many parameter points.

    Parameters
    ----------
    names : [n_parameters], names of the parameters
    points : [n_points, n_parameters], in the parameters' units
    outputs : [n_outputs], names of what was asked for
    values : [n_points, n_replicates, n_outputs]; NaN where there is no answer
    failures : why a point could not be run, by its number
    """

    names: tuple[str, ...]
    points: NDArray[np.float64]
    outputs: tuple[str, ...]
    values: NDArray[np.float64]
    failures: dict[int, str]

    def output(self, name: str) -> NDArray[np.float64]:
        """Return one output, [n_points, n_replicates]."""
        return self.values[:, :, self.outputs.index(name)]


def evaluate_points(
    names: Sequence[str],
    points: NDArray[np.float64],
    answer: Callable[[int, dict[str, float]], NDArray[np.float64]],
    n_replicates: int,
    outputs: Sequence[str],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Answers:
    """Ask the model at every point.

    Parameters
    ----------
    names, points : parameters [n_parameters], and where to ask [n_points, n_parameters]
    answer : called with the number of a point and its values by name; returns [n_replicates, n_outputs]
    n_replicates, outputs : what comes back
    threads : how many points at once; as many as there are processors if left out
    progress : called with the number of points done, in the caller's thread; may raise to stop
    """
    values = np.full((len(points), n_replicates, len(outputs)), np.nan)
    failures: dict[int, str] = {}

    def ask(number: int) -> None:
        try:
            values[number] = answer(number, dict(zip(names, points[number].tolist(), strict=True)))
        except (CultureshiftError, ArithmeticError) as error:
            failures[number] = str(error)

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        jobs = [pool.submit(ask, number) for number in range(len(points))]
        try:
            for n_done, job in enumerate(jobs, start=1):
                job.result()
                if progress is not None:
                    progress(n_done)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return Answers(tuple(names), points, tuple(outputs), values, dict(sorted(failures.items())))
