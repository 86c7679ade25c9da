"""The family of errors that Cultureshift raises on purpose.

Every message answers four questions: where, what was wanted (with unit and range), what came, what to try.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = ["CultureshiftError", "Fault", "InputError", "OutputError", "nearest_name", "unread"]

_LONGEST_REASON = 100

FAULTS_TOLD = 200
"""Faults that a message lists one by one; all of them are in the error's ``faults``."""


class CultureshiftError(Exception):
    """Base of all errors that a user of Cultureshift can cause."""

    def __str__(self) -> str:
        return _writable(super().__str__())


class OutputError(CultureshiftError):
    """Results cannot be written or read where the user asked for it."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with an input.

    Parameters
    ----------
    where : file and place in it: a key path (``timeline[2].intensity``) or a line (``line 17``)
    wanted : what would be right, with unit and range
    came : what was found instead
    hint : what to try, may be empty
    """

    where: str
    wanted: str
    came: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: wanted {self.wanted}, got {self.came}"
        return _writable(f"{text}; {self.hint}" if self.hint else text)


class InputError(CultureshiftError):
    """An input (scenario, table, argument) has one or more faults; all of them are listed.

    Parameters
    ----------
    faults : every fault found, in the order of the input
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: Sequence[Fault] = tuple(faults)
        told = [str(fault) for fault in self.faults[:FAULTS_TOLD]]
        if (n_more := len(self.faults) - len(told)) > 0:
            told.append(f"and {n_more} more fault{'s' if n_more > 1 else ''}")
        super().__init__("\n".join(told))

    def __reduce__(self) -> tuple[type[InputError], tuple[Sequence[Fault]]]:
        return InputError, (self.faults,)

    @classmethod
    def single(cls, where: str, wanted: str, came: object, hint: str = "") -> InputError:
        """Return an error with one fault."""
        return cls([Fault(where, wanted, str(came), hint)])


def _writable(text: str) -> str:
    """Return a text with half a character, as JSON and names of files may hold one, spelt out: nothing can write it."""
    return text.encode(errors="backslashreplace").decode()


def unread(error: ValueError | RecursionError) -> str:
    """Return why Python's readers of text could not read one, in words for whoever wrote it.

    Examples
    --------
    >>> unread(RecursionError("maximum recursion depth exceeded while decoding a JSON array"))
    'lists or tables too deep inside one another'
    """
    if isinstance(error, RecursionError):
        return "lists or tables too deep inside one another"
    if "set_int_max_str_digits" in str(error):
        return "a whole number of thousands of digits"
    return str(error).split("\n")[0][:_LONGEST_REASON]


def nearest_name(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the closest known name, or an empty string when none is close.

    Examples
    --------
    >>> nearest_name("dialoge", ["dialogue", "shock"])
    'did you mean "dialogue"?'
    """
    matches = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f'did you mean "{matches[0]}"?' if matches else ""
