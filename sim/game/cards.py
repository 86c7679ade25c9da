"""The cards of a game: what presses on a service in one quarter, in sizes that the kinds of intervention declare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.game.days import WEEKS
from sim.inputs.interventions import Intervention
from sim.inputs.interventions.assurance import Assurance
from sim.inputs.interventions.change_parameter import ChangeParameter
from sim.inputs.interventions.entry import Button
from sim.inputs.interventions.shock import Shock

__all__ = ["CARDS", "Card"]


def _button(kind: type[Intervention], key: str) -> Button:
    (found,) = (button for button in kind.buttons if button.key == key)
    return found


_WINTER, _INSPECTION = _button(Shock, "winter_crisis"), _button(Shock, "inspection")
_TIGHTER = _button(Assurance, "tighten_assurance")


@dataclass(frozen=True)
class Card:
    """Something that presses on a service.

    Parameters
    ----------
    name, title : its name in files; what it is called
    says : what everybody at the table is told
    kind : of the entry on the timeline, which happens and is not done
    weeks : how long it lasts, at most a quarter
    fields : what else the entry says
    """

    name: str
    title: str
    says: str
    kind: type[Shock | ChangeParameter]
    weeks: int
    fields: dict[str, Any]

    def entry(self, week: int) -> Intervention:
        """Return the entry that begins in a week."""
        return self.kind(start_week=week, end_week=week + self.weeks, note=self.title, **self.fields)


CARDS = {
    card.name: card
    for card in (
        Card(
            "winter", "Winter", "Beds are full, staff are off sick, and the corridor is a ward. It lasts all quarter.",
            Shock, min(WEEKS, _WINTER.weeks or WEEKS), dict(_WINTER.fields),
        ),
        Card(
            "inspection", "An inspection", "Inspectors come for six weeks. All has to be in order, and on paper.",
            Shock, min(WEEKS, _INSPECTION.weeks or WEEKS), dict(_INSPECTION.fields),
        ),
        Card(
            "region", "A call from region",
            "Region wants weekly figures from each of you in person, and to know who is in charge of every delay.",
            ChangeParameter, WEEKS, {"name": "control_norm", "value": _TIGHTER.fields["control_norm"]},
        ),
    )
}  # fmt: skip
"""Every card by its name."""
