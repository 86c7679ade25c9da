"""What a table has decided, as a scenario: its world, and entries of the kinds that any timeline has.

So a game can be saved as a scenario file, whose run gives the game's numbers bit by bit. A twin, the same game decided
otherwise, is a game as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sim.game.days import WEEKS, Days
from sim.game.setup import CHAIRS
from sim.game.state import ClosedQuarter, Game
from sim.inputs.interventions import Intervention
from sim.inputs.interventions.attention import Attention
from sim.inputs.interventions.change_parameter import ChangeParameter
from sim.inputs.interventions.leaders_change_jobs import LeadersChangeJobs
from sim.inputs.interventions.leaders_leave import LeadersLeave
from sim.inputs.interventions.successors_style import SuccessorsStyle
from sim.inputs.scenario.description import Scenario

__all__ = ["held_on", "scenario_of", "without_exit"]


def scenario_of(game: Game) -> Scenario:
    """Return the scenario that a game has made so far; after the last quarter directors spend their time as usual."""
    world = game.setup.world_of_the_table
    return world.with_entries(*_exit(game), *_attention(game)).replace(
        name=f"game-of-{world.name}"[:200],
        title=f"{world.title}, as a table of three played it"[:200],
        story=(
            f'What three directors meant to do with their days in {len(game.closed)} quarters of "{world.title}", what '
            "pressed on them, and what became of their posts. In the first world of seed "
            f"{game.setup.seed} it is the game itself."
        ),
    )


def without_exit(game: Game) -> Game:
    """Return the same game in which nobody is called away."""
    return replace(game, setup=game.setup.model_copy(update={"offer": None}), answer=None)


def held_on(game: Game, quarter: int) -> Game:
    """Return the same game in which all three, from a quarter on, go on as they had meant to in the one before."""
    kept = game.closed[: quarter - 1]
    return replace(game, closed=(*kept, *[ClosedQuarter(days=kept[-1].days)] * (len(game.closed) - len(kept))))


def _attention(game: Game) -> Iterator[Intervention]:
    """Yield what the three mean to do; quarters in a row that are alike make one entry."""
    for chair in CHAIRS:
        first = 0
        for place, closed in enumerate(game.closed):
            days = closed.days[chair - 1]
            is_last = place + 1 == len(game.closed)
            if is_last or game.closed[place + 1].days[chair - 1] != days:
                yield _entry(chair, first, place + 1, days)
                first = place + 1


def _entry(chair: int, first: int, last: int, days: Days) -> Attention:
    _, together, staff, leaders = days.shares
    return Attention(
        start_week=WEEKS * first, end_week=WEEKS * last, which=(chair,), purpose=together, staff=staff, leaders=leaders,
        cost_per_week=(days.together + days.staff + days.leaders) / WEEKS,
    )  # fmt: skip


def _exit(game: Game) -> Iterator[Intervention]:
    """Yield what becomes of the two who were called away, one in each of the first weeks of the quarter."""
    offer, answer = game.setup.offer, game.answer
    if offer is None or answer is None:
        return
    first_week = WEEKS * (offer.quarter - 1)
    if answer.does == "change":
        yield LeadersChangeJobs(week=first_week, which=offer.chairs)
        return
    for week, (chair, style) in enumerate(zip(offer.chairs, answer.styles, strict=True), first_week):
        yield LeadersLeave(week=week, which=(chair,))
        if style is not None:
            weeks = {"start_week": week, "end_week": week + 1}
            yield SuccessorsStyle(control=style, **weeks)
            for name in ("control_of_newcomers_sd", "internal_succession"):
                yield ChangeParameter(name=name, value=0.0, note="Whoever comes has the style that was drawn", **weeks)
