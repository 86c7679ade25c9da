"""The pages of the dashboard and the frame around them."""

from __future__ import annotations

from typing import Any

import solara

from sim.base.errors import InputError
from sim.dashboard.components import Header, Notice
from sim.dashboard.pages import state
from sim.dashboard.pages.about import AboutPage
from sim.dashboard.pages.board import BoardPage
from sim.dashboard.pages.bringing import recall
from sim.dashboard.pages.compare import ComparePage
from sim.dashboard.pages.explore import ExplorePage
from sim.dashboard.pages.learn import LearnPage
from sim.dashboard.pages.map import MapPage
from sim.dashboard.pages.money import MoneyPage
from sim.dashboard.pages.service import ServicePage
from sim.dashboard.pages.solo import GamePage
from sim.dashboard.pages.studies import StudiesPage
from sim.dashboard.pages.why import WhyPage
from sim.dashboard.studies import the_watch

__all__ = ["Frame", "routes"]

PAGES = [
    {"path": "", "label": "Explore"},
    {"path": "service", "label": "Your service"},
    {"path": "learn", "label": "Learn"},
    {"path": "game", "label": "Game"},
    {"path": "compare", "label": "Compare"},
    {"path": "money", "label": "Money"},
    {"path": "map", "label": "Map"},
    {"path": "why", "label": "Why"},
    {"path": "board", "label": "Board"},
    {"path": "studies", "label": "Studies"},
    {"path": "about", "label": "About"},
]


def _pages() -> list[dict[str, str]]:
    """Return the pages that there are: that of studies where whoever started the server named their folder."""
    return [page for page in PAGES if page["path"] != "studies" or the_watch() is not None]


@solara.component
def Frame(children: list[Any] | None = None) -> None:
    """Head, notices, and the page itself."""
    router = solara.use_router()
    solara.use_effect(lambda: state.take_leave, [])
    here = router.path.strip("/").split("/")[0]

    def go(said: dict[str, Any]) -> None:
        state.notices.set([])
        path = said.get("path")
        router.push(f"/{path}" if path in [page["path"] for page in _pages()] else "/")

    def go_on(said: dict[str, Any]) -> None:
        try:
            recall(str(said["text"]), int(said["week"]))
        except InputError as error:
            state.tell(error)
        except (KeyError, OverflowError, TypeError, ValueError):
            state.notices.set(["That could not be understood; nothing was changed."])

    with solara.Div():
        Header(pages=_pages(), here=here, prefix=router.root_path, event_go=go, event_recall=go_on)
        with solara.v.Html(tag="main", class_="cs-page", attributes={"id": "cs-main", "tabindex": "-1"}):
            Notice(lines=state.notices.value, event_close=lambda _: state.notices.set([]))
            solara.Column(children=children or [], gap="0px")


_COMPONENTS = {
    "": ExplorePage, "service": ServicePage, "learn": LearnPage, "game": GamePage, "compare": ComparePage,
    "money": MoneyPage, "map": MapPage, "why": WhyPage, "board": BoardPage, "studies": StudiesPage, "about": AboutPage,
}  # fmt: skip

routes = [
    solara.Route(
        page["path"] or "/",
        component=_COMPONENTS[page["path"]],
        label=f"{page['label']} · Cultureshift",  # the title of the page
        layout=None if page["path"] else Frame,
    )
    for page in PAGES
]
