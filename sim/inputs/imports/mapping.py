"""What was understood of files, kept as TOML: to be looked at, changed, and used again next year.

A mapping says of each sheet what kind of table it is, where its headings stand and what each column means; of words in
cells what they mean; and it holds the answers to what cannot be known from the files.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.base.errors import Fault, InputError
from sim.base.files import read_file
from sim.inputs.imports.words import Meaning

__all__ = ["Answers", "Kind", "Mapping", "SheetMapping", "read_mapping", "text_of_mapping"]

LARGEST_MAPPING = 20_000_000
_HEAD = """\
# How files were understood, for: cultureshift organisation import FILE... --mapping THIS
# Change what is wrong and import again; next year the same file serves for tables with the same headings.
# Columns mean: {meanings}.
# Scores and items may be reversed, as in "safety reversed": those who agree do not feel safe; "unclear" is asked about.
"""

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
    date: str | None = Field(None, pattern=r"^\d{4}-\d\d-\d\d$", description="the day that the tables are of")
    dates: Literal["day first", "month first"] | None = Field(None, description="which comes first in 03/04/2025")


class Mapping(_Strict):
    """Everything that was understood."""

    answers: Answers = Answers()
    sheets: dict[str, SheetMapping] = Field(default_factory=dict)
    words: dict[str, dict[str, str]] = Field(
        default_factory=dict, description='by kind of word ("role", "staff group", "answer") what each word means'
    )


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
        faults = [
            Fault(
                f"{path}: {'.'.join(str(part)[:80] for part in one['loc'])}", one["msg"][:200], str(one["input"])[:60]
            )
            for one in error.errors()
        ]
        raise InputError(faults) from None


def text_of_mapping(mapping: Mapping) -> str:
    """Return a mapping as TOML."""
    return _HEAD.format(meanings=", ".join(Meaning)) + "\n" + tomli_w.dumps(mapping.model_dump(exclude_none=True))
