"""What stands in front of a lesson: its facts as data, each key with its meaning.

The first part of a lesson's file, between two lines ``+++``, is TOML. These declarations are what it may hold.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sim.base.errors import nearest_name
from sim.base.field_messages import WrongValueError, as_written
from sim.inputs.interventions import KINDS

__all__ = ["NORMS", "AnswerChoice", "Claim", "Design", "FrontMatter", "PredictionTask", "Run", "TryThis"]

Norm = Literal["Aim High", "Feel Safe", "Team Up", "Fail Well", "Learn Fast"]
NORMS: tuple[str, ...] = ("Aim High", "Feel Safe", "Team Up", "Fail Well", "Learn Fast")

_LONGEST_SETTING = 200


def designed() -> tuple[str, ...]:
    """Return the kinds of intervention that a programme of one's own may be put together from."""
    return tuple(kind for kind, cls in KINDS.items() if cls.may_be_designed)


class _LessonPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class AnswerChoice(_LessonPart):
    """One answer to choose: a range that the model's result may fall in, or a scenario that may come out highest."""

    says: str = Field(max_length=300, description="the answer in words")
    at_least: float | None = Field(None, description="the answer is right if the result is at least this")
    below: float | None = Field(None, description="and below this")
    scenario: str | None = Field(None, max_length=1000, description="the answer is right if this one comes out highest")
    settings: tuple[str, ...] = Field((), max_length=40, description='changes of it, as in "staff_turnover=0.2"')


class PredictionTask(_LessonPart):
    """What is asked before the run."""

    kind: Literal["draw", "choose"] = Field(description="draw a curve, or choose an answer")
    question: str = Field(max_length=600, description="the question")
    measure: str = Field(max_length=100, description="what is predicted: a weekly measure, or a measure of whole runs")
    week: int | None = Field(None, ge=0, le=10_000, description="the week, for a weekly measure that is chosen")
    compare_with: str | None = Field(
        None, max_length=1000, description='the prediction is of the difference from this scenario, or "baseline"'
    )
    starts_at: float | None = Field(None, description="where the curve begins, as the model shows it")
    low: float = Field(0.0, description="lower end of the axis")
    high: float = Field(1.0, description="upper end of the axis")
    choices: tuple[AnswerChoice, ...] = Field((), max_length=8, description="the answers to choose from")

    @model_validator(mode="after")
    def _agree(self) -> PredictionTask:
        if self.kind == "draw" and self.choices:
            raise WrongValueError("choices", "no answers where a curve is drawn", f"{len(self.choices)} answers")
        if self.kind == "choose" and len(self.choices) < 2:
            raise WrongValueError("choices", "two to eight answers", str(len(self.choices)))
        if self.low >= self.high:
            raise WrongValueError("high", f"a number above low ({self.low:g})", f"{self.high:g}")
        _check_choices(self.choices)
        return self


def _check_choices(choices: tuple[AnswerChoice, ...]) -> None:
    """Hold answers against one another: all name a scenario, or their ranges follow on one another without a gap."""
    named = [choice.scenario is not None for choice in choices]
    if any(named):
        if not all(named) or any(c.at_least is not None or c.below is not None for c in choices):
            raise WrongValueError(
                "choices", "answers that all name a scenario, or all give a range", "some of each kind"
            )
        return
    for place, (one, after) in enumerate(pairwise(choices), start=1):
        if one.below is None or one.below != after.at_least:
            came = f"{as_written(one.below)} and {as_written(after.at_least)}"
            asked = f"ranges without gaps: answer {place} is below what answer {place + 1} begins with"
            raise WrongValueError("choices", asked, came)
    if choices and (choices[0].at_least is not None or choices[-1].below is not None):
        raise WrongValueError(
            "choices", "a first answer without at_least and a last without below", "an end", "so that every result fits"
        )


class Run(_LessonPart):
    """What is run, and how often."""

    scenario: str = Field(max_length=1000, description="name of a shipped scenario, or a file relative to the lesson")
    settings: tuple[str, ...] = Field((), max_length=40, description='changes of it, as in "staff_turnover=0.2"')
    compare_with: str = Field("baseline", max_length=1000, description='"baseline" (nothing done), or another scenario')
    replicates: int = Field(40, ge=5, le=200, description="runs, each with its own chance events")
    seed: int = Field(1, ge=0, le=2**32 - 1, description="seed of the runs")


class TryThis(_LessonPart):
    """A link to a page with a scenario already there."""

    says: str = Field(max_length=300, description="what to try")
    opens: Literal["explore", "compare", "map", "why"] = Field(description="the page")
    scenario: str = Field(max_length=1000, description="name of a shipped scenario, or a file relative to the lesson")
    settings: tuple[str, ...] = Field((), max_length=40, description='changes of it, as in "staff_turnover=0.2"')
    compare_with: str | None = Field(None, max_length=200, description="a second, shipped scenario for Compare")
    week: int = Field(0, ge=0, le=10_000, description="the week at which Explore opens")


class Design(_LessonPart):
    """A programme of one's own, put together under a budget."""

    budget: float = Field(gt=0, le=1e6, description="days of paid support that it may cost")
    scenario: str = Field(max_length=1000, description="what happens anyway; a shipped scenario or a file")
    weeks: int = Field(ge=13, le=10_000, description="the week by which everything must have ended")
    kinds: tuple[str, ...] = Field(
        min_length=1,
        max_length=20,
        description="the parts to choose from",
        json_schema_extra={"items": {"enum": [*designed()]}},
    )

    @field_validator("kinds")
    @classmethod
    def _can_be_designed(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        known = designed()
        for kind in kinds:
            if kind not in known:
                raise WrongValueError(
                    "kinds", f"some of {', '.join(known)}", as_written(kind), nearest_name(kind, known)
                )
        return kinds


class Claim(_LessonPart):
    """Something that the text says about the model, as data."""

    says: str = Field(max_length=1000, description="the sentence, as it stands in the text")
    scenario: str | None = Field(None, max_length=1000, description="the scenario; that of the run if left out")
    settings: tuple[str, ...] = Field((), max_length=40, description='changes of it, as in "staff_turnover=0.2"')
    compare_with: str | None = Field(
        None, max_length=1000, description='the claim is of the difference from this scenario, or "baseline"'
    )
    compare_settings: tuple[str, ...] = Field((), max_length=40, description="changes of what it is compared with")
    measure: str = Field(max_length=100, description="a weekly measure, or a measure of whole runs")
    week: int | None = Field(None, ge=0, le=10_000, description="the week, for a weekly measure")
    relation: Literal["above", "below", "between"] = Field(description="where the whole 95 % interval lies")
    bounds: tuple[float, ...] = Field(max_length=2, description="one number, or two for between")
    replicates: int = Field(100, ge=5, le=1000, description="runs that the claim rests on")

    @model_validator(mode="after")
    def _agree(self) -> Claim:
        n = 2 if self.relation == "between" else 1
        if len(self.bounds) != n or list(self.bounds) != sorted(self.bounds):
            asked = "two numbers, the lower first" if n == 2 else "one number"
            raise WrongValueError(
                "bounds", f"{asked}, because the relation is {self.relation}", as_written(self.bounds)
            )
        return self


class FrontMatter(_LessonPart):
    """Everything in front of a lesson."""

    title: str = Field(max_length=120, description="what the lesson is called")
    summary: str = Field(max_length=300, description="one sentence for the list of lessons")
    order: int = Field(ge=1, le=999, description="its place in the list")
    minutes: int = Field(ge=5, le=120, description="how long it takes")
    norms: tuple[Norm, ...] = Field(min_length=1, max_length=5, description="the norms that it is about")
    explain: Literal["loops", "funnel", "nothing"] = Field(
        "loops", description="what is worked out beside the explanation: which loop did it, the funnel, or nothing"
    )
    predict: PredictionTask = Field(description="what is asked before the run")
    run: Run = Field(description="what is run")
    design: Design | None = Field(None, description="let somebody put a programme together, beside what to try")
    try_this: tuple[TryThis, ...] = Field((), max_length=12, description="links to pages with a scenario already there")
    claims: tuple[Claim, ...] = Field(max_length=100, description="what the text says about the model")

    @model_validator(mode="before")
    @classmethod
    def _settings_are_short(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(run := given.get("run"), dict):
            for setting in run.get("settings") or ():
                if isinstance(setting, str) and len(setting) > _LONGEST_SETTING:
                    asked = f"settings of at most {_LONGEST_SETTING} characters"
                    raise WrongValueError("run", asked, as_written(setting))
        return given
