"""What quarters do to a service: the engine goes on from where it stood, and notes what became of everybody's days."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.run import PreparedRun, prepare
from sim.engine.state import World, copy_world, with_audiences
from sim.game.days import DAYS, WEEKS, Days
from sim.game.setup import CHAIRS, Setup
from sim.game.state import ClosedQuarter, Game
from sim.game.timeline import scenario_of
from sim.inputs.scenario.description import Scenario

__all__ = ["Service", "Standing", "WeeksPlayed", "begin", "play_weeks"]

_PARTS = ("problems", "purpose", "staff", "leaders")


@dataclass(frozen=True, eq=False)
class Standing:
    """A service at the start of a week; nobody writes to it.

    Parameters
    ----------
    prepared : the run that it is part of
    world, key : its state, and the key of its chance
    week : the week that comes next
    """

    prepared: PreparedRun
    world: World
    key: NDArray[np.uint32]
    week: int


@dataclass(frozen=True, eq=False)
class WeeksPlayed:
    """Some weeks that a service has lived through.

    Parameters
    ----------
    table : [n_weeks + 1, n_measures], as :mod:`sim.engine.recorder` has it; row 0 is the start of the first week
    attention : [n_weeks, 3, 4], the shares of time that each director came to give (F, Q, D, T)
    purpose : [n_weeks, 3], the purpose that each director shares with the other two, mean, at the end of the week
    after : where the service stands now
    """

    table: NDArray[np.float64]
    attention: NDArray[np.float64]
    purpose: NDArray[np.float64]
    after: Standing

    def series(self, measure: str) -> NDArray[np.float64]:
        """Return [n_weeks + 1], a measure by its name."""
        return self.table[:, self.after.prepared.engine.measure_names.index(measure)]

    def given(self, chair: int) -> Days:
        """Return the days that a director of these weeks, which are a quarter, came to give."""
        _, *others = (DAYS * self.attention[:, chair - 1].mean(axis=0)).tolist()
        return Days.beyond_fixing(*others)


def begin(setup: Setup) -> Standing:
    """Return a service at week 0, before anybody has decided anything."""
    prepared = prepare(setup.world_of_the_table)
    world, key = prepared.start(setup.seed)
    return Standing(prepared, world, key, 0)


def play_weeks(before: Standing, scenario: Scenario, weeks: int) -> WeeksPlayed:
    """Return what some weeks make of a service under a scenario whose past is that of the service.

    Parameters
    ----------
    before : where it stands; left as it is
    scenario : of :func:`~sim.game.timeline.scenario_of`
    weeks : how many
    """
    prepared = before.prepared.under(scenario)
    world = with_audiences(copy_world(before.world), prepared.ties, prepared.audiences)
    table = prepared.empty_table(weeks + 1, 1)
    attention, purpose = np.zeros((weeks, len(CHAIRS), len(_PARTS))), np.zeros((weeks, len(CHAIRS)))
    for k in range(weeks):
        prepared.run_weeks(world, before.key, before.week + k, 1, table[k : k + 2])
        attention[k] = np.stack([world.seniors[f"attention_{part}"] for part in _PARTS], axis=1)
        purpose[k] = _shared_by_each(world.pairs)
    return WeeksPlayed(table[:, 0], attention, purpose, Standing(prepared, world, before.key, before.week + weeks))


def _shared_by_each(pairs: NDArray[Any]) -> NDArray[np.float64]:
    """Return [3], the mean purpose of the two pairs that each director is part of."""
    of_pairs = np.zeros((len(CHAIRS), len(CHAIRS)))
    of_pairs[pairs["first_senior"], pairs["second_senior"]] = pairs["purpose"]
    found: NDArray[np.float64] = (of_pairs + of_pairs.T).sum(axis=1) / (len(CHAIRS) - 1)
    return found


class Service:
    """The service of one table: what its quarters have made of it, each computed once.

    It may be asked of any game of its setup, of a twin too: it keeps what they have in common with the last one.

    Parameters
    ----------
    setup : what the table began with
    start : where its service stands at week 0, if that is known
    """

    def __init__(self, setup: Setup, start: Standing | None = None) -> None:
        self.setup = setup
        self._start = start
        self._played: list[tuple[object, WeeksPlayed]] = []
        self._lock = threading.Lock()

    @property
    def start(self) -> Standing:
        """Where the service stands at week 0."""
        if self._start is None:
            self._start = begin(self.setup)
        return self._start

    def quarters(self, game: Game) -> tuple[WeeksPlayed, ...]:
        """Return what each quarter that has been closed has done to the service."""
        with self._lock:
            for place in range(len(game.closed)):
                key = _decides(game, place)
                if place < len(self._played) and self._played[place][0] == key:
                    continue
                del self._played[place:]
                before = self._played[-1][1].after if place else self.start
                self._played.append((key, play_weeks(before, scenario_of(_until(game, place)), WEEKS)))
            return tuple(weeks for _, weeks in self._played[: len(game.closed)])

    def afterwards(self, game: Game) -> WeeksPlayed:
        """Return the years after the last quarter, at the end of which it is asked what is left."""
        before = self.quarters(game)[-1].after
        return play_weeks(before, scenario_of(game), self.setup.n_weeks - before.week)


def _until(game: Game, place: int) -> Game:
    """Return a game as it was when the quarter in a place had been closed, and the answer that was given by then."""
    offer = game.setup.offer
    is_answered = offer is not None and place + 1 >= offer.quarter
    return replace(game, closed=game.closed[: place + 1], answer=game.answer if is_answered else None)


def _decides(game: Game, place: int) -> tuple[ClosedQuarter, object]:
    """Return what, with the quarters before, decides what the quarter in a place does."""
    so_far = _until(game, place)
    return game.closed[place], None if so_far.answer is None else (so_far.setup.offer, so_far.answer)
