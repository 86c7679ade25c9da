"""Senior leaders who change jobs in one week, and stay involved in leading the service."""

from typing import ClassVar, Literal

from sim.inputs.interventions.entry import Button, Family
from sim.inputs.interventions.some_leaders import SomeLeaders

__all__ = ["LeadersChangeJobs"]


class LeadersChangeJobs(SomeLeaders):
    """Senior leaders change jobs in one week but stay involved: the same people, in a new collective."""

    number: ClassVar[int] = 15
    title: ClassVar[str] = "Leaders change jobs"
    family: ClassVar[Family] = "happens"
    is_done: ClassVar[bool] = False
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "two_change_jobs", "Two of the trio change jobs", "",
            "Two of the three directors change jobs this week and stay involved. They keep their style; what had "
            "become habit is halved, and the trio has to find its shared purpose again.",
            1, {"how_many": 2},
        ),
    )  # fmt: skip
    levers: ClassVar[tuple[str, str]] = ("change_count", "change_places")

    kind: Literal["leaders_change_jobs"] = "leaders_change_jobs"

    def effect(self) -> str:
        changes, halved = ("leader changes", "its pairs") if self.n_leaders == 1 else ("leaders change", "their pairs")
        return (
            f"{self.n_leaders} senior {changes} jobs and stay{'s' * (self.n_leaders == 1)} involved: style stays, "
            f"embedding is halved, {halved} start again."
        )

    def label(self) -> str:
        return f"{self.n_leaders} senior leader{' changes' if self.n_leaders == 1 else 's change'} jobs"
