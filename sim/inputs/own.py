"""Files from outside the package: their rules, measures and kinds of intervention, for this process.

A file is named by whoever starts the work: on the command line, or in Python. No scenario, manifest, store, upload or
link can name one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.base.errors import Fault, InputError
from sim.inputs.interventions import own_kinds, take_up_kinds
from sim.rulebook.own_rules import RuleFile, read_rule_file
from sim.rulebook.rulebook import RULEBOOK, Rulebook, rulebook_of_files

__all__ = ["check_not_empty", "rulebook_with", "take_up"]


def rulebook_with(*files: str | Path) -> Rulebook:
    """Return the package's rules with those of files; timelines know the kinds of intervention that these declare.

    Parameters
    ----------
    files : in the order in which they join; each declares rules, measures, kinds of intervention, or several of these

    Raises
    ------
    InputError : a file cannot be read or executed, or declares nothing, or what it may not; all faults are listed

    Examples
    --------
    >>> rulebook_with() is RULEBOOK
    True
    """
    read = read_files(files)
    check_not_empty([file for file in read if not (file.rules() or file.measures() or own_kinds(file))])
    return take_up(read)


def read_files(paths: Sequence[str | Path]) -> list[RuleFile]:
    """Return files as they were read and executed.

    Raises
    ------
    InputError : a file cannot be read or executed; all faults are listed
    """
    faults: list[Fault] = []
    read: list[RuleFile] = []
    for path in paths:
        try:
            file = read_rule_file(path)
            file.rules()
            read.append(file)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return read


def check_not_empty(files: Sequence[RuleFile]) -> None:
    """Refuse files in which nothing was found.

    Raises
    ------
    InputError : there are such
    """
    wanted = "a file that declares a rule, a measure or a kind of intervention"
    hint = "declare RULE = Rule(name=..., steps=...), MEASURE = mean_over(...), or a class below Spell or Event"
    if files:
        raise InputError(Fault(file.name, wanted, "none", hint) for file in files)


def take_up(files: Sequence[RuleFile]) -> Rulebook:
    """Return the package's rules with those of files, and let timelines have entries of the kinds that they declare.

    Raises
    ------
    InputError : a rule, a measure or a kind is not what it should be
    """
    if not files:
        return RULEBOOK
    rulebook = rulebook_of_files(files)
    take_up_kinds(files)
    return rulebook
