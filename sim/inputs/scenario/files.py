"""Scenario files: find them, read them, check them, change them and write them.

A scenario file is TOML; ``scenarios/README.md`` describes it. All faults of a file are told at once, each with its line
and with what was wanted.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sim.base.dates import EARLIEST, LATEST, as_date
from sim.base.errors import Fault, InputError, nearest_name, unread
from sim.base.field_messages import Finding, KeyPath, as_written, path_text
from sim.base.files import read_file, write_whole
from sim.base.toml_lines import DEEPEST, Places, TooDeepError, find_places
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.checks import Checked, check_table
from sim.inputs.scenario.description import BASELINE, Scenario
from sim.inputs.scenario.schema import json_schema
from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = [
    "apply_settings",
    "check_file",
    "compared_with",
    "fault_of",
    "json_schema",
    "load_scenario",
    "parse_toml",
    "read_text",
    "read_toml",
    "scenario_names",
    "scenario_to_toml",
    "scenarios_folder",
    "shipped_scenarios",
    "write_scenario",
]

LARGEST_FILE = 1_000_000
"""Bytes of a scenario file, at most."""

_SUFFIX = ".toml"
_LONGEST_NAME = 100


# --- find -------------------------------------------------------------------------------------------------------------


def scenarios_folder() -> Path:
    """Return the folder of the shipped scenarios: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "_scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def _shipped_paths() -> dict[str, Path]:
    return {path.stem: path for path in sorted(scenarios_folder().glob(f"*{_SUFFIX}"))}


def _lesson_paths() -> dict[str, Path]:
    """Return the scenarios that lessons bring along, by name; a shipped scenario keeps its name."""
    return {path.stem: path for path in sorted((scenarios_folder() / "lessons").glob(f"*{_SUFFIX}"))}


def scenario_names() -> list[str]:
    """Return the names under which scenarios that are shipped, or that lessons bring along, can be asked for."""
    return sorted({**_shipped_paths(), **_lesson_paths()})


def shipped_scenarios() -> list[tuple[str, str, str, Path]]:
    """Return name, title, first sentence of the story and path of every shipped scenario, by name.

    Examples
    --------
    >>> "shoestring-year" in [name for name, *_ in shipped_scenarios()]
    True
    """
    listed = []
    for name, path in _shipped_paths().items():
        scenario = load_scenario(path)
        listed.append((name, scenario.title, first_sentence(scenario.story), path))
    return listed


def first_sentence(text: str) -> str:
    r"""Return the first sentence of a text, on one line.

    Examples
    --------
    >>> first_sentence("Money ends.\nLeaders leave. What stays?")
    'Money ends.'
    """
    one_line = " ".join(text.split())
    match = re.match(r".*?[.?!](?=\s|$)", one_line)
    return match.group() if match else one_line


def _find(name_or_path: str | Path, folder: Path, where: str) -> Path:
    """Return the file of a scenario: a shipped one or one of the lessons by its name, or a path from ``folder``."""
    text = os.fspath(name_or_path)
    if isinstance(name_or_path, Path) or text.endswith(_SUFFIX) or re.search(r"[/\\]", text):
        return folder / text
    shipped = _shipped_paths()
    if text in shipped:
        return shipped[text]
    for beside in (folder / f"{text}{_SUFFIX}", folder / text):
        if os.path.isfile(beside):
            return beside
    of_lessons = _lesson_paths()
    if text in of_lessons:
        return of_lessons[text]
    hint = nearest_name(text[:_LONGEST_NAME], [*shipped, *of_lessons]) or f"the shipped ones are {', '.join(shipped)}"
    raise InputError.single(where, "the name of a shipped scenario, or a TOML file", as_written(text), hint)


# --- read and check ---------------------------------------------------------------------------------------------------


def load_scenario(name_or_path: str | Path, rulebook: Rulebook = RULEBOOK) -> Scenario:
    """Return a scenario, fully checked.

    Parameters
    ----------
    name_or_path : name of a shipped scenario or of one that a lesson brings along, or a file; a folder of tables in it
        is meant relative to the file
    rulebook : the rules that it is run with, of one's own too; what it says of parameters is held against them

    Raises
    ------
    InputError : there is no such scenario, or it has faults; all of them are listed

    Examples
    --------
    >>> load_scenario("shoestring-year").name
    'shoestring-year'
    """
    scenario, faults = _check(_find(name_or_path, Path(), "scenario"), rulebook)
    if scenario is None or faults:
        raise InputError(faults)
    return scenario


def compared_with(scenario: Scenario) -> Scenario | None:
    """Return the scenario that one says it is compared with, run with the same rules; None for the baseline.

    Raises
    ------
    InputError : there is no such scenario, or it has faults
    """
    if scenario.compare_with == BASELINE:
        return None
    return load_scenario(scenario.compare_with, scenario.rulebook)


def check_file(path: str | Path, rulebook: Rulebook = RULEBOOK) -> list[Fault]:
    """Return everything that is wrong with a scenario file, in the order of its lines; nothing if it is sound."""
    try:
        return _check(_find(path, Path(), "scenario"), rulebook)[1]
    except InputError as error:
        return list(error.faults)


def _check(path: Path, rulebook: Rulebook) -> tuple[Scenario | None, list[Fault]]:
    try:
        text = read_text(path)
        places, table = parse_toml(text, str(path))
    except InputError as error:
        return None, list(error.faults)
    name = path.stem.encode(errors="replace").decode()[:_LONGEST_NAME]
    checked = check_table(table, name, path.parent, rulebook)
    scenario = _resolve_comparison(checked, table, path.parent)
    numbered = [(places.line_of(finding.path), finding) for finding in checked.findings]
    numbered.sort(key=lambda pair: pair[0] or 0)
    faults = [fault_of(finding, f"{path}, line {line}" if line else str(path), table) for line, finding in numbered]
    return scenario, faults + checked.faults


def fault_of(finding: Finding, where: str, table: Mapping[str, Any]) -> Fault:
    """Return what is wrong with a field as it is told, with its place in a file."""
    place = path_text(finding.path, table)
    return Fault(f"{where}: {place}" if place else where, finding.wanted, finding.came, finding.hint)


def read_text(path: Path, kind: str = "TOML") -> str:
    """Return the text of a file (of a kind, in words) that is there, is a file, is small enough and is UTF-8.

    Raises
    ------
    InputError : it is none of that
    """
    content = read_file(path, f"a {kind} file that can be read", LARGEST_FILE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        came = f"the byte 0x{content[error.start]:02x}"
        hint = "save the file as UTF-8 in your editor"
        raise InputError.single(f"{path}, line {line}", "text in UTF-8", came, hint) from None


def parse_toml(text: str, where: str) -> tuple[Places, dict[str, Any]]:
    """Return the lines of a TOML text's keys, and its table; ``where`` is what it is called in messages.

    Raises
    ------
    InputError : it is not TOML
    """
    try:
        places = find_places(text)
        return places, tomllib.loads(text)
    except TooDeepError as error:
        asked = f"tables and lists at most {DEEPEST} deep inside one another"
        raise InputError.single(f"{where}, line {error.line}", asked, "deeper ones") from None
    except tomllib.TOMLDecodeError as error:
        message, line, column = _where_not_toml(str(error), text)
        if (found := _day_that_is_none(text.split("\n")[line - 1], column)) is not None:
            key, day = found
            wanted = f"a date from {EARLIEST.year} to {LATEST.year}, as in 2027-04-01 (year, month, day)"
            raise InputError.single(f"{where}, line {line}: {key}", wanted, day) from None
        hint = 'names and text stand in "quotation marks", decimals have a point, each key stands once'
        place = f"{where}, line {line}, column {column}"
        raise InputError.single(place, "TOML", f"something else ({message})", hint) from None
    except (ValueError, RecursionError) as error:
        raise InputError.single(where, "TOML", f"something else ({unread(error)})") from None


def _where_not_toml(message: str, text: str) -> tuple[str, int, int]:
    """Return what Python's reader found, and line and column (from 1), which stand in its message."""
    match = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    if match and match.group(1):
        line, column = int(match.group(1)), int(match.group(2))
    else:
        lines = text.split("\n")
        line, column = len(lines), len(lines[-1]) + 1
    words = message[: match.start()] if match else message
    return words[:1].lower() + words[1:_LONGEST_NAME], line, column


_DAY = re.compile(r"([\w.-]+)\s*=\s*(\d{1,4}([-./])\d{1,2}\3\d{1,4})(?![\w.-])", re.ASCII)


def _day_that_is_none(line: str, column: int) -> tuple[str, str] | None:
    """Return key and value where a line holds, at the place of a fault, what was to be a date and is none in TOML."""
    for match in _DAY.finditer(line):
        if match.start(2) < column <= match.end(2) + 1 and as_date(match[2]) is None:
            return match[1], match[2]
    return None


def _resolve_comparison(checked: Checked, table: Mapping[str, Any], folder: Path) -> Scenario | None:
    """Find the scenario that this one is compared with; a file's path, from ``folder``, becomes absolute."""
    other = table.get("compare_with", BASELINE)
    if not isinstance(other, str) or other == BASELINE:
        return checked.scenario
    try:
        found = _find(other, folder, "")
        if not os.path.isfile(found):
            raise InputError.single("", "the name of a shipped scenario, or a TOML file", as_written(other))
    except InputError as error:
        fault = error.faults[0]
        hint = fault.hint or "a path is meant relative to this file"
        wanted = f'"{BASELINE}", {fault.wanted}'
        checked.findings.append(Finding(("compare_with",), wanted, fault.came, hint))
        return None
    if checked.scenario is None or found in {*_shipped_paths().values(), *_lesson_paths().values()}:
        return checked.scenario
    return checked.scenario.model_copy(update={"compare_with": str(found.resolve())})


# --- write ------------------------------------------------------------------------------------------------------------


def scenario_to_toml(scenario: Scenario, folder: Path | None = None) -> str:
    """Return a scenario as the text of a scenario file; what is as by default is left out.

    Parameters
    ----------
    scenario : what is written; its name is not, for a scenario is called by the name of its file
    folder : where the file will stand: a folder of tables inside it is written relative to it
    """
    import tomli_w

    table = _unlike_default(scenario)
    table.pop("name", None)
    if folder is not None:
        for key in ("tables", "compare_with"):
            path = Path(str(table.get(key, "")))
            if path.is_absolute() and path.is_relative_to(folder.resolve()):
                table[key] = path.relative_to(folder.resolve()).as_posix()
    ordered = {key: table[key] for key in ("title", "story", *table) if key in table}
    # A text over several lines would lose its carriage returns.
    return tomli_w.dumps(ordered, multiline_strings="\\r" not in json.dumps(ordered, default=str))


def write_scenario(scenario: Scenario, path: str | Path) -> None:
    """Write a scenario file, whole or not at all.

    Raises
    ------
    OutputError : the folder cannot be written
    """
    path = Path(path)
    write_whole(path, scenario_to_toml(scenario, path.parent))


def _unlike_default(value: BaseModel) -> dict[str, Any]:
    """Return the fields that differ from their defaults, in plain types; the kind of an intervention always."""
    table = {"kind": value.kind} if hasattr(value, "kind") else {}
    for key, declared in type(value).model_fields.items():
        own = getattr(value, key)
        if declared.is_required() or own != declared.get_default(call_default_factory=True):
            table[key] = _plain(own)
    return table


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _unlike_default(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


# --- change -----------------------------------------------------------------------------------------------------------


def apply_settings(scenario: Scenario, settings: Sequence[str]) -> Scenario:
    """Return a scenario changed by settings such as a user types them.

    Parameters
    ----------
    scenario : what is changed
    settings : ``NAME=VALUE`` each. A name is a parameter, or a path as in a scenario file: ``weeks``,
        ``organisation.team_size``, ``services."Ward A".parameters.control_norm``, ``timeline.2.intensity`` (the second
        entry). A value is written as in TOML; quotation marks around text may be left away. The last one counts where
        a name stands twice.

    Raises
    ------
    InputError : a name is unknown, a value is not allowed, or parts do not fit together; all faults are listed

    Examples
    --------
    >>> from sim.inputs.scenario.description import Scenario
    >>> apply_settings(Scenario(title="A year"), ["staff_turnover=0.2", "weeks=52"]).weeks
    52
    """
    table: dict[str, Any] = _plain(scenario.model_dump(exclude_none=True, exclude={"name"}))
    given: dict[KeyPath, str] = {}
    faults: list[Fault] = []
    for setting in settings:
        try:
            path, value = _parse_setting(setting, table, scenario.rulebook)
            _put(table, path, value, f"--set {setting}")
            given[path] = f"--set {setting}"
        except InputError as error:
            faults.extend(error.faults)
    checked = check_table(table, scenario.name, Path(), scenario.rulebook)
    changed = _resolve_comparison(checked, table, Path())
    for finding in checked.findings:
        ways = (finding.path[:n] for n in range(len(finding.path), 0, -1))
        faults.append(fault_of(finding, next((given[way] for way in ways if way in given), scenario.name), table))
    faults += checked.faults
    if faults or changed is None:
        raise InputError(faults)
    return changed


def _parse_setting(setting: str, table: Mapping[str, Any], rulebook: Rulebook) -> tuple[KeyPath, Any]:
    name, separator, text = setting.partition("=")
    where = f"--set {setting}"
    if not separator or not name.strip():
        raise InputError.single(where, "NAME=VALUE, as in staff_turnover=0.2", as_written(setting))
    path = _path_of(name.strip(), where, table)
    if path[0] in rulebook.parameters:
        path = ("parameters", *path)
    if path[0] not in Scenario.model_fields or path[0] == "name":
        known = [*rulebook.parameters, *(key for key in Scenario.model_fields if key != "name")]
        inside = [f"organisation.{key}" for key in OrganisationShape.model_fields if key == path[0]]
        near = nearest_name(str(path[0])[:_LONGEST_NAME], known) if path[0] != "name" else ""
        hint = f'did you mean "{inside[0]}"?' if inside else near
        raise InputError.single(where, "a parameter, or a key of a scenario file", as_written(name.strip()), hint)
    return path, _value_of(text.strip())


def _path_of(name: str, where: str, table: Mapping[str, Any]) -> KeyPath:
    """Return the path that a name stands for; entries of the timeline are counted from 1."""
    try:
        path = max(find_places(name + " = 0"), key=len, default=())
        tomllib.loads(name + " = 0")
    except (tomllib.TOMLDecodeError, TooDeepError):
        path = ()
    if not path or "\n" in name:
        raise InputError.single(where, "a name as in a scenario file, before the =", as_written(name))
    if path[0] != "timeline" or len(path) == 1:
        return path
    timeline, place = table["timeline"], str(path[1])
    n_entries = len(timeline) if isinstance(timeline, list) else 0
    if place not in [str(number) for number in range(1, n_entries + 1)]:
        asked = f"an entry of the timeline, from 1 to {n_entries}" if n_entries else "a timeline with entries"
        raise InputError.single(where, asked, as_written(place))
    return ("timeline", int(place) - 1, *path[2:])


def _value_of(text: str) -> Any:
    """Return a value as in TOML, or the text itself if it is none."""
    try:
        _, table = parse_toml(f"value = {text}", "")
    except InputError:
        return text
    return table["value"] if len(table) == 1 else text


def _put(table: dict[str, Any], path: KeyPath, value: Any, where: str) -> None:
    """Set one place of a table; tables on the way are made where they are missing."""
    here: Any = table
    for depth, part in enumerate(path[:-1]):
        here = here.setdefault(part, {}) if isinstance(here, dict) else here[part]
        is_timeline = path[: depth + 1] == ("timeline",)
        if not isinstance(here, dict) and not (is_timeline and isinstance(here, list)):
            hint = f"{path_text(path[: depth + 1])} is a value itself"
            raise InputError.single(where, "the name of a value", as_written(path_text(path)), hint)
    here[path[-1]] = value


# --- other files in the same language ---------------------------------------------------------------------------------


def read_toml(path: Path) -> tuple[Places, dict[str, Any]]:
    """Return the lines of a TOML file's keys, and its table.

    Raises
    ------
    InputError : the file cannot be read, or is not TOML
    """
    return parse_toml(read_text(path), str(path))
