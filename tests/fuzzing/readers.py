"""Every reader of something from outside: what a sound input is, how it is changed, and who reads it.

A reader answers with a value, or refuses with one of the errors that it documents. That no reader is missing here is
tested: every place in ``sim/`` that reads a file or parses a text is passed while the sound inputs are read.
"""

from __future__ import annotations

from tests.fuzzing import files_read, rooms_read, stores_read, words_read
from tests.fuzzing.reader import Changed, Inputs, Reader

__all__ = ["READERS", "Changed", "Inputs", "Reader"]

READERS: dict[str, Reader] = {
    **files_read.READERS,
    **words_read.READERS,
    **rooms_read.READERS,
    **stores_read.READERS,
}
