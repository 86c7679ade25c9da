"""What a table learns of itself when it is over: days meant and given, who went back first, twins, and what is left.

Nothing is judged by the one world that was played alone: the same decisions are taken in other worlds of its seed as
well, so that it can be said what was chance.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.game.days import WEEKS, Days
from sim.game.service import WeeksPlayed
from sim.game.setup import CHAIRS
from sim.game.state import Game
from sim.game.timeline import held_on, scenario_of, without_exit
from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import Ensemble, run_ensemble
from sim.results.measures import Interval, mean_interval, smooth
from sim.results.store.keys import config_key

__all__ = ["FUNNEL", "NORMS", "BackToFixing", "Cost", "Debrief", "GameArm", "Quarter", "debrief", "who_went_back"]

NORMS = ("aim_high", "feel_safe", "team_up", "fail_well", "learn_fast")
FUNNEL = ("opportunities", "voiced", "joined", "well_received", "learned")

_A_DAY = 1.0

WORLDS = 30
"""Worlds in which a table's decisions are taken again, its own among them."""


@dataclass(frozen=True)
class Quarter:
    """One quarter of one of the three.

    Parameters
    ----------
    meant, given : days that somebody meant to give, and came to give
    by_model : whether the model decided
    """

    meant: Days
    given: Days
    by_model: bool


@dataclass(frozen=True)
class BackToFixing:
    """Somebody went back to fixing.

    He or she had meant to give it fewer days than usual, and then meant to give it a day more than that, or several.

    Parameters
    ----------
    quarter, chair : when, and who
    """

    quarter: int
    chair: int


@dataclass(frozen=True)
class Cost:
    """What the quarters cost the people of the service, against the same worlds in which nothing is done; means.

    Parameters
    ----------
    leavers : staff who left, more than without
    punished : people who were punished for speaking up, more than without
    pressure : mean pressure, more than without (-1 to 1)
    cynicism : cynicism about change at the end of the last quarter, more than without (-1 to 1)
    """

    leavers: Interval
    punished: Interval
    pressure: Interval
    cynicism: Interval


@dataclass(frozen=True, eq=False)
class GameArm:
    """The game, or a twin of it, in the worlds of its seed; the first is the table's own.

    Parameters
    ----------
    name : played, held or stayed
    ensemble, nothing : it, and the same worlds in which nothing is done, but for what happens; an exit does
    weeks : of the quarters
    judged_week : when it is asked what is left
    """

    name: str
    ensemble: Ensemble
    nothing: Ensemble
    weeks: int
    judged_week: int

    @cached_property
    def gain(self) -> NDArray[np.float64]:
        """[n_worlds, n_weeks + 1], the share that feels safe, more than without; smoothed over a quarter."""
        return smooth(self.ensemble.series("safe_share") - self.nothing.series("safe_share"))

    @property
    def at_the_end(self) -> Interval:
        """The gain at the end of the last quarter."""
        return mean_interval(self.gain[:, self.weeks])

    @property
    def left(self) -> Interval:
        """What is left of it four years later."""
        return mean_interval(self.gain[:, self.judged_week])

    @property
    def left_here(self) -> float:
        """What is left of it in the table's own world."""
        return float(self.gain[0, self.judged_week])

    @property
    def cost(self) -> Cost:
        """What the quarters cost the people of the service."""
        return Cost(
            mean_interval(self._more("staff_leavers").sum(axis=1)),
            mean_interval(self._more("punished").sum(axis=1)),
            mean_interval(self._more("pressure").mean(axis=1)),
            mean_interval(self._more("cynicism")[:, -1]),
        )

    def _more(self, measure: str) -> NDArray[np.float64]:
        more = self.ensemble.series(measure) - self.nothing.series(measure)
        return np.asarray(more[:, 1 : self.weeks + 1])


@dataclass(frozen=True, eq=False)
class Debrief:
    """Everything that is shown when a game is over.

    Parameters
    ----------
    game : as it was played
    quarters : what each of the three meant to do and did, by chair, quarter by quarter
    returns : who went back to fixing, in their order; each chair once
    norms : the five norms, by name, quarter by quarter, in the table's own world
    funnel : how far opportunities came, by name, quarter by quarter, in the table's own world
    played : the game in all worlds
    held : the twin in which all held on when the first went back; None if nobody did
    stayed : the twin in which nobody was called away; None if nobody was
    """

    game: Game
    quarters: dict[int, tuple[Quarter, ...]]
    returns: tuple[BackToFixing, ...]
    norms: dict[str, NDArray[np.float64]]
    funnel: dict[str, NDArray[np.float64]]
    played: GameArm
    held: GameArm | None
    stayed: GameArm | None


def debrief(
    game: Game,
    quarters: Sequence[WeeksPlayed],
    worlds: int = WORLDS,
    threads: int | None = 1,
    nothing: MutableMapping[str, Ensemble] | None = None,
) -> Debrief:
    """Return what a table learns of itself.

    Parameters
    ----------
    game : a game that is over
    quarters : what its quarters have done to its service
    worlds : in how many worlds its decisions are taken again
    threads : at once
    nothing : what is known of the same worlds in which nothing is done, by their key; it is added to, as tables that
        play on the same chance have them in common
    """
    known = {} if nothing is None else nothing

    def run(scenario: Scenario) -> Ensemble:
        return run_ensemble(scenario, worlds, game.setup.seed, threads=threads)

    def arm(name: str, twin: Game) -> GameArm:
        scenario, weeks = scenario_of(twin), WEEKS * game.setup.quarters
        without = scenario.baseline()
        key = f"{config_key(without, game.setup.seed)}-{worlds}"
        if key not in known:
            known[key] = run(without)
        return GameArm(name, run(scenario), known[key], weeks, game.setup.judged_week)

    returns = who_went_back(game)
    return Debrief(
        game=game,
        quarters={chair: tuple(_quarters_of(game, quarters, chair)) for chair in CHAIRS},
        returns=returns,
        norms=_norms(quarters),
        funnel={name: np.array([one.series(name)[1:].sum() for one in quarters]) for name in FUNNEL},
        played=arm("played", game),
        held=arm("held", held_on(game, returns[0].quarter)) if returns else None,
        stayed=arm("stayed", without_exit(game)) if game.answer else None,
    )


def who_went_back(game: Game) -> tuple[BackToFixing, ...]:
    """Return who went back to fixing, and when each first did, in their order; those of one quarter by chair."""
    usual = Days.usual(game.setup.base.parameters).fixing
    found = []
    for chair in CHAIRS:
        fixing = [closed.days[chair - 1].fixing for closed in game.closed]
        for quarter, (before, now) in enumerate(pairwise(fixing), 2):
            if now >= before + _A_DAY and before < usual:
                found.append(BackToFixing(quarter, chair))
                break
    return tuple(sorted(found, key=lambda one: (one.quarter, one.chair)))


def _quarters_of(game: Game, quarters: Sequence[WeeksPlayed], chair: int) -> Iterator[Quarter]:
    for closed, one in zip(game.closed, quarters, strict=True):
        yield Quarter(closed.days[chair - 1], one.given(chair), closed.by_model[chair - 1])


def _norms(quarters: Sequence[WeeksPlayed]) -> dict[str, NDArray[np.float64]]:
    """Return the norms of each quarter: the pass rates of all its opportunities, and the mean of the aim."""
    counts = {name: np.array([one.series(name)[1:].sum() for one in quarters]) for name in FUNNEL}
    found = {"aim_high": np.array([one.series("aim_high")[1:].mean() for one in quarters])}
    for norm, part, whole in zip(NORMS[1:], FUNNEL[1:], FUNNEL[:-1], strict=True):
        found[norm] = np.divide(
            counts[part], counts[whole], out=np.full(len(quarters), np.nan), where=counts[whole] > 0
        )
    return found
