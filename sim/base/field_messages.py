"""What a declared field asks for, in words; and what is wrong with a value, in the same words.

The declarations (pydantic models) hold type, range, unit and meaning of every input once; messages, the JSON Schema and
the reference of scenario files all read them here. Knows nothing of scenarios.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from sim.base.errors import nearest_name

__all__ = [
    "Finding",
    "KeyPath",
    "WrongValueError",
    "as_written",
    "bounds_of",
    "findings_of",
    "meaning_of",
    "path_text",
    "unknown_keys",
    "wanted",
]

KeyPath = tuple[str | int, ...]
"""The way to a place in a table: keys, and places in lists counted from 0."""

NOTHING = "nothing"
"""What came, in words, where a key is missing."""

_LONGEST_SHOWN = 60
_MOST_UNKNOWN_KEYS = 50
_MOST_KEYS_LISTED = 20
_WHOLE = 100.0


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, before it is known where in which file it stands.

    Parameters
    ----------
    path : the way to it
    wanted, came, hint : as in :class:`sim.base.errors.Fault`
    """

    path: KeyPath
    wanted: str
    came: str
    hint: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether there was nothing where something is needed."""
        return self.came == NOTHING

    def under(self, *prefix: str | int) -> Finding:
        """Return the same finding, seen from further up."""
        return Finding((*prefix, *self.path), self.wanted, self.came, self.hint)


class WrongValueError(ValueError):
    """Raised by a declaration's own check, where a range does not say enough.

    Parameters
    ----------
    key : the field that is wrong, empty for the whole
    wanted, came, hint : as in :class:`sim.base.errors.Fault`
    """

    def __init__(self, key: str, wanted: str, came: str, hint: str = "") -> None:
        super().__init__(f"{wanted}, not {came}")
        self.key, self.wanted, self.came, self.hint = key, wanted, came, hint


# --- what is wanted ---------------------------------------------------------------------------------------------------


def wanted(model: type[BaseModel], key: str) -> str:
    """Return what a field asks for: its type and range, and its unit and meaning in brackets.

    Examples
    --------
    >>> from sim.rulebook.parameters import Parameters
    >>> wanted(Parameters, "staff_turnover")
    'a number from 0 to 5 (per year; staff who leave the service in a year)'
    """
    field = model.model_fields[key]
    remark = "; ".join(text for text in (_unit(field), meaning_of(field)) if text)
    return f"{_type_words(field)}{f' ({remark})' if remark else ''}"


def meaning_of(field: FieldInfo) -> str:
    """Return what a field stands for, without the range that stands elsewhere."""
    return re.sub(r"\s*\(-?[\d.]+ to -?[\d.]+\)$", "", field.description or "")


def _unit(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    return "" if unit == "0 to 1" else unit


def bounds_of(field: FieldInfo) -> dict[str, Any]:
    """Return the limits of a field by name: ``ge``, ``gt``, ``le``, ``lt``, ``max_length``."""
    _, metadata = _core_of(field.annotation, field.metadata)
    names = ("ge", "gt", "le", "lt", "max_length")
    return {name: getattr(item, name) for item in metadata for name in names if getattr(item, name, None) is not None}


def _core_of(annotation: Any, metadata: Sequence[Any] = ()) -> tuple[Any, list[Any]]:
    """Return a type without ``None`` and without annotations, and what annotates it."""
    found = list(metadata)
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *notes = get_args(annotation)
            for note in notes:
                found += note.metadata if isinstance(note, FieldInfo) else [note]
        elif origin in (Union, types.UnionType) and type(None) in get_args(annotation):
            rest = [part for part in get_args(annotation) if part is not type(None)]
            annotation = rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007 (made at run time)
        else:
            return annotation, found


def _type_words(field: FieldInfo) -> str:
    core, _ = _core_of(field.annotation)
    origin, inner = get_origin(core), get_args(core)
    if origin is tuple:
        item, _ = _core_of(inner[0])
        if get_origin(item) is Literal:
            return f"a list of {_one_of(get_args(item)).removeprefix('one of ')}"
        return {int: "a list of whole numbers", str: 'a list of names, as in ["...", "..."]'}.get(item, "tables")
    if core is str:
        longest = bounds_of(field).get("max_length")
        return f"text of at most {longest:,} characters" if longest else "text"
    return _plain_words(core) + _range_words(bounds_of(field))


def _plain_words(core: Any) -> str:
    """Return what a type asks for, without its limits."""
    if get_origin(core) is Literal:
        return _one_of(get_args(core))
    if get_origin(core) is dict and get_args(core)[1] is float:
        return "a table of numbers"
    words = {int: "a whole number", float: "a number", str: "text", date: "a date, as in 2027-04-01"}
    return words.get(core, "a table")


def _one_of(values: Sequence[Any]) -> str:
    return "one of " + ", ".join(f'"{value}"' for value in values)


def _range_words(bounds: Mapping[str, Any]) -> str:
    limits = {name: f"{limit:,.12g}" for name, limit in bounds.items() if name != "max_length"}
    if {"ge", "le"} <= limits.keys():
        return f" from {limits['ge']} to {limits['le']}"
    words = {"ge": "from {}", "gt": "above {}", "le": "up to {}", "lt": "below {}"}
    parts = [text.format(limits[name]) for name, text in words.items() if name in limits]
    return f" {' and '.join(parts)}" if parts else ""


# --- what came --------------------------------------------------------------------------------------------------------


def as_written(value: Any) -> str:
    """Return a value as it would stand in a scenario file, shortened if it is long.

    Examples
    --------
    >>> as_written(True), as_written("Ward 3"), as_written([1, 2.5])
    ('true', '"Ward 3"', '[1, 2.5]')
    """
    text = _written(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 4]} ..."


def _written(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value[:_LONGEST_SHOWN].replace("\n", " ") + '"'
    if isinstance(value, int):
        # Python refuses to write out very long whole numbers.
        return str(value) if abs(value) < 10**_LONGEST_SHOWN else "a number of more than 60 digits"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(_written(item) for item in value[:20])}]"
    if isinstance(value, Mapping):
        return f"a table of {', '.join(list(value)[:5])}" if value else "an empty table"
    return type(value).__name__


# --- what is wrong ----------------------------------------------------------------------------------------------------


def unknown_keys(model: type[BaseModel], table: Mapping[str, Any], what: str) -> Iterator[Finding]:
    """Yield a finding for each key of a table that its model does not have; ``what`` names the table."""
    known = list(model.model_fields)
    retired: Mapping[str, str] = getattr(model, "retired", {})
    unknown = [key for key in table if key not in known]
    for key in unknown[:_MOST_UNKNOWN_KEYS]:
        all_keys = f"its keys are {', '.join(known)}" if len(known) <= _MOST_KEYS_LISTED else ""
        hint = retired.get(key) or nearest_name(key[:_LONGEST_SHOWN], known) or all_keys
        yield Finding((key,), f"a key of {what}", as_written(key), hint)
    if len(unknown) > _MOST_UNKNOWN_KEYS:
        yield Finding((), f"keys of {what}", f"{len(unknown) - _MOST_UNKNOWN_KEYS} more unknown keys")


def findings_of(error: ValidationError, model: type[BaseModel]) -> list[Finding]:
    """Return what is wrong with the values that a model refused, in the words of its declarations."""
    found = [_finding(item, model) for item in error.errors(include_url=False)]
    # A list of faulty items is said to be too short as well; the items are what is wrong.
    return [one for one in found if not any(_is_inside(other.path, one.path) for other in found)]


def _is_inside(path: KeyPath, outer: KeyPath) -> bool:
    return bool(outer) and len(path) > len(outer) and path[: len(outer)] == outer


def _finding(item: Any, model: type[BaseModel]) -> Finding:
    owner, key, path = _walk(model, item["loc"])
    cause = item.get("ctx", {}).get("error")
    if isinstance(cause, WrongValueError):
        return Finding((*path, cause.key) if cause.key else path, cause.wanted, cause.came, cause.hint)
    if item["type"] == "extra_forbidden":
        hint = nearest_name(str(path[-1]), owner.model_fields)
        return Finding(path, "a known key", as_written(path[-1]), hint)
    if item["type"].startswith("union_tag"):
        return _unknown_tag(item, path)
    if item["type"] == "missing":
        return Finding(path, wanted(owner, key), NOTHING)
    if not key or key not in owner.model_fields:
        return Finding(path, item["msg"].removeprefix("Input should be ").lower(), as_written(item["input"]))
    came, field = item["input"], owner.model_fields[key]
    if path[-1] == key:
        return Finding(path, wanted(owner, key), as_written(came), _hint(came, field.annotation, bounds_of(field)))
    inner = _core_of(get_args(_core_of(field.annotation)[0])[-1 if isinstance(path[-1], str) else 0])[0]
    return Finding(path, _plain_words(inner), as_written(came), _hint(came, inner, {}))


def _unknown_tag(item: Any, path: KeyPath) -> Finding:
    """Return what is wrong where a key says which of several tables this is, and none is called so."""
    key = item["ctx"]["discriminator"].strip("'")
    known = re.findall(r"'(\w+)'", item["ctx"].get("expected_tags", ""))
    came = item["input"].get(key) if isinstance(item["input"], Mapping) else None
    hint = nearest_name(came[:_LONGEST_SHOWN], known) if isinstance(came, str) else ""
    return Finding((*path, key), f"a known {key}", as_written(came), hint)


def _walk(model: type[BaseModel], place: Sequence[str | int]) -> tuple[type[BaseModel], str, KeyPath]:
    """Follow a place that pydantic names: return the model and key that declare it, and the way to it in the table.

    Pydantic puts the tag of a union (the kind of an intervention) into the place, where the table has none.
    """
    owner, key, path = model, "", []
    current: Any = model
    for part in place:
        tagged = _tagged(current, part)
        if tagged is not None:
            current = tagged
            continue
        path.append(part)
        if isinstance(current, type) and issubclass(current, BaseModel):
            owner, key = current, str(part)
            current = _core_of(current.model_fields[key].annotation)[0] if key in current.model_fields else None
        elif get_args(current):
            inner = get_args(current)
            current = _core_of(inner[-1] if get_origin(current) is dict else inner[0])[0]
    return owner, key, tuple(path)


def _tagged(current: Any, part: str | int) -> type[BaseModel] | None:
    if get_origin(current) not in (Union, types.UnionType):
        return None
    for choice in get_args(current):
        kind = choice.model_fields.get("kind") if isinstance(choice, type) and issubclass(choice, BaseModel) else None
        if kind is not None and kind.default == part:
            return choice  # type: ignore[no-any-return]  # asked above
    return None


def _hint(came: Any, annotation: Any, bounds: Mapping[str, Any]) -> str:
    """Return what to try, for the mistakes that are made most often."""
    core, _ = _core_of(annotation)
    if core in (int, float) and isinstance(came, str):
        return "numbers stand without quotation marks"
    if core is str and not isinstance(came, str):
        return "text stands in quotation marks"
    is_number = isinstance(came, int | float) and not isinstance(came, bool)
    if core is float and is_number and bounds.get("le") == 1 and 1 < came <= _WHOLE:
        return f"it is a share, not a percentage: {came:g} % is {came / _WHOLE:g}"
    if get_origin(core) is tuple and isinstance(came, tuple) and not came:
        return "leave it out to mean everybody"
    if get_origin(core) is tuple and isinstance(came, str):
        return f"a list of one is written [{as_written(came)}]"
    if get_origin(core) is Literal and isinstance(came, str):
        return nearest_name(came[:_LONGEST_SHOWN], [str(value) for value in get_args(core)])
    return ""


# --- where ------------------------------------------------------------------------------------------------------------


def path_text(path: KeyPath, table: Mapping[str, Any] | None = None) -> str:
    """Return a path in words; ``table`` tells the kinds of the timeline's entries.

    Examples
    --------
    >>> path_text(("timeline", 1, "intensity"), {"timeline": [{}, {"kind": "dialogue"}]})
    'timeline entry 2 (dialogue).intensity'
    >>> path_text(("services", "Ward A", "parameters"))
    'services."Ward A".parameters'
    """
    text = ""
    for depth, part in enumerate(path):
        if isinstance(part, int):
            text += f" entry {part + 1}{_kind_of(table, path[: depth + 1])}"
        else:
            short = part if len(part) <= _LONGEST_SHOWN else f"{part[:_LONGEST_SHOWN]} ..."
            text += ("." if text else "") + (short if re.fullmatch(r"[\w-]+", short) else f'"{short}"')
    return text


def _kind_of(table: Mapping[str, Any] | None, path: KeyPath) -> str:
    here: Any = table
    for part in path:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            return ""
    kind = here.get("kind") if isinstance(here, Mapping) else getattr(here, "kind", None)
    return f" ({kind[:_LONGEST_SHOWN]})" if isinstance(kind, str) else ""
