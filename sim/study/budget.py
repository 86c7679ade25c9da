"""The best use of a budget: a search over programmes of equal cost, and a fair comparison of what it found.

The search (a tree-structured Parzen estimator, Bergstra et al. 2011, with a fixed seed) sees few replicates of each
programme. So its favourites are run again on fresh chance events, the same for all, and only that counts: otherwise the
luckiest programme would look like the best one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.base.errors import CultureshiftError, InputError
from sim.base.phrasing import in_100, percent
from sim.inputs.scenario.description import Scenario
from sim.results.intervals import interval_of
from sim.results.measures import Interval
from sim.results.outcomes import NOTICEABLE_GAIN, OUTCOMES, PairedSeries
from sim.results.ranges import ScenarioRange
from sim.results.store import Keep, StoreWriter
from sim.study.programmes import LAST_SUPPORT_WEEK, Programme, without_support
from sim.study.search import TriedProgramme, describe, search
from sim.study.store_runner import RunOptions, open_store_runner

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PARTS", "BudgetAnswer", "JudgedProgramme", "check_long_enough", "note_search", "search_budget"]

JUDGED_BY = ("lasts", "persists", "peak_gain", "gain_4_years")
"""Outcomes that are told of a programme."""

SHORTEST_RUN = 396
"""Weeks: support may last for three years, and is judged four years after."""


PARTS = (0.25, 0.5, 0.75, 1.0)
"""Parts of a budget that are searched for beside the whole: what less of it would do."""

TRIALS, REPLICATES, JUDGED_REPLICATES = 150, 16, 100
"""How much a search asks for unless it is told otherwise."""


@dataclass(frozen=True)
class JudgedProgramme:
    """A programme with what came of it on fresh chance events.

    Parameters
    ----------
    programme : how the budget is spent
    lasts : probability that there is a noticeable shift and it persists, with its Wilson interval
    persists : probability that more than half of the peak gain is left, however small that was
    peak_gain, gain_4_years : peak gain, and what is left of it four years after support ends, share of staff
    """

    programme: Programme
    lasts: Interval
    persists: Interval
    peak_gain: Interval
    gain_4_years: Interval


@dataclass(frozen=True)
class BudgetAnswer:
    """The best programmes for each budget, best first.

    Parameters
    ----------
    scenario : where, and what happens whatever is done
    found : for each budget, in rising order, its judged programmes
    set_aside : files that were damaged when the search went on, and what of them was needed was made anew
    rests_on : for each budget of the front, how what is best there ranges over what nobody has measured, where asked
    """

    scenario: Scenario
    found: dict[float, tuple[JudgedProgramme, ...]]
    set_aside: tuple[Path, ...] = ()
    rests_on: Mapping[float, ScenarioRange] = field(default_factory=dict)

    def as_judged(self, judged: JudgedProgramme) -> tuple[Scenario, Scenario, int]:
        """Return a programme as a scenario, what it is compared with, and the week from which all are judged."""
        bare = without_support(self.scenario)
        name = f"{self.scenario.name}-{judged.programme.budget:g}-days"
        arm = judged.programme.on(self.scenario).replace(name=name)
        return arm, bare, min(LAST_SUPPORT_WEEK, arm.weeks)

    def front(self) -> list[JudgedProgramme]:
        """Return the best programme of each budget that does better than every cheaper one."""
        front: list[JudgedProgramme] = []
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
                for name in JUDGED_BY:
                    interval = getattr(one, name)
                    row.update({name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high})
                if self.rests_on:
                    over = self.rests_on[budget].outcomes["lasts"] if rank == 1 and budget in self.rests_on else None
                    row["lasts_range_low"] = over.low if over else math.nan
                    row["lasts_range_high"] = over.high if over else math.nan
                row["programme"] = "; ".join(one.programme.parts_in_words(self.scenario.start))
                rows.append(row)
        return pd.DataFrame(rows)

    def in_words(self) -> str:
        """Return the answer for a director."""
        wanted = f"{100 * NOTICEABLE_GAIN:.0f} more in 100 feel safe, and more than half of that is left four years"
        lines = [f"{self.scenario.title}. What lasts, for how much? ({wanted} after the support ends.)"]
        for judged in self.front():
            days = f"With {judged.programme.budget:.0f} days of paid support"
            lines += ["", f"{days}: {_chance(judged.lasts)}{self._over_draws(judged)}. {_gain(judged)}"]
            lines += [f"  - {part}" for part in judged.programme.parts_in_words(self.scenario.start)]
            lines += [f"  {text}" for text in _runners_up(self.found[judged.programme.budget], self.scenario.start)]
        on_front = [judged.programme.budget for judged in self.front()]
        for budget, (best, *_) in sorted(self.found.items()):
            if budget not in on_front:
                lines += ["", f"With {budget:.0f} days nothing was found that lasts more often. {_gain(best)}"]
        if without_support(self.scenario).timeline:
            lines += ["", "The search knows when the events of this scenario happen; whoever decides does not."]
        lines += [
            "",
            "These are findings about a model whose assumptions nobody has measured; see the map of them.",
        ]
        return "\n".join(lines)

    def _over_draws(self, judged: JudgedProgramme) -> str:
        """Return how often a programme lasts over what nobody has measured; nothing where that was not asked."""
        known = self.rests_on.get(judged.programme.budget)
        if known is None:
            return ""
        over = known.outcomes["lasts"]
        return f"; over what nobody has measured, in between {in_100(over.low)} and {percent(over.high)}"


def _chance(interval: Interval) -> str:
    return (
        f"it lasts in {round(interval.estimate * interval.n)} of {interval.n} runs "
        f"(95 % interval {interval_of(interval, percent)})"
    )


def _gain(judged: JudgedProgramme) -> str:
    peak, left = (f"{100 * interval.estimate:.0f}" for interval in (judged.peak_gain, judged.gain_4_years))
    return f"On average {peak} more in 100 feel safe at best while it is supported, and {left} four years after."


def _runners_up(judged: Sequence[JudgedProgramme], begins: date | None) -> list[str]:
    best, texts = judged[0], []
    for other in judged[1:3]:
        overlap = other.lasts.high >= best.lasts.low
        verdict = "as good, as far as these runs can tell" if overlap else "clearly worse"
        parts = "; ".join(other.programme.parts_in_words(begins))
        texts.append(f"Runner-up, {verdict}: {_chance(other.lasts)}: {parts}.")
    return texts


def search_budget(
    scenario: Scenario,
    budgets: Sequence[float],
    *,
    trials: int = TRIALS,
    replicates: int = REPLICATES,
    judged_replicates: int = JUDGED_REPLICATES,
    seed: int = 1,
    options: RunOptions = RunOptions(),  # noqa: B008 - it is frozen
) -> BudgetAnswer:
    """Search for the best use of each of some budgets, or go on with a search that was stopped.

    Parameters
    ----------
    scenario : where, and what happens whatever is done; its own paid support is taken away
    budgets : days of paid support
    trials : programmes that a search tries for each budget
    replicates : runs of each, all with the same chance events
    judged_replicates : runs of each favourite, on fresh chance events
    seed : of the search and of chance
    options : where it is run, and where its runs are kept

    Raises
    ------
    InputError : a budget is not above 0, or the run too short to judge what lasts
    OutputError : the folder cannot be written
    WorkStopped : it was asked to stop, the disk is full, or the workers cannot be reached; the same call goes on
    """
    if not budgets or not all(0 < budget < np.inf for budget in budgets):
        raise InputError.single("--days", "days of paid support above 0", f"{list(budgets)}")
    check_long_enough(scenario)
    with open_store_runner(options, Keep()) as store_runner:
        tried = search(
            store_runner, scenario, sorted({float(budget) for budget in budgets}), _score,
            trials=trials, replicates=replicates, judged_replicates=judged_replicates, seed=seed,
        )  # fmt: skip
    judged = {budget: _judged(budget, favourites) for budget, favourites in tried.items()}
    return BudgetAnswer(scenario, judged, tuple(store_runner.store.set_aside))


def note_search(folder: Path, scenario: Scenario, budgets: Sequence[float], *, seed: int = 1) -> None:
    """Begin the folder of a search that others do, who go on with it.

    Raises
    ------
    InputError : the run is too short, or another search is there
    OutputError : the folder cannot be written
    """
    check_long_enough(scenario)
    sizes = {"trials": TRIALS, "replicates": REPLICATES, "judged": JUDGED_REPLICATES}
    with StoreWriter.open(folder, Keep()) as store:
        describe(store, scenario, sorted({float(budget) for budget in budgets}), seed, sizes)


def check_long_enough(scenario: Scenario) -> None:
    """Make sure that what lasts can be judged in a scenario.

    Raises
    ------
    InputError : its run is too short
    """
    if scenario.weeks < SHORTEST_RUN:
        came, hint = f"{scenario.weeks} weeks", f"lengthen the run with weeks = {SHORTEST_RUN}"
        raise InputError.single(scenario.name, f"a run of {SHORTEST_RUN} weeks or more", came, hint)


def _judged(budget: float, favourites: Sequence[TriedProgramme]) -> tuple[JudgedProgramme, ...]:
    """Return favourites with what came of them, best first; those whose runs all failed are left out.

    Raises
    ------
    CultureshiftError : nothing is left
    """
    judged = [_judge(one) for one in favourites if len(one.safe_share)]
    if not judged:
        raise CultureshiftError(
            f"with {budget:g} days: every run of the best programmes failed; cultureshift study status tells why"
        )
    return tuple(sorted(judged, key=lambda one: (-one.lasts.estimate, -one.gain_4_years.estimate)))


def _series(tried: TriedProgramme) -> PairedSeries:
    return PairedSeries(tried.safe_share, tried.reference, tried.support_end_week)


def _score(tried: TriedProgramme) -> float:
    """Return what the search maximises: the probability of lasting; what is left tells programmes apart that tie."""
    lasts, left = (OUTCOMES[name].by_replicate(_series(tried)) for name in ("lasts", "gain_4_years"))
    return float(np.mean(lasts) + np.mean(left))


def _judge(tried: TriedProgramme) -> JudgedProgramme:
    series = _series(tried)
    return JudgedProgramme(tried.programme, **{name: OUTCOMES[name].of(series) for name in JUDGED_BY})
