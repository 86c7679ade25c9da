"""Write the generated tables of the documentation, or check that they are what the code says.

    python docs/generate.py            write them
    python docs/generate.py --check    say which differ, and fail if any does

A table, or a file of ``docs/examples``, stands between ``<!-- begin: name -->`` and ``<!-- end: name -->``; the rest of
a page is written by hand.
"""

from __future__ import annotations

import csv
import inspect
import math
import re
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import click
import typer.main
from typer.cli import get_docs_for_click

import sim
from sim.base.chance import Streams
from sim.base.phrasing import in_100, percent
from sim.commands import application
from sim.engine.recorder import MEASURES
from sim.engine.state import COLUMNS
from sim.inputs.interventions import KINDS
from sim.inputs.scenario.files import load_scenario
from sim.report.ranges import ends_in_words, how_ranges_are_made, value_in_words
from sim.results.ensemble import PairedEnsemble, run_paired
from sim.results.intervals import with_interval
from sim.results.measures import LEAST_GAIN
from sim.results.outcomes import OUTCOMES
from sim.results.ranges import HEADLINES, kept_range_of
from sim.rulebook.parameters import describe
from sim.rulebook.rulebook import RULEBOOK
from sim.validation.pattern import KINDS as PATTERN_KINDS
from sim.validation.runner import PATTERNS

DOCS = Path(__file__).parent
PAGES = (
    "commands.md",
    "python.md",
    "odd.md",
    "evidence.md",
    "own-rules.md",
    "sensitivity.md",
    "game.md",
    "headlines.md",
    "teaching/facilitators-guide.md",
)
_BLOCK = re.compile(r"(<!-- begin: (?P<name>[a-z-]+) -->\n)(?P<body>.*?)(<!-- end: (?P=name) -->)", re.DOTALL)
_STREAM = re.compile(r"^\s+([A-Z_]+) = (\d+)\s+# (.*)$", re.MULTILINE)


_COMMON_KEYS = ("kind", "target", "note", "start_week", "end_week", "week")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def _source(key: str) -> str:
    return f"[{key}](evidence.md#{key})"


def _number(value: float) -> str:
    return f"{value:g}"


def _range(low: float, high: float) -> str:
    return f"{low:g} to {high:g}"


def parameters() -> str:
    """Return the table of parameters, by part of the model."""
    by_group = defaultdict(list)
    for declared in describe().values():
        by_group[declared.group].append(declared)
    parts = []
    head = ("symbol", "name", "default", "unit", "plausible", "accepted", "meaning", "grade", "source")
    for group, members in by_group.items():
        rows = [
            (
                one.symbol, f"`{one.name}`", _number(one.default), one.unit, _range(*one.plausible),
                _range(one.lowest, one.highest), one.meaning, one.grade, _source(one.source),
            )
            for one in members
        ]  # fmt: skip
        parts.append(f"\n**{group.capitalize()}**\n\n{_table(head, rows)}")
    return "".join(parts)


def order() -> str:
    """Return the steps of a week."""
    lines = [f"{place}. **{rule.name}**: {rule.summary}" for place, rule in enumerate(RULEBOOK.rules, start=1)]
    return "\n".join(lines) + "\n"


def submodels() -> str:
    """Return the equations of every rule, in the order of the week."""
    return "\n\n".join(f"**{rule.title}.** {rule.equation}" for rule in RULEBOOK.rules) + "\n"


def forms() -> str:
    """Return the formulas that can be exchanged, with their forms."""
    rows = [
        (f"`{formula.name}`", formula.meaning, f"`{form.name}`" + (" (usual)" if form is formula.forms[0] else ""),
         form.equation, form.meaning, "yes" if form.has_mean_field else "no", _source(form.source))
        for formula in RULEBOOK.formulas.values() for form in formula.forms
    ]  # fmt: skip
    return _table(("formula", "what it says", "form", "equation", "in words", "in the mean field", "source"), rows)


def columns() -> str:
    """Return the state variables, by entity."""
    words = {
        "staff": "Staff member", "teams": "Team and its leader", "seniors": "Senior leader",
        "pairs": "Pair of senior leaders", "services": "Service",
    }  # fmt: skip
    parts = []
    for group, declared in COLUMNS.items():
        rows = [
            (
                f"`{name}`",
                column.meaning,
                column.unit,
                _range(column.lowest, column.highest),
                ", ".join(RULEBOOK.writers[column.path]) or "fixed",
            )
            for name, column in declared.items()
        ]
        parts.append(f"\n**{words[group]}**\n\n{_table(('variable', 'meaning', 'unit', 'range', 'written by'), rows)}")
    return "".join(parts)


def measures() -> str:
    """Return what is recorded each week."""
    rows = [(f"`{one.name}`", one.label, one.unit, one.meaning) for one in MEASURES]
    return _table(("measure", "label", "unit", "meaning"), rows)


def interventions() -> str:
    """Return what can be done, and what may happen."""
    rows = []
    for name, kind in KINDS.items():
        keys = [f"`{key}`" for key in kind.model_fields if key not in _COMMON_KEYS]
        when = "one week" if "week" in kind.model_fields else "from a week to another"
        nature = "done" if kind.is_done else "happens"
        rows.append((f"`{name}`", kind.title, inspect.getdoc(kind) or "", nature, when, ", ".join(keys)))
    return _table(("kind", "title", "what it is", "done or happens", "when", "keys"), rows)


def patterns() -> str:
    """Return the patterns with their tolerances."""
    rows = [(one.label, one.kind, one.claim, one.tolerance, ", ".join(map(_source, one.evidence))) for one in PATTERNS]
    kinds = "; ".join(f"*{kind}*: {meaning}" for kind, meaning in PATTERN_KINDS.items())
    return f"{kinds}.\n\n" + _table(("pattern", "kind", "claim", "tolerance", "evidence"), rows)


def outcomes() -> str:
    """Return what can come of a run."""
    head = ("outcome", "what it is", "unit", "each run has it or not")
    return _table(head, [
        (f"`{one.name}`", one.meaning, one.unit.name, "yes" if one.is_yes_or_no else "") for one in OUTCOMES.values()
    ])  # fmt: skip


def streams() -> str:
    """Return the streams of chance and their lanes."""
    rows = [(int(n), name, lanes) for name, n, lanes in _STREAM.findall(inspect.getsource(Streams))]
    rows += [(stream.number, stream.name, stream.lanes) for stream in RULEBOOK.streams.values()]
    told = [(f"`{name}`", f"{n}", lanes) for n, name, lanes in sorted(rows)]
    return _table(("stream", "number", "what its four lanes decide"), told)


def start() -> str:
    """Return the state at the start of the burn-in."""
    known = {name: one.default for name, one in describe().items()}
    symbol = {name: one.symbol for name, one in describe().items()}

    def of(name: str) -> str:
        return f"{symbol[name]} ({known[name]:g})"

    expected = f"normal with spreads {of('safety_trait_sd')} and {of('efficacy_trait_sd')}, clipped to [0, 1]"
    stayed = f"ψ · b · s_sd² with ψ {known['safety_retention']:g} and b = drift/(drift + social)"
    style = f"normal with spread {of('control_of_newcomers_sd')} about that at rest, clipped"
    rows = [
        ("safety and efficacy expected", f"{expected}; means {of('efficacy_trait')} for efficacy and "
         f"{of('safety_trait')} for safety, and that by {stayed} more, as who feels safe stays longer"),
        ("safety and efficacy", "those at rest, with what each expects more or less than the market"),
        ("aim, habits, cynicism", "at rest"),
        ("capability", "0"),
        ("tenure", f"exponential with mean 52 / {of('staff_turnover')} weeks, in whole weeks, at most "
         f"{of('longest_tenure_weeks')}"),
        ("vacant posts", "none"),
        ("what leaders brought, c⁰", style),
        ("control of all leaders", f"that at rest, and {of('own_style')} of what c⁰ differs from that at rest"),
        ("embedding of all leaders, shared purpose of all pairs", "at rest"),
        ("turbulence", of("turbulence_mean")),
        ("pressure, backlog, learning stock, usual voice", "at rest"),
        ("the control culture from which rest is reached", f"s̄⁰ and ē⁰; aim {of('initial_aim')}; habits "
         f"{of('initial_habit')}; control {of('control_of_newcomers')}, embedding 0; purpose {of('initial_purpose')}; "
         f"backlog {of('initial_backlog')}; learning stock {of('initial_learning')}"),
    ]  # fmt: skip
    return _table(("state", "start"), rows)


def uses() -> str:
    """Return which parameters and patterns rest on each source."""
    by_key: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for name, declared in describe().items():
        by_key[declared.source][0].append(f"`{name}`")
    for one in PATTERNS:
        for key in one.evidence:
            by_key[key][1].append(one.label)
    rows = [
        (f"[{key}](#{key})", ", ".join(a) or "none", ", ".join(b) or "none") for key, (a, b) in sorted(by_key.items())
    ]
    return _table(("source", "parameters", "patterns"), rows)


STORIES = (
    "control-and-assurance", "dialogue-not-meant", "coaching-the-trio-only", "shoestring-year", "two-of-three-leave",
    "induction-of-the-new-trio", "capacity-without-top-up", "capacity-under-high-turnover", "internal-capacity",
)  # fmt: skip
"""The stories that a facilitator is asked about most."""

STORY_WORLDS = 40


class RangesMissingError(Exception):
    """No range is kept of a story as the engine is now; they take a quarter of an hour to run."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name}: no range is kept of it as the model is now, so that this table stays as it is. "
            "Run python benchmarks/ranges.py --runs FOLDER, then this again."
        )


@cache
def _story(name: str) -> PairedEnsemble:
    return run_paired(load_scenario(name), replicates=STORY_WORLDS, seed=1)


def headlines() -> str:
    """Return each headline of the stories with its interval of chance and its range over what nobody has measured."""
    rows, made = [], ""
    for name in STORIES:
        paired = _story(name)
        summary, known = paired.summary(), kept_range_of(paired)
        if known is None:
            raise RangesMissingError(name)
        made = how_ranges_are_made(known)
        title = paired.arm.scenario.title
        if upkeep := paired.arm.scenario.upkeep_days_a_year:
            title += f" (with {upkeep:,.0f} days of upkeep a year)"
        for headline, over in known.outcomes.items():
            if not math.isnan(summary[headline].estimate):
                ends = ends_in_words(headline, over).removeprefix("over what nobody has measured, ")
                rows.append((title, HEADLINES[headline].label, value_in_words(headline, summary[headline]), ends))
                title = ""
    head = ("story", "headline", "with the shipped values (chance, 95 %)", "over what nobody has measured")
    return (
        _table(head, rows)
        + f"\nFrom {STORY_WORLDS} pairs of worlds each, seed 1, as `cultureshift run NAME` has them. {made}\n"
    )


def rivals() -> str:
    """Return in how many combinations of rival rules each headline holds, from the table that is kept."""
    with (DOCS / "results" / "rivals" / "rivals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    formulas = [name for name in rows[0] if name not in ("said_in", "claim", "holds")]
    usual = {name: RULEBOOK.formulas[name].forms[0].name for name in formulas}
    told = []
    for claim in dict.fromkeys(row["claim"] for row in rows):
        own = [row for row in rows if row["claim"] == claim]
        failing = [row for row in own if row["holds"] == "false"]
        shared = [name for name in formulas if failing and len({row[name] for row in failing}) == 1]
        forms = " and ".join(f"`{failing[0][name]}`" for name in shared if failing[0][name] != usual[name])
        where = forms or ("no form in common" if failing else "")
        told.append((own[0]["said_in"], claim, f"{len(own) - len(failing)} of {len(own)}", where))
    return _table(("said in", "headline", "holds in", "where it does not, in force"), told)


def stories() -> str:
    """Return what comes out of the shipped stories, with 95 % intervals."""
    rows = []
    for name in STORIES:
        paired = _story(name)
        found = paired.summary()
        has_gain = found["peak_gain"].low >= LEAST_GAIN
        rows.append((
            paired.arm.scenario.title,
            with_interval(found["peak_gain"], in_100),
            with_interval(found["retained_2_years"], percent) if has_gain else "–",
            with_interval(found["retained_4_years"], percent) if has_gain else "–",
            with_interval(found["persists"], percent) if has_gain else "–",
            with_interval(found["holds"], percent),
            f"{found['cost'].estimate:,.0f}",
        ))  # fmt: skip
    head = (
        "story", "largest gain, of 100 staff", "left after two years", "left after four", "persists", "holds",
        "days paid for",
    )  # fmt: skip
    return _table(head, rows) + f"\nFrom {STORY_WORLDS} pairs of worlds each; in brackets 95 % intervals.\n"


_USUAL_EXIT = "change chairs"


def _robots(name: str) -> list[dict[str, str]]:
    """Return the rows of a table that ``benchmarks/game.py --write`` has written."""
    with (DOCS / "results" / "game" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _with_half(row: dict[str, str], name: str, digits: int = 1) -> str:
    return f"{float(row[name]):.{digits}f} ± {float(row[f'{name}_half']):.{digits}f}"


def _way(row: dict[str, str]) -> tuple[str, str]:
    return row["way"], row["exit"] if row["exit"] == _USUAL_EXIT else f"**{row['exit']}**"


def robots() -> str:
    """Return what comes of each way in which robots play the game, what leaves most first."""
    ways = sorted(_robots("ways"), key=lambda row: -float(row["left"]))
    head = (
        "the three", "the two", "four years later", "at the end", "mean pressure", "with a card", "staff left",
        "told off", "cynicism",
    )  # fmt: skip
    rows = [
        (*_way(row), _with_half(row, "left"), *(f"{float(row[name]):.{digits}f}" for name, digits in (
            ("end", 1), ("pressure", 0), ("at_cards", 0), ("leavers", 1), ("punished", 0), ("cynicism", 0)
        )))
        for row in ways
    ]  # fmt: skip
    return _table(head, rows) + f"\nFrom {int(ways[0]['games']):,} games each, all in the same worlds.\n"


def robots_differences() -> str:
    """Return differences between ways to play, world by world."""
    rows = [
        (row["difference"], f"{float(row['mean']):+.1f} ± {float(row['half']):.1f}") for row in _robots("differences")
    ]
    return _table(("", "points"), rows)


def robots_pull() -> str:
    """Return how far the pull back to fixing is felt: days meant and given, for each way that means to take any."""
    ways = [row for row in _robots("ways") if float(row["intended"]) > 0 and row["exit"] == _USUAL_EXIT]
    names = ("intended", "given", "took_1", "took_card", "took_exit")
    head = (
        "the three", "meant to take", "came to give", "lost in quarter 1", "lost in quarters with a card",
        "lost after the exit", "shared purpose at the end",
    )  # fmt: skip
    rows = [
        (row["way"], *(f"{float(row[name]):.1f}" for name in names), f"{float(row['purpose']):.2f}") for row in ways
    ]
    return _table(head, rows)


def _example(name: str) -> str:
    """Return a file of ``docs/examples``, whole."""
    return f"```python\n{(DOCS / 'examples' / name).read_text(encoding='utf-8')}```\n"


def commands() -> str:
    """Return what the help of every command says."""
    command = typer.main.get_command(application())
    text = get_docs_for_click(obj=command, ctx=click.Context(command, info_name="cultureshift"), name="cultureshift")
    return text.partition("\n")[2].strip() + "\n"


ROOMS = {
    "inputs": "What you give",
    "engine": "The running model",
    "results": "What comes out",
    "study": "What it rests on",
    "rulebook": "Parameters",
    "report": "In words",
    "plots": "In pictures",
    "base": "Errors",
}
"""The titles of the rooms that public names come from, in the order of the page."""


def public_names() -> str:
    """Return a directive for each public name, by the room that it comes from."""
    parts: list[str] = []
    for room, title in ROOMS.items():
        names = [name for name in sim.__all__ if sim._MODULE_OF[name].partition(".")[0] == room]
        parts += [f"## {title}\n", "```{eval-rst}", *map(_directive, names), "```\n"]
    return "\n".join(parts)


def _directive(name: str) -> str:
    value = getattr(sim, name)
    full = f"sim.{sim._MODULE_OF[name]}.{name}"
    if not inspect.isclass(value):
        return f".. autoapi{'function' if inspect.isfunction(value) else 'data'}:: {full}\n"
    kind = "exception" if issubclass(value, Exception) else "class"
    return f".. autoapi{kind}:: {full}\n   :members:\n"


TABLES: dict[str, Callable[[], str]] = {
    "commands": commands,
    "robots": robots,
    "robots-differences": robots_differences,
    "robots-pull": robots_pull,
    "public-names": public_names,
    "parameters": parameters,
    "order": order,
    "submodels": submodels,
    "forms": forms,
    "columns": columns,
    "measures": measures,
    "outcomes": outcomes,
    "interventions": interventions,
    "patterns": patterns,
    "streams": streams,
    "start": start,
    "uses": uses,
    "stories": stories,
    "headlines": headlines,
    "rivals": rivals,
    "fear-of-inspection": lambda: _example("fear_of_inspection.py"),
    "listening-round": lambda: _example("listening_round.py"),
    "settled": lambda: _example("settled.py"),
}
"""The tables by the name of their markers."""


def renewed(text: str, missing: list[str] | None = None) -> str:
    """Return a page with all its tables as the code says.

    A table whose ranges have to be run first stays as it is, where a list is given to say so in.
    """

    def block(match: re.Match[str]) -> str:
        try:
            return f"{match[1]}{TABLES[match['name']]()}{match[4]}"
        except RangesMissingError as error:
            if missing is None:
                raise
            missing.append(f"{match['name']}: {error}")
            return match[0]

    return _BLOCK.sub(block, text)


def outdated() -> list[str]:
    """Return the pages whose tables are not what the code says."""
    return [name for name in PAGES if renewed(text := (DOCS / name).read_text(encoding="utf-8")) != text]


def main(arguments: list[str]) -> int:
    """Write the tables, or check them; return 1 if any is not, or cannot be, as the code says."""
    missing: list[str] = []
    wrong = 0
    for name in PAGES:
        path = DOCS / name
        before = path.read_text(encoding="utf-8")
        after = renewed(before, missing)
        if after == before:
            continue
        if "--check" in arguments:
            wrong += 1
            print(f"docs/{name}: tables differ from the code; run python docs/generate.py")
        else:
            path.write_text(after, encoding="utf-8")
            print(f"docs/{name}: written")
    for line in missing:
        print(line)
    return int(wrong + len(missing) > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
