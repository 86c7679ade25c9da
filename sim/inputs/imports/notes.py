"""What an import says: what was understood, assumed and left out, each with its number and reason, and what it asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sim.base.errors import Fault, InputError
from sim.inputs.tables.faults import shown

__all__ = ["Choice", "Notes", "Question", "UnansweredError", "Value", "counted", "some"]

_SHOWN = 5


@dataclass(frozen=True)
class Choice:
    """One way to answer a question.

    Parameters
    ----------
    says : in words
    answers : the fields of :class:`~sim.inputs.imports.Answers` that say so, and what they are set to
    """

    says: str
    answers: Mapping[str, str | int]


@dataclass(frozen=True)
class Question:
    """Something that files do not tell.

    Parameters
    ----------
    fault : what is asked, why, and how it is answered on a command line
    choices : the answers that are possible, the proposed one first where there is one
    """

    fault: Fault
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Value:
    """A distinct value of a column, understood once.

    Parameters
    ----------
    table, heading : where it stands
    kind : what kind of word it is in a mapping ("role", "staff group", "answer"); "" where no mapping can help
    text : as it stands
    count : rows with it
    taken_for : what it was understood to mean; "" where it was not
    proposal : what is done with it where it was not understood
    """

    table: str
    heading: str
    kind: str
    text: str
    count: int
    taken_for: str
    proposal: str = ""


class UnansweredError(InputError):
    """Something has to be answered before there is an organisation.

    Parameters
    ----------
    faults : everything that stands in the way
    questions : those that an answer mends
    """

    def __init__(self, faults: Iterable[Fault], questions: Sequence[Question]) -> None:
        super().__init__(faults)
        self.questions = tuple(questions)


@dataclass
class Notes:
    """Sentences for the report.

    Parameters
    ----------
    understood, assumed, left_out : in the order in which things were met
    asked : what has to be answered before anything is written
    values : distinct values of columns, and what each was taken for
    people_are_named : whether sentences may quote by which ids or names people are known
    """

    understood: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    people_are_named: bool = True

    def ask(self, where: str, wanted: str, came: str, hint: str, choices: Sequence[Choice] = ()) -> None:
        """Ask something; the hint says how to answer on a command line, or what to change where no answer helps."""
        self.asked.append(Question(Fault(where, wanted, came, hint), tuple(choices)))

    def whom(self, ids: Iterable[str]) -> str:
        """Return by which ids people are known, as the end of a sentence; nothing where they are not to be named."""
        return f": {some(ids)}" if self.people_are_named else ""


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with what it counts.

    Examples
    --------
    >>> counted(1, "row"), counted(1200, "person", "people")
    ('1 row', '1,200 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def some(names: Iterable[str], n_shown: int = _SHOWN) -> str:
    """Return a few names as a message quotes them.

    Examples
    --------
    >>> some(["a", "b"]), some("abcdefg", 2)
    ('"a", "b"', '"a", "b" and 5 more')
    """
    told = list(names)
    more = f" and {len(told) - n_shown:,} more" if len(told) > n_shown else ""
    return ", ".join(map(shown, told[:n_shown])) + more
