"""What a pair of ensembles says, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from sim.results import measures
from sim.results.ensemble import PairedEnsemble
from sim.results.measures import LEAST_GAIN, PERSIST_YEARS, SMOOTHING_WEEKS, Interval
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["Findings", "ShiftVerdict", "find"]

EVEN = 0.5


class ShiftVerdict(Enum):
    """What became of a scenario."""

    NOTHING_DONE = "nothing was done"
    NO_SUPPORT = "there was no support that could end"
    HARM = "support did harm"
    NO_SHIFT = "there was no shift"
    LATER = "there was no shift with support, and a change later"
    TOO_EARLY = "the run ends too soon to say"
    LASTS = "the shift lasts"
    FADES = "the shift does not last"
    OPEN = "it could go either way"


@dataclass(frozen=True)
class Findings:
    """The outcomes of a run that words are made of.

    Parameters
    ----------
    paired : the runs
    verdict : what became of the shift
    end : week in which support ends (0 where there is none)
    peak : peak gain, share of staff
    gain_at_end : smoothed gain when support ends; at the end of the run where there is no support
    final_gain : smoothed gain at the end of the run
    retained : years after support, and the share of the peak gain left then, where the run is long enough
    half_life : weeks after support ends
    persists : share of runs in which more than half of the peak gain is left after four years
    holds_baseline : share of runs in which the culture holds without what is done
    """

    paired: PairedEnsemble
    verdict: ShiftVerdict
    end: int
    peak: Interval
    gain_at_end: Interval
    final_gain: Interval
    retained: tuple[tuple[int, Interval], ...]
    half_life: Interval
    persists: Interval
    holds_baseline: Interval

    @property
    def holds_either_way(self) -> bool:
        """Whether most feel safe in the baseline too: in most of its runs the culture holds."""
        return self.holds_baseline.estimate > EVEN and not self.paired.is_alone

    @property
    def n_runs(self) -> int:
        """Number of replicates."""
        return len(self.paired.arm.replicates)

    @property
    def weeks_after_support(self) -> int:
        """Weeks of the run after support ends."""
        return self.paired.arm.n_weeks - self.end

    @property
    def has_fading(self) -> bool:
        """Whether there is a shift, and at least a quarter of a year in which it could fade."""
        shifted = self.verdict in (ShiftVerdict.LASTS, ShiftVerdict.FADES, ShiftVerdict.OPEN, ShiftVerdict.TOO_EARLY)
        return shifted and self.weeks_after_support >= SMOOTHING_WEEKS


def find(paired: PairedEnsemble) -> Findings:
    """Return what a pair of ensembles says."""
    end, has_support = paired.support_end_week, paired.arm.scenario.support_end_week is not None
    summary = paired.summary()
    peak, final, persists = summary["peak_gain"], summary["final_gain"], summary["persists"]
    at_end = measures.share_interval(paired.judged.smoothed[:, end if has_support else -1])
    return Findings(
        paired=paired,
        verdict=_verdict(paired, peak, at_end, final, persists),
        end=end,
        peak=peak,
        gain_at_end=at_end,
        final_gain=final,
        retained=tuple(_retained(paired, end)),
        half_life=summary["half_life_weeks"],
        persists=persists,
        holds_baseline=summary["holds_baseline"],
    )


def _verdict(
    paired: PairedEnsemble, peak: Interval, at_end: Interval, final: Interval, persists: Interval
) -> ShiftVerdict:
    scenario = paired.arm.scenario
    if paired.is_alone:
        return ShiftVerdict.NOTHING_DONE
    if scenario.support_end_week is None:
        return ShiftVerdict.NO_SUPPORT
    if at_end.estimate <= -LEAST_GAIN:
        return ShiftVerdict.HARM
    if peak.estimate < LEAST_GAIN:
        return ShiftVerdict.LATER if abs(final.estimate) >= LEAST_GAIN else ShiftVerdict.NO_SHIFT
    if paired.support_end_week + PERSIST_YEARS * WEEKS_PER_YEAR > paired.arm.n_weeks:
        return ShiftVerdict.TOO_EARLY
    if persists.low > EVEN or (persists.n == 1 and persists.estimate > EVEN):
        return ShiftVerdict.LASTS
    if persists.high < EVEN or (persists.n == 1 and persists.estimate < EVEN):
        return ShiftVerdict.FADES
    return ShiftVerdict.OPEN


def _retained(paired: PairedEnsemble, end: int) -> list[tuple[int, Interval]]:
    known: list[tuple[int, Interval]] = []
    for years in (1, 2, PERSIST_YEARS):
        values: NDArray[np.float64] = paired.retained(years)
        if end + years * WEEKS_PER_YEAR <= paired.arm.n_weeks and np.isfinite(values).any():
            known.append((years, measures.kept_interval(values)))
    return known
