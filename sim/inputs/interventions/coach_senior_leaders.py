"""Coaching the senior leaders."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions.entry import Button, Colour, Family, Rules, Spell, Strand, Strength

__all__ = ["CoachSeniorLeaders"]


class CoachSeniorLeaders(Spell):
    """An outside consultant works with the senior leaders on why and how they lead together."""

    number: ClassVar[int] = 0
    title: ClassVar[str] = "Coach the senior leaders"
    family: ClassVar[Family] = "support"
    is_done: ClassVar[bool] = True
    colour: ClassVar[Colour] = "leaders"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "coach_senior_leaders", "Start coaching the trio", "Stop coaching the trio",
            "An outside consultant works with the three directors for a year: they let go of control and build shared "
            "purpose.",
        ),
    )  # fmt: skip
    strands: ClassVar[tuple[Strand, ...]] = (
        Strand(
            "coach_seniors", "coaching the senior leaders", "senior leaders",
            "A consultant works with the three directors on why and how they lead together.", (13, 104), "support",
        ),
    )  # fmt: skip
    is_outside_support: ClassVar[bool] = True
    may_be_designed: ClassVar[bool] = True

    kind: Literal["coach_senior_leaders"] = "coach_senior_leaders"
    cost_per_week: float = Field(1.0, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        rules["coaching_seniors"] += strength

    def effect(self) -> str:
        return "Senior leaders let go of control, as far as pressure leaves them room, and build shared purpose."
