"""How senior leaders intend to spend their time."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from sim.base.field_messages import WrongValueError
from sim.inputs.interventions.entry import (
    Button,
    Colour,
    Family,
    Reaches,
    Spell,
    Strength,
    check_places,
    page_field,
)

__all__ = ["Attention"]

_ROUNDING = 1e-9


class Attention(Spell):
    """Senior leaders intend to spend their time otherwise; what they do not name goes to short-term problem-solving."""

    number: ClassVar[int] = 14
    title: ClassVar[str] = "How leaders spend their time"
    family: ClassVar[Family] = "attention"
    is_done: ClassVar[bool] = True
    colour: ClassVar[Colour] = "leaders"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "attention", "Spend the week otherwise", "Spend the week as before",
            "From now on the directors mean to give nearly half of their week to their purpose, to staff and to team "
            "leaders. Pressure pulls them back; habit and shared purpose hold against it.",
            None, {"purpose": 0.10, "staff": 0.15, "leaders": 0.20},
        ),
    )  # fmt: skip
    costs_own_days: ClassVar[bool] = True
    reaches: ClassVar[Reaches] = "seniors"

    kind: Literal["attention"] = "attention"
    intensity: float = Field(
        1.0, ge=0, le=1, description="how far leaders mean to go from the usual to these shares (0 to 1)",
        json_schema_extra=page_field("strength", 0.1),
    )  # fmt: skip
    purpose: float = Field(
        ge=0, le=1, description="share of time with the other senior leaders, on their purpose (0 to 1)",
        json_schema_extra=page_field("for purpose", 0.05, 0.10),
    )  # fmt: skip
    staff: float = Field(
        ge=0, le=1, description="share of time in dialogue with staff (0 to 1)",
        json_schema_extra=page_field("for staff", 0.05, 0.15),
    )  # fmt: skip
    leaders: float = Field(
        ge=0, le=1, description="share of time with team leaders (0 to 1)",
        json_schema_extra=page_field("for team leaders", 0.05, 0.20),
    )  # fmt: skip
    which: tuple[int, ...] | None = Field(
        None, description="which senior leaders of each service, counted from 1; all of them if left out"
    )
    cost_per_week: float = Field(2.25, ge=0, le=1e6, description="days of leaders' own time a week, at intensity 1")

    @model_validator(mode="after")
    def _is_one_week(self) -> Self:
        check_places(self.which)
        total = self.purpose + self.staff + self.leaders
        if total > 1.0 + _ROUNDING:
            wanted = "purpose, staff and leaders that add up to 1 at most (the rest is short-term problem-solving)"
            raise WrongValueError("", wanted, f"{total:.4g}")
        return self

    @property
    def problems(self) -> float:
        """The share that is left for short-term problem-solving."""
        return max(0.0, 1.0 - self.purpose - self.staff - self.leaders)

    def senior_levers(self, strength: Strength) -> dict[str, Strength]:
        """Return how far leaders mean to leave the usual, and what they mean to go to, times that."""
        return {
            "attention": strength,
            "attention_purpose": strength * self.purpose,
            "attention_staff": strength * self.staff,
            "attention_leaders": strength * self.leaders,
        }

    def shares_a_leader_with(self, other: "Attention") -> bool:
        """Tell whether there may be a senior leader whom both name; services are told apart by name."""
        places = self.which is None or other.which is None or bool(set(self.which) & set(other.which))
        mine, theirs = self.target.services, other.target.services
        return places and (mine is None or theirs is None or bool(set(mine) & set(theirs)))

    def effect(self) -> str:
        who = "Senior leaders" if self.which is None else f"{len(self.which)} of the senior leaders"
        return (
            f"{who} mean to give {_percent(self.purpose)} of their time to their purpose, {_percent(self.staff)} to "
            f"staff and {_percent(self.leaders)} to team leaders; {_percent(self.problems)} is left for problems."
        )

    def detail(self) -> str:
        return f"{_percent(self.problems)} for problems"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
