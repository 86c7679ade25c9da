"""What befalls some senior leaders of each service in one week: how many, or which."""

from typing import ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from sim.base.field_messages import WrongValueError
from sim.inputs.interventions.entry import MOST_SENIORS, Event, Rules, Strength, check_places, page_field

__all__ = ["SomeLeaders"]


class SomeLeaders(Event):
    """Something that befalls some of the senior leaders in one week; ``levers`` are its number and its places."""

    levers: ClassVar[tuple[str, str]]

    how_many: int | None = Field(
        None, ge=1, le=MOST_SENIORS, description="how many of each service; chance decides which",
        json_schema_extra=page_field("how many", 1, 2),
    )  # fmt: skip
    which: tuple[int, ...] | None = Field(None, description="which of each service, counted from 1")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.how_many is None) == (self.which is None):
            came = "neither" if self.which is None else "both"
            raise WrongValueError("", "either how_many (chance decides who) or which (a list, counted from 1)", came)
        check_places(self.which)
        return self

    @property
    def n_leaders(self) -> int:
        """How many it befalls in each service."""
        return self.how_many or len(self.which or ())

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        week, (count, places) = strength > 0, self.levers
        if self.how_many is not None:
            rules[count] = np.where(week, np.maximum(rules[count], self.how_many), rules[count])
        else:
            named = sum(1 << (place - 1) for place in self.which or ())
            rules[places] = np.where(week, rules[places] | named, rules[places])
