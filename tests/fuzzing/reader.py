"""What a reader of something from outside is given, and how its inputs are written and changed."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from sim.base.errors import CultureshiftError
from tests.fuzzing.mutations import (
    changed_toml,
    changed_tree,
)

__all__ = [
    "SCENARIO", "Changed", "Inputs", "Reader", "changed_said", "now", "one_of", "toml_of", "writing",
]  # fmt: skip

Inputs = Mapping[str, bytes]
"""The files of a folder by their names, or parts of a request by theirs."""

Changed = dict[str, bytes | None]
"""What became of some of the inputs; None if one is gone."""


@dataclass(frozen=True)
class Reader:
    """A reader, and what is given to it.

    Parameters
    ----------
    make : writes sound inputs into a folder
    change : returns the inputs that are others now
    read : reads the folder; returns what came of it
    refuses : errors that it documents
    is_exact : whether an answer, if there is one, has to be that to the sound inputs
    """

    make: Callable[[Path], None]
    change: Callable[[Inputs, Random], Changed]
    read: Callable[[Path], object]
    refuses: tuple[type[Exception], ...] = (CultureshiftError,)
    is_exact: bool = False


def writing(texts: Mapping[str, str | bytes]) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        for name, text in texts.items():
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    return make


def one_of(changes: Mapping[str, Callable[[bytes, Random], bytes]]) -> Callable[[Inputs, Random], Changed]:
    """Return what changes one of some inputs."""

    def change(inputs: Inputs, rng: Random) -> Changed:
        name = rng.choice(sorted(changes))
        return {name: changes[name](inputs[name], rng)}

    return change


def toml_of(content: bytes, rng: Random) -> bytes:
    return changed_toml(content, tomllib.loads(content.decode()), rng)


def changed_said(content: bytes, rng: Random) -> bytes:
    return json.dumps(changed_tree(json.loads(content), rng), default=str).encode()


def now(coroutine: Any) -> Any:
    """Return what a coroutine returns that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    raise AssertionError("it waits for something")


SCENARIO = """\
title = "A year"
story = '''
Money ends.
Leaders leave.'''
weeks = 60
support_ends = 40
compare_with = "baseline"
[organisation]
services = 2
teams = 3
team_size = 5
seed = 3
[parameters]
staff_turnover = 0.2
control_norm = 0.7
[services."Service 1".parameters]
control_norm = 0.8
[[timeline]]
kind = "dialogue"
start_week = 2
end_week = 12
intensity = 1.5
target = {services = ["Service 1"], share = 0.5}
[[timeline]]
kind = "coach_senior_leaders"
start_week = 2
end_week = 20
note = "first"
[[timeline]]
kind = "change_parameter"
start_week = 30
name = "control_norm"
value = 0.5
[[timeline]]
kind = "leaders_leave"
week = 20
how_many = 1
"""
