"""From where new leaders come."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions.entry import Button, Colour, Family, Rules, Spell, Strength, move, page_field

__all__ = ["Appointments"]


class Appointments(Spell):
    """Leaders are appointed from within, or from outside."""

    number: ClassVar[int] = 8
    title: ClassVar[str] = "Appointments"
    family: ClassVar[Family] = "rules"
    is_done: ClassVar[bool] = True
    colour: ClassVar[Colour] = "leaders"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "appoint_from_within", "Appoint from within", "Appoint as before",
            "From now on new leaders come from inside, and bring the culture they learned in.",
            None, {"from_within": 1.0},
        ),
    )  # fmt: skip

    kind: Literal["appointments"] = "appointments"
    intensity: float = Field(
        1.0, ge=0, le=1, description="how far practice moves to the new one (0 to 1)",
        json_schema_extra=page_field("strength", 0.1),
    )  # fmt: skip
    from_within: float = Field(
        1.0, ge=0, le=1, description="share of leaders appointed from within (0 to 1)",
        json_schema_extra=page_field("from within", 0.1),
    )  # fmt: skip

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        move(rules, "internal_succession", self.from_within, strength)

    def effect(self) -> str:
        return f"{100 * self.from_within:.0f} % of new leaders come from within."

    def detail(self) -> str:
        return f"{100 * self.from_within:.0f} % from within"
