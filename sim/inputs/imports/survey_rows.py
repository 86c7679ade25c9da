"""The rows of ``survey.csv``: scores of persons and groups, and what is taken for those who did not answer."""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sim.inputs.imports.notes import Notes, counted, some
from sim.inputs.imports.people import Staff, counts_by_team
from sim.inputs.imports.scores import GatheredSurvey, Group
from sim.inputs.tables.columns import Role

__all__ = ["survey_rows"]

NATIONAL_ICC = 0.10
"""How much of the differences between people lies between their teams: hospital units in national surveys of safety."""

_ALIKE = 0.5
"""About how far people's two scores go together, where means of both and one spread are all that is told."""

_MOST_MADE = 200
_TINY = 1e-12

_COLUMNS = (
    "id",
    "team",
    "service",
    "safety",
    "efficacy",
    "safety_agreeing",
    "efficacy_agreeing",
    "respondents",
    "spread",
)
_SCORES = ("safety", "efficacy")


def survey_rows(survey: GatheredSurvey, staff: Staff, notes: Notes) -> list[list[str]]:
    """Return the rows of ``survey.csv``, the first of them its header; scores are from 0 to 1.

    Who did not answer is taken to feel as the team's people do who did, drawn towards all by as much as so few say.
    """
    _for_those_without(survey, staff, notes)
    _say_who_is_not_told(survey, staff, notes)
    _as_far_apart_as_told(survey, staff, notes)
    told = [
        {"id": own, "safety": _cell(safety), "efficacy": _cell(efficacy)}
        for own, (safety, efficacy) in survey.persons.items()
    ]
    for group in survey.groups:
        told += _rows_of_group(survey, group)
    columns = [*_COLUMNS, *["times_given"] * any("times_given" in one for one in told)]
    return [columns, *([one.get(column, "") for column in columns] for one in told)]


def _rows_of_group(survey: GatheredSurvey, group: Group) -> list[dict[str, str]]:
    """Return a row of what is known of a team or service, or one for each answer that was given without a name."""
    (kind, name), cells = group, survey.groups[group]
    if pairs := _answers_that_say_all(survey, group):
        alike = Counter((_cell(safety), _cell(efficacy)) for safety, efficacy in pairs)
        return [
            {kind: name, "safety": safety, "efficacy": efficacy, "times_given": str(n)}
            for (safety, efficacy), n in sorted(alike.items())
        ]
    told = {kind: name, **{column: _cell(value) for column, value in cells.items()}}
    for column in ("safety_agreeing", "efficacy_agreeing"):
        if column in cells:
            told[column] = _cell(100 * cells[column])
    if "respondents" in cells:
        told["respondents"] = str(int(cells["respondents"]))
    return [told]


def _answers_that_say_all(survey: GatheredSurvey, group: Group) -> list[tuple[float, float]]:
    """Return every answer of a group, if nothing is known of it that they do not say."""
    pairs = survey.answers.get(group, [])
    said = {name for k, name in enumerate(_SCORES) if any(not math.isnan(pair[k]) for pair in pairs)}
    return pairs if set(survey.groups[group]) - {"respondents", "spread"} <= said else []


def _as_far_apart_as_told(survey: GatheredSurvey, staff: Staff, notes: Notes) -> None:
    """Make of a group's mean and spread the answers of its people: who of them gave which is not known either way."""
    sizes = counts_by_team(staff.people)
    made = 0
    for group, cells in survey.groups.items():
        spread, means = cells.get("spread", 0.0), [cells.get(name, math.nan) for name in _SCORES]
        has_shares = any(f"{name}_agreeing" in cells for name in _SCORES)
        n = int(cells.get("respondents", 0)) or sizes[group[1]]
        if spread > 0 and n > 1 and not has_shares and not survey.answers.get(group):
            survey.answers[group] = _with_spread(means, spread, min(n, _MOST_MADE))
            made += 1
    if made:
        notes.understood.append(
            f"of {counted(made, 'team or service', 'teams or services')} mean and spread are told: people so far apart "
            "around it, in each run others of them"
        )


def _with_spread(means: Sequence[float], spread: float, n: int) -> list[tuple[float, float]]:
    """Return answers of ``n`` people, spread evenly over a normal distribution within the scale, which have the means.

    Examples
    --------
    >>> [round(safety, 2) for safety, _ in _with_spread([0.5, math.nan], 0.2, 3)]
    [0.26, 0.5, 0.74]
    """
    places = np.array([NormalDist().inv_cdf((k + 0.5) / n) for k in range(n)])
    felt = spread * places / places.std()
    # Who feels safer is more often heard, but not always: the ranks of the second mix those of the first with others.
    others = felt[_shuffled(n)]
    others = others - felt * (others @ felt) / (felt @ felt)
    strength = math.sqrt((1 / _ALIKE**2 - 1) * (felt @ felt) / max(others @ others, _TINY))
    mixed = np.argsort(np.argsort(felt + strength * others, kind="stable"))
    safety, efficacy = _moved_to(felt, means[0]), _moved_to(felt, means[1])[mixed]
    return list(zip(safety.tolist(), efficacy.tolist(), strict=True))


def _shuffled(n: int) -> NDArray[np.int64]:
    """Return the numbers below ``n`` in an order that has nothing to do with theirs."""
    return np.argsort([hashlib.blake2b(f"{k} of {n}".encode()).digest() for k in range(n)])


def _moved_to(felt: NDArray[np.float64], mean: float) -> NDArray[np.float64]:
    """Return values moved alike, within 0 and 1, so that their mean is as given."""
    from scipy.optimize import brentq

    if math.isnan(mean):
        return np.full(len(felt), np.nan)
    reach = 1.0 + float(np.abs(felt).max())
    shift = brentq(lambda by: float(np.clip(felt + by, 0.0, 1.0).mean()) - mean, -reach, reach)
    moved: NDArray[np.float64] = np.clip(felt + shift, 0.0, 1.0)
    return moved


def _cell(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6g}"


def _for_those_without(survey: GatheredSurvey, staff: Staff, notes: Notes) -> None:
    """Add a score for those of a team who did not answer, from those who did."""
    answered: dict[str, list[list[float]]] = defaultdict(list)
    without: dict[str, int] = defaultdict(int)
    for person in staff.people:
        if person.role is not Role.STAFF:
            continue
        if person.id in survey.persons:
            answered[person.team].append(survey.persons[person.id])
        else:
            without[person.team] += 1
    if not answered or not without:
        return
    n_added = 0
    stats = [_between_teams([[pair[k] for pair in pairs] for pairs in answered.values()]) for k in (0, 1)]
    for team, n_without in without.items():
        if ("team", team) in survey.groups:
            continue
        cells: dict[str, float] = {}
        for (overall, icc), name, k in zip(stats, ("safety", "efficacy"), (0, 1), strict=True):
            own = [pair[k] for pair in answered.get(team, []) if not math.isnan(pair[k])]
            if math.isnan(overall):
                continue
            reliability = len(own) * icc / (1 + (len(own) - 1) * icc) if own else 0.0
            mean = sum(own) / len(own) if own else overall
            cells[name] = overall + reliability * (mean - overall)
            cells["respondents"] = max(cells.get("respondents", 1.0), float(len(own)))
        if cells:
            survey.groups[("team", team)] = cells
            n_added += n_without
    if n_added:
        icc = stats[0][1]
        who = f"{counted(n_added, 'person', 'people')} who did not answer {'is' if n_added == 1 else 'are'}"
        notes.assumed.append(
            f"{who} taken to feel like those of their team "
            f"who did, drawn towards all (ICC {icc:.2f}); who keeps quiet may feel less safe than that"
        )


def _say_who_is_not_told(survey: GatheredSurvey, staff: Staff, notes: Notes) -> None:
    """Say of which teams the survey tells nothing, so that their people begin where the model has them."""
    told = {name for kind, name in survey.groups if kind == "team"}
    services = {name for kind, name in survey.groups if kind == "service"}
    without: Counter[str] = Counter()
    for person in staff.people:
        is_told = person.id in survey.persons or person.team in told or person.service in services
        if person.role is Role.STAFF and not is_told:
            without[person.team] += 1
    if without:
        notes.assumed.append(
            f"no answer tells of {counted(len(without), 'team')} with {without.total():,} staff: {some(without)}; they "
            "begin as the model has them"
        )


def _between_teams(teams: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return the mean of all and the share of differences that lies between teams (ICC 1), the nation's if too few."""
    told = [[x for x in team if not math.isnan(x)] for team in teams]
    told = [team for team in told if team]
    n = sum(map(len, told))
    if not n:
        return math.nan, NATIONAL_ICC
    overall = sum(map(sum, told)) / n
    if sum(len(team) >= 3 for team in told) < 5 or n <= len(told):
        return overall, NATIONAL_ICC
    means = [sum(team) / len(team) for team in told]
    between = sum(len(team) * (mean - overall) ** 2 for team, mean in zip(told, means, strict=True)) / (len(told) - 1)
    within = sum((x - mean) ** 2 for team, mean in zip(told, means, strict=True) for x in team) / (n - len(told))
    size = (n - sum(len(team) ** 2 for team in told) / n) / (len(told) - 1)
    if between + (size - 1) * within <= 0:
        return overall, 0.0
    return overall, min(max((between - within) / (between + (size - 1) * within), 0.0), 1.0)
