"""Numbers that were computed from runs and took long: named arrays, in a file whose name holds a hash of its bytes.

What they are is for whoever keeps them to say, by a key of its own: the name begins with it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.results.store.columns import list_column, lists_in, text_column
from sim.results.store.parts import table_bytes
from sim.results.store.reading import DamagedStoreError, digest_of, file_bytes, table_in

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "NUMBERS", "Numbers", "encode_numbers", "is_numbers_name", "kept_under", "numbers_files", "numbers_name",
    "read_numbers",
]  # fmt: skip

NUMBERS = "numbers"
"""The folder of such files."""

Numbers = dict[str, NDArray[np.float64]]

_NAME = re.compile(r"([0-9a-f]{24})-([0-9a-f]{64})\.parquet")


def encode_numbers(numbers: Mapping[str, NDArray[np.float64]]) -> bytes:
    """Return named arrays as the bytes of a file; equal ones give equal bytes."""
    import pyarrow as pa

    arrays = [np.asarray(values, dtype=np.float64) for values in numbers.values()]
    there = [True] * len(arrays)
    shapes = np.array([length for values in arrays for length in values.shape], dtype=np.int64)
    content = np.concatenate([np.zeros(0), *(values.ravel() for values in arrays)])
    columns = [
        text_column(list(numbers)),
        list_column(shapes, [values.ndim for values in arrays], there, pa.int64()),
        list_column(content, [values.size for values in arrays], there, pa.float64()),
    ]
    return table_bytes(pa.Table.from_arrays(columns, schema=_schema()))


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([("name", pa.string()), ("shape", pa.list_(pa.int64())), ("values", pa.list_(pa.float64()))])


def numbers_name(key: str, content: bytes) -> str:
    """Return the name of a file of numbers.

    Parameters
    ----------
    key : a hash of all that decides them, in hexadecimal digits
    content : the bytes of the file
    """
    return f"{key[:24]}-{digest_of(content)}.parquet"


def is_numbers_name(name: str) -> bool:
    """Tell whether a file is called as files of numbers are."""
    return _NAME.fullmatch(name) is not None


def numbers_files(folder: Path) -> Iterator[Path]:
    """Yield the files of numbers of a store, in the order of their names."""
    yield from (path for path in sorted((folder / NUMBERS).glob("[!.]*")) if is_numbers_name(path.name))


def kept_under(folder: Path, key: str) -> list[Path]:
    """Return the files of a store that hold numbers under a key."""
    return [path for path in numbers_files(folder) if path.name.startswith(f"{key[:24]}-")]


def read_numbers(path: Path) -> Numbers:
    """Return the arrays of a file, once its bytes are known to be those that were written.

    Raises
    ------
    FileNotFoundError : there is none
    DamagedStoreError : its bytes are not what its name says, or it holds what no such file can
    OutputError : it cannot be read
    """
    found = _NAME.fullmatch(path.name)
    content = file_bytes(path)
    if found is None or digest_of(content) != found[2]:
        raise DamagedStoreError(path, "its bytes do not fit the hash in its name")
    table = table_in(content, path, _schema())
    if any(column.null_count for column in table.columns):
        raise DamagedStoreError(path, "wanted a value in each row of each column")
    names, shapes = table.column("name").to_pylist(), table.column("shape").to_pylist()
    begins, values = (
        lists_in(table.column("values").combine_chunks()) if names else (np.zeros(1, dtype=np.int32), np.zeros(0))
    )
    sizes = np.diff(begins).tolist()
    if len(set(names)) < len(names) or any(
        None in shape or min(shape, default=0) < 0 or math.prod(shape) != size
        for shape, size in zip(shapes, sizes, strict=True)
    ):
        raise DamagedStoreError(
            path, "wanted arrays, each with a name of its own and as many numbers as its shape says"
        )
    return {
        name: values[begin : begin + size].reshape(shape)
        for name, shape, begin, size in zip(names, shapes, begins.tolist(), sizes, strict=False)
    }
