"""The folder of a study or an analysis: gone on with if it is the same one, and never made of what is not ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.base.destination import FolderDestination, entries
from sim.base.errors import OutputError
from sim.base.unfinished import take_back_unfinished

if TYPE_CHECKING:
    from sim.results.store import Keep
    from sim.results.store.description import Description
    from sim.rulebook.own_rules import Recorded

__all__ = ["OWN_TABLES", "StudyFolder"]

OWN_TABLES = "organisation"
"""A folder in that of an analysis: the tables that it is run with, where they are not those that were given."""

_BEGUN = {"parts", "lock", OWN_TABLES}
"""What there is of a store whose beginning was cut short."""


@dataclass(frozen=True)
class StudyFolder(FolderDestination):
    """A folder that keeps runs, so that the same command goes on where it stopped; its answer is written beside them.

    Parameters
    ----------
    folder, names, force : as for any folder; the names are those of the answer
    title : of the study that is wanted there, None if that is not known; with ``force`` it takes the place of another
        one, and runs that both need are kept
    keep : what it keeps of each run, None if that is not known
    own : the rules from outside the package that it is to be run with
    """

    title: str | None = None
    keep: Keep | None = None
    own: Sequence[Recorded] = ()

    def check(self) -> None:
        """Make sure that the study may be run there, before anything is.

        Raises
        ------
        OutputError : it is a file, or holds something else or another study
        InputError : a newer Cultureshift wrote it, or it was begun with other rules, or under another contract
        """
        from sim.results.store.description import STORE_FILE

        take_back_unfinished()
        found = entries(self.folder)
        if not found:
            return
        if STORE_FILE not in found:
            if found <= _BEGUN and not entries(self.folder / "parts"):
                return
            return self._check_without_store(found)
        described = _described(self.folder)
        there = _title(described)
        if described is not None:
            described.check_contract(str(self.folder))
        if described is not None and self.title is not None:
            described.check_rules(self.title, self.own, str(self.folder))
        if described is not None and self._is_another(there) and self.keep not in (None, described.kept):
            raise OutputError(
                f'{self.folder}: holds another study, "{there}", which keeps other series of each run; '
                "choose another folder with --out"
            )
        if self._is_another(there) and not self.force:
            raise OutputError(
                f'{self.folder}: holds another study, "{there}"; choose another folder with --out, '
                "or let this one take its place with --force (runs that both need are kept)"
            )
        self.check_names(found)

    def _check_without_store(self, found: set[str]) -> None:
        """Let results of a kind that kept no runs be replaced, if that is asked for, and nothing else be touched."""
        results = set(self.written())
        if not self.force or found - results:
            more = ", or replace earlier results with --force" if not found - results else ""
            raise OutputError(f"{self.folder}: is not empty and holds no study; choose another folder with --out{more}")

    def _is_another(self, there: str) -> bool:
        return self.title is not None and there not in ("", self.title)


def _described(folder: Path) -> Description | None:
    """Return what the store in a folder says of itself; None if it has none, or a damaged one, which is made anew."""
    from sim.results.store.description import STORE_FILE, read_description
    from sim.results.store.reading import DamagedStoreError

    try:
        return read_description(folder) if (folder / STORE_FILE).exists() else None
    except DamagedStoreError:
        return None


def _title(described: Description | None) -> str:
    """Return the title of a study; empty if it is not known."""
    return "" if described is None else described.study.title
