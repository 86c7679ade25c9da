"""Negative controls: without the mechanism that is said to explain a pattern, the pattern must go."""

from __future__ import annotations

import math

from sim.results.measures import Interval, mean_interval, paired_difference
from sim.validation.laboratory import EXIT, Laboratory, capacity, programme
from sim.validation.lasting import TIGHTENED_WEEK, tightened
from sim.validation.pattern import Finding, Reading, pattern, report_only

__all__ = ["CONTROLS"]

_DEAF_EAR_OFF = {
    "efficacy_gain_heard": 0.0, "efficacy_gain_learned": 0.0,
    "efficacy_loss_ignored": 0.0, "efficacy_loss_punished": 0.0,
}  # fmt: skip
_BONDS_OFF = {"embedding": 0.0, "initial_purpose": 1.0, "purpose_loss": 0.0}
"""Nothing embeds; purpose is always whole, so that nothing of it can be lost and the trio is heard as one."""

_FROZEN = {"embedding": 0.0, "purpose_gain": 0.0, "purpose_loss": 0.0}
_FACILITATORS_OFF = {"facilitation": 0.0, "peer_coaching": 0.0}


def _must_miss(name: str, value: Interval, low: float = -math.inf, high: float = math.inf) -> Reading:
    """Return a reading that holds if the estimate lies within what the pattern would *not* accept."""
    return Reading(name, value, low, high)


@pattern(
    1,
    "control",
    "If efficacy does not answer to what becomes of concerns, the gap between safety and efficacy goes.",
    tolerance="gap below 0.08",
    evidence=("deaf-ear",),
    meaning="The gap is made by the deaf ear, not put in by hand.",
)
def without_deaf_ear(lab: Laboratory) -> Finding:
    """Measure the gap without what concerns do to efficacy."""
    baseline = lab.run(lab.scenario((), _DEAF_EAR_OFF))
    gap = (baseline.series("safe_share") - baseline.series("confident_share"))[:, 0]
    return Finding((_must_miss("gap", mean_interval(gap), high=0.08),))


@pattern(
    12,
    "control",
    "Without embedding and without purpose that can be built and lost, the exit of two of the trio takes less.",
    tolerance="retained one year after support ends lower by less than 0.08",
    evidence=("source-case",),
    meaning="The exit matters because of what the three had built between them and in themselves.",
    if_it_fails="Purpose and embedding explain about half of what the exit takes. The rest is plain: successors come "
    "with the control of the market, and team leaders follow their example. Without that example, too, hardly "
    "anything is left.",
)
def without_bonds(lab: Laboratory) -> Finding:
    """Measure what the exit takes where there is nothing between leaders to take."""
    return Finding(
        (
            _must_miss("retained at 1 year, lower by", _taken_by_exit(lab, _BONDS_OFF), high=0.08),
            report_only("the same with all mechanisms", _taken_by_exit(lab, {})),
            report_only("the same without embedding alone", _taken_by_exit(lab, {"embedding": 0.0})),
            report_only("without embedding, purpose frozen where it begins", _taken_by_exit(lab, _FROZEN)),
            report_only(
                "without the trio's example to team leaders, too", _taken_by_exit(lab, {**_BONDS_OFF, "imitation": 0.0})
            ),
        )
    )


def _taken_by_exit(lab: Laboratory, parameters: dict[str, float]) -> Interval:
    """Return how much less is retained at 1 year where two of the trio leave."""
    stays = lab.paired_once(lab.scenario(programme(), parameters))
    leaves = lab.paired_once(lab.scenario((*programme(), *EXIT), parameters))
    return paired_difference(stays.retained(1), leaves.retained(1))


@pattern(
    13,
    "control",
    "If facilitators have no effect, training them does not make the shift persist.",
    tolerance="more than half retained at 4 years in fewer than 75 % of runs",
    evidence=("source-case",),
    meaning="It is what facilitators do that lasts, not the training as such.",
)
def without_facilitators(lab: Laboratory) -> Finding:
    """Measure persistence with training that has no effect."""
    paired = lab.paired_once(lab.scenario((*programme(), *EXIT, *capacity()), _FACILITATORS_OFF))
    return Finding(
        (
            _must_miss("runs that persist", paired.persistence(), high=0.75),
            report_only("retained at 4 years", mean_interval(paired.retained(4))),
        )
    )


@pattern(
    17,
    "control",
    "If tight control clears no problem faster, it makes nothing better before it makes things worse.",
    tolerance="backlog of a high culture not lower 8 weeks after the switch to tight control",
    evidence=("capability-trap",),
    meaning="The trap needs its bait.",
)
def without_boost(lab: Laboratory) -> Finding:
    """Measure the backlog after a switch to tight control that has no short-run gain."""
    tight, loose = (lab.run(what).series("backlog") for what in tightened(lab, {"control_boost": 0.0}))
    soon = (tight - loose)[:, TIGHTENED_WEEK + 8]
    return Finding((_must_miss("difference in the backlog after 8 weeks", mean_interval(soon), 0.0),))


CONTROLS = (without_deaf_ear, without_bonds, without_facilitators, without_boost)
"""The negative controls, by the number of the pattern that they must destroy."""
