"""The map: how likely it is that a culture holds, or a shift persists, over two parameters.

A map is a study like any other: a grid with two axes, resumed where it stopped, run on any engine. Whoever shows it
while it grows runs it square by square. The boundary of the mean field is drawn on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.base.phrasing import in_100, percent
from sim.engine.limit.field import faults_for_mean_field
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import compared_with
from sim.meanfield.boundary import ALL_TURNOVER, BOUNDARIES, boundary_map
from sim.meanfield.boundary import axis as mean_field_axis
from sim.results.measures import Interval
from sim.results.outcomes import OUTCOMES, YES_OR_NO, PairedSeries, outcome_named
from sim.results.store import Results, RunRow, config_key, model_version
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.study.chunk import Batch, Chunk, run_chunk
from sim.study.design import Axis, Grid, apply_point, points
from sim.study.study_file import MOST_RUNS, KeepSection, Study, StudyFile

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DEFAULT_X",
    "DEFAULT_Y",
    "CultureMap",
    "MapSquare",
    "axis_label",
    "map_axis",
    "map_study",
    "map_title",
    "read_map",
    "squares_of",
]

DEFAULT_X, DEFAULT_Y = f"{ALL_TURNOVER}:0.5:4:8", "control_norm:0.45:0.9:7"
_RATES = ("staff_turnover", "team_leader_turnover", "senior_leader_turnover")
_STEPS = 7
Floats = Sequence[float]
_MOST_STEPS = 100
_MEAN_FIELD_STEPS = 21


@dataclass(frozen=True, eq=False)
class CultureMap:
    """A map.

    Parameters
    ----------
    title, outcome : the scenario's title; one that a run has or has not
    x, y : names of the axes
    x_values, y_values : [n_x], [n_y]
    estimate, low, high : [n_y, n_x], probability with its 95 % interval (Wilson); NaN where nothing has been run
    n : [n_y, n_x], replicates
    boundary : lines [n_points, 2] along which the outcome changes sides in the mean field
    boundary_note : why there is no boundary, or what it says
    """

    title: str
    outcome: str
    x: str
    y: str
    x_values: NDArray[np.float64]
    y_values: NDArray[np.float64]
    estimate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n: NDArray[np.int64]
    boundary: tuple[NDArray[np.float64], ...]
    boundary_note: str

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each place of the map."""
        import pandas as pd

        y, x = np.meshgrid(self.y_values, self.x_values, indexing="ij")
        columns = {self.x: x, self.y: y, self.outcome: self.estimate, "low": self.low, "high": self.high, "n": self.n}
        return pd.DataFrame({name: values.ravel() for name, values in columns.items()})

    def in_words(self) -> str:
        """Return what the map says, in some sentences."""
        sure, unsure = self.low > 0.5, self.high < 0.5
        parts = [
            f"{self.title}: probability that {OUTCOMES[self.outcome].that}, at {self.estimate.size} places, "
            f"{int(self.n.min())} or more runs each.",
            f"Surely more likely than not at {_places(sure)}, surely less likely at {int(unsure.sum())}, "
            f"undecided at {int((~sure & ~unsure).sum())}.",
        ]
        for value, row in zip(self.y_values, self.estimate, strict=True):
            parts.append(f"With {axis_label(self.y)} {value:.3g}: {_crossing(self.x, self.x_values, row)}.")
        return "\n".join([*parts, self.boundary_note])


def _places(which: NDArray[np.bool_]) -> str:
    n = int(which.sum())
    return "1 place" if n == 1 else f"{n} places"


def _crossing(name: str, values: NDArray[np.float64], row: NDArray[np.float64]) -> str:
    """Return in words where the probability crosses one half along a row."""
    above = row >= 0.5
    if above.all() or not above.any():
        side, lowest, highest = "at least" if above.all() else "below", row.min(), row.max()
        return f"{side} one half throughout ({in_100(lowest)} to {percent(highest)})"
    place = int(np.flatnonzero(np.diff(above))[0])
    share = (0.5 - row[place]) / (row[place + 1] - row[place])
    crossing = values[place] + share * (values[place + 1] - values[place])
    return f"{'falls below' if above[place] else 'rises above'} one half at {axis_label(name)} {crossing:.2f}"


def axis_label(name: str) -> str:
    """Return what an axis says.

    Examples
    --------
    >>> axis_label("control_norm")
    'control norm'
    """
    return "turnover of all kinds, times the scenario's" if name == ALL_TURNOVER else name.replace("_", " ")


def map_axis(text: str, where: str = "axis", rulebook: Rulebook = RULEBOOK) -> Axis:
    """Return the axis that a text stands for.

    Parameters
    ----------
    text : ``NAME``, ``NAME:LOW:HIGH`` or ``NAME:LOW:HIGH:STEPS``; a parameter's name, or ``turnover`` for all kinds
    where : what to call it in messages
    rulebook : whose parameters there are

    Raises
    ------
    InputError : it is not one

    Examples
    --------
    >>> map_axis("control_norm:0.5:0.9:3").grid().tolist()
    [0.5, 0.7, 0.9]
    """
    name, *numbers = text.split(":")
    wanted = f"NAME, NAME:LOW:HIGH or NAME:LOW:HIGH:STEPS (2 to {_MOST_STEPS} steps), as in control_norm:0.45:0.9:7"
    try:
        low, high = (float(number) for number in numbers[:2]) if numbers else (None, None)
        steps = int(numbers[2]) if len(numbers) > 2 else _STEPS
    except ValueError:
        raise InputError.single(where, wanted, text) from None
    if len(numbers) > 3 or not 2 <= steps <= _MOST_STEPS:
        raise InputError.single(where, wanted, text)
    ends = mean_field_axis(name, low, high, 2, rulebook).values
    target: dict[str, Any] = {"multiply": _RATES} if name == ALL_TURNOVER else {"set": (name,)}
    fields = {"name": name, "low": ends[0], "high": ends[-1], "steps": steps, **target}
    return Axis.model_validate(fields, context=rulebook)


def map_title(scenario: Scenario) -> str:
    """Return what the map of a scenario is called."""
    return f"Map: {scenario.title}"


def map_study(
    scenario: Scenario,
    x: Axis | None = None,
    y: Axis | None = None,
    replicates: int = 40,
    seed: int = 1,
    compare_with: Scenario | None = None,
    outcome: str = "holds",
) -> Study:
    """Return the study behind a map.

    Parameters
    ----------
    scenario : what is run at each place
    x, y : the axes; turnover of all kinds (0.5 to 4 times) and the control norm (0.45 to 0.9) if left out
    replicates, seed : runs at each place, and their seed
    compare_with : what it is compared with, in place of what it names itself
    outcome : what is drawn of it

    Raises
    ------
    InputError : the axes are one
    """
    axes = (y or map_axis(DEFAULT_Y), x or map_axis(DEFAULT_X))
    if axes[0].label == axes[1].label:
        raise InputError.single("--x and --y", "two different axes", f'"{axes[0].label}" twice')
    n_runs = int(np.prod([len(axis.grid()) for axis in axes])) * replicates
    if n_runs > MOST_RUNS:
        raise InputError.single(
            "--replicates", f"at most {MOST_RUNS:,} runs in all", f"{n_runs:,}", "fewer --replicates, or fewer steps"
        )
    file = StudyFile(
        title=map_title(scenario),
        story="",
        scenarios=(scenario.name,),
        replicates=replicates,
        seed=seed,
        weeks=None,
        design=Grid(axes=axes),
        keep=KeepSection(weekly="none"),
        stop=None,
    )
    other = compared_with(scenario)
    if other is not None and compare_with is not None:
        other = compare_with
    for axis in axes:
        for value in (axis.lowest, axis.highest):
            apply_point(scenario, (axis,), (value,))
    places = points(file.design, Path())
    return Study(file, {scenario.name: scenario}, {scenario.name: other}, axes, places, {"outcome": outcome})


# --- square by square -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MapSquare:
    """One place of a map, to be run by itself.

    Parameters
    ----------
    column, row : where it is, counted along x and along y
    scenario : what is run there
    chunk : its runs, and those of what it is compared with
    outcome : what is asked of them
    """

    column: int
    row: int
    scenario: Scenario
    chunk: Chunk
    outcome: str

    def run(self) -> Interval:
        """Return the probability of the outcome with its 95 % interval: what :func:`read_map` says of the same runs.

        Raises
        ------
        InputError : none of the runs could be done
        """
        found: dict[str, dict[int, RunRow]] = {}
        for row in run_chunk(self.chunk):
            found.setdefault(row.config, {})[row.replicate] = row
        arm, other = (found[batch.config] for batch in (self.chunk.batches[0], self.chunk.batches[-1]))
        both = [number for number in arm if arm[number].safe_share is not None and other[number].safe_share is not None]
        if not both:
            reason = next(row.reason for rows in (arm, other) for row in rows.values() if row.reason)
            raise InputError.single("map", "a place that can be run", reason)
        safe, reference = (np.array([rows[number].safe_share for number in both]) for rows in (arm, other))
        outcome = OUTCOMES[self.outcome]
        return outcome.sum_up(outcome.by_replicate(PairedSeries(safe, reference, self.scenario.support_end_week or 0)))


def squares_of(study: Study) -> list[MapSquare]:
    """Return the places of a map of :func:`map_study`, row by row."""
    n_columns, seed = len(study.axes[1].grid()), study.file.seed
    replicates = tuple(range(study.file.replicates))
    found = []
    for number in range(study.n_cases):
        _, _, scenario, reference = study.case(number)
        runs = {config_key(one, seed): one for one in (scenario, reference)}
        batches = tuple(Batch(config, one, None, seed, replicates) for config, one in runs.items())
        row, column = divmod(number, n_columns)
        chunk = Chunk(batches, study.keep, model_version())
        found.append(MapSquare(column, row, scenario, chunk, str(study.asks["outcome"])))
    return found


# --- read back --------------------------------------------------------------------------------------------------------


def read_map(
    folder: str | Path, scenario: Scenario, outcome: str = "holds", boundary_steps: int = _MEAN_FIELD_STEPS
) -> CultureMap:
    """Return the map that a study of :func:`map_study` has come to, with the mean field's boundary where there is one.

    Parameters
    ----------
    folder : of the study
    scenario : what was run
    outcome : one that a run has or has not
    boundary_steps : values of each axis at which the mean field is run

    Raises
    ------
    InputError : the outcome is not one of a map, or nothing has been run
    """
    outcome = outcome_named(outcome, among=YES_OR_NO).name
    results = Results(folder)
    summary = results.summary()
    if summary.empty:
        raise InputError.single(str(folder), "a map with runs", "none yet", "run the map first")
    if len(results.axes) != 2:
        raise InputError.single(str(folder), "a map, with two axes", f"a study with {len(results.axes)}")
    y, x = results.axes
    x_values, y_values = np.unique(summary[x]), np.unique(summary[y])
    place = (np.searchsorted(y_values, summary[y]), np.searchsorted(x_values, summary[x]))
    parts = []
    for column in (outcome, f"{outcome}_low", f"{outcome}_high", "replicates"):
        values = np.full((len(y_values), len(x_values)), np.nan)
        values[place] = summary[column]
        parts.append(values)
    sides = ((x, x_values.tolist()), (y, y_values.tolist()))
    lines, note = _mean_field_boundary(scenario, outcome, *sides, boundary_steps)
    n = np.nan_to_num(parts[3]).astype(np.int64)
    return CultureMap(scenario.title, outcome, x, y, x_values, y_values, parts[0], parts[1], parts[2], n, lines, note)


def _mean_field_boundary(
    scenario: Scenario, outcome: str, x: tuple[str, Floats], y: tuple[str, Floats], steps: int
) -> tuple[tuple[NDArray[np.float64], ...], str]:
    """Return the lines between where the outcome comes about in the mean field and where not, and what they are."""
    if without := list(dict.fromkeys(fault.came for fault in faults_for_mean_field(scenario))):
        return (), f"No line: the mean field has no counterpart of {' and of '.join(without)}."
    if outcome == "persists" and scenario.support_end_week is None:
        return (), "No line: there is no support whose end a shift could outlast."
    along_x, along_y = (
        mean_field_axis(name, min(values), max(values), steps, scenario.rulebook) for name, values in (x, y)
    )
    try:
        found = boundary_map(scenario, along_x, along_y, outcome)
    except InputError as error:  # Four years after support are more weeks than a run can have.
        fault = error.faults[0]
        return (), f"No line: the mean field would need {fault.wanted}, and this map asks it for {fault.came}."
    if lines := found.lines(outcome):
        return tuple(lines), f"Line: in the mean field, {BOUNDARIES[outcome]}."
    where = "everywhere" if (found.margin(outcome) >= 0).all() else "nowhere"
    return (), f"No line: in the mean field, {OUTCOMES[outcome].that.partition(' (')[0]} {where} on this map."
