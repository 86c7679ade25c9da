"""What can be done about a culture, and what happens to it: the kinds of entries on a dated timeline.

One kind is one class in one file of this folder; :data:`KINDS` finds them all. A file from outside the package may
declare more (:func:`take_up_kinds`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args

from pydantic import Field, SerializeAsAny, ValidationInfo, ValidatorFunctionWrapHandler, WrapValidator

from sim.base.errors import Fault, InputError
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
from sim.rulebook.own_rules import RuleFile

__all__ = [
    "EVERYBODY", "FAMILIES", "FIRST_OWN_NUMBER", "KINDS", "LAST_OWN_NUMBER", "Button", "Entry", "Event", "Family",
    "Intervention", "Spell", "Strand", "Target", "kind_of", "own_kinds", "take_up_kinds",
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


FIRST_OWN_NUMBER, LAST_OWN_NUMBER = 1000, 4_000_000
"""Kinds from outside the package have a number from the first to the second. It tells their chance from that of others;
a thousand entries of a kind have to fit below 2 ** 32."""


def own_kinds(file: RuleFile) -> dict[str, type[Intervention]]:
    """Return the kinds of intervention that a file from outside the package declares, by name.

    Raises
    ------
    InputError : it cannot be executed
    """
    return {kind_of(cls): cls for cls in file.subclasses(Intervention) if "kind" in cls.model_fields}


def take_up_kinds(files: Iterable[RuleFile]) -> None:
    """Let timelines have entries of the kinds that files declare, in this process.

    A kind of an earlier file of the same name, as somebody changes it in a notebook, gives way to the new one.

    Raises
    ------
    InputError : a file cannot be executed, or a kind is not what it should be; all faults are listed
    """
    given = tuple(files)
    taken = dict(KINDS)
    faults: list[Fault] = []
    for file in given:
        for kind, cls in own_kinds(file).items():
            before = taken.get(kind)
            gives_way = before is not None and _gives_way(before, file, given)
            others = {name: other for name, other in taken.items() if name != kind or not gives_way}
            faults += _faults_of_kind(kind, cls, others, file.name)
            taken[kind] = cls
    if faults:
        raise InputError(faults)
    for file in given:
        for cls in own_kinds(file).values():
            cls.declared_in = file
    KINDS.update(taken)


def _gives_way(cls: type[Intervention], file: RuleFile, given: tuple[RuleFile, ...]) -> bool:
    """Tell whether a kind is that of this file, or of one of its name that is not in use any more."""
    earlier = cls.declared_in
    return earlier is not None and earlier.name == file.name and (earlier == file or earlier not in given)


def _faults_of_kind(
    kind: str, cls: type[Intervention], taken: Mapping[str, type[Intervention]], name: str
) -> Iterator[Fault]:
    """Yield what a kind from outside the package lacks, or shares with another."""
    where = f"{name}: {cls.__name__}"
    if not kind.isidentifier() or kind in taken:
        yield Fault(where, "a kind of its own, of letters, digits and _", f'"{kind}"')
    for said in ("number", "title", "family", "is_done"):
        if not hasattr(cls, said):
            yield Fault(where, f"{said}: ClassVar = ..., as every kind has", "none")
    number = getattr(cls, "number", FIRST_OWN_NUMBER)
    if not isinstance(number, int) or not FIRST_OWN_NUMBER <= number <= LAST_OWN_NUMBER:
        yield Fault(where, f"a number from {FIRST_OWN_NUMBER} to {LAST_OWN_NUMBER:,}", f"{number!r}")
    elif number in [other.number for other in taken.values()]:
        yield Fault(where, "a number that no other kind has", str(number))
    if getattr(cls, "family", "happens") not in FAMILIES:
        yield Fault(where, f"a family: {', '.join(FAMILIES)}", f"{cls.family!r}")
    buttons = {button.key for other in taken.values() for button in other.buttons}
    for button in cls.buttons:
        if button.key in buttons:
            yield Fault(f"{where}: buttons", "a key that no other button has", f'"{button.key}"')
    strands = {strand.name for other in taken.values() for strand in other.strands}
    for strand in cls.strands:
        if strand.name in strands:
            yield Fault(f"{where}: strands", "a name that no other strand has", f'"{strand.name}"')
    if cls.strands and "cost_per_week" not in cls.model_fields:
        yield Fault(f"{where}: strands", "a cost_per_week, for a budget to be spent on it", "none")


def _of_an_own_kind(value: Any, of_a_shipped_kind: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """Take entries of kinds that came from outside this package as well."""
    if isinstance(value, Intervention):
        return value
    kind = value.get("kind") if isinstance(value, Mapping) else None
    if isinstance(kind, str) and kind in KINDS and kind not in _SHIPPED:
        return KINDS[kind].model_validate(value, context=info.context)
    return of_a_shipped_kind(value)


if TYPE_CHECKING:
    Entry = Intervention
else:
    Entry = Annotated[
        SerializeAsAny[Annotated[Union[tuple(KINDS.values())], Field(discriminator="kind")]],  # noqa: UP007 - made at run time
        WrapValidator(_of_an_own_kind),
    ]
"""An entry of a timeline: of any kind, told apart by ``kind``."""
