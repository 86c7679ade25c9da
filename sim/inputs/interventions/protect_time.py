"""Protecting leaders' time."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.inputs.interventions.entry import Button, Colour, Family, Rules, Spell, Strand, Strength, page_field

__all__ = ["ProtectTime"]


class ProtectTime(Spell):
    """Leaders' time is protected from the next must-do."""

    number: ClassVar[int] = 5
    title: ClassVar[str] = "Protect leaders' time"
    family: ClassVar[Family] = "support"
    is_done: ClassVar[bool] = True
    colour: ClassVar[Colour] = "leaders"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "protect_time", "Start protecting leaders' time", "Stop protecting leaders' time",
            "For half a year a quarter of the pressure is kept away from leaders.", 26,
        ),
    )  # fmt: skip
    strands: ClassVar[tuple[Strand, ...]] = (
        Strand(
            "protect_time", "protecting leaders' time", "protected time",
            "Part of the pressure is kept away from leaders.", (13, 104), "c",
        ),
    )  # fmt: skip
    is_outside_support: ClassVar[bool] = True
    may_be_designed: ClassVar[bool] = True

    kind: Literal["protect_time"] = "protect_time"
    protected_share: float = Field(
        0.25,
        ge=0,
        le=1,
        description="share of pressure kept away at intensity 1",
        json_schema_extra=page_field("share of pressure", 0.05),
    )
    cost_per_week: float = Field(1.0, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        rules["protected_share"] = np.minimum(1.0, rules["protected_share"] + strength * self.protected_share)

    def effect(self) -> str:
        return f"Pressure on the service is lowered by {100 * min(1.0, self.protected_share * self.intensity):.0f} %."

    def detail(self) -> str:
        return f"{100 * self.protected_share * self.intensity:.0f} % of pressure"
