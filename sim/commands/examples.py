"""An example of each command, as its help shows it."""

from __future__ import annotations

__all__ = ["EXAMPLES"]

EXAMPLES = {
    "run": "cultureshift run shoestring-year --out first-run",
    "compare": "cultureshift compare shoestring-year internal-capacity -n 20",
    "scenarios": "cultureshift scenarios",
    "check": "cultureshift check my-year.toml",
    "schema": "cultureshift schema --out scenario.schema.json",
    "organisation": "cultureshift organisation template my-hospital",
    "parameters": "cultureshift parameters staff_turnover",
    "week": "cultureshift week",
    "rules": "cultureshift rules check my_rule.py",
    "validate": "cultureshift validate",
    "meanfield": "cultureshift meanfield shoestring-year",
    "sensitivity": "cultureshift sensitivity internal-capacity --outcome persists",
    "calibrate": "cultureshift calibrate patterns --out calibration",
    "discover": "cultureshift discover internal-capacity --outcome persists",
    "study": "cultureshift study run cost-of-turnover --out results",
    "map": "cultureshift map shoestring-year --out map",
    "budget": "cultureshift budget --out budget",
    "film": "cultureshift film shoestring-year --out year.gif",
    "lessons": "cultureshift lessons check my-lesson.md",
    "dashboard": "cultureshift dashboard",
    "room": "cultureshift room",
    "play": "cultureshift play --chair nurse",
    "docs": "cultureshift docs",
}
"""One line for each word of the command."""
