"""Your service: files on their way to an organisation, understood in a worker, changed by hand, and understood anew.

What is shown is what :mod:`sim.inputs.imports` says; there is no other reader. People are never named: sentences quote
no ids, and where files know people by name only, numbers that chance gives take the place of names.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from sim.base.errors import Fault, InputError
from sim.base.worker_pool import TooLongError, for_at_most
from sim.dashboard.uploads import (
    MOST_BYTES,
    MOST_FILES,
    MOST_STAFF,
    UploadContents,
    UploadedScenario,
    new_folder,
    refuse_size,
    without_folder,
)
from sim.inputs.imports import (
    Answers,
    Entered,
    Imported,
    Kind,
    Limits,
    Mapping,
    Notes,
    Question,
    SheetMapping,
    UnansweredError,
    Understood,
    import_understood,
    summary_of,
    text_of_mapping,
    understand,
    write_import,
)
from sim.inputs.imports.columns import meaning_of
from sim.inputs.imports.words import Meaning

__all__ = [
    "MEANINGS",
    "ImportRequest",
    "ImportResult",
    "OwnService",
    "SheetResult",
    "as_upload",
    "folder_as_zip",
    "mapping_as_toml",
    "read_piece",
]  # fmt: skip

LIMITS = Limits(
    rows=100_000, columns=600, cells=2_000_000, letters=20_000_000, unpacked=60_000_000, memory=900_000_000, seconds=20
)
"""What one file may take on a page."""

MOST_SECONDS = 25
"""Processor time in which all files together have to be understood, so that nobody waits for long behind them."""

_ONE_EACH = frozenset(Meaning) - {Meaning.NAME, Meaning.ITEM, Meaning.IGNORED}

MEANINGS = (
    *(str(one) for one in Meaning if one is not Meaning.ITEM),
    *(f"item {n}{' reversed' * turned}" for n in range(1, 8) for turned in (False, True)),
)
# --- in a worker ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ImportRequest:
    """What a worker is to understand.

    Parameters
    ----------
    folder, files : where the files are
    mapping : what is known of them, with answers
    pseudonyms : whether ids are not wanted
    into : an empty folder for the tables
    """

    folder: Path
    files: tuple[str, ...]
    mapping: Mapping
    pseudonyms: bool
    into: Path


@dataclass(frozen=True)
class ColumnResult:
    """One column, and what it was understood to mean; see :class:`sim.inputs.imports.columns.Recognised`."""

    heading: str
    meaning: str
    certainty: float
    why: str


@dataclass(frozen=True)
class SheetResult:
    """One sheet, and what it was understood to be; see :class:`sim.inputs.imports.Understood`."""

    title: str
    kind: Kind
    n_rows: int
    header_row: int
    columns: tuple[ColumnResult, ...]


@dataclass(frozen=True)
class ImportResult:
    """What came of files.

    Parameters
    ----------
    sheets : all of them
    notes : what was understood, assumed, left out, and of distinct values
    questions : what has to be answered first
    faults : what else stands in the way, in sentences
    summary : the organisation in a few lines; empty where there is none yet
    entered, agrees_above : what the survey says by team, and the score above which somebody agrees
    mapping : all that was understood; None where there is no organisation yet
    """

    sheets: tuple[SheetResult, ...] = ()
    notes: Notes = field(default_factory=Notes)
    questions: tuple[Question, ...] = ()
    faults: tuple[Fault, ...] = ()
    summary: tuple[str, ...] = ()
    entered: tuple[Entered, ...] = ()
    agrees_above: float = 0.0
    mapping: Mapping | None = None

    @property
    def is_whole(self) -> bool:
        """Whether there is an organisation."""
        return bool(self.summary)


def read_piece(asked: ImportRequest) -> ImportResult:
    """Understand files, and write the tables of the organisation that they tell of; what is wrong is in the answer."""
    try:
        with for_at_most(MOST_SECONDS):
            return _understood(asked)
    except TooLongError:
        hint = "bring fewer columns, or use the command line: cultureshift organisation import"
        wanted = f"files that are understood in {MOST_SECONDS} seconds of a processor"
        return ImportResult(faults=(Fault("files", wanted, "some that take longer", hint),))


def _understood(asked: ImportRequest) -> ImportResult:
    notes = Notes(people_are_named=False)
    sheets: list[Understood] = []
    try:
        sheets = understand([asked.folder / name for name in asked.files], asked.mapping, LIMITS)
        pseudonyms = asked.pseudonyms or _names_are_ids(sheets)
        imported = import_understood(sheets, asked.mapping, pseudonyms=pseudonyms, notes=notes)
        _check_staff(imported)
        write_import(imported, asked.into)
    except InputError as error:
        questions = error.questions if isinstance(error, UnansweredError) else ()
        faults = [one for one in error.faults if one not in [question.fault for question in questions]]
        found = without_folder(faults, asked.folder)
        return ImportResult(tuple(map(_sheet, sheets)), notes, questions, tuple(without_folder(found, asked.into)))
    return ImportResult(
        tuple(map(_sheet, sheets)), notes, summary=tuple(summary_of(imported)), entered=tuple(imported.entered),
        agrees_above=imported.agrees_above, mapping=imported.mapping,
    )  # fmt: skip


def _names_are_ids(sheets: list[Understood]) -> bool:
    """Tell whether people of a staff list are told apart by their names or addresses alone."""
    return any(
        one.kind == "people" and not one.has(Meaning.ID) and one.has(Meaning.NAME, Meaning.EMAIL) for one in sheets
    )


def _check_staff(imported: Imported) -> None:
    n_people = len(imported.tables["people.csv"]) - 1
    if n_people > MOST_STAFF:
        hint = "use the command line: cultureshift organisation import"
        raise InputError.single("staff list", f"at most {MOST_STAFF:,} people on a page", f"{n_people:,}", hint)


def _sheet(one: Understood) -> SheetResult:
    columns = () if one.kind == "matrix" else one.columns
    return SheetResult(
        one.table.title, one.kind, one.table.n_rows, one.table.header_line,
        tuple(ColumnResult(own.heading, own.meaning, own.certainty, own.why) for own in columns),
    )  # fmt: skip


# --- what somebody has brought, and changed ---------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnService:
    """Files of one tab, what is known of them, and what came of them.

    Parameters
    ----------
    folder : where the files are, on the server
    files : their names
    mapping : what is known of them: from a file, or changed by hand
    programme : a scenario file that came with them
    pseudonyms : whether ids are not wanted
    first : how each column was understood at first, by sheet and heading
    told : what came of them; None until that is known
    turn, told_turn : changes so far, and how many were made when this came of it
    made : the folder with the tables, once there is an organisation
    """

    folder: Path
    files: tuple[str, ...] = ()
    mapping: Mapping = field(default_factory=Mapping)
    programme: UploadedScenario | None = None
    pseudonyms: bool = False
    first: dict[tuple[str, str], ColumnResult] = field(default_factory=dict)
    told: ImportResult | None = None
    turn: int = 0
    told_turn: int = 0
    made: Path | None = None

    @property
    def is_stale(self) -> bool:
        """Whether something was changed since it was understood."""
        return self.turn != self.told_turn

    @classmethod
    def begun(cls) -> OwnService:
        """Return one without files.

        Raises
        ------
        InputError : the server keeps too many already
        """
        return cls(new_folder())

    def with_files(self, brought: UploadContents) -> OwnService:
        """Return it with more files; one of the same name takes the place of the one before.

        Raises
        ------
        InputError : these are too many, or too much together
        """
        names = dict.fromkeys((*self.files, *brought.tables))
        if len(names) > MOST_FILES:
            hint = "remove one, or begin anew"
            raise InputError.single("upload", f"at most {MOST_FILES} files together", f"{len(names)}", hint)
        kept = [name for name in self.files if name not in brought.tables]
        size = sum((self.folder / name).stat().st_size for name in kept) + sum(map(len, brought.tables.values()))
        if size > MOST_BYTES:
            refuse_size(size)
        for name, content in brought.tables.items():
            (self.folder / name).write_bytes(content)
        anew = {key: one for key, one in self.first.items() if key[0].partition(", sheet ")[0] in kept}
        return self._changed(
            files=tuple(names), first=anew, mapping=brought.mapping or self._forgetting(brought.tables),
            programme=brought.programme or self.programme,
        )  # fmt: skip

    def without_file(self, name: str) -> OwnService:
        """Return it without a file.

        Raises
        ------
        InputError : there is none of this name
        """
        self._check(name, self.files, "file")
        (self.folder / name).unlink(missing_ok=True)
        files = tuple(own for own in self.files if own != name)
        return self._changed(files=files, mapping=self._forgetting({name: b""}))

    def with_pseudonyms(self, wanted: bool) -> OwnService:
        """Return it with numbers that chance gives in place of ids, or with ids."""
        return self._changed(pseudonyms=wanted)

    def _changed(self, **changes: Any) -> OwnService:
        return replace(self, turn=self.turn + 1, **changes)

    def _forgetting(self, files: dict[str, bytes]) -> Mapping:
        """Return what is known without what is known of some files."""
        kept = {title: one for title, one in self.mapping.sheets.items() if title.partition(", sheet ")[0] not in files}
        return self.mapping.model_copy(update={"sheets": kept})

    def with_told(self, told: ImportResult, into: Path, turn: int) -> OwnService:
        """Return it with what came of its files as they were at a turn."""
        first = {(sheet.title, column.heading): column for sheet in told.sheets for column in sheet.columns}
        made = into if told.is_whole else None
        return replace(self, told=told, told_turn=turn, made=made, first={**first, **self.first})

    # --- changes ------------------------------------------------------------------------------------------------------

    def with_kind(self, title: str, kind: str) -> OwnService:
        """Return it with another kind of table.

        Raises
        ------
        InputError : there is no such sheet, or no such kind
        """
        self._check(kind, get_args(Kind), "kind of table")
        return self._with_sheet(title, lambda sheet: sheet.model_copy(update={"kind": kind}))

    def with_meaning(self, title: str, heading: str, meaning: str) -> OwnService:
        """Return it with another meaning of a column; another column that had it is left out.

        Raises
        ------
        InputError : there is no such column, or no such meaning
        """
        self._check(meaning, MEANINGS, "meaning")

        def change(sheet: SheetMapping) -> SheetMapping:
            self._check(heading, sheet.columns, "column")
            columns = {
                own: str(Meaning.IGNORED) if old == meaning and meaning_of(meaning) in _ONE_EACH else old
                for own, old in sheet.columns.items()
            }
            return sheet.model_copy(update={"columns": {**columns, heading: meaning}})

        return self._with_sheet(title, change)

    def with_word(self, kind: str, text: str, meaning: str) -> OwnService:
        """Return it with another meaning of a value; an empty one is understood by itself again.

        Raises
        ------
        InputError : no mapping can hold it
        """
        words = {key: dict(own) for key, own in self.mapping.words.items()}
        if meaning:
            words.setdefault(kind, {})[text] = meaning
        elif kind in words:
            words[kind].pop(text, None)
        return self._with({"words": words})

    def with_answers(self, **answers: Any) -> OwnService:
        """Return it with answers; one of None is asked for again.

        Raises
        ------
        InputError : there is no such question, or no such answer
        """
        for name in answers:
            self._check(name, Answers.model_fields, "answer")
        return self._with({"answers": {**self.mapping.answers.model_dump(), **answers}})

    def _with(self, changes: dict[str, Any]) -> OwnService:
        try:
            mapping = Mapping.model_validate({**self.mapping.model_dump(), **changes})
        except ValidationError as error:
            faults = [Fault("change", str(one["msg"])[:200], repr(one["input"])[:60]) for one in error.errors()]
            raise InputError(faults) from None
        return self._changed(mapping=mapping)

    def _with_sheet(self, title: str, change: Callable[[SheetMapping], SheetMapping]) -> OwnService:
        """Return it with what is known of a sheet changed; of all others it is known now as it was understood."""
        told = {
            one.title: SheetMapping(
                kind=one.kind, header_row=one.header_row, columns={own.heading: own.meaning for own in one.columns}
            )
            for one in (self.told.sheets if self.told else ())
        }
        self._check(title, told, "table")
        sheets = {**told, title: change(told[title])}
        return self._changed(mapping=self.mapping.model_copy(update={"sheets": sheets}))

    @staticmethod
    def _check(name: str, known: Any, what: str) -> None:
        if name not in known:
            raise InputError.single("change", f"a {what} that there is", repr(name[:60]))

    # --- files --------------------------------------------------------------------------------------------------------

    def asked(self) -> ImportRequest:
        """Return what a worker is to understand now.

        Raises
        ------
        InputError : the server keeps too many folders already
        """
        return ImportRequest(self.folder, self.files, self.mapping, self.pseudonyms, new_folder())


def folder_as_zip(service: OwnService) -> bytes:
    """Return the tables, the mapping and the report as an archive.

    Raises
    ------
    InputError : there is no organisation yet
    """
    if service.made is None:
        raise InputError.single("download", "an organisation", "none yet", "answer what is asked first")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(service.made.iterdir()):
            archive.writestr(zipfile.ZipInfo(f"my-service/{path.name}"), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def mapping_as_toml(service: OwnService) -> bytes:
    """Return what was understood, to be used again next year.

    Raises
    ------
    InputError : there is no organisation yet
    """
    if service.told is None or service.told.mapping is None:
        raise InputError.single("download", "what was understood", "nothing yet", "answer what is asked first")
    return text_of_mapping(service.told.mapping).encode()


def as_upload(service: OwnService) -> list[dict[str, str]]:
    """Return the files as somebody would bring them again, with what was understood and the programme that came along.

    Raises
    ------
    InputError : there is no organisation yet, or they would be too many or too large to be brought at once
    """
    files = {name: (service.folder / name).read_bytes() for name in service.files}
    files["mapping.toml"] = mapping_as_toml(service)
    if service.programme is not None:
        files[service.programme.name] = service.programme.content
    if len(files) > MOST_FILES:
        came = f"{len(service.files)}, with what was understood of them"
        raise InputError.single("keep", f"at most {MOST_FILES} files together", came, "download the finished folder")
    if (size := sum(map(len, files.values()))) > MOST_BYTES:
        refuse_size(size)
    return [{"name": name, "content": base64.b64encode(content).decode("ascii")} for name, content in files.items()]
