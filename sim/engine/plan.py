"""The timeline turned into arrays: which rules are in force in which week, and whom each intervention reaches.

Weeks with the same rules share an *epoch*. Services with the same rules share a *rule class*; people (or teams) whom
the same interventions reach share an *audience*. So a plan stays small however many people there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.base.chance import Streams, chance_key, uniforms_at
from sim.base.terms import CONNECTED, NEEDED, TRUSTED
from sim.inputs.interventions import Intervention
from sim.inputs.interventions.committee import Committee
from sim.inputs.interventions.train_facilitators import TrainFacilitators
from sim.inputs.organisation import STAFF_GROUP_NAMES, Organisation
from sim.rulebook.parameters import Parameters
from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = ["BURN_IN_WEEKS", "RULES_DTYPE", "Audiences", "Plan", "build_plan", "committee_members", "reach"]

BURN_IN_WEEKS = 104
"""Weeks that a run begins before week 0, so that week 0 is the settled culture."""

RULES_DTYPE = RULEBOOK.rules_dtype
"""The rules in force: every parameter of the package, and what interventions add for a whole service."""

ATTENTION_LEVERS = ("attention", "attention_purpose", "attention_staff", "attention_leaders")
"""The levers of senior leaders in the order of the last axis of ``Plan.attention``."""

_ENTRIES_OF_A_KIND = 1000
_CHOICES = {"connected": CONNECTED, "trusted": TRUSTED, "needed": NEEDED}


class Plan(NamedTuple):
    """What is in force when, and for whom; the same for all replicates of a run.

    Shapes: ``epoch`` [n_weeks], ``rules`` [n_epochs, n_rule_classes], ``dialogue`` and ``training``
    [n_epochs, n_staff_audiences], ``coaching`` [n_epochs, n_team_audiences], ``attention`` [n_epochs,
    n_senior_audiences, 4] (how far leaders mean to leave their usual week, and the shares for purpose, staff and team
    leaders that they mean to go to, times that), ``committees`` [n_epochs, n_committees],
    ``chosen_rule`` [n_chosen], ``chosen_reached`` [n_chosen, n_staff_audiences], ``chosen_share``
    [n_weeks + 1, n_chosen] (share of those reached who have had their turn). Row 0 of the weeks is the first week of
    the burn-in.
    """

    first_week: int
    epoch: NDArray[np.int64]
    rules: NDArray[Any]
    dialogue: NDArray[np.float64]
    training: NDArray[np.float64]
    coaching: NDArray[np.float64]
    attention: NDArray[np.float64]
    committees: NDArray[np.float64]
    chosen_rule: NDArray[np.int64]
    chosen_reached: NDArray[np.bool_]
    chosen_share: NDArray[np.float64]


class Audiences(NamedTuple):
    """Who is reached by what: the class of each seat, team, senior leader and service; the members of committees."""

    staff: NDArray[np.uint16]
    teams: NDArray[np.uint16]
    seniors: NDArray[np.uint16]
    services: NDArray[np.uint16]
    committees: tuple[NDArray[np.int64], ...]


def build_plan(
    organisation: Organisation,
    parameters: Sequence[Parameters],
    timeline: Sequence[Intervention],
    n_weeks: int,
    burn_in_weeks: int = BURN_IN_WEEKS,
    rulebook: Rulebook = RULEBOOK,
) -> tuple[Plan, Audiences]:
    """Return the plan of a run and its audiences.

    Parameters
    ----------
    organisation : whom the timeline's targets name
    parameters : one for all services, or one for each
    timeline : the interventions
    n_weeks : weeks of the run after the burn-in
    burn_in_weeks : weeks before week 0, without interventions
    rulebook : whose parameters and levers are in force; what ``parameters`` lack keeps its default
    """
    strength = _strengths(timeline, n_weeks, burn_in_weeks)
    occasion = _occasions(timeline)
    acting = [k for k, entry in enumerate(timeline) if entry.reaches == "staff"]
    reached_staff = {k: reach(organisation, timeline[k], occasion[k]) for k in acting}
    committees = tuple(reached_staff[k] for k, entry in enumerate(timeline) if isinstance(entry, Committee))
    staff_class, staff_member = _classes(list(reached_staff.values()), organisation.n_staff)
    coached = {
        k: _reach_teams(organisation, entry, occasion[k])
        for k, entry in enumerate(timeline)
        if entry.reaches == "teams"
    }
    team_class, team_member = _classes(list(coached.values()), organisation.n_teams)
    busy = {k: _reach_seniors(organisation, entry) for k, entry in enumerate(timeline) if entry.reaches == "seniors"}
    senior_class, senior_member = _classes(list(busy.values()), organisation.n_seniors)
    service_class, rules = _rules(organisation, parameters, timeline, strength, rulebook)

    dialogue, training = _staff_levers(timeline, strength, list(reached_staff), staff_member)
    coaching = _team_levers(timeline, strength, list(coached), team_member)
    attention = _senior_levers(timeline, strength, list(busy), senior_member)
    meeting = strength[:, [k for k, entry in enumerate(timeline) if isinstance(entry, Committee)]]
    chosen_rule, chosen_reached, chosen_share = _chosen(timeline, strength, list(reached_staff), staff_member)
    epoch, first = _epochs(rules, dialogue, training, coaching, attention, meeting)
    plan = Plan(
        first_week=-burn_in_weeks,
        epoch=epoch,
        rules=np.ascontiguousarray(rules[first]),
        dialogue=np.ascontiguousarray(dialogue[first]),
        training=np.ascontiguousarray(training[first]),
        coaching=np.ascontiguousarray(coaching[first]),
        attention=np.ascontiguousarray(attention[first]),
        committees=np.ascontiguousarray(meeting[first]),
        chosen_rule=chosen_rule,
        chosen_reached=chosen_reached,
        chosen_share=chosen_share,
    )
    return plan, Audiences(staff_class, team_class, senior_class, service_class, committees)


def _strengths(timeline: Sequence[Intervention], n_weeks: int, burn_in_weeks: int) -> NDArray[np.float64]:
    """Return [burn_in_weeks + n_weeks, n_entries], the intensity of every entry in every week."""
    strength = np.zeros((burn_in_weeks + n_weeks, len(timeline)))
    for k, entry in enumerate(timeline):
        start, end = entry.weeks(n_weeks)
        for week in range(start, end):
            strength[burn_in_weeks + week, k] = entry.strength(week, n_weeks)
    return strength


def _occasions(timeline: Sequence[Intervention]) -> list[int]:
    """Return a number for each entry that tells apart the chance of entries that reach a share.

    It counts entries of the same kind, so that one more entry of another kind changes nobody's chance.
    """
    seen = [entry.number for entry in timeline]
    return [number * _ENTRIES_OF_A_KIND + seen[:k].count(number) for k, number in enumerate(seen)]


def reach(organisation: Organisation, entry: Intervention, occasion: int) -> NDArray[np.int64]:
    """Return the staff rows that an intervention reaches; ``occasion`` is the number of its chance."""
    if isinstance(entry, Committee):
        return committee_members(organisation, entry, occasion)
    eligible = _eligible_staff(organisation, entry)
    if entry.target.share < 1.0:
        key = chance_key(organisation.shape.seed)
        eligible &= (
            uniforms_at(key, Streams.REACH, occasion, organisation.chance_numbers().staff)[0] < entry.target.share
        )
    return np.flatnonzero(eligible)


def _eligible_staff(organisation: Organisation, entry: Intervention) -> NDArray[np.bool_]:
    target = entry.target
    eligible = np.ones(organisation.n_staff, dtype=bool)
    if target.services is not None:
        services = _rows_named(organisation.service_names(), target.services)
        eligible &= np.isin(organisation.service_of_staff(), services)
    if target.teams is not None:
        eligible &= np.isin(organisation.team_of_staff(), _rows_named(organisation.team_names(), target.teams))
    if target.staff_groups is not None:
        groups = [STAFF_GROUP_NAMES.index(name) for name in target.staff_groups]
        eligible &= np.isin(organisation.staff_group, groups)
    return eligible


def _rows_named(known: Sequence[str], wanted: Sequence[str]) -> list[int]:
    return [row for row, name in enumerate(known) if name in set(wanted)]


def committee_members(organisation: Organisation, entry: Committee, occasion: int) -> NDArray[np.int64]:
    """Return the staff rows of a committee: of each service, people of as many teams as can be, drawn by chance."""
    key, numbers = chance_key(organisation.shape.seed), organisation.chance_numbers().staff
    draw = uniforms_at(key, Streams.COMMITTEE, occasion, numbers)[0]
    eligible = np.flatnonzero(_eligible_staff(organisation, entry))
    eligible = eligible[np.argsort(draw[eligible], kind="stable")]
    team, service = organisation.team_of_staff()[eligible], organisation.service_of_staff()[eligible]
    turn = _turn_in_group(team)
    order = np.lexsort((np.arange(len(eligible)), turn, service))
    place_in_service = _turn_in_group(service[order])
    return np.sort(eligible[order][place_in_service < entry.members])


def _turn_in_group(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each row how many rows of the same group come before it."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(group) else np.zeros(0, int)
    lengths = np.diff(np.append(starts, len(group)))
    turn = np.empty(len(group), dtype=np.int64)
    turn[order] = np.arange(len(group)) - np.repeat(starts, lengths)
    return turn


def _reach_teams(organisation: Organisation, entry: Intervention, occasion: int) -> NDArray[np.int64]:
    """Return the teams whose leaders are coached."""
    eligible = np.ones(organisation.n_teams, dtype=bool)
    if entry.target.services is not None:
        services = _rows_named(organisation.service_names(), entry.target.services)
        eligible &= np.isin(organisation.service_of_teams(), services)
    if entry.target.teams is not None:
        eligible &= np.isin(np.arange(organisation.n_teams), _rows_named(organisation.team_names(), entry.target.teams))
    if entry.target.share < 1.0:
        key = chance_key(organisation.shape.seed)
        eligible &= (
            uniforms_at(key, Streams.REACH, occasion, organisation.chance_numbers().teams)[1] < entry.target.share
        )
    return np.flatnonzero(eligible)


def _reach_seniors(organisation: Organisation, entry: Intervention) -> NDArray[np.int64]:
    """Return the senior leaders whom an intervention reaches: all of its services', or those in the places it names."""
    service = np.repeat(np.arange(organisation.n_services), np.diff(organisation.service_senior_start))
    eligible = np.ones(organisation.n_seniors, dtype=bool)
    if entry.target.services is not None:
        eligible &= np.isin(service, _rows_named(organisation.service_names(), entry.target.services))
    places: Sequence[int] | None = getattr(entry, "which", None)
    if places is not None:
        place = np.arange(organisation.n_seniors) - organisation.service_senior_start[service] + 1
        eligible &= np.isin(place, places)
    return np.flatnonzero(eligible)


def _classes(reached: list[NDArray[np.int64]], n_rows: int) -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
    """Return the class of each row, and [n_sets, n_classes] which classes are in which of the reached sets."""
    label = np.zeros(n_rows, dtype=np.int64)
    members = np.zeros((0, 1), dtype=bool)
    for rows in reached:
        inside = np.zeros(n_rows, dtype=np.int64)
        inside[rows] = 1
        known, label = np.unique(2 * label + inside, return_inverse=True)
        members = np.concatenate([members[:, known // 2], (known % 2 == 1)[None, :]])
    return label.astype(np.uint16), members


def _staff_levers(
    timeline: Sequence[Intervention], strength: NDArray[np.float64], entries: list[int], member: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return [n_weeks, n_audiences] of dialogue and of the chance to be trained."""
    dialogue = np.zeros((len(strength), member.shape[1]))
    untrained = np.ones_like(dialogue)
    for row, k in enumerate(entries):
        for lever, value in timeline[k].staff_levers(strength[:, k]).items():
            reached = np.outer(value, member[row].astype(float))
            if lever == "training":
                untrained *= 1.0 - reached
            else:
                dialogue += reached
    return dialogue, 1.0 - untrained


def _team_levers(
    timeline: Sequence[Intervention], strength: NDArray[np.float64], entries: list[int], member: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return [n_weeks, n_audiences] of coaching."""
    coaching = np.zeros((len(strength), member.shape[1]))
    for row, k in enumerate(entries):
        for value in timeline[k].team_levers(strength[:, k]).values():
            coaching += np.outer(value, member[row].astype(float))
    return coaching


def _senior_levers(
    timeline: Sequence[Intervention], strength: NDArray[np.float64], entries: list[int], member: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return [n_weeks, n_audiences, 4] of what senior leaders mean to do with their time."""
    attention = np.zeros((len(strength), member.shape[1], len(ATTENTION_LEVERS)))
    for row, k in enumerate(entries):
        for lever, value in timeline[k].senior_levers(strength[:, k]).items():
            attention[:, :, ATTENTION_LEVERS.index(lever)] += np.outer(value, member[row].astype(float))
    return attention


def _chosen(
    timeline: Sequence[Intervention], strength: NDArray[np.float64], entries: list[int], member: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.float64]]:
    """Return rule, reached audiences and cumulative share of each training that chooses by a rule."""
    rules, reached, shares = [], [np.zeros((0, member.shape[1]), dtype=bool)], [np.zeros((len(strength) + 1, 0))]
    for row, k in enumerate(entries):
        entry = timeline[k]
        if isinstance(entry, TrainFacilitators) and entry.choose != "random":
            rules.append(_CHOICES[entry.choose])
            reached.append(member[row : row + 1])
            shares.append(np.concatenate([[0.0], np.cumsum(entry.share_trained(strength[:, k]))])[:, None])
    return np.array(rules, dtype=np.int64), np.concatenate(reached), np.concatenate(shares, axis=1)


def _rules(
    organisation: Organisation,
    parameters: Sequence[Parameters],
    timeline: Sequence[Intervention],
    strength: NDArray[np.float64],
    rulebook: Rulebook,
) -> tuple[NDArray[np.uint16], NDArray[Any]]:
    """Return the rule class of each service, and the rules of each week and class."""
    distinct = list(dict.fromkeys(parameters))
    kind = np.array([distinct.index(own) for own in parameters])
    sets = [np.flatnonzero(np.broadcast_to(kind == k, organisation.n_services)) for k in range(len(distinct))]
    for entry in timeline:
        services = entry.target.services
        rows = (
            range(organisation.n_services) if services is None else _rows_named(organisation.service_names(), services)
        )
        sets.append(np.array(rows, dtype=np.int64))
    label, member = _classes(sets, organisation.n_services)
    rules = np.zeros((len(strength), member.shape[1]), dtype=rulebook.rules_dtype)
    for column in range(member.shape[1]):
        own = distinct[int(np.flatnonzero(member[: len(distinct), column])[0])]
        for name, declared in rulebook.parameters.items():
            rules[name][:, column] = getattr(own, name, declared.default)
        for k, entry in enumerate(timeline):
            if member[len(distinct) + k, column]:
                entry.change_rules(rules[:, column], strength[:, k])
    return label, rules


def _epochs(*by_week: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the epoch of each week, and the first week of each epoch."""
    n_weeks = len(by_week[0])
    raw = [
        np.ascontiguousarray(part).reshape(n_weeks, -1).view(np.uint8).reshape(n_weeks, -1)
        for part in by_week
        if part.size
    ]
    whole = np.concatenate(raw, axis=1)
    starts_anew = np.concatenate([[True], (whole[1:] != whole[:-1]).any(axis=1)]) if n_weeks else np.zeros(0, bool)
    return np.cumsum(starts_anew) - 1, np.flatnonzero(starts_anew)
