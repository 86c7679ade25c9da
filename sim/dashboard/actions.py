"""Do it now: what can be begun, ended or let happen with one press; the kinds of intervention declare their buttons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.inputs.interventions import EVERYBODY, FAMILIES, KINDS, Button, Family

__all__ = ["ActionButton", "actions"]


@dataclass(frozen=True)
class ActionButton:
    """A button, and the kind of intervention that it becomes."""

    button: Button
    kind: str

    @property
    def key(self) -> str:
        """Its name."""
        return self.button.key

    @property
    def family(self) -> Family:
        """The family of its kind."""
        return KINDS[self.kind].family

    def dates(self, week: int, next_start: int | None) -> dict[str, int | None]:
        """Return the dates of an entry that begins in a week and ends before the next of its kind."""
        if "week" in KINDS[self.kind].model_fields:
            return {"week": week}
        end = None if self.button.weeks is None else week + self.button.weeks
        ends = [date for date in (end, next_start) if date is not None]
        return {"start_week": week, "end_week": min(ends) if ends else None}

    def is_of_kind(self, entry: Any) -> bool:
        """Tell whether an entry of a timeline is of this kind and reaches everybody."""
        return bool(entry.kind == self.kind and entry.target == EVERYBODY)

    def is_same_thing(self, entry: Any) -> bool:
        """Tell whether an entry of a timeline is what this button begins."""
        return self.is_of_kind(entry) and all(
            getattr(entry, name) == value for name, value in self.button.fields.items()
        )


def actions() -> dict[str, ActionButton]:
    """Return every button by its name, in the order of the page: family by family."""
    places = {family: place for place, family in enumerate(FAMILIES)}
    kinds = sorted(KINDS.items(), key=lambda item: (places[item[1].family], item[1].number))
    return {button.key: ActionButton(button, kind) for kind, cls in kinds for button in cls.buttons}
