"""What each of the three is told of a quarter: other things in each post, in words, and never how safe people feel.

All of it is read off the weekly table of the service. Counts are said to have changed only where they differ by more
than two such counts differ by chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from sim.base.phrasing import number_word
from sim.game.service import WeeksPlayed
from sim.game.setup import CHAIRS
from sim.game.state import Game

__all__ = ["POSTS", "signals"]

_REVIEWED = 10
"""Incidents that the Medical Director looks into in a quarter."""

_HEARD = 0.01
"""Change of mean cynicism, between 0 and 1, below which nobody hears a difference in the corridor."""


def signals(game: Game, played: Sequence[WeeksPlayed]) -> dict[int, tuple[str, ...]]:
    """Return what everybody is told of the last quarter that was closed, by chair; nothing before there is one.

    Parameters
    ----------
    game : the table as it stands
    played : what its quarters have done to the service
    """
    if not played:
        return dict.fromkeys(CHAIRS, ())
    return {chair: tuple(POSTS[game.role(chair)](played)) for chair in CHAIRS}


# --- the Medical Director: incidents and silence ----------------------------------------------------------------------


def _incidents_and_silence(played: Sequence[WeeksPlayed]) -> list[str]:
    voiced, met = _total(played[-1], "voiced"), _total(played[-1], "opportunities")
    silent = round(_REVIEWED * (1.0 - voiced / met)) if met else 0
    seen = f"in {number_word(silent)} of them somebody had seen it coming and said nothing"
    told = [f"You looked into ten incidents: {seen if silent else 'each time somebody had spoken up before'}."]
    if len(played) > 1:
        told.append(f"{_compared(voiced, _total(played[-2], 'voiced'))} in the quarter before.")
    learned = _total(played[-1], "learned")
    one_in = max(1, round(voiced / learned)) if learned else 0
    told.append(f"One in {number_word(one_in)} or so changed anything." if one_in else "None of them changed anything.")
    return told


# --- the Operations Director: waiting list, target letter, backlog ----------------------------------------------------


def _waiting_list(played: Sequence[WeeksPlayed]) -> list[str]:
    backlog = played[-1].series("backlog")
    first = float(played[0].series("backlog")[0])
    change = round(100 * (float(backlog[-1]) / first - 1.0)) if first else 0
    than = f"{abs(change)} % {'longer' if change > 0 else 'shorter'} than" if change else "as long as"
    told = [f"The waiting list is {than} it was when you began."]
    if backlog[-1] > backlog[0]:
        told.append("A letter from region: the target is missed, and the list is growing. What will you do about it?")
    else:
        told.append("No letter about the target this quarter: the list has not grown.")
    if len(played) > 1:
        now, before = (round(100 * float(one.series("pressure")[1:].mean())) for one in played[-1:-3:-1])
        pace = "fuller than" if now > before else "less full than" if now < before else "as full as"
        told.append(f"The days were {pace} in the quarter before.")
    return told


# --- the Nurse Director: leavers, vacancies, a hard word in the corridor ----------------------------------------------


def _people(played: Sequence[WeeksPlayed]) -> list[str]:
    left = round(_total(played[-1], "staff_leavers"))
    posts = len(played[-1].after.world.staff["vacant_weeks"])
    vacant = round(posts * float(played[-1].series("vacant_share")[-1]))
    told = [f"{number_word(left).capitalize()} {'colleague' if left == 1 else 'colleagues'} left."]
    told.append(f"{number_word(vacant).capitalize()} of {posts} posts {'stands' if vacant == 1 else 'stand'} vacant.")
    punished = round(_total(played[-1], "punished"))
    if punished:
        times = {1: "Once", 2: "Twice"}.get(punished, f"{number_word(punished).capitalize()} times")
        told.append(f"{times} somebody was told off in the corridor for having spoken up.")
    cynicism = played[-1].series("cynicism")
    if cynicism[-1] - cynicism[0] > _HEARD:
        told.append('"Another programme," somebody said behind you, and others laughed.')
    elif cynicism[0] - cynicism[-1] > _HEARD:
        told.append("Jokes about programmes have become rarer.")
    return told


POSTS: dict[int, Callable[[Sequence[WeeksPlayed]], list[str]]] = {
    1: _incidents_and_silence,
    2: _waiting_list,
    3: _people,
}
"""What somebody in each post is told, in the order of the titles."""


def _total(played: WeeksPlayed, events: str) -> float:
    """Return how many events of a kind a quarter had; a row holds those of the week before."""
    return float(played.series(events)[1:].sum())


def _compared(now: float, before: float) -> str:
    """Return how many concerns came up, as against another quarter, where chance alone makes some difference."""
    if abs(now - before) <= math.sqrt(now + before):
        return "As many concerns came up as"
    return f"{'More' if now > before else 'Fewer'} concerns came up than"
