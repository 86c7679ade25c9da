"""The style of the leaders who are on the market."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions.entry import Button, Colour, Family, Rules, Spell, Strength, move, page_field

__all__ = ["SuccessorsStyle"]


class SuccessorsStyle(Spell):
    """The market of leaders changes: whoever comes next manages more, or less, by control."""

    number: ClassVar[int] = 16
    title: ClassVar[str] = "Successors' style"
    family: ClassVar[Family] = "happens"
    is_done: ClassVar[bool] = False
    colour: ClassVar[Colour] = "leaders"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "relational_successors", "Less controlling successors", "The market as before",
            "From now on the leaders who can be had manage much less by control (0.50 instead of 0.70).",
            None, {"control": 0.5},
        ),
    )  # fmt: skip

    kind: Literal["successors_style"] = "successors_style"
    intensity: float = Field(
        1.0, ge=0, le=1, description="how far the market moves to the new style (0 to 1)",
        json_schema_extra=page_field("strength", 0.1),
    )  # fmt: skip
    control: float = Field(
        ge=0, le=1, description="mean control of leaders who come from the market (0 to 1)",
        json_schema_extra=page_field("control", 0.05, 0.5),
    )  # fmt: skip

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        move(rules, "control_of_newcomers", self.control, strength)

    def effect(self) -> str:
        return f"The control of leaders who come from the market becomes {self.control:.2f} on average."

    def detail(self) -> str:
        return f"control to {100 * self.control:.0f}"
