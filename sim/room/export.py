"""Everything of a session to take away: one table, and a report in one file that needs no internet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from sim.base.phrasing import percent
from sim.game.shown import ASSETS
from sim.lessons.designs import days_of
from sim.results.intervals import with_interval
from sim.room.actions import CHOICES
from sim.room.arms import story_arm, team_arm
from sim.room.designs import words_of
from sim.room.plans import happens_in
from sim.room.running import RoomArm, Runner
from sim.room.state import FACILITATOR, Room
from sim.room.text import csv_cell
from sim.room.views import results

__all__ = ["COLUMNS", "csv_of", "moment", "report_of"]

COLUMNS = (
    "record",
    "round",
    "round_title",
    "team",
    "participant",
    "name",
    "at",
    "item",
    "value",
    "low",
    "high",
    "text",
)
"""One row for each thing: who and what it is about, a number with its interval where it has one, and words."""

_ASSETS = Path(__file__).parent / "assets"


def moment(at: float) -> str:
    """Return a moment as it is written in tables."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def csv_of(room: Room, runner: Runner) -> str:
    """Return everything of a session as one table, safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in _rows(room, runner):
        writer.writerow([csv_cell(row.get(column, "")) for column in COLUMNS])
    return out.getvalue()


def _rows(room: Room, runner: Runner) -> Iterator[dict[str, Any]]:
    yield {"record": "room", "item": "title", "text": room.title, "at": moment(room.opened_at)}
    yield {"record": "room", "item": "seed", "value": room.seed}
    yield {"record": "room", "item": "worlds", "value": room.worlds}
    if room.differs:
        yield {"record": "room", "item": "contract", "value": room.contract, "text": room.differs}
    for person in room.people.values():
        text = "taken out" if person.is_removed else ""
        yield {"record": "participant", **_who(room, person.number), "text": text}
    for place, at in enumerate(room.rounds):
        about = {"round": place + 1, "round_title": at.plan.title}
        yield {**about, "record": "round", "item": "scenario", "text": at.plan.scenario}
        yield {**about, "record": "round", "item": "budget_days", "value": at.plan.budget}
        for shock in at.shocks:
            yield {**about, "record": "shock", "item": shock.kind, "value": shock.week, "text": shock.in_words()}
        for number, told in at.predictions.items():
            who = {**about, "record": "prediction", **_who(room, number), "at": moment(told.at)}
            for year, value in enumerate(told.curve or ()):
                yield {**who, "item": f"year_{year}", "value": value}
            if told.choice:
                yield {**who, "item": told.choice, "text": CHOICES[told.choice]}
            if told.reason:
                yield {**who, "item": "reason", "text": told.reason}
        yield from _programmes(room, runner, place, about)


def _n_begun(room: Room) -> int:
    """Return how many rounds have begun; somebody may have gone back, but what was entered is there."""
    here = 0 if room.phase == "lobby" else room.place + 1
    return max([here, *(place + 1 for place, at in enumerate(room.rounds) if at.is_begun)])


def _who(room: Room, number: int) -> dict[str, Any]:
    person = room.people[number]
    team = "" if person.team is None else room.team_name(person.team)
    return {"participant": number, "name": person.name, "team": team}


def _programmes(room: Room, runner: Runner, place: int, about: dict[str, Any]) -> Iterator[dict[str, Any]]:
    at = room.rounds[place]
    if place >= _n_begun(room):
        return
    yield from _measures(runner, story_arm(room, place, shocked=False), {**about, "record": "story"})
    if at.shocks:
        yield from _measures(runner, story_arm(room, place), {**about, "record": "story_with_shocks"})
    for team, draft in at.drafts.items():
        if team not in at.commits:
            for name, (start, end, days) in draft.items():
                text = f"weeks {start} to {end}; not committed"
                row = {**about, "team": room.team_name(team), "item": name, "value": days, "text": text}
                yield {**row, "record": "design"}
    for team, design in sorted(at.commits.items()):
        by, when = at.committed_by[team]
        row = {**about, "team": room.team_name(team), "at": moment(when)}
        name = "the facilitator" if by == FACILITATOR else room.people[by].name
        yield {**row, "record": "commit", "item": "days", "value": days_of(design), "name": name}
        for strand, (start, end, days) in design.items():
            yield {**row, "record": "design", "item": strand, "value": days, "text": f"weeks {start} to {end}"}
        yield from _measures(runner, team_arm(room, place, team, shocked=False), {**row, "record": "result"})
        if at.shocks:
            yield from _measures(runner, team_arm(room, place, team), {**row, "record": "result_with_shocks"})


def _measures(runner: Runner, arm: RoomArm, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    verdict = runner.verdicts.get(arm.key)
    if verdict is None:
        return
    for name, interval in verdict.judged.summary.items():
        yield {**row, "item": name, "value": interval.estimate, "low": interval.low, "high": interval.high}


# --- the report -------------------------------------------------------------------------------------------------------


def report_of(room: Room, runner: Runner) -> str:
    """Return the report of a session: an HTML page in one file, its pictures drawn by its own script."""
    begun = _n_begun(room)
    rounds = [results(room, runner, place, everything=True) for place in range(begun)]
    # A closing tag within a script would end it, whatever stands in quotation marks.
    data = json.dumps({"rounds": rounds, "choices": CHOICES}).replace("<", "\\u003c")
    body = "".join(_round_section(room, runner, place) for place in range(begun)) or "<p>No round has begun.</p>"
    n_people = len(room.present())
    return f"""<!doctype html>
<html lang="en-GB" data-theme="light"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(room.title)}: report</title>
<style>{(_ASSETS / "room.css").read_text("utf-8")}</style></head>
<body class="report"><main><h1>{escape(room.title)}</h1>
<p class="soft">{moment(room.opened_at)[:10]}. {n_people} {"person" if n_people == 1 else "people"}, {room.n_teams}
teams. Everything was run in {room.worlds} twin worlds with seed {room.seed}: the same chance events for every programme.
These are findings about a model, and no forecast.{f" {escape(room.differs)}" if room.differs else ""}</p>
{body}</main>
<script type="application/json" id="rounds">{data}</script>
<script>{(ASSETS / "elements.js").read_text("utf-8")}</script>
<script>{(_ASSETS / "charts.js").read_text("utf-8")}</script>
<script>{(_ASSETS / "report.js").read_text("utf-8")}</script></body></html>
"""  # noqa: E501


def _round_section(room: Room, runner: Runner, place: int) -> str:
    at = room.rounds[place]
    what = "".join(f"<li>{escape(line)}</li>" for line in happens_in(at.plan.scenario))
    shocks = "".join(f"<li>{escape(shock.in_words())}</li>" for shock in at.shocks)
    reasons = "".join(
        f"<li>{escape(one.reason)}</li>"
        for number, one in at.predictions.items()
        if one.reason and not room.people[number].is_removed
    )
    rows = [_row(at.plan.title, "as the story has it", runner, story_arm(room, place))]
    for team, design in sorted(at.commits.items()):
        words = "; ".join(words_of(design, at.plan))
        rows.append(_row(room.team_name(team), words, runner, team_arm(room, place, team)))
    return f"""<section><h2>Round {place + 1}: {escape(at.plan.title)}</h2>
<p>Budget: {at.plan.budget} days of paid support. Scenario: {escape(at.plan.scenario)}.</p><ul>{what}</ul>
{f"<h3>What nobody expected</h3><ul>{shocks}</ul>" if shocks else ""}
<h3>Predictions and what happened</h3><div class="chart" data-chart="predictions" data-place="{place}"></div>
<h3>Programmes</h3><div class="chart" data-chart="board" data-place="{place}"></div>
<div class="scroll" tabindex="0" role="region" aria-label="Programmes of round {place + 1}">
<table><caption>Shares of twin worlds, with 95 % intervals</caption><thead><tr><th scope="col">Team</th>
<th scope="col">Programme</th><th scope="col">Days</th><th scope="col">75 of 100 or more feel safe in the last year</th>
<th scope="col">A gain of 10 in 100, and more than half of it left at the end of year 7</th></tr></thead>
<tbody>{"".join(rows)}</tbody></table></div>
{f"<h3>Reasons given</h3><ul>{reasons}</ul>" if reasons else ""}</section>"""


def _row(name: str, words: str, runner: Runner, arm: RoomArm) -> str:
    verdict = runner.verdicts.get(arm.key)
    if verdict is None:
        cells = '<td colspan="3">not run yet</td>'
    else:
        shares = [with_interval(verdict.judged.summary[name], percent) for name in ("holds", "lasts")]
        cells = f"<td>{verdict.judged.summary['cost'].estimate:.0f}</td>" + "".join(
            f"<td>{escape(one)}</td>" for one in shares
        )
    return f'<tr><th scope="row">{escape(name)}</th><td>{escape(words)}</td>{cells}</tr>'
