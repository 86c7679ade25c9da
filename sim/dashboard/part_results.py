"""What has come of long work so far, as a page shows it: a row for each case, and a map where there are two axes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.base.phrasing import in_100, percent
from sim.results.intervals import bracketed
from sim.results.measures import Interval
from sim.results.outcomes import OUTCOMES, RUNS
from sim.results.store import Results
from sim.results.store.layout import SUMMARY_FILE
from sim.results.store.log import read_log
from sim.study.search import AXES as BUDGET_AXES

__all__ = ["nothing_yet", "part_results_of"]

_MOST_ROWS = 60
_MOST_SUMMED_UP = 40_000
"""Runs of a study that are summed up for a page; of more, the summary tells once it is written."""

_BEST_OF_EACH, _AXES_OF_A_MAP, _LARGEST_MAP = 5, 2, 40
_SHOWN = ("safe_share_last_year", "peak_gain", "gain_4_years", "lasts", "persists", "holds")


def nothing_yet(words: str) -> dict[str, Any]:
    """Return what a page shows where there is nothing but words."""
    return {"columns": [], "rows": [], "note": words, "map": None}


def part_results_of(results: Results) -> dict[str, Any]:
    """Return what has come of a study so far: a row for each case, and a map where there are two axes."""
    frame = _summary(results)
    if frame is None:
        return nothing_yet(
            f"There are more than {_MOST_SUMMED_UP:,} runs; they are summed up when the work is complete. Until then: "
            "cultureshift study sql"
        )
    if frame.empty:
        return nothing_yet(
            "Nothing can be summed up yet: a case needs runs of its own, and the same ones of what it is compared with."
        )
    axes = results.axes
    shown = [name for name in _SHOWN if frame[name].notna().any()]
    note = "With 95 % intervals, of the runs that are done."
    grid = None
    if axes == BUDGET_AXES:
        frame = frame.sort_values(["budget", "judged", "lasts", "gain_4_years"], ascending=[True, False, False, False])
        frame = frame.groupby("budget").head(_BEST_OF_EACH)
        note = f"The best {_BEST_OF_EACH} programmes of each budget so far, those that were judged afresh first. {note}"
    elif len(axes) == _AXES_OF_A_MAP:
        grid = _grid(frame, *axes)
    if len(frame) > _MOST_ROWS:
        note = f"The first {_MOST_ROWS} of {len(frame):,} cases. {note}"
    rows = [_row(record, axes, shown) for record in frame.head(_MOST_ROWS).to_dict("records")]
    heads = ["Scenario", *(axis.replace("_", " ").capitalize() for axis in axes), "Runs"]
    return {
        "columns": [*heads, *(OUTCOMES[name].label_in_tables for name in shown)],
        "rows": rows,
        "note": note,
        "map": grid,
    }


def _summary(results: Results) -> Any:
    """Return the summary of each case; None if there are too many runs for a page, and it is not written yet."""
    table = results.table(SUMMARY_FILE)
    if table is not None and read_log(results.folder, has_sums=False).last.get("event") == "finished":
        return table.to_pandas()
    index = results.index()
    n_runs = sum(index.counts(config)[0] for config in index.configs())
    return None if n_runs > _MOST_SUMMED_UP else results.summary()


def _row(record: Mapping[Any, Any], axes: tuple[str, ...], shown: list[str]) -> list[str]:
    values = [f"{record[axis]:.4g}" for axis in axes]
    return [
        str(record["scenario"]),
        *values,
        f"{int(record['replicates']):,}",
        *(_cell(record, name) for name in shown),
    ]


def _cell(record: Mapping[Any, Any], name: str) -> str:
    interval = Interval(record[name], record[f"{name}_low"], record[f"{name}_high"], int(record["replicates"]))
    if math.isnan(interval.estimate):
        return "not judged"
    say = percent if OUTCOMES[name].unit is RUNS else in_100
    return f"{say(interval.estimate)}{bracketed(interval, say)}"


def _grid(frame: Any, up: str, across: str) -> dict[str, Any] | None:
    """Return a map as the page draws it: the share of runs that persist, or hold, at each place that is known."""
    shows = next((name for name in ("persists", "holds") if frame[name].notna().any()), None)
    xs, ys = sorted(frame[across].unique().tolist()), sorted(frame[up].unique().tolist())
    is_one_scenario = frame["scenario"].nunique() == 1
    if shows is None or not is_one_scenario or max(len(xs), len(ys)) > _LARGEST_MAP:
        return None
    values: list[list[float | None]] = [[None] * len(xs) for _ in ys]
    for x, y, value in zip(frame[across], frame[up], frame[shows], strict=True):
        values[ys.index(y)][xs.index(x)] = None if math.isnan(value) else float(value)
    return {
        "xs": xs, "ys": ys, "values": values, "x_label": across.replace("_", " ").capitalize(),
        "y_label": up.replace("_", " ").capitalize(), "boundary": [], "here": None,
        "shows": OUTCOMES[shows].that.partition(" (")[0],
    }  # fmt: skip
