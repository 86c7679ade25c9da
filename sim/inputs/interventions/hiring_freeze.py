"""A freeze of posts."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions.entry import Button, Family, Rules, Spell, Strength, page_field

__all__ = ["HiringFreeze"]


class HiringFreeze(Spell):
    """Posts are frozen: people leave as before, and their posts stay vacant."""

    number: ClassVar[int] = 11
    title: ClassVar[str] = "Hiring freeze"
    family: ClassVar[Family] = "happens"
    is_done: ClassVar[bool] = False
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "hiring_freeze", "Hiring freeze", "End the freeze",
            "For a year nobody is hired: people leave as before, their posts stay vacant, and pressure rises for those "
            "who stay.",
        ),
    )  # fmt: skip

    retired: ClassVar[Mapping[str, str]] = {
        "factor": "leave it out: a freeze now leaves posts vacant, and intensity says how much of hiring is stopped",
    }

    kind: Literal["hiring_freeze"] = "hiring_freeze"
    intensity: float = Field(
        1.0, ge=0, le=1, description="share of hiring that is stopped (0 to 1)",
        json_schema_extra=page_field("strength", 0.1),
    )  # fmt: skip

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        # Two freezes that reach a service each let their own share through.
        rules["hiring_freeze"] += strength * (1.0 - rules["hiring_freeze"])

    def effect(self) -> str:
        stopped = "No" if self.intensity == 1.0 else f"{100 * (1 - self.intensity):.0f} % of the usual"
        return f"{stopped} hiring: posts of people who leave stay vacant for longer."

    def detail(self) -> str:
        return f"{100 * self.intensity:.0f} % of hiring" if self.intensity != 1.0 else ""
