"""Learn: lessons with a story, a prediction, a run, and a look at why."""

from __future__ import annotations

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
        if said.get("type") == "open" and shelf.find(str(said.get("slug"))) is not None:
            router.push(f"/learn?lesson={quote(str(said['slug']))}")

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

    def start(said: dict[str, Any]) -> None:
        run = learning.LessonRun(lesson, learning.read_prediction(said, lesson))
        for _, scenario, _ in lesson.arms():
            check_size(scenario, build_organisation(scenario))
        pieces = learning.pieces_for(lesson)
        result.set(None)
        job.start(
            learning.run_piece, pieces, lambda place, done: run.take(pieces[place], done),
            lambda: result.set(run.shown()), "pieces",
        )  # fmt: skip

    def design(said: dict[str, Any]) -> None:
        run = designing.DesignRun(lesson, designing.read_design(said.get("parts"), lesson))
        pieces = run.pieces()
        designed.set(None)
        job.start(
            learning.run_piece, pieces, lambda place, done: run.take(pieces[place], done),
            lambda: designed.set(run.shown()), "pieces",
        )  # fmt: skip

    def act(said: dict[str, Any]) -> None:
        try:
            if said.get("type") == "run":
                start(said)
            elif said.get("type") == "design":
                design(said)
            elif said.get("type") == "cancel":
                job.stop()
            elif said.get("type") == "forget":
                job.stop()
                result.set(None)
                designed.set(None)
            elif said.get("type") == "list":
                router.push("/learn")
            elif said.get("type") == "open" and shelf.find(str(said.get("slug"))) is not None:
                router.push(f"/learn?lesson={quote(str(said['slug']))}")
            elif said.get("type") == "try":
                router.push(_opened(lesson, lesson.front_matter.try_this[int(said["place"])]))
            state.notices.set([])
        except InputError as error:
            state.tell(error)
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
