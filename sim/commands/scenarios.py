"""``cultureshift scenarios``: the shipped stories."""

from __future__ import annotations

from sim.commands.console import paragraph, reporting_faults, say, say_json
from sim.commands.options import Json

__all__ = ["scenarios"]


@reporting_faults
def scenarios(as_json: Json = False) -> None:
    """List the shipped scenarios."""
    from sim.inputs.scenario.files import scenarios_folder, shipped_scenarios

    listed = shipped_scenarios()
    if as_json:
        say_json(
            [
                {"name": name, "title": title, "story": sentence, "file": str(path)}
                for name, title, sentence, path in listed
            ]
        )
        return
    for name, title, sentence, _ in listed:
        say(name, bold=True)
        paragraph(f"{title}. {sentence}", indent="    ", first="    ")
    say()
    say(f"Run one with:  cultureshift run NAME     (the files are in {scenarios_folder()})")
