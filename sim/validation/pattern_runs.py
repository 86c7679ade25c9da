"""Where patterns are measured: runs of the model, paired by seed, that several patterns share.

It knows the standard timelines of the patterns (the one-year programme, the exit of two of the trio, internal capacity)
and keeps what it has run, so that a validation runs nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.run import prepare
from sim.engine.state import World, copy_world, with_audiences
from sim.inputs.interventions import Intervention
from sim.inputs.interventions.coach_senior_leaders import CoachSeniorLeaders
from sim.inputs.interventions.coach_team_leaders import CoachTeamLeaders
from sim.inputs.interventions.dialogue import Dialogue
from sim.inputs.interventions.leaders_leave import LeadersLeave
from sim.inputs.interventions.train_facilitators import TrainFacilitators
from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import Ensemble, PairedEnsemble, Progress, run_ensemble
from sim.results.measures import Interval

__all__ = [
    "EXIT", "EXIT_WEEK", "HORIZON", "MANY", "OF_SHARES", "PROGRAMME_WEEKS", "PatternRuns", "ReplicateWeek",
    "SparingPatternRuns", "bootstrap", "capacity", "programme", "ratio_of_means", "scenario",
]  # fmt: skip

HORIZON = 416
PROGRAMME_WEEKS = 52
EXIT_WEEK = 58
MANY, OF_SHARES = 4, 5
"""Times as many runs as usual: where a difference of what is left is judged (160 at 40), or a share of runs (200)."""

_N_RESAMPLES = 2000
_BOOTSTRAP_SEED = 20_240_601


def programme(intensity: float = 1.0, weeks: int = PROGRAMME_WEEKS, start: int = 0) -> tuple[Intervention, ...]:
    """Return the programme: coaching of the trio and dialogue, and coaching of team leaders at half the intensity."""
    end = start + weeks
    return (
        CoachSeniorLeaders(start_week=start, end_week=end, intensity=intensity),
        Dialogue(start_week=start, end_week=end, intensity=intensity),
        CoachTeamLeaders(start_week=start, end_week=end, intensity=0.5 * intensity),
    )


def capacity(factor: float = 1.0) -> tuple[Intervention, ...]:
    """Return internal capacity: training of 0.003 of staff a week in weeks 8 to 112, and of 0.0008 from then on."""
    return (
        TrainFacilitators(start_week=8, end_week=112, intensity=factor),
        TrainFacilitators(start_week=112, share_per_week=0.0008, intensity=factor),
    )


EXIT: tuple[Intervention, ...] = (LeadersLeave(week=EXIT_WEEK, how_many=2),)
"""Two of the trio leave in week 58."""


def scenario(
    timeline: Sequence[Intervention] = (), parameters: Mapping[str, float] | None = None, weeks: int = HORIZON
) -> Scenario:
    """Return a scenario of the standard service, with a timeline and other parameters."""
    return Scenario(title="Validation", weeks=weeks, timeline=tuple(timeline)).with_parameters(**(parameters or {}))


class ReplicateWeek(NamedTuple):
    """A week that a replicate has lived through.

    ``world`` is the state at its end, with the week's events; ``control`` [n_teams] is the team leaders' at its start.
    """

    replicate: int
    week: int
    world: World
    control: NDArray[np.float64]


@dataclass(eq=False)
class PatternRuns:
    """Runs scenarios for the patterns, and keeps the results of those that several need.

    Parameters
    ----------
    replicates : runs of each scenario, where a pattern does not want more (:data:`MANY`, :data:`OF_SHARES`)
    seed : of all of them
    threads : how many at once; as many as there are processors if left out
    progress : called with 1 after each run; may raise :class:`sim.results.ensemble.Cancelled`
    world : the service in which all patterns are measured, and nothing is done: its parameters, its forms of rules
    weeks : of a scenario, where a pattern does not say how many; what happens in the first ones is the same
    only_judged : whether to leave out runs of which a number is reported that no verdict rests on
    """

    replicates: int = 40
    seed: int = 1
    threads: int | None = None
    progress: Callable[[int], None] | None = None
    world: Scenario = field(default_factory=scenario)
    weeks: int = HORIZON
    only_judged: bool = False
    _kept: dict[str, Ensemble] = field(default_factory=dict, repr=False)

    def scenario(
        self,
        timeline: Sequence[Intervention] = (),
        parameters: Mapping[str, float] | None = None,
        weeks: int | None = None,
        **shape: float,
    ) -> Scenario:
        """Return a scenario of this world, with a timeline, other parameters and another shape."""
        organisation = self.world.organisation.model_copy(update=shape)
        n_weeks = self.weeks if weeks is None else weeks
        what = self.world.replace(timeline=tuple(timeline), weeks=n_weeks, organisation=organisation)
        return what.with_parameters(**parameters) if parameters else what

    def run(self, what: Scenario, times: int = 1, first: int = 0) -> Ensemble:
        """Return the runs of a scenario from the replicate ``first`` on, without keeping them."""
        numbers = range(first, times * self.replicates)
        return run_ensemble(what, numbers, self.seed, threads=self.threads, progress=self._tell())

    def ensemble(self, what: Scenario, times: int = 1) -> Ensemble:
        """Return the runs of a scenario, ``times`` as many as usual; the same ones when asked again."""
        key, wanted = what.digest(), times * self.replicates
        kept = self._kept.get(key)
        n_kept = 0 if kept is None else len(kept.replicates)
        if kept is None or n_kept < wanted:
            added = self.run(what, times, n_kept)
            kept = added if kept is None else _joined(kept, added)
            self._kept[key] = kept
        return kept if len(kept.replicates) == wanted else _first(kept, wanted)

    def paired(self, what: Scenario, times: int = 1) -> PairedEnsemble:
        """Return the runs of a scenario and of the same without interventions, on the same chance events."""
        return PairedEnsemble(self.ensemble(what, times), self.ensemble(what.baseline(), times))

    def paired_once(self, what: Scenario, times: int = 1) -> PairedEnsemble:
        """Return the same, but keep only the runs without interventions: for scenarios of a sweep."""
        return PairedEnsemble(self.run(what, times), self.ensemble(what.baseline(), times))

    def forget(self) -> None:
        """Let go of all runs that are kept."""
        self._kept.clear()

    def follow(self, what: Scenario, n_weeks: int, replicates: int | None = None) -> Iterator[ReplicateWeek]:
        """Step through all replicates week by week, for what weekly measures do not tell: the histories of people."""
        prepared = prepare(what)
        for replicate in range(replicates or self.replicates):
            world, key = prepared.start(self.seed, replicate)
            for week in range(n_weeks):
                control = world.teams["control"].copy()
                prepared.run_weeks(world, key, week, 1)
                yield ReplicateWeek(replicate, week, world, control)
            if self.progress is not None:
                self.progress(1)

    def _tell(self) -> Progress | None:
        if self.progress is None:
            return None
        tell = self.progress
        return lambda _: tell(1)


@dataclass(eq=False)
class SparingPatternRuns(PatternRuns):
    """Runs of one world that live through no week twice, and comes to the same bits.

    Scenarios of a world have the same past; so each replicate has one burn-in, of which they set out. A scenario that
    several patterns want is run as long as the longest of them needs, if that is known: where nothing is done.

    Parameters
    ----------
    longest : weeks that are run where nothing is done, at least
    """

    longest: int = 0
    _starts: dict[tuple[str, int], tuple[World, NDArray[np.uint32]]] = field(default_factory=dict, repr=False)
    _pieces: dict[str, list[Ensemble]] = field(default_factory=dict, repr=False)

    def run(self, what: Scenario, times: int = 1, first: int = 0) -> Ensemble:
        """Return the runs of a scenario from the replicate ``first`` on, without keeping them."""
        prepared, numbers = prepare(what), range(first, times * self.replicates)
        table = prepared.empty_table(len(numbers) * (prepared.n_weeks + 1), 1)
        table = table.reshape(len(numbers), prepared.n_weeks + 1, 1, -1)
        past = what.replace(timeline=(), weeks=1).digest()
        for place, number in enumerate(numbers):
            if (past, number) not in self._starts:
                self._starts[past, number] = prepared.start(self.seed, number)
            start, key = self._starts[past, number]
            world = with_audiences(copy_world(start), prepared.ties, prepared.audiences)
            prepared.run_weeks(world, key, 0, prepared.n_weeks, table[place])
        return Ensemble(
            prepared.scenario, prepared.organisation, self.seed, tuple(numbers), table[:, :, 0],
            notices=prepared.notices, measure_names=prepared.engine.measure_names,
        )  # fmt: skip

    def ensemble(self, what: Scenario, times: int = 1) -> Ensemble:
        """Return the runs of a scenario, ``times`` as many as usual; the first weeks of longer ones where there are."""
        pieces, wanted = self._pieces.setdefault(what.replace(weeks=HORIZON).digest(), []), times * self.replicates
        long_enough = (one for one in pieces if one.n_weeks >= what.weeks)
        kept = max(long_enough, key=lambda one: len(one.replicates), default=None)
        n_kept = 0 if kept is None else len(kept.replicates)
        if kept is None or n_kept < wanted:
            longer = what if what.done else what.replace(weeks=max(what.weeks, self.longest))
            added = self.run(longer, times, n_kept)
            kept = added if kept is None else _joined(_cut(kept, longer), _cut(added, longer))
            pieces.append(kept)
        return _cut(_first(kept, wanted), what)

    def forget(self) -> None:
        """Let go of all runs that are kept."""
        super().forget()
        self._starts.clear()
        self._pieces.clear()


def _cut(ensemble: Ensemble, what: Scenario) -> Ensemble:
    """Return the runs of the same scenario that ends earlier: what happens until then is the same."""
    n_weeks = min(ensemble.n_weeks, what.weeks)
    return replace(ensemble, scenario=what.replace(weeks=n_weeks), weekly=ensemble.weekly[:, : n_weeks + 1])


def _first(ensemble: Ensemble, n: int) -> Ensemble:
    """Return the first ``n`` replicates of an ensemble."""
    return replace(ensemble, replicates=ensemble.replicates[:n], weekly=ensemble.weekly[:n])


def _joined(earlier: Ensemble, later: Ensemble) -> Ensemble:
    """Return the replicates of two ensembles of one scenario as one."""
    return replace(
        earlier,
        replicates=(*earlier.replicates, *later.replicates),
        weekly=np.concatenate([earlier.weekly, later.weekly]),
    )


def ratio_of_means(part: NDArray[np.float64], whole: NDArray[np.float64]) -> Interval:
    """Return the ratio of two means over the same replicates, with its interval over replicates drawn anew."""
    return bootstrap(lambda rows: float(part[rows].mean() / whole[rows].mean()), len(part))


def bootstrap(statistic: Callable[[NDArray[np.int64]], float], n: int) -> Interval:
    """Return a statistic of replicates with its 95 % percentile interval over replicates drawn anew.

    Parameters
    ----------
    statistic : from the numbers of replicates [n] to a number
    n : replicates

    Examples
    --------
    >>> values = np.arange(11.0)
    >>> bootstrap(lambda rows: float(values[rows].mean()), 11).estimate
    5.0
    """
    draws = np.random.default_rng(_BOOTSTRAP_SEED).integers(0, n, (_N_RESAMPLES, n))
    values = np.array([statistic(rows) for rows in draws])
    finite = values[np.isfinite(values)]
    low, high = np.quantile(finite, (0.025, 0.975)) if len(finite) else (np.nan, np.nan)
    return Interval(float(statistic(np.arange(n))), float(low), float(high), n)
