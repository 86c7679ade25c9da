"""Whom an entry of a timeline names, in words: so that what several people do can be told apart."""

from __future__ import annotations

from sim.inputs.interventions import EVERYBODY, Intervention
from sim.inputs.organisation import Organisation
from sim.report.phrasing import listed

__all__ = ["title_and_whose"]


def title_and_whose(title: str, entry: Intervention, organisation: Organisation) -> str:
    """Return what an entry is called, and whom it is about where that is not everybody.

    Parameters
    ----------
    title : what it is called
    entry : the entry
    organisation : that of its scenario
    """
    which: tuple[int, ...] = getattr(entry, "which", None) or ()
    whose = f": {listed([_leader(place, organisation) for place in which])}" if which else ""
    return f"{title}{whose}" if entry.target == EVERYBODY else f"{title}{whose} (some)"


def _leader(place: int, organisation: Organisation) -> str:
    """Return what a senior leader is called who has a place, from 1; in several services that is nobody's name."""
    is_named = organisation.names is not None
    return f"senior leader {place}" if is_named and organisation.n_services > 1 else organisation.senior_name(place - 1)
