"""What the pictures of Explore are given: the organisation, futures, the timeline and the levers, in plain types.

Futures are computed once and kept in a cache that everybody shares: it holds what a scenario gives, never who asked.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, get_args, get_origin

import numpy as np

from sim.base.field_messages import bounds_of
from sim.dashboard import actions as buttons
from sim.dashboard.glossary import GLOSSARY
from sim.dashboard.leaders_time import intended
from sim.dashboard.own import rules
from sim.dashboard.session import ExploreSession, check_size
from sim.dashboard.shared import SharedCache, digest_of, organisation_of, text_bytes
from sim.dashboard.trajectory import SHOWN_MEASURES, STAFF_STATES, charts, pack, pack_weekly, simulate, simulate_weekly
from sim.engine.ties import Ties, build_ties, standing_pairs
from sim.inputs.interventions import EVERYBODY, KINDS, Intervention
from sim.inputs.interventions.change_parameter import ChangeParameter
from sim.inputs.interventions.committee import Committee
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario
from sim.plots.network_layout import lay_out
from sim.report.whose import title_and_whose, whose
from sim.rulebook.parameters import ParameterDeclaration
from sim.rulebook.rulebook import Rulebook

__all__ = ["actions", "baseline", "entries", "future", "in_short", "kinds", "lever_groups", "levers_set", "scene"]

_DIGITS = 4
_MOST_BYTES = 24_000_000
"""Of some hundred futures: those of the scenarios that come along, and of the last changes of whoever is here."""

_MOST_TIES_DRAWN = 6000
_MOST_RULES = 4
"""Sets of rules of which what the page says of kinds and levers is kept."""

KEY_LEVERS = (
    "staff_turnover", "senior_leader_turnover", "team_leader_turnover", "internal_succession", "control_norm",
    "control_of_newcomers", "turbulence_mean", "pull_to_control", "critical_mass", "facilitation",
)  # fmt: skip
"""Levers that decide most: shown first."""


_futures: SharedCache[dict[str, Any]] = SharedCache(_MOST_BYTES, text_bytes)
_baselines: SharedCache[str] = SharedCache(_MOST_BYTES // 8, len)


def future(scenario: Scenario, seed: int, state: str = "safety") -> dict[str, Any]:
    """Return a future, packed for the browser: its bytes, its committees, and how leaders mean to spend their time.

    Raises
    ------
    InputError : the organisation is too large for a page, or its tables have faults
    """
    shown = tuple(dict.fromkeys(("safety", state if state in STAFF_STATES else "safety")))
    return dict(_futures.get((digest_of(scenario), seed, shown), lambda: _future(scenario, seed, shown)))


def _future(scenario: Scenario, seed: int, states: tuple[str, ...]) -> dict[str, Any]:
    organisation = organisation_of(scenario)
    check_size(scenario, organisation)
    trajectory = simulate(scenario, seed, states=states, organisation=organisation)
    meetings = [entry for entry in scenario.timeline if isinstance(entry, Committee)]
    committees = [
        {
            "start": entry.weeks(scenario.weeks)[0],
            "end": entry.weeks(scenario.weeks)[1],
            "members": members.tolist(),
            "links": _links(trajectory.prepared.ties, place),
        }
        for place, (entry, members) in enumerate(zip(meetings, trajectory.prepared.audiences.committees, strict=True))
    ]
    return {"packed": pack(trajectory), "committees": committees, "intended": intended(trajectory.prepared)}


def baseline(scenario: Scenario, seed: int) -> str:
    """Return the weekly measures of the same world without interventions, packed for the browser."""
    without = scenario.baseline()
    return _baselines.get((without.digest(), seed), lambda: pack_weekly(simulate_weekly(without, seed)))


def in_short(organisation: Organisation) -> str:
    """Return how large an organisation is, in words."""
    teams = "1 team" if organisation.n_teams == 1 else f"{organisation.n_teams:,} teams"
    return f"{organisation.n_staff:,} staff in {teams}"


def scene(organisation: Organisation, key: str, names_people: bool = True) -> dict[str, Any]:
    """Return who is where and tied to whom, for the picture of the network.

    Parameters
    ----------
    organisation : who works where
    key : tells it from others
    names_people : whether people may be called what their tables call them
    """
    layout = lay_out(organisation)
    pairs, _ = standing_pairs(organisation)
    names = organisation.names
    return {
        "key": key,
        "staff": _points(layout.staff),
        "leaders": _points(layout.leaders),
        "seniors": _points(layout.seniors),
        "services": _points(layout.services),
        "person_radius": round(layout.person_radius, _DIGITS),
        "team_radius": layout.team_radius.round(_DIGITS).tolist(),
        "service_radius": layout.service_radius.round(_DIGITS).tolist(),
        "team_of": organisation.team_of_staff().tolist(),
        "team_start": organisation.team_start.tolist(),
        "service_of_team": organisation.service_of_teams().tolist(),
        "group_of": organisation.staff_group.tolist(),
        "pairs": _pairs(organisation),
        "links": _links(build_ties(organisation), -1),
        "ties": pairs[:_MOST_TIES_DRAWN].tolist(),
        "senior_names": [
            organisation.senior_name(senior) if names_people else f"Senior leader {senior + 1}"
            for senior in range(organisation.n_seniors)
        ],
        "team_names": list(names.teams) if names else None,
        "staff_names": list(names.staff) if names and names_people else None,
        "state_names": STAFF_STATES,
    }


def _points(points: Any) -> list[list[float]]:
    rounded: list[list[float]] = points.round(_DIGITS).tolist()
    return rounded


def _links(ties: Ties, committee: int) -> list[list[float]]:
    """Return the teams that are tied, each two once, with the weight of their ties: standing (-1) or a committee's."""
    of_team = np.repeat(np.arange(len(ties.team_indptr) - 1), ties.team_indptr[1:] - ties.team_indptr[:-1])
    other = ties.team_indices.astype(np.int64)
    drawn = (ties.team_committee == committee) & (of_team < other)
    found = zip(of_team[drawn].tolist(), other[drawn].tolist(), ties.team_weight[drawn].round(2).tolist(), strict=True)
    return [list(link) for link in found][:_MOST_TIES_DRAWN]


def _pairs(organisation: Organisation) -> list[tuple[int, int]]:
    start = organisation.service_senior_start.tolist()
    return [
        (one, other) for first, last in pairwise(start) for one in range(first, last) for other in range(one + 1, last)
    ]


def entries(scenario: Scenario) -> list[dict[str, Any]]:
    """Return the timeline as the page shows it: dates, words, and the fields that can be changed."""
    known = list(buttons.actions().values())
    return [_entry(scenario, place, entry, known) for place, entry in enumerate(scenario.timeline)]


def _entry(scenario: Scenario, place: int, entry: Any, known: list[buttons.ActionButton]) -> dict[str, Any]:
    start, end = entry.weeks(scenario.weeks)
    fields = type(entry).model_fields
    is_lever = isinstance(entry, ChangeParameter)
    title = f"{_sentence(entry.name)} → {_said(scenario, entry)}" if is_lever else entry.title
    organisation = organisation_of(scenario)
    label = title_and_whose(title, entry, organisation)
    return {
        "place": place,
        "kind": entry.kind,
        "family": entry.family,
        "label": label,
        "short": whose(entry, organisation) or label,
        "strand": f"{label} {entry.target.model_dump_json()}",
        "effect": entry.effect(),
        "start": start,
        "end": end,
        "is_event": "week" in fields,
        "is_open": getattr(entry, "end_week", 0) is None,
        "action": next((action.key for action in known if action.is_same_thing(entry)), None),
        "fields": [
            _field(type(entry), name, getattr(entry, name))
            for name in _asked(type(entry))
            if not (name == "how_many" and entry.how_many is None)
        ],
    }


_SHARES = {"per year": "a year", "share of time": "of time", "share of posts": "of posts"}


def _said(scenario: Scenario, entry: ChangeParameter) -> str:
    """Return the value that a lever takes, as it is said: shares in hundreds."""
    declared = scenario.rulebook.parameters.get(entry.name)
    share = None if declared is None else _SHARES.get(declared.unit)
    return f"{entry.value:g}" if share is None else f"{100 * entry.value:.3g}\u00a0% {share}"


def _asked(kind: type[Intervention]) -> dict[str, dict[str, Any]]:
    """Return the fields of a kind that can be changed on the page, with what their declarations say of it."""
    declared = {name: field.json_schema_extra for name, field in kind.model_fields.items()}
    extras = {name: dict[str, Any](extra) for name, extra in declared.items() if isinstance(extra, dict)}
    return {name: extra["page"] for name, extra in extras.items() if "page" in extra}


def _field(kind: type[Intervention], name: str, value: Any) -> dict[str, Any]:
    """Return a field of an entry as the page asks for it."""
    declared, page = kind.model_fields[name], _asked(kind)[name]
    is_choice = get_origin(declared.annotation) is Literal
    bounds = bounds_of(declared)
    return {
        "name": name, "label": page["label"], "low": bounds.get("ge"), "high": bounds.get("le"), "step": page["step"],
        "value": value,
        "says": (declared.description or "").capitalize(),
        "choices": list(get_args(declared.annotation)) if is_choice else None,
    }  # fmt: skip


def _first_guess(kind: type[Intervention], name: str) -> Any:
    """Return what a new entry says in a field: its default, or else what its declaration offers."""
    field, first = kind.model_fields[name], _asked(kind)[name]["first"]
    return field.get_default() if first is None else first


def kinds() -> list[dict[str, Any]]:
    """Return every kind of entry that can be added to a timeline, in words, with what each asks for."""
    return _kinds(tuple(KINDS.items()), rules())


@lru_cache(_MOST_RULES)
def _kinds(known: tuple[tuple[str, type[Intervention]], ...], rulebook: Rulebook) -> list[dict[str, Any]]:
    return [
        {
            "kind": name,
            "title": kind.title,
            "family": kind.family,
            "says": (kind.__doc__ or "").split("\n")[0],
            "weeks": next((button.weeks for button in kind.buttons), None),
            "fields": [_field(kind, field, _first_guess(kind, field)) for field in _asked(kind)],
            "parameters": _live_parameters(rulebook) if kind is ChangeParameter else None,
        }
        for name, kind in known
    ]


def _live_parameters(rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return the parameters that an entry can change: those that act on a running model."""
    return [
        {
            "name": declared.name,
            "label": _sentence(declared.name),
            "value": declared.default,
            "low": declared.lowest,
            "high": declared.highest,
            "unit": declared.unit,
            "meaning": declared.meaning[:1].upper() + declared.meaning[1:],
        }
        for declared in sorted(rulebook.parameters.values(), key=lambda declared: declared.name)
        if declared.is_live
    ]


def actions() -> list[dict[str, Any]]:
    """Return the buttons of Do it now."""
    return _actions(tuple(KINDS.items()))


@lru_cache(_MOST_RULES)
def _actions(_known: tuple[tuple[str, type[Intervention]], ...]) -> list[dict[str, Any]]:
    return [
        {
            "key": action.key,
            "label": action.button.label,
            "ending": action.button.ending,
            "says": action.button.says,
            "kind": action.kind,
            "family": action.family,
            "can_end": bool(action.button.ending),
        }
        for action in buttons.actions().values()
    ]


@lru_cache(_MOST_RULES)
def lever_groups(rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return the levers in groups, those that decide most first, with what is said of each; a scenario changes none."""
    declared = rulebook.parameters
    groups: dict[str, list[str]] = {"what decides most": list(KEY_LEVERS)}
    for name, declaration in declared.items():
        if name not in KEY_LEVERS and not declaration.is_reference:
            groups.setdefault(declaration.group, []).append(name)
    return [
        {"title": title, "key": f"g{k}-", "levers": [_lever(declared[name]) for name in names]}
        for k, (title, names) in enumerate(groups.items())
    ]


def _lever(declared: ParameterDeclaration) -> dict[str, Any]:
    low, high = slider_range(declared)
    return {
        "name": declared.name,
        "label": _sentence(declared.name),
        "meaning": declared.meaning[:1].upper() + declared.meaning[1:],
        "symbol": declared.symbol,
        "unit": declared.unit,
        "share_of": _SHARES.get(declared.unit, ""),
        "low": low,
        "high": high,
        "step": _step(high - low),
        "plausible": list(declared.plausible),
        "default": declared.default,
        "live": declared.is_live,
        "grade": declared.grade,
        "source_words": declared.source.replace("-", " "),
    }


def levers_set(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Return by its name where each lever stands that is not always at its default: at first, and from week to week."""
    moved: dict[str, list[ChangeParameter]] = {}
    for entry in scenario.timeline:
        if isinstance(entry, ChangeParameter) and entry.target == EVERYBODY:
            moved.setdefault(entry.name, []).append(entry)
    found = {}
    for name, declared in scenario.rulebook.parameters.items():
        base = float(getattr(scenario.parameters, name))
        if name in moved or base != declared.default:
            changes = [
                (*entry.weeks(scenario.weeks), base + entry.intensity * (entry.value - base))
                for entry in moved.get(name, ())
            ]
            found[name] = {"base": base, "changes": changes}
    return found


def slider_range(declared: ParameterDeclaration) -> tuple[float, float]:
    """Return the ends of a slider: the plausible range and as much again on both sides, within what is accepted."""
    low, high = declared.plausible
    width = high - low
    step = _step(3 * width)
    lowest = max(declared.lowest, math.floor((low - width) / step) * step)
    highest = min(declared.highest, math.ceil((high + width) / step) * step)
    return round(lowest, 6), round(highest, 6)


def _step(width: float) -> float:
    """Return a round step of about a hundredth of a range."""
    exact = width / 100
    power = 10.0 ** math.floor(math.log10(exact))
    return float(next(round(power * m, 9) for m in (1, 2, 5, 10) if power * m >= exact))


def _sentence(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def stage(session: ExploreSession, state: str) -> dict[str, Any]:
    """Return everything that the pictures of a session show.

    Raises
    ------
    InputError : the organisation is too large for a page, or its tables have faults
    """
    return {
        "main": future(session.scenario, session.seed, state),
        "baseline": baseline(session.scenario, session.seed),
        "before": None if session.before is None else future(session.before, session.seed, state),
        "kept": [
            {"label": kept.label, "packed": future(kept.scenario, kept.seed, state)["packed"]} for kept in session.kept
        ],
        "entries": entries(session.scenario),
        "measures": list(SHOWN_MEASURES),
        "charts": charts(),
        "glossary": GLOSSARY,
    }
