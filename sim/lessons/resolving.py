"""The scenarios that a lesson names: shipped ones by name, others by a path relative to the lesson."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import apply_settings, load_scenario
from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = ["resolve"]


def resolve(name: str, settings: tuple[str, ...], folder: Path, rulebook: Rulebook = RULEBOOK) -> Scenario:
    """Return a scenario with its settings.

    Parameters
    ----------
    name : name of a shipped scenario, or a path to a TOML file
    settings : ``NAME=VALUE`` each, as for ``--set``
    folder : what a path is relative to
    rulebook : the rules that it is run with, of one's own too

    Raises
    ------
    InputError : there is no such scenario, or it or its settings have faults
    """
    is_path = name.endswith(".toml") or bool(re.search(r"[/\\]", name))
    path = folder / name if is_path else None
    changed_at = path.stat().st_mtime_ns if path is not None and path.is_file() else 0
    return _resolve(path or name, settings, changed_at, rulebook)


@lru_cache(maxsize=256)
def _resolve(name: str | Path, settings: tuple[str, ...], _changed_at: int, rulebook: Rulebook) -> Scenario:
    scenario = load_scenario(name, rulebook)
    return apply_settings(scenario, settings) if settings else scenario
