"""What can be done about a culture: the kinds of intervention, each an entry on a dated timeline.

A kind says when, whom, how much and at what cost, and tells its effect in a sentence. Weeks count from the end of the
burn-in; intervals are half-open, ``[start_week, end_week)``. To add a kind: write its class here, add it to
:data:`Intervention`, and say in ``plan.py`` what it changes.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.base.errors import nearest_name
from sim.base.field_messages import WrongValueError, as_written
from sim.rules.parameters import describe

__all__ = [
    "KINDS",
    "Appointments",
    "Assurance",
    "ChangeParameter",
    "CoachSeniorLeaders",
    "CoachTeamLeaders",
    "Committee",
    "Dialogue",
    "HiringFreeze",
    "Induction",
    "Intervention",
    "LeadersLeave",
    "ProtectTime",
    "Shock",
    "Target",
    "TrainFacilitators",
    "TurnoverSurge",
]

Week = Annotated[int, Field(ge=0, le=10_000, description="week, counted from the end of the burn-in")]
StaffGroupName = Literal["medical", "nursing", "allied_health", "operations", "administration"]
_WHOLE_SHARE = 1.0


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Target(_Entry):
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


class _Intervention(_Entry):
    """What all kinds have in common."""

    title: ClassVar[str]
    is_outside_support: ClassVar[bool] = False
    may_overlap: ClassVar[bool] = False
    target_parts: ClassVar[frozenset[str]] = frozenset({"services"})

    target: Target = Field(EVERYBODY, description="whom it reaches; everybody if left out")
    note: str = Field("", max_length=2000, description="a remark for the reader")

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

    def cost(self, week: int, horizon: int) -> float:
        """Return its cost in a week, in days of paid support."""
        raise NotImplementedError

    def effect(self) -> str:
        """Return what it does, in a sentence."""
        raise NotImplementedError


class _Spell(_Intervention):
    """An intervention that lasts from one week to another."""

    start_week: Week = Field(description="first week")
    end_week: Week | None = Field(None, description="the week after the last; to the end of the run if left out")
    intensity: float = Field(1.0, ge=0, le=5, description="1 is the full programme (0 to 5)")
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

    def cost(self, week: int, horizon: int) -> float:
        return self.cost_per_week * self.strength(week, horizon)


class _Event(_Intervention):
    """An intervention that happens in one week."""

    may_overlap: ClassVar[bool] = True

    week: Week = Field(description="the week in which it happens")

    @property
    def first_week(self) -> int:
        return self.week

    def weeks(self, horizon: int) -> tuple[int, int]:
        return min(self.week, horizon), min(self.week + 1, horizon)

    def strength(self, week: int, horizon: int) -> float:
        return float(week == self.week and week < horizon)

    def cost(self, week: int, horizon: int) -> float:
        return 0.0


class CoachSeniorLeaders(_Spell):
    """An outside consultant works with the senior leaders on why and how they lead together."""

    title: ClassVar[str] = "Coach the senior leaders"
    is_outside_support: ClassVar[bool] = True
    kind: Literal["coach_senior_leaders"] = "coach_senior_leaders"
    cost_per_week: float = Field(1.0, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def effect(self) -> str:
        return "Senior leaders let go of control, as far as pressure leaves them room, and build shared purpose."


class CoachTeamLeaders(_Spell):
    """Team leaders are coached in relational leading."""

    title: ClassVar[str] = "Coach the team leaders"
    is_outside_support: ClassVar[bool] = True
    target_parts: ClassVar[frozenset[str]] = frozenset({"services", "teams", "share"})
    kind: Literal["coach_team_leaders"] = "coach_team_leaders"
    cost_per_week: float = Field(2.0, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def effect(self) -> str:
        return "Team leaders let go of control, as far as pressure leaves them room."


class Dialogue(_Spell):
    """Dialogue across all staff groups; it backfires where leaders do not mean it."""

    title: ClassVar[str] = "Dialogue with staff"
    is_outside_support: ClassVar[bool] = True
    target_parts: ClassVar[frozenset[str]] = frozenset({"services", "teams", "staff_groups", "share"})
    kind: Literal["dialogue"] = "dialogue"
    cost_per_week: float = Field(2.0, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def effect(self) -> str:
        return "Staff feel safer, heard and clearer about the aim if leaders mean it, and less so if they do not."


class TrainFacilitators(_Spell):
    """Internal colleagues are trained as facilitators."""

    title: ClassVar[str] = "Train internal facilitators"
    target_parts: ClassVar[frozenset[str]] = frozenset({"services", "teams", "staff_groups", "share"})
    kind: Literal["train_facilitators"] = "train_facilitators"
    share_per_week: float = Field(
        0.003, ge=0, le=1, description="share of staff trained each week at intensity 1 (0.003 is about 16 % a year)"
    )
    choose: Literal["random", "connected", "trusted", "needed"] = Field(
        "random",
        description='who: drawn by chance; the best "connected"; those who feel safest ("trusted"); '
        'the teams with the least capability first ("needed")',
    )
    cost_per_week: float = Field(1.5, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def effect(self) -> str:
        return f"About {100 * self.share_per_week * self.intensity:.2g} % of staff become facilitators each week."


class Committee(_Spell):
    """People of several teams meet, practise teaming on real issues, and become colleagues."""

    title: ClassVar[str] = "Teaming in a committee"
    is_outside_support: ClassVar[bool] = True
    target_parts: ClassVar[frozenset[str]] = frozenset({"services", "teams", "staff_groups"})
    kind: Literal["committee"] = "committee"
    members: int = Field(20, ge=2, le=1000, description="members in each service, drawn by chance from different teams")
    cost_per_week: float = Field(0.5, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def effect(self) -> str:
        return f"{self.members} people of different teams are tied to one another and hold dialogue among themselves."


class ProtectTime(_Spell):
    """Leaders' time is protected from the next must-do."""

    title: ClassVar[str] = "Protect leaders' time"
    is_outside_support: ClassVar[bool] = True
    kind: Literal["protect_time"] = "protect_time"
    protected_share: float = Field(0.25, ge=0, le=1, description="share of pressure kept away at intensity 1")
    cost_per_week: float = Field(1.0, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def effect(self) -> str:
        return f"Pressure on the service is lowered by {100 * min(1.0, self.protected_share * self.intensity):.0f} %."


class Assurance(_Spell):
    """The wider system asks for more, or for less, control and assurance."""

    title: ClassVar[str] = "Assurance demands"
    kind: Literal["assurance"] = "assurance"
    intensity: float = Field(1.0, ge=0, le=1, description="how far the norm moves to the new one (0 to 1)")
    control_norm: float = Field(ge=0, le=1, description="control that the wider system expects (0 to 1)")

    def effect(self) -> str:
        return f"The control that the wider system expects of leaders becomes {self.control_norm:.2f}."


class Induction(_Spell):
    """New senior leaders are helped, for some months, to become a collective with the others."""

    title: ClassVar[str] = "Induct new leaders"
    is_outside_support: ClassVar[bool] = True
    kind: Literal["induction"] = "induction"
    weeks_after_arrival: int = Field(26, ge=1, le=520, description="weeks of support after the post is filled")
    cost_per_week: float = Field(0.5, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def effect(self) -> str:
        return f"For {self.weeks_after_arrival} weeks after a new leader arrives, the pairs that broke build purpose."


class Appointments(_Spell):
    """Leaders are appointed from within, or from outside."""

    title: ClassVar[str] = "Appointments"
    kind: Literal["appointments"] = "appointments"
    intensity: float = Field(1.0, ge=0, le=1, description="how far practice moves to the new one (0 to 1)")
    from_within: float = Field(1.0, ge=0, le=1, description="share of leaders appointed from within (0 to 1)")

    def effect(self) -> str:
        return f"{100 * self.from_within:.0f} % of new leaders come from within."


class LeadersLeave(_Event):
    """Senior leaders change jobs in one week."""

    title: ClassVar[str] = "Leaders leave"
    kind: Literal["leaders_leave"] = "leaders_leave"
    how_many: int | None = Field(None, ge=1, le=20, description="how many of each service; chance decides which")
    which: tuple[int, ...] | None = Field(None, description="which of each service, counted from 1")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.how_many is None) == (self.which is None):
            came = "neither" if self.which is None else "both"
            raise WrongValueError("", "either how_many (chance decides who) or which (a list, counted from 1)", came)
        places = set(self.which or ())
        if self.which is not None and (len(places) < max(1, len(self.which)) or not places <= set(range(1, 21))):
            raise WrongValueError("which", "different senior leaders, counted from 1 to 20", as_written(self.which))
        return self

    def effect(self) -> str:
        n_leaving = self.how_many if self.which is None else len(self.which)
        leaders = "senior leader leaves" if n_leaving == 1 else "senior leaders leave"
        return f"{n_leaving} {leaders}; each pair that a newcomer is part of starts again."


class TurnoverSurge(_Spell):
    """More staff leave than usual."""

    title: ClassVar[str] = "Turnover surge"
    kind: Literal["turnover_surge"] = "turnover_surge"
    intensity: float = Field(1.0, ge=0, le=1, description="how far turnover moves to the new level (0 to 1)")
    factor: float = Field(2.0, ge=1, le=20, description="staff turnover is multiplied by this")

    def effect(self) -> str:
        return f"Staff leave {self.factor:.2g} times as often."


class HiringFreeze(_Spell):
    """Posts are frozen: fewer people move, and fewer newcomers arrive."""

    title: ClassVar[str] = "Hiring freeze"
    kind: Literal["hiring_freeze"] = "hiring_freeze"
    intensity: float = Field(1.0, ge=0, le=1, description="how far turnover moves to the new level (0 to 1)")
    factor: float = Field(0.3, ge=0, le=1, description="staff turnover is multiplied by this")

    def effect(self) -> str:
        return f"Staff move {self.factor:.2g} times as often."


class Shock(_Spell):
    """Winter pressure, an inspection, a merger."""

    title: ClassVar[str] = "Shock"
    may_overlap: ClassVar[bool] = True
    kind: Literal["shock"] = "shock"
    size: float = Field(0.3, ge=-1, le=1, description="added to pressure at intensity 1 (-1 to 1)")

    def effect(self) -> str:
        return f"Pressure changes by {self.size * self.intensity:+.2f}."


class ChangeParameter(_Spell):
    """A lever moved by hand: one parameter takes another value from a week on."""

    title: ClassVar[str] = "Change a parameter"
    kind: Literal["change_parameter"] = "change_parameter"
    intensity: float = Field(1.0, ge=0, le=1, description="how far the parameter moves to the new value (0 to 1)")
    name: str = Field(max_length=100, description="name of the parameter")
    value: float = Field(description="its new value, in its unit")

    @model_validator(mode="after")
    def _value_is_in_range(self) -> Self:
        declared = describe().get(self.name)
        if declared is None:
            raise WrongValueError(
                "name", "the name of a parameter", as_written(self.name), nearest_name(self.name, describe())
            )
        if not declared.is_live:
            hint = "set it under [parameters], for the whole run"
            raise WrongValueError("name", "a parameter that acts on a running model", as_written(self.name), hint)
        if not declared.lowest <= self.value <= declared.highest:
            unit = declared.meaning if declared.unit == "0 to 1" else f"{declared.unit}; {declared.meaning}"
            wanted = f"a number from {declared.lowest:g} to {declared.highest:g} ({unit})"
            raise WrongValueError("value", wanted, f"{self.value:g}")
        return self

    def effect(self) -> str:
        return f"{describe()[self.name].meaning} becomes {self.value:g}."


Intervention = Annotated[
    CoachSeniorLeaders
    | CoachTeamLeaders
    | Dialogue
    | TrainFacilitators
    | Committee
    | ProtectTime
    | Assurance
    | Induction
    | Appointments
    | LeadersLeave
    | TurnoverSurge
    | HiringFreeze
    | Shock
    | ChangeParameter,
    Field(discriminator="kind"),
]

KINDS: dict[str, type[_Intervention]] = {
    cls.model_fields["kind"].default: cls
    for cls in (
        CoachSeniorLeaders,
        CoachTeamLeaders,
        Dialogue,
        TrainFacilitators,
        Committee,
        ProtectTime,
        Assurance,
        Induction,
        Appointments,
        LeadersLeave,
        TurnoverSurge,
        HiringFreeze,
        Shock,
        ChangeParameter,
    )
}
"""Every kind of intervention by its name."""
