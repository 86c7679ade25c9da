"""The Vue components of the dashboard, as Solara knows them. Text reaches the page by interpolation only.

The exceptions are the text of lessons and the equations of rules; :mod:`sim.lessons.text` has made both into safe HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.dashboard.components.sealed import vue

__all__ = [
    "About",
    "Answering",
    "Behind",
    "Board",
    "Compare",
    "Comparison",
    "Explore",
    "First",
    "Game",
    "Header",
    "Learn",
    "LessonView",
    "Levers",
    "Map",
    "Mine",
    "Money",
    "Notice",
    "Progress",
    "Service",
    "Squares",
    "Standing",
    "Studies",
    "Tools",
    "Understanding",
    "Why",
]

Act = Callable[[dict[str, Any]], None]


@vue("header.vue")
def Header(pages: list[dict[str, str]], here: str, prefix: str, event_go: Act, event_recall: Act) -> None:
    """The head of every page: name, pages, theme."""


@vue("notice.vue")
def Notice(lines: list[str], event_close: Act) -> None:
    """What went wrong, in sentences."""


@vue("explore.vue")
def Explore(
    scene: dict[str, Any],
    main: dict[str, Any],
    baseline: str,
    before: dict[str, Any] | None,
    kept: list[dict[str, Any]],
    entries: list[dict[str, Any]],
    kinds: list[dict[str, Any]],
    measures: list[str],
    charts: list[dict[str, Any]],
    glossary: dict[str, str],
    weeks: int,
    start: str | None,
    can_undo: bool,
    can_redo: bool,
    moved: dict[str, Any] | None,
    go_to_week: dict[str, int],
    answered: int,
    event_act: Act,
) -> None:
    """Network, charts, time and timeline."""


@vue("first.vue")
def First(ends: int) -> None:
    """A first visit: one curve, what will happen after the money ends, and the rest step by step."""


@vue("answer.vue")
def Answering(answer: dict[str, Any] | None, progress: dict[str, Any], event_ask: Act) -> None:
    """The verdict over many worlds, in a sentence and a number, and on how many it rests."""


@vue("board.vue")
def Board(slides: dict[str, Any], answer: dict[str, Any] | None, progress: dict[str, Any], event_ask: Act) -> None:
    """Three slides, one below the other, full screen or printed."""


@vue("behind.vue")
def Behind(found: dict[str, Any] | None, has_table: bool, start: str | None, event_ask: Act) -> None:
    """What is behind a picture, or somebody's week as it was."""


@vue("levers.vue")
def Levers(
    actions: list[dict[str, Any]],
    groups: list[dict[str, Any]],
    levers_set: dict[str, dict[str, Any]],
    entries: list[dict[str, Any]],
    intended: list[list[float]],
    glossary: dict[str, str],
    start: str | None,
    event_act: Act,
) -> None:
    """Do it now, how leaders spend their time, and the levers."""


@vue("studies.vue")
def Studies(works: list[dict[str, Any]] | None, chosen: str, shown: dict[str, Any] | None, event_act: Act) -> None:
    """Long work in the server's folder: how far it is, what has come of it, stop and go on."""


@vue("learn.vue")
def Learn(prefix: str, lessons: list[dict[str, Any]], unknown: str, event_act: Act) -> None:
    """The list of lessons."""


@vue("lesson.vue")
def LessonView(
    prefix: str,
    lesson: dict[str, Any],
    result: dict[str, Any] | None,
    designed: dict[str, Any] | None,
    progress: dict[str, Any],
    event_act: Act,
) -> None:
    """One lesson, step by step."""


@vue("mine.vue")
def Mine(book: str, link: str, is_own: bool, title: str, event_act: Act) -> None:
    """What the browser keeps: the session as it was left, and scenarios under names of one's own."""


@vue("tools.vue")
def Tools(
    choices: list[list[str]],
    chosen: str,
    seed: int,
    link: str,
    story: str,
    downloads: list[dict[str, str]],
    organisation: str,
    accepts: list[str],
    file: dict[str, str],
    event_act: Act,
) -> None:
    """Choose, begin anew, share, save and upload."""


@vue("service.vue")
def Service(
    service: dict[str, Any],
    limits: dict[str, Any],
    templates: list[list[str]],
    programmes: list[list[str]],
    in_use: str,
    progress: dict[str, Any],
    file: dict[str, str],
    parcel: dict[str, Any],
    event_act: Act,
) -> None:
    """Files of one's own, what was understood of them, what is asked, and what can be done with it."""


@vue("understood.vue")
def Understanding(service: dict[str, Any], event_act: Act) -> None:
    """How each column and each word was understood, which can be changed; what was assumed and left out."""


@vue("standing.vue")
def Standing(standing: dict[str, Any] | None, event_act: Act) -> None:
    """An organisation as it was understood, and its modelled start beside the survey."""


@vue("progress.vue")
def Progress(progress: dict[str, Any], what: str, event_cancel: Act) -> None:
    """How far work in the background is, and a way to stop it."""


@vue("compare.vue")
def Compare(
    choices: list[list[str]],
    picked: list[str],
    replicates: int,
    has_result: bool,
    is_own: bool,
    progress: dict[str, Any],
    glossary: dict[str, str],
    event_act: Act,
) -> None:
    """What is to be compared."""


@vue("comparison.vue")
def Comparison(result: dict[str, Any] | None, glossary: dict[str, str], file: dict[str, str], event_act: Act) -> None:
    """Scenarios side by side over many twin worlds."""


@vue("map.vue")
def Map(
    choices: list[list[str]],
    chosen: str,
    axes: list[dict[str, Any]],
    outcomes: list[list[str]],
    x: str,
    y: str,
    size: int,
    replicates: int,
    shows: str,
    has_grid: bool,
    is_own: bool,
    progress: dict[str, Any],
    glossary: dict[str, str],
    event_act: Act,
) -> None:
    """What the map is to be drawn over."""


@vue("squares.vue")
def Squares(grid: dict[str, Any] | None, file: dict[str, str], event_act: Act) -> None:
    """Where a culture persists, over two parameters."""


@vue("money.vue")
def Money(
    result: dict[str, Any] | None,
    picked: list[str],
    counts_own: bool,
    left_out: list[list[str]],
    why_not: str,
    days: int,
    searches: list[dict[str, Any]],
    progress: dict[str, Any],
    event_act: Act,
) -> None:
    """Programmes by what they cost and what is left of them, and the best one for a budget."""


@vue("game.vue")
def Game(
    setting: dict[str, Any],
    game: dict[str, Any] | None,
    book: str,
    debrief: dict[str, Any] | None,
    progress: dict[str, Any],
    file: dict[str, Any],
    event_act: Act,
) -> None:
    """The game for one: a chair, a quarter at a time, and what became of it."""


@vue("why.vue")
def Why(
    choices: list[list[str]],
    chosen: str,
    account: dict[str, Any] | None,
    glossary: dict[str, str],
    event_act: Act,
) -> None:
    """An account of one run in words."""


@vue("about.vue")
def About(
    parameters: list[dict[str, str]],
    steps: list[list[str]],
    kinds: list[list[str]],
    glossary: dict[str, str],
    version: str,
) -> None:
    """What the model is, and what it must not claim."""
