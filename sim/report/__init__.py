"""The answer in words: does the shift last, and why? From ensembles alone, never from what was hoped for."""

from sim.report.against import against_what, other_name
from sim.report.answer import Answer, answer
from sim.report.comparison import compare_in_words, comparison_headline, comparison_rows, judging_date
from sim.report.own import own_in_words
from sim.report.ranges import how_ranges_are_made, left_open_in_words, range_in_short, range_in_words, range_records
from sim.report.reasons import reasons
from sim.report.summary import MEANINGS, Row, summary_records, summary_rows

__all__ = [
    "MEANINGS",
    "Answer",
    "Row",
    "against_what",
    "answer",
    "compare_in_words",
    "comparison_headline",
    "comparison_rows",
    "how_ranges_are_made",
    "judging_date",
    "left_open_in_words",
    "other_name",
    "own_in_words",
    "range_in_short",
    "range_in_words",
    "range_records",
    "reasons",
    "summary_records",
    "summary_rows",
]
