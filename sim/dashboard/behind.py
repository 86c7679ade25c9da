"""What is behind a picture: the rules that make what it shows, their equations and numbers; and somebody's week.

All of it is said by the rules' own declarations. A picture names the columns of the state that it shows; the rules that
write them follow, those of one's own among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sim.base.errors import InputError
from sim.base.measure import CHARTS
from sim.base.rule import Column, Group, Rule
from sim.dashboard.session import check_size
from sim.dashboard.shared import organisation_of
from sim.dashboard.trajectory import STAFF_STATES
from sim.engine.recorder import MEASURES
from sim.engine.run import prepare
from sim.engine.state import World, copy_world
from sim.inputs.scenario.description import Scenario
from sim.lessons.text import render
from sim.rulebook.rulebook import Rulebook

__all__ = ["PICTURES", "ROWS", "behind", "week_of"]


@dataclass(frozen=True)
class PagePicture:
    """A picture of a page.

    Parameters
    ----------
    title : what it is called
    columns : the columns of the state that it shows, as ``group.name``
    measures : weekly measures that stand in its table
    """

    title: str
    columns: tuple[str, ...]
    measures: tuple[str, ...] = ()


def _drawn(chart: str) -> tuple[str, ...]:
    return tuple(measure.name for measure in MEASURES if measure.chart == chart)


_OF_CHARTS: Mapping[str, tuple[str, ...]] = {
    "norms": ("staff.aim", "staff.outcome"),
    "leaders": ("seniors.control", "teams.control", "pairs.purpose", "services.coherence"),
    "pressure": ("services.pressure", "services.backlog", "services.learning_stock"),
    "mass": ("teams.facilitation", "staff.capability", "staff.habit_voice", "staff.habit_team", "staff.habit_fail",
             "staff.habit_learn"),
}  # fmt: skip

PICTURES: Mapping[str, PagePicture] = {
    "main": PagePicture("Feel safe to speak up", ("staff.safety",), ("safe_share",)),
    "moved": PagePicture("What moved it", ("staff.safety",), ("safe_share",)),
    "network": PagePicture(
        "The network", ("teams.control", "seniors.control", "pairs.purpose", "staff.outcome", "teams.links"),
        ("safe_share", "team_leader_control", "senior_leader_control", "coherence", "staff_leavers"),
    ),
    "funnel": PagePicture(
        "Of 100 opportunities", ("staff.outcome",), ("opportunities", "voiced", "joined", "well_received", "learned"),
    ),
    "time": PagePicture(
        "Leaders' time", tuple(f"seniors.attention_{part}" for part in ("purpose", "staff", "leaders", "problems")),
        tuple(f"attention_{part}" for part in ("purpose", "staff", "leaders", "problems")),
    ),
    **{key: PagePicture(title, _OF_CHARTS[key], _drawn(key)) for key, (title, _) in CHARTS.items() if key},
}  # fmt: skip
"""The pictures of Explore, by their names on the page."""

ROWS: Mapping[str, Group] = {"person": "staff", "team": "teams", "senior": "seniors"}
"""What can be pointed at in the network, and where its week stands."""


def behind(scenario: Scenario, name: str, colour: str = "safety") -> dict[str, Any]:
    """Return what is behind a picture, in plain types.

    Parameters
    ----------
    scenario : of which numbers and rules are told
    name : of :data:`PICTURES`
    colour : the state that the network's colours show

    Raises
    ------
    InputError : there is no such picture
    """
    picture = PICTURES.get(name)
    if picture is None:
        raise InputError.single("behind", f"one of {', '.join(PICTURES)}", repr(name))
    shown = picture.columns
    if name == "network" and colour in STAFF_STATES:
        shown = (f"staff.{colour}", *shown)
    rulebook = scenario.rulebook
    named = {measure.name: measure for measure in (*MEASURES, *rulebook.own_measures)}
    return {
        "title": picture.title,
        "scenario": scenario.title or scenario.name,
        "measures": [
            {"name": one, "label": named[one].label, "unit": named[one].unit, "meaning": named[one].meaning}
            for one in picture.measures
        ],
        "columns": [_told(rulebook, path) for path in shown],
        "rules": [_rule(scenario, rule) for rule in _writing(rulebook, shown)],
    }


def _writing(rulebook: Rulebook, columns: tuple[str, ...]) -> list[Rule]:
    """Return the rules that write some columns, in the order of the week."""
    names = {name for path in columns for name in rulebook.writers[path]}
    return [rule for rule in rulebook.rules if rule.name in names]


def _column(rulebook: Rulebook, path: str) -> Column:
    group, name = path.split(".")
    return rulebook.columns[cast(Group, group)][name]


def _told(rulebook: Rulebook, path: str) -> dict[str, str]:
    column = _column(rulebook, path)
    return {"path": path, "meaning": column.meaning, "unit": column.unit}


def _rule(scenario: Scenario, rule: Rule) -> dict[str, Any]:
    """Return a rule as it declares itself, with its numbers as they are in a scenario."""
    return {
        "name": rule.name,
        "title": rule.title,
        "summary": rule.summary,
        "equation": render(rule.equation),
        "forms": [
            {"says": formula.meaning, "meaning": form.meaning, "equation": form.equation}
            for formula in rule.formulas
            for form in formula.forms
            if form.name == scenario.rules.get(formula.name, formula.forms[0].name)
        ],
        "numbers": [
            {
                "name": declared.name.replace("_", " "),
                "symbol": declared.symbol,
                "value": f"{float(getattr(scenario.parameters, declared.name)):g}",
                "unit": declared.unit,
                "plausible": f"{declared.plausible[0]:g} to {declared.plausible[1]:g}",
                "meaning": declared.meaning,
                "grade": declared.grade,
                "source": declared.source.replace("-", " "),
            }
            for declared in rule.parameters
        ],
    }


def week_of(scenario: Scenario, seed: int, week: int, kind: str, place: int) -> dict[str, Any]:
    """Return the week of one person, team or senior leader as it was: each column before and after, and what wrote it.

    Parameters
    ----------
    scenario, seed : what is run, with whose chance
    week : which week, from 0
    kind, place : of :data:`ROWS`, and which row

    Raises
    ------
    InputError : there is no such row, the organisation is too large for a page, or its tables have faults
    """
    group = ROWS.get(kind)
    if group is None:
        raise InputError.single("the week of", f"one of {', '.join(ROWS)}", repr(kind))
    organisation = organisation_of(scenario)
    check_size(scenario, organisation)
    prepared = prepare(scenario, organisation)
    world, key = prepared.start(seed)
    week = max(0, min(week, scenario.weeks - 1))
    prepared.run_weeks(world, key, 0, week)
    before = copy_world(world)
    prepared.run_weeks(world, key, week, 1)
    n_rows = len(getattr(world, group)["chance"])
    if not 0 <= place < n_rows:
        raise InputError.single(f"the week of a {kind}", f"the number of one (0 to {n_rows - 1})", str(place))
    rulebook = scenario.rulebook
    return {
        "week": week,
        "kind": kind,
        "place": place,
        "rows": [
            {
                **_told(rulebook, path),
                "before": _value(before, group, column.name, place),
                "after": _value(world, group, column.name, place),
                "rules": [rule.title for rule in rulebook.rules if rule.name in rulebook.writers[path]],
            }
            for column in rulebook.columns[group].values()
            if rulebook.writers[path := column.path]
        ],
    }


def _value(world: World, group: Group, name: str, place: int) -> float:
    return round(float(getattr(world, group)[name][place]), 4)
