"""Surveys with a row for each answer, or with a column for each answer, become a table with a column for each question.

Nothing is counted or averaged here: whoever stands in several rows gets one, whoever gave the same answer as others is
counted in a column of how often it was given, and the rest is read as any other survey is.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from sim.inputs.imports.columns import HeadedSheet, are_answers, name_scores
from sim.inputs.imports.items import items_in
from sim.inputs.imports.notes import counted, some
from sim.inputs.imports.reports import is_on_safety, turned
from sim.inputs.imports.scales import scale_in
from sim.inputs.imports.values import distinct, read_count, to_number
from sim.inputs.imports.words import IN_FAVOUR, Meaning, is_missing, likert_of, points_on, spoken

__all__ = ["NO_QUESTION", "column_of_questions", "reshaped"]

NO_QUESTION = "Answers to a question that is not told"
"""What a column of answers is called whose question stands nowhere."""

TIMES_GIVEN = "times given"
_OF_ALL = "Respondents"
_PERSONAL = (Meaning.ID, Meaning.EMAIL, Meaning.NAME)
_UNITS = (Meaning.TEAM, Meaning.DEPARTMENT, Meaning.SERVICE)
_ANSWER_NAMES = re.compile(
    r"\b(?:answers?|responses?|replies|reply|values?|scores?|ratings?|results?|points?|antwort\w*|wert|valeur|re"
    r"ponses?|"
    r"respuestas?|antwoord|positive|agree\w*|favou?rable|mean|average)\b"
)

_OF_COUNTS = re.compile(
    r"\b(?:n|no|pct|per ?cent|percent|percentage|number|count|respondents|responses|answers|answered|of|who|anzahl)\b|%"
)
_SHARES = re.compile(r"%|\b(?:pct|per ?cent|percentage|share|proportion|anteil)\b")
_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_FEWEST_POINTS, _FEWEST_WORDS = 3, 3
_MOSTLY = 0.9
_MOST_QUESTIONS = 200
_MOST_TIMES = 1_000_000
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FEWEST_WAVES = 2


def reshaped(table: HeadedSheet) -> HeadedSheet:
    """Return a table with a column for each question; the same table where it has other rows and columns already.

    Parameters
    ----------
    table : with its headings found; what is done is said in ``understood`` of the table that is returned
    """
    table = turned(_with_waves_in_rows(table))
    if (answers := _answer_columns(table)) is not None:
        table = _with_answers_in_rows(table, answers)
    if (question := column_of_questions(table)) is not None:
        table = _with_a_column_each(table, question)
    return table


# --- a column for each year -------------------------------------------------------------------------------------------


def _with_waves_in_rows(table: HeadedSheet) -> HeadedSheet:
    """Return a row for each year of a table whose questions have a column for each; the same table if none has."""
    of_year: dict[str, dict[str, str]] = defaultdict(dict)
    for heading in table.headings:
        if len(found := set(_YEAR.findall(heading))) == 1:
            bare = " ".join(_YEAR.sub(" ", heading).replace("()", " ").split()).strip(" -_:,")
            of_year[bare].setdefault(found.pop(), heading)
    years = sorted({year for bare, own in of_year.items() if len(own) > 1 and is_on_safety(bare) for year in own})
    if len(years) < _FEWEST_WAVES or any(spoken(heading) == "wave" for heading in table.headings):
        return table
    columns = {bare: own for bare, own in of_year.items() if set(own) & set(years)}
    taken = {heading for own in columns.values() for heading in own.values()}
    others = [heading for heading in table.headings if heading not in taken]
    empty = [""] * table.n_rows
    cells = [[cell for _ in years for cell in table.column(heading)] for heading in others]
    cells += [
        [cell for year in years for cell in (table.column(own[year]) if year in own else empty)]
        for own in columns.values()
    ]
    cells.append([year for year in years for _ in range(table.n_rows)])
    told = f"a column for each year ({', '.join(years)}) is read as a row for each year: {some(columns)}"
    return replace(
        table, headings=[*others, *columns, "wave"], cells=cells, lines=table.lines * len(years),
        understood=(*table.understood, told),
    )  # fmt: skip


# --- a column for each answer -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _AnswerColumns:
    """The columns of one question's answers: the word of each, by heading; and whether they hold per cent."""

    words: dict[str, str]
    question: str
    are_shares: bool


def _answer_columns(table: HeadedSheet) -> list[_AnswerColumns] | None:
    """Return the columns that hold how many gave each answer, by question; None where there are none."""
    split = {heading: found for heading in table.headings if (found := _split(heading)) is not None}
    groups: dict[tuple[str, bool], dict[str, str]] = defaultdict(dict)
    for heading, (question, word, is_share) in split.items():
        if not _are_amounts(table.column(heading)):
            continue
        groups[question, is_share or _has_signs(table.column(heading))][heading] = word
    told: list[_AnswerColumns] = []
    for (question, is_share), words in groups.items():
        together = _points_of(words.values())
        if together is not None and len(set(together[1].values())) >= _FEWEST_POINTS:
            told.append(_AnswerColumns(words, question, is_share))
    counts = {one.question for one in told if not one.are_shares}
    return [one for one in told if not one.are_shares or one.question not in counts] or None


def _split(heading: str) -> tuple[str, str, bool] | None:
    """Return question, answer and whether it is of per cent, of a heading such as "Feel safe: % strongly agree"."""
    said = spoken(heading)
    is_share = bool(_SHARES.search(said))
    bare = " ".join(_OF_COUNTS.sub(" ", said).split())
    words = bare.split()
    for n in range(min(len(words), 5), 0, -1):
        for place, word in ((len(words) - n, " ".join(words[-n:])), (0, " ".join(words[:n]))):
            if _points_of([word]) is None:
                continue
            rest = words[:place] if place else words[n:]
            return " ".join(rest), word, is_share
    return None


def _points_of(words: Iterable[str]) -> tuple[int, dict[str, int]] | None:
    """Return of how many points the headings of answers are, and which each is; a report has three that it adds up."""
    said = set(words)
    if (found := likert_of(said)) is not None:
        return found
    in_favour = points_on(IN_FAVOUR, said)
    return None if in_favour is None else (IN_FAVOUR, in_favour)


def _are_amounts(cells: Sequence[str]) -> bool:
    told = [cell for cell, _ in distinct(cells) if not is_missing(cell) and not cell.startswith("<")]
    return bool(told) and all((number := to_number(cell)) is not None and number >= 0 for cell in told)


def _has_signs(cells: Sequence[str]) -> bool:
    return any("%" in cell for cell in cells)


def _with_answers_in_rows(table: HeadedSheet, answers: Sequence[_AnswerColumns]) -> HeadedSheet:
    """Return a row for each answer that a team gave, with how often; of shares without their number, who agree."""
    taken = {heading for one in answers for heading in one.words}
    others = [heading for heading in table.headings if heading not in taken]
    of_number = next((heading for heading in others if Meaning.RESPONDENTS in name_scores(heading)), "")
    names = _named_questions(table, answers, others)
    rows: list[_Row] = []
    told = []
    for one in answers:
        reader = _AnswersOf(table, one, names[one.question], others, of_number)
        rows += reader.rows()
        told.append(reader.told())
    used = dict.fromkeys(heading for row in rows for heading in row.cells if heading not in (*others, TIMES_GIVEN))
    headings = [*others, *used, *[TIMES_GIVEN] * any(TIMES_GIVEN in row.cells for row in rows)]
    return replace(
        table, headings=headings, cells=[[row.cells.get(heading, "") for row in rows] for heading in headings],
        lines=[table.lines[row.place] for row in rows], understood=(*table.understood, *told),
    )  # fmt: skip


@dataclass(frozen=True)
class _Row:
    """A row of the table that comes of it: of which row it was, and its cells by heading."""

    place: int
    cells: dict[str, str]


class _AnswersOf:
    """Reads the columns of one question's answers."""

    def __init__(
        self, table: HeadedSheet, answers: _AnswerColumns, name: str, others: Sequence[str], of_number: str
    ) -> None:
        self._answers, self._name, self._n_rows = answers, name, table.n_rows
        self._columns = {heading: table.column(heading) for heading in (*answers.words, *others)}
        self._others, self._of_number = others, of_number
        self._points = _points_of(answers.words.values()) or (0, {})
        self._n_agreeing = self._n_rounded = self._n_kept_back = 0

    def rows(self) -> Iterator[_Row]:
        """Yield a row for each answer that was given, or one with the share who agree."""
        for place in range(self._n_rows):
            given = {word: to_number(self._columns[heading][place]) for heading, word in self._answers.words.items()}
            numbers = {word: number for word, number in given.items() if number is not None}
            self._n_kept_back += len(numbers) < len(given) and any(numbers.values())
            shared = {heading: self._columns[heading][place] for heading in self._others}
            if not numbers:
                continue
            if self._points[0] == IN_FAVOUR:
                if not self._answers.are_shares:
                    shared[self._of_number or _OF_ALL] = f"{sum(numbers.values()):g}"
                yield _Row(place, {**shared, f"{self._name}: % agree": self._agreeing(numbers)})
                continue
            if self._answers.are_shares:
                n = read_count(shared[self._of_number]) if self._of_number else None
                if n is None:
                    yield _Row(place, {**shared, f"{self._name}: % agree": self._agreeing(numbers)})
                    continue
                numbers = _as_counts(numbers, int(min(n, _MOST_TIMES)))
                self._n_rounded += 1
            shared.pop(self._of_number, None)
            for word, number in numbers.items():
                if 0 < number <= _MOST_TIMES:
                    yield _Row(place, {**shared, self._name: word, TIMES_GIVEN: f"{number:g}"})

    def told(self) -> str:
        """Return what was done, in a sentence."""
        words = some(self._answers.words.values())
        if self._points[0] == IN_FAVOUR:
            return f'a column for each answer ({words}) is read as per cent who agree with "{self._name}"'
        told = f'a column for each answer ({words}) is read as a row for each answer to "{self._name}"'
        if self._n_agreeing:
            told += f"; without how many answered, as per cent who agree ({counted(self._n_agreeing, 'row')})"
        if self._n_rounded:
            told += f"; per cent of how many answered are rounded to whole people ({counted(self._n_rounded, 'row')})"
        if self._n_kept_back:
            told += f"; some answers of {counted(self._n_kept_back, 'row')} are kept back, and taken as given by nobody"
        return told

    def _agreeing(self, shares: dict[str, float]) -> str:
        self._n_agreeing += 1
        n_points, points = self._points
        agreeing = sum(share for word, share in shares.items() if points[word] > (n_points + 1) / 2)
        whole = sum(shares.values())
        return f"{100 * agreeing / whole:.6g}%" if whole else ""


def _as_counts(shares: dict[str, float], n: int) -> dict[str, float]:
    """Return whole people of which shares are, who are ``n`` together (largest remainders)."""
    whole = sum(shares.values())
    exact = {word: share / whole * n if whole else 0.0 for word, share in shares.items()}
    counts = {word: math.floor(x) for word, x in exact.items()}
    missing = n - sum(counts.values()) if whole else 0
    for word in sorted(exact, key=lambda one: (counts[one] - exact[one], one))[:missing]:
        counts[word] += 1
    return {word: float(count) for word, count in counts.items()}


def _named_questions(table: HeadedSheet, answers: Sequence[_AnswerColumns], others: Sequence[str]) -> dict[str, str]:
    """Return what the column of each question's answers is to be called."""
    titles = [
        " ".join(filter(None, row))
        for line, row in zip(table.sheet.lines, table.sheet.rows, strict=True)
        if line < table.header_line
    ]
    around = [*titles, *table.sheet.comments, table.sheet.name, table.sheet.file.rsplit(".", 1)[0]]
    told = next((text for text in around if is_on_safety(text)), NO_QUESTION)
    if _question_heading(table, others) is not None:
        told = "Answer"
    return {one.question: _as_written(one) if len(one.question.split()) > 1 else told for one in answers}


def _as_written(answers: _AnswerColumns) -> str:
    """Return a question as its headings have it, before or behind the answer."""
    headings = list(answers.words)
    before = _in_common(headings)
    behind = _in_common([heading[::-1] for heading in headings])[::-1]
    for text in (before, re.split(r"[:;|(]", before)[0], behind):
        if spoken(bare := text.strip(" :;,.%|/([-–—_")) == answers.question:
            return bare
    return answers.question


def _in_common(texts: Sequence[str]) -> str:
    """Return the letters with which all begin."""
    return "".join(letters[0] for letters in takewhile(lambda one: len(set(one)) == 1, zip(*texts, strict=False)))


def _question_heading(table: HeadedSheet, headings: Sequence[str]) -> str | None:
    return next((heading for heading in headings if _are_questions(table.column(heading))), None)


# --- a row for each answer --------------------------------------------------------------------------------------------


def column_of_questions(table: HeadedSheet) -> str | None:
    """Return the heading of the column in which questions stand, each again and again; None where there is none."""
    return next((h for h, cells in zip(table.headings, table.cells, strict=True) if _are_questions(cells)), None)


def _are_questions(cells: Sequence[str]) -> bool:
    told = [(cell, count) for cell, count in distinct(cells) if cell]
    if not told or len(told) > _MOST_QUESTIONS or sum(count for _, count in told) < 2 * len(told):
        return False
    if any(to_number(cell) is not None for cell, _ in told):
        return False
    if len(items_in([cell for cell, _ in told])) >= _FEWEST_POINTS:
        return True
    long_ones = [(cell, count) for cell, count in told if len(spoken(cell).split()) >= _FEWEST_WORDS]
    on_safety = [count for cell, count in long_ones if is_on_safety(cell)]
    return max(on_safety, default=0) > 1 and 2 * len(long_ones) >= len(told)


def _with_a_column_each(table: HeadedSheet, question: str) -> HeadedSheet:
    """Return a table in which each question has a column, and whoever answered several has one row."""
    answer = _column_of_answers(table, question)
    if answer is None:
        return table
    asked = table.column(question)
    names = {text: _with_remarks(text, answer) for text in dict.fromkeys(filter(None, asked))}
    items = items_in(list(names))
    wanted = [text for text in names if text in items or is_on_safety(text)]
    wanted = wanted or list(names)
    others = [heading for heading in table.headings if heading not in (question, answer)]
    key = _key_of(table, others, question)
    rows = [row for row in range(table.n_rows) if asked[row] in wanted]
    grouped = _grouped(table, rows, key, question)
    if key:
        varying = [h for h in others if h not in key and any(_differ(table, h, members) for members in grouped)]
    else:
        varying = []
    kept = [heading for heading in others if heading not in varying]
    first = _rows_of_first(table, grouped, asked, wanted) if varying else []
    headings = [*kept, *varying, *(names[text] for text in wanted)]
    cells = [[table.column(heading)[members[0]] for members in grouped] for heading in kept]
    cells += [[table.column(heading)[row] for row in first] for heading in varying]
    for text in wanted:
        of_question = [next((row for row in members if asked[row] == text), None) for members in grouped]
        cells.append(["" if row is None else table.column(answer)[row] for row in of_question])
    lines = [table.lines[members[0]] for members in grouped]
    unused = [text for text in names if text not in wanted]
    told = f'a row for each answer is read as a column for each question of "{question}", answered in "{answer}": '
    told += (
        f"{counted(len(rows), 'row')} of {counted(len(grouped), 'respondent or team', 'respondents or teams')}"
        if key
        else f"nothing tells which rows are of one respondent, so each of {counted(len(rows), 'row')} stands alone"
    )
    if unused:
        told += f"; left out: {counted(len(unused), 'question')} on other things ({some(unused)})"
    if varying:
        told += f'; of {some(varying)} what stands beside "{wanted[0][:60]}"'
    return replace(table, headings=headings, cells=cells, lines=lines, understood=(*table.understood, told))


def _column_of_answers(table: HeadedSheet, question: str) -> str | None:
    """Return the heading of the answers: by its name, else the only column in which answers can stand."""
    open_ones = [
        heading
        for heading in table.headings
        if heading != question
        and spoken(heading) != TIMES_GIVEN
        and are_answers(heading, table.column(heading))
        and not {*_PERSONAL, Meaning.WAVE, Meaning.SPREAD} & _sure_meanings(heading)
    ]
    named = [h for h in open_ones if _ANSWER_NAMES.search(spoken(h)) and not _only_counts(h)]
    in_words = [h for h in named or open_ones if any(likert_of({c}) for c, _ in distinct(table.column(h)) if c)]
    if in_words:
        return in_words[0]
    if named:
        return named[0]
    others = [h for h in open_ones if not _only_counts(h) and not set(_UNITS) & _sure_meanings(h)]
    return others[0] if len(others) == 1 else None


def _only_counts(heading: str) -> bool:
    return Meaning.RESPONDENTS in _sure_meanings(heading) or bool(
        re.fullmatch(r"(?:total |number of |no of |n )?(?:responses|answers|respondents|n|count)", spoken(heading))
    )


def _sure_meanings(heading: str) -> set[Meaning]:
    return {meaning for meaning, score in name_scores(heading).items() if score >= _MOSTLY}


def _with_remarks(question: str, answer: str) -> str:
    """Return a question with what the heading of its answers says of them: per cent who agree, or their scale."""
    said = spoken(answer)
    remarks = [part for part in _IN_BRACKETS.findall(answer) if scale_in([part]).ends or scale_in([part]).has_words]
    if re.search(r"%|\b(?:per ?cent|percentage|pct|agree\w*|positive|favou?rable)\b", said):
        remarks.append("% agree")
    return " ".join([question, *remarks])


def _key_of(table: HeadedSheet, others: Sequence[str], question: str) -> list[str]:
    """Return the columns that tell respondents apart, or teams where each has a row of its own for each question."""
    persons = [h for h in others if {*_PERSONAL} & _sure_meanings(h)]
    waves = [h for h in others if Meaning.WAVE in _sure_meanings(h)]
    units = [h for h in others if set(_UNITS) & _sure_meanings(h)]
    if persons:
        return [persons[0], *waves]
    if TIMES_GIVEN in others:
        return []
    asked = table.column(question)
    for key in filter(None, (units, [*units, *waves])):
        columns = [table.column(heading) for heading in key]
        pairs = Counter(zip(*columns, asked, strict=True))
        if units and max(pairs.values(), default=0) == 1:
            return list(key)
    for heading in others:
        cells = table.column(heading)
        n_different = len(set(cells))
        pairs = Counter(zip(cells, asked, strict=True))
        if heading not in units and n_different > 1 and max(pairs.values(), default=0) == 1 and all(cells):
            return [heading, *waves]
    return []


def _grouped(table: HeadedSheet, rows: Sequence[int], key: Sequence[str], question: str) -> list[list[int]]:
    """Return the rows of each respondent; whoever answered a question again has a row of that, too."""
    if not key:
        return [[row] for row in rows]
    columns = [table.column(heading) for heading in key]
    asked = table.column(question)
    times: Counter[tuple[str, ...]] = Counter()
    groups: dict[tuple[tuple[str, ...], int], list[int]] = {}
    for row in rows:
        own = tuple(column[row] for column in columns)
        times[*own, asked[row]] += 1
        groups.setdefault((own, times[*own, asked[row]]), []).append(row)
    return list(groups.values())


def _differ(table: HeadedSheet, heading: str, members: Sequence[int]) -> bool:
    column = table.column(heading)
    return len({column[row] for row in members}) > 1


def _rows_of_first(
    table: HeadedSheet, grouped: Sequence[Sequence[int]], asked: Sequence[str], wanted: Sequence[str]
) -> list[int]:
    """Return for each group the row of the first question that it answered."""
    order = {text: place for place, text in enumerate(wanted)}
    return [min(members, key=lambda row: order[asked[row]]) for members in grouped]
