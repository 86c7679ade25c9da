"""Which rules of accessibility a page breaks, by axe-core."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["colours_have_changed", "rules_broken", "rules_broken_in_both_themes"]

_OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""Of all rules these alone look at colours."""

_TOLD = {"resultTypes": ["violations"]}
"""Of what is well, one element of each rule is told: to name all takes longer than to judge them."""

_ALL_HAVE_CHANGED = """async () => {
    const aFrame = () => new Promise((done) => requestAnimationFrame(done));
    await aFrame();
    await aFrame();
    const changes = document.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.all(changes.map((one) => one.finished.catch(() => null)));
    await aFrame();
}"""


def rules_broken(page: Any, where: str = "", options: dict[str, Any] | None = None) -> list[str]:
    """Return the rules that a page of a browser breaks, each with elements that break it.

    Parameters
    ----------
    page : as it is now
    where : what it is, in words
    options : of axe; all rules if left out
    """
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={**_TOLD, **(options or {})})
    assert found.response["passes"]
    return [f"{where}: {one['id']}: {[n['target'] for n in one['nodes']][:4]}" for one in found.response["violations"]]


def rules_broken_in_both_themes(page: Any, where: str, switch: Callable[[], object]) -> list[str]:
    """Return the rules that a page breaks as it is, and those of colours that it breaks in the other theme.

    Parameters
    ----------
    page, where : as for :func:`rules_broken`
    switch : changes the theme, as people do
    """
    wrong = rules_broken(page, where)
    switch()
    colours_have_changed(page)
    wrong += rules_broken(page, f"{where}, in the other theme", _OF_COLOURS)
    switch()
    colours_have_changed(page)
    return wrong


def colours_have_changed(page: Any) -> None:
    """Wait until nothing of a page is on its way from one colour or size to another, as they change gradually."""
    page.evaluate(_ALL_HAVE_CHANGED)
