"""``cultureshift schema``: the JSON Schema of scenario files, for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.console import reporting_faults, say

__all__ = ["schema"]


@reporting_faults
def schema(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to this file.")] = None,
) -> None:
    """Print the JSON Schema of scenario files.

    Editors check and complete scenario files with it.
    """
    import json

    from sim.base.files import write_whole
    from sim.inputs.scenario.files import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=out is None)
    if out is None:
        say(text)
    else:
        write_whole(out, f"{text}\n")
        say(f"Written to {out}")
