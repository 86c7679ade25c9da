"""The rules that a dashboard runs: the package's, and those of the files that its command was started with.

They are the same for everybody who uses the server. Nothing that comes through it, an upload, a link or a room, can
name other ones.
"""

from __future__ import annotations

from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = ["rules", "run_with"]

_in_force: list[Rulebook] = [RULEBOOK]


def rules() -> Rulebook:
    """Return the rules that everything on the pages is run with."""
    return _in_force[-1]


def run_with(rulebook: Rulebook) -> None:
    """Let the pages run other rules; called once, before the server is started."""
    from sim.dashboard import catalogue

    _in_force[:] = [rulebook]
    catalogue.shipped.cache_clear()
