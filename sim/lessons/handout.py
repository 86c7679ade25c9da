"""A lesson on one printed sheet: in front the story and what to predict, overleaf questions and evidence."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from sim.base.destination import SEAL
from sim.report.ranges import range_in_short
from sim.results.ranges import kept_range

if TYPE_CHECKING:
    from sim.lessons.reading import Lesson

__all__ = ["handout"]

_STYLE = """
@page { size: A4; margin: 13mm 16mm 15mm; }
html { font: 10.3pt/1.38 "Source Sans 3", "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #1c2530; }
body { margin: 0; }
header { border-bottom: 0.5mm solid #0b6783; margin-bottom: 3mm; padding-bottom: 1.5mm; }
h1 { font-size: 19pt; margin: 0; letter-spacing: -0.02em; line-height: 1.1; }
header p { margin: 1mm 0 0; color: #55606b; }
h2 { font-size: 10.8pt; margin: 2.6mm 0 0.8mm; color: #0b6783; break-after: avoid; }
p, ul, ol { margin: 0 0 1.2mm; }
ul, ol { padding-left: 5mm; }
li { margin-bottom: 0.5mm; }
a { color: inherit; text-decoration: none; }
table { border-collapse: collapse; font-size: 9pt; }
th, td { border-bottom: 0.15mm solid #c9c6bd; padding: 0.5mm 2mm 0.5mm 0; text-align: left; vertical-align: top; }
.columns { column-count: 2; column-gap: 8mm; }
.answers { list-style: none; padding: 0; columns: 2; }
.answers li::before { content: "☐  "; }
svg { width: 100%; height: auto; display: block; }
.lines { border-bottom: 0.2mm solid #b9b5aa; height: 6.5mm; }
section { break-inside: avoid; }
.overleaf { break-before: page; }
.turn { margin-top: 4mm; color: #55606b; text-align: right; }
.small { font-size: 8.9pt; color: #3c4650; }
"""
_WIDE, _HIGH = 640, 175


def handout(lesson: Lesson) -> str:
    """Return a page of HTML to be printed, which asks for nothing else: no script, no picture, no font.

    The text is the lesson's own. Results are left out, but for how far they depend on what nobody has measured. What
    could tell somebody the answer, questions, evidence and that, stands overleaf, so that the sheet can be given out
    before the run.
    """
    facts, sections = lesson.front_matter, lesson.sections
    norms = ", ".join(facts.norms)
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><meta name="generator" content="{SEAL}">'
        f"<title>{escape(facts.title)}</title>"
        f"<style>{_STYLE}</style></head><body><header><h1>{escape(facts.title)}</h1>"
        f"<p>{escape(facts.summary)}</p><p>{facts.minutes} minutes · {escape(norms)}</p></header>"
        f"<section><h2>The story</h2>{sections['Story'].html}</section>"
        f"<section><h2>Predict</h2><p><b>{escape(facts.predict.question)}</b></p>{_answer(lesson)}"
        f'<p>Because</p><div class="lines"></div><div class="lines"></div></section>'
        '<p class="turn">Please turn over after the run.</p>'
        f'<div class="overleaf"><section><h2>Questions</h2>{sections["Questions"].html}</section>'
        f"<section><h2>What real evidence says</h2>"
        f'<div class="small columns">{sections["What real evidence says"].html}</div></section>'
        f"{_rests_on(lesson)}</div></body></html>"
    )


def _rests_on(lesson: Lesson) -> str:
    """Return how far the headlines of what is run depend on what nobody has measured; nothing where none is kept."""
    told = [(label, kept_range(scenario)) for label, scenario, _ in lesson.arms()]
    lines = [f"<p><b>{escape(label)}.</b> {escape(range_in_short(known))}</p>" for label, known in told if known]
    if not lines:
        return ""
    return f'<section><h2>What the model\'s answer rests on</h2><div class="small">{"".join(lines)}</div></section>'


def _answer(lesson: Lesson) -> str:
    predict = lesson.front_matter.predict
    if predict.kind == "choose":
        return f'<ul class="answers">{"".join(f"<li>{escape(choice.says)}</li>" for choice in predict.choices)}</ul>'
    return _empty_axes(lesson.scenario().weeks / 52, predict.low, predict.high, predict.starts_at)


def _empty_axes(years: float, low: float, high: float, start: float | None) -> str:
    """Return axes to draw a curve on, as SVG."""
    left, right, top, bottom = 34, _WIDE - 8, 8, _HIGH - 20

    def x(year: float) -> float:
        return left + (right - left) * year / years

    def y(value: float) -> float:
        return bottom - (bottom - top) * (value - low) / (high - low)

    lines = []
    for step in range(5):
        value = low + (high - low) * step / 4
        lines.append(f'<line x1="{left}" x2="{right}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#d9d5ca"/>')
        lines.append(f'<text x="{left - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{100 * value:.0f}</text>')
    for year in range(int(years) + 1):
        lines.append(f'<line x1="{x(year):.1f}" x2="{x(year):.1f}" y1="{top}" y2="{bottom}" stroke="#eeebe2"/>')
        lines.append(f'<text x="{x(year):.1f}" y="{bottom + 15}" text-anchor="middle">{year}</text>')
    if start is not None:
        lines.append(f'<circle cx="{x(0):.1f}" cy="{y(start):.1f}" r="4" fill="#0b6783"/>')
    return (
        f'<svg viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="Empty axes: years across, of 100 upwards" '
        f'font-size="11" fill="#55606b">{"".join(lines)}'
        f'<text x="{right}" y="{bottom - 5}" text-anchor="end">years</text></svg>'
    )
