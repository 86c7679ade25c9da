"""``cultureshift meanfield`` on a terminal."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.commands import meanfield
from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.scenario.description import Scenario


def test_a_state_of_rest_is_a_line_of_a_terminal_of_80_characters(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    at_rest: Any = SimpleNamespace(is_stable=True, half_life_weeks=246.4, measures=dict.fromkeys(MEASURE_NAMES, 0.5))
    meanfield._print_equilibria(Scenario(title="A place"), [at_rest])
    *_, header, _, row = capsys.readouterr().out.rstrip().splitlines()

    assert header.split() == [
        "stable", "safety", "efficacy", "leaders", "trio", "purpose", "capability", "half-life",
    ]  # fmt: skip
    assert row.split() == ["yes", *["0.50"] * 6, "246"]
