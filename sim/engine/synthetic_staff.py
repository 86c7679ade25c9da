"""People made for a group of whom a survey tells only one number: their mean, or the share of them who agree.

Each replicate makes its own. They differ from each other as its people do, or as far as the survey says, and together
they have what the group would have if everybody had answered: the number of those who did, and chance for the rest.
"""

from __future__ import annotations

import itertools
import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sim.inputs.organisation import GroupScores

__all__ = ["as_answered", "moved_to_mean", "moved_to_number", "synthetic_scores"]

_HALVINGS = 60
_JEFFREYS = 0.5
_BARELY = 1e-9
_NORMAL = NormalDist()


def synthetic_scores(
    felt: NDArray[np.float64],
    groups: GroupScores,
    is_there: NDArray[np.bool_],
    chance: NDArray[np.float64],
    order: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return [n_staff] scores of those of whom only a group's is known, NaN of all others.

    Parameters
    ----------
    felt : [n_staff], what the people whom this replicate made feel; in [0, 1]
    groups : what the survey says
    is_there : [n_staff], whether a seat has somebody in it
    chance : [n_groups], in (0, 1): how far each group is from those who answered
    order : [n_staff], likewise: who gave which answer, where all are known that were given without a name, and who is
        where among people of whom mean and spread are known
    """
    scores = np.full(len(felt), np.nan)
    is_open = (groups.of_seat >= 0) & is_there
    seats = np.flatnonzero(is_open)[np.argsort(groups.of_seat[is_open], kind="stable")]
    numbers = np.arange(len(groups.value) + 1)
    ends = np.searchsorted(groups.of_seat[seats], numbers)
    by_group = np.argsort(groups.answers_of, kind="stable")
    ends_of_answers = np.searchsorted(groups.answers_of[by_group], numbers)
    for group, (first, last) in enumerate(itertools.pairwise(ends)):
        if (rows := seats[first:last]).size:
            answers = groups.answers[by_group[slice(*ends_of_answers[group : group + 2])]]
            if answers.size:
                scores[rows] = as_answered(answers, order[rows], float(chance[group]))
                continue
            own = felt[rows]
            if not np.isnan(groups.spread[group]) and not groups.is_share[group]:
                own = _in_any_order(own, order[rows])
            scores[rows] = _of_group(own, groups, group, float(chance[group]))
    return scores


def _in_any_order(felt: NDArray[np.float64], order: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values evenly over a normal distribution, for people whose mean and spread will be as a survey tells them.

    It does not tell that those feel safest whom the burn-in made so: were that assumed, what they expect would lie as
    far apart as what they feel, and a year would gain too little. Who is where is chance's; both scores of somebody go
    together as far as they do in the model, since ``felt`` is drawn in one order for both.
    """
    drawn = felt[np.argsort(np.argsort(order, kind="stable"), kind="stable")]
    places = np.array([_NORMAL.inv_cdf((k + 0.5) / len(felt)) for k in range(len(felt))])
    ranks = np.argsort(np.argsort(drawn, kind="stable"), kind="stable")
    return np.asarray(felt.mean() + felt.std() * places[ranks], dtype=np.float64)


def _of_group(felt: NDArray[np.float64], groups: GroupScores, group: int, chance: float) -> NDArray[np.float64]:
    """Return the scores of one group's people."""
    value, spread = float(groups.value[group]), float(groups.spread[group])
    n, answered = len(felt), int(groups.answered[group])
    if not np.isnan(spread) and (own := float(felt.std())) > 0:
        felt = felt.mean() + (felt - felt.mean()) * (spread / own)
    if groups.is_share[group]:
        return moved_to_number(felt, _who_agree(value, n, answered, chance), float(groups.agrees_above[group]))
    if 0 < answered < n:
        # The mean of all, given that of those who answered, where nobody is more likely to answer than others.
        value += _NORMAL.inv_cdf(chance) * float(felt.std()) * ((1 / answered) * (1 - answered / n)) ** 0.5
    return moved_to_mean(felt, min(max(value, 0.0), 1.0))


def as_answered(answers: NDArray[np.float64], order: NDArray[np.float64], chance: float) -> NDArray[np.float64]:
    """Return the answers of people who gave them without a name: chance says who gave which.

    Who did not answer feels like those who did, as far from them as chance has it for so few; of more answers than
    people there are now, an even part is theirs.

    Parameters
    ----------
    answers : [n_answers], at least one
    order : [n_people], chance of each
    chance : in (0, 1), of them together

    Examples
    --------
    >>> as_answered(np.array([0.0, 0.5, 1.0]), np.array([0.6, 0.2, 0.4]), 0.5).tolist()
    [1.0, 0.0, 0.5]
    """
    n_without = len(order) - len(answers)
    if n_without < 0:
        answers = _evenly(answers, len(order), 0.0)
    elif n_without > 0:
        away = _NORMAL.inv_cdf(chance) * (1 / len(answers) + 1 / n_without) ** 0.5
        answers = np.concatenate([answers, _evenly(np.sort(answers), n_without, away)])
    given = np.empty(len(order))
    given[np.argsort(order, kind="stable")] = answers
    return given


def _evenly(ordered: NDArray[np.float64], n: int, away: float) -> NDArray[np.float64]:
    """Return ``n`` of some ordered values, evenly spread over them and moved by so many standard deviations."""
    places = [_NORMAL.cdf(_NORMAL.inv_cdf((k + 0.5) / n) + away) for k in range(n)]
    rows = np.minimum((np.array(places) * len(ordered)).astype(np.int64), len(ordered) - 1)
    return np.asarray(ordered[rows], dtype=np.float64)


def _who_agree(share: float, n: int, answered: int, chance: float) -> int:
    """Return how many of a group agree, if that share of those who answered do."""
    if not 0 < answered < n:
        return min(int(share * n + chance), n)
    said_so = share * answered
    others = _beta_binomial_quantile(chance, n - answered, said_so + _JEFFREYS, answered - said_so + _JEFFREYS)
    return round(said_so) + others


def _beta_binomial_quantile(chance: float, n: int, a: float, b: float) -> int:
    """Return the smallest number of ``n`` that is not exceeded with this chance, where each's own is of Beta(a, b)."""
    at_most = 0.0
    for number in range(n):
        ways = math.lgamma(n + 1) - math.lgamma(number + 1) - math.lgamma(n - number + 1)
        at_most += math.exp(ways + _log_beta(number + a, n - number + b) - _log_beta(a, b))
        if at_most >= chance:
            return number
    return n


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def moved_to_mean(values: NDArray[np.float64], mean: float) -> NDArray[np.float64]:
    """Return values moved alike, within 0 and 1, so that their mean is as given.

    Examples
    --------
    >>> moved_to_mean(np.array([0.2, 0.4]), 0.6).round(6).tolist()
    [0.5, 0.7]
    """
    reach = 1.0 + float(np.abs(values).max(initial=0.0))
    low, high = -reach, reach
    for _ in range(_HALVINGS):
        shift = (low + high) / 2
        if np.clip(values + shift, 0.0, 1.0).mean() < mean:
            low = shift
        else:
            high = shift
    return np.clip(values + high, 0.0, 1.0)


def moved_to_number(values: NDArray[np.float64], number: int, above: float) -> NDArray[np.float64]:
    """Return values moved alike, within 0 and 1, so that so many of them are above a threshold.

    Of all moves that do, it is the nearest to where people with such a spread would be expected.

    Examples
    --------
    >>> moved_to_number(np.array([0.2, 0.3, 0.6]), 2, above=0.5).round(2).tolist()
    [0.4, 0.5, 0.8]
    """
    n = len(values)
    order = np.argsort(-values, kind="stable")
    expected = above + float(values.std()) * _NORMAL.inv_cdf((number + _JEFFREYS) / (n + 1))
    shift = expected - float(values.mean())
    if number > 0:
        shift = max(shift, above - float(values[order[number - 1]]) + _BARELY)
    if number < n:
        shift = min(shift, above - float(values[order[number]]))
    moved = np.clip(values + shift, 0.0, 1.0)
    # Who stand exactly alike cannot be parted by a move.
    agrees, others = order[:number], order[number:]
    moved[agrees] = np.maximum(moved[agrees], min(above + _BARELY, 1.0))
    moved[others] = np.minimum(moved[others], above)
    return moved
