"""Whom an entry of a timeline names, in words: so that what several people do can be told apart."""

from __future__ import annotations

from sim.base.phrasing import listed
from sim.inputs.interventions import EVERYBODY, Intervention
from sim.inputs.organisation import Organisation

__all__ = ["title_and_whose", "whose"]


def whose(entry: Intervention, organisation: Organisation) -> str:
    """Return which senior leaders an entry names; nothing where it names none.

    Parameters
    ----------
    entry : the entry
    organisation : that of its scenario
    """
    which: tuple[int, ...] = getattr(entry, "which", None) or ()
    return listed([_leader(place, organisation) for place in which]) if which else ""


def title_and_whose(title: str, entry: Intervention, organisation: Organisation) -> str:
    """Return what an entry is called, and whom it is about where that is not everybody.

    Parameters
    ----------
    title : what it is called
    entry, organisation : as for :func:`whose`
    """
    names = whose(entry, organisation)
    label = f"{title}: {names}" if names else title
    return label if entry.target == EVERYBODY else f"{label} (some)"


def _leader(place: int, organisation: Organisation) -> str:
    """Return what a senior leader is called who has a place, from 1; in several services that is nobody's name."""
    is_named = organisation.names is not None
    return f"senior leader {place}" if is_named and organisation.n_services > 1 else organisation.senior_name(place - 1)
