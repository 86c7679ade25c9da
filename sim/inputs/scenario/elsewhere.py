"""A programme in an organisation that it was not written for: where it has fewer senior leaders, fewer leave."""

from __future__ import annotations

import numpy as np

from sim.inputs.interventions.leaders_leave import LeadersLeave
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario

__all__ = ["with_as_many_leaving"]

_LONGEST_TITLE, _LONGEST_STORY = 170, 20_000


def with_as_many_leaving(scenario: Scenario, organisation: Organisation) -> Scenario:
    """Return a scenario in which no more senior leaders leave at a time than the smallest service has.

    Where fewer leave, title and story say so.
    """
    most = int(np.diff(organisation.service_senior_start).min())
    changed = [
        entry.model_copy(update={"how_many": most})
        if isinstance(entry, LeadersLeave) and most >= 1 and (entry.how_many or 0) > most
        else entry
        for entry in scenario.timeline
    ]
    if changed == list(scenario.timeline):
        return scenario
    has = "one senior leader" if most == 1 else f"{most} senior leaders"
    leave = "one leaves" if most == 1 else f"{most} leave"
    story = f"Here {leave}, as the smallest service has {has}. {scenario.story}"
    title = f"{scenario.title[:_LONGEST_TITLE]} (here {leave})"
    return scenario.replace(timeline=tuple(changed), title=title, story=story[:_LONGEST_STORY])
