"""The numbers of the model: frozen, checked, and made from what the rules declare.

A number stands in the file of the rule that it belongs to (``sim/rules``). Everything else that needs to know
about parameters (the scenario files, the sliders, the sensitivity analysis, the documentation) reads these
declarations. Source keys resolve in ``docs/evidence.md``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ConfigDict, Field, create_model

from sim.base.rule import Grade, ParameterDeclaration
from sim.base.terms import WEEKS_PER_YEAR
from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = [
    "WEEKS_PER_YEAR",
    "Grade",
    "ParameterDeclaration",
    "Parameters",
    "describe",
    "parameters_model",
    "rulebook_of",
]


class _Numbers(BaseModel):
    """The numbers of the model; frozen, checked, with the calibrated defaults.

    Examples
    --------
    >>> Parameters().staff_turnover
    0.14
    >>> Parameters(staff_turnover=0.2).staff_turnover
    0.2
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=False)


def _field(declared: ParameterDeclaration) -> Any:
    words = {
        "unit": declared.unit,
        "symbol": declared.symbol,
        "group": declared.group,
        "plausible": list(declared.plausible),
        "grade": declared.grade,
        "source": declared.source,
        "live": declared.is_live,
    }
    return Field(
        declared.default,
        ge=declared.lowest,
        le=declared.highest,
        description=declared.meaning,
        json_schema_extra=cast("dict[str, Any]", words),
    )


def _make(name: str, base: type[BaseModel], declared: list[ParameterDeclaration]) -> type[BaseModel]:
    fields: dict[str, Any] = {one.name: (float, _field(one)) for one in declared}
    return create_model(name, __base__=base, __module__=__name__, __doc__=_Numbers.__doc__, **fields)


if TYPE_CHECKING:

    class Parameters(_Numbers):
        """Every declared parameter is an attribute; mypy takes them for granted."""

        def __init__(self, **values: float) -> None: ...
        def __getattr__(self, name: str) -> float: ...

else:
    Parameters = _make("Parameters", _Numbers, list(RULEBOOK.parameters.values()))


def parameters_model(rulebook: Rulebook) -> type[Parameters]:
    """Return the parameters of a rulebook: those of the package, and those of its own rules."""
    own = tuple(one for name, one in rulebook.parameters.items() if name not in RULEBOOK.parameters)
    return _own_model(own) if own else Parameters


@cache
def _own_model(own: tuple[ParameterDeclaration, ...]) -> type[Parameters]:
    made = _make("OwnParameters", Parameters, list(own))
    # No other process can import the class, but every one can make it.
    setattr(made, "__reduce__", lambda self: (_own_values, (own, self.model_dump())))  # noqa: B010 - mypy: a method
    return cast("type[Parameters]", made)


def _own_values(own: tuple[ParameterDeclaration, ...], values: dict[str, float]) -> Parameters:
    return _own_model(own)(**values)


def rulebook_of(context: object) -> Rulebook:
    """Return the rulebook that a file is judged by: the context of its validation; the package's if there is none."""
    return context if isinstance(context, Rulebook) else RULEBOOK


def describe(rulebook: Rulebook = RULEBOOK) -> dict[str, ParameterDeclaration]:
    """Return the declaration of every parameter by name, in the order of the week.

    Examples
    --------
    >>> describe()["critical_mass"].plausible
    (0.1, 0.4)
    """
    return rulebook.parameters
