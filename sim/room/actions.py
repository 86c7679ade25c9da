"""What can be asked of a room: the shape and the limits of every request, before any rule is looked at."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from sim.room.plans import MOST_ROUNDS, PLANS, RoundPlan, RoundShock
from sim.room.state import TEAM_NAMES, Phase
from sim.room.text import LONGEST_NAME, LONGEST_REASON, LONGEST_TITLE

__all__ = [
    "CHOICES",
    "ITEMS",
    "SLIDES",
    "Action",
    "ChooseTeam",
    "ComeBack",
    "Commit",
    "Deal",
    "Draft",
    "Go",
    "Join",
    "Lock",
    "OpenRoom",
    "Pause",
    "PlanRounds",
    "Predict",
    "Remove",
    "Reopen",
    "Request",
    "RoundNumber",
    "ShockAction",
    "Show",
    "Slide",
    "TakeBack",
    "UseAddress",
    "Warm",
    "Week",
    "participant_action",
    "steering_action",
]  # fmt: skip

CHOICES: dict[str, str] = {
    "all": "Nearly all of it: more than three quarters",
    "more": "More than half, up to three quarters",
    "less": "Less than half, but some",
    "none": "Next to nothing: less than a tenth",
}
"""How much of the gain is left four years after support ends."""

ITEMS = ("predictions", "reasons", "happened", "programmes")
"""What the board can show or hide."""

SLIDES = ("warm", "norms")
"""What the board can show before anything begins: a question for warming up, and the five norms."""

_SLACK = 8
RoundNumber = Annotated[int, Field(ge=0, lt=MOST_ROUNDS)]
Request = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Week = Annotated[int, Field(ge=0, le=10_000)]


class Action(BaseModel):
    """What is asked, in plain types; nothing else may be in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class OpenRoom(Action):
    """Open a room."""

    title: Annotated[str, Field(max_length=LONGEST_TITLE * _SLACK)]
    plan: str = Field(json_schema_extra={"enum": list(PLANS)})
    n_teams: Annotated[int, Field(ge=1, le=len(TEAM_NAMES))]
    choose_teams: bool
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    worlds: Annotated[int, Field(ge=20, le=400)] = 100


class Join(Action):
    """Come in; a request that is repeated finds who came in by it."""

    request: Request
    name: Annotated[str, Field(max_length=LONGEST_NAME * _SLACK)] = ""
    team: Annotated[int, Field(ge=0, lt=len(TEAM_NAMES))] | None = None


class ComeBack(Action):
    """Come back with another phone."""

    number: Annotated[int, Field(ge=1, le=100_000)]


class Predict(Action):
    """Say what will happen, or say it anew."""

    do: Literal["predict"]
    round: RoundNumber
    curve: Annotated[list[Annotated[int, Field(ge=0, le=100)]], Field(max_length=60)] | None = None
    choice: Annotated[str, Field(max_length=20)] | None = None
    reason: Annotated[str, Field(max_length=LONGEST_REASON * _SLACK)] = ""
    may_show: bool = False


class Warm(Action):
    """Answer the question for warming up."""

    do: Literal["warm"]
    value: Annotated[int, Field(ge=0, le=100)]


class Draft(Action):
    """Move the sliders of one strand; no spend takes it out."""

    do: Literal["draft"]
    round: RoundNumber
    strand: Annotated[str, Field(max_length=40)]
    spend: Annotated[list[Week], Field(min_length=3, max_length=3)] | None


class Commit(Action):
    """Commit what the team has on its sliders."""

    do: Literal["commit"]
    round: RoundNumber


class Reopen(Action):
    """Take a commit back, while teams design."""

    do: Literal["reopen"]
    round: RoundNumber


class ChooseTeam(Action):
    """Go to a team."""

    do: Literal["team"]
    team: Annotated[int, Field(ge=0, lt=len(TEAM_NAMES))]


class Go(Action):
    """Go to a phase of a round."""

    do: Literal["go"]
    to: Phase
    round: RoundNumber


class Pause(Action):
    """Hold everybody's entries, or go on."""

    do: Literal["pause"]
    on: bool


class Lock(Action):
    """Let nobody else in, or open the door again."""

    do: Literal["lock"]
    on: bool


class Show(Action):
    """Show something on the board, or hide it."""

    do: Literal["show"]
    round: RoundNumber
    item: Literal["predictions", "reasons", "happened", "programmes"]
    on: bool


class Slide(Action):
    """Put a slide on the board before anything begins; nothing takes it away."""

    do: Literal["slide"]
    what: Literal["warm", "norms"] | None


class ShockAction(Action):
    """Let something happen to every programme."""

    do: Literal["shock"]
    round: RoundNumber
    shock: RoundShock
    request: Request


class TakeBack(Action):
    """Take shocks back, so that so many are left."""

    do: Literal["calm"]
    round: RoundNumber
    left: Annotated[int, Field(ge=0, le=10)]


class PlanRounds(Action):
    """Plan the rounds anew from one that has not begun."""

    do: Literal["plan"]
    first: RoundNumber
    rounds: Annotated[list[RoundPlan], Field(max_length=MOST_ROUNDS)]


class Remove(Action):
    """Take somebody out."""

    do: Literal["remove"]
    person: Annotated[int, Field(ge=1, le=100_000)]


class Deal(Action):
    """Deal everybody out to teams anew."""

    do: Literal["deal"]


class UseAddress(Action):
    """Choose the address that phones are told."""

    do: Literal["address"]
    address: Annotated[str, Field(max_length=100)]


participant_action: TypeAdapter[Warm | Predict | Draft | Commit | Reopen | ChooseTeam] = TypeAdapter(
    Annotated[Warm | Predict | Draft | Commit | Reopen | ChooseTeam, Field(discriminator="do")]
)
"""What a participant may ask."""

_Steering = Go | Pause | Lock | Slide | Show | ShockAction | TakeBack | PlanRounds | Remove | Deal | UseAddress

steering_action: TypeAdapter[_Steering] = TypeAdapter(Annotated[_Steering, Field(discriminator="do")])
"""What the facilitator may ask."""
