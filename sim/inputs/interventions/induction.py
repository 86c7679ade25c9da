"""Inducting new leaders."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.inputs.interventions.entry import Button, Colour, Family, Rules, Spell, Strength, page_field

__all__ = ["Induction"]


class Induction(Spell):
    """New senior leaders are helped, for some months, to become a collective with the others."""

    number: ClassVar[int] = 7
    title: ClassVar[str] = "Induct new leaders"
    family: ClassVar[Family] = "support"
    is_done: ClassVar[bool] = True
    colour: ClassVar[Colour] = "leaders"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "induction", "Start inducting new leaders", "Stop inducting new leaders",
            "From now on, new directors are helped to become a collective with the others.", None,
        ),
    )  # fmt: skip
    is_outside_support: ClassVar[bool] = True
    may_be_designed: ClassVar[bool] = True

    kind: Literal["induction"] = "induction"
    weeks_after_arrival: int = Field(
        26, ge=1, le=520, description="weeks of support after the post is filled",
        json_schema_extra=page_field("weeks of help", 1),
    )  # fmt: skip
    cost_per_week: float = Field(0.5, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        rules["induction"] += strength
        weeks = np.where(strength > 0, float(self.weeks_after_arrival), 0.0)
        rules["induction_weeks"] = np.maximum(rules["induction_weeks"], weeks)

    def effect(self) -> str:
        return f"For {self.weeks_after_arrival} weeks after a new leader arrives, the pairs that broke build purpose."
