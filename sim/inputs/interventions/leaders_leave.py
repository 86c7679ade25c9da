"""Senior leaders who leave in one week."""

from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from sim.base.field_messages import WrongValueError, as_written
from sim.inputs.interventions.entry import Button, Event, Family, Rules, Strength, page_field

__all__ = ["LeadersLeave"]

_MOST_SENIORS = 20


class LeadersLeave(Event):
    """Senior leaders change jobs in one week."""

    number: ClassVar[int] = 9
    title: ClassVar[str] = "Leaders leave"
    family: ClassVar[Family] = "happens"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "two_leave", "Two of the trio leave", "",
            "Two of the three directors change jobs this week. The trio becomes a new collective that needs its own "
            "time.",
            1, {"how_many": 2},
        ),
    )  # fmt: skip

    kind: Literal["leaders_leave"] = "leaders_leave"
    how_many: int | None = Field(
        None, ge=1, le=_MOST_SENIORS, description="how many of each service; chance decides which",
        json_schema_extra=page_field("how many", 1, 2),
    )  # fmt: skip
    which: tuple[int, ...] | None = Field(None, description="which of each service, counted from 1")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.how_many is None) == (self.which is None):
            came = "neither" if self.which is None else "both"
            raise WrongValueError("", "either how_many (chance decides who) or which (a list, counted from 1)", came)
        places = set(self.which or ())
        allowed = set(range(1, _MOST_SENIORS + 1))
        if self.which is not None and (len(places) < max(1, len(self.which)) or not places <= allowed):
            raise WrongValueError("which", "different senior leaders, counted from 1 to 20", as_written(self.which))
        return self

    @property
    def n_leaving(self) -> int:
        """How many leave in each service."""
        return self.how_many or len(self.which or ())

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        week = strength > 0
        if self.how_many is not None:
            rules["exit_count"] = np.where(week, np.maximum(rules["exit_count"], self.how_many), rules["exit_count"])
        else:
            places = sum(1 << (place - 1) for place in self.which or ())
            rules["exit_places"] = np.where(week, rules["exit_places"] | places, rules["exit_places"])

    def effect(self) -> str:
        leaders = "senior leader leaves" if self.n_leaving == 1 else "senior leaders leave"
        return f"{self.n_leaving} {leaders}; each pair that a newcomer is part of starts again."

    def label(self) -> str:
        return f"{self.n_leaving} senior leader{' leaves' if self.n_leaving == 1 else 's leave'}"
