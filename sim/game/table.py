"""A table at play: its state, its service, and its log, event by event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sim.game import moves
from sim.game.days import Days
from sim.game.missing import as_played_by_the_model
from sim.game.service import Service, Standing, WeeksPlayed
from sim.game.setup import CHAIRS, Setup
from sim.game.state import Game, GameEvent, OfferAnswer, opened

__all__ = ["GameTable"]


def _nowhere(_event: GameEvent) -> None:
    """Keep nothing."""


class GameTable:
    """A table that is played at, here and now.

    A quarter is closed as soon as everybody who plays has decided; :meth:`close` closes it for those who have not. One
    thread at a time may act; :attr:`played` takes some hundredths of a second for each quarter that is new.

    Parameters
    ----------
    setup : what it begins with
    keep : called with each event before it counts: once it returns, the event is not lost
    start : where the service stands at week 0, if that is known

    Examples
    --------
    >>> from sim.game.opening import new_setup
    >>> table = GameTable(new_setup(quarters=2))
    >>> table.take(1, "Ann")
    >>> table.decide(1, Days.beyond_fixing(together=10, staff=10, leaders=10))
    >>> table.game.quarter, len(table.played)
    (2, 1)
    """

    def __init__(
        self, setup: Setup, keep: Callable[[GameEvent], None] = _nowhere, start: Standing | None = None
    ) -> None:
        self.service = Service(setup, start)
        self.game = Game(setup)
        self._keep = keep

    @classmethod
    def opened(cls, setup: Setup, keep: Callable[[GameEvent], None] = _nowhere) -> GameTable:
        """Return a new table whose opening is kept."""
        keep(opened(setup))
        return cls(setup, keep)

    @classmethod
    def of(cls, game: Game, service: Service, keep: Callable[[GameEvent], None] = _nowhere) -> GameTable:
        """Return a table as it stands, with what is known of its service."""
        table = cls(game.setup, keep)
        table.game, table.service = game, service
        return table

    @classmethod
    def resumed(cls, events: Iterable[GameEvent], keep: Callable[[GameEvent], None] = _nowhere) -> GameTable:
        """Return the table that a log adds up to; a quarter that all had decided when it broke off is closed."""
        game = Game.of(events)
        table = cls(game.setup, keep)
        table.game = game
        table._close_when_decided()
        return table

    @property
    def played(self) -> tuple[WeeksPlayed, ...]:
        """What each quarter so far has done to the service."""
        return self.service.quarters(self.game)

    def take(self, chair: int, name: str) -> None:
        """Let somebody sit down."""
        self._happen(moves.take(self.game, chair, name))

    def leave(self, chair: int) -> None:
        """Let somebody get up; the others may have waited for nobody else."""
        self._happen(moves.leave(self.game, chair))
        self._close_when_decided()

    def answer(self, said: OfferAnswer | Mapping[str, Any]) -> None:
        """Let the two say what they do who are called away."""
        self._happen(moves.answer(self.game, said))

    def decide(self, chair: int, days: Days | Mapping[str, float]) -> None:
        """Let somebody decide on the quarter under way."""
        self._happen(moves.decide(self.game, chair, days))
        self._close_when_decided()

    def close(self) -> None:
        """Close the quarter under way; the model decides for whoever has not."""
        by_model = {
            chair: as_played_by_the_model(self.game.setup, self.played, chair)
            for chair in CHAIRS
            if self.game.decided[chair - 1] is None
        }
        for event in moves.close(self.game, by_model):
            self._happen(event)

    def _close_when_decided(self) -> None:
        if any(self.game.decided) and not self.game.awaited:
            self.close()

    def _happen(self, event: GameEvent) -> None:
        after = self.game.after(event)
        self._keep(event)
        self.game = after
