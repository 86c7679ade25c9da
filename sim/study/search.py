"""The search for the best use of a budget: programmes are tried in rounds, kept in a store, and found there again.

All budgets are searched side by side, some programmes of each in a round, so that many workers have something to do;
what a round tries depends on the rounds before alone, never on who was faster. So a search that was stopped goes on
where it was: what it asks for again is there already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.extras import require
from sim.inputs.scenario.description import Scenario
from sim.results.store import CaseRow, Results, StoreWriter, config_key, model_version
from sim.study.programmes import LAST_SUPPORT_WEEK, Programme, choices, programme_from, without_support
from sim.study.store_runner import StoreRunner, WantedRuns

__all__ = ["Favourite", "TriedProgramme", "describe", "search", "search_title"]

AXES = ("budget", "judged", "trial")
"""Axes of the cases of a search: the budget, on fresh chance events (1) or in the search (0), which programme."""

_JUDGED_SEED = 1_000_003
_AT_ONCE = 5
_STARTUP_TRIALS = 25
_FAVOURITES = 6
_WORST = -1.0

Series = NDArray[np.float64]
Score = Callable[["TriedProgramme"], float]


@dataclass(frozen=True, eq=False)
class TriedProgramme:
    """A programme with its runs.

    Parameters
    ----------
    programme : how the budget is spent
    safe_share, reference : [n_replicates, n_weeks + 1], share that feels safe with the programme, and without any
    support_end_week : from when it is judged, the same for all
    """

    programme: Programme
    safe_share: Series
    reference: Series
    support_end_week: int


@dataclass(frozen=True)
class Favourite:
    """A programme that the search likes, by the number of the trial in which it was found."""

    trial: int
    programme: Programme


def search(
    store_runner: StoreRunner,
    scenario: Scenario,
    budgets: Sequence[float],
    score: Score,
    *,
    trials: int,
    replicates: int,
    judged_replicates: int,
    seed: int,
) -> dict[float, list[TriedProgramme]]:
    """Return the favourites of the search for each budget, run on fresh chance events.

    Parameters
    ----------
    store_runner : who runs what is missing, and the store where it is kept
    scenario : where, and what happens whatever is done
    budgets : days of paid support, in rising order
    score : what is to be as high as possible
    trials, replicates : programmes tried for each budget; runs of each
    judged_replicates : runs of each favourite, on fresh chance events
    seed : of the search and of chance

    Raises
    ------
    WorkStopped : it was asked to stop
    """
    found = _Search(store_runner, scenario, seed, (replicates, judged_replicates))
    # The references are run once for all.
    store_runner.n_wanted = len(budgets) * (trials * replicates + _FAVOURITES * judged_replicates)
    store_runner.n_wanted += replicates + judged_replicates
    return found.run(budgets, score, trials)


def search_title(scenario: Scenario) -> str:
    """Return what the search for a scenario is called."""
    return f"Budget: {scenario.title}"


def describe(
    store: StoreWriter, scenario: Scenario, budgets: Sequence[float], seed: int, sizes: Mapping[str, int]
) -> None:
    """Write down what a search asks for, so that it can be gone on with from its folder alone.

    Raises
    ------
    InputError : another search is there
    """
    study = {
        "model_version": model_version(), "title": search_title(scenario), "seed": seed,
        "scenarios": [scenario.name], "budgets": list(budgets), **sizes, "content": scenario.digest(),
        "scenario": scenario.model_dump_json(),
    }  # fmt: skip
    store.check_plan(study, scenario.own_rules)
    store.describe(study, scenario.own_rules)


@dataclass(frozen=True)
class _Asked:
    """A programme to run: of which trial, and whether it is judged."""

    budget: float
    trial: int
    is_judged: bool
    programme: Programme


class _Search:
    def __init__(self, store_runner: StoreRunner, scenario: Scenario, seed: int, replicates: tuple[int, int]) -> None:
        self.store_runner, self.scenario, self.replicates = store_runner, scenario, replicates
        self.seeds = (seed, (seed + _JUDGED_SEED) % 2**32)
        # The reference is the same place without support, in which everything happens that happens, as for every gain.
        self.bare = without_support(scenario).baseline()
        self.rows: list[CaseRow] = []
        self.wanted: dict[str, WantedRuns] = {}

    def run(self, budgets: Sequence[float], score: Score, trials: int) -> dict[float, list[TriedProgramme]]:
        store, engine = self.store_runner.store, self.store_runner.engine
        sizes = {"trials": trials, "replicates": self.replicates[0], "judged": self.replicates[1]}
        describe(store, self.scenario, budgets, self.seeds[0], sizes)
        store.log("started", engine=engine.name, workers=engine.n_workers, wanted=self.store_runner.n_wanted)
        searches = {budget: _optuna_study(self.seeds[0], trials) for budget in budgets}
        for first in range(0, trials, _AT_ONCE):
            n_here = min(_AT_ONCE, trials - first)
            asked = {budget: [study.ask() for _ in range(n_here)] for budget, study in searches.items()}
            round_of = [
                _Asked(budget, trial.number, False, self._programme(trial, budget))
                for budget, own in asked.items()
                for trial in own
            ]
            values = [score(tried) if len(tried.safe_share) else _WORST for tried in self._tried(round_of)]
            for one, value in zip(round_of, values, strict=True):
                searches[one.budget].tell(one.trial, value)
        judged = [
            _Asked(budget, favourite.trial, True, favourite.programme)
            for budget, study in searches.items()
            for favourite in self._favourites(study, budget)
        ]
        runs = self._tried(judged)
        # A programme that was tried twice was run once.
        self.store_runner.n_wanted = self.store_runner.n_done + self.store_runner.n_failed
        store.write_outcomes(AXES, Results(store.folder).outcomes_by_case(self.rows, store.index))
        store.compact(self.wanted, threads=engine.n_workers)
        store.log(
            "finished",
            wanted=self.store_runner.n_wanted,
            done=self.store_runner.n_done,
            failed=self.store_runner.n_failed,
        )
        return {
            budget: [tried for one, tried in zip(judged, runs, strict=True) if one.budget == budget]
            for budget in budgets
        }

    def _programme(self, trial: Any, budget: float) -> Programme:
        point = {name: trial.suggest_float(name, *side) for name, side in choices().items()}
        return programme_from(point, budget, self.scenario.weeks)

    def _favourites(self, study: Any, budget: float) -> list[Favourite]:
        """Return the best programmes of a search, each once."""
        found: dict[str, Favourite] = {}
        for trial in sorted(study.trials, key=lambda trial: -trial.value):
            programme = programme_from(trial.params, budget, self.scenario.weeks)
            found.setdefault(programme.on(self.scenario).digest(), Favourite(trial.number, programme))
        return list(found.values())[:_FAVOURITES]

    def _tried(self, asked: Sequence[_Asked]) -> list[TriedProgramme]:
        """Run what is missing of some programmes, and return what came of each.

        Raises
        ------
        WorkStopped : it was asked to stop
        """
        known = set(self.wanted)
        rows = [self._row(one) for one in asked]
        store, store_runner = self.store_runner.store, self.store_runner
        store.write_cases(AXES, self.rows)
        store.write_configs({name: one.resolved() for name, one in self.wanted.items()})
        names = dict.fromkeys(config for row in rows for config in (row.reference, row.config))
        store_runner.do(
            [self.wanted[name] for name in names], [one for name, one in self.wanted.items() if name not in known]
        )
        series = Results(store.folder).series(names, store.index)
        return [self._paired(one, row, series) for one, row in zip(asked, rows, strict=True)]

    def _row(self, one: _Asked) -> CaseRow:
        """Note a programme as a case, and return its row."""
        arm = one.programme.on(self.scenario)
        config, reference = self._want(arm, one.is_judged), self._want(self.bare, one.is_judged)
        cost = float(arm.cost_by_week(arm.weeks).sum())
        values = (one.budget, float(one.is_judged), float(one.trial))
        # All programmes are judged from one week: when the last support that any of them may have has ended.
        end = min(LAST_SUPPORT_WEEK, arm.weeks)
        number = len(self.rows)
        row = CaseRow(number, self.scenario.name, number, values, config, reference, end, arm.weeks, cost)
        self.rows.append(row)
        return row

    def _want(self, scenario: Scenario, is_judged: bool) -> str:
        """Want the runs of a scenario, and return their key."""
        seed = self.seeds[is_judged]
        config = config_key(scenario, seed)
        self.wanted.setdefault(config, WantedRuns(config, self.replicates[is_judged], seed, lambda: scenario))
        return config

    def _paired(self, one: _Asked, row: CaseRow, series: Any) -> TriedProgramme:
        """Return a programme with its runs and their references; those that failed are left out."""
        (numbers, arm), (other_numbers, other) = series[row.config], series[row.reference]
        n = self.replicates[one.is_judged]
        _, place, other_place = np.intersect1d(numbers[numbers < n], other_numbers, return_indices=True)
        return TriedProgramme(one.programme, arm[place], other[other_place], row.support_end_week)


def _optuna_study(seed: int, trials: int) -> Any:
    require("budget")
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=min(_STARTUP_TRIALS, trials))
    return optuna.create_study(direction="maximize", sampler=sampler)
