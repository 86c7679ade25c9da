"""Why a shift lasts or fades: the answer over many worlds with its reasons, and what each loop of the model carried.

The worlds are those of the answer in Explore and of ``cultureshift run``, so that all three say the same; the loops are
switched off in the first of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.dashboard import answering
from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.scenario.description import Scenario
from sim.report.answer import Answer, answer
from sim.report.loops import loops_in_words
from sim.results import measures
from sim.results.ensemble import PairedEnsemble
from sim.results.loops import shares_without_each

__all__ = ["LOOP_WORLDS", "Account", "LoopsPiece", "account", "account_of", "loops_pieces", "pieces_for", "run_piece"]

LOOP_WORLDS = 10
"""Worlds in which the loops are switched off."""

_LOOP_CHUNK = 2

Series = NDArray[np.float64]


@dataclass(frozen=True)
class LoopsPiece:
    """Some worlds in which each loop of the model is switched off in turn."""

    scenario: Scenario
    seed: int
    numbers: tuple[int, ...]

    def run(self) -> dict[int, Series]:
        """Return who feels safe with all loops and without each, by the number of the world; called in a worker."""
        return shares_without_each(self.scenario, self.numbers, self.seed)


AccountPiece = answering.PairedPiece | LoopsPiece | answering.StaffPiece


def loops_pieces(scenario: Scenario, seed: int) -> list[LoopsPiece]:
    """Return the work of switching loops off, a few worlds at a time; none where nothing is done."""
    numbers = range(0, LOOP_WORLDS, _LOOP_CHUNK)
    return [LoopsPiece(scenario, seed, tuple(range(n, n + _LOOP_CHUNK))) for n in numbers] if scenario.done else []


def pieces_for(scenario: Scenario) -> list[AccountPiece]:
    """Return the work of an account; what a survey leaves open comes last."""
    worlds = answering.pieces_for(scenario, measure_names=MEASURE_NAMES)
    return [*worlds, *loops_pieces(scenario, answering.SEED), *answering.staff_pieces_for(scenario)]


def run_piece(piece: AccountPiece) -> dict[int, Any]:
    """Do a piece of work; called in a worker."""
    return piece.run() if isinstance(piece, LoopsPiece) else answering.run_piece(piece)


@dataclass(frozen=True)
class Account:
    """What a scenario comes to, and why.

    Parameters
    ----------
    paired : the worlds
    answer : verdict, story and reasons
    rests_on : sentences on the range over what nobody has measured, where one is kept, and on what a survey leaves open
    loops : what each loop carried, as :func:`sim.report.loops.loops_in_words` tells it; None where nothing is done
    """

    paired: PairedEnsemble
    answer: Answer
    rests_on: tuple[str, ...]
    loops: dict[str, Any] | None

    def shown(self) -> dict[str, Any]:
        """Return what the page shows: words, loops, and how the gain of the worlds spreads week by week."""
        scenario = self.paired.arm.scenario
        return {
            "title": scenario.title,
            "start": scenario.start.isoformat() if scenario.start else None,
            "n": len(self.paired.arm.replicates),
            "verdict": self.answer.verdict,
            "story": self.answer.story,
            "reasons": list(self.answer.reasons),
            "rests_on": list(self.rests_on),
            "loops": self.loops,
            "bands": measures.quantile_bands(measures.smooth(self.paired.gain())).round(4).tolist(),
        }


def account(scenario: Scenario) -> Account:
    """Return the account of a scenario, made here and now."""
    pieces = pieces_for(scenario)
    return account_of(scenario, pieces, [run_piece(piece) for piece in pieces])


def account_of(scenario: Scenario, pieces: Sequence[AccountPiece], done: Iterable[dict[int, Any]]) -> Account:
    """Return the account that finished pieces of work make; those of staffs may be wanting.

    Parameters
    ----------
    scenario : what was run
    pieces, done : the work of :func:`pieces_for`, and what :func:`run_piece` gave of each
    """
    worlds: dict[int, answering.WorldSeries] = {}
    without: dict[int, Series] = {}
    staffs: dict[int, Series] = {}
    for piece, found in zip(pieces, done, strict=True):
        if isinstance(piece, answering.StaffPiece):
            staffs.update(found)
        else:
            (without if isinstance(piece, LoopsPiece) else worlds).update(found)
    paired = answering.paired_of(scenario, worlds, MEASURE_NAMES)
    rests_on = (*answering.range_told(paired), *answering.left_open_told(paired, staffs))
    return Account(paired, answer(paired), rests_on, loops_in_words(scenario, without))
