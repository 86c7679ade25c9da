"""Files that an organisation has become its tables: understood, asked about, or left out with a reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sim.base.errors import Fault, InputError
from sim.base.phrasing import percent
from sim.inputs.imports.choosing import with_one_id, with_one_question, with_weight
from sim.inputs.imports.entered import Entered, entered_scores
from sim.inputs.imports.mapping import Answers, Mapping, SheetMapping
from sim.inputs.imports.notes import Notes, UnansweredError, counted
from sim.inputs.imports.other_shapes import ask_about_shape, ask_about_unknown, with_question
from sim.inputs.imports.own_numbers import parameters_in
from sim.inputs.imports.people import Staff
from sim.inputs.imports.pseudonyms import with_pseudonyms
from sim.inputs.imports.records import VACANCY_RATE, Number, hiring, time_to_fill, turnover, vacancies
from sim.inputs.imports.scores import GatheredSurvey
from sim.inputs.imports.seating import staff_of
from sim.inputs.imports.series import WaveResult, results_of_waves
from sim.inputs.imports.splitting import split_departments
from sim.inputs.imports.survey import gather_survey
from sim.inputs.imports.survey_rows import survey_rows
from sim.inputs.imports.ties import GatheredTies, gather_ties, tie_rows, tie_second_teams
from sim.inputs.imports.turning import settled
from sim.inputs.imports.understanding import Understood, names_in_lists, understand
from sim.inputs.imports.waves import Part, later_ones, merged, parts_of
from sim.inputs.imports.words import Meaning
from sim.inputs.organisation import STAFF_GROUP_NAMES
from sim.inputs.tables.columns import Role

__all__ = [
    "Imported",
    "import_files",
    "import_understood",
    "summary_of",
    "understood_mapping",
]

_MOST_DISTINCT_SHOWN = 12
_LONGEST_HINT = 600
_HIDDEN = "the sheet is hidden; where it is meant, show it and save, or say in the mapping what kind of table it is"


@dataclass
class Imported:
    """What comes of an import.

    Parameters
    ----------
    tables : the rows of ``people.csv`` and, if there are any, ``ties.csv`` and ``survey.csv``, headers first
    agrees_above : the score, from 0 to 1, above which somebody agrees
    notes : what was understood, assumed and left out
    mapping : what was understood, to be used again
    sheets : what each sheet was understood to be
    numbers : turnover and the like, from the same records
    entered : what the survey says of each team and service
    waves : what each wave of a survey of several years found of all
    """

    tables: dict[str, list[list[str]]]
    agrees_above: float
    notes: Notes
    mapping: Mapping
    sheets: list[Understood]
    numbers: list[Number] = field(default_factory=list)
    entered: list[Entered] = field(default_factory=list)
    waves: list[WaveResult] = field(default_factory=list)

    def texts(self) -> dict[str, str]:
        """Return the tables as the text of their files."""
        return {name: _comments(name, self.agrees_above) + _csv(rows) for name, rows in self.tables.items()}


def _comments(name: str, agrees_above: float) -> str:
    if name != "survey.csv":
        return ""
    return f"# scale: 0 to 1\n# scores: personal\n# scores: means\n# agreeing: above {agrees_above!r} on 0 to 1\n"


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


# --- the import -------------------------------------------------------------------------------------------------------


def import_files(
    paths: Sequence[Path],
    mapping: Mapping | None = None,
    answers: Answers | None = None,
    today: date | None = None,
    pseudonyms: bool = False,
) -> Imported:
    """Make an organisation's tables of the files that it has.

    Parameters
    ----------
    paths : CSV files and spreadsheets
    mapping : what was understood before, where it is to be used again
    answers : what was asked before; those that are set go before the mapping's
    today : the day that the tables are of, where neither files nor answers tell
    pseudonyms : whether ids are to be numbers that chance gave

    Returns
    -------
    tables that :func:`~sim.inputs.tables.read_organisation` reads, and what is to be said of them

    Raises
    ------
    InputError : a file cannot be read, there is no staff list, or something has to be answered first; all at once
    """
    known = mapping or Mapping()
    return import_understood(understand(paths, known), known, answers, today, pseudonyms)


def import_understood(
    sheets: list[Understood],
    mapping: Mapping,
    answers: Answers | None = None,
    today: date | None = None,
    pseudonyms: bool = False,
    notes: Notes | None = None,
) -> Imported:
    """Make an organisation's tables of sheets that are understood.

    Parameters
    ----------
    sheets : of :func:`understand`
    mapping, answers, today, pseudonyms : as for :func:`import_files`
    notes : what was understood, assumed and left out is added here, also where there is no organisation yet

    Raises
    ------
    UnansweredError : something has to be answered first
    InputError : there is no staff list
    """
    notes = Notes() if notes is None else notes
    said = mapping.answers.model_copy(update={} if answers is None else answers.model_dump(exclude_none=True))
    _settle(sheets, said, notes)
    day = today or date.today()
    lists = [(one.table, one.columns, one.kind == "leavers") for one in sheets if one.kind in ("people", "leavers")]
    staff = staff_of(lists, mapping.words, said, day, notes)
    split_departments(staff, said, notes)
    ties, numbers = _ties_and_numbers(sheets, staff, notes)
    parts = _waves_of(sheets, staff, mapping.words.get("answer", {}), said, notes)
    waves = results_of_waves(parts, staff, notes)
    survey = merged(later_ones(parts, staff, said, notes), notes)
    _ask_whose(parts, survey, notes)
    _refuse_what_is_not_enough(staff, notes)
    imported = Imported({}, survey.agrees_above, notes, mapping, sheets, numbers, waves=waves)
    if pseudonyms:
        with_pseudonyms(staff, ties, survey, notes)
    imported.tables["people.csv"] = _people_rows(staff)
    if ties.weight:
        imported.tables["ties.csv"] = tie_rows(ties, notes)
    imported.entered = entered_scores(survey, staff)
    if survey.persons or survey.groups:
        imported.tables["survey.csv"] = survey_rows(survey, staff, notes)
    imported.mapping = _mapping(sheets, staff, survey, said)
    return imported


def _ties_and_numbers(sheets: list[Understood], staff: Staff, notes: Notes) -> tuple[GatheredTies, list[Number]]:
    """Return who is tied to whom, and the numbers that the records tell."""
    ties, numbers = GatheredTies(), turnover(staff, notes)
    for one in sheets:
        if one.kind in ("ties", "matrix"):
            gather_ties(one.table, one.columns if one.kind == "ties" else [], staff, notes, ties)
        elif one.kind == "posts":
            numbers += vacancies(one.table, one.columns, notes)
        elif one.kind == "vacancies":
            numbers += hiring(one.table, one.columns, notes)
    numbers += time_to_fill(numbers)
    _say_what_numbers_do_not_tell(numbers, notes)
    tie_second_teams(staff, ties, notes)
    return ties, numbers


def _refuse_what_is_not_enough(staff: Staff, notes: Notes) -> None:
    """Stop where something has to be answered first, or where too few people are known.

    Raises
    ------
    UnansweredError : something has to be answered first
    InputError : there are too few
    """
    faults = _too_few(staff, notes)
    if notes.asked:
        questions = [question for question in notes.asked if question.choices]
        raise UnansweredError([*(question.fault for question in notes.asked), *faults], questions)
    if faults:
        raise InputError(faults)


def _settle(sheets: Sequence[Understood], answers: Answers, notes: Notes) -> None:
    """Take up what was answered of sheets, and say what each is; a staff list is among them."""
    for one in sheets:
        if not one.is_mapped and one.kind in ("people", "survey", "ignored") and not one.table.sheet.is_hidden:
            if ask_about_shape(one.table, answers, notes):
                one.kind = "ignored"
            elif (columns := with_question(one.table, answers)) is not None:
                one.columns, one.kind = columns, "survey"
        if one.has_answers:
            one.columns = with_one_question(one.columns, one.table, answers, notes)
            one.columns = settled(one.columns, one.table, answers, notes)
        if one.kind == "ties":
            one.columns = with_weight(one.columns, one.table, answers, notes)
        elif one.kind in ("people", "leavers"):
            one.columns = with_one_id(one.columns, one.table, answers, notes)
    known = names_in_lists(sheets)
    for one in sheets:
        is_open = one.kind == "ignored" and not one.is_mapped and not one.table.sheet.is_hidden and not notes.asked
        if is_open and (columns := ask_about_unknown(one.table, known, answers, notes)) is not None:
            one.columns, one.kind = columns, "survey"
    _say_what_is(sheets, notes)
    _check_names(sheets, answers)
    _check_results(sheets)
    if not any(one.kind == "people" for one in sheets) and not notes.asked:
        told = ", ".join(f"{one.table.title} ({one.kind})" for one in sheets)
        hint = "give the staff list too: a row for each person, with an id and a team or whom they report to"
        raise InputError.single("files", "a staff list", told, hint)


def _say_what_numbers_do_not_tell(numbers: Sequence[Number], notes: Notes) -> None:
    told = {one.name for one in parameters_in(numbers)} | {VACANCY_RATE}
    if few := [one.name for one in numbers if one.name not in told]:
        notes.left_out.append(f"{', '.join(few)}: so few records tell no more than is plausible anywhere")


def _waves_of(
    sheets: Sequence[Understood], staff: Staff, words: dict[str, str], answers: Answers, notes: Notes
) -> list[Part]:
    """Return the waves of all surveys, with what came of each."""
    parts: list[Part] = []
    for one in sheets:
        if one.has_answers:
            parts += parts_of(one.table, one.columns, answers, notes)
    for part in parts:
        part.notes.people_are_named = notes.people_are_named
        gather_survey(part.table, part.columns, staff, words, answers, part.notes, part.survey)
    return parts


def _ask_whose(parts: Sequence[Part], survey: GatheredSurvey, notes: Notes) -> None:
    """Ask about a survey of which nothing can be used, instead of going on as if there were none."""
    if not parts or survey.persons or survey.groups or notes.asked:
        return
    if not any(part.table.n_rows for part in parts):
        wanted, hint = "answers below the headings", "export it again, or leave the file out"
        notes.ask(parts[0].table.title, wanted, "a survey without a row", hint)
        return
    lost = [text for part in parts for text in part.notes.left_out]
    notes.ask(
        parts[0].table.title, "answers of people or teams who stand in the staff list",
        "; ".join(lost) or "none that are understood",
        'say in a mapping which column is the "id" or the "team", or leave the file out',
    )  # fmt: skip


def understood_mapping(paths: Sequence[Path], mapping: Mapping, answers: Answers) -> Mapping:
    """Return what is understood of some files, without importing them.

    Raises
    ------
    InputError : a file cannot be read, or the mapping does not go with it
    """
    sheets = {one.table.title: _mapped(one) for one in understand(paths, mapping)}
    said = mapping.answers.model_copy(update=answers.model_dump(exclude_none=True))
    return Mapping(answers=said, sheets=sheets, words=mapping.words)


def _mapped(one: Understood) -> SheetMapping:
    columns = {} if one.kind == "matrix" else {column.heading: column.meaning for column in one.columns}
    return SheetMapping(kind=one.kind, header_row=one.table.header_line, columns=columns)


def _too_few(staff: Staff, notes: Notes) -> list[Fault]:
    n_staff = sum(person.role is Role.STAFF for person in staff.people)
    if n_staff >= 2:
        return []
    return [
        Fault(
            "staff list",
            "at least 2 people who lead nobody, in a team",
            f"{n_staff} of {len(staff.people)} people",
            f"left out: {'; '.join(notes.left_out)}"[:_LONGEST_HINT] if notes.left_out else "",
        )
    ]


def _check_names(sheets: Sequence[Understood], answers: Answers) -> None:
    if answers.staff_group is not None and answers.staff_group not in STAFF_GROUP_NAMES:
        wanted = f"one of {', '.join(STAFF_GROUP_NAMES)}"
        raise InputError.single("answer staff_group", wanted, answers.staff_group)
    titles = [one.table.title for one in sheets]
    if doubled := sorted({title for title in titles if titles.count(title) > 1}):
        raise InputError.single("files", "files with different names", ", ".join(doubled), "rename one of them")


def _check_results(sheets: Sequence[Understood]) -> None:
    """Refuse tables of which a part is not in the file: formulas that no program has computed yet."""
    faults = [
        Fault(
            one.table.title,
            "cells with values",
            f"formulas of which the file keeps no result, in {one.table.sheet.without_result}",
            "open it in a spreadsheet program and save it, which computes them",
        )
        for one in sheets
        if one.kind != "ignored" and one.table.sheet.without_result
    ]
    if faults:
        raise InputError(faults)


def _people_rows(staff: Staff) -> list[list[str]]:
    """Return the rows of ``people.csv``: service by service, team by team, leaders first."""
    has_tenure = any(person.tenure_weeks is not None for person in staff.people)
    rows = [["id", "team", "staff_group", "role", "service", *["tenure_weeks"] * has_tenure]]
    ranks = {Role.SENIOR_LEADER: 0, Role.TEAM_LEADER: 1, Role.STAFF: 2, None: 2}
    services = {name: k for k, name in enumerate(dict.fromkeys(person.service for person in staff.people))}
    teams = {name: k for k, name in enumerate(dict.fromkeys(person.team for person in staff.people))}
    ordered = sorted(
        staff.people,
        key=lambda one: (
            services[one.service],
            one.role is not Role.SENIOR_LEADER,
            0 if one.role is Role.SENIOR_LEADER else teams[one.team],
            ranks[one.role],
        ),
    )
    for person in ordered:
        group = STAFF_GROUP_NAMES[person.group] if person.group is not None else ""
        weeks = "" if person.tenure_weeks is None else str(person.tenure_weeks)
        team = "" if person.role is Role.SENIOR_LEADER else person.team
        rows.append([person.id, team, group, str(person.role), person.service, *[weeks] * has_tenure])
    return rows


def _say_what_is(sheets: Sequence[Understood], notes: Notes) -> None:
    for one in sheets:
        used = [column for column in one.columns if column.kind is not Meaning.IGNORED]
        unsure = [column for column in used if column.certainty < 0.6]
        notes.understood.append(f"{one.table.title}: {one.kind}, {counted(one.table.n_rows, 'row')}")
        if one.kind == "ignored":
            why = _HIDDEN if one.table.sheet.is_hidden else "no table of people, ties or answers"
            notes.left_out.append(f"{one.table.title}: all of it; {why}")
            continue
        notes.understood += [f"{one.table.title}: {told}" for told in one.table.understood]
        notes.assumed += [f"{one.table.title}: {told}" for told in one.table.sheet.remarks]
        for column in unsure if one.kind != "matrix" else ():
            notes.assumed.append(
                f'{one.table.title}: "{column.heading}" taken as {column.meaning}, by {column.why} '
                f"({percent(column.certainty)} sure)"
            )
        for column in used:
            for told in (column.assumed, one.table.assumed.get(column.heading)):
                notes.assumed += [f"{one.table.title}: {told}"] if told else []
        if one.kind != "ties" and one.has(Meaning.NAME, Meaning.EMAIL) and one.has(Meaning.ID):
            notes.left_out.append(
                f"{one.table.title}: names and addresses, which nothing needs but to find who is meant"
            )
        left = [column for column in one.columns if column.kind is Meaning.IGNORED]
        if left and one.kind != "matrix":
            by_why: dict[str, list[str]] = {}
            for column in left:
                by_why.setdefault(column.why, []).append(column.heading)
            for why, headings in by_why.items():
                told = ", ".join(f'"{heading[:60]}"' for heading in headings[:_MOST_DISTINCT_SHOWN])
                more = (
                    f" and {len(headings) - _MOST_DISTINCT_SHOWN} more" if len(headings) > _MOST_DISTINCT_SHOWN else ""
                )
                notes.left_out.append(f"{one.table.title}: {counted(len(headings), 'column')} ({why}): {told}{more}")


def _mapping(sheets: Sequence[Understood], staff: Staff, survey: GatheredSurvey, answers: Answers) -> Mapping:
    """Return everything that was understood, to be used for next year's files too: the day is that of the tables."""
    told = {one.table.title: _mapped(one) for one in sheets}
    words = {kind: dict(found) for kind, found in {**staff.words, "answer": survey.words}.items() if found}
    return Mapping(answers=answers, sheets=told, words=words)


def summary_of(imported: Imported) -> list[str]:
    """Return what came of it in a few lines."""
    staff = [row for row in imported.tables["people.csv"][1:] if row[3] == Role.STAFF]
    teams = len({row[1] for row in staff})
    services = len({row[4] for row in staff})
    return [
        f"{counted(len(staff), 'staff', 'staff')} in {counted(teams, 'team')} and {counted(services, 'service')}",
        *(
            f"{one.name}: {one.value:.3g} {one.unit} ({one.low:.3g} to {one.high:.3g}; {one.basis})"
            for one in imported.numbers
        ),
    ]
