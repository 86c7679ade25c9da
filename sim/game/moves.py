"""What may happen next at a table: from a wish and the table as it stands to events, or to a refusal kindly said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from sim.base.errors import InputError
from sim.base.field_messages import findings_of, path_text
from sim.game.days import Days, Frozen
from sim.game.setup import CHAIRS
from sim.game.state import TABLE, ClosedQuarter, Game, GameEvent, OfferAnswer

__all__ = ["answer", "close", "decide", "leave", "take"]

_LONGEST_NAME = 60

M = TypeVar("M", bound=Frozen)


def take(game: Game, chair: int, name: str) -> GameEvent:
    """Return the event by which somebody sits down, or follows whoever sat there."""
    _check_chair(chair)
    shown = " ".join(name.split())
    if not 1 <= len(shown) <= _LONGEST_NAME or not shown.isprintable():
        raise InputError.single("name", f"1 to {_LONGEST_NAME} letters", f'"{shown[:_LONGEST_NAME]}"')
    return GameEvent("taken", chair, {"name": shown})


def leave(game: Game, chair: int) -> GameEvent:
    """Return the event by which somebody gets up; the model plays until somebody sits down there."""
    _check_chair(chair)
    return GameEvent("left", chair, {})


def decide(game: Game, chair: int, days: Days | Mapping[str, float]) -> GameEvent:
    """Return the event by which somebody decides on the quarter under way, or decides anew before it is closed.

    Raises
    ------
    InputError : the game is over, nobody sits there, the two have not answered yet, or it is not a quarter's days
    """
    _check_chair(chair)
    if game.is_over:
        raise InputError.single("quarter", f"one of the {game.setup.quarters} quarters", "a decision after the last")
    if game.players[chair - 1] is None:
        raise InputError.single(f"chair {chair}", "somebody in it", "nobody", "take the chair first")
    if game.offer is not None:
        raise InputError.single(f"quarter {game.quarter}", "an answer of those who are called away first", "a decision")
    return GameEvent("decided", chair, {"quarter": game.quarter, "days": _checked(Days, days, "days").model_dump()})


def answer(game: Game, said: OfferAnswer | Mapping[str, Any]) -> GameEvent:
    """Return the event by which the two say what they do who were offered other posts.

    Raises
    ------
    InputError : nobody is asked, or it is no answer
    """
    if game.offer is None:
        raise InputError.single("answer", "an offer that waits for one", "none")
    return GameEvent("answered", TABLE, _checked(OfferAnswer, said, "answer").model_dump(mode="json"))


def close(game: Game, by_model: Mapping[int, Days]) -> list[GameEvent]:
    """Return the events that close the quarter under way.

    Parameters
    ----------
    by_model : what the model does in each chair (``missing.py``); it counts where nobody has decided

    Raises
    ------
    InputError : the game is over
    """
    if game.is_over:
        raise InputError.single("quarter", f"one of the {game.setup.quarters} quarters", "one after the last")
    events = (
        [] if game.offer is None else [GameEvent("answered", TABLE, OfferAnswer(does="leave").model_dump(mode="json"))]
    )
    days = tuple(game.decided[chair - 1] or by_model[chair] for chair in CHAIRS)
    told = {"days": [one.model_dump() for one in days], "by_model": [one is None for one in game.decided]}
    return [*events, GameEvent("closed", TABLE, _checked(ClosedQuarter, told, "quarter").model_dump(mode="json"))]


def _check_chair(chair: int) -> None:
    if chair not in CHAIRS:
        raise InputError.single("chair", "a chair from 1 to 3", chair)


def _checked(model: type[M], value: object, what: str) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = findings_of(error, model)[0]
        raise InputError.single(
            f"{what}.{path_text(found.path)}" if found.path else what, found.wanted, found.came, found.hint
        ) from None
