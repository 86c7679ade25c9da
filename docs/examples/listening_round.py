"""An intervention of one's own: leaders go round the wards every week, and listen."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions import Button, Spell
from sim.inputs.interventions.entry import page_field

FULL_PROGRAMME_HOURS = 8.0
"""Hours of listening a week that do as much as the full programme of dialogue: a judgement."""


class ListeningRound(Spell):
    """Leaders go round the wards and listen; it does what dialogue does, in smaller portions."""

    number: ClassVar[int] = 1000  # numbers from 1000 on are free; it tells the chance of this kind from that of others
    title: ClassVar[str] = "Listening round"
    family: ClassVar[str] = "support"
    is_done: ClassVar[bool] = True  # it is done, and does not merely happen: so it is no part of the baseline
    colour: ClassVar[str] = "staff"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "listening_round", "Start listening rounds", "Stop listening rounds",
            "For half a year leaders go round the wards and listen. It helps where they mean it.", weeks=26,
        ),
    )  # fmt: skip
    reaches: ClassVar[str] = "staff"
    target_parts: ClassVar[frozenset[str]] = frozenset({"services", "teams", "staff_groups", "share"})

    kind: Literal["listening_round"] = "listening_round"
    hours_per_week: float = Field(
        2.0, ge=0, le=20, description="hours of listening a week at intensity 1 (0 to 20)",
        json_schema_extra=page_field("hours a week", 0.5),
    )  # fmt: skip
    cost_per_week: float = Field(0.25, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def staff_levers(self, strength):
        """Return what it adds for those whom it reaches, week by week."""
        return {"dialogue": strength * self.hours_per_week / FULL_PROGRAMME_HOURS}

    def effect(self):
        """Return what it does, in a sentence."""
        return f"Leaders listen for {self.detail()}, and staff feel heard if they mean it."

    def detail(self):
        """Return how much, where that is not the usual."""
        return f"{self.hours_per_week * self.intensity:.2g} hours a week"
