"""The text of a lesson: its sections, as safe HTML and as plain words.

HTML in the Markdown is shown as it is typed, never taken for HTML; links lead to the web or to files beside the lesson,
and to nothing else; pictures are not loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sim.base.errors import Fault, nearest_name
from sim.base.field_messages import as_written

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["SECTIONS", "Section", "numbers_stated", "plain", "read_sections", "render", "squeezed"]

SECTIONS = ("Story", "Predict", "Run", "Compare", "Explain", "Questions", "Try this", "What real evidence says")
"""The headings of a lesson, in their order."""

_SCHEMES = ("http", "https")
_STRAIGHT = str.maketrans("“”‘’", "\"\"''")
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_STATED = re.compile(rf"{_NUMBER}(?=\s*(?:of|in|out of) (?:every )?100\b)|{_NUMBER}(?=\s*(?:%|per cent))")

_LIMIT = re.compile(r"(?:than|under|over|below|above|at least|at most|up to)\s+$", re.IGNORECASE)


@dataclass(frozen=True)
class Section:
    """One part of a lesson.

    Parameters
    ----------
    title : its heading
    line : the line of the heading, from 1
    markdown, html, words : its text as written, as safe HTML, and without marks
    """

    title: str
    line: int
    markdown: str
    html: str
    words: str


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    markdown = (
        MarkdownIt("commonmark", {"html": False, "typographer": True})
        .enable(["table", "smartquotes"])
        .disable(["image", "html_block", "html_inline"])
    )
    markdown.validateLink = is_allowed_link  # type: ignore[method-assign, assignment]  # as its manual has it
    return markdown


def is_allowed_link(address: str) -> bool:
    """Tell whether a link leads to the web (http, https), or is relative.

    Examples
    --------
    >>> is_allowed_link("https://example.org/a"), is_allowed_link("javascript:alert(1)"), is_allowed_link("//x.org")
    (True, False, False)
    """
    address = address.strip()
    if re.search(r"[\x00-\x20\\]", address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme:
        return parts.scheme.casefold() in _SCHEMES and bool(parts.netloc)
    return not parts.netloc and ":" not in address.split("/")[0]


def render(text: str) -> str:
    r"""Return Markdown as safe HTML; links to elsewhere open in a page of their own.

    Examples
    --------
    >>> render("Be *kind*. <script>")
    '<p>Be <em>kind</em>. &lt;script&gt;</p>\n'
    """
    tokens = _markdown().parse(text)
    for token in _all(tokens):
        if token.type == "link_open" and urlsplit(str(token.attrGet("href"))).scheme:
            token.attrSet("target", "_blank")
            token.attrSet("rel", "noopener noreferrer")
    html: str = _markdown().renderer.render(tokens, _markdown().options, {})
    return html


def plain(text: str) -> str:
    """Return the words of Markdown, without marks, in one line.

    Examples
    --------
    >>> plain("Be *kind*, and [read](https://example.org).")
    'Be kind, and read.'
    """
    words = [
        " " if token.type in ("softbreak", "hardbreak", "paragraph_close", "heading_close") else token.content
        for token in _all(_markdown().parse(text))
        if not token.children
    ]
    return squeezed("".join(words))


def _all(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def squeezed(text: str) -> str:
    """Return a text with straight quotation marks, and every run of blanks and line ends as one blank."""
    return " ".join(text.translate(_STRAIGHT).split())


def numbers_stated(words: str, exactly: bool = False) -> list[tuple[float, str]]:
    """Return the shares that a text states (``25 of 100``, ``3 %``), as numbers of 100, each with its sentence.

    Parameters
    ----------
    words : plain text
    exactly : leave out those that are only limits (``fewer than 1 of 100``)

    Examples
    --------
    >>> numbers_stated("In week 52 it is 25 of 100. Later 3 %.")
    [(25.0, 'In week 52 it is 25 of 100.'), (3.0, 'Later 3 %.')]
    >>> numbers_stated("Fewer than 1 of 100.", exactly=True)
    []
    """
    return [
        (float((match.group(1) or match.group(2)).replace(",", ".")), sentence)
        for sentence in re.split(r"(?<=[.!?])\s+(?=[^a-z])", words)
        for match in _STATED.finditer(sentence)
        if not (exactly and _LIMIT.search(sentence[: match.start()]))
    ]


def read_sections(lines: Sequence[str], first_line: int, where: str) -> tuple[dict[str, Section], list[Fault]]:
    """Return the sections of a lesson by heading, and all that is wrong with them.

    Parameters
    ----------
    lines : of the body
    first_line : the line of the file on which it begins
    where : what the file is called
    """
    tokens = _markdown().parse("\n".join(lines))
    heads = [
        (token.map[0], token.tag, plain(tokens[place + 1].content))
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.map and token.level == 0 and token.tag in ("h1", "h2")
    ]
    faults = [
        Fault(
            f"{where}, line {first_line + at}", "headings ## and deeper", f"# {title[:60]}", "the title stands in front"
        )
        for at, tag, title in heads
        if tag == "h1"
    ]
    found: dict[str, Section] = {}
    marks = [(at, title) for at, tag, title in heads if tag == "h2"]
    ends = [at for at, _ in marks[1:]] + [len(lines)]
    for (at, title), end in zip(marks, ends, strict=False):
        line = first_line + at
        if title not in SECTIONS:
            asked = f"one of the headings {', '.join(SECTIONS)}"
            faults.append(Fault(f"{where}, line {line}", asked, as_written(title), nearest_name(title[:80], SECTIONS)))
        elif title in found:
            faults.append(Fault(f"{where}, line {line}", "each heading once", f'"{title}" again'))
        else:
            text = "\n".join(lines[at + 1 : end])
            found[title] = Section(title, line, text, render(text), plain(text))
    faults += [*_missing(found, where, first_line), *_out_of_order(found, where)]
    return found, faults + _unwanted(lines, first_line, where)


def _missing(found: dict[str, Section], where: str, first_line: int) -> Iterator[Fault]:
    for title in SECTIONS:
        if title not in found:
            yield Fault(f"{where}, line {first_line}", f'a part with the heading "## {title}"', "none")
        elif not found[title].words:
            yield Fault(f"{where}, line {found[title].line}", f'some text under "## {title}"', "nothing")


def _out_of_order(found: dict[str, Section], where: str) -> Iterator[Fault]:
    before: Section | None = None
    for section in (found[title] for title in SECTIONS if title in found):
        if before is not None and section.line < before.line:
            yield Fault(f"{where}, line {section.line}", f'"{section.title}" after "{before.title}"', "the other order")
        before = section


def _unwanted(lines: Sequence[str], first_line: int, where: str) -> list[Fault]:
    """Return a fault for each picture, and each link that leads somewhere else than to the web or a file."""
    faults = []
    code = _code_lines(lines)
    for place, line in enumerate(lines):
        if place in code:
            continue
        at = f"{where}, line {first_line + place}"
        if re.search(r"!\[[^\]\n]*\]\(", line):
            faults.append(Fault(at, "text and links", "a picture", "pictures are not loaded"))
        for match in re.finditer(r"\]\(\s*<?([^)\s>]*)", line):
            if not is_allowed_link(match.group(1)):
                came = as_written(match.group(1))
                faults.append(Fault(at, "a link to http, https, or a file beside the lesson", came))
    return faults


def _code_lines(lines: Sequence[str]) -> set[int]:
    tokens: Sequence[Any] = _markdown().parse("\n".join(lines))
    return {row for token in tokens if token.type in ("fence", "code_block") and token.map for row in range(*token.map)}
