"""Dialogue with staff."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions.entry import Button, Colour, Family, Reaches, Spell, Strand, Strength

__all__ = ["Dialogue"]


class Dialogue(Spell):
    """Dialogue across all staff groups; it backfires where leaders do not mean it."""

    number: ClassVar[int] = 2
    title: ClassVar[str] = "Dialogue with staff"
    family: ClassVar[Family] = "support"
    is_done: ClassVar[bool] = True
    colour: ClassVar[Colour] = "staff"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "dialogue", "Start dialogue with staff", "Stop dialogue with staff",
            "A year of conversations across all staff groups. It helps where leaders mean it, and backfires where they "
            "do not.",
        ),
    )  # fmt: skip
    strands: ClassVar[tuple[Strand, ...]] = (
        Strand(
            "dialogue", "dialogue with staff", "dialogue",
            "Conversations across all staff groups. They backfire where leaders do not mean it.", (13, 104), "rules",
        ),
    )  # fmt: skip
    is_outside_support: ClassVar[bool] = True
    may_be_designed: ClassVar[bool] = True
    reaches: ClassVar[Reaches] = "staff"
    target_parts: ClassVar[frozenset[str]] = frozenset({"services", "teams", "staff_groups", "share"})

    kind: Literal["dialogue"] = "dialogue"
    cost_per_week: float = Field(2.0, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def staff_levers(self, strength: Strength) -> dict[str, Strength]:
        return {"dialogue": strength}

    def effect(self) -> str:
        return "Staff feel safer, heard and clearer about the aim if leaders mean it, and less so if they do not."
