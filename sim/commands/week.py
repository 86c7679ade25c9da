"""``cultureshift week``: the order of a week."""

from __future__ import annotations

from sim.commands.console import paragraph, reporting_faults, say

__all__ = ["week"]


@reporting_faults
def week() -> None:
    """Print the order of a week of the model."""
    from sim.rulebook.rulebook import RULEBOOK

    say("One step of the model is one week. In this order:")
    for place, rule in enumerate(RULEBOOK.rules, start=1):
        paragraph(rule.summary, indent=" " * 18, first=f"{place:3}. {rule.name:12} ")
