"""Where the mean field comes to rest, whether it stays there when pushed, and which starts end where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from sim.engine.limit.field import MeanField, State, control_culture, high_culture
from sim.engine.limit.week import STATE_NAMES
from sim.inputs.interventions import Intervention
from sim.rulebook.parameters import Parameters

__all__ = ["Basins", "Equilibrium", "basins", "bifurcation", "find_equilibria", "jacobian"]

_LONG, _VERY_LONG = 2600, 52_000
_SAME = 1e-3
"""Two states are one equilibrium if no part of them differs by more than this."""

_AT_REST = 1e-9
_SHARES = ("newcomer_share", "vacant_share", "vacant_posts")
_STARTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""How far starts lie on the way from the control culture to the high one."""


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A state that the mean field keeps.

    Parameters
    ----------
    state : [n_state], in the order of :data:`sim.engine.limit.week.STATE_NAMES`
    eigenvalues : [n_moving], of the map of a week over what moves in it, largest modulus first; what nothing changes,
        such as the style that leaders brought where nobody ever leaves, is no part of it
    measures : the weekly measures at rest, by name
    """

    state: State
    eigenvalues: NDArray[np.complex128]
    measures: dict[str, float] = field(repr=False)

    @property
    def is_stable(self) -> bool:
        """Whether a small push dies out."""
        return bool(abs(self.eigenvalues[0]) < 1.0)

    @property
    def half_life_weeks(self) -> float:
        """Weeks in which the slowest small push halves; infinite where it does not."""
        modulus = abs(self.eigenvalues[0])
        return float(np.log(0.5) / np.log(modulus)) if 0 < modulus < 1 else float("inf")


def find_equilibria(mean: MeanField, starts: Iterable[State] = ()) -> list[Equilibrium]:
    """Return the equilibria without interventions, by rising safety.

    Stable ones are where starts between a control culture and a high culture settle. Unstable ones are sought by
    Newton's method from those starts, and from the edge between the basins of each two stable neighbours.

    Parameters
    ----------
    mean : parameters and service
    starts : more states to look from, [n_state] each
    """
    low, high = control_culture(mean), high_culture(mean)
    begins = [low + share * (high - low) for share in _STARTS] + list(starts)
    found: list[State] = []
    for begin in begins:
        _keep(found, _settle(mean, begin))
        _keep(found, _rest(mean, mean.advance(begin, 26)))
    stable = sorted((s for s in found if describe_equilibrium(mean, s).is_stable), key=_safety)
    for below, above in pairwise(stable):
        _keep(found, _edge(mean, below, above))
    return sorted((describe_equilibrium(mean, state) for state in found), key=lambda rest: rest.measures["safety"])


def describe_equilibrium(mean: MeanField, state: State) -> Equilibrium:
    """Return an equilibrium with its eigenvalues and measures."""
    moves = _moves(mean)
    eigenvalues = np.linalg.eigvals(jacobian(mean, state)[np.ix_(moves, moves)]).astype(np.complex128)
    order = np.argsort(-np.abs(eigenvalues), kind="stable")
    return Equilibrium(state, eigenvalues[order], mean.observe(state))


def jacobian(mean: MeanField, state: State, step: float = 1e-6) -> NDArray[np.float64]:
    """Return [n_state, n_state], the derivative of the map of a week, by differences (one-sided at the bounds)."""
    columns = []
    for place in range(len(state)):
        up, down = state.copy(), state.copy()
        up[place] = min(1.0, state[place] + step)
        down[place] = max(0.0, state[place] - step)
        columns.append((mean.advance(up, 1) - mean.advance(down, 1)) / (up[place] - down[place]))
    return np.stack(columns, axis=1)


def _settle(mean: MeanField, start: State) -> State | None:
    """Return the equilibrium that a start settles at; where Newton's method fails (at a bound), by waiting."""
    later = mean.advance(start, _LONG)
    rest = _rest(mean, later)
    if rest is not None:
        return rest
    later = mean.advance(later, _VERY_LONG)
    return later if np.abs(mean.advance(later, 1) - later).max() < _AT_REST else None


def _rest(mean: MeanField, guess: State) -> State | None:
    """Return the equilibrium that Newton's method finds near a guess, or None."""
    moves, state = _moves(mean), np.clip(guess, 0.0, 1.0)

    def change(moving: State) -> State:
        state[moves] = np.clip(moving, 0.0, 1.0)
        return np.asarray(mean.advance(state, 1)[moves] - moving)

    solution = optimize.root(change, state[moves], method="hybr", tol=1e-12)
    state[moves] = np.clip(solution.x, 0.0, 1.0)
    at_rest = np.abs(mean.advance(state, 1) - state).max() < _AT_REST
    return state if at_rest else None


def _moves(mean: MeanField) -> NDArray[np.bool_]:
    """Return [n_state], what a week can change while shares of people and posts are at rest.

    A start decides the others for good.
    """
    shares = [place for place, name in enumerate(STATE_NAMES) if name in _SHARES]
    moves = np.zeros(len(STATE_NAMES), dtype=bool)
    moves[shares] = True
    for probe in (np.linspace(0.2, 0.6, len(moves)), np.linspace(0.7, 0.3, len(moves))):
        probe[shares] = mean.at_rest()[shares]
        moves |= mean.advance(probe, 1) != probe
    return moves


def _keep(found: list[State], state: State | None) -> None:
    if state is not None and all(np.abs(state - other).max() > _SAME for other in found):
        found.append(state)


def _safety(state: State) -> float:
    return float(state[STATE_NAMES.index("settled_safety")])


def _edge(mean: MeanField, below: State, above: State) -> State | None:
    """Return the unstable equilibrium on the edge between two basins: halve the line between them, and follow the edge.

    A state just on the edge is drawn to the saddle along the edge before it falls to either side.
    """
    low, high = below, above
    for _ in range(40):
        middle = 0.5 * (low + high)
        if _nearest(mean.advance(middle, _LONG), (below, above)) == 0:
            low = middle
        else:
            high = middle
    path = 0.5 * (low + high)
    slowest, guess = np.inf, path
    for _ in range(60):
        later = mean.advance(path, 13)
        speed = float(np.abs(later - path).max())
        if speed < slowest:
            slowest, guess = speed, later
        path = later
    return _rest(mean, guess)


def _nearest(state: State, candidates: Sequence[State]) -> int:
    return int(np.argmin([np.abs(state - other).max() for other in candidates]))


@dataclass(frozen=True, eq=False)
class Basins:
    """Where a service ends that starts with some control and some embedding.

    Parameters
    ----------
    control, embedding : [n_control], [n_embedding]; of all leaders; habits of staff are as embedded as their leaders
    ends_at : [n_embedding, n_control], number of the stable equilibrium that is reached, by rising safety
    stable : the stable equilibria, by rising safety
    """

    control: NDArray[np.float64]
    embedding: NDArray[np.float64]
    ends_at: NDArray[np.int64]
    stable: tuple[Equilibrium, ...]


def basins(mean: MeanField, n: int = 25) -> Basins:
    """Return which equilibrium is reached from each control and embedding of the leaders.

    Parameters
    ----------
    mean : parameters and service
    n : starts along each side
    """
    stable = tuple(rest for rest in find_equilibria(mean) if rest.is_stable)
    control, embedding = np.linspace(0.0, 1.0, n), np.linspace(0.0, 1.0, n)
    ends_at = np.zeros((n, n), dtype=np.int64)
    if len(stable) < 2:
        return Basins(control, embedding, ends_at, stable)
    low = control_culture(mean)
    leaders_control = [STATE_NAMES.index(f"{who}_control") for who in ("team_leader", "vacant", "filled")]
    embedded = [k for k, name in enumerate(STATE_NAMES) if "embedding" in name or "habit" in name or "purpose" in name]
    for row, share in enumerate(embedding):
        for column, value in enumerate(control):
            start = low.copy()
            start[leaders_control] = value
            start[embedded] = np.maximum(start[embedded], share)
            ends_at[row, column] = _nearest(mean.advance(start, _LONG), [rest.state for rest in stable])
    return Basins(control, embedding, ends_at, stable)


def bifurcation(
    mean: MeanField, timeline: Sequence[Intervention], parameter: str, values: Iterable[float]
) -> list[tuple[float, list[Equilibrium]]]:
    """Return the equilibria at each value of a parameter; those at one value are starts for the next.

    Parameters
    ----------
    mean : parameters and service
    timeline : what is in force at its end, lasts; nothing for an empty one
    parameter : name of a parameter
    values : in its unit
    """
    branches: list[tuple[float, list[Equilibrium]]] = []
    known: list[Equilibrium] = []
    weeks = len(mean.plan.epoch) + mean.plan.first_week
    for value in values:
        parameters = Parameters.model_validate({**mean.parameters.model_dump(), parameter: float(value)})
        known = find_equilibria(mean.changed(parameters, timeline, weeks), [rest.state for rest in known])
        branches.append((float(value), known))
    return branches
