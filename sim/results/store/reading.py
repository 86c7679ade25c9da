"""Files of a store are read as data: whole, of a bounded size, with the columns that were declared, or not at all.

A study folder may come from anybody, and a disk may turn a bit. So nothing here is believed: not the kind of a file,
not its size, not its columns.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.base.errors import OutputError
from sim.base.files import UnfitFileError, bytes_of_file

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["RUN_AGAIN", "DamagedStoreError", "digest_of", "file_bytes", "table_in"]

RUN_AGAIN = "run the study again: what is damaged is set aside and made anew, and nothing else"
"""What helps against damage."""

MOST_BYTES = 2_000_000_000
"""A file of a store is no larger."""

_MOST_UNPACKED = 8_000_000_000
_LONGEST_REASON = 200


class DamagedStoreError(OutputError):
    """A file of a store is not what was written.

    Parameters
    ----------
    path : the file
    reason : what is wrong with it
    hint : what to try
    """

    def __init__(self, path: Path, reason: str, hint: str = RUN_AGAIN) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: damaged ({reason}); {hint}")


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of the bytes of a file, as it is kept beside it."""
    return hashlib.sha256(content).hexdigest()


def file_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    FileNotFoundError : there is none
    DamagedStoreError : it is a link, a folder or a device, or too large
    OutputError : it cannot be read
    """
    if path.is_symlink():
        raise DamagedStoreError(path, "not a file, but a link")
    try:
        return bytes_of_file(path, most)
    except UnfitFileError as error:
        reason = f"{error.came}, where at most {most:,} can be right" if error.is_too_large else "not a file"
        raise DamagedStoreError(path, reason) from None
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno == errno.EIO:
            raise DamagedStoreError(path, "the disk cannot read it") from error
        raise OutputError(f"{path}: cannot be read ({error.strerror or error})") from error


def table_in(content: bytes, path: Path, schema: pa.Schema | None = None, columns: Sequence[str] = ()) -> pa.Table:
    """Return a table that some bytes hold, or some columns of it, in one piece.

    Parameters
    ----------
    content, path : the bytes, and the file that they are from
    schema : columns that it must have; any if left out
    columns : names of those to read; all if left out

    Raises
    ------
    DamagedStoreError : it cannot be read, has other columns, or unpacks to more than is held in memory
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
        if any(group.total_byte_size < 0 for group in groups) or (
            sum(group.total_byte_size for group in groups) > _MOST_UNPACKED
        ):
            raise DamagedStoreError(path, "it would not fit into memory")
        if schema is not None and not file.schema_arrow.equals(schema):
            raise DamagedStoreError(path, f"wanted {_columns_in_words(schema, file.schema_arrow)}")
        table = file.read(list(columns) or None, use_threads=False).combine_chunks()
        table.validate(full=True)
        # Names that are no text raise only when they are asked for.
        _ = table.schema.names
    except (pa.ArrowException, OSError, ValueError, LookupError, OverflowError, MemoryError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise DamagedStoreError(path, f"no Parquet table: {first[:_LONGEST_REASON]}") from error
    return table


def _columns_in_words(wanted: pa.Schema, came: pa.Schema) -> str:
    """Return the first place where columns differ."""
    for place, field in enumerate(wanted):
        if place >= len(came.names):
            return f'a column "{field.name}", got nothing'
        other = came.field(place)
        if other.name != field.name or not other.type.equals(field.type):
            return f'a column "{field.name}" ({field.type}), got {other.name[:60]!r} ({str(other.type)[:60]})'
    return f"{len(wanted)} columns, got {len(came.names)}"
