"""What every shipped lesson says about the model, held against the model; and how plainly it says it."""

import re

import pytest
import textstat

from sim.inputs.scenario.files import check_file
from sim.lessons import lessons_folder, shipped_lessons
from sim.lessons.claims import SharedRuns, check_claims, check_prediction
from sim.lessons.text import numbers_stated, squeezed

LESSONS = {lesson.slug: lesson for lesson in shipped_lessons()}
FAST = "the-shoestring-year"
HIGHEST_GRADE = 6.0
"""Flesch-Kincaid: years of school, in the United States, that a text asks for."""


@pytest.mark.parametrize(
    "slug", [FAST, *(pytest.param(slug, marks=pytest.mark.slow) for slug in LESSONS if slug != FAST)]
)
def test_what_the_lesson_says_is_what_the_model_shows(slug):
    runs, lesson = SharedRuns(), LESSONS[slug]

    assert [str(claim) for claim in check_claims(lesson, runs) if not claim.holds] == []
    assert check_prediction(lesson, runs) == []


def test_a_claim_can_fail():
    lesson = LESSONS[FAST]
    claim = lesson.front_matter.claims[0].model_copy(update={"bounds": (0.1, 0.2), "replicates": 10})
    other = type(lesson)(
        lesson.slug, lesson.path, lesson.front_matter.model_copy(update={"claims": (claim,)}), lesson.sections
    )

    assert not check_claims(other)[0].holds


@pytest.mark.parametrize("slug", LESSONS)
def test_every_number_about_the_model_stands_in_a_claim(slug):
    lesson = LESSONS[slug]
    claimed = [squeezed(claim.says) for claim in lesson.front_matter.claims]
    for title, section in lesson.sections.items():
        if title in ("Story", "What real evidence says"):
            continue
        for number, sentence in numbers_stated(section.words):
            assert any(says in sentence or sentence in says for says in claimed), f"{title}: {number} in {sentence}"


@pytest.mark.parametrize("slug", LESSONS)
def test_digits_in_compare_and_explain_are_claims_or_settings(slug):
    lesson = LESSONS[slug]
    claimed = " ".join(squeezed(claim.says) for claim in lesson.front_matter.claims)
    for title in ("Compare", "Explain"):
        for sentence in re.split(r"(?<=[.!?:])\s+", lesson.sections[title].words):
            if re.search(r"\d", sentence) and sentence not in claimed:
                assert any(squeezed(one.says).rstrip(".") in sentence for one in lesson.front_matter.claims), sentence


@pytest.mark.parametrize("slug", LESSONS)
def test_the_lesson_reads_as_plain_english(slug):
    words = " ".join(section.words for section in LESSONS[slug].sections.values())
    grade = textstat.flesch_kincaid_grade(words)
    print(
        f"{slug}: grade {grade:.1f}, reading ease {textstat.flesch_reading_ease(words):.0f}, {len(words.split())} words"
    )

    assert grade <= HIGHEST_GRADE


@pytest.mark.parametrize("path", sorted(lessons_folder().glob("*.toml")), ids=lambda path: path.stem)
def test_every_scenario_beside_the_lessons_is_sound_and_used(path):
    named = [lesson.front_matter.model_dump_json() for lesson in LESSONS.values()]

    assert check_file(path) == []
    assert any(path.name in text for text in named)


def test_each_story_is_short_and_about_somebody():
    for lesson in LESSONS.values():
        words = lesson.sections["Story"].words
        assert len(words.split()) < 200
        assert re.search(r"\b(Maya|Amina|Grace)\b", words)
