"""What hypothesis makes for tests of scenarios: sound ones from the declarations, and tables with anything in them."""

from __future__ import annotations

import copy
import types
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from sim.base.field_messages import bounds_of
from sim.inputs.interventions import KINDS, Target
from sim.inputs.organisation import STAFF_GROUP_NAMES, OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.rulebook.parameters import Parameters, describe

WEEKS = 1_000
_SPAN = 100

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
_KNOWN_KEYS = st.sampled_from(
    sorted(
        {
            *Scenario.model_fields,
            *OrganisationShape.model_fields,
            *Target.model_fields,
            *list(Parameters.model_fields)[:8],
            *(key for kind in KINDS.values() for key in kind.model_fields),
            *STAFF_GROUP_NAMES,
        }
    )
)
_KNOWN_WORDS = st.sampled_from(
    [*KINDS, *STAFF_GROUP_NAMES, "Service 1", "Team 1", "staff_turnover", "baseline", "random"]
)
_DATES = st.dates(date(1900, 1, 1), date(2200, 1, 1)) | st.times() | st.datetimes(datetime(1900, 1, 1))

VALUES = st.one_of(
    st.integers(-10, 1_000),
    st.integers(),
    st.floats(),
    st.booleans(),
    TEXT,
    _KNOWN_WORDS,
    _DATES.map(lambda moment: moment.replace(microsecond=0) if isinstance(moment, time | datetime) else moment),
)
"""Any single value that TOML can hold."""

STRUCTURES = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT | _KNOWN_KEYS, inner, max_size=4),
    max_leaves=10,
)
"""Anything that TOML can hold."""

TABLES = st.dictionaries(TEXT | _KNOWN_KEYS, STRUCTURES, max_size=5)
"""Any table that TOML can hold, often with keys that a scenario has."""


@st.composite
def scenarios(draw: Any) -> Scenario:
    """Sound scenarios of any make: every kind, target and section, dates that do not overlap."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=4))
    shape = _some_of(
        draw, OrganisationShape, {"services": st.just(2), "teams": st.just(3), "team_size": st.integers(1, 9)}
    )
    return Scenario(
        name="made",
        title=draw(TEXT),
        story=draw(TEXT | st.just("Two\nlines,\r\na \"quote\" and a '''")),
        weeks=WEEKS,
        support_ends=draw(st.none() | st.integers(0, WEEKS)),
        organisation=OrganisationShape(**{**shape, "services": 2, "teams": 3}),
        parameters=Parameters(**_some_of(draw, Parameters, {})),
        services=draw(st.just({}) | _services()),
        timeline=tuple(_entry(draw, kind, place) for place, kind in enumerate(kinds)),
    )


def _services() -> st.SearchStrategy[dict[str, Any]]:
    parameters = st.fixed_dictionaries(
        {}, optional={name: _allowed(name) for name in ("control_norm", "staff_turnover")}
    )
    return st.dictionaries(
        st.sampled_from(["Service 1", "Service 2"]), st.builds(lambda values: {"parameters": values}, parameters)
    )


def _allowed(name: str) -> st.SearchStrategy[float]:
    return st.floats(describe()[name].lowest, describe()[name].highest)


def _entry(draw: Any, kind: str, place: int) -> Any:
    model = KINDS[kind]
    start = place * _SPAN
    fixed: dict[str, st.SearchStrategy[Any]] = {
        "target": _targets(model),
        "start_week": st.just(start),
        "end_week": st.integers(start + 1, start + _SPAN),
        "week": st.just(start),
        "name": st.just("control_norm"),
        "value": st.floats(0, 1),
        "note": TEXT,
    }
    if kind == "attention":
        fixed |= dict.fromkeys(("purpose", "staff", "leaders"), st.floats(0, 0.33))
        fixed["which"] = st.sampled_from([(1,), (2, 3)])
    values = _some_of(draw, model, fixed)
    values["kind"] = kind
    if "end_week" in model.model_fields:
        values["end_week"] = draw(fixed["end_week"])
    if kind in ("leaders_leave", "leaders_change_jobs"):
        values.pop("how_many", None), values.pop("which", None)
        values |= draw(st.sampled_from([{"how_many": 1}, {"which": (1,)}]))
    return model.model_validate(values)


def _targets(model: Any) -> st.SearchStrategy[Target]:
    parts: dict[str, st.SearchStrategy[Any]] = {
        "services": st.sampled_from([("Service 1",), ("Service 1", "Service 2")]),
        "teams": st.sampled_from([("Team 1",), ("Team 6", "Team 2")]),
        "staff_groups": st.sampled_from([("nursing",), ("medical", "operations")]),
        "share": st.floats(0.01, 1.0),
    }
    return st.builds(Target, **{part: parts[part] for part in sorted(model.target_parts)}) | st.just(Target())


def _some_of(draw: Any, model: Any, fixed: dict[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    """Draw the required fields of a model and some of the others."""
    values = {}
    for key, field in model.model_fields.items():
        if key != "kind" and (field.is_required() or draw(st.booleans())):
            values[key] = draw(fixed[key] if key in fixed else _values_of(field))
    return values


def _values_of(field: FieldInfo) -> st.SearchStrategy[Any]:
    core = _core(field.annotation)
    bounds = bounds_of(field)
    if get_origin(core) is Literal:
        return st.sampled_from(get_args(core))
    if core is int:
        return st.integers(bounds.get("ge", 0), bounds.get("le", bounds.get("lt", 100) - 1))
    if core is float:
        return st.floats(bounds["ge"], bounds["le"])
    return st.just({"nursing": 3.0, "medical": 1.0})


def _core(annotation: Any) -> Any:
    while get_origin(annotation) in (Annotated, Union, types.UnionType):
        annotation = get_args(annotation)[0]
    return annotation


@st.composite
def damaged_tables(draw: Any, table: dict[str, Any]) -> dict[str, Any]:
    """The table of a scenario in which a few places hold anything, are gone, or are new."""
    damaged = copy.deepcopy(table)
    for _ in range(draw(st.integers(1, 3))):
        here: Any = damaged
        while True:
            places = list(here) if isinstance(here, dict) else list(range(len(here)))
            place = draw(st.sampled_from(places)) if places else None
            if place is None or not isinstance(here[place], dict | list) or draw(st.booleans()):
                break
            here = here[place]
        _damage(draw, here, place)
    return damaged


def _damage(draw: Any, here: Any, place: Any) -> None:
    what = draw(st.sampled_from(["other value", "anything", "gone", "new key"]))
    if what == "gone" and place is not None:
        del here[place]
    elif what == "new key" and isinstance(here, dict):
        here[draw(TEXT | _KNOWN_KEYS)] = draw(STRUCTURES)
    elif place is not None:
        here[place] = draw(VALUES if what == "other value" else STRUCTURES)


@st.composite
def damaged_texts(draw: Any, text: str) -> str:
    """A text in which a few characters or lines have been changed."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        inserted = draw(st.text("[]{}=.,\"'#\\\n -+_0159aeinft", max_size=6) | TEXT | st.just(text[start:end] * 2))
        text = text[:start] + inserted + text[end:]
    return text
