"""Who is who in a staff list: an id for each row, each person once, and by what else they are known."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import permutations
from statistics import median

from sim.inputs.imports.choosing import also_known_by
from sim.inputs.imports.columns import HeadedSheet, Recognised
from sim.inputs.imports.employment import ask_about_numbers_of_people, ask_about_several_days, is_vacant
from sim.inputs.imports.notes import Notes, counted, some
from sim.inputs.imports.people import WHOLE_FLOAT, Further, Known, Person, Staff, plain_id, safe_name, unit_key
from sim.inputs.imports.values import each_once
from sim.inputs.imports.words import KNOWN_BY, Meaning, is_missing, spoken

__all__ = ["ColumnsByMeaning", "ids_of", "know_by_other_names", "once_each"]

_SHORTENED = re.compile(r"\d[.,]?\d*E\+?\d{1,2}", re.IGNORECASE)
"""An id of many digits as a spreadsheet shows it in a narrow column."""

_FEWEST_ELSEWHERE = 3
_NEARLY_ALL = 0.8
_TOTALS = re.compile(
    r"(?:grand )?totals?|sub ?totals?|sum|count|average|source\b.*|note\b.*|exported\b.*|end of (?:report|file)\b.*|"
    r"page \d+.*|(?:gesamt|zwischen)?(?:summe|ergebnis)|insgesamt|(?:eind|sub)?totaal|total g.n.ral"
)
_TOTAL_OF = re.compile(
    r"totals? (?:of |for )?(?P<before>.+)|(?P<after>.+) (?:(?:grand |sub-?)?totals?|count|average|ergebnis|totaal)",
    re.IGNORECASE,
)


class ColumnsByMeaning:
    """The columns of a table by what they mean; what is missing is empty."""

    def __init__(self, table: HeadedSheet, recognised: Sequence[Recognised]) -> None:
        self._table = table
        self.recognised = recognised
        self._heading: dict[Meaning, str] = {
            one.kind: one.heading for one in reversed(recognised) if one.kind is not Meaning.IGNORED
        }

    def has(self, *meanings: Meaning) -> bool:
        """Tell whether a column has one of these meanings."""
        return any(meaning in self._heading for meaning in meanings)

    def heading(self, meaning: Meaning) -> str:
        """Return what the column of a meaning is called."""
        return self._heading[meaning]

    def cells(self, meaning: Meaning) -> list[str]:
        """Return the cells of the column of a meaning."""
        if meaning not in self._heading:
            return [""] * self._table.n_rows
        return self._table.column(self._heading[meaning])

    def names(self, meaning: Meaning) -> list[str]:
        """Return cells as names: empty where they say that there is nothing."""
        cells = self.cells(meaning)
        said = each_once(cells, lambda cell: "" if is_missing(cell) else safe_name(cell))
        return [said[cell] for cell in cells]


def know_by_other_names(
    staff: Staff,
    table: HeadedSheet,
    columns: ColumnsByMeaning,
    ids: Sequence[str],
    leaders: Sequence[str],
    notes: Notes,
) -> None:
    """Find people by their names, addresses and other numbers too.

    Parameters
    ----------
    staff : changed in place
    table, columns : with what its columns mean
    ids : of each row
    leaders : whom each row reports to, as it stands there
    notes : what was understood is added here
    """
    for meaning in (Meaning.NAME, Meaning.EMAIL):
        if columns.has(meaning):
            _alias(staff.known, ids, columns.cells(meaning))
    parts = [table.column(one.heading) for one in columns.recognised if one.kind is Meaning.NAME]
    for first, second in permutations(parts, 2):
        _alias(staff.known, ids, [" ".join(pair) for pair in zip(first, second, strict=True)])
    for cells in also_known_by(columns.recognised, table):
        _alias(staff.known, ids, cells)
    _alias_of_posts(staff, table, columns.recognised, ids, leaders, notes)


def ids_of(staff: Staff, table: HeadedSheet, columns: ColumnsByMeaning, notes: Notes) -> list[str]:
    """Return an id for each row, "" for rows that are no people: totals, sources, notes."""
    source = next((one for one in KNOWN_BY if columns.has(one)), None)
    cells = columns.names(source) if source else [""] * table.n_rows
    filled = [sum(bool(column[row]) for column in table.cells) for row in range(table.n_rows)]
    enough = 2 if len(table.cells) > 2 else 1
    usual = median(filled) if filled else 0
    is_note = [
        n < enough or any(_is_of_total(column[row], column, n < usual) for column in table.cells[:2] if column[row])
        for row, n in enumerate(filled)
    ]
    if n_notes := sum(is_note):
        notes.left_out.append(f"{table.title}: {counted(n_notes, 'row')} with totals or notes, and no people")
    is_note = _without_vacant(table, columns, is_note, notes)
    if source is None:
        ask_about_numbers_of_people(table, notes)
        notes.assumed.append(
            f"{table.title}: no column tells people apart, so they are numbered in the order of the rows"
        )
        return ["" if note else f"P{row + 1:05d}" for row, note in enumerate(is_note)]
    if source is not Meaning.ID:
        notes.assumed.append(
            f'{table.title}: no column has ids, so "{columns.heading(source)}" tells people apart; `--pseudonyms` puts '
            "numbers in its place"
        )
    whole = {cell: match[1] for cell in set(cells) if (match := WHOLE_FLOAT.fullmatch(cell))}
    if whole:
        notes.assumed.append(f"{table.title}: {counted(len(whole), 'id')} with .0 at the end read as whole numbers")
    shortened = Counter(
        cell for cell, note in zip(cells, is_note, strict=True) if not note and _SHORTENED.fullmatch(cell)
    )
    if 2 * shortened.total() > sum(map(bool, cells)):
        notes.ask(
            table.title, "ids with all their digits", f"numbers that a spreadsheet shortened{notes.whom(shortened)}",
            "make them numbers without decimals in the file that they are from, and save it again; digits that are "
            "lost here cannot be brought back",
        )  # fmt: skip
    ids = ["" if note else whole.get(cell, cell) for cell, note in zip(cells, is_note, strict=True)]
    ask_about_several_days(table, ids, notes)
    ids = _one_spelling_each(ids, staff, table, notes)
    if n_without := sum(not own and not note for own, note in zip(ids, is_note, strict=True)):
        notes.left_out.append(f"{table.title}: {counted(n_without, 'row')} without {columns.heading(source)}")
    return ids


def _is_of_total(cell: str, cells: Sequence[str], is_short: bool) -> bool:
    """Tell whether a cell says that its row counts others: all, or those of a team that is named beside."""
    if _TOTALS.fullmatch(cell.casefold()):
        return True
    found = _TOTAL_OF.fullmatch(cell)
    return found is not None and (is_short or (found["before"] or found["after"]) in cells)


def _without_vacant(table: HeadedSheet, columns: ColumnsByMeaning, is_note: list[bool], notes: Notes) -> list[bool]:
    """Return which rows are nobody, posts that are vacant among them."""
    named = [columns.cells(meaning) for meaning in (Meaning.ID, Meaning.NAME) if columns.has(meaning)]
    vacant = [not note and any(is_vacant(cells[row]) for cells in named) for row, note in enumerate(is_note)]
    if n_vacant := sum(vacant):
        notes.left_out.append(f"{table.title}: {counted(n_vacant, 'row')} of vacant posts, which are no people")
    return [note or empty for note, empty in zip(is_note, vacant, strict=True)]


def _one_spelling_each(ids: Sequence[str], staff: Staff, table: HeadedSheet, notes: Notes) -> list[str]:
    """Return ids of which those that differ in capitals or leading zeros alone are one, as it stood first."""
    first: dict[str, str] = {}
    others: dict[str, str] = {}
    for own in dict.fromkeys(filter(None, ids)):
        plain = plain_id(own)
        kept = first.setdefault(plain, staff.known.by_number.get(plain, "") or own)
        if kept != own:
            others[own] = kept
    if others:
        pairs = [name for pair in list(others.items())[:1] for name in pair]
        whom = f", such as {some(pairs)}" if notes.people_are_named else ""
        differ = "differs" if len(others) == 1 else "differ"
        notes.assumed.append(
            f"{table.title}: {counted(len(others), 'id')} that {differ} in capitals or leading zeros alone from "
            f"another{whom}: each is of the same person"
        )
    return [others.get(own, own) for own in ids]


def once_each(staff: Staff, rows: dict[str, list[Person]], table: HeadedSheet, notes: Notes) -> None:
    """Keep everybody once: of several rows, that of the larger part of the post, or the first."""
    n_repeated = n_teams = n_else = n_elsewhere = 0
    known = {person.id: person.team for person in staff.people}
    for own, found in rows.items():
        if own in known:
            n_else += 1
            n_elsewhere += bool(found[0].team and known[own] and unit_key(found[0].team) != unit_key(known[own]))
            continue
        best = max(found, key=lambda person: person.weight)
        if len(found) > 1:
            best.further = _further(found, best)
            if best.further:
                n_teams += 1
            else:
                n_repeated += 1
        staff.people.append(best)
        staff.known.add(own)
    if n_teams:
        notes.assumed.append(
            f"{table.title}: {counted(n_teams, 'person', 'people')} in two teams or more; each counts in the one "
            "with the larger part of the post, or the first"
        )
    if n_repeated:
        notes.left_out.append(
            f"{table.title}: further rows of {counted(n_repeated, 'person', 'people')} in the same team"
        )
    if n_elsewhere >= _FEWEST_ELSEWHERE and 2 * n_elsewhere > n_else:
        notes.ask(
            table.title, "ids that tell people of several lists apart",
            f"{n_elsewhere:,} ids that stand in an earlier list too, there in another team",
            "where they are other people, put a letter before the ids of one list; where they are the same, leave one "
            "list out, or put their rows into one",
        )  # fmt: skip
    elif n_else:
        notes.left_out.append(
            f"{table.title}: {counted(n_else, 'person', 'people')} who stand in an earlier staff list too"
        )


def _further(found: Sequence[Person], first: Person) -> tuple[Further, ...]:
    """Return the other teams of somebody who stands in several rows, each with its part of the post."""
    parts: dict[tuple[str, str], float] = defaultdict(float)
    for person in found:
        if person.team != first.team and person.team and person.weight > 0:
            parts[person.team, person.service] += person.weight
    return tuple(Further(team, service, min(weight / first.weight, 1.0)) for (team, service), weight in parts.items())


def _alias_of_posts(
    staff: Staff,
    table: HeadedSheet,
    recognised: Sequence[Recognised],
    ids: Sequence[str],
    leaders: Sequence[str],
    notes: Notes,
) -> None:
    """Find leaders by another column of the list where nearly all stand there and hardly any is an id, as posts do."""
    named = set(filter(None, leaders))
    if not named or 2 * sum(bool(staff.known.find(leader)) for leader in named) > len(named):
        return
    for one in recognised:
        cells = [cell for cell in table.column(one.heading) if not is_missing(cell)]
        different = set(cells)
        is_open = one.kind is Meaning.IGNORED and len(different) == len(cells)
        if is_open and len(named & different) >= _NEARLY_ALL * len(named):
            _alias(staff.known, ids, table.column(one.heading))
            notes.understood.append(f'{table.title}: whom people report to is found by "{one.heading}"')
            return


def _alias(known: Known, ids: Sequence[str], cells: Sequence[str]) -> None:
    for own, cell in zip(ids, cells, strict=True):
        last, comma, first = cell.partition(",")
        for name in (cell, *([f"{first} {last}"] if comma else [])):
            if own in known.by_text and (said := spoken(name)):
                known.aliases[said] = "" if known.aliases.get(said, own) != own else own
