"""The best use of a budget: a search over programmes of equal cost, and a fair comparison of what it found.

The search (a tree-structured Parzen estimator, Bergstra et al. 2011, with a fixed seed) sees few replicates of each
programme. So its favourites are run again on fresh chance events, the same for all, and only that counts: otherwise the
luckiest programme would look like the best one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import measures
from sim.ensemble import Ensemble, PairedEnsemble, run_ensemble
from sim.errors import InputError
from sim.measures import Interval
from sim.parameters import WEEKS_PER_YEAR
from sim.scenario import Scenario
from sim.study.programmes import Programme, choices, programme_from, without_support

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BudgetAnswer", "Judged", "search_budget"]

NOTICEABLE_GAIN = 0.10
"""A shift counts as one if at least ten more people in a hundred feel safe at its peak."""

SHORTEST_RUN = 396
"""Weeks: support may last for three years, and is judged four years after."""

_JUDGED_SEED = 1_000_003
_FAVOURITES = 6
_STARTUP_TRIALS = 24


@dataclass(frozen=True)
class Judged:
    """A programme with what came of it on fresh chance events.

    Parameters
    ----------
    programme : how the budget is spent
    lasts : probability that there is a noticeable shift and it persists, with its Wilson interval
    persists : probability that more than half of the peak gain is left, however small that was
    peak_gain, left : peak gain, and what is left of it four years after support ends, share of staff
    """

    programme: Programme
    lasts: Interval
    persists: Interval
    peak_gain: Interval
    left: Interval


@dataclass(frozen=True)
class BudgetAnswer:
    """The best programmes for each budget, best first.

    Parameters
    ----------
    scenario : where, and what happens whatever is done
    found : for each budget, in rising order, its judged programmes
    """

    scenario: Scenario
    found: dict[float, tuple[Judged, ...]]

    def front(self) -> list[Judged]:
        """Return the best programme of each budget that does better than every cheaper one."""
        front: list[Judged] = []
        for _, judged in sorted(self.found.items()):
            if not front or judged[0].lasts.estimate > front[-1].lasts.estimate:
                front.append(judged[0])
        return front

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each judged programme."""
        import pandas as pd

        rows = []
        for budget, judged in sorted(self.found.items()):
            for rank, one in enumerate(judged, start=1):
                row: dict[str, Any] = {"budget": budget, "rank": rank, "replicates": one.lasts.n}
                for name in ("lasts", "persists", "peak_gain", "left"):
                    interval = getattr(one, name)
                    row.update({name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high})
                row["programme"] = "; ".join(one.programme.parts_in_words())
                rows.append(row)
        return pd.DataFrame(rows)

    def in_words(self) -> str:
        """Return the answer for a director."""
        lines = [f"{self.scenario.title}. What lasts, for how much? ({NOTICEABLE_GAIN:.0%} more feel safe, and more "
                 "than half of that is left four years after the support ends.)"]  # fmt: skip
        for judged in self.front():
            lines += ["", f"With {judged.programme.budget:.0f} days of paid support: {_chance(judged.lasts)}."]
            lines += [f"  - {part}" for part in judged.programme.parts_in_words()]
            lines += [f"  {text}" for text in _runners_up(self.found[judged.programme.budget])]
        skipped = [budget for budget, _ in sorted(self.found.items())]
        skipped = [budget for budget in skipped if budget not in [one.programme.budget for one in self.front()]]
        if skipped:
            days = ", ".join(f"{budget:.0f}" for budget in skipped)
            lines += ["", f"Nothing was found for {days} days that does better than the cheaper programmes above."]
        if without_support(self.scenario).timeline:
            lines += ["", "The search knows when the events of this scenario happen; whoever decides does not."]
        lines += [
            "",
            "These are findings about a model whose assumptions nobody has measured; see the map of them.",
        ]
        return "\n".join(lines)


def _chance(interval: Interval) -> str:
    return (
        f"it lasts in {interval.estimate:.0%} of {interval.n} runs "
        f"(95 % interval {interval.low:.0%} to {interval.high:.0%})"
    )


def _runners_up(judged: Sequence[Judged]) -> list[str]:
    best, texts = judged[0], []
    for other in judged[1:3]:
        overlap = other.lasts.high >= best.lasts.low
        verdict = "as good, as far as these runs can tell" if overlap else "clearly worse"
        texts.append(f"Runner-up, {verdict}: {_chance(other.lasts)}: {'; '.join(other.programme.parts_in_words())}.")
    return texts


def search_budget(
    scenario: Scenario,
    budgets: Sequence[float],
    *,
    trials: int = 150,
    replicates: int = 16,
    judged_replicates: int = 100,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> BudgetAnswer:
    """Search for the best use of each of some budgets.

    Parameters
    ----------
    scenario : where, and what happens whatever is done; its own paid support is taken away
    budgets : days of paid support
    trials : programmes that a search tries for each budget
    replicates : runs of each, all with the same chance events
    judged_replicates : runs of each favourite, on fresh chance events
    seed : of the search and of chance
    threads : runs at once
    progress : called with programmes done, and in all

    Raises
    ------
    InputError : a budget is not above 0, or the run too short to judge what lasts
    """
    if not budgets or min(budgets) <= 0:
        raise InputError.single("--budget", "days of paid support above 0", f"{list(budgets)}")
    if scenario.weeks < SHORTEST_RUN:
        came, hint = f"{scenario.weeks} weeks", f"lengthen the run with weeks = {SHORTEST_RUN}"
        raise InputError.single(scenario.name, f"a run of {SHORTEST_RUN} weeks or more", came, hint)
    search = _Search(scenario, replicates, judged_replicates, seed, threads, len(set(budgets)) * trials, progress)
    return BudgetAnswer(
        scenario, {float(budget): search.best(float(budget), trials) for budget in sorted(set(budgets))}
    )


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        hint = "pip install 'cultureshift[analysis]'"
        raise InputError.single("budget", "the package optuna", "Python without it", hint) from None
    return optuna


class _Search:
    """What the searches for several budgets have in common: the reference without support, run once."""

    def __init__(
        self,
        scenario: Scenario,
        replicates: int,
        judged_replicates: int,
        seed: int,
        threads: int | None,
        n_trials: int,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.scenario, self.seed, self.threads = scenario, seed, threads
        self.n_done, self.n_trials, self.progress = 0, n_trials, progress
        # The reference is the same place without support and without events, as for every gain.
        bare = without_support(scenario).baseline()
        self.reference = {
            key: run_ensemble(bare, n, self._seed(key), threads=threads)
            for key, n in (("search", replicates), ("judge", judged_replicates))
        }

    def _seed(self, key: str) -> int:
        return self.seed if key == "search" else (self.seed + _JUDGED_SEED) % 2**32

    def run(self, programme: Programme, key: str) -> PairedEnsemble:
        """Run a programme on the chance events of the search, or on fresh ones."""
        reference: Ensemble = self.reference[key]
        arm = programme.on(self.scenario)
        runs = run_ensemble(
            arm, reference.replicates, self._seed(key), organisation=reference.organisation, threads=self.threads
        )
        return PairedEnsemble(runs, reference)

    def best(self, budget: float, trials: int) -> tuple[Judged, ...]:
        """Return the favourites of a search, judged on fresh chance events, best first."""
        optuna = _optuna()
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        sampler = optuna.samplers.TPESampler(seed=self.seed, n_startup_trials=min(_STARTUP_TRIALS, trials))
        study = optuna.create_study(direction="maximize", sampler=sampler)
        for _ in range(trials):
            trial = study.ask()
            point = {name: trial.suggest_float(name, *side) for name, side in choices().items()}
            study.tell(trial, _score(self.run(programme_from(point, budget, self.scenario.weeks), "search")))
            self.n_done += 1
            if self.progress is not None:
                self.progress(self.n_done, self.n_trials)
        ranked = sorted(study.trials, key=lambda trial: -(trial.value or 0.0))[:_FAVOURITES]
        programmes = [programme_from(trial.params, budget, self.scenario.weeks) for trial in ranked]
        judged = [_judge(programme, self.run(programme, "judge")) for programme in programmes]
        return tuple(sorted(judged, key=lambda one: (-one.lasts.estimate, -one.left.estimate)))


def _lasts(paired: PairedEnsemble) -> Any:
    gain = paired.gain()
    return paired.persists() & (measures.peak_gain(gain, paired.support_end_week) >= NOTICEABLE_GAIN)


def _left(paired: PairedEnsemble) -> Any:
    week = paired.support_end_week + round(measures.PERSIST_YEARS * WEEKS_PER_YEAR)
    return measures.smooth(paired.gain())[:, min(week, paired.arm.n_weeks)]


def _score(paired: PairedEnsemble) -> float:
    """Return what the search maximises: the probability of lasting; what is left tells programmes apart that tie."""
    return float(np.mean(_lasts(paired)) + np.mean(_left(paired)))


def _judge(programme: Programme, paired: PairedEnsemble) -> Judged:
    return Judged(
        programme,
        lasts=measures.proportion_interval(_lasts(paired)),
        persists=measures.proportion_interval(paired.persists()),
        peak_gain=measures.mean_interval(measures.peak_gain(paired.gain(), paired.support_end_week)),
        left=measures.mean_interval(_left(paired)),
    )
