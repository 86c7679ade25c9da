"""``cultureshift scenarios``: the shipped stories."""

from __future__ import annotations

from sim.commands.console import paragraph, reporting_faults, say

__all__ = ["scenarios"]


@reporting_faults
def scenarios() -> None:
    """List the shipped scenarios."""
    from sim.inputs.scenario.files import scenarios_folder, shipped_scenarios

    for name, title, sentence, _ in shipped_scenarios():
        say(name, bold=True)
        paragraph(f"{title}. {sentence}", indent="    ", first="    ")
    say()
    say(f"Run one with:  cultureshift run NAME     (the files are in {scenarios_folder()})")
