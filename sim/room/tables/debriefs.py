"""What a table learns of itself, run in the background by the worker processes, and in plain types for pages."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

from sim.game import telling
from sim.game.cards import CARDS
from sim.game.debrief import Arm, Debrief, debrief
from sim.game.service import Service
from sim.game.setup import CHAIRS
from sim.game.state import Game
from sim.inputs.organisation import SENIOR_TITLES
from sim.results.ensemble import Ensemble
from sim.results.measures import Interval
from sim.room.tables.state import Debriefing

__all__ = ["debriefed"]

_EVERY = 4
"""A page is sent every fourth week of a curve."""


_MOST_KNOWN = 6
_NOTHING: dict[str, Ensemble] = {}
"""What a worker knows of worlds in which nothing is done; the tables of a room have them in common."""


def debriefed(wanted: Debriefing) -> dict[str, Any] | str:
    """Return what a table learns, or what went wrong; called in a worker."""
    try:
        return _told(wanted.game)
    except Exception as error:
        # Whatever is wrong with one table must not keep the others waiting; pages say so.
        logging.getLogger(__name__).exception("the twins of a game could not be run")
        return type(error).__name__


def _told(game: Game) -> dict[str, Any]:
    if len(_NOTHING) >= _MOST_KNOWN:
        _NOTHING.clear()
    found = debrief(game, Service(game.setup).quarters(game), nothing=_NOTHING)
    arms = [arm for arm in (found.played, found.held, found.stayed) if arm is not None]
    left = telling.left_rows(found)
    titles = [row[0] for row in left.rows]
    return {
        "chairs": [SENIOR_TITLES[chair - 1] for chair in CHAIRS],
        "quarters": [_quarter(found, place) for place in range(len(game.closed))],
        "returns": [asdict(one) for one in found.returns],
        "back": telling.who_went_back_in_words(found),
        "norms": asdict(telling.norm_rows(found)),
        "funnel": asdict(telling.funnel_rows(found)),
        "left": asdict(left),
        "costs": asdict(telling.costs(found)),
        "arms": [{"name": arm.name, "title": title, **_curve(arm)} for arm, title in zip(arms, titles, strict=True)],
        "questions": list(telling.questions(found)),
        "every": _EVERY,
        "weeks": found.played.weeks,
        "judged": found.played.judged_week,
        "worlds": len(found.played.gain),
        "seed": game.setup.seed,
    }


def _quarter(found: Debrief, place: int) -> dict[str, Any]:
    card = found.game.setup.cards.get(place + 1)
    three = [found.quarters[chair][place] for chair in CHAIRS]
    return {
        "card": CARDS[card].title if card else "",
        "meant": [list(one.meant.all) for one in three],
        "given": [[round(days, 1) for days in one.given.all] for one in three],
        "by_model": [one.by_model for one in three],
    }


def _curve(arm: Arm) -> dict[str, Any]:
    mean = 100 * arm.gain.mean(axis=0)
    return {
        "curve": [round(float(value), 2) for value in mean[: arm.judged_week + 1 : _EVERY]],
        "left": _plain(arm.left),
        "at_the_end": _plain(arm.at_the_end),
        "pressure": round(100 * arm.cost.pressure.estimate, 1),
    }


def _plain(interval: Interval) -> list[float]:
    return [round(100 * float(value), 2) for value in (interval.estimate, interval.low, interval.high)]
