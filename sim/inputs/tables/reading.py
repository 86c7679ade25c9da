"""Tables in a folder become an organisation, or a list of everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sim.base.errors import Fault, InputError, nearest_name
from sim.inputs.organisation import Organisation, OrganisationShape
from sim.inputs.tables.columns import TABLES
from sim.inputs.tables.given_ties import place_ties, read_ties
from sim.inputs.tables.people import arrange, read_people
from sim.inputs.tables.placing import place_scores
from sim.inputs.tables.survey import read_survey

__all__ = ["read_organisation"]

_TABLE_ENDINGS = {".csv", ".tsv", ".txt", ".xls", ".xlsx", ".ods"}
_DRAWN_TIES = OrganisationShape()


def read_organisation(folder: Path, shape: OrganisationShape = _DRAWN_TIES) -> Organisation:
    """Read an organisation from the tables in a folder.

    Services and teams stand in the order in which they first appear in ``people.csv``, people of a team likewise.
    Team leaders and senior leaders are not staff rows. What was assumed, or given and not used, is in ``notices``.

    Parameters
    ----------
    folder : holds ``people.csv`` and, if there are any, ``ties.csv`` and ``survey.csv``
    shape : how ties are drawn where there is no ``ties.csv`` (its sizes are not used), and the seed of what is drawn

    Raises
    ------
    InputError : tables are missing or have faults; all of them are listed, with file, line and column
    """
    people_path, ties_path, survey_path = (folder / name for name in TABLES)
    _check_folder(folder)
    people = read_people(people_path)
    ties = read_ties(ties_path, people) if ties_path.exists() else None
    survey = read_survey(survey_path, people) if survey_path.exists() else None
    faults = people.table.found.in_order()
    faults += [fault for other in (ties, survey) if other is not None for fault in other.table.found.in_order()]
    if faults:
        raise InputError(faults)
    organisation, seating = arrange(people, shape)
    notices = [*organisation.notices]
    if ties is not None:
        given_ties, tie_notices = place_ties(ties, people, organisation, seating)
        organisation = replace(organisation, given_ties=given_ties)
        notices += tie_notices
    if survey is not None:
        scores, survey_notices = place_scores(survey, people, organisation, seating)
        organisation = replace(organisation, scores=scores)
        notices += survey_notices
    return replace(organisation, notices=(*notices, *_files_not_read(folder)))


def _check_folder(folder: Path) -> None:
    """Make sure that there is a folder with ``people.csv`` in it."""
    wanted = "a folder with people.csv, and if you have them ties.csv and survey.csv"
    try:
        found = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        raise InputError([Fault(str(folder), wanted, "nothing of that name")]) from None
    except NotADirectoryError:
        hint = "give the folder that the tables are in"
        raise InputError([Fault(str(folder), wanted, "a file", hint)]) from None
    except (OSError, ValueError) as error:
        raise InputError([Fault(str(folder), wanted, f"one that cannot be read ({error})")]) from None
    if "people.csv" not in found:
        came = f"a folder with {', '.join(found[:10])}" if found else "an empty folder"
        raise InputError([Fault(str(folder), wanted, came, nearest_name("people.csv", found))])


_BESIDE = ("numbers.csv", "waves.csv")
"""What an import writes beside the tables."""


def _files_not_read(folder: Path) -> Iterator[str]:
    """Name tables that lie in the folder but have no name that is read, so that no slip in a name goes unnoticed."""
    others = [
        path.name
        for path in folder.iterdir()
        if path.suffix.lower() in _TABLE_ENDINGS and path.name not in (*TABLES, *_BESIDE)
    ]
    if others:
        yield f"Not read: {', '.join(sorted(others))}; the tables are called {', '.join(TABLES)}."
