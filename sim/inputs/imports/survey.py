"""A survey, in whatever shape it comes, becomes scores of persons and of groups, as ``survey.csv`` holds them."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence, Set

from sim.inputs.imports.answers import Scored
from sim.inputs.imports.columns import HeadedSheet, Recognised
from sim.inputs.imports.mapping import Answers
from sim.inputs.imports.notes import Choice, Notes, Value, counted, some
from sim.inputs.imports.people import Staff, one_spelling
from sim.inputs.imports.scores import (
    BOTH,
    SHARE_SCALES,
    SHARES,
    GatheredSurvey,
    ask_scale,
    scores_in,
    spreads_in,
)
from sim.inputs.imports.values import read_count, to_number
from sim.inputs.imports.whose import place_scores, why_nobodys
from sim.inputs.imports.words import KNOWN_BY, Meaning, is_missing, spoken
from sim.inputs.tables.survey import MOST_ANSWERS, agrees_above_in

__all__ = ["gather_survey"]

FEWEST_FOR_SPREAD = 5
_FEW = 5
"""Taken for "fewer than 11": the middle of what it can be."""

_NOT_TOLD = "taken as if nobody had told how many answered"

_FEWEST_ALIKE, _FEWEST_COINCIDENCES = 4, 12
_FEWEST_SCORES = 2
_TIMES = {Meaning.ALIKE, Meaning.WEIGHT}
_OF_TIME_OR_POST = re.compile(r"\b(?:duration|seconds?|minutes?|hours?|time|fte|wte|equivalent|share)\b")
"""Words of headings of numbers that say how long somebody took or works, and not how many answered so."""

_KINDS_OF_SCORES = [
    Choice("Per cent of those who agree, as a national staff survey reports", {"scores": "agreeing"}),
    Choice("Means of what the team's people answered", {"scores": "means"}),
]


def gather_survey(
    table: HeadedSheet,
    recognised: Sequence[Recognised],
    staff: Staff,
    words: dict[str, str],
    answers: Answers,
    notes: Notes,
    survey: GatheredSurvey,
) -> None:
    """Add the scores of a table.

    Parameters
    ----------
    table, recognised : with at least one column of scores
    staff : whose they may be
    words : what answers in words mean that somebody has looked at before
    answers : what was asked before
    notes : what was understood, assumed, left out or has to be asked is added here
    survey : changed in place
    """
    headings = {one.kind: one.heading for one in reversed(recognised)}
    stated = {line.casefold().strip() for line in table.sheet.comments}
    survey.agrees_above = next(filter(None, map(agrees_above_in, table.sheet.comments)), survey.agrees_above)
    scored = scores_in(table, recognised, words, answers, notes, survey)
    if not scored:
        notes.left_out.append(f"{table.title}: no answers that are understood")
        return
    by_person, of_unit = _rows_by_whose(table, headings, scored, staff, notes)
    are_personal = answers.scores == "personal" or "scores: personal" in stated
    if by_person and (are_personal or not _same_for_all(by_person, scored, staff, notes, table, of_unit)):
        _take_persons(by_person, scored, table, notes, survey)
    if of_unit:
        if answers.scores is None and "scores: means" in stated:
            answers = answers.model_copy(update={"scores": "means"})
        _take_units(table, headings, of_unit, scored, staff, answers, notes, survey)


def _rows_by_whose(
    table: HeadedSheet, headings: dict[Meaning, str], scored: dict[Meaning, Scored], staff: Staff, notes: Notes
) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Return the row of each person, the first of several, and the rows of each team or service."""
    here = {person.id for person in staff.people}
    known_by = [one for one in KNOWN_BY if one in headings]
    who = max(known_by, key=lambda one: _n_found(table.column(headings[one]), staff, here), default=None)
    ids = [""] * table.n_rows if who is None else table.column(headings[who])
    units = _units_of_rows(table, headings)
    if who is not None and (why := why_nobodys(ids, units, staff)):
        notes.assumed.append(
            f'{table.title}: "{headings[who]}" tells answers apart and nobody of the staff list ({why}), so they are '
            "answers of the teams beside it; otherwise the meaning of the column of teams in the mapping is "
            f'"{Meaning.IGNORED}"'
        )
        ids = [""] * table.n_rows
    by_person: dict[str, int] = {}
    again: dict[str, list[int]] = defaultdict(list)
    of_unit: dict[str, list[int]] = defaultdict(list)
    unknown: dict[str, None] = {}
    n_nobody = 0
    for row, (own, unit) in enumerate(zip(ids, units, strict=True)):
        if own and not is_missing(own):
            found = staff.known.find(own)
            if not found or found not in here:
                unknown[own] = None
            elif found in by_person:
                again[found].append(row)
            else:
                by_person[found] = row
        elif unit:
            of_unit[unit].append(row)
        elif any(not math.isnan(column.scores[row]) for column in scored.values()):
            n_nobody += 1
    n_differ = sum(
        any(column.raw[row] != column.raw[by_person[own]] for column in scored.values() for row in rows)
        for own, rows in again.items()
    )
    is_dated = Meaning.WAVE in headings
    if 2 * n_differ > len(by_person) and not is_dated:
        _ask_which(table, "people", notes)
    for number, what in (
        (len(unknown), f"of people who are not in the staff list{notes.whom(unknown)}"),
        (sum(map(len, again.values())), f"of people who answered {'later too' if is_dated else 'before'}"),
        (n_nobody, "of nobody and no team that is named"),
    ):
        if number:
            notes.left_out.append(f"{table.title}: {counted(number, 'answer')} {what}")
    return by_person, of_unit


def _n_found(cells: Sequence[str], staff: Staff, here: Set[str]) -> int:
    return sum(staff.known.find(cell) in here for cell in set(cells) if not is_missing(cell))


def _ask_which(table: HeadedSheet, what: str, notes: Notes) -> None:
    notes.ask(
        table.title, f"to know which rows are the latest, of several of the same {what}",
        "no column that tells it", "add a column with the date or the wave, or keep one row of each",
    )  # fmt: skip


# --- persons ----------------------------------------------------------------------------------------------------------


def _take_persons(
    by_person: dict[str, int], scored: dict[Meaning, Scored], table: HeadedSheet, notes: Notes, survey: GatheredSurvey
) -> None:
    columns = [scored.get(meaning) for meaning in BOTH]
    for meaning in SHARES:
        if meaning in scored:
            notes.left_out.append(
                f'{table.title}: the column that is "{meaning}", as rows are of persons; '
                f'if it has their answers, its meaning in the mapping is "{str(meaning).partition(":")[0]}"'
            )
    if not any(columns) or not _are_on_scales(scored, table, notes):
        return
    for own, row in by_person.items():
        pair = [math.nan if column is None else column.scores[row] for column in columns]
        if not all(map(math.isnan, pair)):
            survey.persons.setdefault(own, pair)
    scales = {f"{c.scale[0]:g} to {c.scale[1]:g}" for c in columns if c is not None and c.scale is not None}
    on = f", on a scale of {' and '.join(sorted(scales))}" if scales else ""
    notes.understood.append(f"{table.title}: answers of {counted(len(survey.persons), 'person', 'people')}{on}")


def _are_on_scales(scored: dict[Meaning, Scored], table: HeadedSheet, notes: Notes) -> bool:
    """Tell whether the scale of all answers is known; ask about the first where it is not."""
    for meaning in BOTH:
        column = scored.get(meaning)
        if column is not None and column.scale is None and any(not math.isnan(x) for x in column.raw):
            ask_scale(table, f'"{meaning}"', notes)
            return False
    return True


def _same_for_all(
    by_person: dict[str, int],
    scored: dict[Meaning, Scored],
    staff: Staff,
    notes: Notes,
    table: HeadedSheet,
    of_unit: dict[str, list[int]],
) -> bool:
    """Tell whether persons have the scores of their teams, which are then taken as such."""
    column = next((scored[meaning] for meaning in (*BOTH, *SHARES) if meaning in scored), None)
    if column is None:
        return False
    team_of = {person.id: person.team for person in staff.people}
    rows_of: dict[str, list[int]] = defaultdict(list)
    for own, row in by_person.items():
        if team_of.get(own) and not math.isnan(column.raw[row]):
            rows_of[team_of[own]].append(row)
    low, high = column.scale or (math.nan, math.nan)
    alike = {
        team: rows
        for team, rows in rows_of.items()
        if len(rows) >= _FEWEST_ALIKE
        and len({column.raw[row] for row in rows}) == 1
        and column.raw[rows[0]] not in (low, high)
    }
    n_alike, n_all = sum(map(len, alike.values())), sum(map(len, rows_of.values()))
    if n_alike - len(alike) < _FEWEST_COINCIDENCES or 2 * n_alike <= n_all:
        return False
    for team, rows in rows_of.items():
        of_unit.setdefault(team, []).append(rows[0])
    notes.assumed.append(
        f"{table.title}: everybody in {counted(len(alike), 'team')} has one score, so they are taken as those of "
        "teams and not of persons; otherwise: --answer scores=personal"
    )
    return True


# --- groups -----------------------------------------------------------------------------------------------------------


def _units_of_rows(table: HeadedSheet, headings: dict[Meaning, str]) -> list[str]:
    """Return the team of each row, or its department or service where there is none."""
    units = [""] * table.n_rows
    for meaning in (Meaning.TEAM, Meaning.DEPARTMENT, Meaning.SERVICE):
        if meaning in headings:
            cells = table.column(headings[meaning])
            units = [unit or ("" if is_missing(cell) else cell) for unit, cell in zip(units, cells, strict=True)]
    kept = one_spelling(Counter(units))
    return [kept[unit] for unit in units]


def _take_units(
    table: HeadedSheet,
    headings: dict[Meaning, str],
    of_unit: dict[str, list[int]],
    scored: dict[Meaning, Scored],
    staff: Staff,
    answers: Answers,
    notes: Notes,
    survey: GatheredSurvey,
) -> None:
    """Take scores of teams, departments and services; several rows of one are anonymous answers of its people."""
    headings = _with_times_given(table, headings, notes)
    is_counted = Meaning.ALIKE in headings
    if is_counted:
        each, others = _each_answer(table, headings[Meaning.ALIKE], of_unit, notes)
        as_respondents = headings if each else {Meaning.RESPONDENTS: headings[Meaning.ALIKE], **headings}
        if others:
            rest = {meaning: as_respondents[meaning] for meaning in as_respondents.keys() - _TIMES}
            _take_units(table, rest, others, dict(scored), staff, answers, notes, survey)
        if not each:
            return
        of_unit = each
    n_again = sum(map(len, of_unit.values())) - len(of_unit)
    is_summed = not is_counted and not {Meaning.RESPONDENTS, Meaning.SPREAD, *SHARES}.isdisjoint(headings)
    is_anonymous = is_counted or (n_again > 0.2 * len(of_unit) and not is_summed)
    if n_again and is_summed and Meaning.WAVE not in headings:
        _ask_which(table, "teams", notes)
        return
    if n_again and not is_anonymous:
        notes.left_out.append(f"{table.title}: {counted(n_again, 'further row')} of teams, of which one counts")
    kinds = {} if is_anonymous else _kinds(table, scored, answers, notes)
    if kinds is None or (is_anonymous and not _are_on_scales(scored, table, notes)):
        return
    respondents = _respondents(table, headings, notes)
    with_spread = Meaning.SPREAD in headings and not is_anonymous
    spreads = spreads_in(table, headings[Meaning.SPREAD], scored, kinds, respondents, notes) if with_spread else []
    told: dict[str, dict[str, float]] = {}
    given: dict[str, list[tuple[float, float]]] = {}
    for unit, rows in of_unit.items():
        cells: dict[str, float] = {}
        if is_anonymous:
            given[unit] = _summarise(rows, scored, cells)
        else:
            _take_first(rows[0], scored, kinds, respondents, spreads, cells)
        if set(cells) - {"respondents", "spread"}:
            told[unit] = cells
    _say_without_score(table, headings, {unit: rows for unit, rows in of_unit.items() if unit not in told}, notes)
    if is_anonymous:
        _same_spread(told)
        n = sum(map(len, of_unit.values()))
        notes.understood.append(
            f"{table.title}: {counted(n, 'anonymous answer')} of {counted(len(of_unit), 'team')}; in each run "
            "others of its people gave them"
        )
    place_scores(table, told, given, staff, notes, survey)


def _say_without_score(
    table: HeadedSheet, headings: dict[Meaning, str], without: dict[str, list[int]], notes: Notes
) -> None:
    """Say which teams stand there without a score that can be used, and what stands in its place."""
    if not without:
        return
    columns = [table.column(headings[meaning]) for meaning in (*BOTH, *SHARES) if meaning in headings]
    cells = Counter(column[row] for rows in without.values() for row in rows for column in columns if column[row])
    came = f" ({some(cells)} in its place)" if cells else ""
    notes.left_out.append(
        f"{table.title}: {counted(len(without), 'team or service', 'teams or services')} without a score{came}: "
        f"{some(without)}"
    )


def _with_times_given(table: HeadedSheet, headings: dict[Meaning, str], notes: Notes) -> dict[Meaning, str]:
    """Return headings of which a weight of rows says how often an answer was given; other weights are not used."""
    if Meaning.ALIKE in headings or Meaning.WEIGHT not in headings:
        return headings
    heading = headings[Meaning.WEIGHT]
    weights = {to_number(cell) for cell in table.column(heading) if not is_missing(cell)}
    is_whole = all(weight is not None and weight.is_integer() for weight in weights)
    if is_whole and not _OF_TIME_OR_POST.search(spoken(heading)):
        return {**headings, Meaning.ALIKE: heading}
    notes.left_out.append(f'{table.title}: "{heading}", by which answers are not weighed')
    return headings


def _each_answer(
    table: HeadedSheet, heading: str, of_unit: dict[str, list[int]], notes: Notes
) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Return the rows of teams and services, each as often as its answer was given; and those of the others.

    Where each stands there but once, a number is of all who answered, and none is of answers that are alike.
    """
    numbers = [to_number(cell) for cell in table.column(heading)]
    times = [int(n) if n is not None and n >= 1 and n.is_integer() else 0 for n in numbers]
    with_times = {unit: [row for row in rows if times[row]] for unit, rows in of_unit.items()}
    if all(len(rows) < _FEWEST_SCORES for rows in with_times.values()):
        return {}, of_unit
    others = {unit: rows for unit, rows in of_unit.items() if not with_times[unit]}
    counted_ones = [row for unit, rows in of_unit.items() if unit not in others for row in rows]
    left = sum(not times[row] and numbers[row] != 0 for row in counted_ones)
    if left:
        notes.left_out.append(f'{table.title}: {counted(left, "row")} of which "{heading}" is no whole number above 0')
    n_answers = sum(times[row] for rows in with_times.values() for row in rows)
    if n_answers > MOST_ANSWERS:
        notes.ask(
            table.title, f"at most {MOST_ANSWERS:,} answers together", f"{n_answers:,}",
            f'if "{heading}" is no number of answers that are alike, say in the mapping what it is',
        )  # fmt: skip
        return {}, {}
    each = {unit: [row for row in rows for _ in range(times[row])] for unit, rows in with_times.items() if rows}
    return each, others


def _take_first(
    row: int,
    scored: dict[Meaning, Scored],
    kinds: dict[Meaning, str],
    respondents: Sequence[float],
    spreads: Sequence[float],
    cells: dict[str, float],
) -> None:
    """Say of a team what stands in its row."""
    for meaning, column in scored.items():
        name, score = kinds[meaning], column.scores[row]
        if not math.isnan(score):
            cells[name] = min(max(score, 0.0), 1.0)
    if respondents[row]:
        cells["respondents"] = respondents[row]
    if spreads and not math.isnan(spreads[row]):
        cells["spread"] = spreads[row]


def _kinds(
    table: HeadedSheet, scored: dict[Meaning, Scored], answers: Answers, notes: Notes
) -> dict[Meaning, str] | None:
    """Return for each column of scores of groups whether it has means or shares who agree; None where that is asked."""
    kinds: dict[Meaning, str] = {}
    for meaning, column in scored.items():
        name = "safety" if meaning in (Meaning.SAFETY, Meaning.SAFETY_AGREEING) else "efficacy"
        if meaning in SHARES or answers.scores == "agreeing":
            kinds[meaning] = f"{name}_agreeing"
            continue
        highest = max((x for x in column.raw if not math.isnan(x)), default=0.0)
        unclear = column.scale in SHARE_SCALES or (column.scale is None and (highest > 10 or highest <= 1))
        if answers.scores == "means" or not unclear:
            kinds[meaning] = name
        elif column.has_per_cent:
            kinds[meaning] = f"{name}_agreeing"
            notes.assumed.append(
                f'{table.title}: per cent of "{meaning}" are of those who agree, and no means; '
                "otherwise: --answer scores=means"
            )
        else:
            notes.ask(
                table.title,
                f'to know whether scores of teams in "{meaning}" are means or per cent of those who agree',
                f"numbers up to {highest:g}, and no word of it",
                "--answer scores=agreeing (as a national staff survey reports) or --answer scores=means",
                _KINDS_OF_SCORES,
            )
            return None
    for meaning, column in scored.items():
        if meaning not in SHARES and (column.scale is None or kinds[meaning].endswith("agreeing")):
            known = _as_per_cent(column, max((x for x in column.raw if not math.isnan(x)), default=0.0))
            if known is None:
                ask_scale(table, f'"{meaning}"', notes)
                return None
            scored[meaning] = known
    return kinds


def _as_per_cent(column: Scored, highest: float) -> Scored | None:
    """Return a column whose scale nobody states as per cent, or as shares; None where it is neither."""
    if column.scale in SHARE_SCALES:
        return column
    if column.scale is not None:
        return None
    if 1 < highest <= 10 or highest > 100:
        return None
    return column.rescaled(100.0 if highest > 1 else 1.0)


def _respondents(table: HeadedSheet, headings: dict[Meaning, str], notes: Notes) -> list[float]:
    """Return [n_rows], how many answered; 0 where that is not told, and a middle where it is kept back."""
    if Meaning.RESPONDENTS not in headings:
        return [0.0] * table.n_rows
    heading = headings[Meaning.RESPONDENTS]
    counts = []
    n_few = 0
    unread: Counter[str] = Counter()
    for cell in table.column(heading):
        number = read_count(cell)
        if number is None and re.fullmatch(r"(?:<|under|less than|fewer than)\s*\d+", cell.casefold()):
            number = float(_FEW)
            n_few += 1
        elif number is None and not is_missing(cell):
            unread[cell] += 1
        counts.append(max(0.0, float(int(number))) if number is not None else 0.0)
    notes.values += [Value(table.title, heading, "", cell, n, "", _NOT_TOLD) for cell, n in unread.items()]
    if unread:
        notes.left_out.append(
            f'{table.title}: {counted(unread.total(), "cell")} of "{heading}" that are no numbers: {some(unread)}'
        )
    if n_few:
        notes.assumed.append(f"{table.title}: {counted(n_few, 'number')} of respondents kept back are taken as {_FEW}")
    return counts


def _summarise(
    rows: Sequence[int], scored: dict[Meaning, Scored], cells: dict[str, float]
) -> list[tuple[float, float]]:
    """Say of anonymous answers their mean, how many they are, and how far they differ; return safety and efficacy."""
    for meaning, name in zip(BOTH, ("safety", "efficacy"), strict=True):
        column = scored.get(meaning)
        told = [] if column is None else [s for row in rows if not math.isnan(s := column.scores[row])]
        if told:
            mean = sum(told) / len(told)
            cells[name] = mean
            cells["respondents"] = max(cells.get("respondents", 0.0), float(len(told)))
            if name == "safety" or "spread" not in cells:
                cells["spread"] = math.sqrt(sum((x - mean) ** 2 for x in told) / max(len(told) - 1, 1))
    columns = [scored.get(meaning) for meaning in BOTH]
    pairs = [tuple(math.nan if column is None else column.scores[row] for column in columns) for row in rows]
    return [(safety, efficacy) for safety, efficacy in pairs if not math.isnan(safety) or not math.isnan(efficacy)]


def _same_spread(told: dict[str, dict[str, float]]) -> None:
    """Give teams of few answers the spread that all have together, since their own says little."""
    large = [cells for cells in told.values() if cells.get("respondents", 0) >= FEWEST_FOR_SPREAD]
    weights = sum(cells["respondents"] - 1 for cells in large)
    pooled = math.sqrt(sum(c["spread"] ** 2 * (c["respondents"] - 1) for c in large) / weights) if weights else None
    for cells in told.values():
        if cells.get("respondents", 0) < FEWEST_FOR_SPREAD:
            if pooled is None:
                cells.pop("spread", None)
            else:
                cells["spread"] = pooled
        if "spread" in cells:
            cells["spread"] = min(cells["spread"], 0.5)
