"""A small service of one's own, with a survey."""

from __future__ import annotations

from pathlib import Path

__all__ = ["with_a_survey"]


def with_a_survey(folder: Path) -> Path:
    """Write the tables of 24 people in three teams, whose teams' means are known, and return their folder."""
    people = [f"p{number},staff,{team},Medicine,nursing" for number, team in enumerate(("Ash", "Oak", "Elm") * 8)]
    leaders = [f"leader-{team},team leader,{team},Medicine," for team in ("Ash", "Oak", "Elm")]
    seniors = [f"senior-{number},senior leader,,Medicine," for number in range(3)]
    folder.mkdir(exist_ok=True)
    lines = ["id,role,team,service,staff_group", *people, *leaders, *seniors]
    (folder / "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    survey = "# scale: 0 to 100\n# scores: means\nteam,safety,respondents\nAsh,52,7\nOak,61,8\nElm,66,6\n"
    (folder / "survey.csv").write_text(survey, encoding="utf-8")
    return folder
