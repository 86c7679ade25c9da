"""What every kind of intervention is held to, as far as that can be judged from its entries alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import numpy as np
from pydantic import ValidationError

from sim.base.errors import Fault, nearest_name
from sim.inputs.interventions import FAMILIES, FIRST_OWN_NUMBER, LAST_OWN_NUMBER, Intervention, kind_of
from sim.inputs.interventions.entry import Colour
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.validation.contract.worlds import needed_by

__all__ = ["faults_of_kind"]

HORIZON = 20
"""Weeks of the run in which entries are tried."""

FIRST_WEEK, LAST_WEEK = 5, 12
_SLIP = 10**12
"""No field of an entry means a number as large as this."""

_LEVERS = {
    "staff": ("staff_levers", ("dialogue", "training")),
    "seniors": ("senior_levers", ("attention", "attention_purpose", "attention_staff", "attention_leaders")),
    "teams": ("team_levers", ("coaching",)),
}
"""Of whom a kind may reach: the method that says what it adds for them, and the levers that there are."""

_MAY_REACH = {"services": {"services"}, "seniors": {"services"}, "teams": {"services", "teams", "share"},
              "staff": {"services", "teams", "staff_groups", "share"}}  # fmt: skip


def faults_of_kind(
    kind: type[Intervention],
    others: Mapping[str, type[Intervention]],
    rulebook: Rulebook = RULEBOOK,
    needs: Mapping[str, Any] | None = None,
) -> list[Fault]:
    """Return all that is wrong with a kind of intervention.

    Parameters
    ----------
    kind : the class
    others : the kinds that it stands beside, by name
    rulebook : whose parameters and levers it may change
    needs : what an entry needs beside its dates, where the bounds of its fields do not say it
    """
    where = f"intervention {kind_of(kind)}"
    faults = [*_faults_of_numbers(kind, others, where)]
    try:
        entry = _entry(kind, needs or {})
        faults += _faults_of_words(entry, where)
        faults += _faults_of_fields(entry, where)
        faults += _faults_of_dates_and_cost(entry, where)
        faults += _faults_of_buttons(entry, others, where)
        faults += _faults_of_what_it_changes(entry, rulebook, where)
    except Exception as error:  # It is somebody else's code, which may fail in any way.
        wanted = "entries that can be made, priced, told in words and put into force"
        faults.append(Fault(where, wanted, _first_line(error)))
    return faults


def _entry(kind: type[Intervention], needs: Mapping[str, Any]) -> Intervention:
    """Return an entry that acts for some weeks in the middle of a run, or in one."""
    dates = {"week": FIRST_WEEK} if "week" in kind.model_fields else {"start_week": FIRST_WEEK, "end_week": LAST_WEEK}
    return kind(**{**needed_by(kind, np.random.default_rng(1)), **dates, **needs})


def _is_own(kind: type[Intervention]) -> bool:
    return not kind.__module__.startswith("sim.inputs.interventions.")


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        one = error.errors()[0]
        return f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
    return f"{type(error).__name__}: {error}".split("\n")[0]


# --- words, number, fields --------------------------------------------------------------------------------------------


def _faults_of_words(entry: Intervention, where: str) -> Iterator[Fault]:
    kind = type(entry)
    own_words = vars(kind).get("__doc__")
    if not (own_words or "").strip():
        yield Fault(where, "a docstring that says what it is, in a sentence", "none")
    if not getattr(kind, "title", "").strip():
        yield Fault(f"{where}: title", "what it is called, in a few words", "nothing")
    family = getattr(kind, "family", None)
    if family not in FAMILIES:
        yield Fault(
            f"{where}: family", f"one of {', '.join(FAMILIES)}", repr(family), nearest_name(str(family), FAMILIES)
        )
    if not isinstance(getattr(kind, "is_done", None), bool):
        yield Fault(f"{where}: is_done", "whether it is done (True) or happens (False)", "neither",
                    "what happens is part of the baseline: is_done: ClassVar[bool] = True")  # fmt: skip
    if kind.colour not in get_args(Colour):
        yield Fault(f"{where}: colour", f"one of {', '.join(get_args(Colour))}", repr(kind.colour))
    try:
        effect = entry.effect()
    except NotImplementedError:
        effect = ""
    if not effect.strip().endswith("."):
        yield Fault(f"{where}: effect", "what it does, in a sentence with a full stop", f'"{effect}"')


def _faults_of_numbers(
    kind: type[Intervention], others: Mapping[str, type[Intervention]], where: str
) -> Iterator[Fault]:
    number = getattr(kind, "number", None)
    taken = {other.number: name for name, other in others.items() if other is not kind}
    if not isinstance(number, int) or not (FIRST_OWN_NUMBER if _is_own(kind) else 0) <= number <= LAST_OWN_NUMBER:
        yield Fault(f"{where}: number", f"a whole number from {FIRST_OWN_NUMBER} to {LAST_OWN_NUMBER:,}", repr(number),
                    "it tells the chance of this kind from that of others")  # fmt: skip
    elif number in taken:
        yield Fault(f"{where}: number", "a number that no other kind has", f"{number}, which {taken[number]} has")
    if kind_of(kind) in others and others[kind_of(kind)] is not kind:
        yield Fault(where, "a name that no other kind has", f'"{kind_of(kind)}"')
    if kind.model_fields["kind"].default != kind_of(kind):
        yield Fault(f"{where}: kind", f'the default "{kind_of(kind)}"', repr(kind.model_fields["kind"].default))
    unfit = kind.target_parts - _MAY_REACH.get(kind.reaches, set())
    if kind.reaches not in _MAY_REACH:
        yield Fault(f"{where}: reaches", f"one of {', '.join(_MAY_REACH)}", repr(kind.reaches))
    elif unfit:
        yield Fault(
            f"{where}: target_parts", f"parts that can narrow what reaches {kind.reaches}", ", ".join(sorted(unfit))
        )


def _faults_of_fields(entry: Intervention, where: str) -> Iterator[Fault]:
    kind = type(entry)
    for name, asked in kind.model_fields.items():
        if name in ("kind", "target", "note"):
            continue
        if not asked.description:
            yield Fault(f"{where}: {name}", "a description, with unit and range", "none", "Field(..., description=...)")
        if asked.annotation in (int, float):
            taken = [slip for slip in (-_SLIP, _SLIP) if _is_taken(entry, name, slip)]
            if taken:
                yield Fault(f"{where}: {name}", "bounds, so that a slip is told", f"{taken[0]:g}, which was taken",
                            "Field(..., ge=0, le=1)")  # fmt: skip


def _is_taken(entry: Intervention, name: str, value: int) -> bool:
    try:
        type(entry).model_validate({**entry.model_dump(), name: value})
    except ValidationError:
        return False
    return True


# --- when, and at what cost -------------------------------------------------------------------------------------------


def _faults_of_dates_and_cost(entry: Intervention, where: str) -> Iterator[Fault]:
    start, end = entry.weeks(HORIZON)
    if not 0 <= start <= end <= HORIZON:
        yield Fault(f"{where}: weeks", f"weeks within the run (0 to {HORIZON})", f"{start} to {end}")
    for week in range(HORIZON):
        strength, cost = entry.strength(week, HORIZON), entry.cost(week, HORIZON)
        is_on = start <= week < end
        if not is_on and strength:
            yield Fault(f"{where}: strength", f"0 outside its weeks, {start} to {end}", f"{strength:g} in week {week}")
            return
        if not (np.isfinite(cost) and cost >= 0):
            yield Fault(f"{where}: cost", "days of paid support, 0 or more", f"{cost} in week {week}")
            return
        if not is_on and cost:
            yield Fault(f"{where}: cost", f"nothing outside its weeks, {start} to {end}", f"{cost:g} in week {week}")
            return
    if "intensity" in type(entry).model_fields:
        off = entry.model_copy(update={"intensity": 0.0})
        if any(off.cost(week, HORIZON) for week in range(HORIZON)):
            yield Fault(
                f"{where}: cost", "nothing at intensity 0", "a cost", "multiply it by self.strength(week, horizon)"
            )


# --- buttons ----------------------------------------------------------------------------------------------------------


def _faults_of_buttons(entry: Intervention, others: Mapping[str, type[Intervention]], where: str) -> Iterator[Fault]:
    kind = type(entry)
    taken = {button.key for other in others.values() if other is not kind for button in other.buttons}
    for button in kind.buttons:
        place = f"{where}: button {button.key}"
        if button.key in taken:
            yield Fault(place, "a key that no other button has", f'"{button.key}"')
        taken.add(button.key)
        if not (button.label.strip() and button.says.strip().endswith(".")):
            yield Fault(place, "a label, and a sentence with a full stop that says what it does",
                        f'"{button.label}", "{button.says}"')  # fmt: skip
        try:
            kind.model_validate({**entry.model_dump(), **button.fields})
        except ValidationError as error:
            yield Fault(place, "fields that make an entry", _first_line(error))
    for strand in kind.strands:
        shortest, longest = strand.weeks
        if not (strand.says.strip().endswith(".") and shortest >= 0 and (longest is None or longest >= shortest)):
            yield Fault(f"{where}: strand {strand.name}", "a sentence, and weeks from the shortest to the longest",
                        f'"{strand.says}", {strand.weeks}')  # fmt: skip


# --- what it changes --------------------------------------------------------------------------------------------------


def _faults_of_what_it_changes(entry: Intervention, rulebook: Rulebook, where: str) -> Iterator[Fault]:
    strength = np.array([entry.strength(week, HORIZON) for week in range(HORIZON)])
    off = np.zeros(HORIZON)
    usual, changed, same = _rules(rulebook), _rules(rulebook), _rules(rulebook)
    try:
        entry.change_rules(changed, strength)
    except (ValueError, IndexError) as error:
        yield Fault(f"{where}: change_rules", "parameters and levers that rules declare", str(error))
        return
    entry.change_rules(same, off)
    moved = [name for name in usual.dtype.names if changed[name].tobytes() != usual[name].tobytes()]
    levers = {name: value for method, _ in _LEVERS.values() for name, value in getattr(entry, method)(strength).items()}
    yield from _faults_of_levers(entry, strength, off, where)
    for name in moved:
        if changed[name][strength == 0].tobytes() != usual[name][strength == 0].tobytes():
            yield Fault(f"{where}: change_rules", "every bit as it was in weeks of strength 0", f'another "{name}"',
                        "multiply the change by strength, or use move(...)")  # fmt: skip
        declared = rulebook.parameters.get(name)
        values = changed[name]
        if not np.isfinite(values).all() or (
            declared and not ((values >= declared.lowest) & (values <= declared.highest)).all()
        ):
            bounds = f"from {declared.lowest:g} to {declared.highest:g}" if declared else "that are finite"
            yield Fault(
                f"{where}: change_rules", f"values of {name} {bounds}", f"{values[np.argmax(np.abs(values))]:g}"
            )
    if same.tobytes() != usual.tobytes() and not moved:
        yield Fault(f"{where}: change_rules", "every bit as it was at strength 0", "another value")
    if not moved and not any(np.any(value) for value in levers.values()):
        methods = ", ".join(method for method, _ in _LEVERS.values())
        yield Fault(where, f"something that it changes: change_rules, {methods}", "nothing at full strength")


def _rules(rulebook: Rulebook) -> Any:
    """Return [HORIZON], the rules in force of a service without interventions."""
    rules = np.zeros(HORIZON, rulebook.rules_dtype)
    for name, declared in rulebook.parameters.items():
        rules[name] = declared.default
    return rules


def _faults_of_levers(entry: Intervention, strength: Any, off: Any, where: str) -> Iterator[Fault]:
    for reaches, (method, known) in _LEVERS.items():
        levers = getattr(entry, method)(strength)
        for name in levers.keys() - set(known):
            yield Fault(f"{where}: {method}", f"one of {', '.join(known)}", f'"{name}"', nearest_name(name, known))
        if levers and entry.reaches != reaches:
            yield Fault(f"{where}: reaches", f'"{reaches}", as it has {method}', f'"{entry.reaches}"')
        for name, value in levers.items():
            values = np.asarray(value, float)
            if values.shape != strength.shape or not (np.isfinite(values) & (values >= 0)).all():
                yield Fault(f"{where}: {method}", f"{name} of 0 or more, one for each week", f"{value}")
        if any(np.any(value) for value in getattr(entry, method)(off).values()):
            yield Fault(f"{where}: {method}", "nothing at strength 0", "something", "multiply by strength")
