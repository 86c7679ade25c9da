"""The people of a Mesa model: views of rows of its world, which hold no state of their own.

Reading an attribute reads the row, writing it writes the row. What cannot be written is refused with a sentence, as is
what Mesa's agents can do and a seat cannot: to be removed, to be made by hand, to live a week alone.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, NoReturn, Self

import mesa
import numpy as np

from sim.base.errors import CultureshiftError, InputError, nearest_name
from sim.base.rule import Column, Group
from sim.engine.state import n_rows
from sim.inputs.organisation import StaffGroup

__all__ = ["SeatAttributeError", "SeatError", "SeatView", "SeniorLeader", "StaffMember", "TeamLeader", "make_views"]

_GIVEN = frozenset({"model", "row", "unique_id"})
"""What a seat is given when it is made, and keeps."""


class SeatError(CultureshiftError):
    """A seat was asked for what it cannot do."""


class SeatAttributeError(SeatError, AttributeError):
    """A seat was asked for an attribute that it does not have, or that cannot be written."""


class SeatView(mesa.Agent):
    """An agent that is a view of one row: every column of its group is an attribute.

    The seat is the agent: who leaves is followed by somebody else under the same ``unique_id``. Seats are made by their
    :class:`~sim.engine.mesa_model.CultureModel` (``model``), one for each row of the columns of their group (``row``).
    """

    group: ClassVar[Group]

    model: Any
    row: int
    pos: Any
    """Where a space of Mesa's has put it; no rule reads it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise SeatError(
            f"{type(self).__name__}: seats come from the organisation, and an agent is one of them; "
            "give the model an organisation= with more seats"
        )

    @classmethod
    def _of(cls, model: Any, row: int) -> Self:
        """Return the view of one row."""
        # Mesa 3.3 keeps every model alive in a table of agent numbers; a view does without that table.
        seat = cls.__new__(cls)
        seat.__dict__.update(model=model, row=row, unique_id=None, pos=None)
        model.register_agent(seat)
        return seat

    def __getattr__(self, name: str) -> Any:
        column = self._column(name)
        return getattr(self.model.world, self.group)[column.name][self.row].item()

    def __setattr__(self, name: str, value: Any) -> None:
        is_first_number = name == "unique_id" and self.unique_id is None  # Mesa 3.5 gives it, 3.3 does not.
        if name == "pos" or is_first_number:
            object.__setattr__(self, name, value)
            return
        self._check_can_change(name, "written")
        column = self._column(name)
        if column.initial is None:
            raise SeatAttributeError(
                f"{type(self).__name__}.{name} cannot be written: the organisation or the timeline sets it"
            )
        values = getattr(self.model.world, self.group)[name]
        values[self.row] = _checked(f"{type(self).__name__}.{name}", column, value, values.dtype)
        self.model.world_was_written()

    def __delattr__(self, name: str) -> None:
        self._check_can_change(name, "taken away")
        self._column(name)
        raise SeatAttributeError(f"{type(self).__name__}.{name} cannot be taken away: every seat has it")

    def _check_can_change(self, name: str, how: str) -> None:
        kind, declared = type(self), getattr(type(self), name, None)
        if name in _GIVEN:
            why = "a seat keeps what it was given when it was made"
        elif isinstance(declared, property):
            why = "it follows from what else is known"
        elif hasattr(kind, name):
            why = "it is the same for all seats; make a subclass of the model, or a rule, for what is to go otherwise"
        else:
            return
        raise SeatAttributeError(f"{kind.__name__}.{name} cannot be {how}: {why}")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._columns()})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def _columns(self) -> dict[str, Column]:
        # While an agent is being copied or unpickled it has no model yet.
        model = self.__dict__.get("model")
        return {} if model is None else dict(model.prepared.engine.rulebook.columns[self.group])

    def _column(self, name: str) -> Column:
        columns = self._columns()
        if name not in columns:
            hint = nearest_name(name, columns) or "keep what is your own by unique_id, or declare a column in a rule"
            raise SeatAttributeError(f"{type(self).__name__} has no attribute {name!r}; {hint}")
        return columns[name]

    @property
    def name(self) -> str:
        """What the seat is called."""
        raise NotImplementedError

    def remove(self) -> NoReturn:
        """Refuse: a seat stays when somebody leaves it."""
        raise SeatError(
            f"{self!r} cannot be removed: an agent is a seat, which stays when somebody leaves it; "
            "turnover is a matter of staff_turnover, and the number of seats of organisation="
        )

    def step(self) -> NoReturn:
        """Refuse: everybody lives a week together, from what stood at its start."""
        raise SeatError(f"{self!r} has no week of its own: everybody lives it together, in step() of the model")

    def advance(self) -> NoReturn:
        """Refuse, as :meth:`step` does."""
        self.step()


def _checked(where: str, column: Column, value: Any, dtype: np.dtype[Any]) -> float | int:
    """Return a value as a column can hold it.

    Raises
    ------
    InputError : it is no number, or is out of range
    """
    is_whole = dtype.kind in "iu"
    bounds = np.iinfo(dtype) if is_whole else None
    lowest = column.lowest if bounds is None else max(column.lowest, bounds.min)
    highest = column.highest if bounds is None else min(column.highest, bounds.max)
    is_number = isinstance(value, int | float | np.number | np.bool_)
    number = float(value) if is_number else math.nan
    if not lowest <= number <= highest or (is_whole and number != int(number)) or math.isinf(number):
        kind = "a whole number" if is_whole else "a number"
        if math.isinf(highest):
            wanted = f"{kind} of {lowest:g} or more" if math.isfinite(lowest) else kind
        else:
            wanted = f"{kind} from {lowest:g} to {highest:g}"
        raise InputError.single(where, f"{wanted} ({column.meaning})", value if is_number else repr(value))
    return int(number) if is_whole else number


class StaffMember(SeatView):
    """Somebody who works in a team: safety, efficacy, aim, four habits, capability, tenure_weeks, ..."""

    group = "staff"

    @property
    def name(self) -> str:
        """What the seat is called."""
        return str(self.model.prepared.organisation.staff_name(self.row))

    @property
    def staff_group(self) -> StaffGroup:
        """The person's staff group."""
        return StaffGroup(int(self.model.world.staff["staff_group"][self.row]))

    @property
    def team(self) -> int:
        """The row of the person's team."""
        return int(np.searchsorted(self.model.prepared.organisation.team_start, self.row, side="right")) - 1


class TeamLeader(SeatView):
    """The leader of a team: control, embedding, and what the team went through this week."""

    group = "teams"

    @property
    def name(self) -> str:
        """Whose leader it is."""
        return f"Leader of {self.model.prepared.organisation.team_name(self.row)}"

    @property
    def team(self) -> int:
        """The row of the leader's team."""
        return self.row

    @property
    def relational_leading(self) -> float:
        """Relational leading, 1 - control, in [0, 1]."""
        return 1.0 - float(self.control)


class SeniorLeader(SeatView):
    """One of the senior leaders: control, embedding, weeks_in_post."""

    group = "seniors"

    @property
    def name(self) -> str:
        """The leader's title or name."""
        return str(self.model.prepared.organisation.senior_name(self.row))

    @property
    def vacancy_weeks_left(self) -> int:
        """Weeks until the post has a settled holder; 0 if it has one."""
        return max(0, -int(self.weeks_in_post))


def make_views(model: Any) -> None:
    """Give a model its agents: staff members, team leaders and senior leaders, in this order."""
    for view in (StaffMember, TeamLeader, SeniorLeader):
        for row in range(n_rows(model.world, view.group)):
            view._of(model, row)
