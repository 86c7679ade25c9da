"""Every pattern is measured; those that parameters were calibrated on, and limiting cases, have to hold.

Patterns of other kinds are printed and not judged: nothing may be tuned to them. ``docs/validation`` keeps the report
of a full run. Run one alone with ``pytest -m slow -k "pattern-12"``.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from sim.validation.pattern import Pattern
from sim.validation.pattern_runs import PatternRuns
from sim.validation.report import tolerance_text, value_text
from sim.validation.runner import PATTERNS

REPORT = Path(__file__).parents[2] / "docs" / "validation"
MUST_HOLD = ("calibrated", "limit")
REPLICATES = 8
"""Patterns that are told by shares of runs take five times as many."""
pytestmark = pytest.mark.slow


@pytest.fixture(name="runs", scope="module")
def lab_fixture() -> PatternRuns:
    return PatternRuns(replicates=REPLICATES, seed=7)


def kept_readings() -> list[dict[str, str]]:
    with (REPORT / "readings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda one: f"pattern-{one.label.replace(' ', '-')}")
@pytest.mark.timeout(900)
def test_a_pattern_is_measured_and_holds_where_it_must(pattern: Pattern, runs: PatternRuns) -> None:
    """The seed is not that of the kept report: what was calibrated has to hold for other chance, too."""
    finding = pattern.measure(runs)

    print(f"\n{pattern.label}: {finding.verdict}. {pattern.claim}")
    for reading in finding.readings:
        print(f"  {reading.name}: {value_text(reading.value)} ({tolerance_text(reading)})")
    assert all(not np.isnan(reading.value.estimate) for reading in finding.readings if reading.is_judged)
    if pattern.kind in MUST_HOLD:
        assert finding.verdict == "holds"


def test_no_pattern_is_missing_from_the_kept_report() -> None:
    labels = {row["pattern"] for row in kept_readings()}

    assert labels == {one.label for one in PATTERNS}
    markdown = (REPORT / "report.md").read_text(encoding="utf-8")
    for one in PATTERNS:
        assert one.claim in markdown


def test_what_must_hold_holds_in_the_kept_report() -> None:
    failing = {row["pattern"] for row in kept_readings() if row["verdict"] == "fails" and row["kind"] in MUST_HOLD}

    assert failing == set()


def test_every_failure_of_the_kept_report_is_explained() -> None:
    failing = {row["pattern"] for row in kept_readings() if row["verdict"] == "fails"}
    explained = {one.label for one in PATTERNS if one.if_it_fails}

    assert failing <= explained
