"""What a table learns of itself, run in the background by the worker processes."""

from __future__ import annotations

import logging
from typing import Any

from sim.game.shown import debrief_shown
from sim.room.tables.state import Debriefing

__all__ = ["debriefed"]


def debriefed(wanted: Debriefing) -> dict[str, Any] | str:
    """Return what a table learns, or what went wrong; called in a worker."""
    try:
        return debrief_shown(wanted.game)
    except Exception as error:
        # Whatever is wrong with one table must not keep the others waiting; pages say so.
        logging.getLogger(__name__).exception("the twins of a game could not be run")
        return type(error).__name__
