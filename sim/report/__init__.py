"""The answer in words: does the shift last, and why? From ensembles alone, never from what was hoped for."""

from sim.report.answer import Answer, answer
from sim.report.comparison import compare_in_words, comparison_headline, comparison_rows
from sim.report.reasons import reasons
from sim.report.summary import MEANINGS, Row, summary_records, summary_rows

__all__ = [
    "MEANINGS",
    "Answer",
    "Row",
    "answer",
    "compare_in_words",
    "comparison_headline",
    "comparison_rows",
    "reasons",
    "summary_records",
    "summary_rows",
]
