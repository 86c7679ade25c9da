"""Renew what is made from the declarations and from the samples; look at the differences before you keep them.

python -m tests.scenarios.renew
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from sim.inputs.scenario.files import check_file, json_schema, scenarios_folder
from sim.inputs.scenario.schema import reference

BAD = Path(__file__).parent / "bad"
BEGIN, END = "<!-- generated: begin -->\n", "<!-- generated: end -->\n"


def renewed_readme() -> str:
    """Return ``scenarios/README.md`` with its generated part made anew."""
    text = (scenarios_folder() / "README.md").read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{reference()}\n{END}{rest.partition(END)[2]}"


def messages_of(sample: Path) -> str:
    """Return what the check says of a bad sample, one fault a line."""
    return "".join(f"{fault}\n" for fault in check_file(sample))


def main() -> None:
    """Write schema, reference and expected messages."""
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False)
    (scenarios_folder() / "scenario.schema.json").write_text(f"{schema}\n", "utf-8")
    (scenarios_folder() / "README.md").write_text(renewed_readme(), "utf-8")
    os.chdir(BAD)
    for sample in sorted(Path().glob("*.toml")):
        sample.with_suffix(".txt").write_text(messages_of(sample), "utf-8")


if __name__ == "__main__":
    main()
