"""The answer to what is in Explore, over many worlds: the verdict in words, and the band in which the worlds lie.

The worlds are those of ``cultureshift run``, so that page and command line say the same. Which world is shown in the
pictures does not matter to it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.dashboard.shared import SharedCache, digest_of, organisation_of, text_bytes
from sim.inputs.scenario.description import Scenario
from sim.report.answer import answer
from sim.report.ranges import left_open_in_words, range_in_words
from sim.results import measures
from sim.results.ensemble import Ensemble, PairedEnsemble, run_paired
from sim.results.left_open import N_STAFFS, gains_of_staffs, left_open_by, worlds_of_staffs
from sim.results.outcomes import OUTCOMES
from sim.results.ranges import kept_range_of

__all__ = [
    "FIRST_TOLD",
    "SEED",
    "WORLDS",
    "PairedPiece",
    "StaffGains",
    "StaffPiece",
    "WorldSeries",
    "known_answer",
    "left_open_told",
    "paired_of",
    "pieces_for",
    "range_told",
    "run_piece",
    "staff_pieces_for",
    "told",
]

WORLDS = 40
"""Worlds that an answer rests on."""

FIRST_TOLD = 10
"""Worlds from which on something is said, as of what is found so far."""

SEED = 1
"""The seed of these worlds."""

_CHUNK = 5
_SAFE = "safe_share"
_BAND = (0.05, 0.25, 0.75, 0.95)
_MOST_BYTES = 8_000_000

Series = NDArray[np.float64]
WorldSeries = tuple[Series, Series, Series | None]
"""One world, [n_weeks + 1, n_measures]: as it is, with nothing done, and if upkeep stops with support."""

StaffGains = Mapping[int, Series]
"""[n_worlds] peak gains of staffs that would all have answered a survey so, by their numbers."""

_answers: SharedCache[dict[str, Any]] = SharedCache(_MOST_BYTES, text_bytes)


@dataclass(frozen=True)
class PairedPiece:
    """Some worlds of a scenario, each beside its twin with nothing done, and the measures that are kept of them."""

    scenario: Scenario
    numbers: tuple[int, ...]
    measure_names: tuple[str, ...] = (_SAFE,)


def pieces_for(
    scenario: Scenario, worlds: int = WORLDS, measure_names: tuple[str, ...] = (_SAFE,)
) -> list[PairedPiece]:
    """Return the work of an answer, a few worlds at a time."""
    return [
        PairedPiece(scenario, tuple(range(n, min(n + _CHUNK, worlds))), measure_names) for n in range(0, worlds, _CHUNK)
    ]


@dataclass(frozen=True)
class StaffPiece:
    """A staff that would have answered the survey so, in the first worlds of an answer.

    Parameters
    ----------
    scenario : what is run, in an organisation with a survey
    number : which of the staffs
    worlds : in which worlds
    judged_from : the week from which a shift is judged; its own end of support if None
    """

    scenario: Scenario
    number: int
    worlds: tuple[int, ...]
    judged_from: int | None = None

    def run(self) -> dict[int, Series]:
        """Return its gains by its number; called in a worker."""
        [gains] = gains_of_staffs(
            self.scenario, organisation_of(self.scenario), [self.number], self.worlds, SEED,
            judged_from=self.judged_from, threads=1,
        )  # fmt: skip
        return {self.number: gains}


def staff_pieces_for(scenario: Scenario, worlds: int = WORLDS, judged_from: int | None = None) -> list[StaffPiece]:
    """Return the work of telling what a survey leaves open; none where there is no survey, or nothing is done."""
    run_in = worlds_of_staffs(organisation_of(scenario), range(worlds)) if scenario.done else ()
    return [StaffPiece(scenario, number, run_in, judged_from) for number in range(N_STAFFS)] if run_in else []


def run_piece(piece: PairedPiece | StaffPiece) -> dict[int, Any]:
    """Return some worlds by their numbers, or the gains of a staff by its own; called in a worker."""
    if isinstance(piece, StaffPiece):
        return piece.run()
    paired = run_paired(piece.scenario, piece.numbers, SEED, measures=piece.measure_names, threads=1)
    runs = (paired.arm, paired.baseline, paired.without_upkeep)
    return {
        number: tuple(None if run is None else run.weekly[place] for run in runs)
        for place, number in enumerate(piece.numbers)
    }


def known_answer(scenario: Scenario) -> dict[str, Any] | None:
    """Return the whole answer where somebody has had it before; None where nobody has, or it was long ago."""
    return _answers.find(digest_of(scenario))


def told(
    scenario: Scenario, worlds: Mapping[int, WorldSeries], staffs: StaffGains, n_staffs: int
) -> dict[str, Any] | None:
    """Return what is said of the worlds that are done; None while they are too few.

    Parameters
    ----------
    scenario : what is asked of
    worlds : by their numbers
    staffs, n_staffs : the staffs that are done of those that would have answered the survey so, and how many will be
    """
    if len(worlds) < FIRST_TOLD:
        return None
    paired = paired_of(scenario, worlds)
    said = answer(paired, with_reasons=False)
    is_whole = len(worlds) >= WORLDS
    shown = {
        "verdict": said.verdict,
        "number": said.headline.removeprefix(said.verdict).strip(),
        "story": said.story,
        "range": range_told(paired) if is_whole else [],
        "left_open": left_open_told(paired, staffs) if is_whole else [],
        "n": len(worlds),
        "is_whole": is_whole,
        "band": _band(paired.arm.series(_SAFE)),
        "lines": _packed(np.median([run.series(_SAFE) for run in (paired.arm, paired.baseline)], axis=1)),
    }
    if is_whole and len(staffs) == n_staffs:
        _answers.keep(digest_of(scenario), shown)
    return shown


def range_told(paired: PairedEnsemble) -> list[str]:
    """Return sentences on the kept range over what nobody has measured, that of the verdict first; none without one."""
    kept = kept_range_of(paired)
    if kept is None:
        return []
    return sorted(
        range_in_words(paired.summary(), kept), key=lambda line: not line.startswith(OUTCOMES["persists"].label)
    )


def left_open_told(paired: PairedEnsemble, staffs: StaffGains) -> list[str]:
    """Return a sentence on what a survey leaves open, once all staffs and their worlds are done; none without one."""
    if len(staffs) < N_STAFFS or paired.arm.replicates[: len(staffs[0])] != tuple(range(len(staffs[0]))):
        return []
    found = left_open_by(paired, np.array([staffs[number] for number in range(N_STAFFS)]))
    return [] if found is None else [left_open_in_words(paired, found)]


def paired_of(
    scenario: Scenario, worlds: Mapping[int, WorldSeries], measure_names: tuple[str, ...] = (_SAFE,)
) -> PairedEnsemble:
    """Return worlds as a pair of ensembles; ``measure_names`` are those of the pieces that they came from."""
    numbers = tuple(sorted(worlds))
    organisation = organisation_of(scenario)

    def ensemble(of: Scenario, place: int) -> Ensemble:
        weekly = np.array([worlds[number][place] for number in numbers])
        return Ensemble(of, organisation, SEED, numbers, weekly, measure_names=measure_names)

    has_upkeep = worlds[numbers[0]][2] is not None
    stopped = ensemble(scenario.without_upkeep(), 2) if has_upkeep else None
    return PairedEnsemble(ensemble(scenario, 0), ensemble(scenario.baseline(), 1), stopped)


def _band(safe: Series) -> str:
    """Return quantiles over worlds, [4][n_weeks + 1]."""
    return _packed(measures.quantile_bands(safe, _BAND))


def _packed(shares: Series) -> str:
    """Return shares as bytes, 255 for everybody; packed for the browser."""
    return base64.b64encode(np.round(255 * shares).astype(np.uint8).tobytes()).decode("ascii")
