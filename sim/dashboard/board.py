"""Three slides for a board: what was done, what came of it, and what it would take."""

from __future__ import annotations

from typing import Any

from sim.base.dates import week_words, weeks_words
from sim.dashboard import views
from sim.dashboard.shared import organisation_of
from sim.inputs.scenario.description import Scenario

__all__ = ["slides"]

_LIMITS = (
    "These are findings about a model, not a forecast, and they say nothing about patients. The numbers that decide "
    "most have never been measured directly."
)


def slides(scenario: Scenario) -> dict[str, Any]:
    """Return what stands on the slides besides the answer of many worlds.

    Parameters
    ----------
    scenario : what is in Explore
    """
    return {
        "title": scenario.title,
        "story": scenario.story,
        "staff": organisation_of(scenario).n_staff,
        "weeks": scenario.weeks,
        "start": scenario.start.isoformat() if scenario.start else None,
        "support_ends": scenario.support_end_week,
        "entries": [_entry(scenario, shown) for shown in views.entries(scenario)],
        "costs": _costs(scenario),
        "limits": _LIMITS,
    }


def _entry(scenario: Scenario, shown: dict[str, Any]) -> dict[str, Any]:
    """Return one entry of the timeline: what, when, and where its bar begins and ends, of 100."""
    start, end, is_event = shown["start"], shown["end"], shown["is_event"]
    when = week_words(start, scenario.start) if is_event else weeks_words(start, end, scenario.start)
    return {
        "title": shown["label"],
        "when": when,
        "is_done": scenario.timeline[shown["place"]].is_done,
        "is_event": is_event,
        "left": 100 * start / scenario.weeks,
        "width": 100 * (end - start) / scenario.weeks,
    }


def _costs(scenario: Scenario) -> list[list[str]]:
    """Return what it takes, each a number with its words, the largest first of what is paid."""
    weeks = scenario.weeks
    paid = float(scenario.cost_by_week(weeks).sum())
    rows = [[f"{paid:,.0f}", f"days of paid support in all, over {weeks} weeks"]]
    if days := scenario.upkeep_days_a_year:
        rows.append([f"{days:,.0f}", "days of paid upkeep a year, for as long as it is to last"])
    if own := float(scenario.own_days_by_week(weeks).sum()):
        rows.append([f"{own:,.0f}", "days of leaders' own time, which nobody pays for"])
    by_title: dict[str, float] = {}
    for entry in scenario.timeline:
        by_title[entry.title] = by_title.get(entry.title, 0.0) + sum(entry.cost(week, weeks) for week in range(weeks))
    parts = sorted(((days, title) for title, days in by_title.items() if days > 0), reverse=True)
    return rows + [[f"{days:,.0f}", f"of the paid days: {title}"] for days, title in parts if len(parts) > 1]
