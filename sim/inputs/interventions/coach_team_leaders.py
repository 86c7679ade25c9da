"""Coaching the team leaders."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions.entry import Button, Colour, Family, Reaches, Spell, Strand, Strength

__all__ = ["CoachTeamLeaders"]


class CoachTeamLeaders(Spell):
    """Team leaders are coached in relational leading."""

    number: ClassVar[int] = 1
    title: ClassVar[str] = "Coach the team leaders"
    family: ClassVar[Family] = "support"
    is_done: ClassVar[bool] = True
    colour: ClassVar[Colour] = "leaders"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "coach_team_leaders", "Start coaching team leaders", "Stop coaching team leaders",
            "Team leaders are coached for a year in relational leading.",
        ),
    )  # fmt: skip
    strands: ClassVar[tuple[Strand, ...]] = (
        Strand(
            "coach_teams", "coaching the team leaders", "team leaders",
            "Team leaders learn to let go of control, as far as pressure leaves them room.", (13, 104), "capability",
        ),
    )  # fmt: skip
    is_outside_support: ClassVar[bool] = True
    may_be_designed: ClassVar[bool] = True
    reaches: ClassVar[Reaches] = "teams"
    target_parts: ClassVar[frozenset[str]] = frozenset({"services", "teams", "share"})

    kind: Literal["coach_team_leaders"] = "coach_team_leaders"
    cost_per_week: float = Field(2.0, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def team_levers(self, strength: Strength) -> dict[str, Strength]:
        return {"coaching": strength}

    def effect(self) -> str:
        return "Team leaders let go of control, as far as pressure leaves them room."
