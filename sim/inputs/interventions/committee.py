"""Teaming in a committee."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions.entry import Button, Colour, Family, Reaches, Spell, Strength, page_field

__all__ = ["Committee"]


class Committee(Spell):
    """People of several teams meet, practise teaming on real issues, and become colleagues."""

    number: ClassVar[int] = 4
    title: ClassVar[str] = "Teaming in a committee"
    family: ClassVar[Family] = "support"
    is_done: ClassVar[bool] = True
    colour: ClassVar[Colour] = "staff"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "committee", "Start teaming in a committee", "Stop teaming in a committee",
            "Twenty people of different teams meet for a year, work on real issues, and become colleagues.",
        ),
    )  # fmt: skip
    is_outside_support: ClassVar[bool] = True
    may_be_designed: ClassVar[bool] = True
    reaches: ClassVar[Reaches] = "staff"
    target_parts: ClassVar[frozenset[str]] = frozenset({"services", "teams", "staff_groups"})

    kind: Literal["committee"] = "committee"
    members: int = Field(
        20,
        ge=2,
        le=1000,
        description="members in each service, drawn by chance from different teams",
        json_schema_extra=page_field("members", 1),
    )
    cost_per_week: float = Field(0.5, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def staff_levers(self, strength: Strength) -> dict[str, Strength]:
        return {"dialogue": strength}

    def effect(self) -> str:
        return f"{self.members} people of different teams are tied to one another and hold dialogue among themselves."

    def detail(self) -> str:
        return f"{self.members} members"
