"""Senior leaders who leave in one week."""

from typing import ClassVar, Literal

from sim.inputs.interventions.entry import Button, Family
from sim.inputs.interventions.some_leaders import SomeLeaders

__all__ = ["LeadersLeave"]


class LeadersLeave(SomeLeaders):
    """Senior leaders leave the service in one week, and others follow them."""

    number: ClassVar[int] = 9
    title: ClassVar[str] = "Leaders leave"
    family: ClassVar[Family] = "happens"
    is_done: ClassVar[bool] = False
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "two_leave", "Two of the trio leave", "",
            "Two of the three directors leave this week. The trio becomes a new collective that needs its own time.",
            1, {"how_many": 2},
        ),
    )  # fmt: skip
    levers: ClassVar[tuple[str, str]] = ("exit_count", "exit_places")

    kind: Literal["leaders_leave"] = "leaders_leave"

    def effect(self) -> str:
        leaders = "senior leader leaves" if self.n_leaders == 1 else "senior leaders leave"
        return f"{self.n_leaders} {leaders}; each pair that a newcomer is part of starts again."

    def label(self) -> str:
        return f"{self.n_leaders} senior leader{' leaves' if self.n_leaders == 1 else 's leave'}"
