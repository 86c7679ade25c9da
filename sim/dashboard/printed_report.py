"""The report of a session: a web page that stands on its own, to be mailed or printed.

It holds no script and asks for nothing: what was done, what came of it in many worlds, why, and what must not be
claimed. The picture is that of the one world that was looked at.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sim.base.dates import day_words, first_day, week_and_day, week_words, weeks_words
from sim.base.phrasing import in_100
from sim.base.version import __version__
from sim.dashboard.accounts import Account, account
from sim.dashboard.pictures import picture
from sim.dashboard.session import ExploreSession
from sim.results import measures
from sim.results.ensemble import Ensemble, PairedEnsemble
from sim.results.intervals import bracketed, with_interval
from sim.results.measures import Interval

__all__ = ["report"]

_YEAR = 52
_COLUMNS = (
    ("safe_share", "Feel safe"), ("aim_high", "Aim High"), ("senior_leader_control", "Trio's control"),
    ("team_leader_control", "Team leaders' control"), ("coherence", "Shared purpose"), ("pressure", "Pressure"),
    ("facilitation", "Critical mass"), ("embedded_share", "Embedded"),
)  # fmt: skip

_PICTURE_IN_WORDS = "Feel safe to speak up over time, with and without what was done; the five norms; leaders"

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
body{color:#1c2530;background:#fbfaf6}
h1{font-size:1.9rem;line-height:1.15;margin:.2rem 0 .6rem}h2{font-size:1.2rem;margin:1.8rem 0 .5rem}
.from,caption,.soft{color:#55606b;font-size:.88rem}caption{text-align:left;padding-bottom:.3rem}
.figures{display:flex;flex-wrap:wrap;gap:.8rem;margin:1.2rem 0;padding:0;list-style:none}
.figures li{flex:1 1 10rem;border:1px solid #e3dfd5;border-radius:.6rem;padding:.6rem .9rem;background:#fff}
.limits{border-left:4px solid #b0581f;padding-left:.8rem;font-size:.92rem}
.figures b{display:block;font-size:2.2rem;line-height:1.1;color:#0b6783}
img{max-width:100%;height:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .7rem .3rem 0;border-bottom:1px solid #e3dfd5}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
@page{margin:16mm 15mm}
@media print{html{font-size:12.5px}
body{background:none;margin:0;padding:0;max-width:none;font-size:9.5pt;line-height:1.4}
th,td{padding:.2rem .7rem .2rem 0}h2{margin-top:1.2rem}.figures{margin:.8rem 0}.figures b{font-size:1.8rem}
h2,caption{break-after:avoid}p{orphans:3;widows:3}tr,img,li,figure,.whole{break-inside:avoid}img{max-height:128mm}thead{display:table-header-group}
.figures li{background:none}.new-page{break-before:page}}
"""


def report(session: ExploreSession) -> str:
    """Return a web page that stands on its own: what was done, what came of it, and why."""
    scenario = session.scenario
    told = account(scenario)
    title, n_staff = _safe(scenario.title), told.paired.arm.organisation.n_staff
    n_worlds = len(told.paired.arm.replicates)
    image = base64.b64encode(picture(session, "png")).decode("ascii")
    return f"""<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}: a Cultureshift report</title><style>{_STYLE}</style></head><body><main>
<p class="from">Cultureshift {__version__} · {n_staff:,} staff, {scenario.weeks} weeks · {n_worlds} worlds</p>
<h1>{title}</h1><p>{_safe(scenario.story)}</p>
<p><b>{_safe(told.answer.verdict)}</b> {_safe(told.answer.story)}</p>
{_figures(told.paired)}
<p class="limits"><b>What this must not claim.</b> These are {n_worlds} runs of a model that differ by chance alone, not
a forecast, and they say nothing about patients. The numbers that decide most have never been measured directly.
{_safe(" ".join(told.rests_on))}</p>
<h2>What was done, and what happened</h2>{_done(session)}{_changed_numbers(session)}
<h2 class="new-page">What came of it</h2>
<figure style="margin:0"><img alt="{_PICTURE_IN_WORDS}" src="data:image/png;base64,{image}">
<figcaption class="soft">One of these worlds: no. {session.seed}</figcaption></figure>
<div class="whole">{_years(told.paired)}</div>
<h2>Why</h2>{_reasons(told)}{_loops(told.loops)}
</main></body></html>
"""


def _figures(paired: PairedEnsemble) -> str:
    """Return the figures that a reader should take away: at the start, when support ends, at the end."""
    scenario = paired.arm.scenario
    last, end, start = paired.arm.n_weeks, scenario.support_end_week, scenario.start
    weeks = {"at the start": 0, "at the end": last}
    if end is not None and 0 < end < last:
        said = [week_and_day(week, start) for week in (end, last)]
        weeks = {"at the start": 0, f"when outside support ends ({said[0]})": end, f"at the end ({said[1]})": last}
    items = "".join(
        f"<li><b>{in_100(safe.estimate)}</b> of 100{bracketed(safe, in_100)} feel safe to speak up {when}; "
        f"{with_interval(_share_at(paired.baseline, week), in_100)} with nothing done</li>"
        for when, week in weeks.items()
        for safe in (_share_at(paired.arm, week),)
    )
    return f'<ul class="figures">{items}</ul>'


def _share_at(ensemble: Ensemble, week: int, measure: str = "safe_share") -> Interval:
    return measures.mean_interval(ensemble.series(measure)[:, week])


def _done(session: ExploreSession) -> str:
    if not session.scenario.timeline:
        return "<p>Nothing was done, and nothing happened.</p>"
    rows = []
    for entry in session.scenario.timeline:
        start, end = entry.weeks(session.scenario.weeks)
        day = session.scenario.start
        when = week_words(start, day) if end - start == 1 else weeks_words(start, end, day)
        rows.append((entry.title, when, entry.effect(), "done" if entry.is_done else "happens with nothing done too"))
    return _table(("What", "When", "What it does", "Done, or happens"), rows)


def _changed_numbers(session: ExploreSession) -> str:
    """Return the parameters that are not at their default, with what they mean."""
    parameters = session.scenario.parameters
    rows = [
        (
            declared.name.replace("_", " "),
            f"{value:g}",
            f"{declared.default:g}",
            f"{declared.meaning} ({declared.unit})",
        )
        for declared in session.scenario.rulebook.parameters.values()
        if (value := float(getattr(parameters, declared.name))) != declared.default
    ]
    if not rows:
        return '<p class="soft">Every number of the model stands at its default.</p>'
    return _table(
        ("Number", "Here", "Default", "Meaning"), rows, numbers=(1, 2), caption="Numbers of the model changed"
    )


def _years(paired: PairedEnsemble) -> str:
    """Return the measures at the end of each year, of 100, on average over the worlds."""
    rows = [
        (
            _week_cell(week, paired.arm.scenario.start),
            in_100(_share_at(paired.baseline, week).estimate),
            *(in_100(_share_at(paired.arm, week, name).estimate) for name, _ in _COLUMNS),
        )
        for week in range(0, paired.arm.n_weeks + 1, _YEAR)
    ]
    heads = ("Week", "Feel safe, nothing done", *(label for _, label in _COLUMNS))
    caption = "At the end of each year, of 100, on average"
    return _table(heads, rows, numbers=range(1, len(heads)), caption=caption)


def _week_cell(week: int, start: date | None) -> str:
    return f"{week}, {day_words(first_day(week, start))}" if start else str(week)


def _reasons(told: Account) -> str:
    items = "".join(f"<li>{_safe(reason)}</li>" for reason in told.answer.reasons)
    return f"<ul>{items}</ul>" if items else ""


def _loops(loops: dict[str, Any] | None) -> str:
    if loops is None:
        return ""
    rows = [(row["title"], row["says"], row["carried_words"], row["sentence"]) for row in loops["rows"]]
    caption = (
        f"Each loop of the model, switched off in {loops['n']} of these worlds. Gain in {loops['late_words']} with all "
        f"of them: {loops['whole']}"
    )
    return _table(("Loop", "What goes round in it", "It carried", "What that means"), rows, (2,), caption)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = (), caption: str = "") -> str:
    right = set(numbers)

    def cell(place: int, text: str) -> str:
        kind = ' class="n"' if place in right else ""
        return f'<th scope="row">{_safe(text)}</th>' if place == 0 else f"<td{kind}>{_safe(text)}</td>"

    head = "".join(
        f'<th scope="col"{" class=n" if place in right else ""}>{_safe(text)}</th>' for place, text in enumerate(heads)
    )
    body = "".join("<tr>" + "".join(cell(place, text) for place, text in enumerate(row)) + "</tr>" for row in rows)
    words = f"<caption>{_safe(caption)}</caption>" if caption else ""
    return f"<table>{words}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _safe(text: object) -> str:
    return html.escape(str(text))
