"""A shock to the service."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions.entry import Button, Family, Rules, Spell, Strength, page_field

__all__ = ["Shock"]


class Shock(Spell):
    """Winter pressure, an inspection, a merger."""

    number: ClassVar[int] = 12
    title: ClassVar[str] = "Shock"
    family: ClassVar[Family] = "happens"
    is_done: ClassVar[bool] = False
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "winter_crisis", "Winter crisis", "", "Thirteen weeks in which pressure is much higher.",
            13, {"size": 0.3},
        ),
        Button(
            "inspection", "Inspection", "", "Six weeks of scrutiny: pressure rises sharply.", 6, {"size": 0.4},
        ),
    )  # fmt: skip
    may_overlap: ClassVar[bool] = True

    kind: Literal["shock"] = "shock"
    size: float = Field(
        0.3, ge=-1, le=1, description="added to pressure at intensity 1 (-1 to 1)",
        json_schema_extra=page_field("size", 0.05),
    )  # fmt: skip

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        rules["shock"] += strength * self.size

    def effect(self) -> str:
        return f"Pressure changes by {self.size * self.intensity:+.2f}."

    def detail(self) -> str:
        return f"pressure {100 * self.size * self.intensity:+.0f}"
