"""What was understood of files, kept as TOML: to be looked at, changed, and used again next year.

A mapping says of each sheet what kind of table it is, where its headings stand and what each column means; of words in
cells what they mean; and it holds the answers to what cannot be known from the files.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sim.base.errors import Fault, InputError
from sim.base.field_messages import WrongValueError, as_written
from sim.base.files import read_file
from sim.inputs.imports.answers import NO_ANSWER
from sim.inputs.imports.values import to_number
from sim.inputs.imports.words import Meaning
from sim.inputs.organisation import STAFF_GROUP_NAMES
from sim.inputs.tables.columns import Role

__all__ = ["NO_COLUMN", "WORDS", "Answers", "Kind", "Mapping", "SheetMapping", "read_mapping", "text_of_mapping"]

NO_COLUMN = "none"
"""The answer that no column is meant."""

LARGEST_MAPPING = 20_000_000
_HEAD = """\
# How files were understood, for: cultureshift organisation import FILE... --mapping THIS
# Change what is wrong and import again; next year the same file serves for tables with the same headings.
# Columns mean: {meanings}.
# Scores and items may be reversed, as in "safety reversed": those who agree do not feel safe; "unclear" is asked about.
"""

WORDS = {"role": tuple(map(str, Role)), "staff group": STAFF_GROUP_NAMES}
"""What words of each kind can mean; an answer means a number, or that there is none."""

Kind = Literal["people", "survey", "ties", "matrix", "leavers", "posts", "vacancies", "ignored"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class SheetMapping(_Strict):
    """What was understood of one sheet."""

    kind: Kind
    header_row: int = Field(ge=0, le=2_000_000, description="line of the headings; 0 where there are none")
    columns: dict[str, str] = Field(default_factory=dict, description="what each heading means")


class Answers(_Strict):
    """Answers to what files do not tell; None where nobody was asked."""

    scores: Literal["means", "agreeing", "personal"] | None = Field(None, description="what scores of teams are")
    scale: str | None = Field(None, pattern=r"^-?\d+(\.\d+)? to -?\d+(\.\d+)?$", description='such as "1 to 5"')
    agreement: Literal["safe", "not safe"] | None = Field(
        None, description="what those feel who agree, where a question can be read both ways"
    )
    agreeing_from: float | None = Field(None, description="the lowest answer on the scale that counts as agreeing")
    wave: str | None = Field(None, max_length=200, description="the wave of a survey that is used, or its file")
    teams: Literal["as given", "by leader", "at random"] | None = Field(None, description="what to do with departments")
    team_size: int | None = Field(None, ge=2, le=45, description="staff of a team that is split off at random")
    staff_group: str | None = Field(None, description="staff group of those whose own is not understood")
    ids: str | None = Field(None, max_length=500, description="the heading of the column that tells people apart")
    question: str | None = Field(
        None, max_length=500, description="the heading of the question that tells how safe people feel"
    )
    weight: str | None = Field(
        None, max_length=500, description='the heading of the column that says how strong ties are, or "none"'
    )
    date: str | None = Field(None, pattern=r"^\d{4}-\d\d-\d\d$", description="the day that the tables are of")
    dates: Literal["day first", "month first"] | None = Field(None, description="which comes first in 03/04/2025")


class Mapping(_Strict):
    """Everything that was understood."""

    answers: Answers = Answers()
    sheets: dict[str, SheetMapping] = Field(default_factory=dict)
    words: dict[str, dict[str, str]] = Field(
        default_factory=dict, description='by kind of word ("role", "staff group", "answer") what each word means'
    )

    @field_validator("words")
    @classmethod
    def _check_words(cls, words: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for kind, meant in words.items():
            if kind not in (*WORDS, "answer"):
                raise WrongValueError(kind, f"one of {', '.join(WORDS)}, answer", as_written(kind))
            for word, meaning in meant.items():
                if kind in WORDS and meaning not in WORDS[kind]:
                    raise WrongValueError(f"{kind}: {word}", f"one of {', '.join(WORDS[kind])}", as_written(meaning))
                if kind == "answer" and meaning != NO_ANSWER and to_number(meaning) is None:
                    raise WrongValueError(f"{kind}: {word}", f"a number, or {NO_ANSWER}", as_written(meaning))
        return words


def read_mapping(path: Path) -> Mapping:
    """Read a mapping that :func:`text_of_mapping` wrote, and that somebody may have changed.

    Raises
    ------
    InputError : it is no TOML file, or does not say what a mapping says
    """
    wanted = "a mapping (TOML) that can be read"
    try:
        told = tomllib.loads(read_file(path, wanted, LARGEST_MAPPING).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError.single(str(path), wanted, str(error)[:200]) from None
    try:
        return Mapping.model_validate(told)
    except ValidationError as error:
        raise InputError(_fault(path, one) for one in error.errors()) from None


def _fault(path: Path, found: Any) -> Fault:
    where = ".".join(str(part)[:80] for part in found["loc"])
    cause = found.get("ctx", {}).get("error")
    if isinstance(cause, WrongValueError):
        return Fault(f"{path}: {where}.{cause.key[:80]}", cause.wanted, cause.came)
    return Fault(f"{path}: {where}", found["msg"][:200], str(found["input"])[:60])


def text_of_mapping(mapping: Mapping) -> str:
    """Return a mapping as TOML."""
    return _HEAD.format(meanings=", ".join(Meaning)) + "\n" + tomli_w.dumps(mapping.model_dump(exclude_none=True))
