"""``numbers.csv``: numbers of an organisation's own records, beside its tables, for whoever runs or fits the model.

They change nothing by themselves: a run says where its own numbers lie in their intervals, a calibration goes through
the intervals.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sim.base.errors import InputError, nearest_name
from sim.inputs.imports.records import VACANCY_RATE, Number
from sim.inputs.tables.columns import TableColumn
from sim.inputs.tables.faults import shown
from sim.inputs.tables.rows import Table, read_number, read_table
from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = ["NUMBERS", "beside_records", "numbers_text", "parameters_in", "ranges_of_records", "read_numbers"]

NUMBERS = "numbers.csv"

COLUMNS: dict[str, TableColumn] = {
    "parameter": TableColumn("what it is, mostly a parameter of the model", is_required=True),
    "value": TableColumn("the estimate", is_required=True),
    "low": TableColumn("lower end of its 95 % interval", is_required=True),
    "high": TableColumn("upper end of its 95 % interval", is_required=True),
    "unit": TableColumn("unit of all three"),
}
_MOST_NUMBERS = 100
_DIGITS = 3


def numbers_text(numbers: Sequence[Number]) -> str:
    """Return the text of ``numbers.csv``."""
    text = io.StringIO()
    rows = [[one.name, *(f"{x:.6g}" for x in (one.value, one.low, one.high)), one.unit] for one in numbers]
    csv.writer(text, lineterminator="\n").writerows([list(COLUMNS), *rows])
    return text.getvalue()


def read_numbers(folder: Path, rulebook: Rulebook = RULEBOOK) -> list[Number]:
    """Return the numbers beside an organisation's tables; none where there is no such file.

    Raises
    ------
    InputError : the file has faults; all of them are listed, with line and column
    """
    path = folder / NUMBERS
    if not path.exists():
        return []
    table = read_table(path, COLUMNS)
    numbers: list[Number] = []
    if table.has(*(name for name, column in COLUMNS.items() if column.is_required)):
        if table.n_rows > _MOST_NUMBERS:
            table.found.add(0, "", f"at most {_MOST_NUMBERS} numbers", f"{table.n_rows:,}")
        known = [VACANCY_RATE, *rulebook.parameters]
        for row in range(min(table.n_rows, _MOST_NUMBERS)):
            if (number := _number(table, row, known)) is not None:
                if number.name in {other.name for other in numbers}:
                    table.found.add(table.lines[row], "parameter", "each number once", f'"{number.name}" twice')
                numbers.append(number)
    if len(table.found):
        raise InputError(table.found.in_order())
    return numbers


def _number(table: Table, row: int, known: Sequence[str]) -> Number | None:
    """Return the number of a row; None where it has faults, which are noted."""
    line, before = table.lines[row], len(table.found)
    name = table.column("parameter")[row]
    if name not in known:
        table.found.add(line, "parameter", "the name of a parameter", shown(name), nearest_name(name, known))
    told: dict[str, float] = {}
    for column in ("value", "low", "high"):
        cell = table.column(column)[row]
        number = read_number(cell, table.delimiter)
        if number is None or not math.isfinite(number):
            table.found.add(line, column, "a number", shown(cell))
        else:
            told[column] = number
    if len(table.found) == before and not told["low"] <= told["value"] <= told["high"]:
        came = f"{told['low']:g}, {told['value']:g} and {told['high']:g}"
        table.found.add(line, "value", "low, value and high in this order", came)
    if len(table.found) > before:
        return None
    unit = table.column("unit")[row] if table.has("unit") else ""
    return Number(name, told["value"], told["low"], told["high"], unit, "")


def parameters_in(numbers: Sequence[Number], rulebook: Rulebook = RULEBOOK) -> list[Number]:
    """Return the numbers that are parameters and tell something, as far as the model allows their values.

    An interval that holds all that is plausible anyway, as one of hardly any leavers does, tells nothing.
    """
    found = []
    for one in numbers:
        declared = rulebook.parameters.get(one.name)
        if declared is not None and not one.low <= declared.plausible[0] < declared.plausible[1] <= one.high:
            value, low, high = (min(max(x, declared.lowest), declared.highest) for x in (one.value, one.low, one.high))
            found.append(replace(one, value=value, low=low, high=high))
    return found


def ranges_of_records(numbers: Sequence[Number], rulebook: Rulebook = RULEBOOK) -> dict[str, tuple[float, float]]:
    """Return the interval of each parameter that records tell, where it is more than a point."""
    return {one.name: (one.low, one.high) for one in parameters_in(numbers, rulebook) if one.low < one.high}


def beside_records(
    values: Mapping[str, float], numbers: Sequence[Number], rulebook: Rulebook = RULEBOOK
) -> Iterator[str]:
    """Yield a sentence on each parameter that records tell: what a run has, and whether they go together.

    Parameters
    ----------
    values : of all parameters in a run
    numbers : of the records

    Examples
    --------
    >>> numbers = [Number("staff_turnover", 0.105, 0.05, 0.19, "per year", "")]
    >>> print(*beside_records({"staff_turnover": 0.14}, numbers))
    staff_turnover is 0.14 in this run; your records say 0.105 (0.05 to 0.19 per year), so both may be true.
    """
    for one in parameters_in(numbers, rulebook):
        value = values[one.name]
        unit = f" {one.unit}" if one.unit else ""
        told = f"{one.value:.{_DIGITS}g} ({one.low:.{_DIGITS}g} to {one.high:.{_DIGITS}g}{unit})"
        if math.isclose(value, one.value, rel_tol=0.01):
            end = "as it has"
        elif one.low <= value <= one.high:
            end = "so both may be true"
        else:
            end = f"which is something else: --set {one.name}={one.value:.{_DIGITS}g} takes it up"
        yield f"{one.name} is {value:.{_DIGITS}g} in this run; your records say {told}, {end}."
