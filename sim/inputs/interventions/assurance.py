"""The assurance that the wider system demands."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions.entry import Button, Family, Rules, Spell, Strength, move, page_field

__all__ = ["Assurance"]


class Assurance(Spell):
    """The wider system asks for more, or for less, control and assurance."""

    number: ClassVar[int] = 6
    title: ClassVar[str] = "Assurance demands"
    family: ClassVar[Family] = "rules"
    is_done: ClassVar[bool] = True
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "lighten_assurance", "Lighten assurance", "End the change of assurance",
            "From now on the wider system expects much less control of its leaders (0.45 instead of 0.75).",
            None, {"control_norm": 0.45},
        ),
        Button(
            "tighten_assurance", "Tighten assurance", "End the change of assurance",
            "From now on the wider system expects tight control of its leaders (0.95).", None, {"control_norm": 0.95},
        ),
    )  # fmt: skip

    kind: Literal["assurance"] = "assurance"
    intensity: float = Field(
        1.0, ge=0, le=1, description="how far the norm moves to the new one (0 to 1)",
        json_schema_extra=page_field("strength", 0.1),
    )  # fmt: skip
    control_norm: float = Field(
        ge=0, le=1, description="control that the wider system expects (0 to 1)",
        json_schema_extra=page_field("control expected", 0.05, 0.45),
    )  # fmt: skip

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        move(rules, "control_norm", self.control_norm, strength)

    def effect(self) -> str:
        return f"The control that the wider system expects of leaders becomes {self.control_norm:.2f}."

    def detail(self) -> str:
        return f"norm to {100 * self.control_norm:.0f}"
