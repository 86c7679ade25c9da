"""``cultureshift week``: the order of a week."""

from __future__ import annotations

from sim.commands.console import paragraph, reporting_faults, say
from sim.commands.options import Own
from sim.commands.preparing import own_rulebook

__all__ = ["week"]


@reporting_faults
def week(own: Own = None) -> None:
    """Print the order of a week of the model."""
    rules = own_rulebook(own).rules
    say("One step of the model is one week. In this order:")
    for place, rule in enumerate(rules, start=1):
        paragraph(rule.summary, indent=" " * 18, first=f"{place:3}. {rule.name:12} ")
