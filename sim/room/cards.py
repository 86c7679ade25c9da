"""Cards to print, for a session without phones: a sheet for each team, or for each of the three at a table."""

from __future__ import annotations

from html import escape

from sim.game.days import DAYS
from sim.inputs.organisation import SENIOR_TITLES
from sim.room.actions import CHOICES
from sim.room.designs import latest_end
from sim.room.plans import RoundPlan, happens_anyway, happens_in, scenario_of
from sim.room.state import Room
from sim.room.tables.state import TablesRoom
from sim.rulebook.parameters import WEEKS_PER_YEAR
from sim.study.programmes import STRANDS

__all__ = ["cards_of", "table_cards_of"]

_WIDE, _HIGH, _LEFT, _TOP = 660, 300, 34, 10


def cards_of(room: Room) -> str:
    """Return the sheets of all teams for the rounds of a session."""
    sheets = [
        _sheet(room.team_name(team), place, at.plan)
        for place, at in enumerate(room.rounds)
        for team in range(room.n_teams)
    ]
    return _page(room.title, "".join(sheets))


def _sheet(team: str, place: int, plan: RoundPlan) -> str:
    weeks = scenario_of(plan.scenario).weeks
    is_told = plan.predict != "nothing"
    story = happens_in(plan.scenario) if is_told else happens_anyway(plan.scenario)
    head = f"<h1>Round {place + 1}: {escape(plan.title)}</h1><p>Team {escape(team)}. {_lines(story)}</p>"
    asked = {
        "curve": f"<h2>Draw your line: of 100 staff, how many feel safe to speak up</h2>{_grid(weeks)}",
        "choice": "<h2>Four years after support ends, how much of what was gained is left?</h2>"
        + "".join(f"<p>&#9744; {escape(label)}</p>" for label in CHOICES.values()),
        "nothing": "",
    }[plan.predict]
    why = "<p>Why? ______________________________________________________________</p>" if is_told else ""
    rows = "".join(
        f'<tr><th scope="row">{escape(strand.title)}</th><td class="blank"></td><td class="blank"></td>'
        f"<td>{'to the end' if strand.weeks[1] is None else f'by {latest_end(name, weeks)}'}</td>"
        '<td class="blank"></td></tr>'
        for name, strand in STRANDS.items()
    )
    anyway = happens_anyway(plan.scenario)
    reckon = f"<p>You have to reckon with: {_lines(anyway)}</p>" if anyway and is_told else ""
    return f"""<section class="sheet">{head}{asked}{why}<h2>Your programme: {plan.budget} days, in place of all that the
story pays for</h2>{reckon}<table><thead><tr><th scope="col">spent on</th><th scope="col">days</th>
<th scope="col">from week</th><th scope="col">to week</th><th scope="col">why</th></tr></thead><tbody>{rows}
<tr><th scope="row">together, {plan.budget} at the most</th><td class="blank"></td><td></td><td></td><td></td></tr>
</tbody></table></section>"""


def _lines(lines: tuple[str, ...]) -> str:
    return escape(" ".join(f"{line.split('. ')[0]}." for line in lines))


def _grid(weeks: int) -> str:
    """Return an empty picture in which a curve can be drawn with a pencil."""
    years = weeks // WEEKS_PER_YEAR
    parts = []
    for value in range(0, 101, 10):
        y = _TOP + (_HIGH - 40) * (1 - value / 100)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDE}" y1="{y:.0f}" y2="{y:.0f}" class="grid"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.0f}" class="end">{value}</text>')
    for year in range(years + 1):
        x = _LEFT + (_WIDE - _LEFT) * year / years
        parts.append(f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{_TOP}" y2="{_TOP + _HIGH - 40}" class="grid"/>')
        parts.append(f'<text x="{x:.0f}" y="{_HIGH - 8}" class="middle">{year}</text>')
    label = f"An empty picture for a curve: 0 to 100 upwards, {years} years across"
    return f'<svg viewBox="0 0 {_WIDE + 10} {_HIGH}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def table_cards_of(room: TablesRoom) -> str:
    """Return a sheet for each of the three at each table."""
    quarters = room.setup.quarters
    rows = "".join(
        f'<tr><th scope="row">{quarter}</th>{"<td class=blank></td>" * 5}</tr>' for quarter in range(1, quarters + 1)
    )
    sheets = "".join(
        f"""<section class="sheet"><h1>{escape(title)}</h1><p>Table {escape(room.team_name(place))}. Each quarter has
{DAYS} days. Fill in your line without showing it; hand it over when all three have. What is left over
goes to fixing today's problems.</p>
<table><thead><tr><th scope="col">quarter</th><th scope="col">the three together</th>
<th scope="col">with staff</th><th scope="col">with team leaders</th><th scope="col">left for fixing</th>
<th scope="col">what only I was told</th></tr></thead><tbody>{rows}</tbody></table></section>"""
        for place in range(room.n_teams)
        for title in SENIOR_TITLES[:3]
    )
    return _page(room.title, sheets)


def _page(title: str, sheets: str) -> str:
    return f"""<!doctype html><html lang="en-GB" data-theme="light"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}: cards</title>
<link rel="stylesheet" href="../../assets/room.css"></head>
<body class="cards"><main class="narrow">{sheets}</main></body></html>"""
