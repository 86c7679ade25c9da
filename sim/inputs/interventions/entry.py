"""What all kinds of intervention have in common: dates, whom they reach, what they cost, and the words of a page.

A kind is one class in one file of this folder. It says when, whom, how much and at what cost; what it changes; its
family, colour, buttons, and what of a budget can be spent on it. Timeline, plan, pictures, dashboard, lessons, room and
the search for the best use of a budget follow from that. Weeks count from the end of the burn-in; intervals are
half-open, ``[start_week, end_week)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, SupportsIndex

from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.base.field_messages import WrongValueError, as_written
from sim.rulebook.own_rules import RuleFile

__all__ = [
    "EVERYBODY", "FAMILIES", "MOST_SENIORS", "Button", "Colour", "Event", "Family", "Intervention", "Reaches", "Rules",
    "Spell", "Strand", "Strength", "Target", "Week", "check_places", "is_week", "move", "page_field",
]  # fmt: skip

Rules = NDArray[Any]
"""The rules in force of one service: a record [n_weeks] of every parameter and lever."""

Strength = NDArray[Any]
"""The intensity of one entry, [n_weeks]; 0 outside its dates."""

Family = Literal["support", "attention", "capability", "rules", "happens", "lever"]
FAMILIES: dict[Family, str] = {
    "support": "support from outside, which ends with the money",
    "attention": "what leaders do with their own time",
    "capability": "what colleagues learn to do for one another",
    "rules": "the rules of the wider system",
    "happens": "what happens to a service",
    "lever": "a number moved by hand",
}
"""What kinds of intervention have in common, in the order of the page."""

Colour = Literal["leaders", "staff", "capability", "surroundings"]
"""The colour of a kind in pictures, by whom or what it acts on."""

Reaches = Literal["services", "seniors", "teams", "staff"]
"""On whom a kind acts."""

Week = Annotated[int, Field(ge=0, le=10_000, description="week, counted from the end of the burn-in")]
StaffGroupName = Literal["medical", "nursing", "allied_health", "operations", "administration"]
_WHOLE_SHARE = 1.0

MOST_SENIORS = 20
"""Senior leaders of a service, at most."""


def page_field(label: str, step: float | Literal["any"] | None = None, first: float | None = None) -> dict[str, Any]:
    """Return what a page needs to ask for a field.

    Parameters
    ----------
    label : what the page calls it
    step : by how much it is moved; "any" for a free number, None for words to choose from
    first : what a new entry says where the field has no default
    """
    return {"page": {"label": label, "step": step, "first": first}}


@dataclass(frozen=True)
class Button:
    """One thing that can be begun, ended or let happen with one press.

    Parameters
    ----------
    key : its name
    label, ending : what the button says: to begin it, and to end it while it is under way (nothing: it cannot be ended)
    says : what it does, in a sentence, in the words of somebody who runs a service
    weeks : how long it lasts, None to the end of the run; events take one week
    fields : what else the entry says
    waits : whether it begins when what is under way ends, rather than in its place
    """

    key: str
    label: str
    ending: str
    says: str
    weeks: int | None = 52
    fields: Mapping[str, Any] = field(default_factory=dict)
    waits: bool = False


@dataclass(frozen=True)
class Strand:
    """One thing that the days of a budget can be spent on.

    Parameters
    ----------
    name, title, label : its name in results; in words; in a word or two, for a bar
    says : what it does, in a sentence
    weeks : shortest and longest time it is spread over; the second is None for something that goes on to the end
    colour : of its bar
    """

    name: str
    title: str
    label: str
    says: str
    weeks: tuple[int, int | None]
    colour: str


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Target(_Frozen):
    """Whom an intervention reaches; everything that is left out means everybody."""

    services: tuple[str, ...] | None = Field(None, min_length=1, description="names of services")
    teams: tuple[str, ...] | None = Field(None, min_length=1, description="names of teams")
    staff_groups: tuple[StaffGroupName, ...] | None = Field(None, min_length=1, description="staff groups")
    share: float = Field(1.0, gt=0, le=1, description="share of those, drawn once by chance (0 to 1)")

    @property
    def parts(self) -> frozenset[str]:
        """The parts of the target that narrow it."""
        named = {name for name in ("services", "teams", "staff_groups") if getattr(self, name) is not None}
        return frozenset(named | ({"share"} if self.share < _WHOLE_SHARE else set()))


EVERYBODY = Target()


class Intervention(_Frozen):
    """One entry on the timeline: something that is done, or that happens.

    ``number`` tells the chance of its kind from that of others and is never used again; ``title``, ``family``,
    ``colour``, ``buttons`` and ``strands`` are its words and its place on pages; ``is_done`` says that it is done, and
    so no part of the baseline, in which everything that merely happens happens too; ``is_outside_support`` that the
    money has ended when the last of it ends; ``costs_own_days`` that its cost is leaders' own time, and not paid;
    ``may_overlap`` that two may reach the same people in the same weeks; ``target_parts`` by what it may be narrowed;
    ``reaches`` whether it acts on whole services, on senior leaders, on teams' leaders or on members of staff;
    ``may_be_designed`` whether a lesson may offer it for a programme of one's own; ``retired`` the keys that earlier
    files may still have, and what to do about each.
    """

    number: ClassVar[int]
    title: ClassVar[str]
    family: ClassVar[Family]
    is_done: ClassVar[bool]
    colour: ClassVar[Colour] = "surroundings"
    buttons: ClassVar[tuple[Button, ...]] = ()
    strands: ClassVar[tuple[Strand, ...]] = ()
    is_outside_support: ClassVar[bool] = False
    costs_own_days: ClassVar[bool] = False
    may_overlap: ClassVar[bool] = False
    may_be_designed: ClassVar[bool] = False
    retired: ClassVar[Mapping[str, str]] = {}
    reaches: ClassVar[Reaches] = "services"
    target_parts: ClassVar[frozenset[str]] = frozenset({"services"})
    declared_in: ClassVar[RuleFile | None] = None  # the file from outside the package, if it comes from one

    if TYPE_CHECKING:  # every kind has its own, a literal

        @property
        def kind(self) -> str:
            """The name of the kind, as files give it."""

    target: Target = Field(EVERYBODY, description="whom it reaches; everybody if left out")
    note: str = Field("", max_length=2000, description="a remark for the reader")

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        """Return how another process makes the same entry: a kind of a file has to be made there first."""
        if self.declared_in is None:
            return super().__reduce_ex__(protocol)
        return _blank, (self.declared_in, type(self).__name__), self.__getstate__()

    # --- when, and at what cost -----------------------------------------------------------------------------------

    @property
    def first_week(self) -> int:
        """First week in which it acts."""
        raise NotImplementedError

    def weeks(self, horizon: int) -> tuple[int, int]:
        """Return the weeks ``[start, end)`` in which it acts, within ``[0, horizon)``."""
        raise NotImplementedError

    def strength(self, week: int, horizon: int) -> float:
        """Return its intensity in a week, 0 outside its dates."""
        raise NotImplementedError

    def days(self, week: int, horizon: int) -> float:
        """Return the days that it takes in a week, whoever gives them."""
        raise NotImplementedError

    def cost(self, week: int, horizon: int) -> float:
        """Return its cost in a week, in days of paid support."""
        return 0.0 if self.costs_own_days else self.days(week, horizon)

    def own_days(self, week: int, horizon: int) -> float:
        """Return what it takes of leaders' own time in a week, in days; nobody pays for them."""
        return self.days(week, horizon) if self.costs_own_days else 0.0

    # --- what it changes ------------------------------------------------------------------------------------------

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        """Change the rules in force of a service that it reaches, in place; at strength 0 not by a bit."""

    def staff_levers(self, strength: Strength) -> dict[str, Strength]:
        """Return what it adds for those whom it reaches, by lever: ``dialogue`` (intensity), ``training`` (chance)."""
        return {}

    def senior_levers(self, strength: Strength) -> dict[str, Strength]:
        """Return what it adds for senior leaders whom it reaches, by lever: the four of ``attention``."""
        return {}

    def team_levers(self, strength: Strength) -> dict[str, Strength]:
        """Return what it adds for the leaders of teams that it reaches, by lever: ``coaching`` (intensity)."""
        return {}

    # --- in words -------------------------------------------------------------------------------------------------

    def effect(self) -> str:
        """Return what it does, in a sentence."""
        raise NotImplementedError

    def detail(self) -> str:
        """Return how much, where that is not the usual; nothing where it is."""
        return ""

    def label(self) -> str:
        """Return what it is, and how much where that is not the usual, in a few words."""
        detail = self.detail()
        return f"{self.title} ({detail})" if detail else self.title


def _blank(file: RuleFile, name: str) -> Intervention:
    """Return an entry of a kind that a file declares, to be filled."""
    cls = next(cls for cls in file.subclasses(Intervention) if cls.__name__ == name)
    cls.declared_in = file
    return cls.__new__(cls)


class Spell(Intervention):
    """An intervention that lasts from one week to another."""

    start_week: Week = Field(description="first week", json_schema_extra=page_field("from week", 1, 0))
    end_week: Week | None = Field(
        None,
        description="the week after the last; to the end of the run if left out",
        json_schema_extra=page_field("to week", 1),
    )
    intensity: float = Field(
        1.0, ge=0, le=5, description="1 is the full programme (0 to 5)", json_schema_extra=page_field("strength", 0.1)
    )
    ramp_weeks: int = Field(0, ge=0, le=520, description="weeks in which it builds up to its intensity")
    cost_per_week: float = Field(0.0, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    @model_validator(mode="after")
    def _dates_run_forward(self) -> Self:
        if self.end_week is not None and self.end_week <= self.start_week:
            raise WrongValueError("end_week", f"a week after start_week ({self.start_week})", f"{self.end_week}")
        return self

    @property
    def first_week(self) -> int:
        return self.start_week

    def weeks(self, horizon: int) -> tuple[int, int]:
        end = horizon if self.end_week is None else min(self.end_week, horizon)
        return min(self.start_week, end), end

    def strength(self, week: int, horizon: int) -> float:
        start, end = self.weeks(horizon)
        if not start <= week < end:
            return 0.0
        built_up = min(1.0, (week - start + 1) / self.ramp_weeks) if self.ramp_weeks else 1.0
        return self.intensity * built_up

    def days(self, week: int, horizon: int) -> float:
        return self.cost_per_week * self.strength(week, horizon)

    def detail(self) -> str:
        return f"x {self.intensity:.2g}" if self.intensity != 1.0 else ""


class Event(Intervention):
    """An intervention that happens in one week."""

    may_overlap: ClassVar[bool] = True

    week: Week = Field(description="the week in which it happens", json_schema_extra=page_field("in week", 1, 0))

    @property
    def first_week(self) -> int:
        return self.week

    def weeks(self, horizon: int) -> tuple[int, int]:
        return min(self.week, horizon), min(self.week + 1, horizon)

    def strength(self, week: int, horizon: int) -> float:
        return float(week == self.week and week < horizon)

    def days(self, week: int, horizon: int) -> float:
        return 0.0


def is_week(key: str) -> bool:
    """Tell whether a key of a scenario file names a week of the run, for which a date may stand."""
    return key in ("week", "support_ends") or key.endswith("_week")


def move(rules: Rules, name: str, value: float, strength: Strength) -> None:
    """Move a rule towards a value: at strength 1 to exactly that value, at strength 0 not by a bit."""
    rules[name] = (1.0 - strength) * rules[name] + strength * value


def check_places(which: tuple[int, ...] | None) -> None:
    """Make sure that senior leaders are named by different places, counted from 1.

    Raises
    ------
    WrongValueError : a place stands twice, does not exist, or there is none
    """
    if which is None:
        return
    places, allowed = set(which), set(range(1, MOST_SENIORS + 1))
    if len(places) < max(1, len(which)) or not places <= allowed:
        wanted = f"different senior leaders, counted from 1 to {MOST_SENIORS}"
        raise WrongValueError("which", wanted, as_written(which))
