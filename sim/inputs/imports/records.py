"""Turnover, vacancy rate and time to hire from starters, leavers, posts and vacancies, with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sim.inputs.imports.columns import HeadedSheet, Recognised
from sim.inputs.imports.notes import Notes, counted
from sim.inputs.imports.people import DAYS_PER_YEAR, Left, Staff
from sim.inputs.imports.values import date_order, in_which_order, read_date, to_number
from sim.inputs.imports.words import Meaning
from sim.inputs.tables.columns import WEEKS_PER_YEAR, Role

__all__ = ["VACANCY_RATE", "Number", "hiring", "time_to_fill", "turnover", "vacancies"]

VACANCY_RATE = "vacancy_rate"
"""What comes of turnover and time to hire, and so no parameter of the model."""

PARAMETER_OF = {
    Role.STAFF: "staff_turnover",
    Role.TEAM_LEADER: "team_leader_turnover",
    Role.SENIOR_LEADER: "senior_leader_turnover",
}
_CHANCE = 0.05
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Number:
    """A number from records.

    Parameters
    ----------
    name : what it is called as a parameter of the model, where it is one
    value, low, high : estimate and interval in which the true one is with 95 % chance
    unit : of all three
    basis : what it was counted from
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    basis: str


def turnover(staff: Staff, notes: Notes) -> list[Number]:
    """Return yearly rates of leaving for staff, team leaders and senior leaders, as far as leavers are known.

    Leavers per person-year; intervals are Garwood's exact ones for a Poisson number.
    """
    left = [spell for spell in staff.spells if spell.end is not None]
    day = staff.day
    if not left or day is None:
        return []
    undated = [spell for spell in left if spell.end == date.min]
    dated = [spell.end for spell in left if spell.end is not None and spell.end != date.min and spell.end <= day]
    if undated:
        notes.assumed.append(
            f"{counted(len(undated), 'leaver')} without a date are taken to have left within the last year"
        )
    elif not staff.is_day_told and (latest := _latest(staff.spells, day)) <= day - _YEAR:
        notes.left_out.append(
            f"turnover: nobody in the lists joined or left after {latest}, more than a year before {day}, so that they "
            f"seem to be of an earlier day; another day: --answer date={latest}"
        )
        return []
    first = min(dated, default=day - _YEAR)
    begins = day - _YEAR if undated or first <= day - _YEAR else first
    numbers = []
    for role, name in PARAMETER_OF.items():
        own = [spell for spell in staff.spells if spell.role is role]
        n_left = sum(_left_since(spell, begins, day) for spell in own)
        years = sum(_years_here(spell, begins, day) for spell in own)
        if years > 0:
            low, high = _poisson_interval(n_left)
            basis = f"{counted(n_left, 'leaver')} in {years:,.0f} person-years from {begins} to {day}"
            numbers.append(Number(name, n_left / years, low / years, high / years, "per year", basis))
    return numbers


def _latest(spells: Sequence[Left], day: date) -> date:
    """Return the last date up to a day on which somebody joined or left."""
    told = (when for spell in spells for when in (spell.start, spell.end))
    return max((when for when in told if when is not None and when <= day), default=date.min)


def _left_since(spell: Left, begins: date, day: date) -> bool:
    return spell.end is not None and (spell.end == date.min or begins <= spell.end <= day)


def _years_here(spell: Left, begins: date, day: date) -> float:
    if spell.end == date.min:  # some time within the year: half of it, on average
        return (day - begins).days / DAYS_PER_YEAR / 2
    first = max(begins, spell.start or begins)
    last = min(day, spell.end or day)
    return max(0.0, (last - first).days / DAYS_PER_YEAR)


def _poisson_interval(n: int) -> tuple[float, float]:
    from scipy.special import gammaincinv

    low = float(gammaincinv(n, _CHANCE / 2)) if n else 0.0
    return low, float(gammaincinv(n + 1, 1 - _CHANCE / 2))


def vacancies(table: HeadedSheet, recognised: Sequence[Recognised], notes: Notes) -> list[Number]:
    """Return the vacancy rate of a table of posts, funded and filled."""
    headings = {one.kind: one.heading for one in recognised}
    if Meaning.POSTS not in headings or Meaning.IN_POST not in headings:
        return []
    pairs = zip(table.column(headings[Meaning.POSTS]), table.column(headings[Meaning.IN_POST]), strict=True)
    rows = [
        (posts, filled)
        for one, other in pairs
        if (posts := to_number(one)) and (filled := to_number(other)) is not None
    ]
    posts, filled = (sum(row[k] for row in rows) for k in (0, 1))
    if posts <= 0:
        return []
    if filled > posts:
        notes.assumed.append(f"{table.title}: more people than posts, so no vacancies")
    from scipy.special import betaincinv

    vacant = max(0.0, posts - filled)
    low = float(betaincinv(vacant, posts - vacant + 1, _CHANCE / 2)) if vacant else 0.0
    high = float(betaincinv(vacant + 1, posts - vacant, 1 - _CHANCE / 2)) if vacant < posts else 1.0
    return [Number(VACANCY_RATE, vacant / posts, low, high, "share of posts", f"{vacant:,.1f} of {posts:,.1f} posts")]


def time_to_fill(numbers: Sequence[Number]) -> list[Number]:
    """Return the time to hire that makes as many posts vacant as there are, where no record tells it.

    Of posts that are filled, so many become vacant in a year as staff turn over, and each stays so for that time. Its
    interval goes from end to end of both others, and so is rather too wide.
    """
    told = {one.name: one for one in numbers}
    rate, leaving = told.get(VACANCY_RATE), told.get(PARAMETER_OF[Role.STAFF])
    if rate is None or leaving is None or "time_to_hire" in told or not 0 < rate.value < 1 or leaving.value <= 0:
        return []

    def weeks(vacant: float, turnover: float) -> float:
        return WEEKS_PER_YEAR * vacant / (1 - vacant) / turnover if vacant < 1 and turnover > 0 else math.inf

    low, high = weeks(rate.low, leaving.high), min(weeks(rate.high, leaving.low), float(WEEKS_PER_YEAR))
    value = min(weeks(rate.value, leaving.value), high)
    return [Number("time_to_hire", value, min(low, value), high, "weeks", "from vacancy rate and staff turnover")]


def hiring(table: HeadedSheet, recognised: Sequence[Recognised], notes: Notes) -> list[Number]:
    """Return the time to hire of a table of vacancies, from when they were opened to when they were filled.

    Vacancies that are still open are left out, which makes the mean too short; their number is told.
    """
    headings = {one.kind: one.heading for one in recognised}
    filled_by = Meaning.FILLED if Meaning.FILLED in headings else Meaning.START
    if Meaning.OPENED not in headings or filled_by not in headings:
        return []
    columns = [table.column(headings[meaning]) for meaning in (Meaning.OPENED, filled_by)]
    together = date_order(cell for cells in columns for cell in cells)
    orders = [together if (own := date_order(cells)) is None else own for cells in columns]
    for cells, order in zip(columns, orders, strict=True):
        if order is None:
            notes.assumed.append(f"{table.title}: {in_which_order(cells)}")
    days = [
        [read_date(cell, order is not False) for cell in cells] for cells, order in zip(columns, orders, strict=True)
    ]
    weeks = [(end - start).days / 7 for start, end in zip(*days, strict=True) if start and end and end >= start]
    n_open = sum(start is not None and end is None for start, end in zip(*days, strict=True))
    if n_open:
        notes.left_out.append(
            f"{table.title}: {counted(n_open, 'vacancy', 'vacancies')} still open; the mean time is too short"
        )
    if len(weeks) < 2:
        return []
    mean = sum(weeks) / len(weeks)
    error = 1.96 * math.sqrt(sum((x - mean) ** 2 for x in weeks) / (len(weeks) - 1) / len(weeks))
    return [
        Number(
            "time_to_hire",
            mean,
            max(0.0, mean - error),
            mean + error,
            "weeks",
            counted(len(weeks), "filled vacancy", "filled vacancies"),
        )
    ]
