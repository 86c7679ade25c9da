"""Draws over what nobody has measured: sets of values for all parameters that no study has given a number for.

At each of them the model shows every pattern that it was calibrated to; so each is as good as the defaults, and what an
answer differs by between them is what is not known. How they were made: :mod:`sim.validation.draws`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import Fault, InputError, nearest_name
from sim.base.files import read_file
from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = ["Draws", "draws", "read_draws", "written"]

_SHIPPED = Path(__file__).with_suffix(".csv")
_MOST_BYTES = 10_000_000
_LONGEST_SHOWN = 60


@dataclass(frozen=True, eq=False)
class Draws:
    """Sets of values.

    Parameters
    ----------
    names : [n_parameters], of the parameters
    values : [n_draws, n_parameters], in the parameters' units
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, number: int) -> dict[str, float]:
        """Return a draw, by parameter."""
        return dict(zip(self.names, self.values[number].tolist(), strict=True))

    def without(self, names: Iterable[str]) -> Draws:
        """Return the same draws, which say nothing of some parameters."""
        left_out = set(names)
        places = [place for place, name in enumerate(self.names) if name not in left_out]
        return Draws(tuple(self.names[place] for place in places), self.values[:, places])

    def digest(self) -> str:
        """Return a hash of names and values."""
        return hashlib.sha256(written(self).encode()).hexdigest()


def draws(rulebook: Rulebook = RULEBOOK) -> Draws:
    """Return the draws that are shipped.

    Parameters
    ----------
    rulebook : whose parameters they are for; one that no draw tells of keeps its value

    Raises
    ------
    InputError : none are shipped

    Examples
    --------
    Run a scenario at one of them::

        run_paired(load_scenario("shoestring-year").with_parameters(**draws()[0]))
    """
    if not _SHIPPED.exists():
        hint = "python benchmarks/draws.py FILE --ship makes them"
        raise InputError.single(_SHIPPED.name, "the draws over what nobody has measured", "none", hint)
    return read_draws(_SHIPPED, rulebook)


def written(what: Draws) -> str:
    """Return draws as a table: a line of names, and a line for each draw, in full precision."""
    lines = [what.names, *([repr(value) for value in row] for row in what.values.tolist())]
    return "".join(",".join(line) + "\n" for line in lines)


def read_draws(path: Path, rulebook: Rulebook = RULEBOOK) -> Draws:
    """Return the draws of a table.

    Raises
    ------
    InputError : it cannot be read, or has faults; all of them are listed
    """
    wanted = "a CSV file in UTF-8 with a line of names of parameters and a line for each draw"
    try:
        lines = list(csv.reader(io.StringIO(read_file(path, wanted, _MOST_BYTES).decode("utf-8-sig"))))
    except UnicodeDecodeError:
        raise InputError.single(path.name, wanted, "other bytes") from None
    except csv.Error as error:
        raise InputError.single(path.name, wanted, f"something else ({error})") from None
    if len(lines) < len(("names", "draw")):
        raise InputError.single(path.name, wanted, f"{len(lines)} lines")
    names, *rows = lines
    faults = _faults_of_names(path.name, names, rulebook)
    values = [_row(path.name, number, names, row, rulebook, faults) for number, row in enumerate(rows, start=2)]
    if faults:
        raise InputError(faults)
    return Draws(tuple(names), np.array(values, dtype=np.float64))


def _faults_of_names(file: str, names: Sequence[str], rulebook: Rulebook) -> list[Fault]:
    known, where = rulebook.parameters, f"{file}, line 1"
    shown = {name: f'"{name[:_LONGEST_SHOWN]}"' for name in names}
    unknown = [
        Fault(where, "the name of a parameter", shown[name], nearest_name(name[:_LONGEST_SHOWN], known))
        for name in names
        if name not in known
    ]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    return [*unknown, *(Fault(where, "each parameter once", f"{shown[name]} twice") for name in twice)]


def _row(
    file: str, line: int, names: Sequence[str], cells: Sequence[str], rulebook: Rulebook, faults: list[Fault]
) -> list[float]:
    """Return the values of a line; what is wrong with them is added to the faults."""
    if len(cells) != len(names):
        faults.append(Fault(f"{file}, line {line}", f"{len(names)} values", str(len(cells))))
    values = []
    for name, cell in zip(names, cells, strict=False):
        one = rulebook.parameters.get(name)
        low, high = (one.lowest, one.highest) if one else (-math.inf, math.inf)
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and low <= value <= high):
            wanted = f"a number from {low:g} to {high:g}"
            faults.append(Fault(f"{file}, line {line}: {name}", wanted, f'"{cell[:_LONGEST_SHOWN]}"'))
        values.append(value)
    return values
