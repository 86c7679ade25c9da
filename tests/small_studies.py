"""A small study to test on, and what two stores must have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.study.sampling import Ranges
from sim.study.study_file import Study, load_study

SCENARIO = """
title = "A talk"
weeks = {weeks}
[organisation]
teams = 3
team_size = 4
[[timeline]]
kind = "dialogue"
start_week = 0
end_week = 10
"""

STUDY = """
title = "Small"
scenarios = ["talk.toml"]
replicates = {replicates}
[design]
kind = "grid"
[[design.axes]]
set = "control_norm"
values = [0.6, 0.8]
[keep]
measures = ["safe_share", "coherence"]
{more}
"""

TARGETS = "week,measure,value,error,scenario\n20,safety,0.5,0.1,talk.toml\n25,safe_share,0.3,0.1,talk.toml\n"


def write_study(folder: Path, replicates: int = 6, weeks: int = 30, more: str = "") -> Path:
    """Write a study of 2 cases, and so of 4 times as many runs as replicates; return its file."""
    (folder / "talk.toml").write_text(SCENARIO.format(weeks=weeks))
    path = folder / "small.toml"
    path.write_text(STUDY.format(replicates=replicates, more=more))
    return path


def write_targets(folder: Path) -> Path:
    """Write what is to be calibrated to, in the scenario of :func:`write_study`; return its file."""
    path = folder / "targets.csv"
    path.write_text(TARGETS)
    return path


def vary_alone(ranges: Callable[..., Ranges], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let analyses that vary all parameters vary those of some ranges: all of them ask for many points."""
    for module in ("sim.study.sampling", "sim.study.sensitivity"):
        monkeypatch.setattr(f"{module}.plausible_ranges", ranges)


def small_study(folder: Path, **changes: Any) -> Study:
    """Return the study of :func:`write_study`."""
    return load_study(write_study(folder, **changes))


def results_of(folder: Path) -> dict[str, bytes]:
    """Return every file of results with its bytes."""
    names = [*folder.glob("*.parquet"), *folder.glob("*.csv"), *folder.glob("parts/*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(names)}
