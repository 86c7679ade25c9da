"""A game as pages show it, in plain types: a quarter as somebody sees it, and what a table learns when it is over.

Whoever draws it loads the scripts of :data:`PICTURES`, one after the other, and ``debrief.css``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.game import telling
from sim.game.cards import CARDS
from sim.game.days import Days
from sim.game.debrief import Debrief, GameArm, debrief
from sim.game.seen import seen_by
from sim.game.service import Service, WeeksPlayed
from sim.game.setup import CHAIRS
from sim.game.state import Game
from sim.results.ensemble import Ensemble
from sim.results.measures import Interval

__all__ = ["ASSETS", "PICTURES", "debrief_shown", "quarter_shown"]

Plain = dict[str, Any]

ASSETS = Path(__file__).parent / "assets"
"""Scripts and styles with which pages draw what is told here."""

PICTURES = ("elements", "debrief")
"""The scripts that draw it, in their order."""

_EVERY = 4
"""A page is sent every fourth week of a curve."""

_MOST_KNOWN = 6
_NOTHING: dict[str, Ensemble] = {}
"""What a process knows of worlds in which nothing is done; tables on the same chance have them in common."""


# --- while it is played -----------------------------------------------------------------------------------------------


def quarter_shown(game: Game, played: Sequence[WeeksPlayed], chair: int | None) -> Plain:
    """Return a quarter as somebody sees it who sits in a chair, or looks on.

    Parameters
    ----------
    game : the table as it stands
    played : what its quarters have done to the service
    chair : of whoever looks; None for somebody who sits in none
    """
    view: Plain = {"number": game.quarter, "before": _before(game, played)}
    if game.is_over:
        return {**view, "over": True, "says": [f"All {game.setup.quarters} quarters have been played."]}
    offer = game.offer
    view["says"] = telling.of_the_quarter(game)
    view["card"] = None if game.card is None else game.card.title
    view["offer"] = None if offer is None else [game.title(called) for called in offer.chairs]
    if chair is not None:
        seen = seen_by(game, played, chair)
        view["told"] = seen.told
        view["mine"] = _days(seen.mine)
        view["as_before"] = _days(seen.as_before)
    return view


def _before(game: Game, played: Sequence[WeeksPlayed]) -> list[Plain] | None:
    """Return what all three meant to do in the quarter before, and what pressure left of it."""
    if not played:
        return None
    closed, quarter = game.closed[-1], len(game.closed)
    return [
        {
            "title": game.title(chair, quarter),
            "name": game.players[chair - 1] if game.sat_there(chair, quarter) else None,
            "meant": list(closed.days[chair - 1].all),
            "given": [round(days, 1) for days in played[-1].given(chair).all],
            "by_model": closed.by_model[chair - 1],
        }
        for chair in CHAIRS
    ]


def _days(days: Days | None) -> list[float] | None:
    return None if days is None else list(days.all)


# --- when it is over --------------------------------------------------------------------------------------------------


def debrief_shown(game: Game) -> Plain:
    """Return what a table learns of itself; its twins are run, which takes some seconds."""
    if len(_NOTHING) >= _MOST_KNOWN:
        _NOTHING.clear()
    found = debrief(game, Service(game.setup).quarters(game), nothing=_NOTHING)
    arms = [arm for arm in (found.played, found.held, found.stayed) if arm is not None]
    left = telling.left_rows(found)
    titles = [row[0] for row in left.rows]
    return {
        "chairs": telling.people(found),
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


def _quarter(found: Debrief, place: int) -> Plain:
    card = found.game.setup.cards.get(place + 1)
    three = [found.quarters[chair][place] for chair in CHAIRS]
    return {
        "card": CARDS[card].title if card else "",
        "meant": [list(one.meant.all) for one in three],
        "given": [[round(days, 1) for days in one.given.all] for one in three],
        "by_model": [one.by_model for one in three],
    }


def _curve(arm: GameArm) -> Plain:
    mean = 100 * arm.gain.mean(axis=0)
    return {
        "curve": [round(float(value), 2) for value in mean[: arm.judged_week + 1 : _EVERY]],
        "left": _plain(arm.left),
        "at_the_end": _plain(arm.at_the_end),
        "pressure": round(100 * arm.cost.pressure.estimate, 1),
    }


def _plain(interval: Interval) -> list[float]:
    return [round(100 * float(value), 2) for value in (interval.estimate, interval.low, interval.high)]
