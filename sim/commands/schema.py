"""``cultureshift schema``: the JSON Schema of scenario files, for editors."""

from __future__ import annotations

from sim.commands.console import reporting_faults, say
from sim.commands.options import Force, Out

__all__ = ["schema"]


@reporting_faults
def schema(
    out: Out = None,
    force: Force = False,
) -> None:
    """Print the JSON Schema of scenario files.

    Editors check and complete scenario files with it.
    """
    import json

    from sim.base.destination import SEAL, FileDestination
    from sim.inputs.scenario.files import json_schema

    if out is None:
        say(json.dumps(json_schema(), indent=2, ensure_ascii=True))
        return
    with FileDestination(out, force).writing() as unfinished:
        text = json.dumps({"$comment": SEAL, **json_schema()}, indent=2, ensure_ascii=False)
        unfinished.write_text(f"{text}\n", encoding="utf-8", newline="")
    say(f"Written to {out}")
