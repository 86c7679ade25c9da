"""What an import understood, assumed and left out, as a page to keep beside the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.base.phrasing import percent
from sim.inputs.imports.importing import Imported, summary_of
from sim.inputs.imports.words import Meaning

__all__ = ["report_of"]


def report_of(imported: Imported) -> str:
    """Return the report, as Markdown."""
    return "\n".join(_lines(imported)) + "\n"


def _lines(imported: Imported) -> Iterator[str]:
    yield "# How the files were understood"
    yield ""
    yield from (f"- {line}" for line in summary_of(imported))
    yield ""
    yield "`mapping.toml` holds this, to be changed and used again: `cultureshift organisation import ... --mapping`."
    for title, told in (
        ("Understood", imported.notes.understood),
        ("Assumed", imported.notes.assumed),
        ("Left out", imported.notes.left_out),
    ):
        yield from _section(title, told)
    yield ""
    yield "## Columns"
    for one in imported.sheets:
        yield ""
        yield f"**{_plain(one.table.title)}** ({one.kind})"
        yield ""
        yield "| column | means | sure | by |"
        yield "| --- | --- | --- | --- |"
        for column in one.columns if one.kind != "matrix" else []:
            sure = "" if column.kind is Meaning.IGNORED else percent(column.certainty)
            yield f"| {_plain(column.heading)} | {column.meaning} | {sure} | {column.why} |"
    if imported.numbers:
        yield ""
        yield "## Numbers from these records"
        yield ""
        yield "| parameter | estimate | 95 % interval | unit | from |"
        yield "| --- | --- | --- | --- | --- |"
        for number in imported.numbers:
            interval = f"{number.low:.3g} to {number.high:.3g}"
            yield f"| {number.name} | {number.value:.3g} | {interval} | {number.unit} | {number.basis} |"


def _section(title: str, told: Sequence[str]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield from (f"- {_plain(line)}" for line in told)
    if not told:
        yield "Nothing."


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return "".join(f"\\{c}" if c in "|<>[]`*_\\" else c for c in text)
