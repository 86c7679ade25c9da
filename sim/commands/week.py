"""``cultureshift week``: the order of a week."""

from __future__ import annotations

from sim.commands.console import paragraph, reporting_faults, say

__all__ = ["week"]


@reporting_faults
def week() -> None:
    """Print the order of a week of the model."""
    from sim.engine.week import ORDER

    say("One step of the model is one week. In this order:")
    for place, (name, words) in enumerate(ORDER, start=1):
        paragraph(words, indent=" " * 18, first=f"{place:3}. {name:12} ")
