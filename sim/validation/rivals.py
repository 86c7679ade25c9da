"""Rival rules: whether what the README and the lessons say hangs on the form of a rule.

A headline is held against every combination of forms of the formulas that have a rival, at the usual parameters, which
were found with the usual forms.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from sim.results.measures import peak_gain
from sim.rulebook.rulebook import RULEBOOK
from sim.validation.pattern_runs import EXIT, PROGRAMME_WEEKS, PatternRuns, capacity, programme, scenario

__all__ = ["HEADLINES", "Headline", "Rivals", "combinations", "hold_against_rivals", "rivals_table"]


@dataclass(frozen=True)
class Headline:
    """Something that the README or a lesson says, and how it is told from runs.

    Parameters
    ----------
    said_in : where
    claim : in a sentence
    holds : whether it holds in some runs
    """

    said_in: str
    claim: str
    holds: Callable[[PatternRuns], bool]


def _retained(runs: PatternRuns, years: int, *happens: object, parameters: Mapping[str, float] | None = None) -> float:
    paired = runs.paired(runs.scenario((*programme(), *(EXIT if happens else ())), parameters))
    return float(np.nan_to_num(paired.retained(years)).mean())


def _persisting(runs: PatternRuns, factor: float, has_upkeep: bool = True) -> float:
    """Return the share of runs that persist after the exit, by how much of the usual capacity is built."""
    built = capacity(factor)[: 2 if has_upkeep else 1] if factor > 0 else ()
    return float(runs.paired(runs.scenario((*programme(), *EXIT, *built))).persists().mean())


def _gain(runs: PatternRuns, strands: slice) -> float:
    """Return the mean gain in the safe share when some strands of the programme end."""
    return float(runs.paired(runs.scenario(programme()[strands])).gain()[:, PROGRAMME_WEEKS].mean())


def _peak(runs: PatternRuns) -> float:
    return float(peak_gain(runs.paired(runs.scenario(programme())).gain(), PROGRAMME_WEEKS).mean())


_ALL, _TRIO, _DIALOGUE = slice(0, 3), slice(0, 1), slice(1, 2)

HEADLINES = (
    Headline("README, lesson 3", "A year of support shifts the share that feels safe by ten points or more.",
             lambda runs: _peak(runs) >= 0.10),
    Headline("README, lesson 3", "A year on a shoestring does not last: fewer than half of runs persist.",
             lambda runs: float(runs.paired(runs.scenario(programme())).persists().mean()) < 0.5),
    Headline("lesson 4", "When two of the three leave, less is left a year after support.",
             lambda runs: _retained(runs, 1, EXIT) < _retained(runs, 1)),
    Headline("README, lesson 5", "With internal capacity it lasts although two leave: half of runs or more persist.",
             lambda runs: _persisting(runs, 1.0) >= 0.5),
    Headline("lesson 5", "A quarter of the facilitators is not enough: fewer than half of runs persist.",
             lambda runs: _persisting(runs, 0.25) < 0.5),
    Headline("lesson 6", "Without a top-up no more runs persist than with it.",
             lambda runs: _persisting(runs, 1.0, has_upkeep=False) <= _persisting(runs, 1.0)),
    Headline("lesson 2", "Coaching the trio alone does little for staff: at most 0.55 of the programme's gain.",
             lambda runs: _gain(runs, _TRIO) <= 0.55 * _gain(runs, _ALL)),
    Headline("lesson 2", "Without purpose that can be built, less is left two years after support.",
             lambda runs: _retained(runs, 2, parameters={"purpose_gain": 0.0}) < _retained(runs, 2)),
    Headline("lesson 7", "Dialogue that leaders do not mean gains a quarter of the programme at most.",
             lambda runs: _gain(runs, _DIALOGUE) <= 0.25 * _gain(runs, _ALL)),
)  # fmt: skip
"""What is said, in the order in which it is said."""


@dataclass(frozen=True, eq=False)
class Rivals:
    """What came out.

    Parameters
    ----------
    forms : [n_combinations], the form of each formula by name
    held : [n_headlines, n_combinations], whether a headline holds there
    """

    forms: tuple[dict[str, str], ...]
    held: tuple[tuple[bool, ...], ...]

    def fails_with(self, headline: int) -> list[str]:
        """Return the forms that all combinations share in which a headline does not hold; none if it always holds."""
        failing = [forms for forms, holds in zip(self.forms, self.held[headline], strict=True) if not holds]
        usual = {name: formula.forms[0].name for name, formula in RULEBOOK.formulas.items()}
        if not failing:
            return []
        shared = set.intersection(*(set(forms.items()) for forms in failing))
        return sorted(form for name, form in shared if form != usual[name])


def combinations() -> tuple[dict[str, str], ...]:
    """Return every combination of forms of the formulas that have a rival; the usual one first."""
    names = list(RULEBOOK.formulas)
    return tuple(
        dict(zip(names, forms, strict=True))
        for forms in product(*([form.name for form in RULEBOOK.formulas[name].forms] for name in names))
    )


def hold_against_rivals(
    replicates: int = 40,
    seed: int = 1,
    *,
    threads: int | None = None,
    begin: Callable[[int], None] | None = None,
) -> Rivals:
    """Hold every headline against every combination of forms.

    Parameters
    ----------
    replicates, seed, threads : as :func:`sim.validation.runner.validate` has them
    begin : called with the number of each combination before it is run
    """
    every = combinations()
    held = []
    for place, forms in enumerate(every):
        if begin is not None:
            begin(place)
        runs = PatternRuns(replicates, seed, threads, world=scenario().replace(rules=forms))
        held.append([headline.holds(runs) for headline in HEADLINES])
    return Rivals(every, tuple(zip(*held, strict=True)))


def rivals_table(found: Rivals) -> str:
    """Return as comma-separated values whether each headline holds in each combination of forms."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("said_in", "claim", *found.forms[0], "holds"))
    for headline, held in zip(HEADLINES, found.held, strict=True):
        for forms, holds in zip(found.forms, held, strict=True):
            writer.writerow((headline.said_in, headline.claim, *forms.values(), str(bool(holds)).lower()))
    return table.getvalue()
