"""Searches for the best use of a budget that pages ask for, in a folder of this user's own: they outlive the server.

A search is known by what it asks: who asks the same again finds what there is. It is done in a process of its own, is
stopped and gone on with as any long work is, and asks for what ``cultureshift budget`` asks for.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
import threading
from functools import cache
from pathlib import Path
from typing import Any

from sim.base.errors import InputError
from sim.base.extras import require
from sim.base.own_folder import state_folder
from sim.base.phrasing import in_100, percent
from sim.dashboard.studies import FolderWatch
from sim.inputs.scenario.description import Scenario
from sim.results.intervals import bracketed
from sim.results.measures import Interval
from sim.results.store import Results
from sim.study.budget import PARTS, check_long_enough, note_search
from sim.study.programmes import without_support

__all__ = ["LEAST_DAYS", "MOST_DAYS", "Searches", "the_searches"]

LEAST_DAYS, MOST_DAYS = 20, 20_000
"""Budgets that are searched for, in days of paid support."""

_MOST_KEPT = 24
_ANSWER = "budget.csv"
_MOST_BYTES = 200_000
_JUDGED = ("lasts", "gain_4_years")


class Searches:
    """The searches in a folder.

    Parameters
    ----------
    folder : of this user's own
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._watch = FolderWatch(folder)
        self._beginning = threading.Lock()

    def begin(self, scenario: Scenario, days: int) -> None:
        """Begin a search, or go on with one that was begun before.

        Raises
        ------
        InputError : it cannot be searched for, or too much is under way
        OutputError : the folder cannot be written
        """
        if not LEAST_DAYS <= days <= MOST_DAYS:
            raise InputError.single("budget", f"{LEAST_DAYS} to {MOST_DAYS:,} paid days", f"{days:,}")
        if scenario.tables is not None:
            raise InputError.single(
                "budget", "a made-up organisation", "one of your own", "search with: cultureshift budget --organisation"
            )
        require("budget")
        check_long_enough(scenario)
        place = _place(scenario)
        name = f"{_mark(scenario)}-{days}"
        with self._beginning:
            if not (self._folder / name).is_dir():
                self._make_room()
                note_search(self._folder / name, place, [part * days for part in PARTS])
        self._watch.go_on(name)

    def stop(self, scenario: Scenario, days: int) -> None:
        """Ask a search to stop; what it has done is kept.

        Raises
        ------
        InputError : it is not under way
        OutputError : the folder cannot be written
        """
        self._watch.stop(f"{_mark(scenario)}-{days}")

    def told(self, scenario: Scenario) -> list[dict[str, Any]]:
        """Return the searches in a scenario's place, by budget: how far each is, and its answer once it has one."""
        mark = f"{_mark(scenario)}-"
        found = [
            {**one, "days": int(one["name"].removeprefix(mark)), "answer": self._answer(one)}
            for one in self._watch.listed()
            if one["name"].startswith(mark) and one["name"].removeprefix(mark).isdigit()
        ]
        return sorted(found, key=lambda one: one["days"])

    def _answer(self, told: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the best programme of each part of a budget, of a search that is complete."""
        path = self._folder / str(told["name"]) / _ANSWER
        if not told["is_complete"] or not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return [_best(row) for row in csv.DictReader(file) if row["rank"] == "1"]

    def programme(self, scenario: Scenario, days: int, part: float) -> Scenario:
        """Return the best programme that was found for a part of a budget, in the words of Explore.

        Raises
        ------
        InputError : there is none
        """
        name = f"{_mark(scenario)}-{days}"
        known = {one["name"]: one["answer"] for one in self.told(scenario)}
        if part not in [best["budget"] for best in known.get(name, [])]:
            raise InputError.single("budget", "a programme that was found", "one that was not")
        results = Results(self._folder / name)
        frame = results.summary()
        frame = frame[(frame["judged"] == 1) & (frame["budget"] == part)]
        best = frame.sort_values(["lasts", "gain_4_years"], ascending=False).iloc[0]
        config = next(row.config for row in results.case_rows() if row.case == int(best["case"]))
        found = Scenario.model_validate_json(results.configs()[config].scenario)
        words = f"What a search found best for {part:,.0f} days of paid support."
        return found.replace(name=f"best-for-{part:.0f}-days", title=f"Best found for {part:,.0f} days", story=words)

    def _make_room(self) -> None:
        """Remove the searches that were looked at the longest ago, and are not under way, if there are many."""
        busy = {one["name"] for one in self._watch.listed() if one["is_running"] or one["is_starting"]}
        idle = [path for path in self._folder.iterdir() if path.is_dir() and path.name not in busy]
        idle.sort(key=lambda path: path.stat().st_mtime)
        for path in idle[: max(0, len(idle) + len(busy) - _MOST_KEPT + 1)]:
            shutil.rmtree(path)


def _place(scenario: Scenario) -> Scenario:
    """Return where something is to be done, and what happens there, without the words of whoever asks."""
    return without_support(scenario).replace(
        name="place", title="A budget", story="", start=None, compare_with="baseline"
    )


def _mark(scenario: Scenario) -> str:
    return hashlib.sha256(_place(scenario).digest().encode()).hexdigest()[:16]


def _best(row: dict[str, str]) -> dict[str, Any]:
    n = int(row["replicates"])
    lasts, gain = (
        Interval(float(row[name]), float(row[f"{name}_low"]), float(row[f"{name}_high"]), n) for name in _JUDGED
    )
    return {
        "budget": float(row["budget"]),
        "lasts_words": f"{percent(lasts.estimate)} of {n} runs{bracketed(lasts, percent)}",
        "gain": [100 * gain.estimate, 100 * gain.low, 100 * gain.high],
        "gain_words": f"{in_100(gain.estimate)} of 100{bracketed(gain, in_100)}",
        "parts": row["programme"].split("; "),
    }


@cache
def the_searches() -> Searches | None:
    """Return the searches of this user; None where nothing can be kept."""
    folder = state_folder("budgets")
    return None if folder is None else Searches(folder)
