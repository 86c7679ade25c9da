"""The answer to what is in Explore, over many worlds: the verdict in words, and the band in which the worlds lie.

The worlds are those of ``cultureshift run``, so that page and command line say the same. Which world is shown in the
pictures does not matter to it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.dashboard.shared import Shared, organisation_of, text_bytes
from sim.inputs.scenario.description import Scenario
from sim.report.answer import answer
from sim.report.ranges import range_in_words
from sim.results import measures
from sim.results.ensemble import Ensemble, PairedEnsemble, run_paired
from sim.results.outcomes import OUTCOMES
from sim.results.ranges import ScenarioRange, kept_range

__all__ = ["FIRST_TOLD", "WORLDS", "Piece", "known_answer", "pieces_for", "run_piece", "told"]

WORLDS = 40
"""Worlds that an answer rests on."""

FIRST_TOLD = 10
"""Worlds from which on something is said, as of what is found so far."""

_SEED = 1
_CHUNK = 5
_SAFE = "safe_share"
_BAND = (0.05, 0.25, 0.75, 0.95)
_MOST_BYTES = 8_000_000

Series = NDArray[np.float64]
World = tuple[Series, Series, Series | None]
"""Who feels safe in one world, week by week, of 1: as it is, with nothing done, and if upkeep stops with support."""

_answers: Shared[dict[str, Any]] = Shared(_MOST_BYTES, text_bytes)


@dataclass(frozen=True)
class Piece:
    """Some worlds of a scenario."""

    scenario: Scenario
    numbers: tuple[int, ...]


def pieces_for(scenario: Scenario, worlds: int = WORLDS) -> list[Piece]:
    """Return the work of an answer, a few worlds at a time."""
    return [Piece(scenario, tuple(range(n, min(n + _CHUNK, worlds)))) for n in range(0, worlds, _CHUNK)]


def run_piece(piece: Piece) -> dict[int, World]:
    """Return some worlds by their numbers; called in a worker."""
    paired = run_paired(piece.scenario, piece.numbers, _SEED, threads=1)
    runs = (paired.arm, paired.baseline, paired.without_upkeep)
    series = [None if run is None else run.series(_SAFE) for run in runs]
    return {
        number: tuple(None if one is None else one[place] for one in series)  # type: ignore[misc]
        for place, number in enumerate(piece.numbers)
    }


def known_answer(scenario: Scenario) -> dict[str, Any] | None:
    """Return the whole answer where somebody has had it before; None where nobody has, or it was long ago."""
    return _answers.find(scenario.digest())


def told(scenario: Scenario, worlds: Mapping[int, World]) -> dict[str, Any] | None:
    """Return what is said of the worlds that are done; None while they are too few.

    Parameters
    ----------
    scenario : what is asked of
    worlds : by their numbers
    """
    if len(worlds) < FIRST_TOLD:
        return None
    paired = _paired(scenario, worlds)
    said = answer(paired, with_reasons=False)
    is_whole = len(worlds) >= WORLDS
    kept = kept_range(scenario) if is_whole else None
    shown = {
        "verdict": said.verdict,
        "number": said.headline.removeprefix(said.verdict).strip(),
        "story": said.story,
        "range": [] if kept is None else _range(paired, kept),
        "n": len(worlds),
        "is_whole": is_whole,
        "band": _band(paired.arm.series(_SAFE)),
        "lines": _packed(np.median([run.series(_SAFE) for run in (paired.arm, paired.baseline)], axis=1)),
    }
    if is_whole:
        _answers.keep(scenario.digest(), shown)
    return shown


def _range(paired: PairedEnsemble, kept: ScenarioRange) -> list[str]:
    """Return sentences on the range over what nobody has measured, that of the verdict first."""
    return sorted(range_in_words(paired, kept), key=lambda line: not line.startswith(OUTCOMES["persists"].label))


def _paired(scenario: Scenario, worlds: Mapping[int, World]) -> PairedEnsemble:
    numbers = tuple(sorted(worlds))
    has_upkeep = worlds[numbers[0]][2] is not None
    return PairedEnsemble(
        _ensemble(scenario, numbers, [worlds[number][0] for number in numbers]),
        _ensemble(scenario.baseline(), numbers, [worlds[number][1] for number in numbers]),
        _ensemble(scenario.without_upkeep(), numbers, [worlds[number][2] for number in numbers])
        if has_upkeep
        else None,
    )


def _ensemble(scenario: Scenario, numbers: tuple[int, ...], safe: Sequence[Series | None]) -> Ensemble:
    weekly = np.array(safe)[:, :, None]
    return Ensemble(scenario, organisation_of(scenario), _SEED, numbers, weekly, measure_names=(_SAFE,))


def _band(safe: Series) -> str:
    """Return quantiles over worlds, [4][n_weeks + 1]."""
    return _packed(measures.quantile_bands(safe, _BAND))


def _packed(shares: Series) -> str:
    """Return shares as bytes, 255 for everybody; packed for the browser."""
    return base64.b64encode(np.round(255 * shares).astype(np.uint8).tobytes()).decode("ascii")
