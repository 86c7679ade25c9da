"""The report of a validation, as Markdown and as one self-contained page of HTML.

It says of every pattern what was claimed, how near it had to come, what came out, and what that means; what fails is
not left out. The same validation gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from html import escape

from sim.base.version import __version__
from sim.results.measures import Interval
from sim.validation.pattern import KINDS, Reading
from sim.validation.pattern_runs import MANY, OF_SHARES
from sim.validation.runner import PatternResult, Validation

__all__ = [
    "image_name",
    "number",
    "reading_records",
    "readings_table",
    "to_html",
    "to_markdown",
    "tolerance_text",
    "value_text",
    "words_of",
]

_TINY = 1e-6
"""Bounds nearer to 0 than this say "above 0" or "below 0"."""


def image_name(outcome: PatternResult, place: int) -> str:
    """Return the name, without ending, of a picture of a pattern."""
    return f"pattern-{outcome.pattern.label.replace(' ', '-')}-{place + 1}"


def number(value: float) -> str:
    """Return a number as it is read.

    Examples
    --------
    >>> number(0.58872), number(91.0), number(float("inf")), number(-0.00049)
    ('0.589', '91', 'none', '-0.00049')
    """
    if math.isinf(value):
        return "none"
    return "not defined" if math.isnan(value) else f"{value:.3g}"


def value_text(value: Interval) -> str:
    """Return an estimate with its 95 % interval, where it has one.

    Examples
    --------
    >>> value_text(Interval(0.25, 0.2, 0.3, 40))
    '0.25 (0.2 to 0.3)'
    """
    text = number(value.estimate)
    return text if math.isnan(value.low) else f"{text} ({number(value.low)} to {number(value.high)})"


def tolerance_text(reading: Reading) -> str:
    """Return the tolerance of a reading in words.

    Examples
    --------
    >>> tolerance_text(Reading("gap", Interval(0.1, 0.1, 0.1, 1), 0.08, 0.18))
    '0.08 to 0.18'
    """
    if not reading.is_judged:
        return "reported"
    low, high = reading.low, reading.high
    if math.isinf(low):
        return "below 0" if -_TINY < high < 0 else f"at most {number(high)}"
    if math.isinf(high):
        return "above 0" if 0 < low < _TINY else f"at least {number(low)}"
    return f"{'above 0' if 0 < low < _TINY else number(low)} to {number(high)}"


def words_of(validation: Validation) -> str:
    """Return how a validation went, in a sentence."""
    n = len(validation.outcomes)
    failing = [outcome.pattern.label for outcome in validation.outcomes if outcome.finding.verdict == "fails"]
    if not failing:
        return f"All {n} checks hold." if n > 1 else "The check holds."
    return f"{n - len(failing)} of {n} checks hold; not: {', '.join(failing)}."


def _introduction(validation: Validation) -> str:
    chosen = sorted({outcome.pattern.number for outcome in validation.outcomes})
    named = "" if len(chosen) > 20 else "".join(f" --pattern {one}" for one in chosen)
    command = f"cultureshift validate{named} --replicates {validation.replicates} --seed {validation.seed}"
    return (
        f"Cultureshift {__version__}. Repeat it with `{command}`. Every scenario ran {validation.replicates} times, "
        f"or {MANY} or {OF_SHARES} times as often where a tolerance says so, paired by seed with the run in which "
        "nothing is done; numbers in brackets are 95 % intervals over those runs. "
        "Tolerances were fixed in advance; an estimate outside its tolerance fails, however near it is. Where a "
        "reading, or the number of runs, was settled only after a first look, a note says so."
    )


FIRST_REPORT = (
    "What the first report got wrong: it called patterns 2, 5, 11, 12, 14, 15 and 16 verified, though they had stood "
    "in the search that made its defaults. Of these, 12 and 15 are calibrated now and are called so, 2 is built in, "
    "and 5, 11, 14 and 16 took no part in the search that made the present ones. It also judged pattern 18 with "
    "training, and a third reading of pattern 2, that had been settled after a first look; both are now only reported."
)
"""What has to be taken back of the report that came before."""


def _by_kind(validation: Validation) -> list[str]:
    """Return how many patterns of each kind hold, and which do not, in words."""
    told = []
    for kind, meaning in KINDS.items():
        of_kind = [outcome for outcome in validation.outcomes if outcome.pattern.kind == kind]
        failing = [outcome.pattern.label for outcome in of_kind if outcome.finding.verdict == "fails"]
        if of_kind:
            n_hold = sum(outcome.finding.verdict == "holds" for outcome in of_kind)
            kept = f"; not: {', '.join(failing)}" if failing else ""
            told.append(f"*{kind}* ({meaning}): {n_hold} of {len(of_kind)} hold{kept}.")
    return told


def _details(outcome: PatternResult) -> list[tuple[str, str]]:
    """Return what is said of a pattern under its table, as (what, words)."""
    one, finding = outcome.pattern, outcome.finding
    details = [("What it means", one.meaning)]
    if finding.verdict == "fails" and one.if_it_fails:
        details.append(("Why it fails", one.if_it_fails))
    if finding.note:
        details.append(("Note", finding.note))
    details.append(("Evidence", ", ".join(f"`{key}`" for key in one.evidence)))
    return details


def to_markdown(validation: Validation, pictures: Mapping[str, str]) -> str:
    """Return the report as Markdown.

    Parameters
    ----------
    validation : what came out
    pictures : where each picture lies, by :func:`image_name`
    """
    lines = ["# Validation", "", words_of(validation), "", _introduction(validation), ""]
    lines += [f"- {words}" for words in _by_kind(validation)]
    lines += ["", FIRST_REPORT, "", "| pattern | kind | claim | verdict |", "| --- | --- | --- | --- |"]
    for outcome in validation.outcomes:
        one, verdict = outcome.pattern, outcome.finding.verdict
        marked = f"**{verdict}**" if verdict == "fails" else verdict
        lines.append(f"| [{one.label}](#{_anchor(outcome)}) | {one.kind} | {one.claim} | {marked} |")
    for outcome in validation.outcomes:
        lines += ["", *_markdown_section(outcome, pictures)]
    return "\n".join(lines) + "\n"


def _anchor(outcome: PatternResult) -> str:
    """Return the anchor that Markdown gives to a pattern's heading."""
    return re.sub(r"[^a-z0-9 -]", "", _heading(outcome).lower()).replace(" ", "-")


def _heading(outcome: PatternResult) -> str:
    one = outcome.pattern
    label = f"Control of pattern {one.number}" if one.kind == "control" else f"Pattern {one.number}"
    return f"{label} {outcome.finding.verdict}"


def _markdown_section(outcome: PatternResult, pictures: Mapping[str, str]) -> list[str]:
    one, finding = outcome.pattern, outcome.finding
    lines = [f"## {_heading(outcome)}", "", one.claim, "", f"Tolerance: {one.tolerance}.", ""]
    lines += ["| reading | value | tolerance | |", "| --- | --- | --- | --- |"]
    for reading in finding.readings:
        lines.append(f"| {reading.name} | {value_text(reading.value)} | {tolerance_text(reading)} | {_mark(reading)} |")
    lines += ["", *(f"- {what}: {words}" for what, words in _details(outcome))]
    for place, picture in enumerate(finding.pictures):
        name = image_name(outcome, place)
        if name in pictures:
            lines += ["", f"![{picture.title}: {picture.y_label} against {picture.x_label}]({pictures[name]})"]
    return lines


def _mark(reading: Reading) -> str:
    if not reading.is_judged:
        return ""
    return "holds" if reading.holds else "fails"


def to_html(validation: Validation, pictures: Mapping[str, str]) -> str:
    """Return the report as one page that needs nothing else.

    Parameters
    ----------
    validation : what came out
    pictures : the SVG of each picture, by :func:`image_name`
    """
    rows = "".join(_html_row(outcome) for outcome in validation.outcomes)
    kinds = "".join(f"<li>{_inline(words)}</li>" for words in _by_kind(validation))
    sections = "".join(_html_section(outcome, pictures) for outcome in validation.outcomes)
    head = _html_head("pattern", "kind", "claim", "verdict")
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Validation of Cultureshift {__version__}</title>\n<style>{_STYLE}</style></head>\n<body><main>"
        f"<h1>Validation</h1><p class='lead'>{escape(words_of(validation))}</p>"
        f"<p>{_inline(_introduction(validation))}</p><ul>{kinds}</ul>"
        f"<p>{escape(FIRST_REPORT)}</p>"
        f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>{sections}</main></body></html>\n"
    )


def _html_head(*columns: str) -> str:
    cells = "".join(f'<th scope="col">{column}</th>' for column in columns)
    return f"<tr>{cells}</tr>"


def _html_row(outcome: PatternResult) -> str:
    one, verdict = outcome.pattern, outcome.finding.verdict
    return (
        f'<tr><td><a href="#{_anchor(outcome)}">{escape(one.label)}</a></td><td>{one.kind}</td>'
        f'<td>{escape(one.claim)}</td><td class="{verdict}">{verdict}</td></tr>'
    )


def _html_section(outcome: PatternResult, pictures: Mapping[str, str]) -> str:
    one, finding = outcome.pattern, outcome.finding
    rows = "".join(
        f"<tr><td>{escape(reading.name)}</td><td>{value_text(reading.value)}</td><td>{tolerance_text(reading)}</td>"
        f'<td class="{_mark(reading)}">{_mark(reading)}</td></tr>'
        for reading in finding.readings
    )
    names = [image_name(outcome, place) for place in range(len(finding.pictures))]
    drawn: Sequence[str] = [f"<figure>{pictures[name]}</figure>" for name in names if name in pictures]
    details = "".join(f"<p><strong>{what}.</strong> {_inline(words)}</p>" for what, words in _details(outcome))
    head = _html_head("reading", "value", "tolerance", "")
    return (
        f'<section id="{_anchor(outcome)}"><h2>{escape(_heading(outcome))}</h2><p class="lead">{escape(one.claim)}</p>'
        f"<p>Tolerance: {escape(one.tolerance)}.</p><table><thead>{head}</thead><tbody>{rows}</tbody></table>"
        f"{details}{''.join(drawn)}</section>"
    )


def _inline(text: str) -> str:
    """Return escaped text with what stands between backticks as code, and between asterisks with stress."""
    return re.sub(r"\*([^*]*)\*", r"<em>\1</em>", re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text)))


def readings_table(validation: Validation) -> str:
    """Return all readings as a table of comma-separated values."""
    table = io.StringIO()
    records = reading_records(validation)
    writer = csv.DictWriter(table, list(records[0]), lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerow({key: repr(value) if isinstance(value, float) else value for key, value in record.items()})
    return table.getvalue()


def reading_records(validation: Validation) -> list[dict[str, str | float]]:
    """Return each reading with what is wanted of it, and its verdict."""
    return [
        {
            "pattern": outcome.pattern.label,
            "kind": outcome.pattern.kind,
            "reading": one.name,
            "estimate": float(one.value.estimate),
            "low": float(one.value.low),
            "high": float(one.value.high),
            "wanted_low": float(one.low),
            "wanted_high": float(one.high),
            "verdict": _mark(one) or "reported",
        }
        for outcome in validation.outcomes
        for one in outcome.finding.readings
    ]


_STYLE = """
body{font:1rem/1.5 "DejaVu Sans",Verdana,sans-serif;color:#16202b;background:#fff;margin:0}
main{max-width:60rem;margin:auto;padding:1.5rem}
table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #e2e7ec}
.lead{font-size:1.1rem}.holds{color:#00624a}.fails{color:#a3330a;font-weight:bold}.measured{color:#4a5663}
figure{margin:1rem 0}figure svg{max-width:100%;height:auto}
section{border-top:2px solid #e2e7ec;margin-top:2rem}
a{color:#0b62a4}code{background:#f2f5f8;padding:0 .2rem;overflow-wrap:anywhere}
@media(prefers-color-scheme:dark){body{color:#eef2f6;background:#12181f}th,td,section{border-color:#2a343e}
.holds{color:#3fc99f}.fails{color:#f58a4e}.measured{color:#b3bec9}a{color:#62b5f2}code{background:#2a343e}
figure{background:#fff;padding:.5rem}}
"""
