"""``survey.csv``: how safe people feel to speak up, and how far they trust that it would be addressed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.inputs.organisation import Organisation, Scores
from sim.inputs.tables.columns import SURVEY
from sim.inputs.tables.faults import NearNames, shown
from sim.inputs.tables.people import People, Seating
from sim.inputs.tables.rows import Table, read_number, read_table

__all__ = ["Survey", "place_scores", "read_survey"]

_SCORES = ("safety", "efficacy")
_WIDEST_SCALE = 1000.0
_NUMBER = r"[+-]?[0-9]+(?:[.][0-9]+)?"
_SCALE_LINE = re.compile(rf"scale\W*?({_NUMBER})\s*(?:to|-|–|—|\.\.+)\s*({_NUMBER})(?:[\s();].*)?", re.IGNORECASE)
_SCALE_WANTED = "the scale of the scores, as the columns scale_low and scale_high or a first line like # scale: 1 to 5"

Pair = tuple[float, float]


@dataclass
class Survey:
    """The rows of ``survey.csv``, with scores rescaled to [0, 1], NaN where there was no answer.

    Parameters
    ----------
    table : the rows
    of_person : safety and efficacy of each row of ``people.csv`` that has a score of its own
    of_team : safety and efficacy of each team
    """

    table: Table
    of_person: dict[int, Pair] = field(default_factory=dict)
    of_team: dict[str, Pair] = field(default_factory=dict)


def read_survey(path: Path, people: People) -> Survey:
    """Read and check ``survey.csv``; what is wrong is in ``table.found``.

    Parameters
    ----------
    path : the file
    people : who may have answered
    """
    survey = Survey(read_table(path, SURVEY))
    table = survey.table
    if not table.header_line or not _has_needed_columns(table):
        return survey
    scale = _read_scale(table)
    scores = {name: _read_scores(table, name, scale) for name in _SCORES}
    pairs = list(zip(scores["safety"], scores["efficacy"], strict=True))
    near_ids, near_teams = NearNames(people.row_of), NearNames(set(people.table.column("team")) - {""})
    known_teams = set(people.table.column("team")) | people.table.lost
    rows = zip(table.lines, table.column("id"), table.column("team"), strict=True)
    for row, (line, own, team) in enumerate(rows):
        if team and people.is_readable and team not in known_teams:
            table.found.add(line, "team", "a team of people.csv", shown(team), near_teams.hint(team))
        if own:
            _take_person(survey, people, row, pairs[row], near_ids)
        elif team and team in survey.of_team:
            table.found.add(line, "team", "one row for each team", f"{shown(team)} a second time")
        elif team:
            survey.of_team[team] = pairs[row]
        else:
            table.found.add(line, "", "an id or a team", "neither")
    return survey


def _has_needed_columns(table: Table) -> bool:
    for names in (("id", "team"), _SCORES):
        if not any(table.has(name) for name in names):
            came = ", ".join(filter(None, table.header)) or "none that is known"
            table.found.add(table.header_line, "", f"a column {names[0]} or {names[1]} or both", came)
    return table.has("id") or table.has("team")


def _take_person(survey: Survey, people: People, row: int, scores: Pair, near: NearNames) -> None:
    """Keep the scores of a row that names a person."""
    table = survey.table
    line, own, team = table.lines[row], table.column("id")[row], table.column("team")[row]
    person = people.row_of.get(own)
    if person is None:
        if people.unknown(own):
            table.found.add(line, "id", "an id of people.csv", shown(own), near.hint(own))
        return
    own_team = people.table.column("team")[person]
    if person in survey.of_person:
        table.found.add(line, "id", "one row for each person", f"{shown(own)} a second time")
    elif team and team != own_team:
        table.found.add(line, "team", f"{shown(own_team)}, the team of {shown(own)} in people.csv", shown(team))
    else:
        survey.of_person[person] = scores


def _read_scale(table: Table) -> Pair | None:
    """Return the lowest and the highest score, or None if they are not told, or wrong, or not needed."""
    n_before = len(table.found)
    told = [*_scales_in_comments(table), *_scales_in_columns(table)]
    if not told and table.n_rows and len(table.found) == n_before:
        table.found.add(table.header_line, "", _SCALE_WANTED, "neither")
    scale: Pair | None = None
    for line, low, high in told:
        scale = scale or (low, high)
        if (low, high) != scale:
            table.found.add(line, "", f"one scale, {scale[0]:g} to {scale[1]:g} as before", f"{low:g} to {high:g}")
        elif not -_WIDEST_SCALE <= low < high <= _WIDEST_SCALE:
            wanted = f"a scale from a lower to a higher score, within {-_WIDEST_SCALE:g} to {_WIDEST_SCALE:g}"
            hint = "turn the scores round if the lowest is the best" if low > high else ""
            table.found.add(line, "", wanted, f"{low:g} to {high:g}", hint)
    return scale if len(table.found) == n_before else None


def _scales_in_comments(table: Table) -> list[tuple[int, float, float]]:
    told = []
    for line, comment in table.comments:
        if not comment.casefold().startswith("scale"):
            continue
        if found := _SCALE_LINE.fullmatch(comment.rstrip(". ")):
            told.append((line, float(found[1]), float(found[2])))
        else:
            table.found.add(line, "", "a scale like # scale: 1 to 5", shown(comment))
    return told


def _scales_in_columns(table: Table) -> list[tuple[int, float, float]]:
    """Return the scale of each row; once is enough where all rows are the same."""
    ends = ("scale_low", "scale_high")
    if not any(table.has(end) for end in ends):
        return []
    if not table.has(*ends):
        table.found.add(table.header_line, "", "both scale_low and scale_high", "one of them")
        return []
    told: dict[tuple[str, str], tuple[int, float, float]] = {}
    for line, low, high in zip(table.lines, table.column("scale_low"), table.column("scale_high"), strict=True):
        numbers = [read_number(cell, table.delimiter) for cell in (low, high)]
        for end, cell, number in zip(ends, (low, high), numbers, strict=True):
            if number is None:
                table.found.add(line, end, "a number", shown(cell))
        if numbers[0] is not None and numbers[1] is not None:
            told.setdefault((low, high), (line, numbers[0], numbers[1]))
    return list(told.values())


def _read_scores(table: Table, name: str, scale: Pair | None) -> list[float]:
    """Return [n_rows], the scores of a column in [0, 1]; NaN where there are none, or no scale to read them by."""
    scores = []
    for line, cell in zip(table.lines, table.column(name), strict=True):
        score = float("nan")
        if cell and scale is not None:
            number = read_number(cell, table.delimiter)
            if number is None or not scale[0] <= number <= scale[1]:
                wanted = f"a score from {scale[0]:g} to {scale[1]:g}, or nothing"
                table.found.add(line, name, wanted, shown(cell))
            else:
                score = (number - scale[0]) / (scale[1] - scale[0])
        scores.append(score)
    return scores


def place_scores(
    survey: Survey, people: People, organisation: Organisation, seating: Seating
) -> tuple[Scores, list[str]]:
    """Return the scores of staff seats, and notices of what they cover.

    A team's score is that of all its members who have none of their own; safety and efficacy each for itself.

    Parameters
    ----------
    survey : without faults
    people, organisation, seating : where people sit
    """
    of_team = np.full((organisation.n_teams, 2), np.nan)
    unstaffed = 0
    for team, pair in survey.of_team.items():
        if team in seating.team_of:
            of_team[seating.team_of[team]] = pair
        else:
            unstaffed += 1
    scores: NDArray[np.float64] = of_team[organisation.team_of_staff()]
    is_open = ~np.isnan(scores)
    leaders = 0
    for person, own in survey.of_person.items():
        seat = seating.seat_of_row[person]
        if seat < 0:
            leaders += 1
        else:
            scores[seat] = np.where(np.isnan(own), scores[seat], own)
            is_open[seat] &= np.isnan(own)
    is_open &= (organisation.team_sizes > 1)[organisation.team_of_staff()][:, None]
    notices = [_coverage(survey, scores, int(is_open.any(axis=1).sum()))]
    file = survey.table.found.path.name
    if leaders:
        notices.append(f"{file}: the scores of {leaders} leader(s) are not used; the model has none for leaders.")
    if unstaffed:
        notices.append(f"{file}: the scores of {unstaffed} team(s) without staff are not used.")
    masks = [is_open[:, column].copy() if is_open[:, column].any() else None for column in (0, 1)]
    return Scores(scores[:, 0].copy(), scores[:, 1].copy(), *masks), notices


def _coverage(survey: Survey, scores: NDArray[np.float64], n_open: int) -> str:
    """Say whom the survey tells of, and what is made by chance, anew in each replicate."""
    known = (~np.isnan(scores)).sum(axis=0)
    told = f"of {len(scores)} staff, {known[0]} have a score for safety and {known[1]} for efficacy"
    file = survey.table.found.path.name
    if n_open:
        told += f", {n_open} of them only their team's"
    if (known == len(scores)).all() and not n_open:
        return f"{file}: {told}."
    return f"{file}: {told}; what it leaves open is a synthetic staff, another one in each run."
