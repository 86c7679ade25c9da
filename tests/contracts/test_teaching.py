"""What is printed for a session: a handout for every lesson, and the guide; its links lead somewhere."""

import re
from pathlib import Path

import pytest

from sim.lessons import shipped_lessons

TEACHING = Path(__file__).parents[2] / "docs" / "teaching"
GUIDE = (TEACHING / "facilitators-guide.md").read_text(encoding="utf-8")


def test_every_lesson_has_its_printed_handout() -> None:
    printed = {path.stem for path in (TEACHING / "handouts").glob("*.pdf")}

    assert printed == {lesson.slug for lesson in shipped_lessons()}


@pytest.mark.parametrize("path", sorted(TEACHING.rglob("*.pdf")), ids=lambda path: path.stem)
def test_what_is_printed_is_whole(path: Path) -> None:
    content = path.read_bytes()

    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize("page", sorted(TEACHING.glob("*.md")), ids=lambda page: page.stem)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))

    assert [target for target in targets if "://" not in target and not (page.parent / target).exists()] == []


def test_the_guide_names_lessons_that_there_are() -> None:
    orders = {lesson.front_matter.order for lesson in shipped_lessons()}
    named = {int(number) for number in re.findall(r"[Ll]esson (\d+)", GUIDE)}

    assert named
    assert named <= orders
