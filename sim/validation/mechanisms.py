"""Patterns 27 to 32, 35 and 36: what the collective, ties, time, wariness and vacant posts do to the programme."""

from __future__ import annotations

from sim.results.measures import mean_interval, paired_difference
from sim.validation.laboratory import EXIT, MANY, Laboratory, programme
from sim.validation.pattern import Finding, pattern, reading, report_only

__all__ = ["PATTERNS"]


@pattern(
    28,
    "calibrated",
    "A connected middle carries: after the exit, more is left where teams are tied to each other.",
    tolerance="retained one year after support ends higher by at least 0.08 with 3 ties across teams a person than "
    "with none (four times the usual runs)",
    evidence=("source-case", "bridging-ties"),
    meaning="What departs from the norm lasts where those in the middle are linked to others who do the same.",
)
def connected_middle(lab: Laboratory) -> Finding:
    """Measure what is left after the exit, with ties across teams and without."""
    tied, siloed = (lab.paired(lab.scenario((*programme(), *EXIT), cross_team_ties=ties), MANY) for ties in (3.0, 0.0))
    return Finding(
        (
            reading("retained at 1 year, higher by", paired_difference(tied.retained(1), siloed.retained(1)), 0.08),
            report_only("retained at 1 year, 3 ties a person", mean_interval(tied.retained(1))),
            report_only("retained at 1 year, no ties", mean_interval(siloed.retained(1))),
        )
    )


PATTERNS = (connected_middle,)
"""Pattern 28."""
