"""The staff of a world: one array for each column that the rules declare, in the order of the seats."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping
from functools import cache
from keyword import iskeyword
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["StaffColumns", "can_be_column", "staff_columns"]

Array = NDArray[Any]


class StaffColumns(tuple[Array, ...]):
    """The staff: one array [n_seats] for each column, in the order of the seats; made by :func:`staff_columns`.

    Columns of their own, and not records, let one instruction of the processor serve several people. A column is
    ``staff.safety`` in kernels, and also ``staff["safety"]``, as in the other groups, elsewhere.
    """

    __slots__ = ()
    _fields: ClassVar[tuple[str, ...]]

    def __getitem__(self, name: str) -> Array:  # type: ignore[override]  # a tuple takes places
        column: Array = getattr(self, name)
        return column

    def __setitem__(self, name: str, values: Any) -> None:
        self[name][:] = values

    @property
    def n_seats(self) -> int:
        """How many seats there are."""
        return len(self[self._fields[0]])

    def copy(self) -> StaffColumns:
        """Return columns that can go their own way."""
        return tuple.__new__(type(self), (column.copy() for column in self))

    def as_records(self) -> Array:
        """Return a copy as one record array [n_seats], of which a row is everything about one seat."""
        dtype = np.dtype([(name, self[name].dtype) for name in self._fields], align=True)
        records = np.zeros(self.n_seats, dtype)  # Zeros between the columns too: rows are compared as bytes.
        for name in self._fields:
            records[name] = self[name]
        return records


def staff_columns(columns: Mapping[str, Array]) -> StaffColumns:
    """Return the staff with these columns.

    Parameters
    ----------
    columns : name -> [n_seats]

    Examples
    --------
    >>> staff = staff_columns({"safety": np.array([0.25, 0.5]), "arrivals": np.array([0, 1])})
    >>> staff["safety"].mean(), staff.n_seats
    (np.float64(0.375), 2)
    """
    return tuple.__new__(_type_of(tuple(columns)), columns.values())


def can_be_column(name: str) -> bool:
    """Tell whether kernels can say ``staff.name``, and nothing else is called so."""
    is_word = name.isidentifier() and not name.startswith("_") and not iskeyword(name)
    return is_word and name not in vars(StaffColumns)


_NAMED = "StaffColumns:"


@cache
def _type_of(names: tuple[str, ...]) -> type[StaffColumns]:
    """Return the type of staff with columns of these names: one for all, as compiled code is told by type."""
    fields: Any = namedtuple("Fields", names)  # type: ignore[misc]  # known when it runs
    space = {"__slots__": (), "__module__": __name__, "__doc__": StaffColumns.__doc__}
    return type(_NAMED + ",".join(names), (StaffColumns, fields), space)


def __getattr__(name: str) -> Any:
    """Return a type of staff by its name, which says its columns: so another process finds it when it unpickles."""
    if not name.startswith(_NAMED):
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return _type_of(tuple(name.removeprefix(_NAMED).split(",")))
