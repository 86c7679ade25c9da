"""The form of lesson files: what is read from them, everything that is told of their faults, and safe text."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.errors import Fault, InputError
from sim.base.toml_lines import Places
from sim.lessons import check_lesson_file, handout, lessons_in, read_lesson, shipped_lessons
from sim.lessons.checking import check_front_matter, check_together
from sim.lessons.claims import SharedRuns, check_claims, check_prediction
from sim.lessons.text import SECTIONS, is_allowed_link, numbers_stated, plain, render
from sim.report.ranges import ends_in_words
from sim.results.ranges import kept_range

FRONT = """
title = "A lesson"
summary = "In a sentence."
order = 1
minutes = 20
norms = ["Feel Safe"]
explain = "nothing"

[predict]
kind = "draw"
question = "How many?"
measure = "safe_share"

[run]
scenario = "shoestring-year"
settings = ["weeks=60"]
replicates = 5

[[claims]]
says = "In the end it is 85 of 100."
measure = "safe_share"
week = 52
relation = "between"
bounds = [0.5, 0.99]
replicates = 5
"""
TEXTS = {
    "Story": "Once there was a ward.",
    "Predict": "Draw.",
    "Run": "It runs.",
    "Compare": "In the end it is 85 of 100.",
    "Explain": "Because.",
    "Questions": "1. Why?",
    "Try this": "Try.",
    "What real evidence says": "See [a source](https://example.org/a).",
}


def body(**changed):
    texts = {**TEXTS, **{key.replace("_", " "): text for key, text in changed.items()}}
    return "\n".join(f"## {title}\n\n{text}\n" for title, text in texts.items() if text is not None)


def write(folder, front=FRONT, text=None, name="01-a-lesson.md"):
    path = folder / name
    path.write_text(f"+++{front}+++\n{body() if text is None else text}", encoding="utf-8")
    return path


def faults(path):
    return [str(fault).removeprefix(f"{path}") for fault in check_lesson_file(path)]


def test_a_sound_lesson_is_read_with_its_facts_and_its_text(tmp_path):
    lesson = read_lesson(write(tmp_path))

    assert (lesson.slug, lesson.title, lesson.front_matter.run.replicates) == ("a-lesson", "A lesson", 5)
    assert list(lesson.sections) == list(SECTIONS)
    assert lesson.sections["Compare"].html == "<p>In the end it is 85 of 100.</p>\n"
    assert lesson.scenario().weeks == 60


def test_windows_line_ends_and_a_byte_order_mark_are_fine(tmp_path):
    path = write(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert faults(path) == []


def test_all_faults_are_told_at_once_each_with_its_line(tmp_path):
    front = FRONT.replace("order = 1", "ordr = 1").replace('"safe_share"\n\n[run]', '"safe_shar"\n\n[run]')
    front = front.replace("replicates = 5\n\n", "replicates = 5000\n\n").replace(
        '"shoestring-year"', '"shoestring-yer"'
    )

    path = write(tmp_path, front, body(Explain=None) + "\n## Compar\n\nx\n")
    told = faults(path)
    lines = path.read_text().split("\n")
    begins = lines.index("## Story")

    assert [re.match(r"(?:, line (\d+))?", fault).group(1) for fault in told] == [
        None, "4", "12", "15", "17", str(begins + 1), str(lines.index("## Compar") + 1),
    ]  # fmt: skip
    assert 'did you mean "order"?' in told[1]
    assert 'did you mean "safe_share"?' in told[2]
    assert 'did you mean "shoestring-year"?' in told[3]
    assert "from 5 to 200" in told[4]
    assert '"## Explain"' in told[5]
    assert 'did you mean "Compare"?' in told[6]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("week = 52\n", "", "the week of safe_share"),
        ("week = 52", "week = 61", "a week up to 60"),
        ('measure = "safe_share"\nweek', 'measure = "persists"\nweek', "no week: persists is of the whole run"),
        ("bounds = [0.5, 0.99]", "bounds = [0.99, 0.5]", "two numbers, the lower first"),
        ('relation = "between"', 'relation = "abve"', 'did you mean "above"?'),
        ("bounds = [0.5, 0.99]", "bounds = [0.1, 0.2]", "bounds around a number of its sentence (0.85)"),
        ('says = "In', 'says = "At', "a sentence of the text"),
        ('"weeks=60"', '"weks=60"', 'did you mean "weeks"?'),
        ('measure = "safe_share"\n\n', 'measure = "persists"\n\n', "a weekly measure, because a curve is drawn"),
        ('kind = "draw"', 'kind = "choose"', "two to eight answers"),
        ("minutes = 20", 'minutes = "20"', "numbers stand without quotation marks"),
    ],
)
def test_a_fact_that_does_not_fit_is_told_in_plain_words(tmp_path, old, new, wanted):
    assert old in FRONT
    told = faults(write(tmp_path, FRONT.replace(old, new, 1)))

    assert any(wanted in fault for fault in told), told
    assert all(re.match(r", line \d+", fault) for fault in told)


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"Compare": "It is 85 of 100. It is 31 % too."}, "a claim for the number 31"),
        ({"Story": "![a](https://example.org/a.png)"}, "pictures are not loaded"),
        ({"Story": "[a](javascript:alert(1))"}, "a link to http, https, or a file beside the lesson"),
        ({"Story": "# A big heading"}, "headings ## and deeper"),
        ({"Explain": ""}, 'some text under "## Explain"'),
        ({"What_real_evidence_says": "Nothing."}, "a link to a source"),
    ],
)
def test_a_text_that_does_not_fit_is_told(tmp_path, changed, wanted):
    told = faults(write(tmp_path, text=body(**changed)))

    assert any(wanted in fault for fault in told), told


def test_headings_in_another_order_are_told(tmp_path):
    text = body(Story=None) + "\n## Story\n\nLate.\n"

    assert any('"Predict" after "Story"' in fault for fault in faults(write(tmp_path, text=text)))


@pytest.mark.parametrize("content", [b"", b"hello", b"+++\ntitle = 1\n", b"\xff\xfe", b"+++\na = = 2\n+++\n## Story\n"])
def test_what_is_not_a_lesson_is_told_and_nothing_breaks(tmp_path, content):
    path = tmp_path / "x.md"
    path.write_bytes(content)

    assert check_lesson_file(path)


def test_ranges_of_answers_must_leave_no_gap(tmp_path):
    choices = """
[[predict.choices]]
says = "few"
below = 0.4
[[predict.choices]]
says = "many"
at_least = 0.5
"""
    front = FRONT.replace('kind = "draw"', 'kind = "choose"\nweek = 52').replace("\n[run]", f"{choices}\n[run]")

    assert any("ranges without gaps" in fault for fault in faults(write(tmp_path, front)))
    assert faults(write(tmp_path, front.replace("0.5\n\n[run]", "0.4\n\n[run]"))) == []


def test_a_folder_gives_its_lessons_in_order_and_refuses_doubled_names(tmp_path):
    write(tmp_path, name="09-last.md", front=FRONT.replace("order = 1", "order = 9"))
    write(tmp_path, name="02-first.md")
    (tmp_path / "README.md").write_text("not a lesson")

    assert [lesson.slug for lesson in lessons_in(tmp_path)] == ["first", "last"]

    write(tmp_path, name="03-first.md")
    with pytest.raises(InputError, match="a name that no other lesson has"):
        lessons_in(tmp_path)
    with pytest.raises(InputError, match="a folder of lessons"):
        lessons_in(tmp_path / "nowhere")


def test_a_scenario_may_lie_beside_the_lesson(tmp_path):
    (tmp_path / "ours.toml").write_text('title = "Ours"\nweeks = 60\n')
    front = FRONT.replace('"shoestring-year"\nsettings = ["weeks=60"]', '"ours.toml"')

    assert read_lesson(write(tmp_path, front)).scenario().title == "Ours"
    assert faults(write(tmp_path, front.replace("ours", "theirs")))


# --- text -------------------------------------------------------------------------------------------------------------


def test_html_in_the_text_is_shown_not_taken():
    html = render("<script>alert(1)</script> <b onclick='x'>b</b> {{ 1 + 1 }}\n\n<iframe src='x'></iframe>")

    assert "<script" not in html
    assert "<b " not in html
    assert "<iframe" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "//evil.example", "vbscript:x", "file:///etc/passwd",
     "java\tscript:x", "\\\\evil", "http:", "mailto:a@b.c", "https://[x"],
)  # fmt: skip
def test_links_to_elsewhere_than_the_web_are_not_links(address):
    assert not is_allowed_link(address)
    assert f'href="{address}"' not in render(f"[x](<{address}>)")


def test_links_to_the_web_open_apart_and_tell_nothing():
    assert 'target="_blank" rel="noopener noreferrer"' in render("[x](https://example.org)")
    assert "target" not in render("[x](beside.toml)")


_TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "code", "pre", "blockquote", "hr", "br", "table", "thead", "tbody",
         "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6"}  # fmt: skip
_HOSTILE = st.lists(
    st.sampled_from(
        ["<", ">", '"', "'", "&", "<script>", "</script>", "<img src=x onerror=y>", "[", "](", ")", "javascript:", "![",
         "`", "```", "\n", "\n\n", "# ", "## Story", "- ", "> ", "|", "---", "\\", "\x00", "&lt;", "<http://a.b>",
         "{{ a }}", "[a]: javascript:x", "[a]", "https://a.b", "*", "_", "é", "\u202e", "1. ", "    "]
    )
    | st.text(max_size=8),
    max_size=30,
).map("".join)  # fmt: skip


@given(_HOSTILE)
def test_whatever_is_written_only_harmless_tags_come_out(text):
    html = render(text)

    for tag, attributes in re.findall(r"<\s*/?\s*([a-zA-Z0-9]+)([^>]*)>", html):
        assert tag in _TAGS, html
        for name, value in re.findall(r'([a-zA-Z-]+)="([^"]*)"', attributes):
            assert name in {"href", "title", "target", "rel", "class", "style", "start"}, html
            assert name != "href" or is_allowed_link(value.replace("&amp;", "&")), html
    assert isinstance(plain(text), str)


@given(_HOSTILE, _HOSTILE)
def test_a_hostile_file_is_read_or_told_about_never_anything_else(tmp_path_factory, front, text):
    path = tmp_path_factory.mktemp("lesson") / "x.md"
    path.write_text(f"+++\n{front}\n+++\n{text}", encoding="utf-8", newline="")

    found = check_lesson_file(path)

    assert found
    assert all(fault.wanted and str(fault) for fault in found)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.sampled_from(["predict", "run", "claims", "try_this", "norms", "title"]), _ANY)
def test_any_value_in_any_place_of_the_front_is_told(key, value):
    front_matter, facts, found = check_front_matter({"summary": "s", key: value}, Places(), "x.md")

    assert front_matter is None
    assert found
    assert all(isinstance(fault, Fault) for fault in check_together(facts, {}, Path(), "x.md"))


def test_numbers_of_100_are_found_with_their_sentence_and_limits_can_be_left_out():
    words = "At first 59 of 100. Then 3.5 % or so; fewer than 1 of 100 by chance. In week 52, year 3, 40 runs."

    assert [number for number, _ in numbers_stated(words)] == [59, 3.5, 1]
    assert [number for number, _ in numbers_stated(words, exactly=True)] == [59, 3.5]


# --- claims -----------------------------------------------------------------------------------------------------------


def test_a_claim_is_held_against_the_model_with_its_interval(tmp_path):
    runs = SharedRuns()
    good = check_claims(read_lesson(write(tmp_path)), runs)
    narrow = FRONT.replace("bounds = [0.5, 0.99]", "bounds = [0.849, 0.851]")
    wrong = FRONT.replace("85 of 100", "62 of 100")
    text = body(Compare="In the end it is 62 of 100.")

    assert [claim.holds for claim in good] == [True]
    assert "over what nobody has measured" not in str(good[0])
    assert good[0].shows.low < good[0].shows.estimate < good[0].shows.high
    assert not check_claims(read_lesson(write(tmp_path, narrow)), runs)[0].holds
    assert not check_claims(read_lesson(write(tmp_path, wrong, text)), runs)[0].holds


def test_a_claim_about_a_headline_tells_what_it_rests_on():
    lesson = next(one for one in shipped_lessons() if one.slug == "the-shoestring-year")
    claim = next(one for one in lesson.front_matter.claims if one.measure == "persists").model_copy(
        update={"replicates": 5}
    )
    known = kept_range(lesson.scenario())
    assert known is not None

    told = check_claims(replace(lesson, front_matter=lesson.front_matter.model_copy(update={"claims": (claim,)})))[0]

    assert str(told).endswith(f"; {ends_in_words('persists', known.outcomes['persists'])}")


def test_an_answer_that_the_model_leaves_open_is_told(tmp_path):
    choices = '[[predict.choices]]\nsays = "few"\nbelow = {}\n[[predict.choices]]\nsays = "many"\nat_least = {}\n'
    front = FRONT.replace('kind = "draw"', 'kind = "choose"\nweek = 52')
    found = check_claims(read_lesson(write(tmp_path)))[0].shows
    open_one = front.replace("\n[run]", choices.format(found.estimate, found.estimate) + "\n[run]")
    clear = front.replace("\n[run]", choices.format(found.low - 0.1, found.low - 0.1) + "\n[run]")

    assert "leaves the answer open" in check_prediction(read_lesson(write(tmp_path, open_one)))[0]
    assert check_prediction(read_lesson(write(tmp_path, clear))) == []


def test_a_curve_must_begin_where_the_model_does(tmp_path):
    front = FRONT.replace('question = "How many?"', 'question = "How many?"\nstarts_at = 0.9')

    assert "the curve begins at 0.9" in check_prediction(read_lesson(write(tmp_path, front)))[0]


# --- handouts ---------------------------------------------------------------------------------------------------------


def test_a_handout_stands_alone_and_gives_nothing_away():
    for lesson in shipped_lessons():
        page = handout(lesson)
        assert "<script" not in page
        assert "<img" not in page
        assert "<link" not in page
        assert lesson.sections["Story"].html in page
        assert lesson.sections["Compare"].html not in page
        assert lesson.sections["Explain"].html not in page
        # What could tell the answer is overleaf, for after the run.
        front, overleaf = page.split('class="overleaf"')
        for name in ("Questions", "What real evidence says"):
            assert lesson.sections[name].html not in front
            assert lesson.sections[name].html in overleaf
        assert "nobody has measured" not in front.replace(lesson.sections["Story"].html, "")
        assert "Over what nobody has measured: " in overleaf


def test_there_are_at_least_seven_lessons_of_15_to_25_minutes():
    lessons = shipped_lessons()

    assert [lesson.slug for lesson in lessons][:7] == [
        "what-control-feels-like", "one-collective", "the-shoestring-year", "two-of-three-leave", "critical-mass",
        "easier-to-keep", "design-your-own",
    ]  # fmt: skip
    assert all(15 <= lesson.front_matter.minutes <= 25 for lesson in lessons)
    assert all(len(re.findall(r"<li>", lesson.sections["Questions"].html)) >= 3 for lesson in lessons)
    assert all("can't say" in lesson.sections["What real evidence says"].words for lesson in lessons)


def test_the_command_tells_faults_and_leaves_with_2(tmp_path, capsys):
    from sim.commands import main

    path = write(tmp_path, FRONT.replace("order = 1", "ordr = 1"))
    with pytest.raises(SystemExit) as left:
        main(["lessons", "check", str(path)])

    told = capsys.readouterr().err
    assert left.value.code == 2
    assert "line 4: ordr" in told
    assert "Traceback" not in told


def test_the_command_tells_a_claim_that_is_not_so(tmp_path, capsys):
    from sim.commands import main

    path = write(tmp_path, FRONT.replace("bounds = [0.5, 0.99]", "bounds = [0.849, 0.851]"))
    with pytest.raises(SystemExit) as left:
        main(["lessons", "check", "--quiet", str(path)])

    told = capsys.readouterr().err
    assert left.value.code == 2
    assert told.count("does NOT hold") == 1
