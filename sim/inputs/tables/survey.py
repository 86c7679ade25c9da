"""``survey.csv``: how safe people feel to speak up, and how far they trust that it would be addressed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sim.inputs.tables.columns import SURVEY
from sim.inputs.tables.faults import NearNames, shown
from sim.inputs.tables.people import People
from sim.inputs.tables.rows import Table, read_number, read_table

__all__ = ["AGREES_ABOVE", "MOST_ANSWERS", "Group", "GroupRow", "Pair", "Survey", "read_survey"]

AGREES_ABOVE = 0.625
"""On a scale of five points whoever answers 4 or 5 agrees: half way between 3 and 4, of the scale from 0 to 1."""

_SCORES = ("safety", "efficacy")
_AGREEING = ("safety_agreeing", "efficacy_agreeing")
_WIDEST_SCALE = 1000.0
_NUMBER = r"[+-]?[0-9]+(?:[.][0-9]+)?"
_SCALE_LINE = re.compile(rf"scale\W*?({_NUMBER})\s*(?:to|-|–|—|\.\.+)\s*({_NUMBER})(?:[\s();].*)?", re.IGNORECASE)
_WHOSE = "an id or a team"
_MOST_ANSWERED = 10_000_000
MOST_ANSWERS = 1_000_000
"""Answers without a name of one survey, at most: each is kept."""

_SCALE_WANTED = "the scale of the scores, as the columns scale_low and scale_high or a first line like # scale: 1 to 5"

_STATEMENTS = {"means": "means", "mean": "means", "averages": "means", "personal": "personal", "persons": "personal"}
_AGREEING_LINE = re.compile(
    rf"agreeing\W*?(from|above)\s+({_NUMBER})\s+(?:on|of)\s+({_NUMBER})\s*(?:to|-|–|—|\.\.+)\s*({_NUMBER})",
    re.IGNORECASE,
)
_SHARE_SCALES = ((0.0, 100.0), (0.0, 1.0))
"""Scales on which a team's score may as well be the share of those who agree."""

_FEWEST_ALIKE, _FEWEST_COINCIDENCES = 4, 12

Pair = tuple[float, float]
Group = tuple[str, str]
"""The kind of a group, team or service, and its name."""


class GroupRow(NamedTuple):
    """What is told of a group: NaN where nothing is, shares from 0 to 1.

    Parameters
    ----------
    means : of safety and efficacy
    agreeing : share of those who answered who agree, likewise
    answered : how many answered; 0 where that is not told
    spread : standard deviation between people
    answers : of safety and efficacy, every answer that was given without a name; none where it is a summary
    """

    means: Pair
    agreeing: Pair
    answered: int
    spread: float
    answers: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())


@dataclass
class Survey:
    """The rows of ``survey.csv``, with scores rescaled to [0, 1], NaN where there was no answer.

    Parameters
    ----------
    table : the rows
    of_person : safety and efficacy of each row of ``people.csv`` that has a score of its own
    of_group : what is told of teams and services
    agrees_above : the score above which somebody agrees
    """

    table: Table
    of_person: dict[int, Pair] = field(default_factory=dict)
    of_group: dict[Group, GroupRow] = field(default_factory=dict)
    agrees_above: float = AGREES_ABOVE


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
    survey.agrees_above = _read_agrees_above(table)
    rows = _group_rows(table, pairs, scale)
    n_alike = _read_counts(table, "times_given")
    given: dict[Group, dict[Pair, int]] = {}
    near_ids = NearNames(people.row_of)
    known = _KnownGroups(people)
    cells = zip(table.lines, *(table.column(name) for name in ("id", "team", "service")), strict=True)
    for row, (line, own, team, service) in enumerate(cells):
        known.check(table, line, team, service)
        group = ("team", team) if team else ("service", service)
        if own:
            _take_person(survey, people, row, pairs[row], near_ids)
        elif not group[1]:
            table.found.add(line, "", "an id, a team or a service" if table.has("service") else _WHOSE, "neither")
        elif n_alike[row] and group not in survey.of_group:
            _take_answers(table, row, pairs[row], n_alike[row], given.setdefault(group, {}))
        elif group in survey.of_group or group in given:
            table.found.add(
                line,
                group[0],
                f"one row for each {group[0]}",
                f"{shown(group[1])} a second time",
                "answers without a name need a column times_given: how many gave just this score",
            )
        else:
            survey.of_group[group] = rows(row)
    if sum(n_alike) > MOST_ANSWERS:
        table.found.add(table.header_line, "times_given", f"at most {MOST_ANSWERS:,} together", f"{sum(n_alike):,}")
    else:
        survey.of_group |= {group: _as_given(told) for group, told in given.items()}
    if not len(table.found):
        _check_kind_of_scores(survey, people, scale)
    return survey


class _KnownGroups:
    """Teams and services that people are in."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._near: dict[str, NearNames] = {}
        self._names = {kind: set(people.table.column(kind)) for kind in ("team", "service")}

    def check(self, table: Table, line: int, team: str, service: str) -> None:
        """Note a team or a service that nobody is in."""
        if not self._people.is_readable:
            return
        for kind, name in (("team", team), ("service", service)):
            if name and name not in self._names[kind] and name not in self._people.table.lost:
                if kind not in self._near:
                    self._near[kind] = NearNames(self._names[kind] - {""})
                table.found.add(line, kind, f"a {kind} of people.csv", shown(name), self._near[kind].hint(name))


def _group_rows(table: Table, means: list[Pair], scale: Pair | None) -> Callable[[int], GroupRow]:
    """Return what reads the row of a group."""
    agreeing = list(zip(*(_read_shares(table, name) for name in _AGREEING), strict=True))
    answered = _read_counts(table)
    width = float("nan") if scale is None else scale[1] - scale[0]
    spreads = [_read_spread(table, row, width) for row in range(table.n_rows)]
    return lambda row: GroupRow(means[row], agreeing[row], answered[row], spreads[row])


def _read_shares(table: Table, name: str) -> list[float]:
    """Return [n_rows], shares from 0 to 1 out of per cent, NaN where there are none."""
    shares = []
    for line, cell in zip(table.lines, table.column(name), strict=True):
        share = float("nan")
        if cell:
            number = read_number(cell.removesuffix("%").strip(), table.delimiter)
            if number is None or not 0 <= number <= 100:
                table.found.add(line, name, "per cent from 0 to 100, or nothing", shown(cell))
            else:
                share = number / 100
        shares.append(share)
    return shares


def _take_answers(table: Table, row: int, pair: Pair, n_alike: int, given: dict[Pair, int]) -> None:
    """Keep answers that were given without a name, of a row that tells nothing else."""
    others = [name for name in (*_AGREEING, "respondents", "spread") if table.column(name)[row]]
    if others:
        came, wanted = f"both that and {', '.join(others)}", "answers, each as it was given, or a summary of them"
        table.found.add(table.lines[row], "times_given", wanted, came)
    given[pair] = given.get(pair, 0) + n_alike


def _as_given(answers: dict[Pair, int]) -> GroupRow:
    """Return what is known of a group of which every answer is."""
    ordered = sorted(answers.items(), key=lambda one: [(math.isnan(score), score) for score in one[0]])
    safety, efficacy = (
        tuple(pair[k] for pair, n in ordered if not math.isnan(pair[k]) for _ in range(n)) for k in (0, 1)
    )
    means = [sum(told) / len(told) if told else math.nan for told in (safety, efficacy)]
    n_answered = sum(answers.values())
    return GroupRow((means[0], means[1]), (math.nan, math.nan), n_answered, math.nan, (safety, efficacy))


def _read_counts(table: Table, column: str = "respondents") -> list[int]:
    counts = []
    for line, cell in zip(table.lines, table.column(column), strict=True):
        number = read_number(cell, table.delimiter) if cell else 0.0
        if number is None or not number.is_integer() or not (1 <= number <= _MOST_ANSWERED if cell else number == 0):
            wanted = f"a whole number from 1 to {_MOST_ANSWERED:,}, or nothing"
            table.found.add(line, column, wanted, shown(cell))
            number = 0.0
        counts.append(int(number))
    return counts


def _read_spread(table: Table, row: int, width: float) -> float:
    """Return a standard deviation on the scale from 0 to 1, NaN where there is none."""
    cell = table.column("spread")[row]
    if not cell:
        return float("nan")
    number = read_number(cell, table.delimiter)
    if number is None or not number >= 0:
        table.found.add(table.lines[row], "spread", "a standard deviation, or nothing", shown(cell))
    elif number > width / 2:
        wanted = f"a standard deviation up to {width / 2:g}, half of the scale"
        table.found.add(table.lines[row], "spread", wanted, shown(cell))
    return float("nan") if number is None else number / width


def agrees_above_in(comment: str) -> float | None:
    """Return the score above which somebody agrees, of the scale from 0 to 1, as a line says it; None if it does not.

    Examples
    --------
    >>> agrees_above_in("agreeing: from 4 on 1 to 5"), agrees_above_in("agreeing: often")
    (0.625, None)
    """
    found = _AGREEING_LINE.match(comment)
    first, low, high = map(float, found.groups()[1:]) if found else (0.0, 0.0, 0.0)
    if found is None or not low < first <= high:
        return None
    step = 0.5 if found[1].casefold() == "from" else 0.0
    return (first - step - low) / (high - low)


def _read_agrees_above(table: Table) -> float:
    """Return the score above which somebody agrees, as a first line may say it, of the scale from 0 to 1."""
    above = AGREES_ABOVE
    for line, comment in table.comments:
        if not comment.casefold().startswith("agreeing"):
            continue
        told = agrees_above_in(comment)
        if told is not None:
            above = told
        else:
            table.found.add(line, "", "what counts as agreeing, like # agreeing: from 4 on 1 to 5", shown(comment))
    return above


def _check_kind_of_scores(survey: Survey, people: People, scale: Pair | None) -> None:
    """Make sure that means, shares and personal scores are told apart: taken for another, each gives wrong answers."""
    table = survey.table
    said = set()
    for line, comment in table.comments:
        word, _, rest = comment.partition(":")
        if word.casefold().strip() == "scores":
            kind = _STATEMENTS.get(rest.strip(" .").casefold())
            if kind is None:
                table.found.add(line, "", "what scores are: # scores: means or # scores: personal", shown(comment))
            said.add(kind)
    summed = [row for row in survey.of_group.values() if not any(row.answers)]
    has_means = any(any(map(math.isfinite, row.means)) for row in summed)
    if has_means and scale is not None and scale in _SHARE_SCALES and "means" not in said:
        low, high = scale
        table.found.add(
            table.header_line,
            "",
            f"to know whether scores of teams from {low:g} to {high:g} are means or per cent of those who agree",
            "no word of it",
            'for means write "# scores: means" above the header; per cent who agree belong into the columns '
            + " and ".join(_AGREEING),
        )
    if "personal" not in said and (alike := _teams_alike(survey, people)):
        table.found.add(
            table.header_line,
            "",
            "scores of persons, or a row for each team with its mean or its per cent who agree",
            f"the same score for everybody in {len(alike)} teams, such as {shown(alike[0])}",
            "give each team one row without ids, which makes its people differ as people do; if everybody really "
            'answered alike, write "# scores: personal" above the header',
        )


def _teams_alike(survey: Survey, people: People) -> list[str]:
    """Return teams in which everybody has one score, if that can hardly be by chance."""
    team_of = people.table.column("team")
    of_team: dict[str, list[Pair]] = {}
    for row, pair in survey.of_person.items():
        of_team.setdefault(team_of[row], []).append(pair)
    alike, n_alike, n_all = [], 0, 0
    for team, pairs in of_team.items():
        known = [safety for safety, _ in pairs if not math.isnan(safety)] or [
            efficacy for _, efficacy in pairs if not math.isnan(efficacy)
        ]
        n_all += len(known)
        # Everybody at one end of the scale is rare, but happens.
        if team and len(known) >= _FEWEST_ALIKE and len(set(known)) == 1 and 0 < known[0] < 1:
            alike.append(team)
            n_alike += len(known)
    is_by_chance = n_alike - len(alike) < _FEWEST_COINCIDENCES or 2 * n_alike <= n_all
    return [] if is_by_chance else alike


def _has_needed_columns(table: Table) -> bool:
    for names, others in ((("id", "team"), ("service",)), (_SCORES, _AGREEING)):
        if not any(table.has(name) for name in (*names, *others)):
            came = ", ".join(filter(None, table.header)) or "none that is known"
            table.found.add(table.header_line, "", f"a column {names[0]} or {names[1]} or both", came)
    return table.has("id") or table.has("team") or table.has("service")


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
    if not told and table.n_rows and len(table.found) == n_before and any(map(table.has, _SCORES)):
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
