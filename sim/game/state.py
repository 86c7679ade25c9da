"""A table as it stands: frozen, and what all events of its log add up to.

Nothing here decides what may happen (``moves.py`` does), and nothing is computed: when a quarter is closed, the
decisions of all three are in the log, those that the model took for somebody too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from sim.base.version import CONTRACT
from sim.game.cards import CARDS, Card
from sim.game.days import Days, Frozen
from sim.game.setup import CHAIRS, Offer, Setup
from sim.inputs.organisation import SENIOR_TITLES

__all__ = ["TABLE", "ClosedQuarter", "Game", "GameEvent", "OfferAnswer", "opened"]

TABLE = 0
"""Who an event is by: a chair from 1 to 3, or this."""

_Style = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class GameEvent:
    """Something that happened at a table.

    Parameters
    ----------
    kind : opened, taken, left, answered, decided or closed
    by : a chair, or :data:`TABLE`
    data : the rest, in plain types
    """

    kind: str
    by: int
    data: Mapping[str, Any]


class OfferAnswer(Frozen):
    """What the two do who were offered other posts.

    ``leave``: others take their chairs, with a style of their own. ``change``: the two change chairs and stay involved.
    """

    does: Literal["leave", "change"] = Field(description="whether the two leave, or change chairs and stay involved")
    styles: tuple[_Style | None, _Style | None] = Field(
        (None, None),
        description="control-based management of those who follow (0 to 1); null: chance decides who comes",
    )


class ClosedQuarter(Frozen):
    """A quarter as it was decided.

    Parameters
    ----------
    days : what each of the three means to do, in the order of the chairs
    by_model : for whom the model decided
    """

    days: tuple[Days, Days, Days]
    by_model: tuple[bool, bool, bool] = (False, False, False)


def opened(setup: Setup) -> GameEvent:
    """Return the event with which a log begins."""
    return GameEvent("opened", TABLE, {"setup": setup.model_dump(mode="json"), "contract": CONTRACT})


@dataclass(frozen=True)
class Game:
    """The state of one table.

    Parameters
    ----------
    setup : what it began with
    players : who sits in each chair; None where the model plays
    decided : what those who have decided mean to do in the quarter under way, unseen by the others
    closed : the quarters that have been decided, in their order
    answer : what the two do who were called away; None as long as they have not said
    """

    setup: Setup
    players: tuple[str | None, ...] = (None, None, None)
    decided: tuple[Days | None, ...] = (None, None, None)
    closed: tuple[ClosedQuarter, ...] = ()
    answer: OfferAnswer | None = None

    @classmethod
    def of(cls, events: Iterable[GameEvent]) -> Self:
        """Return what a log adds up to; its first event has opened the table."""
        first, *others = events
        game = cls(Setup.model_validate(first.data["setup"]))
        for event in others:
            game = game.after(event)
        return game

    def after(self, event: GameEvent) -> Self:
        """Return the table after one more event, which ``moves.py`` has granted."""
        if event.kind == "taken":
            return replace(self, players=_with(self.players, event.by, event.data["name"]))
        if event.kind == "left":
            nothing = _with(self.decided, event.by, None)
            return replace(self, players=_with(self.players, event.by, None), decided=nothing)
        if event.kind == "decided":
            return replace(self, decided=_with(self.decided, event.by, Days.model_validate(event.data["days"])))
        if event.kind == "answered":
            return replace(self, answer=OfferAnswer.model_validate(event.data))
        return replace(
            self, closed=(*self.closed, ClosedQuarter.model_validate(event.data)), decided=(None, None, None)
        )

    # --- how far it is --------------------------------------------------------------------------------------------

    @property
    def quarter(self) -> int:
        """The quarter under way, from 1; one more than there are when the game is over."""
        return len(self.closed) + 1

    @property
    def is_over(self) -> bool:
        """Whether all quarters have been played."""
        return len(self.closed) >= self.setup.quarters

    @property
    def card(self) -> Card | None:
        """What presses on the service in the quarter under way."""
        name = None if self.is_over else self.setup.cards.get(self.quarter)
        return None if name is None else CARDS[name]

    @property
    def offer(self) -> Offer | None:
        """The offer that waits for an answer."""
        offer = self.setup.offer
        is_there = offer is not None and offer.quarter == self.quarter and not self.is_over and self.answer is None
        return offer if is_there else None

    @property
    def awaited(self) -> tuple[int, ...]:
        """The chairs of those who play and have not decided yet."""
        if self.is_over:
            return ()
        return tuple(chair for chair in CHAIRS if self.players[chair - 1] and self.decided[chair - 1] is None)

    def role(self, chair: int, quarter: int | None = None) -> int:
        """Return the post, from 1, of somebody in a chair: another one, once two have changed.

        A chair stands for a person, who keeps style and habits; a post says what somebody is told of the service.

        Parameters
        ----------
        chair : of whom
        quarter : in which quarter; the one under way if it is left out
        """
        offer, answer = self.setup.offer, self.answer
        changed = offer is not None and answer is not None and answer.does == "change"
        if offer is None or not changed or chair not in offer.chairs or (quarter or self.quarter) < offer.quarter:
            return chair
        first, second = offer.chairs
        return second if chair == first else first

    def title(self, chair: int, quarter: int | None = None) -> str:
        """Return the title of somebody in a chair, in a quarter as for :meth:`role`."""
        return SENIOR_TITLES[self.role(chair, quarter) - 1]

    def sat_there(self, chair: int, quarter: int) -> bool:
        """Tell whether it is known that whoever sits in a chair now is the person of a quarter: nobody left since."""
        left = self._left_in(chair)
        return left is None or quarter >= left

    def is_successor(self, chair: int, quarter: int) -> bool:
        """Tell whether whoever sits in a chair in a quarter has followed somebody who left."""
        left = self._left_in(chair)
        return left is not None and quarter >= left

    def _left_in(self, chair: int) -> int | None:
        """Return the quarter in which who began in a chair left; None if nobody did."""
        offer, answer = self.setup.offer, self.answer
        has_left = answer is not None and answer.does == "leave"
        return offer.quarter if offer is not None and has_left and chair in offer.chairs else None


def _with(values: tuple[Any, ...], chair: int, value: Any) -> tuple[Any, ...]:
    return (*values[: chair - 1], value, *values[chair:])
