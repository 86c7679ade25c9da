"""Readers of files that people write: scenarios, tables, lessons, targets, points, studies."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from random import Random

from sim.base.errors import InputError
from sim.game.days import Days
from sim.game.log import GameLog
from sim.game.opening import new_setup
from sim.game.state import Game
from sim.game.table import GameTable
from sim.game.timeline import scenario_of
from sim.inputs.draws import read_draws
from sim.inputs.imports import (
    Answers,
    Mapping,
    import_files,
    read_mapping,
    read_numbers,
    report_of,
    text_of_mapping,
    understood_mapping,
)
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import check_file, load_scenario
from sim.inputs.tables import read_organisation
from sim.lessons import check_lesson_file, handout, lessons_folder, read_lesson
from sim.study.calibration.targets import read_targets
from sim.study.design import TableDesign, axes_of, points
from sim.study.study_file import load_study
from sim.validation.draws import DrawPlan, DrawsInProgress, read_making
from sim.validation.subset import Method
from tests.fuzzing.mutations import changed_csv, changed_json, changed_text
from tests.fuzzing.reader import SCENARIO, Reader, one_of, toml_of, writing
from tests.small_studies import write_study
from tests.unit.inputs.imports.files import xlsx

__all__ = [
    "OWN_STAFF", "OWN_SURVEY", "OWN_TIES", "READERS", "SPREADSHEET", "spreadsheet_is_damaged", "tables_exist",
]  # fmt: skip


def _scenario(folder: Path) -> object:
    path = folder / "scenario.toml"
    faults = check_file(path)
    if faults:
        raise InputError(faults)
    return load_scenario(path).digest()


PEOPLE = """\
id,team,staff_group,role,service,leader,tenure_weeks
s1,,,senior_leader,Medicine,,100
s2,,,senior_leader,Surgery,,20
l1,Rowan,,team_leader,Medicine,s1,3
p1,Rowan,nursing,staff,Medicine,l1,50
p2,Rowan,medical,staff,Medicine,l1,
l2,Elder,nursing,team_leader,Medicine,s1,0
p3,Elder,operations,staff,Medicine,l2,12
p4,Elder,nursing,staff,Medicine,,9
l3,Ash,,team_leader,Surgery,s2,
p5,Ash,nursing,staff,Surgery,l3,7
p6,Ash,medical,staff,Surgery,l3,7
"""
TIES = "from,to,layer\np1,p3,\np2,p4,\np1,p4,\n"
SURVEY = """\
# scale: 1-5
id,team,safety,efficacy,times_given
p1,,3,4,
p2,,2,2.5,
p3,,4,,
p5,,1,5,
,Elder,4,3,2
,Elder,1,,1
"""


def tables_exist(folder: Path) -> None:
    texts = {"people.csv": PEOPLE, "ties.csv": TIES, "survey.csv": SURVEY}
    writing(texts)(folder)


def _tables(folder: Path) -> object:
    organisation = read_organisation(folder)
    Scenario(title="t", tables=str(folder)).digest()
    return organisation.n_staff


def _lesson_exists(folder: Path) -> None:
    path = sorted(lessons_folder().glob("*.md"))[1]
    (folder / "01-a-lesson.md").write_bytes(path.read_bytes())


def _lesson_text(content: bytes, rng: Random) -> bytes:
    _, front, body = content.split(b"+++", 2)
    if rng.random() < 0.6:
        return b"+++" + toml_of(front, rng) + b"\n+++" + body
    return changed_text(content, rng)


def _lesson(folder: Path) -> object:
    path = folder / "01-a-lesson.md"
    faults = check_lesson_file(path)
    if faults:
        raise InputError(faults)
    return handout(read_lesson(path))


TARGETS = """\
week,measure,value,error,kind,of,scenario,share_of,pattern
52,safe_share,0.6,0.05,about,one,own.toml,,a survey
104,gain_safe_share,0.1,0.02,at_least,average,shoestring-year,,P1
60,lost_half,0.5,0.1,at_most,average,own.toml,,
52,coherence,0.9,0.05,about,one,shoestring-year,own.toml,
"""


def _targets(folder: Path) -> object:
    return len(read_targets(folder / "targets.csv"))


NUMBERS = "parameter,value,low,high,unit\nstaff_turnover,0.105,0.05,0.19,per year\nvacancy_rate,0.06,0.02,0.13,\n"


def _numbers(folder: Path) -> object:
    return [one.name for one in read_numbers(folder)]


DRAWS = "pull_to_control,purpose_holds\n0.07,0.5\n0.09,0.6666666666666666\n"
MAKING = DrawsInProgress.begun(DrawPlan.today(1, Method(first=8, samples=8, wanted=2))).model_dump_json()


def _draws(folder: Path) -> object:
    return read_draws(folder / "draws.csv").digest(), read_making(folder / "making.json").model_dump_json()


POINTS = "control_norm,staff_turnover,timeline.0.intensity\n0.6,0.1,1\n0.7,0.2,0.5\n0.8,0.3,2\n"


def _points(folder: Path) -> object:
    design = TableDesign(kind="table", file="points.csv")
    return [axis.label for axis in axes_of(design, folder)], points(design, folder).shape


def _study_exists(folder: Path) -> None:
    write_study(folder, more='[stop]\noutcome = "holds"\nnarrower_than = 0.2\nat_most = 12\n')


def _study(folder: Path) -> object:
    study = load_study(folder / "small.toml")
    return study.n_cases, study.case(study.n_cases - 1)


OWN_STAFF = """\
Staff list; exported 31 March
Employee Number;Ward;Division;Staff Group;Position Title;Hired;Left on;Line Manager;WTE
1;Ash;Medicine;Nursing and Midwifery Registered;Ward Manager;01/04/2015;;;1
2;Ash;Medicine;Additional Clinical Services;Support Worker;17/11/2023;;1;0,6
3;Ash;Medicine;Medical and Dental;Consultant;30-Jun-20;2024-12-01;1;1
4;Oak;Medicine;Students;Student Nurse;;;1;1
5;Oak;Surgery;Estates and Ancillary;Porter;45000;;1;1
Total;;;;;;;;4,6
"""
SPREADSHEET = xlsx(Staff=[["Employee Number", "Ward", "Division"], [6, "Ash", "Medicine"], [7.0, "Oak", "Surgery"]])
OWN_SURVEY = "# scale: 1 to 5\nid,Safe to speak up,would be addressed\n2,Agree,4\n4,n/a,99\n5,Strongly agree,<11\n"
OWN_WAVES = (
    "Ward,Date,Speaking up (1-5),Frequency\nAsh,2023-05,4,2\nAsh,2023-05,2,1\nAsh,2025-05,5,3\nAsh,2025-05,1,1\n"
)
OWN_TIES = "source\ttarget\tweight\n1\t2\t3\n2\t2\t1\n4\t9\t2\n2\t5\t1.5\n"


_SAFE = "I feel safe to speak up"
OTHER_SHAPES = {
    "long.csv": f"Respondent,Question,Answer\n2,{_SAFE},Agree\n2,My manager is kind,4\n4,{_SAFE},Disagree\n"
    "4,My manager is kind,2\n5,,\n",
    "counts.csv": f"{_SAFE}\nWard;n;% Strongly disagree;% Disagree;% Neutral;% Agree;% Strongly agree\n"
    "Ash;12;10;20,5;;50;20\nOak;<11;*;0;0;0;100\n",
    "years.csv": f"Ward,{_SAFE} 2023 (% agree),{_SAFE} 2024 (% agree),n 2023,n 2024\nAsh,51,62,7,8\nOak,40,,3,\n",
    "below.csv": f"RespondentID,Email,Q1\n,,{_SAFE}\n2,a@b.org,5 - Strongly agree\n4,c@d.org,\n",
    "above.csv": f",{_SAFE},,\nWard,Mean,SD,N\nAsh,3.6,0.9,8\nOak,4.1,,3\n",
    "words.csv": "Station,Ich fühle mich sicher (1-5)\nAsh,4\nOak,2\nAsh,4\nOak,2\nAsh,4\n",
}


def _surveys_exist(folder: Path) -> None:
    writing({"staff.csv": OWN_STAFF, **OTHER_SHAPES})(folder)


def _surveys(folder: Path) -> object:
    """Import the staff list with each survey, until one is refused or asked about."""
    told = []
    for name in OTHER_SHAPES:
        question = "Ich fühle mich sicher (1-5)" if name == "words.csv" else None
        found = import_files(
            [folder / "staff.csv", folder / name], answers=Answers(question=question, scale="1 to 5", scores="means")
        )
        told.append((sorted(found.tables), report_of(found)))
    return told


def _own_files_exist(folder: Path) -> None:
    texts = {"staff.csv": OWN_STAFF, "survey.csv": OWN_SURVEY, "ties.csv": OWN_TIES, "waves.csv": OWN_WAVES}
    writing({**texts, "more.xlsx": SPREADSHEET})(folder)
    paths = sorted(path for path in folder.iterdir() if path.suffix != ".toml")
    mapping = understood_mapping(paths, Mapping(), Answers(date="2025-03-31"))
    (folder / "mapping.toml").write_text(text_of_mapping(mapping), encoding="utf-8")


def _own_files(folder: Path) -> object:
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".xlsx"))
    mapping = read_mapping(folder / "mapping.toml")
    found = import_files(paths, mapping if len(mapping.sheets) % 2 else Mapping(answers=mapping.answers))
    for name, text in found.texts().items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_organisation(folder).n_staff, report_of(found)


def spreadsheet_is_damaged(content: bytes, rng: Random) -> bytes:
    """Change bytes of an archive, or what one of its parts says."""
    if rng.random() < 0.4:
        place = rng.randrange(len(content))
        return content[:place] + bytes([rng.randrange(256)]) + content[place + rng.randrange(3) :]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(sorted(parts))
    parts[name] = changed_text(parts[name], rng)
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return changed.getvalue()


def _game_exists(folder: Path) -> None:
    """Write a game in which all kinds of events have happened."""
    story = Scenario(name="s", title="s").replace(organisation={"teams": 2, "team_size": 2})
    table = GameTable.opened(new_setup(story, quarters=3, offer={"quarter": 2}), GameLog(folder / "game.jsonl").keep)
    table.take(1, "Ann")
    table.take(2, "Bob")
    table.leave(2)
    table.decide(1, Days.beyond_fixing(8, 9, 10))
    table.answer({"does": "leave", "styles": [0.5, None]})
    table.decide(1, Days.beyond_fixing(4, 9, 10))


def _game_line(text: bytes, chance: Random) -> bytes:
    """Return a game in which a line, or the whole, has become something else."""
    lines = text.splitlines(keepends=True)
    place = chance.randrange(2 * len(lines))
    if place >= len(lines):
        return changed_text(text, chance)
    lines[place] = changed_json(lines[place].rstrip(), chance).replace(b"\n", b" ") + b"\n"
    return b"".join(lines)


def _game(folder: Path) -> object:
    """Read a game without playing it: worlds of any size may stand in it."""
    log = GameLog(folder / "game.jsonl")
    return [log.notice, *[event.kind for event in log.events], scenario_of(Game.of(log.events)).digest()]


READERS: dict[str, Reader] = {
    "game": Reader(_game_exists, one_of({"game.jsonl": _game_line}), _game),
    "own-files": Reader(
        _own_files_exist,
        one_of(
            {
                "staff.csv": changed_csv,
                "survey.csv": changed_csv,
                "ties.csv": changed_csv,
                "more.xlsx": spreadsheet_is_damaged,
                "mapping.toml": toml_of,
            }
        ),
        _own_files,
    ),
    "own-surveys": Reader(
        _surveys_exist, one_of({"staff.csv": changed_csv, **dict.fromkeys(OTHER_SHAPES, changed_csv)}), _surveys
    ),
    "scenario": Reader(writing({"scenario.toml": SCENARIO}), one_of({"scenario.toml": toml_of}), _scenario),
    "tables": Reader(
        tables_exist, one_of({"people.csv": changed_csv, "ties.csv": changed_csv, "survey.csv": changed_csv}), _tables
    ),
    "study": Reader(_study_exists, one_of({"small.toml": toml_of, "talk.toml": toml_of}), _study),
    "points": Reader(writing({"points.csv": POINTS}), one_of({"points.csv": changed_csv}), _points),
    "targets": Reader(
        writing({"targets.csv": TARGETS, "own.toml": SCENARIO}),
        one_of({"targets.csv": changed_csv, "own.toml": toml_of}),
        _targets,
    ),
    "numbers": Reader(writing({"numbers.csv": NUMBERS}), one_of({"numbers.csv": changed_csv}), _numbers),
    "draws": Reader(
        writing({"draws.csv": DRAWS, "making.json": MAKING}),
        one_of({"draws.csv": changed_csv, "making.json": changed_json}),
        _draws,
    ),
    "lesson": Reader(_lesson_exists, one_of({"01-a-lesson.md": _lesson_text}), _lesson),
}
