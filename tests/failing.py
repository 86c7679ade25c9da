"""What was there when a test in a browser failed: its pages, and what its servers had said last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["seen_in"]

_MOST_SHOWN, _LINES = 400, 6


def seen_in(fixtures: Mapping[str, Any]) -> str:
    """Return what the pages of a test's browser show, and the last lines of its servers, a line each."""
    browser = fixtures.get("browser")
    pages = [page for context in browser.contexts for page in context.pages] if browser else []
    return "\n".join([*map(_shown_on, pages), *_last_said(fixtures)])


def _shown_on(page: Any) -> str:
    try:
        text = page.locator("body").inner_text(timeout=2_000)
    except Exception as error:  # a page that cannot be asked any more must not hide why the test has failed
        text = f"(it does not answer: {type(error).__name__})"
    return f"{page.url} shows: {' '.join(text.split())[:_MOST_SHOWN] or 'nothing'}"


def _last_said(fixtures: Mapping[str, Any]) -> Iterator[str]:
    for name, fixture in fixtures.items():
        log = getattr(fixture, "log", None)
        if isinstance(log, list):
            yield f"{name} said: {' '.join(''.join(log[-_LINES:]).split()) or 'nothing'}"
