"""A lever moved by hand."""

from typing import ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from sim.base.errors import nearest_name
from sim.base.field_messages import WrongValueError, as_written
from sim.inputs.interventions.entry import Family, Rules, Spell, Strength, move, page_field
from sim.rulebook.parameters import ParameterDeclaration, rulebook_of

__all__ = ["ChangeParameter"]


class ChangeParameter(Spell):
    """A lever moved by hand: one parameter takes another value from a week on."""

    number: ClassVar[int] = 13
    title: ClassVar[str] = "Change a parameter"
    family: ClassVar[Family] = "lever"
    is_done: ClassVar[bool] = False

    kind: Literal["change_parameter"] = "change_parameter"
    intensity: float = Field(
        1.0, ge=0, le=1, description="how far the parameter moves to the new value (0 to 1)",
        json_schema_extra=page_field("strength", 0.1),
    )  # fmt: skip
    name: str = Field(max_length=100, description="name of the parameter")
    value: float = Field(description="its new value, in its unit", json_schema_extra=page_field("value", "any", 0.0))

    _declared: ParameterDeclaration = PrivateAttr()

    @model_validator(mode="after")
    def _value_is_in_range(self, info: ValidationInfo) -> Self:
        known = rulebook_of(info.context).parameters
        declared = known.get(self.name)
        if declared is None:
            raise WrongValueError(
                "name", "the name of a parameter", as_written(self.name), nearest_name(self.name, known)
            )
        if not declared.is_live:
            hint = "set it under [parameters], for the whole run"
            raise WrongValueError("name", "a parameter that acts on a running model", as_written(self.name), hint)
        if not declared.lowest <= self.value <= declared.highest:
            unit = declared.meaning if declared.unit == "0 to 1" else f"{declared.unit}; {declared.meaning}"
            wanted = f"a number from {declared.lowest:g} to {declared.highest:g} ({unit})"
            raise WrongValueError("value", wanted, f"{self.value:g}")
        self._declared = declared
        return self

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        move(rules, self.name, self.value, strength)

    def effect(self) -> str:
        return f"{self._declared.meaning} becomes {self.value:g}."

    def label(self) -> str:
        return f"{self.name} = {self.value:g}"
