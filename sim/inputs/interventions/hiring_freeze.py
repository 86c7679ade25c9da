"""A freeze of posts."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions.entry import Button, Family, Rules, Spell, Strength, page_field

__all__ = ["HiringFreeze"]


class HiringFreeze(Spell):
    """Posts are frozen: fewer people move, and fewer newcomers arrive."""

    number: ClassVar[int] = 11
    title: ClassVar[str] = "Hiring freeze"
    family: ClassVar[Family] = "happens"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "hiring_freeze", "Hiring freeze", "End the freeze",
            "For a year hardly anybody moves: no newcomers, and no fresh expectations.",
        ),
    )  # fmt: skip

    kind: Literal["hiring_freeze"] = "hiring_freeze"
    intensity: float = Field(
        1.0, ge=0, le=1, description="how far turnover moves to the new level (0 to 1)",
        json_schema_extra=page_field("strength", 0.1),
    )  # fmt: skip
    factor: float = Field(
        0.3, ge=0, le=1, description="staff turnover is multiplied by this",
        json_schema_extra=page_field("times", 0.1),
    )  # fmt: skip

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        rules["staff_turnover"] *= 1.0 + strength * (self.factor - 1.0)

    def effect(self) -> str:
        return f"Staff move {self.factor:.2g} times as often."

    def detail(self) -> str:
        return f"turnover x {self.factor:.2g}"
