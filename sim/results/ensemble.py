"""Replicates of a scenario, and of its baseline on the same chance events.

Replicates run on threads over one compiled function that does not hold the interpreter; results are put in their place
by number, so that they are the same bits for any number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.base.dates import first_days
from sim.base.errors import Fault, InputError, nearest_name
from sim.base.measure import Measure
from sim.base.showing import ShownInNotebooks
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import PreparedRun, empty_table, prepare
from sim.engine.week import Engine, engine_of
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario
from sim.results import measures
from sim.results.measures import Interval
from sim.results.outcomes import OUTCOMES, PERSISTS_WITHOUT_UPKEEP, PairedSeries, outcomes_of, summarise

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cancelled", "Ensemble", "PairedEnsemble", "run_ensemble", "run_paired"]

Progress = Callable[[int], None]

JUDGED_BY = "safe_share"
"""The measure that every outcome is made of: a run keeps it, whatever else it keeps."""


class Cancelled(Exception):  # noqa: N818 - not an error: the caller asked for it
    """The caller asked to stop."""


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble:
    """The replicates of one scenario.

    Parameters
    ----------
    scenario, organisation : what was run, and where
    seed : seed of the ensemble
    replicates : [n_replicates], the number of each replicate
    weekly : [n_replicates, n_weeks + 1, n_measures], the organisation's weekly measures
    by_service : [n_replicates, n_weeks + 1, n_services, n_measures], or None if it was not recorded
    notices : what is to be told of how week 0 was come by, in sentences
    measure_names : in the order of the weekly table
    """

    scenario: Scenario
    organisation: Organisation
    seed: int
    replicates: tuple[int, ...]
    weekly: NDArray[np.float64]
    by_service: NDArray[np.float64] | None = None
    notices: tuple[str, ...] = ()
    measure_names: tuple[str, ...] = MEASURE_NAMES

    def __repr__(self) -> str:
        return f"<Ensemble {self.told()}>"

    def told(self) -> str:
        """Return what was run, in a few words."""
        n_runs = len(self.replicates)
        runs = f"{n_runs} {'run' if n_runs == 1 else 'runs'} of {self.n_weeks} weeks"
        return f'"{self.scenario.title}": {runs} with {self.organisation.n_staff:,} staff, seed {self.seed}'

    @property
    def n_weeks(self) -> int:
        """Weeks after week 0."""
        return int(self.weekly.shape[1]) - 1

    def series(self, measure: str) -> NDArray[np.float64]:
        """Return one measure, [n_replicates, n_weeks + 1]; ``cost`` is the cost so far, in days of paid support.

        Raises
        ------
        InputError : there is no such measure, or it was not kept
        """
        if measure == "cost":
            return np.broadcast_to(self.cost_so_far(), self.weekly.shape[:2])
        if measure not in self.measure_names:
            wanted = f"a measure that the runs keep: {', '.join(self.measure_names)}"
            hint = f'run with measures=[..., "{measure}"]' if measure in MEASURE_NAMES else ""
            raise InputError.single(
                "series", wanted, f'"{measure}"', hint or nearest_name(measure, [*self.measure_names, "cost"])
            )
        return self.weekly[:, :, self.measure_names.index(measure)]

    def cost_so_far(self) -> NDArray[np.float64]:
        """Return [n_weeks + 1], the cost up to the start of each week, in days of paid support."""
        return np.concatenate([[0.0], np.cumsum(self.scenario.cost_by_week(self.n_weeks))])

    def to_frame(self) -> pd.DataFrame:
        """Return the weekly table: scenario, replicate, week, one column per measure, and the cost so far.

        Where the scenario says on which day week 0 begins, the first day of each week stands beside it.
        """
        import pandas as pd

        n_replicates, n_rows, n_measures = self.weekly.shape
        frame = pd.DataFrame(self.weekly.reshape(-1, n_measures), columns=list(self.measure_names))
        frame.insert(0, "scenario", pd.Series(pd.Categorical([self.scenario.name] * len(frame))))
        frame.insert(1, "replicate", np.repeat(np.array(self.replicates, dtype=np.int64), n_rows))
        frame.insert(2, "week", np.tile(np.arange(n_rows), n_replicates))
        if (start := self.scenario.start) is not None:
            frame.insert(3, "date", first_days(frame["week"].to_numpy(), start))
        frame["cost"] = np.tile(self.cost_so_far(), n_replicates)
        return frame


@dataclass(frozen=True, eq=False, repr=False)
class PairedEnsemble(ShownInNotebooks):
    """A scenario and what it is compared with, replicate by replicate on the same chance events.

    Parameters
    ----------
    arm, baseline : the two
    without_upkeep : the arm once more, but all that is paid ends with outside support; None where nothing goes on
    judged_from : the week from which all programmes are judged that this one is compared with; its own end of support
        if left out
    """

    arm: Ensemble
    baseline: Ensemble
    without_upkeep: Ensemble | None = None
    judged_from: int | None = None

    @property
    def is_against_nothing(self) -> bool:
        """Whether the other run is the same world in which nothing is done, so that a difference is a gain."""
        return self.baseline.scenario.is_baseline_of(self.arm.scenario)

    @property
    def is_alone(self) -> bool:
        """Whether nothing is done in this scenario, so that it and its baseline are one."""
        return self.is_against_nothing and not self.arm.scenario.done

    def __repr__(self) -> str:
        return f'<PairedEnsemble {self.arm.told()}, against "{self.baseline.scenario.title}">'

    @property
    def support_end_week(self) -> int:
        """The week from which a shift is judged: outside support ends, here or in the last that this is compared with.

        Week 0 where there is none.
        """
        end = self.arm.scenario.support_end_week if self.judged_from is None else self.judged_from
        return 0 if end is None else min(end, self.arm.n_weeks)

    @property
    def has_judging_date(self) -> bool:
        """Whether there is a week from which a shift can be judged."""
        return self.judged_from is not None or self.arm.scenario.support_end_week is not None

    @property
    def is_judged(self) -> bool:
        """Whether it can be said that a shift persists, or not: something is done, and the run is long enough."""
        return self.judged.is_judged

    @property
    def if_upkeep_stops(self) -> PairedEnsemble | None:
        """The same pair, but all that is paid ends with outside support; None where nothing goes on."""
        if self.without_upkeep is None:
            return None
        return PairedEnsemble(self.without_upkeep, self.baseline, judged_from=self.support_end_week)

    def gain(self, measure: str = "safe_share") -> NDArray[np.float64]:
        """Return [n_replicates, n_weeks + 1], the measure minus the paired baseline's."""
        return self.arm.series(measure) - self.baseline.series(measure)

    @cached_property
    def judged(self) -> PairedSeries:
        """What outcomes are made of."""
        return PairedSeries(
            self.arm.series("safe_share"), self.baseline.series("safe_share"), self.support_end_week,
            is_about_support=self.has_judging_date and not self.is_alone,
        )  # fmt: skip

    def by_replicate(self, outcome: str) -> NDArray[Any]:
        """Return [n_replicates], an outcome of :data:`sim.results.outcomes.OUTCOMES`."""
        return OUTCOMES[outcome].by_replicate(self.judged)

    def retained(self, years: float) -> NDArray[np.float64]:
        """Return [n_replicates], the share of the peak gain left some years after support ends."""
        return measures.retained_fraction(self.gain(), self.support_end_week, years)

    def persists(self) -> NDArray[Any]:
        """Return [n_replicates], whether more than half of the peak gain is left after four years; NaN: not judged."""
        return self.by_replicate("persists")

    def summary(self) -> dict[str, Interval]:
        """Return every outcome of the run with its 95 % interval, by name, and its cost."""
        cost = float(self.arm.cost_so_far()[-1])
        return {
            **summarise(outcomes_of(self.judged)),
            "cost": Interval(cost, cost, cost, len(self.arm.replicates)),
            **self._of_upkeep(),
        }

    def persistence(self) -> Interval:
        """Return the share of runs that persist, with its 95 % interval; not defined where they cannot be judged."""
        return OUTCOMES["persists"].of(self.judged)

    def _of_upkeep(self) -> dict[str, Interval]:
        """Return leaders' own days and upkeep, where there are any, and what persists without upkeep."""
        scenario, n = self.arm.scenario, len(self.arm.replicates)
        own = float(scenario.own_days_by_week(self.arm.n_weeks).sum())
        found = {"own_days": Interval(own, own, own, n)} if own else {}
        if (stopped := self.if_upkeep_stops) is not None:
            days = scenario.upkeep_days_a_year
            found["upkeep_days_a_year"] = Interval(days, days, days, n)
            found[PERSISTS_WITHOUT_UPKEEP] = stopped.persistence()
        return found


def run_ensemble(
    scenario: Scenario,
    replicates: int | Sequence[int] = 40,
    seed: int = 1,
    *,
    organisation: Organisation | None = None,
    engine: Engine | None = None,
    burn_in_weeks: int | None = None,
    measures: Sequence[str | Measure] | None = None,
    by_service: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Run replicates of a scenario.

    Parameters
    ----------
    scenario : what to run
    replicates : how many, or the numbers of the replicates
    seed : seed of the ensemble, in [0, 2**32)
    organisation : who works where; the scenario's own if left out
    engine : the compiled week, with rules and measures of one's own; that of the scenario's rules if left out
    burn_in_weeks : weeks before week 0, in which the culture settles; as many as :func:`sim.engine.run.prepare` gives
    measures : what is kept of each week: names of the package's measures, and measures of one's own, which are measured
        too; ``safe_share`` is always kept. All of the package and of the engine if left out
    by_service : record each service too
    threads : how many at once; as many as there are processors if left out
    progress : called with the number of replicates done, in the caller's thread; may raise :class:`Cancelled`

    Raises
    ------
    InputError : there is no such measure, or the scenario does not fit its organisation

    Examples
    --------
    >>> ensemble = run_ensemble(Scenario(title="Nothing is done", weeks=4), replicates=2)
    >>> ensemble.series("safe_share").shape
    (2, 5)
    >>> run_ensemble(Scenario(title="As it is", weeks=4), replicates=2, measures=["pressure"]).measure_names
    ('safe_share', 'pressure')
    """
    check_is_scenario("scenario", scenario)
    if measures is not None:
        engine = _with_own(engine or engine_of(scenario.rulebook), measures)
    numbers = tuple(range(replicates)) if isinstance(replicates, int) else tuple(replicates)
    prepared = prepare(scenario, organisation, burn_in_weeks, engine)
    n_parts = 1 + prepared.organisation.n_services if by_service else 1
    names = prepared.engine.measure_names
    kept = names if measures is None else _kept(measures, names)
    table = empty_table(len(numbers) * (prepared.n_weeks + 1), n_parts, len(kept))
    table = table.reshape(len(numbers), prepared.n_weeks + 1, n_parts, -1)
    columns = [names.index(name) for name in kept]
    _simulate_all(prepared, numbers, seed, by_service, columns, table, threads, progress)
    services = table[:, :, 1:] if by_service else None
    return Ensemble(
        prepared.scenario, prepared.organisation, seed, numbers, table[:, :, 0], services, prepared.notices, kept,
    )  # fmt: skip


def check_is_scenario(where: str, given: Any) -> None:
    """Make sure that something is a scenario, and not the name of one.

    Raises
    ------
    InputError : it is not
    """
    if not isinstance(given, Scenario):
        hint = f"load_scenario({given!r}) gives it" if isinstance(given, str) else "load_scenario gives one by its name"
        raise InputError.single(where, "a scenario", repr(given), hint)


def _with_own(engine: Engine, measures: Sequence[str | Measure]) -> Engine:
    """Return an engine that measures one's own too."""
    if isinstance(measures, str):
        raise InputError.single("measures", "a list of measures", f'"{measures}"', f'measures=["{measures}"]')
    own = [one for one in measures if isinstance(one, Measure) and one not in engine.measures]
    return engine_of(engine.rulebook.with_measures(*own)) if own else engine


def _kept(measures: Sequence[str | Measure], names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the measures that are kept, in the order in which they were asked for."""
    asked = [one.name if isinstance(one, Measure) else one for one in measures]
    if unknown := [one for one in asked if one not in names]:
        wanted = "a measure of the package, an object of one's own, or one of the engine"
        raise InputError(Fault("measures", wanted, repr(one), nearest_name(str(one), names)) for one in unknown)
    first = () if JUDGED_BY in asked else (JUDGED_BY,)
    return tuple(dict.fromkeys((*first, *asked)))


def _simulate_all(
    prepared: PreparedRun,
    numbers: Iterable[int],
    seed: int,
    by_service: bool,
    columns: list[int],
    table: NDArray[np.float64],
    threads: int | None,
    progress: Progress | None,
) -> None:
    def simulate(place: int, number: int) -> None:
        table[place] = prepared.simulate(seed, number, by_service)[:, :, columns]

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        jobs = [pool.submit(simulate, place, number) for place, number in enumerate(numbers)]
        try:
            for n_done, job in enumerate(jobs, start=1):
                job.result()
                if progress is not None:
                    progress(n_done)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def run_paired(
    scenario: Scenario,
    replicates: int | Sequence[int] = 40,
    seed: int = 1,
    *,
    compare_with: Scenario | None = None,
    organisation: Organisation | None = None,
    engine: Engine | None = None,
    burn_in_weeks: int | None = None,
    measures: Sequence[str | Measure] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    stop_upkeep: bool = True,
) -> PairedEnsemble:
    """Run a scenario and its baseline (or another scenario) on the same chance events.

    Parameters are those of :func:`run_ensemble`; ``compare_with`` is the other scenario; if it is left out, the same
    world in which nothing is done, and everything that happens happens. Where something goes on being paid after
    outside support has ended, a third run without that is part of the answer; ``stop_upkeep`` says whether to run it.

    Examples
    --------
    >>> scenario = Scenario(title="A talk", weeks=8).with_entries(kind="dialogue", start_week=0, end_week=4)
    >>> run_paired(scenario, replicates=2).gain().shape
    (2, 9)
    """
    if compare_with is not None:
        check_is_scenario("compare_with", compare_with)
    options: Any = {
        "organisation": organisation, "engine": engine, "burn_in_weeks": burn_in_weeks, "measures": measures,
        "threads": threads,
    }  # fmt: skip
    arm = run_ensemble(scenario, replicates, seed, progress=progress, **options)
    other = (compare_with or scenario.baseline()).with_rulebook(arm.scenario.rulebook).replace(weeks=scenario.weeks)
    n_done = len(arm.replicates)

    def from_(n_before: int) -> Progress | None:
        return None if progress is None else (lambda n: progress(n_before + n))

    options["organisation"] = organisation or arm.organisation
    baseline = run_ensemble(other, arm.replicates, seed, progress=from_(n_done), **options)
    if not stop_upkeep:
        return PairedEnsemble(arm, baseline)
    stopped = run_without_upkeep(scenario, arm.replicates, seed, progress=from_(2 * n_done), **options)
    return PairedEnsemble(arm, baseline, stopped)


def run_without_upkeep(scenario: Scenario, replicates: Sequence[int], seed: int, **options: Any) -> Ensemble | None:
    """Run a scenario in which all that is paid ends with outside support; None where nothing would go on.

    Parameters are those of :func:`run_ensemble`.
    """
    return run_ensemble(scenario.without_upkeep(), replicates, seed, **options) if scenario.upkeep else None
