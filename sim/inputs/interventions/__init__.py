"""What can be done about a culture, and what happens to it: the kinds of entries on a dated timeline.

One kind is one class in one file of this folder; :data:`KINDS` finds them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args

from pydantic import Field, SerializeAsAny, ValidatorFunctionWrapHandler, WrapValidator

from sim.inputs.interventions.entry import (
    EVERYBODY,
    FAMILIES,
    Button,
    Event,
    Family,
    Intervention,
    Spell,
    Strand,
    Target,
)

__all__ = [
    "EVERYBODY", "FAMILIES", "KINDS", "Button", "Entry", "Event", "Family", "Intervention", "Spell", "Strand", "Target",
    "kind_of",
]  # fmt: skip


def kind_of(cls: type[Intervention]) -> str:
    """Return the name of a kind, as files give it."""
    return str(get_args(cls.model_fields["kind"].annotation)[0])


def _shipped() -> dict[str, type[Intervention]]:
    """Return the kinds of this folder, in the order of their numbers."""
    found: set[type[Intervention]] = set()
    for module in iter_modules(__path__, f"{__name__}."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Intervention) and "kind" in value.model_fields:
                found.add(value)
    return {kind_of(cls): cls for cls in sorted(found, key=lambda cls: cls.number)}


KINDS: dict[str, type[Intervention]] = _shipped()
"""Every kind of intervention by its name."""

_SHIPPED = frozenset(KINDS)


def _of_an_own_kind(value: Any, of_a_shipped_kind: ValidatorFunctionWrapHandler) -> Any:
    """Take entries of kinds that came from outside this package as well."""
    if isinstance(value, Intervention):
        return value
    kind = value.get("kind") if isinstance(value, Mapping) else None
    if isinstance(kind, str) and kind in KINDS and kind not in _SHIPPED:
        return KINDS[kind].model_validate(value)
    return of_a_shipped_kind(value)


if TYPE_CHECKING:
    Entry = Intervention
else:
    Entry = Annotated[
        SerializeAsAny[Annotated[Union[tuple(KINDS.values())], Field(discriminator="kind")]],  # noqa: UP007
        WrapValidator(_of_an_own_kind),
    ]
"""An entry of a timeline: of any kind, told apart by ``kind``."""
