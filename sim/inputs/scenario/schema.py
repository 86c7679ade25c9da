"""The form of a scenario file, from the declarations: a JSON Schema for editors, and tables for the reference.

Both say the same as the check: what keys there are, their units, ranges, defaults and meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.base.field_messages import as_written, wanted
from sim.base.phrasing import capital
from sim.inputs.interventions import KINDS, Target
from sim.inputs.interventions.entry import is_week
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.rulebook.parameters import ParameterDeclaration, describe
from sim.rulebook.rulebook import RULEBOOK

__all__ = ["json_schema", "reference"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_WORDS = ("unit", "symbol", "group", "plausible", "grade", "source", "live")


# --- JSON Schema ------------------------------------------------------------------------------------------------------


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, with titles, units and meanings that an editor can show.

    Examples
    --------
    >>> json_schema()["required"]
    ['title']
    """
    schema = Scenario.model_json_schema()
    definitions = schema["$defs"]
    del schema["properties"]["name"]
    schema["properties"]["services"]["description"] = "what differs in a service, by its name"
    models: list[type[BaseModel]] = [OrganisationShape, Target, *KINDS.values()]
    for model in models:
        _explain(definitions[model.__name__], model)
    _explain(schema, Scenario)
    for kind, entry in KINDS.items():
        _explain_kind(definitions[entry.__name__], kind, entry)
        _allow_dates(definitions[entry.__name__])
    _allow_dates(schema)
    _explain_parameters(definitions["Parameters"])
    own = definitions["ServiceSection"]["properties"]
    own["parameters"] = {"$ref": "#/$defs/Parameters", "description": "parameters that differ in this service"}
    schema["properties"]["rules"] |= {"properties": _forms(), "additionalProperties": False}
    schema["properties"]["timeline"]["items"].pop("discriminator", None)
    schema |= {"$schema": _DIALECT, "title": "A scenario of Cultureshift", "description": "See scenarios/README.md."}
    return schema


def _forms() -> dict[str, Any]:
    """Return the formulas that can be exchanged, with the forms of each."""
    return {
        formula.name: {
            "enum": [form.name for form in formula.forms],
            "title": _title(formula.name),
            "description": f"{capital(formula.meaning)}. By default: {formula.forms[0].name}.",
        }
        for formula in RULEBOOK.formulas.values()
    }


def _explain(table: dict[str, Any], model: type[BaseModel]) -> None:
    """Give each key its words, and allow no others."""
    table["additionalProperties"] = False
    for key, field in model.model_fields.items():
        if key in table["properties"]:
            own = _without_null(table["properties"][key])
            own["title"] = _title(key)
            own["description"] = f"{capital(wanted(model, key))}."
            own.pop("default", None)
            own.pop("page", None)
            if not field.is_required() and _shown_default(field):
                own["description"] += f" By default: {_shown_default(field)}."


def _without_null(own: dict[str, Any]) -> dict[str, Any]:
    """Take "or nothing" out of a key in place: in TOML, a key that has no value is left out."""
    choices = [choice for choice in own.pop("anyOf", []) if choice.get("type") != "null"]
    own.update(*choices)
    return own


def _explain_kind(table: dict[str, Any], kind: str, model: Any) -> None:
    table["title"] = model.title
    table["description"] = (model.__doc__ or "").strip()
    table["properties"]["kind"] = {"const": kind, "title": "Kind", "description": table["description"]}
    table["required"] = ["kind", *(key for key in table.get("required", []) if key != "kind")]


def _allow_dates(table: dict[str, Any]) -> None:
    """Let a date stand in the place of a week, as the check does where the scenario has a start."""
    for key, own in table["properties"].items():
        if is_week(key):
            limits = {word: own.pop(word) for word in ("type", "minimum", "maximum") if word in own}
            own["anyOf"] = [limits, {"type": "string", "format": "date"}]


def _explain_parameters(table: dict[str, Any]) -> None:
    for name, declared in describe().items():
        own = table["properties"][name]
        for word in _WORDS:
            own.pop(word, None)
        low, high = declared.plausible
        own["title"] = f"{_title(name)} ({declared.symbol})"
        own["description"] = (
            f"{capital(declared.meaning)}. Unit: {declared.unit}. By default: {declared.default:g}; "
            f"plausible: {low:g} to {high:g} ({declared.grade})."
        )


def _title(key: str) -> str:
    return capital(key.replace("_", " "))


# --- reference --------------------------------------------------------------------------------------------------------


def reference() -> str:
    """Return the generated part of ``scenarios/README.md``: every key, kind and parameter, in Markdown."""
    parts = [
        "### The scenario\n",
        *_key_table(Scenario, leave_out=("name",)),
        "\n### `[rules]`\n",
        *_form_table(),
        "\n### `[organisation]`\n",
        *_key_table(OrganisationShape),
        "\n### `[timeline.target]`\n",
        *_key_table(Target),
        "\n### Kinds of entries on the timeline",
    ]
    for kind, model in KINDS.items():
        parts += _kind_section(kind, model)
    parts.append("\n### Parameters")
    groups: dict[str, list[ParameterDeclaration]] = {}
    for declared in describe().values():
        groups.setdefault(declared.group, []).append(declared)
    for group, members in groups.items():
        parts += [f"\n**{capital(group)}**\n", *_parameter_table(members)]
    return "\n".join(parts) + "\n"


def _form_table() -> Iterator[str]:
    yield "| formula | form | what it says |"
    yield "| --- | --- | --- |"
    for formula in RULEBOOK.formulas.values():
        for form in formula.forms:
            usual = " (by default)" if form is formula.forms[0] else ""
            yield f"| `{formula.name}` | `{form.name}`{usual} | {formula.meaning}: {form.meaning} |"


def _key_table(model: type[BaseModel], leave_out: tuple[str, ...] = ()) -> Iterator[str]:
    yield "| key | wanted | by default |"
    yield "| --- | --- | --- |"
    for key, field in model.model_fields.items():
        if key not in leave_out:
            default = "must be given" if field.is_required() else _shown_default(field) or "–"
            yield f"| `{key}` | {_cell(wanted(model, key))} | {_cell(default)} |"


def _kind_section(kind: str, model: Any) -> list[str]:
    common = ("kind", "target", "note")
    narrowed = ", ".join(
        f"`{part}`" for part in ("services", "teams", "staff_groups", "share") if part in model.target_parts
    )
    words = [(model.__doc__ or "").strip(), f"It may be aimed at {narrowed}."]
    words.append("It is done." if model.is_done else "It happens: in the baseline too, and so it is no part of a gain.")
    if model.costs_own_days:
        words.append("Its cost is leaders' own time, shown apart from what is paid.")
    if model.is_outside_support:
        words.append("It is outside support: when the last of it ends, the money has ended.")
    return [f"\n#### `{kind}`\n", " ".join(words) + "\n", *_key_table(model, leave_out=common)]


def _parameter_table(members: list[ParameterDeclaration]) -> Iterator[str]:
    yield "| name | symbol | unit | by default | allowed | plausible | how known | meaning |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for one in members:
        allowed = f"{one.lowest:g} to {one.highest:g}"
        plausible = f"{one.plausible[0]:g} to {one.plausible[1]:g}"
        known = one.grade if one.source in ("assumed", "calibration") else f"{one.grade}: {one.source}"
        meaning = one.meaning if one.is_live else f"{one.meaning}; for the whole run only"
        cells = (f"`{one.name}`", one.symbol, one.unit, f"{one.default:g}", allowed, plausible, known, meaning)
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _shown_default(field: FieldInfo) -> str:
    """Return the default of a key as it would stand in a file; empty where it is nothing, or a whole section."""
    default = field.get_default(call_default_factory=True)
    if default is None or default == "" or isinstance(default, BaseModel | tuple):
        return ""
    if isinstance(default, Mapping):
        return ", ".join(f"{name} {value:g}" for name, value in default.items())
    return as_written(default)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
