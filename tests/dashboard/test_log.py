"""The log: each kind of line once, then how often it came."""

import io
import logging
import warnings

import pytest

from sim.dashboard.log import RepeatFilter


@pytest.fixture(name="log")
def log_fixture():
    now, out = [0.0], io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(RepeatFilter(seconds=60.0, clock=lambda: now[0]))
    logger = logging.Logger("a server")
    logger.addHandler(handler)
    return logger, now, lambda: out.getvalue().splitlines()


def test_a_line_that_comes_a_thousand_times_is_written_once_and_counted(log):
    logger, now, lines = log
    for place in range(1001):
        if place == 1000:
            now[0] = 61.0
        logger.warning("somebody (%s) is at the door", place)

    assert lines() == ["somebody (0) is at the door", "somebody (1000) is at the door (and 999 times more before)"]


def test_lines_of_other_kinds_are_written(log):
    logger, _, lines = log
    logger.warning("one")
    logger.warning("another")

    assert lines() == ["one", "another"]


def test_errors_are_of_one_kind_where_they_are_raised_in_one_place(log):
    logger, _, lines = log
    for place in range(20):
        try:
            if place % 2:
                int("one")
            else:
                [][1]
        except (ValueError, IndexError):
            logger.exception("something went wrong")

    assert sum(line.startswith("Traceback") for line in lines()) == 2


def test_warnings_of_one_place_are_of_one_kind_whatever_a_visitor_wrote_into_them(log):
    logger, _, lines = log
    logger.name = "py.warnings"
    for place in range(20):
        text = warnings.formatwarning(f"header {place}", UserWarning, "server.py", 7)
        logger.warning("%s", text)

    assert sum("header" in line for line in lines()) == 1
