"""A surge of leavers."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions.entry import Button, Family, Rules, Spell, Strength, page_field

__all__ = ["TurnoverSurge"]


class TurnoverSurge(Spell):
    """More staff leave than usual."""

    number: ClassVar[int] = 10
    title: ClassVar[str] = "Turnover surge"
    family: ClassVar[Family] = "happens"
    is_done: ClassVar[bool] = False
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "turnover_surge", "Staff leave in numbers", "End the surge",
            "For half a year staff leave three times as often.", 26, {"factor": 3.0},
        ),
    )  # fmt: skip

    kind: Literal["turnover_surge"] = "turnover_surge"
    intensity: float = Field(
        1.0, ge=0, le=1, description="how far turnover moves to the new level (0 to 1)",
        json_schema_extra=page_field("strength", 0.1),
    )  # fmt: skip
    factor: float = Field(
        2.0, ge=1, le=20, description="staff turnover is multiplied by this",
        json_schema_extra=page_field("times", 0.1),
    )  # fmt: skip

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        rules["staff_turnover"] *= 1.0 + strength * (self.factor - 1.0)

    def effect(self) -> str:
        return f"Staff leave {self.factor:.2g} times as often."

    def detail(self) -> str:
        return f"turnover x {self.factor:.2g}"
