"""Columns of Parquet tables, made from numpy's memory as it is, and read as numpy's memory.

Arrow's own ways between Python and a column first load pandas, which costs a process 50 MB and half a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["list_column", "lists_in", "number_column", "text_column"]


def number_column(values: ArrayLike, kind: pa.DataType | None = None) -> pa.Array:
    """Return numbers, or what is true or false, as a column of a kind; of their own kind if it is left out.

    What is neither true nor false (NaN) is left empty.
    """
    import pyarrow as pa

    if kind is None:
        kind = pa.from_numpy_dtype(np.asarray(values).dtype)
    known = None
    if kind == pa.bool_():
        is_known = ~np.isnan(np.asarray(values, dtype=np.float64))
        content = _bits(np.asarray(values, dtype=np.bool_) & is_known)
        known = None if is_known.all() else pa.py_buffer(_bits(is_known))
    else:
        content = np.ascontiguousarray(values, dtype=kind.to_pandas_dtype())
    return pa.Array.from_buffers(kind, len(np.asarray(values)), [known, pa.py_buffer(content)])


def _bits(truths: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.packbits(truths, bitorder="little")


def text_column(texts: Sequence[str]) -> pa.Array:
    """Return texts as a column."""
    import pyarrow as pa

    encoded = [text.encode() for text in texts]
    offsets = _offsets([len(text) for text in encoded])
    return pa.Array.from_buffers(
        pa.string(), len(encoded), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    )


def list_column(values: NDArray[Any], lengths: Sequence[int], is_there: Sequence[bool], kind: pa.DataType) -> pa.Array:
    """Return lists of numbers as a column.

    Parameters
    ----------
    values : the numbers of all lists, one list after the other
    lengths, is_there : [n_lists], how long each is, and whether it is one at all
    kind : kind of the numbers
    """
    import pyarrow as pa

    known = None if all(is_there) else pa.py_buffer(np.packbits(np.array(is_there, dtype=np.bool_), bitorder="little"))
    buffers = [known, pa.py_buffer(_offsets(lengths))]
    return pa.Array.from_buffers(pa.list_(kind), len(lengths), buffers, children=[number_column(values, kind)])


def lists_in(column: pa.ListArray) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return where each list of a column begins (and where the last one ends), and the numbers of all of them."""
    _, offsets, _, values = column.buffers()
    begins = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    return begins, np.frombuffer(values, dtype=np.float64) if values is not None else np.zeros(0)


def _offsets(lengths: Sequence[int]) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(np.array(lengths, dtype=np.int64))]).astype(np.int32)
