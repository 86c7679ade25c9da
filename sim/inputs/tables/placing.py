"""Where scores of a survey sit: on the people who gave them, and on groups of those of whom no more is known."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sim.inputs.organisation import GroupScores, Organisation, Scores
from sim.inputs.tables.people import People, Seating
from sim.inputs.tables.survey import Group, GroupRow, Survey

__all__ = ["place_scores"]

SPREAD_OF_PEOPLE = 0.25
"""Standard deviation of scores between people in national surveys, of the scale from 0 to 1; used in pictures alone."""

_CERTAIN = 0.999


def place_scores(
    survey: Survey, people: People, organisation: Organisation, seating: Seating
) -> tuple[Scores, list[str]]:
    """Return the scores of staff seats, and notices of what they cover.

    A person's own score goes before that of the team, and the team's before that of the service; safety and efficacy
    each for itself.

    Parameters
    ----------
    survey : without faults
    people, organisation, seating : where people sit
    """
    own = np.full((organisation.n_staff, 2), np.nan)
    leaders = 0
    for person, pair in survey.of_person.items():
        seat = seating.seat_of_row[person]
        if seat < 0:
            leaders += 1
        else:
            own[seat] = pair
    staffed = {group: row for group, row in survey.of_group.items() if _seats_of(group, organisation, seating).size}
    groups = tuple(_open(k, own[:, k], staffed, survey.agrees_above, organisation, seating) for k in (0, 1))
    shown = [np.where(np.isnan(own[:, k]), _means(groups[k], organisation.n_staff), own[:, k]) for k in (0, 1)]
    scores = Scores(shown[0], shown[1], *groups)
    return scores, list(_notices(survey, scores, leaders, staffed))


def _seats_of(group: Group, organisation: Organisation, seating: Seating) -> NDArray[np.int64]:
    """Return the staff rows of a team or service; none if it has no staff."""
    kind, name = group
    if kind == "team":
        team = seating.team_of.get(name, -1)
        return np.arange(*organisation.team_start[team : team + 2]) if team >= 0 else np.zeros(0, dtype=np.int64)
    names = organisation.service_names()
    return (
        np.flatnonzero(organisation.service_of_staff() == names.index(name))
        if name in names
        else np.zeros(0, dtype=np.int64)
    )


def _open(
    k: int,
    own: NDArray[np.float64],
    rows: dict[Group, GroupRow],
    agrees_above: float,
    organisation: Organisation,
    seating: Seating,
) -> GroupScores | None:
    """Return whom of the staff only a group's score is known, of safety (0) or efficacy (1)."""
    told = {group: row for group, row in rows.items() if math.isfinite(row.means[k]) or math.isfinite(row.agreeing[k])}
    of_seat = np.full(organisation.n_staff, -1, dtype=np.int64)
    for number, group in sorted(enumerate(told), key=lambda one: one[1][0], reverse=True):
        if group[0] == "service":  # before teams, which know more of their people
            of_seat[_seats_of(group, organisation, seating)] = number
    for number, group in enumerate(told):
        if group[0] == "team":
            of_seat[_seats_of(group, organisation, seating)] = number
    of_seat[~np.isnan(own)] = -1
    if not (of_seat >= 0).any():
        return None
    is_share = np.array([math.isnan(row.means[k]) for row in told.values()])
    value = [row.agreeing[k] if math.isnan(row.means[k]) else row.means[k] for row in told.values()]
    return GroupScores(
        of_seat=of_seat,
        value=np.array(value),
        is_share=is_share,
        agrees_above=np.full(len(told), agrees_above),
        answered=np.array([len(row.answers[k]) or row.answered for row in told.values()], dtype=np.int64),
        spread=np.array([row.spread for row in told.values()]),
        answers=np.array([score for row in told.values() for score in row.answers[k]], dtype=np.float64),
        answers_of=np.repeat(np.arange(len(told)), [len(row.answers[k]) for row in told.values()]),
    )


def _means(groups: GroupScores | None, n_staff: int) -> NDArray[np.float64]:
    """Return [n_staff], the mean of each open seat's group: given, or that of which such a share would agree."""
    if groups is None:
        return np.full(n_staff, np.nan)
    means = [
        _mean_of_share(float(value), float(above)) if is_share else float(value)
        for value, is_share, above in zip(groups.value, groups.is_share, groups.agrees_above, strict=True)
    ]
    return np.where(groups.of_seat >= 0, np.array([*means, np.nan])[groups.of_seat], np.nan)


def _mean_of_share(share: float, above: float) -> float:
    quantile = NormalDist().inv_cdf(min(max(share, 1 - _CERTAIN), _CERTAIN))
    return min(max(above + SPREAD_OF_PEOPLE * quantile, 0.0), 1.0)


def _notices(survey: Survey, scores: Scores, leaders: int, staffed: dict[Group, GroupRow]) -> Iterator[str]:
    """Say whom the survey tells of, what is made by chance, and what is not used."""
    file = survey.table.found.path.name
    yield _coverage(file, scores)
    if unstaffed := len(survey.of_group) - len(staffed):
        yield f"{file}: the scores of {unstaffed} team(s) without staff are not used."
    if leaders:
        yield f"{file}: the scores of {leaders} leader(s) are not used; the model has none for leaders."
    if staffed and not all(row.answered for row in staffed.values()):
        yield (
            f"{file}: how many answered is not told of every team, so their scores are taken as those of everybody; a "
            "column respondents would put the uncertainty of small numbers into the intervals."
        )


def _coverage(file: str, scores: Scores) -> str:
    both = np.stack([scores.safety, scores.efficacy])
    known = (~np.isnan(both)).sum(axis=1)
    n_staff = both.shape[1]
    told = f"of {n_staff} staff, {known[0]} have a score for safety and {known[1]} for efficacy"
    if scores.n_open:
        told += f", {scores.n_open} of them only their team's or service's"
    if (known == n_staff).all() and not scores.n_open:
        return f"{file}: {told}."
    return f"{file}: {told}; what it leaves open is a synthetic staff, another one in each run."
