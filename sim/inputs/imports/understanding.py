"""What each sheet of some files is: by a mapping where it knows the sheet, else by its columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.base.errors import Fault, InputError
from sim.inputs.imports.columns import (
    BY_CONTENT,
    HeadedSheet,
    Recognised,
    are_guessed_ids,
    meaning_of,
    recognise,
)
from sim.inputs.imports.contents import GUESSED
from sim.inputs.imports.decimals import with_decimal_points
from sim.inputs.imports.headings import table_of
from sim.inputs.imports.mapping import Kind, Mapping, SheetMapping
from sim.inputs.imports.naming import ENDS, in_pairs
from sim.inputs.imports.people import plain_id
from sim.inputs.imports.reshaping import reshaped
from sim.inputs.imports.sheets import USUAL, Limits, read_sheets
from sim.inputs.imports.ties import is_matrix
from sim.inputs.imports.turning import directed
from sim.inputs.imports.waves import with_dates_of_answers
from sim.inputs.imports.words import KNOWN_BY, Meaning, spoken

__all__ = ["Understood", "names_in_lists", "understand"]

_SCORES = frozenset(
    {Meaning.SAFETY, Meaning.EFFICACY, Meaning.SAFETY_AGREEING, Meaning.EFFICACY_AGREEING, Meaning.ITEM}
)
_UNITS = frozenset({Meaning.TEAM, Meaning.DEPARTMENT, Meaning.SERVICE})
_OF_STAFF = frozenset({Meaning.LEADER, Meaning.TITLE, Meaning.GROUP, Meaning.ROLE, Meaning.BAND, Meaning.START})
_LEAVERS = ("leaver", "exit", "terminat", "departed", "attrition list")


@dataclass
class Understood:
    """One sheet, and what it was understood to be.

    Parameters
    ----------
    table : with its headings found
    kind : what kind of table it is
    columns : what each column means
    """

    table: HeadedSheet
    kind: Kind
    columns: list[Recognised]

    def has(self, *meanings: Meaning) -> bool:
        """Tell whether a column has one of these meanings."""
        return any(one.kind in meanings for one in self.columns)

    @property
    def is_mapped(self) -> bool:
        """Whether somebody has looked at what it was understood to be."""
        return any(one.why.startswith("the mapping") for one in self.columns)

    @property
    def has_answers(self) -> bool:
        """Whether it is read as a survey, by itself or beside being a staff list."""
        return self.kind == "survey" or (self.kind == "people" and self.has(*_SCORES))


def understand(paths: Sequence[Path], mapping: Mapping, limits: Limits = USUAL) -> list[Understood]:
    """Return what each sheet of some files is: by a mapping where it knows the sheet, else by name and content.

    Parameters
    ----------
    paths : CSV files and spreadsheets
    mapping : what was understood before, where it is to be used again
    limits : what each file may take

    Raises
    ------
    InputError : a file cannot be read, or the mapping does not go with it
    """
    faults: list[Fault] = []
    sheets = []
    for path in paths:
        try:
            sheets += read_sheets(path, limits)
        except InputError as error:
            faults += error.faults
    found: list[Understood] = []
    unknown: list[Understood] = []
    for sheet in sheets:
        known = mapping.sheets.get(sheet.title)
        table = with_decimal_points(table_of(sheet, known.header_row if known else None))
        if not sheet.is_hidden and not (known and set(known.columns) == set(table.headings)):
            table = reshaped(table)
        if not sheet.is_hidden:
            known = known or _with_these_headings(table, mapping)
        if known is None or _is_of_pairs(known):
            unknown.append(Understood(table, "ignored", _columns_of(table)))
            found.append(unknown[-1])
        else:
            found.append(Understood(table, known.kind, list(_as_mapped(table, known, faults))))
    if faults:
        raise InputError(faults)
    _tell_kinds(unknown, has_list=any(one.kind == "people" for one in found))
    ids = _ids(found)
    for one in unknown:
        if one.table.sheet.is_hidden:
            continue
        if one.kind == "ignored" or (one.kind == "ties" and not one.has(Meaning.FROM)):
            again = _columns_of(one.table, ids)
            if any(column.kind is Meaning.FROM for column in again):
                one.columns, one.kind = again, "ties"
            elif one.kind == "ignored" and (pairs := in_pairs(one.table, ids)) is not None:
                one.table, one.kind = pairs, "ties"
                one.columns = _as_pairs(pairs, mapping)
        elif one.has_answers and not any(map(one.has, KNOWN_BY)):
            again = _columns_of(one.table, ids)
            if any(column.kind is Meaning.ID for column in again):
                one.columns = again
    return found


def _columns_of(table: HeadedSheet, known_ids: frozenset[str] = frozenset()) -> list[Recognised]:
    return directed(with_dates_of_answers(recognise(table, known_ids)), table)


def _is_of_pairs(known: SheetMapping) -> bool:
    """Tell whether a mapping is of pairs that are made of a list only once it is known who is in the staff list."""
    return set(known.columns) == set(ENDS)


def _as_pairs(table: HeadedSheet, mapping: Mapping) -> list[Recognised]:
    """Return what the two columns of pairs mean, as a mapping says where it knows them."""
    if (known := _with_these_headings(table, mapping)) is not None:
        return list(_as_mapped(table, known, []))
    meanings = zip(ENDS, (Meaning.FROM, Meaning.TO), strict=True)
    return [Recognised(end, str(meaning), GUESSED, BY_CONTENT) for end, meaning in meanings]


def _with_these_headings(table: HeadedSheet, mapping: Mapping) -> SheetMapping | None:
    """Return what a mapping says of a table of another name with the same headings, as next year's file has."""
    for known in sorted(mapping.sheets.values(), key=lambda one: one.kind == "ignored"):
        if len(known.columns) > 1 and set(known.columns) == set(table.headings):
            return known
    return None


def _as_mapped(table: HeadedSheet, known: SheetMapping, faults: list[Fault]) -> Iterable[Recognised]:
    for heading in table.headings:
        meaning = known.columns.get(heading, str(Meaning.IGNORED))
        try:
            meaning_of(meaning)
        except ValueError:
            wanted = f"one of {', '.join(Meaning)}, or item 1 to item 9; scores and items may be reversed"
            faults.append(Fault(f'mapping: {table.title}, "{heading}"', wanted, meaning))
            meaning = str(Meaning.IGNORED)
        why = "the mapping says so" if heading in known.columns else "not in the mapping"
        yield Recognised(heading, meaning, 1.0, why)
    for heading in known.columns:
        if heading not in table.headings:
            came = f"a table with {', '.join(table.headings)[:200]}"
            faults.append(Fault(f"mapping: {table.title}", f'a column "{heading}"', came, "correct the mapping"))


def _tell_kinds(sheets: list[Understood], has_list: bool) -> None:
    """Tell what kind of table each sheet is; there may be a staff list among others, of which that is known."""
    for one in sheets:
        one.kind = "ignored" if one.table.sheet.is_hidden else _kind(one)
    lists = [one for one in sheets if one.kind == "people"]
    if len(lists) + has_list > 1:
        for one in lists:
            if _is_of_teams(one) or _may_be_answers(one, _ids([other for other in sheets if other is not one])):
                one.kind = "ignored"
        lists = [one for one in lists if one.kind == "people"]
    with_ids = [one for one in lists if one.has(*KNOWN_BY)]
    if not lists and not has_list:
        # One table of persons with scores and teams is a staff list as well.
        for one in sheets:
            if one.kind == "survey" and one.has(Meaning.ID) and one.has(*_UNITS):
                one.kind = "people"
                break
    if len(with_ids) + has_list > 1:
        for one in with_ids:
            file = spoken(one.table.title)
            if any(word in file for word in _LEAVERS):
                one.kind = "leavers"


def _is_of_teams(one: Understood) -> bool:
    """Tell whether a table has a row for each team, and numbers that nothing but their being different calls ids."""
    ids = [column for column in one.columns if column.kind in KNOWN_BY]
    units = [column.heading for column in one.columns if column.kind in _UNITS]
    is_guessed = bool(ids) and all(map(are_guessed_ids, ids))
    is_once = any(len(set(cells := one.table.column(heading))) == len(cells) for heading in units)
    return is_guessed and is_once and not one.has(*_OF_STAFF, Meaning.END)


def _may_be_answers(one: Understood, known_ids: frozenset[str]) -> bool:
    """Tell whether a table may be answers of people of another list, in words that were taken for teams at best."""
    units = [column for column in one.columns if column.kind in _UNITS]
    ids = [cell for column in one.columns if column.kind in KNOWN_BY for cell in one.table.column(column.heading)]
    are_guessed = all(column.why == BY_CONTENT and column.certainty < GUESSED for column in units)
    is_of_others = 2 * sum(plain_id(own) in known_ids or own in known_ids for own in ids) > len(ids)
    return bool(units) and are_guessed and is_of_others and not one.has(*_OF_STAFF, Meaning.END)


def _kind(one: Understood) -> Kind:
    if one.has(Meaning.FROM) and one.has(Meaning.TO):
        return "ties"
    if is_matrix(one.table):
        return "matrix"
    if one.has(Meaning.POSTS) and one.has(Meaning.IN_POST):
        return "posts"
    if one.has(Meaning.OPENED):
        return "vacancies"
    has_scores = one.has(*_SCORES)
    of_staff = one.has(*_OF_STAFF)
    if has_scores and not (of_staff and one.has(Meaning.ID)):
        return "survey"
    if of_staff or one.has(Meaning.END) or (one.has(*_UNITS) and one.has(*KNOWN_BY)):
        return "people"
    return "ignored"


def _ids(sheets: Sequence[Understood]) -> frozenset[str]:
    """Return ids, names and addresses of everybody in a staff list, also as a spreadsheet leaves them."""
    found: set[str] = set()
    for one in sheets:
        if one.kind == "people":
            for column in one.columns:
                if column.kind in KNOWN_BY:
                    found |= set(one.table.column(column.heading))
    return frozenset((found | set(map(plain_id, found))) - {""})


def names_in_lists(sheets: Sequence[Understood]) -> frozenset[str]:
    """Return how people, teams and services of staff lists are called."""
    units = {
        cell
        for one in sheets
        if one.kind == "people"
        for column in one.columns
        if column.kind in _UNITS
        for cell in one.table.column(column.heading)
    }
    return (_ids(sheets) | units) - {""}
