"""What somebody at a table may see meanwhile: no other's days before all have decided, and nothing of safety."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.game.days import Days
from sim.game.service import WeeksPlayed
from sim.game.setup import CHAIRS
from sim.game.signals import signals
from sim.game.state import Game
from sim.game.telling import Rows, of_the_quarter, of_the_quarter_before

__all__ = ["ChairView", "seen_by"]


@dataclass(frozen=True)
class ChairView:
    """What is shown to one of the three.

    Parameters
    ----------
    title : of the post
    quarter : what everybody is told of the quarter under way, the first line its name
    told : what only this post is told of the quarter before
    before : days meant and given in the quarter before, of all three; None in the first
    mine : what he or she has decided for the quarter under way; None as long as it is open
    as_before : what he or she meant to do in the quarter before; as usual in the first
    awaited : the titles of those who have not decided yet
    is_asked : whether an answer to an offer is waited for before anybody decides
    """

    title: str
    quarter: tuple[str, ...]
    told: tuple[str, ...]
    before: Rows | None
    mine: Days | None
    as_before: Days
    awaited: tuple[str, ...]
    is_asked: bool


def seen_by(game: Game, played: Sequence[WeeksPlayed], chair: int) -> ChairView:
    """Return what somebody may see of a game that is not over.

    Parameters
    ----------
    game : the table as it stands
    played : what its quarters have done to the service
    chair : of whoever looks
    """
    usual = Days.usual(game.setup.base.parameters)
    return ChairView(
        title=game.title(chair),
        quarter=tuple(of_the_quarter(game)),
        told=signals(game, played)[chair],
        before=of_the_quarter_before(game, played) if played else None,
        mine=game.decided[chair - 1],
        as_before=game.closed[-1].days[chair - 1] if game.closed else usual,
        awaited=tuple(game.title(other) for other in CHAIRS if other in game.awaited),
        is_asked=game.offer is not None,
    )
