"""What an answer rests on, in words: the interval of chance, and the range over what nobody has measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from sim.base.phrasing import duration, in_100
from sim.results.ensemble import PairedEnsemble
from sim.results.intervals import bracketed, interval_of
from sim.results.left_open import LEFT_OPEN_OF
from sim.results.measures import Interval
from sim.results.outcomes import PERSISTS_WITHOUT_UPKEEP
from sim.results.ranges import HEADLINES, OutcomeRange, ScenarioRange

__all__ = [
    "ends_in_short",
    "ends_in_words",
    "how_ranges_are_made",
    "left_open_in_words",
    "range_in_short",
    "range_in_words",
    "range_records",
    "value_in_words",
]

Say = Callable[[float], str]

_NUMBERS: Mapping[str, tuple[str, Say, str]] = {
    "peak_gain": ("", in_100, " more in 100 staff"),
    "half_life_weeks": ("", duration, ""),
}
_SHARE_OF_WORLDS: tuple[str, Say, str] = ("in ", in_100, " of 100 worlds")

_IN_SHORT: Mapping[str, tuple[str, str]] = {
    "peak_gain": ("peak gain", "in 100 staff"),
    "persists": ("persists in", "of 100 worlds"),
    "holds": ("holds in", "of 100 worlds"),
}
"""Headlines that are told where there is little room."""


def range_in_words(summary: Mapping[str, Interval], found: ScenarioRange) -> list[str]:
    """Return a sentence or two for each outcome: what it is, how far chance goes, and what nobody has measured.

    Parameters
    ----------
    summary : the outcomes of the answer with their intervals of chance, by name
    found : its range over the draws
    """
    known = (name for name in HEADLINES if name in found.outcomes and name in summary)
    return [
        _told(name, summary[name], found.outcomes[name]) for name in known if not math.isnan(summary[name].estimate)
    ]


def _told(name: str, chance: Interval, over: OutcomeRange) -> str:
    sentence = f"{HEADLINES[name].label}: {value_in_words(name, chance)}; {ends_in_words(name, over)}"
    say = _said_by(name)
    if say(over.low) == say(over.high):
        return f"{sentence}."
    return f"{sentence}, {_beside(chance, over)}."


def value_in_words(name: str, chance: Interval) -> str:
    """Return a headline with its interval of chance.

    Examples
    --------
    >>> value_in_words("persists", Interval(0.95, 0.84, 0.99, 40))
    'in 95 of 100 worlds (84 to 99)'
    """
    before, say, after = _NUMBERS.get(name, _SHARE_OF_WORLDS)
    return f"{before}{say(chance.estimate)}{after}{bracketed(chance, say)}"


def _said_by(name: str) -> Say:
    """Return how the number of a headline is said."""
    return _NUMBERS.get(name, _SHARE_OF_WORLDS)[1]


def ends_in_words(name: str, over: OutcomeRange) -> str:
    """Return between which numbers a headline lies over what nobody has measured.

    Examples
    --------
    >>> ends_in_words("persists", OutcomeRange(0.4, 0.8, 0.99, 0.5, 64))
    'over what nobody has measured, between 40 and 99'
    """
    say = _said_by(name)
    if say(over.low) == say(over.high):
        return f"over what nobody has measured, {say(over.low)} throughout"
    low, _, high = interval_of(Interval(over.middle, over.low, over.high, over.n), say).partition(" to ")
    return f"over what nobody has measured, between {low} and {high}"


def _beside(chance: Interval, over: OutcomeRange) -> str:
    """Say how a range lies to the answer; the values that are shipped may well be at its edge."""
    if over.high < chance.estimate:
        return "which is less than the shipped values give"
    if over.low > chance.estimate:
        return "which is more than the shipped values give"
    return f"which is {'wider' if _width(over) > _width(chance) else 'no wider'} than chance alone"


def left_open_in_words(paired: PairedEnsemble, found: Interval) -> str:
    """Return between which numbers the peak gain lies of the one staff that a survey asked.

    Parameters
    ----------
    paired : the runs of the answer
    found : of :func:`sim.results.left_open.left_open`
    """
    mean, label = paired.summary()[LEFT_OPEN_OF], HEADLINES[LEFT_OPEN_OF].label
    return (
        f"{label}: {in_100(mean.estimate)} more in 100 staff{bracketed(mean, in_100)} is the mean; of the one staff "
        f"that you have, between {in_100(found.low)} and {in_100(found.high)}, 95 %. For that {found.n} staffs were "
        "run that would all have answered so, in the same worlds."
    )


def range_in_short(found: ScenarioRange) -> str:
    """Return the ranges of the headlines in one sentence, for where there is little room.

    Examples
    --------
    >>> from sim.results.ranges import OutcomeRange
    >>> range_in_short(ScenarioRange({"peak_gain": OutcomeRange(0.12, 0.2, 0.27, 0.5, 64)}, 64, 16))
    'Over what nobody has measured: peak gain 12 to 27 in 100 staff.'
    """
    told = ends_in_short(found)
    return f"Over what nobody has measured: {told}." if told else ""


def ends_in_short(found: ScenarioRange) -> str:
    """Return between which numbers the headlines lie, for where it is said above over what.

    Examples
    --------
    >>> from sim.results.ranges import OutcomeRange
    >>> ends_in_short(ScenarioRange({"peak_gain": OutcomeRange(0.12, 0.2, 0.27, 0.5, 64)}, 64, 16))
    'peak gain 12 to 27 in 100 staff'
    """
    told = []
    for name, (before, after) in _IN_SHORT.items():
        if (over := found.outcomes.get(name)) is not None:
            told.append(f"{before} {_ends_in_100(over)} {after}")
        if name == "persists" and (without := found.outcomes.get(PERSISTS_WITHOUT_UPKEEP)) is not None:
            told[-1] += f", without upkeep {_ends_in_100(without)}"
    return "; ".join(told)


def _ends_in_100(over: OutcomeRange) -> str:
    return " to ".join(dict.fromkeys((in_100(over.low), in_100(over.high))))


def _width(one: Interval | OutcomeRange) -> float:
    """Return how wide an interval or a range is; without ends it has no width."""
    width = 0.0 if math.isinf(one.low) else one.high - one.low
    return 0.0 if math.isnan(width) else width


def how_ranges_are_made(found: ScenarioRange) -> str:
    """Return what the numbers of a range are, in a sentence."""
    return (
        f"In brackets: chance, 95 %. Over what nobody has measured: {found.n_draws} draws that show all patterns of "
        f"the calibration, {found.n_worlds} worlds each; nine in ten draws lie between the two numbers."
    )


def range_records(pairs: Sequence[PairedEnsemble], found: Sequence[ScenarioRange | None]) -> list[dict[str, object]]:
    """Return ranges as records; nothing where none is known.

    Keys: scenario, measure, low, middle, high, between, draws, worlds, as in
    :class:`sim.results.ranges.OutcomeRange`.
    """
    return [
        {
            "scenario": paired.arm.scenario.name, "measure": name, "low": over.low, "middle": over.middle,
            "high": over.high, "between": over.between, "draws": over.n, "worlds": one.n_worlds,
        }
        for paired, one in zip(pairs, found, strict=True)
        if one is not None
        for name, over in one.outcomes.items()
    ]  # fmt: skip
