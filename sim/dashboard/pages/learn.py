"""Learn: lessons with a story, a prediction, a run, and a look at why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote

import solara

from sim.base.errors import InputError
from sim.dashboard import catalogue, designing, learning, shelf
from sim.dashboard.components import Learn, LessonView
from sim.dashboard.pages import state
from sim.dashboard.pages.compare import EXPLORED
from sim.dashboard.pages.jobs import IDLE, Job
from sim.dashboard.session import check_size
from sim.inputs.scenario.description import build_organisation
from sim.lessons import Lesson
from sim.lessons.designs import DesignError, read_design
from sim.lessons.front_matter import TryThis

__all__ = ["LearnPage"]

_PATHS = {"explore": "/", "compare": "/compare", "map": "/map", "why": "/why"}


@solara.component
def LearnPage() -> None:
    """The page: the list of lessons, or one of them."""
    router = solara.use_router()
    slug = parse_qs((router.search or "").lstrip("?")).get("lesson", [""])[0]
    lesson = shelf.find(slug) if slug else None

    def act(said: dict[str, Any]) -> None:
        if said.get("type") == "open":
            _open(router, said)

    if lesson is None:
        Learn(prefix=router.root_path, lessons=shelf.shelf_shown(), unknown=slug[:80], event_act=act)
    else:
        OneLesson(lesson).key(lesson.slug)


@solara.component
def OneLesson(lesson: Lesson) -> None:
    """One lesson, step by step."""
    router = solara.use_router()
    result: solara.Reactive[dict[str, Any] | None] = solara.use_reactive(None)
    designed: solara.Reactive[dict[str, Any] | None] = solara.use_reactive(None)
    progress = solara.use_reactive(IDLE)
    job = solara.use_memo(lambda: Job(progress), [])
    solara.use_effect(lambda: job.stop, [])

    def begin(run: learning.LessonWork, shown: solara.Reactive[dict[str, Any] | None]) -> None:
        pieces = run.pieces()
        shown.set(None)
        job.start(
            learning.run_piece, pieces, lambda place, done: run.take(pieces[place], done),
            lambda: shown.set(run.shown()), "pieces",
        )  # fmt: skip

    def forget() -> None:
        job.stop()
        result.set(None)
        designed.set(None)

    ways: dict[str, Callable[[dict[str, Any]], None]] = {
        "run": lambda said: begin(_predicted(said, lesson), result),
        "design": lambda said: begin(_designed(said, lesson), designed),
        "cancel": lambda _: job.stop(),
        "forget": lambda _: forget(),
        "list": lambda _: router.push("/learn"),
        "open": lambda said: _open(router, said),
        "try": lambda said: router.push(_opened(lesson, lesson.front_matter.try_this[int(said["place"])])),
    }

    def act(said: dict[str, Any]) -> None:
        try:
            if (way := ways.get(str(said.get("type")))) is not None:
                way(said)
            state.notices.set([])
        except InputError as error:
            state.tell(error)
        except DesignError as error:
            state.notices.set(list(error.sentences))
        except (IndexError, KeyError, OverflowError, TypeError, ValueError):
            state.notices.set(["That could not be understood; nothing was changed."])

    LessonView(
        prefix=router.root_path,
        lesson=solara.use_memo(lambda: shelf.lesson_shown(lesson), [lesson.slug, lesson.stamp]),
        result=result.value,
        designed=designed.value,
        progress=progress.value,
        event_act=act,
    )


def _open(router: Any, said: dict[str, Any]) -> None:
    """Go to a lesson, if there is one of this name."""
    if shelf.find(str(said.get("slug"))) is not None:
        router.push(f"/learn?lesson={quote(str(said['slug']))}")


def _predicted(said: dict[str, Any], lesson: Lesson) -> learning.LessonRun:
    """Return the run that a prediction is held against."""
    for _, scenario, _ in lesson.arms():
        check_size(scenario, build_organisation(scenario))
    return learning.LessonRun(lesson, learning.read_prediction(said, lesson))


def _designed(said: dict[str, Any], lesson: Lesson) -> designing.DesignRun:
    """Return the run of a programme of one's own."""
    return designing.DesignRun(lesson, read_design(said.get("design"), designing.task_of(lesson)))


def _opened(lesson: Lesson, link: TryThis) -> str:
    """Put the scenario of a link where its page looks for it, and return the path of the page."""
    scenario = lesson.scenario(link.scenario, link.settings)
    check_size(scenario, build_organisation(scenario))
    is_shipped = not link.settings and link.scenario in dict(catalogue.choices())
    state.session.set(state.begin().with_scenario(scenario, seed=1))
    state.start_at(link.week)
    name = link.scenario if is_shipped else EXPLORED
    state.compared.set([name, link.compare_with] if link.compare_with else [name])
    state.mapped.set(name)
    return _PATHS[link.opens]
