"""What a team can spend its days on in a round, and within which limits.

The strands are those of the search for the best use of a budget, and so are their limits, so that what a team thinks of
and what a search finds can be compared.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sim.lessons.designs import Design, DesignTask, SpendOption
from sim.results.measures import PERSIST_YEARS
from sim.room.plans import RoundPlan, scenario_of
from sim.rulebook.parameters import WEEKS_PER_YEAR
from sim.study.programmes import HIGHEST_INTENSITY, LAST_SUPPORT_WEEK, STRANDS, Programme, without_support

__all__ = ["latest_end", "offered", "task_of", "words_of"]

_LAST_TRAINING_WEEK = 260
_SHORTEST_TOP_UP = 52
_STRENGTHENS = "training"
_KEEPS = "top_up"


def latest_end(strand: str, weeks: int) -> int:
    """Return the week by which a strand has to end in a run of so many weeks.

    Paid support ends after three years at the latest, from when all programmes are judged.
    """
    if strand == _KEEPS:
        return weeks
    if strand == _STRENGTHENS:
        return min(_LAST_TRAINING_WEEK, weeks)
    return min(LAST_SUPPORT_WEEK, weeks - PERSIST_YEARS * WEEKS_PER_YEAR - 1)


@lru_cache(maxsize=512)
def task_of(plan: RoundPlan) -> DesignTask:
    """Return what a team designs in a round."""
    place = without_support(scenario_of(plan.scenario))
    return DesignTask(place, float(plan.budget), {name: _offer(name, place.weeks) for name in STRANDS})


def _offer(name: str, weeks: int) -> SpendOption:
    strand = STRANDS[name]
    shortest, longest = strand.weeks
    return SpendOption(
        strand.title, strand.kind, strand.cost_per_week, _SHORTEST_TOP_UP if longest is None else shortest, longest,
        latest_end(name, weeks), HIGHEST_INTENSITY, _STRENGTHENS if name == _KEEPS else "",
    )  # fmt: skip


def offered(plan: RoundPlan) -> list[dict[str, Any]]:
    """Return what a page needs to know of each strand."""
    task = task_of(plan)
    return [
        {
            "name": name,
            "title": offer.title,
            "says": STRANDS[name].strand.says,
            "label": STRANDS[name].strand.label,
            "colour": STRANDS[name].strand.colour,
            "a_week": offer.a_week,
            "most": offer.most,
            "goes_on": offer.longest is None,
            "shortest": offer.shortest,
            "longest": task.place.weeks if offer.longest is None else offer.longest,
            "latest_end": offer.latest_end,
        }
        for name, offer in task.offers.items()
    ]


def words_of(design: Design, plan: RoundPlan) -> list[str]:
    """Return what the days are spent on, the most expensive first."""
    entries = {
        name: (start, end, days / (STRANDS[name].cost_per_week * (end - start)))
        for name, (start, end, days) in design.items()
    }
    return Programme(entries, float(plan.budget)).parts_in_words()
