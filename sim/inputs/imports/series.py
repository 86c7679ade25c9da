"""What each wave of a survey found of everybody together: a table that a calibration takes as its targets.

A wave is a share who agree where answers or shares are known, and a mean where means alone are. Its standard error is
that of so many answers, as if they were drawn from many: what people answer differs from one day to the next.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sim.inputs.imports.notes import Notes, counted
from sim.inputs.imports.people import Staff, counts_by_team
from sim.inputs.imports.waves import Part
from sim.inputs.tables.columns import Role
from sim.inputs.tables.placing import SPREAD_OF_PEOPLE

__all__ = ["WaveResult", "results_of_waves", "wave_rows"]

_MEASURES = (("safety", "safe_share"), ("efficacy", "confident_share"))
_MIDDLE_MONTH, _MIDDLE_DAY = 7, 1
_FEWEST_WAVES = 2
_JEFFREYS = 0.5


@dataclass(frozen=True)
class WaveResult:
    """What one wave found of one thing.

    Parameters
    ----------
    label : what the wave is called
    day : when it was
    measure : of the model, in the unit that the value has
    value, error : what came out, from 0 to 1, and its standard error
    answered : how many answered
    """

    label: str
    day: date
    measure: str
    value: float
    error: float
    answered: int


def results_of_waves(parts: Iterable[Part], staff: Staff, notes: Notes) -> list[WaveResult]:
    """Return what each wave found, in the order of their days; none where there are not two that have one.

    Parameters
    ----------
    parts : all waves, with what came of them
    staff : who is in which team, for scores of teams that do not say how many answered
    notes : what was assumed or left out is added here
    """
    by_day: dict[date, dict[str, WaveResult]] = {}
    n_without = n_rough = 0
    for part in sorted(parts, key=lambda part: (part.table.title, part.label)):
        if not part.n_answers:
            continue
        if part.order is None or part.order[0] != "day":
            n_without += 1
            continue
        year, month, day = part.order[1]
        n_rough += not month
        when = date(year, month or _MIDDLE_MONTH, day or _MIDDLE_DAY)
        for found in _found_in(part, when, staff):
            known = by_day.setdefault(when, {}).setdefault(found.measure, found)
            if found.answered > known.answered:  # the same wave, by person and by team
                by_day[when][found.measure] = found
    measured = [set(found) for found in by_day.values()]
    in_two = {name for found in measured for name in found if sum(name in other for other in measured) >= _FEWEST_WAVES}
    results = [by_day[when][name] for when in sorted(by_day) for name in sorted(by_day[when]) if name in in_two]
    if results:
        days = sorted({one.day for one in results})
        notes.understood.append(
            f"{counted(len(days), 'wave')} of the survey from {days[0]} to {days[-1]} are kept in waves.csv, for "
            "`cultureshift calibrate --organisation`; people who have left since are in none of them by their ids"
        )
        if n_rough:
            notes.assumed.append(f"{counted(n_rough, 'wave')} of which a year alone is told was in the middle of it")
        if n_without:
            notes.left_out.append(f"{counted(n_without, 'wave')} without a date, from the table of waves")
    return results


def _found_in(part: Part, when: date, staff: Staff) -> Iterable[WaveResult]:
    sizes = counts_by_team(staff.people)
    of_service = {
        name: sum(one.role is Role.STAFF and one.service == name for one in staff.people)
        for name in {one.service for one in staff.people}
    }
    survey = part.survey
    unnamed = [pair for pairs in survey.answers.values() for pair in pairs]
    for k, (name, measure) in enumerate(_MEASURES):
        own = [pair[k] for pair in (*survey.persons.values(), *unnamed) if not math.isnan(pair[k])]
        if own:
            agree = sum(score > survey.agrees_above for score in own)
            yield _share(part.label, when, measure, agree, len(own))
            continue
        told = [
            (cells, int(cells.get("respondents", 0)) or (sizes[group] if kind == "team" else of_service.get(group, 0)))
            for (kind, group), cells in survey.groups.items()
        ]
        shares = [(cells[f"{name}_agreeing"], n) for cells, n in told if f"{name}_agreeing" in cells]
        means = [(cells[name], n) for cells, n in told if name in cells]
        if n := sum(n for _, n in shares):
            yield _share(part.label, when, measure, sum(share * n for share, n in shares), n)
        elif n := sum(n for _, n in means):
            spreads = [cells.get("spread", SPREAD_OF_PEOPLE) for cells, _ in told]
            value, spread = sum(mean * n for mean, n in means) / n, sum(spreads) / len(spreads)
            yield WaveResult(part.label, when, name, value, max(spread, 0.01) / math.sqrt(n), n)


def _share(label: str, when: date, measure: str, agree: float, n: int) -> WaveResult:
    likely = (agree + _JEFFREYS) / (n + 2 * _JEFFREYS)
    return WaveResult(label, when, measure, agree / n, math.sqrt(likely * (1 - likely) / n), n)


def wave_rows(results: Sequence[WaveResult]) -> list[list[str]]:
    """Return the rows of ``waves.csv``, a table of targets, its header first; weeks count from the first wave."""
    first = min(one.day for one in results)
    rows = [["week", "measure", "value", "error", "pattern"]]
    for one in results:
        week = round((one.day - first).days / 7)
        note = f"{one.label} ({one.day}), {counted(one.answered, 'answer')}"
        rows.append([str(week), one.measure, f"{one.value:.6g}", f"{one.error:.4g}", note])
    return rows
