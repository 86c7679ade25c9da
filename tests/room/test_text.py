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


@given(st.text(max_size=50))
def test_no_cell_is_a_formula(text):
    cell = csv_cell(text)

    assert not str(cell).lstrip(" '\"").startswith(("=", "+", "-", "@")) or str(cell).startswith("'")
    assert str(cell).endswith(text)
