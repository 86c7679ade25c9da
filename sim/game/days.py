"""The days of one director in one quarter, and what they are as shares of time."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.base.field_messages import WrongValueError
from sim.rulebook.parameters import Parameters

__all__ = ["DAYS", "PURSUITS", "WEEKS", "Days", "Frozen"]

WEEKS = 13
"""Weeks of a quarter."""

DAYS = 5 * WEEKS
"""Working days of a quarter."""

PURSUITS = {
    "fixing": "fixing today's problems",
    "together": "the three of you together",
    "staff": "with staff",
    "leaders": "with team leaders",
}
"""What a director's days go to, and what it is called; the model's F, Q, D and T in this order."""

_ROUNDING = 1e-9

_Number = Annotated[float, Field(ge=0, le=DAYS)]


class Frozen(BaseModel):
    """Plain data of a game: checked, and never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Days(Frozen):
    """How somebody means to spend the working days of a quarter.

    Examples
    --------
    >>> Days(fixing=40, together=5, staff=10, leaders=10).shares
    (0.6153846153846154, 0.07692307692307693, 0.15384615384615385, 0.15384615384615385)
    """

    fixing: _Number = Field(description="days for today's problems")
    together: _Number = Field(description="days for the three together; they count for a pair as far as both give them")
    staff: _Number = Field(description="days in dialogue with staff")
    leaders: _Number = Field(description="days with team leaders")

    @model_validator(mode="after")
    def _is_one_quarter(self) -> Self:
        if abs(sum(self.all) - DAYS) > _ROUNDING:
            raise WrongValueError(
                "", f"days that add up to {DAYS}, the working days of a quarter", f"{sum(self.all):g}"
            )
        return self

    @property
    def all(self) -> tuple[float, float, float, float]:
        """The days, in the order of :data:`PURSUITS`."""
        return self.fixing, self.together, self.staff, self.leaders

    @property
    def shares(self) -> tuple[float, ...]:
        """The shares of time that they are (F, Q, D, T)."""
        return tuple(days / DAYS for days in self.all)

    @classmethod
    def beyond_fixing(cls, together: float, staff: float, leaders: float) -> Self:
        """Return the days of which the rest goes to today's problems."""
        return cls(fixing=max(0.0, DAYS - together - staff - leaders), together=together, staff=staff, leaders=leaders)

    @classmethod
    def usual(cls, parameters: Parameters) -> Self:
        """Return how directors spend a quarter as usual.

        Examples
        --------
        >>> Days.usual(Parameters()).all
        (45.5, 3.25, 6.5, 9.75)
        """
        numbers = dict(parameters)
        return cls.beyond_fixing(
            *(DAYS * numbers[f"usual_attention_{part}"] for part in ("purpose", "staff", "leaders"))
        )
