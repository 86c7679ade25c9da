"""Do it now: what can be begun, ended or let happen with one press, in the words of somebody who runs a service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.inputs.interventions import EVERYBODY

__all__ = ["ACTIONS", "Action"]


@dataclass(frozen=True)
class Action:
    """One button.

    Parameters
    ----------
    key : its name
    label, ending : what the button says: to begin it, and to end it while it is under way
    says : what it does, in a sentence
    kind : the kind of intervention that it becomes
    family : ``support``, ``capability``, ``rules`` or ``happens``
    weeks : how long it lasts, None to the end of the run; events take one week
    fields : what else the entry says
    is_event : whether it happens in one week
    waits : whether it begins when what is under way ends, rather than in its place
    """

    key: str
    label: str
    ending: str
    says: str
    kind: str
    family: str
    weeks: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    is_event: bool = False
    waits: bool = False

    def dates(self, week: int, next_start: int | None) -> dict[str, int | None]:
        """Return the dates of an entry that begins in a week and ends before the next of its kind."""
        if self.is_event:
            return {"week": week}
        end = None if self.weeks is None else week + self.weeks
        ends = [date for date in (end, next_start) if date is not None]
        return {"start_week": week, "end_week": min(ends) if ends else None}

    def is_of_kind(self, entry: Any) -> bool:
        """Tell whether an entry of a timeline is of this kind and reaches everybody."""
        return bool(entry.kind == self.kind and entry.target == EVERYBODY)

    def is_same_thing(self, entry: Any) -> bool:
        """Tell whether an entry of a timeline is what this button begins."""
        return self.is_of_kind(entry) and all(getattr(entry, name) == value for name, value in self.fields.items())


def _support(key: str, what: str, says: str, weeks: int | None = 52, **fields: Any) -> Action:
    return Action(key, f"Start {what}", f"Stop {what}", says, key, "support", weeks, fields)


_ALL = (
    _support(
        "coach_senior_leaders", "coaching the trio",
        "An outside consultant works with the three directors for a year: they let go of control and build shared purpose.",
    ),
    _support(
        "dialogue", "dialogue with staff",
        "A year of conversations across all staff groups. It helps where leaders mean it, and backfires where they do not.",
    ),
    _support(
        "coach_team_leaders", "coaching team leaders",
        "Team leaders are coached for a year in relational leading.",
    ),
    _support(
        "committee", "teaming in a committee",
        "Twenty people of different teams meet for a year, work on real issues, and become colleagues.",
    ),
    _support(
        "protect_time", "protecting leaders' time",
        "For half a year a quarter of the pressure is kept away from leaders.", 26,
    ),
    _support(
        "induction", "inducting new leaders",
        "From now on, new directors are helped to become a collective with the others.", None,
    ),
    Action(
        "train_facilitators", "Start training facilitators", "Stop training facilitators",
        "For two years about 16 % of staff a year learn to facilitate teaming in their own teams.",
        "train_facilitators", "capability", 104, {"share_per_week": 0.003},
    ),
    Action(
        "refresh_facilitators", "Keep topping up facilitators", "Stop topping up facilitators",
        "When training ends, or from now on, a trickle of new facilitators (4 % of staff a year) makes up for those who leave.",
        "train_facilitators", "capability", None, {"share_per_week": 0.0008}, waits=True,
    ),
    Action(
        "lighten_assurance", "Lighten assurance", "End the change of assurance",
        "From now on the wider system expects much less control of its leaders (0.45 instead of 0.75).",
        "assurance", "rules", None, {"control_norm": 0.45},
    ),
    Action(
        "tighten_assurance", "Tighten assurance", "End the change of assurance",
        "From now on the wider system expects tight control of its leaders (0.95).",
        "assurance", "rules", None, {"control_norm": 0.95},
    ),
    Action(
        "appoint_from_within", "Appoint from within", "Appoint as before",
        "From now on new leaders come from inside, and bring the culture they learned in.",
        "appointments", "rules", None, {"from_within": 1.0},
    ),
    Action(
        "two_leave", "Two of the trio leave", "",
        "Two of the three directors change jobs this week. The trio becomes a new collective that needs its own time.",
        "leaders_leave", "happens", 1, {"how_many": 2}, True,
    ),
    Action(
        "winter_crisis", "Winter crisis", "",
        "Thirteen weeks in which pressure is much higher.", "shock", "happens", 13, {"size": 0.3},
    ),
    Action(
        "inspection", "Inspection", "",
        "Six weeks of scrutiny: pressure rises sharply.", "shock", "happens", 6, {"size": 0.4},
    ),
    Action(
        "turnover_surge", "Staff leave in numbers", "End the surge",
        "For half a year staff leave three times as often.", "turnover_surge", "happens", 26, {"factor": 3.0},
    ),
    Action(
        "hiring_freeze", "Hiring freeze", "End the freeze",
        "For a year hardly anybody moves: no newcomers, and no fresh expectations.", "hiring_freeze", "happens", 52,
    ),
)  # fmt: skip

ACTIONS: dict[str, Action] = {action.key: action for action in _ALL}
"""Every button by its name, in the order of the page."""
