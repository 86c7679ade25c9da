"""What programmes cost beside what is left of them, over many worlds; which is best for the money, in words.

Programmes are held against each other where the same happens in the same service for the same time. All are judged in
one week, as the search for the best use of a budget judges them, and cost what is paid for them in the whole run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise, takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.base.phrasing import in_100, listed, more_in_100, percent
from sim.dashboard.answering import WORLDS, PairedPiece, WorldSeries, pieces_for
from sim.dashboard.shared import SharedCache
from sim.inputs.scenario.description import Scenario
from sim.report.ranges import ends_in_short
from sim.results import measures
from sim.results.intervals import bracketed
from sim.results.measures import PERSIST_YEARS, Interval
from sim.results.outcomes import OUTCOMES, PairedSeries
from sim.results.ranges import kept_range
from sim.rulebook.parameters import WEEKS_PER_YEAR
from sim.study.programmes import LAST_SUPPORT_WEEK

__all__ = [
    "MOST_PROGRAMMES",
    "Candidate",
    "ProgrammeWorth",
    "all_pieces",
    "candidates",
    "judged_week",
    "known_worth",
    "shown",
    "worth_of",
]

MOST_PROGRAMMES = 20
"""Programmes that are held against each other at most."""

_REDRAWS = 1000
_LEAST_WORLDS = 10
_CHANCE = 1
_NOTHING = 1e-9
_MOST_BYTES = 2_000_000
_MOST_NAMED = 3

Series = NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """A programme that somebody might pay for.

    Parameters
    ----------
    key : tells it from others on a page
    title : what it is called there
    scenario : what is run
    """

    key: str
    title: str
    scenario: Scenario


@dataclass(frozen=True, eq=False)
class ProgrammeWorth:
    """What a programme costs, and what is left of it.

    Parameters
    ----------
    paid, own : days of paid support, and of leaders' own time, in the whole run
    upkeep : days of paid support a year after outside support has ended
    paid_if_stopped : days paid if the upkeep ends with outside support
    gains : [n_worlds], how many more feel safe than with nothing done, of 1, in the week in which all are judged
    lasting : [n_worlds], whether the shift was worth noticing and lasts
    gains_if_stopped : as ``gains``, if the upkeep ends with outside support; None where there is no upkeep
    rests_on : its kept range over what nobody has measured, in words; nothing where none is kept
    """

    paid: float
    own: float
    upkeep: float
    paid_if_stopped: float
    gains: Series
    lasting: Series
    gains_if_stopped: Series | None
    rests_on: str = ""

    @property
    def gain(self) -> Interval:
        """The gain over worlds."""
        return measures.share_interval(self.gains)

    def over(self, n: int) -> ProgrammeWorth:
        """Return what it is worth over the first worlds alone."""
        stopped = None if self.gains_if_stopped is None else self.gains_if_stopped[:n]
        return replace(self, gains=self.gains[:n], lasting=self.lasting[:n], gains_if_stopped=stopped)

    def cost(self, counts_own: bool) -> float:
        """Return its days, with those of leaders' own time or without."""
        return self.paid + (self.own if counts_own else 0.0)


_known: SharedCache[ProgrammeWorth] = SharedCache(_MOST_BYTES, lambda worth: 24 * len(worth.gains) + 200)

# --- which programmes -------------------------------------------------------------------------------------------------


def judged_week() -> int:
    """Return the week in which all programmes are judged."""
    return LAST_SUPPORT_WEEK + PERSIST_YEARS * WEEKS_PER_YEAR


def candidates(
    explored: Candidate, shipped: Sequence[Candidate], mine: Sequence[Candidate]
) -> tuple[list[Candidate], list[list[str]]]:
    """Return the programmes that can be held against each other, and of one's own those that cannot, each with why.

    Parameters
    ----------
    explored : what all others are compared with: what happens there, where, and for how long
    shipped : those that come with Cultureshift; what does not fit is not told of
    mine : scenarios of somebody's own

    Raises
    ------
    InputError : the run is too short to be judged
    """
    if explored.scenario.weeks <= judged_week():
        came, hint = f"{explored.scenario.weeks} weeks", "choose a longer scenario in Explore"
        raise InputError.single("money", f"a run of more than {judged_week()} weeks", came, hint)
    found: dict[str, Candidate] = {}
    left_out: list[list[str]] = []
    for one in (explored, *mine, *shipped):
        why = _why_not(one.scenario, explored.scenario)
        if not why and len(found) < MOST_PROGRAMMES:
            found.setdefault(one.scenario.digest(), one)
        elif one in mine:
            left_out.append([one.title, why or f"at most {MOST_PROGRAMMES} are shown"])
    return list(found.values()), left_out


def _why_not(scenario: Scenario, explored: Scenario) -> str:
    """Return why a programme cannot be held against others; nothing if it can."""
    if not scenario.done:
        return "nothing is done in it"
    if scenario.weeks != explored.weeks:
        return f"it runs for {scenario.weeks} weeks, and what is in Explore for {explored.weeks}"
    if not scenario.baseline().is_baseline_of(explored):
        return "something else happens in it, or it is about another service"
    return ""


# --- what comes of them -----------------------------------------------------------------------------------------------


def all_pieces(asked: Sequence[Candidate]) -> list[tuple[int, PairedPiece]]:
    """Return the work on programmes, each piece with the place of its programme; they take turns and grow together."""
    by_programme = [pieces_for(one.scenario, WORLDS) for one in asked]
    return [(place, piece) for turn in zip(*by_programme, strict=True) for place, piece in enumerate(turn)]


def known_worth(scenario: Scenario) -> ProgrammeWorth | None:
    """Return what a programme is worth where somebody has asked before; None where nobody has, or it was long ago."""
    return _known.find(scenario.digest())


def worth_of(scenario: Scenario, worlds: Mapping[int, WorldSeries]) -> ProgrammeWorth | None:
    """Return what a programme is worth over the first worlds, as far as they are done; None while they are too few."""
    numbers = list(takewhile(worlds.__contains__, count()))
    if len(numbers) < _LEAST_WORLDS:
        return None
    safe, baseline = (_safe(worlds, numbers, k) for k in (0, 1))
    series = PairedSeries(safe, baseline, LAST_SUPPORT_WEEK)
    stopped = scenario.without_upkeep()
    gains_if_stopped = None
    if worlds[numbers[0]][2] is not None:
        gains_if_stopped = _gains(PairedSeries(_safe(worlds, numbers, 2), baseline, LAST_SUPPORT_WEEK))
    is_whole = len(numbers) >= WORLDS
    kept = kept_range(scenario) if is_whole else None
    worth = ProgrammeWorth(
        paid=_sum(scenario.cost_by_week(scenario.weeks)),
        own=_sum(scenario.own_days_by_week(scenario.weeks)),
        upkeep=scenario.upkeep_days_a_year,
        paid_if_stopped=_sum(stopped.cost_by_week(stopped.weeks)),
        gains=_gains(series),
        lasting=np.asarray(OUTCOMES["lasts"].by_replicate(series), dtype=float),
        gains_if_stopped=gains_if_stopped,
        rests_on=ends_in_short(kept) if kept else "",
    )
    if is_whole:
        _known.keep(scenario.digest(), worth)
    return worth


def _safe(worlds: Mapping[int, WorldSeries], numbers: Sequence[int], place: int) -> NDArray[np.float64]:
    """Return the share that feels safe in one of the runs of each world, [n_worlds, n_weeks + 1]."""
    return np.array([worlds[number][place][:, 0] for number in numbers], np.float64)  # type: ignore[index]  # it was run


def _gains(series: PairedSeries) -> Series:
    return np.asarray(OUTCOMES["gain_4_years"].by_replicate(series), dtype=float)


def _sum(by_week: Series) -> float:
    return float(by_week.sum())


# --- what a page shows ------------------------------------------------------------------------------------------------


def shown(
    asked: Sequence[Candidate], worths: Sequence[ProgrammeWorth | None], picked: Sequence[str], counts_own: bool
) -> dict[str, Any] | None:
    """Return what a page shows of programmes; None as long as nothing is known of one of them.

    Parameters
    ----------
    asked, worths : the programmes, and what each is worth
    picked : keys of those that are held against each other alone; all of them if none
    counts_own : whether leaders' own time counts as a cost
    """
    found = [worth for worth in worths if worth is not None]
    if len(found) < len(asked) or not found:
        return None
    n = min(len(worth.gains) for worth in found)
    known = [(one, worth.over(n)) for one, worth in zip(asked, found, strict=True)]
    known.sort(key=lambda pair: (pair[1].cost(counts_own), -pair[1].gain.estimate))
    among = [pair for pair in known if pair[0].key in picked] or known
    frontier = _frontier(among, counts_own)
    verdict, more = _in_words(among, frontier, counts_own)
    ranks = {among[place][0].key: rank for rank, place in enumerate(frontier)}
    keys = {one.key for one, _ in among}
    return {
        "n": n,
        "is_whole": n >= WORLDS,
        "week": judged_week(),
        "weeks": known[0][0].scenario.weeks,
        "verdict": verdict,
        "more": more,
        "points": [
            {**_point(one, worth), "rank": ranks.get(one.key), "is_held": one.key in keys} for one, worth in known
        ],
    }


Pairs = Sequence[tuple[Candidate, ProgrammeWorth]]


def _point(one: Candidate, worth: ProgrammeWorth) -> dict[str, Any]:
    gain, lasts = worth.gain, OUTCOMES["lasts"].sum_up(worth.lasting)
    stopped = None if worth.gains_if_stopped is None else measures.share_interval(worth.gains_if_stopped)
    return {
        "key": one.key,
        "title": one.title,
        "paid": round(worth.paid),
        "own": round(worth.own),
        "upkeep": round(worth.upkeep),
        "gain": [100 * gain.estimate, 100 * gain.low, 100 * gain.high],
        "stopped": None if stopped is None else [round(worth.paid_if_stopped), 100 * stopped.estimate],
        "gain_words": f"{in_100(gain.estimate)}{bracketed(gain, in_100)}",
        "stopped_words": "" if stopped is None else f"{in_100(stopped.estimate)}{bracketed(stopped, in_100)}",
        "lasts_words": f"{percent(lasts.estimate)}{bracketed(lasts, percent)}",
        "rests_on": worth.rests_on,
    }


def _frontier(pairs: Pairs, counts_own: bool) -> list[int]:
    """Return the places of the programmes worth considering, from the one that is best for the money upwards.

    It begins with whatever leaves most for each day; each further one leaves more, and of those it is the one whose
    further days leave most. All others cost more for less. Of what leaves something by chance alone there is none.
    """
    gains = [worth.gain.estimate for _, worth in pairs]
    costs = [worth.cost(counts_own) for _, worth in pairs]
    able = [place for place, (_, worth) in enumerate(pairs) if worth.gain.low > 0]
    cost, gain, frontier = 0.0, 0.0, list[int]()
    while better := [place for place in able if gains[place] > gain]:
        further = {place: max(0.0, costs[place] - cost) / (gains[place] - gain) for place in better}
        best = min(better, key=lambda place: (further[place], -gains[place], place))
        frontier.append(best)
        cost, gain = costs[best], gains[best]
    return frontier


def _in_words(pairs: Pairs, frontier: Sequence[int], counts_own: bool) -> tuple[str, list[str]]:
    """Return the verdict, and what is to be said besides."""
    when = f"in week {judged_week()}"
    if not frontier:
        return f"None of these leaves more behind than chance does, {when}.", []
    one, worth = pairs[frontier[0]]
    cost, gain = worth.cost(counts_own), worth.gain
    if len(pairs) == 1:
        return (
            f"“{one.title}” leaves {more_in_100(gain.estimate)} of 100{bracketed(gain, in_100)} who feel safe {when}, "
            f"for {_days(cost, counts_own)}.",
            _of_upkeep(one, worth),
        )
    verdict = f"“{one.title}” is best for the money."
    each = f": {cost / (100 * gain.estimate):,.0f} for each of them" if cost else ""
    more = [
        f"{more_in_100(gain.estimate).capitalize()} of 100{bracketed(gain, in_100)} feel safe {when} than with nothing "
        f"done, for {_days(cost, counts_own)}{each}. If chance fell otherwise, it would come first in "
        f"{percent(_how_often_first(pairs, frontier[0], counts_own))} of cases.",
        *_of_upkeep(one, worth),
    ]
    for before, place in pairwise(frontier):
        more.append(_step(pairs[before], pairs[place], counts_own))
    rest = [f"“{other.title}”" for place, (other, _) in enumerate(pairs) if place not in frontier]
    if rest:
        named = listed(rest) if len(rest) <= _MOST_NAMED else f"The other {len(rest)}"
        more.append(f"{named} {_costs_more(len(rest))} than chance does.")
    return verdict, more


def _costs_more(number: int) -> str:
    """Say that programmes, as many as there are, are not worth considering."""
    return (
        "costs more for what it leaves, or leaves no more"
        if number == 1
        else ("cost more for what they leave, or leave no more")
    )


def _days(number: float, counts_own: bool) -> str:
    return f"{number:,.0f} days (paid, and of leaders' own time)" if counts_own else f"{number:,.0f} paid days"


def _of_upkeep(one: Candidate, worth: ProgrammeWorth) -> list[str]:
    if worth.gains_if_stopped is None:
        return []
    left = measures.share_interval(worth.gains_if_stopped)
    return [
        f"“{one.title}” needs {worth.upkeep:,.0f} paid days of upkeep a year; if they stop with outside support, "
        f"{in_100(left.estimate)} of 100{bracketed(left, in_100)} are left, for {worth.paid_if_stopped:,.0f} paid days."
    ]


def _step(before: tuple[Candidate, ProgrammeWorth], after: tuple[Candidate, ProgrammeWorth], counts_own: bool) -> str:
    """Tell what more is left for more days."""
    further = after[1].cost(counts_own) - before[1].cost(counts_own)
    gained = measures.share_interval(after[1].gains - before[1].gains)
    chance = "" if gained.low > 0 else " That may be luck."
    return (
        f"“{after[0].title}” leaves {in_100(gained.estimate)} more of 100{bracketed(gained, in_100)} for "
        f"{further:,.0f} further days, {further / (100 * gained.estimate):,.0f} for each of them.{chance}"
    )


def _how_often_first(pairs: Pairs, first: int, counts_own: bool) -> float:
    """Return in which share of redraws of the worlds a programme still leaves most for each day."""
    gains = np.array([worth.gains for _, worth in pairs])
    n = gains.shape[1]
    costs = np.array([[worth.cost(counts_own)] for _, worth in pairs])
    redraws = np.random.default_rng(_CHANCE).integers(0, n, (_REDRAWS, n))
    means = np.maximum(gains[:, redraws].mean(axis=2), _NOTHING)
    # What costs nothing goes before what costs something; of several, what leaves most.
    price = np.where(costs > 0, costs / means, -means)
    price[[place for place, (_, worth) in enumerate(pairs) if worth.gain.low <= 0]] = np.inf
    return float((price.argmin(axis=0) == first).mean())
