"""Targets of a calibration: what was measured, where, when, and how sure it is.

A target file is a CSV table with one row for each target. It may hold patterns from the literature (averages over many
services) or an organisation's own survey series (one service, with the chance that any single service has).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim.base.dates import week_words
from sim.base.errors import InputError, nearest_name
from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario
from sim.inputs.tables.columns import TableColumn
from sim.inputs.tables.faults import FaultList, shown
from sim.inputs.tables.rows import Table, read_number, read_table
from sim.results import measures
from sim.results.measures import SMOOTHING_WEEKS
from sim.results.store import Figure
from sim.results.store.figures import RATIOS
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.study.points import PointRuns

__all__ = [
    "COLUMNS",
    "DERIVED",
    "CalibrationTarget",
    "Kind",
    "figures_needed",
    "known_measures",
    "measure_in",
    "read_targets",
]

Kind = Literal["about", "at_least", "at_most"]
Of = Literal["one", "average"]
Series = NDArray[np.float64]

MOST_TARGETS = 500

COLUMNS: dict[str, TableColumn] = {
    "week": TableColumn("week in which it was measured, counted from the start of the scenario", is_required=True),
    "measure": TableColumn("what was measured: a weekly measure, gain_ and a weekly measure, or a derived one",
                           is_required=True),
    "value": TableColumn("what came out, in the unit of the measure", is_required=True),
    "error": TableColumn("standard error of the value, above 0", is_required=True),
    "kind": TableColumn("about (if empty), at_least or at_most: whether the value is an estimate or a bound"),
    "of": TableColumn("one (if empty): measured in one organisation; average: the mean of many like it"),
    "scenario": TableColumn("what had been done: a shipped scenario or a file; --scenario if empty"),
    "share_of": TableColumn("another scenario: the value is a share of the same measure there"),
    "pattern": TableColumn("a note for the reader: which pattern or survey it is"),
}  # fmt: skip
"""The columns of a target file."""

_GAIN = "gain_"
_HALVES = ("lost_half", "kept_half")

DERIVED = {
    **RATIOS,
    "lost_half": "whether at least half of the peak gain is gone by that week (over runs: their share)",
    "kept_half": "whether more than half of the peak gain is left in that week (over runs: their share)",
}
"""Measures that are made of weekly ones, and what they mean."""


@dataclass(frozen=True)
class CalibrationTarget:
    """One thing that the model should show.

    Parameters
    ----------
    measure, week : what was measured, and when
    value, error : what came out, and its standard error, in the measure's unit
    kind : whether the value is an estimate or a bound
    of : whether it was measured in one organisation or is an average over many
    scenario : what had been done; share_of : the scenario whose same measure it is a share of
    pattern : a note for the reader
    """

    measure: str
    week: int
    value: float
    error: float
    kind: Kind
    of: Of
    scenario: Scenario
    share_of: Scenario | None = None
    pattern: str = ""

    @property
    def label(self) -> str:
        """What it is, in a few words."""
        return self._with_week(f"week {self.week}")

    def in_words(self) -> str:
        """Return the same with the day on which the week begins, where that is known."""
        return self._with_week(week_words(self.week, self.scenario.start))

    def _with_week(self, week: str) -> str:
        share = f" as a share of {self.share_of.name}" if self.share_of else ""
        return f"{self.measure}{share}, {week}, {self.scenario.name}"

    @property
    def needs_baseline(self) -> bool:
        """Whether it compares with the same without interventions."""
        return self.measure.startswith(_GAIN) or self.measure in _HALVES

    @property
    def weeks_needed(self) -> int:
        """Weeks of the scenario that must be run."""
        last = self.week + SMOOTHING_WEEKS // 2
        if self.measure in _HALVES:
            last = max(last, (self.scenario.support_end_week or 0) + SMOOTHING_WEEKS + SMOOTHING_WEEKS // 2)
        return min(last, self.scenario.weeks)

    def misfit(self, predicted: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many standard errors predictions lie off; 0 on the right side of a bound."""
        off: NDArray[np.float64] = (predicted - self.value) / self.error
        if self.kind == "at_least":
            return np.minimum(off, 0.0)
        return np.maximum(off, 0.0) if self.kind == "at_most" else off


def known_measures() -> list[str]:
    """Return the names of all measures that a target may have."""
    return [*MEASURE_NAMES, *DERIVED, *(f"{_GAIN}{name}" for name in MEASURE_NAMES)]


def figures_needed(target: CalibrationTarget) -> tuple[Figure, ...]:
    """Return the figures of a run that a target is measured by; none if the weekly share that feels safe is enough."""
    if target.measure in _HALVES:
        return ()
    return ((target.measure.removeprefix(_GAIN), target.week),)


def measure_in(
    target: CalibrationTarget, figures: Sequence[Figure], arm: PointRuns, baseline: PointRuns | None
) -> Series:
    """Return [n_replicates], a target's measure in the target's week.

    Parameters
    ----------
    target : what to measure
    figures : [n_figures], what the figures of the runs are
    arm, baseline : the runs of its scenario, and of the same without interventions
    """
    if target.measure in _HALVES:
        assert baseline is not None  # whoever runs the scenarios asks needs_baseline
        n_rows = min(arm.safe_share.shape[1], baseline.safe_share.shape[1])
        gain = arm.safe_share[:, :n_rows] - baseline.safe_share[:, :n_rows]
        peak = measures.peak_gain(gain, target.scenario.support_end_week or 0)
        is_kept = measures.smooth(gain)[:, target.week] > 0.5 * peak
        is_shift = peak >= measures.LEAST_GAIN
        answer: Series = (is_kept & is_shift if target.measure == "kept_half" else ~is_kept).astype(np.float64)
        return answer
    (figure,) = figures_needed(target)
    place = list(figures).index(figure)
    level: Series = arm.figures[:, place]
    return level if baseline is None else level - baseline.figures[:, place]


# --- read -------------------------------------------------------------------------------------------------------------


def read_targets(
    path: Path, scenario: Scenario | None = None, rulebook: Rulebook = RULEBOOK
) -> list[CalibrationTarget]:
    """Read a target file.

    Parameters
    ----------
    path : the file; scenario files that it names are meant relative to it
    scenario : what had been done, for rows that do not say
    rulebook : the rules that everything is run with, of one's own too

    Raises
    ------
    InputError : the file has faults; all of them are listed, with line and column
    """
    table = read_table(path, COLUMNS)
    targets: list[CalibrationTarget] = []
    if table.has(*(name for name, column in COLUMNS.items() if column.is_required)):
        reader = _TargetReader(table, path.parent, scenario, rulebook)
        targets = [target for row in range(table.n_rows) if (target := reader.target(row)) is not None]
        if table.n_rows > MOST_TARGETS:
            table.found.add(0, "", f"at most {MOST_TARGETS} targets", f"{table.n_rows:,}")
        if table.n_rows == 0 and not len(table.found):
            table.found.add(table.header_line, "", "a row for each target", "no rows after the header")
    if len(table.found):
        raise InputError(table.found.in_order())
    return targets


class _TargetReader:
    """Turns rows into targets, and notes what is wrong with them."""

    def __init__(self, table: Table, folder: Path, scenario: Scenario | None, rulebook: Rulebook) -> None:
        self.table = table
        self.found: FaultList = table.found
        self.folder = folder
        self.scenario, self.rulebook = scenario, rulebook
        self._scenarios: dict[str, Scenario | None] = {}

    def target(self, row: int) -> CalibrationTarget | None:
        """Return the target of a row, or None if it has faults."""
        before = len(self.found)
        week = self._number(row, "week", 0.0, 10_000.0, whole=True)
        value = self._number(row, "value", -1e9, 1e9)
        error = self._number(row, "error", 1e-9, 1e9)
        measure = self._one_of(row, "measure", known_measures(), "")
        kind = self._one_of(row, "kind", get_args(Kind), "about")
        of = self._one_of(row, "of", get_args(Of), "one")
        scenario = self._scenario(row, "scenario") or self._default_scenario(row)
        share_of = self._scenario(row, "share_of")
        if len(self.found) > before or scenario is None:
            return None
        for which in (scenario, share_of):
            if which is not None and week > which.weeks:
                wanted = f"a week up to the end of {which.name}, {which.weeks}"
                self.found.add(self.table.lines[row], "week", wanted, f"{week:g}")
        pattern = self.table.column("pattern")[row]
        return CalibrationTarget(measure, int(week), value, error, kind, of, scenario, share_of, pattern)  # type: ignore[arg-type]  # names of these types

    def _number(self, row: int, column: str, low: float, high: float, whole: bool = False) -> float:
        cell = self.table.column(column)[row]
        number = read_number(cell, self.table.delimiter)
        if number is None or not low <= number <= high or (whole and number != round(number)):
            what = "a whole number" if whole else "a number"
            bounds = f"from {low:g} to {high:g}" if column != "error" else "above 0"
            self.found.add(self.table.lines[row], column, f"{what} {bounds}", shown(cell))
            return np.nan
        return number

    def _one_of(self, row: int, column: str, known: Sequence[str], if_empty: str) -> str:
        cell = self.table.column(column)[row] or if_empty
        if cell not in known:
            few = f"one of {', '.join(known)}" if len(known) < 10 else "the name of a measure"
            self.found.add(self.table.lines[row], column, few, shown(cell), nearest_name(cell, known))
        return cell

    def _default_scenario(self, row: int) -> Scenario | None:
        if self.scenario is None and not self.table.column("scenario")[row]:
            wanted = "a scenario in each row, or one for all with --scenario"
            self.found.add(self.table.lines[row], "scenario", wanted, "an empty cell")
        return self.scenario

    def _scenario(self, row: int, column: str) -> Scenario | None:
        cell = self.table.column(column)[row]
        if not cell:
            return None
        if cell not in self._scenarios:
            self._scenarios[cell] = None
            try:
                path = self.folder / cell if cell.endswith(".toml") else cell
                self._scenarios[cell] = load_scenario(path, self.rulebook)
            except InputError as error:
                for fault in error.faults:
                    self.found.add(self.table.lines[row], column, fault.wanted, fault.came, fault.hint)
        return self._scenarios[cell]
