"""What people type: kept in one harmless line, told apart, and never computed by a spreadsheet."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.room.text import clean, csv_cell, unlike_others


@given(st.text(max_size=400), st.integers(1, 60))
def test_whatever_is_typed_becomes_one_short_visible_line(text, longest):
    kept = clean(text, longest)

    assert len(kept) <= longest
    assert kept == kept.strip()
    assert not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs", "Co") for letter in kept)
    assert not any(letter in kept for letter in "\u202a\u202b\u202d\u202e\u2066\u2067\u200b\ufeff")


@given(st.text(max_size=100))
def test_cleaning_twice_changes_nothing(text):
    once = clean(text, 24)

    assert clean(once, 24) == once


@pytest.mark.parametrize("name", ["Siobhán", "José", "Ольга", "王芳", "O'Brien", "Anne-Marie", "👩‍⚕️"])
def test_names_stay_as_they_are(name):
    assert clean(name, 24) == name


def test_a_tower_of_accents_is_cut_down():
    assert len(clean("Z" + "\u0335" * 300, 24)) <= 4


@given(st.text(min_size=1, max_size=20), st.lists(st.text(max_size=20), max_size=20))
def test_nobody_gets_the_name_of_another(name, others):
    given_name = unlike_others(name, others)

    assert unlike_others(given_name, others) == given_name
    assert given_name.startswith(name)


def test_names_that_only_look_different_are_the_same():
    assert unlike_others("ANNA", ["Anna"]) == "ANNA 2"
    assert unlike_others("Ann a", ["Anna"]) == "Ann a 2"


@pytest.mark.parametrize(
    "typed",
    [
        "Anna\ufe0f", "Anna\U000e0100", "An\u034fna", "An\u200dna", "An\u17b4na", "Anna\u115f", "\u0410nna",
        "\u202eAnna", "\u0391nna", "An\u2060na",
    ],
)  # fmt: skip
def test_nobody_can_come_in_under_a_name_that_looks_like_another_one(typed):
    assert unlike_others(clean(typed, 24), ["Anna"]).endswith(" 2")


@pytest.mark.parametrize("typed", ["\u3164", "\u2800 \u2800", "\u115f\u1160", "\u200d", "\ufe0f"])
def test_what_shows_as_nothing_is_no_name(typed):
    assert clean(typed, 24) == ""


@given(st.text(alphabet="Aa\u0301\u034f\u200d\ufe0f\u115f\u2764 \u094d", max_size=40))
def test_cleaning_twice_changes_nothing_where_letters_are_joined(text):
    once = clean(text, 12)

    assert clean(once, 12) == once


@given(st.text(max_size=50))
def test_no_cell_is_a_formula(text):
    cell = csv_cell(text)

    assert not str(cell).lstrip(" '\"").startswith(("=", "+", "-", "@")) or str(cell).startswith("'")
    assert str(cell).endswith(text)
