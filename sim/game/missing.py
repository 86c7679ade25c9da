"""How the model plays whoever is missing: as usual, and as far as a purpose is shared, as the other two did last."""

from __future__ import annotations

from collections.abc import Sequence

from sim.game.days import Days
from sim.game.service import WeeksPlayed
from sim.game.setup import CHAIRS, Setup

__all__ = ["as_played_by_the_model"]

_PARTS_OF_A_DAY = 4


def as_played_by_the_model(setup: Setup, played: Sequence[WeeksPlayed], chair: int) -> Days:
    """Return what the model means to do in a chair.

    In the model leaders without an intention spend their time as usual. Whoever sits there goes along with the other
    two as far as he or she shares a purpose with them, which is a state of the model; nothing else is assumed. What
    counts is what the two came to give in the quarter before, for that is what can be seen of them.

    Parameters
    ----------
    setup : what the table began with
    played : the quarters so far
    chair : who is missing
    """
    usual = Days.usual(setup.base.parameters)
    if not played:
        return usual
    last = played[-1]
    shared = float(last.purpose[-1, chair - 1])
    others = [last.given(other) for other in CHAIRS if other != chair]
    parts = []
    for mine, *theirs in list(zip(usual.all, *(other.all for other in others), strict=True))[1:]:
        goes_to = mine + shared * (sum(theirs) / len(theirs) - mine)
        parts.append(round(goes_to * _PARTS_OF_A_DAY) / _PARTS_OF_A_DAY)
    return Days.beyond_fixing(*parts)
