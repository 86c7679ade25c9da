"""A session as text that a browser keeps: what is run, what is kept beside it, and the steps back and on.

The server keeps nothing of a tab. What a browser brings back is judged like a link: anybody could have written it.
An organisation of somebody's own does not travel: the text of a session in one says only what was run, and is opened in
the same files once they are here again.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.base.errors import InputError
from sim.dashboard.exchange import content_of, mark_of_rules, own_scenario
from sim.dashboard.own import rules
from sim.dashboard.session import MOST_KEPT, ExploreSession, KeptFuture
from sim.dashboard.shared import Remembered
from sim.inputs.scenario.description import Scenario

__all__ = ["open_session", "session_as_text"]

_MOST_STEPS = 12
"""Steps back, and steps on, that are kept."""

_MOST_TEXT, _MOST_CONTENT = 200_000, 2_000_000
_MOST_SCENARIOS = 2 * (2 * _MOST_STEPS + 1)
_HIGHEST_SEED = 2**32 - 1

Place = int
"""The place of a scenario among those that are kept."""


class _KeptFuture(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    label: str = Field(pattern=r"^Future [A-Z]$")
    scenario: Place = Field(ge=0)
    seed: int = Field(ge=0, le=_HIGHEST_SEED)
    week: int = Field(ge=0, le=10_000)


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    scenario: Place = Field(ge=0)
    begun: Place = Field(ge=0)
    before: Place | None = Field(ge=0)
    seed: int = Field(ge=0, le=_HIGHEST_SEED)
    week: int = Field(ge=0, le=10_000)
    kept: list[_KeptFuture] = Field(max_length=MOST_KEPT)


class _KeptSession(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    rules: str
    scenarios: list[dict[str, Any]] = Field(min_length=1, max_length=_MOST_SCENARIOS)
    steps: list[_Step] = Field(min_length=1, max_length=2 * _MOST_STEPS + 1)
    now: int = Field(ge=0)


def session_as_text(session: ExploreSession) -> str:
    """Return a session as text for a browser to keep: all steps next to now that are in the same organisation."""
    tables = session.scenario.tables
    past = _together(session.past[-_MOST_STEPS:][::-1], tables)[::-1]
    steps = [*past, session, *_together(session.ahead[:_MOST_STEPS], tables)]
    places: dict[str, Place] = {}

    def place(scenario: Scenario) -> Place:
        return places.setdefault(_written(scenario), len(places))

    steps_written = [
        {
            "scenario": place(step.scenario),
            "begun": place(step.origin),
            "before": None if step.before is None else place(step.before),
            "seed": step.seed,
            "week": step.changed_week,
            "kept": [
                {"label": one.label, "scenario": place(one.scenario), "seed": one.seed, "week": one.parted_week}
                for one in step.kept
            ],
        }
        for step in steps
    ]
    if len(places) > _MOST_SCENARIOS:  # What it is now goes before how it came to be so.
        return session_as_text(ExploreSession(session.scenario, session.seed, begun=session.begun, kept=session.kept))
    around = _json({"rules": mark_of_rules(session.scenario.rulebook), "steps": steps_written, "now": len(past)})
    text = f'{around[:-1]},"scenarios":[{",".join(places)}]}}'
    return base64.b64encode(zlib.compress(text.encode(), 6)).decode("ascii")


def _json(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"))


def _content(scenario: Scenario) -> str:
    return _json(content_of(scenario if scenario.tables is None else scenario.replace(tables=None)))


_written: Remembered[str] = Remembered(_content)
"""A scenario as it is kept, without the folder of its tables."""


def _together(steps: tuple[ExploreSession, ...], tables: str | None) -> list[ExploreSession]:
    """Return the steps next to now of which all is in one organisation."""
    near: list[ExploreSession] = []
    for step in steps:
        if any(one.tables != tables for one in (*step.scenarios(), step.origin)):
            break
        near.append(step)
    return near


def open_session(text: str, folder: str | None = None) -> ExploreSession | None:
    """Return the session that a browser has kept; None if the text tells of none that can be shown.

    Parameters
    ----------
    text : what was kept
    folder : the tables of the organisation that it is in, of the server's own; a made-up one if left out
    """
    if not text or len(text) > _MOST_TEXT:
        return None
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(base64.b64decode(text, validate=True), _MOST_CONTENT)
        if unpacker.unconsumed_tail:
            return None
        book = _KeptSession.model_validate_json(content)
        if book.rules != mark_of_rules(rules()):
            return None
        return _session(book, [own_scenario(json.dumps(one), folder) for one in book.scenarios])
    except (binascii.Error, zlib.error, ValidationError, ValueError, IndexError, InputError):
        return None


def _session(book: _KeptSession, scenarios: list[Scenario]) -> ExploreSession:
    steps = [
        ExploreSession(
            scenarios[step.scenario],
            seed=step.seed,
            before=None if step.before is None else scenarios[step.before],
            kept=tuple(KeptFuture(one.label, scenarios[one.scenario], one.seed, one.week) for one in step.kept),
            begun=scenarios[step.begun],
            changed_week=step.week,
        )
        for step in book.steps
    ]
    return steps[book.now].among(steps[: book.now], steps[book.now + 1 :])
