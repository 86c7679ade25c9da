"""What may have become of an input: bytes turned and lost, keys and cells gone, doubled, or holding what none expects."""

from __future__ import annotations

import copy
import csv
import io
import json
import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w

__all__ = [
    "HOSTILE", "changed_bytes", "changed_csv", "changed_json", "changed_parquet", "changed_text", "changed_toml",
    "changed_tree",
]  # fmt: skip

HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 7, 100, 2**31, 2**32 - 1, 2**32, 2**53 + 1, 2**63, -(2**63), 2**64, 10**30, -(10**400),
    0.5, -0.5, -0.0, 1.0, 1.5, 1e-320, 1e18, 1e308, -1e308, math.nan, math.inf, -math.inf,
    "", " ", "x", "0", "1", "-1", "0.5", "1e999", "nan", "true", "null", "0x10", "1_000", "1,5", "\u0661\u0662", "2026-02-30",
    "a" * 300, "a" * 30_000, "\u00e9" * 5_000, "\x00", "\x07", "\x1b[2J", "\x1b]0;t\x07", "\u202etxet\u202c", "\u2028",
    "\ufeff", "\ud800", "\ufffd", "\U0001f642", "a\nb", "a\r\nb", "a\tb", '"', "'", "`", "\\", "<script>", "{0}", "%s", "$(x)",
    "=1+1", "..", "../../../etc/passwd", "/dev/zero", "/dev/null", "/proc/self/mem", "x.toml", "shoestring-year", "baseline",
    "x'; DROP TABLE events; --", 'a" FROM parts; --', "safe_share", "control_norm", "nursing", "Service 1", "dialogue",
    [], {}, [[]], [{}], [None], [1], [[1]], ["a", 1, None], {"a": 1}, {"": {}}, [0] * 1000, {"kind": "dialogue"},
    [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]],
    date(1, 1, 1), date(9999, 12, 31), datetime(2026, 2, 3, 4, 5, 6), time(23, 59, 59),
)  # fmt: skip
"""Values that nobody who reads a file may be surprised by."""

_CELLS = tuple(text for text in HOSTILE if isinstance(text, str)) + (
    "-0", "1e308", "-1e308", "1e-400", "inf", "-inf", "NaN", "99999999999999999999", "1;2", '"', '""', '"a', "a,b", "#", "# scale: 1-5",
    "team_leader", "senior_leader", "staff", "p1", "l1", "s1", "1.000,5", "50%", "\u22121",
)  # fmt: skip

_TOKENS = (
    b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\n", b"\r", b"\r\n", b"\t", b'"', b"'", b'"""', b"'''",
    b"[", b"]", b"{", b"}", b"[[", b"]]", b"=", b".", b",", b";", b"#", b"\\", b"\\u0000", b"\\ud800", b"\\U00110000", b"-", b"+", b"_",
    b"0", b"9" * 400, b"1e999", b"nan", b"inf", b"-inf", b"true", b"null", b"NaN", b"Infinity", b"0x", b"1979-05-27T07:32:00Z",
    b"[" * 3000, b"{" * 3000, b'{"a":' * 3000, b"a." * 3000, b"\x1b[2J", "\u202e".encode(), b"+++\n", b"## ", b"](", b"%", b"&", b"==",
)  # fmt: skip


# --- bytes ------------------------------------------------------------------------------------------------------------


def changed_bytes(content: bytes, rng: Random) -> bytes:
    """Return bytes of which one to three places were turned, lost, zeroed, doubled, moved or overwritten."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        content = rng.choice(_BYTE_CHANGES)(content, rng)
    return content


def _span(content: bytes, rng: Random, lengths: Sequence[int] = (1, 2, 4, 8, 16, 64, 512, 4096)) -> tuple[int, int]:
    start = rng.randrange(len(content) + 1)
    return start, min(len(content), start + rng.choice(lengths))


def _bit(content: bytes, rng: Random) -> bytes:
    if not content:
        return b"\x01"
    place = rng.randrange(len(content))
    return content[:place] + bytes([content[place] ^ (1 << rng.randrange(8))]) + content[place + 1 :]


def _cut(content: bytes, rng: Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _beheaded(content: bytes, rng: Random) -> bytes:
    return content[rng.randrange(len(content) + 1) :]


def _gone(content: bytes, rng: Random) -> bytes:
    start, end = _span(content, rng)
    return content[:start] + content[end:]


def _zeroed(content: bytes, rng: Random) -> bytes:
    start, end = _span(content, rng)
    return content[:start] + bytes(end - start) + content[end:]


def _overwritten(content: bytes, rng: Random) -> bytes:
    start, end = _span(content, rng, (1, 2, 4, 8))
    worst = rng.choice((b"\xff" * 8, b"\x7f" + b"\xff" * 7, b"\x80" + bytes(7), rng.randbytes(8)))
    return content[:start] + worst[: end - start] + content[end:]


def _doubled(content: bytes, rng: Random) -> bytes:
    start, end = _span(content, rng)
    return content[:end] + content[start:end] * rng.choice((1, 1, 2, 40)) + content[end:]


def _spliced(content: bytes, rng: Random) -> bytes:
    start, end = _span(content, rng)
    place = rng.randrange(len(content) + 1)
    return content[:place] + content[start:end] + content[place:]


def _told(content: bytes, rng: Random) -> bytes:
    place = rng.randrange(len(content) + 1)
    return content[:place] + rng.choice(_TOKENS) + content[place + rng.choice((0, 0, 1, 5)) :]


def _longer(content: bytes, rng: Random) -> bytes:
    return content + rng.choice((bytes(16), rng.randbytes(16), b"\n", rng.choice(_TOKENS)))


_BYTE_CHANGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    _bit, _bit, _bit, _cut, _beheaded, _gone, _zeroed, _overwritten, _doubled, _spliced, _told, _told, _longer,
)  # fmt: skip


def changed_text(content: bytes, rng: Random) -> bytes:
    """Return a text in which lines are gone, doubled or exchanged, or in which bytes were changed."""
    if rng.random() < 0.6:
        return changed_bytes(content, rng)
    lines = content.split(b"\n")
    place, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    change = rng.randrange(5)
    if change == 0:
        del lines[place]
    elif change == 1:
        lines.insert(other, lines[place])
    elif change == 2:
        lines[place], lines[other] = lines[other], lines[place]
    elif change == 3:
        lines[place] = lines[place] + lines[other]
    else:
        return content.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-8-sig", "utf-7", "utf-32-le")))
    return b"\n".join(lines)


# --- trees ------------------------------------------------------------------------------------------------------------


def changed_tree(tree: Any, rng: Random) -> Any:
    """Return tables and lists of which one to three places are gone, doubled, renamed, or hold something else."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        if not isinstance(tree, dict | list) or not tree or rng.random() < 0.01:
            return rng.choice(HOSTILE)
        rng.choice(_TREE_CHANGES)(*_place(tree, rng), rng)
    return tree


def _place(tree: Any, rng: Random) -> tuple[Any, Any]:
    """Return a table or list in a tree, and a key or place in it; all depths are met."""
    here = tree
    while True:
        key = rng.choice(list(here)) if isinstance(here, dict) else rng.randrange(len(here))
        below = here[key]
        if not isinstance(below, dict | list) or not below or rng.random() < 0.2:
            return here, key
        here = below


def _drop(here: Any, key: Any, _rng: Random) -> None:
    del here[key]


def _replace(here: Any, key: Any, rng: Random) -> None:
    here[key] = copy.deepcopy(rng.choice(HOSTILE))


def _retype(here: Any, key: Any, rng: Random) -> None:
    value = here[key]
    if isinstance(value, bool) or value is None:
        here[key] = rng.choice((0, 1, "true", [value]))
    elif isinstance(value, int | float):
        here[key] = rng.choice((str(value), [value], -value, value * 1_000_000, value // 10, value + 1, 0 * value))
    elif isinstance(value, str):
        near = value[:-1] + rng.choice(("", "x", "\u00e9"))
        here[key] = rng.choice(([value], value + " ", value.upper(), value * 3, near, {"a": value}))
    elif isinstance(value, list):
        here[key] = rng.choice((value[:1], value * 2, value[::-1], [value], {"a": value}, [*value, *value[:1]]))
    else:
        here[key] = rng.choice(([value], list(value), {}, {"a": value})) if isinstance(value, dict) else str(value)


def _double(here: Any, key: Any, rng: Random) -> None:
    if isinstance(here, list):
        for _ in range(rng.choice((1, 1, 3, 100))):
            here.insert(key, copy.deepcopy(here[key]))
    else:
        here[_other_key(str(key), rng)] = copy.deepcopy(here[key])


def _rename(here: Any, key: Any, rng: Random) -> None:
    if isinstance(here, dict):
        here[_other_key(str(key), rng)] = here.pop(key)


def _other_key(key: str, rng: Random) -> str:
    words = [word for word in HOSTILE if isinstance(word, str)]
    return rng.choice((key + "x", key.upper(), key[1:], rng.choice(words), rng.choice(words)))


def _exchange(here: Any, key: Any, rng: Random) -> None:
    other = rng.choice(list(here)) if isinstance(here, dict) else rng.randrange(len(here))
    here[key], here[other] = here[other], here[key]


_TREE_CHANGES = (_drop, _drop, _replace, _replace, _replace, _retype, _retype, _double, _rename, _exchange)


def changed_json(content: bytes, rng: Random, share_of_bytes: float = 0.4) -> bytes:
    """Return JSON of which places were changed, or bytes."""
    if rng.random() < share_of_bytes:
        return changed_bytes(content, rng)
    tree = changed_tree(json.loads(content), rng)
    return json.dumps(tree, default=str, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def changed_toml(content: bytes, tree: Any, rng: Random, share_of_text: float = 0.5) -> bytes:
    """Return TOML (``tree`` is what it says) of which places were changed, or lines or bytes."""
    if rng.random() < share_of_text:
        return changed_text(content, rng)
    changed = _without_nothing(changed_tree(tree, rng))
    try:
        return tomli_w.dumps(changed).encode("utf-8", "surrogatepass")
    except (TypeError, AttributeError, ValueError):
        return changed_text(content, rng)


def _without_nothing(tree: Any) -> Any:
    """Return a tree without None, which TOML cannot say."""
    if isinstance(tree, dict):
        return {str(key): _without_nothing(value) for key, value in tree.items() if value is not None}
    return [_without_nothing(value) for value in tree if value is not None] if isinstance(tree, list) else tree


# --- tables -----------------------------------------------------------------------------------------------------------


def changed_csv(content: bytes, rng: Random, share_of_text: float = 0.4) -> bytes:
    """Return a table of which cells, rows or columns were changed, or its separator, or lines or bytes."""
    if rng.random() < share_of_text:
        return changed_text(content, rng)
    rows = list(csv.reader(io.StringIO(content.decode())))
    for _ in range(rng.choice((1, 1, 2, 3))):
        row = rng.randrange(len(rows))
        cell = rng.randrange(len(rows[row])) if rows[row] else 0
        change = rng.randrange(8)
        if change <= 2 and rows[row]:
            rows[row][cell] = rng.choice(_CELLS)
        elif change == 3:
            rows.insert(row, list(rows[rng.randrange(len(rows))]))
        elif change == 4 and len(rows) > 1:
            del rows[row]
        elif change == 5:
            for line in rows:
                del line[cell : cell + 1]
        elif change == 6:
            for line in rows:
                line.insert(cell, line[cell] if cell < len(line) else "")
        else:
            rows[row] = rows[row] + [rng.choice(_CELLS)]
    text = io.StringIO()
    csv.writer(text, delimiter=rng.choice(",,,,;\t|"), lineterminator=rng.choice(("\n", "\r\n"))).writerows(rows)
    return text.getvalue().encode(rng.choice(("utf-8", "utf-8", "utf-8-sig")), "surrogatepass")


def changed_parquet(content: bytes, rng: Random, share_of_bytes: float = 0.4) -> bytes:
    """Return a Parquet table of which columns, rows or values were changed, or bytes."""
    if rng.random() < share_of_bytes:
        return changed_bytes(content, rng)
    table = pq.ParquetFile(io.BytesIO(content)).read(use_threads=False)
    try:
        table = _changed_table(table, rng)
        sink = io.BytesIO()
        pq.write_table(table, sink)
    except (pa.ArrowException, TypeError, ValueError, OverflowError, AttributeError):
        return changed_bytes(content, rng)
    return sink.getvalue()


def _changed_table(table: pa.Table, rng: Random) -> pa.Table:
    if not table.num_columns:
        return table
    place = rng.randrange(table.num_columns)
    name, column = table.column_names[place], table.column(place)
    change = rng.randrange(8)
    if change == 0:
        return table.remove_column(place)
    if change == 1:
        return table.rename_columns([*table.column_names[:place], name + "x", *table.column_names[place + 1 :]])
    if change == 2:
        return table.append_column(rng.choice((name, "new", '"; --')), column)
    if change == 3:
        return table.slice(rng.randrange(table.num_rows + 1))
    if change == 4:
        return pa.concat_tables([table, table])
    values = column.to_pylist()
    if change == 5:
        return table.set_column(place, name, pa.array([str(value) for value in values]))
    if not values:
        return table
    row = rng.randrange(len(values))
    if isinstance(values[row], list) and values[row] and change == 6:
        values[row][rng.randrange(len(values[row]))] = rng.choice((None, math.nan, math.inf, -1.0, 1e308))
    elif isinstance(values[row], list):
        values[row] = rng.choice((None, [], values[row][:-1], values[row] * 2))
    elif isinstance(values[row], str):
        values[row] = rng.choice((None, "", "x", "\x1b[2J", "{", "a" * 10_000))
    else:
        values[row] = rng.choice((None, -1, 0, 1, 2**31, 2**32 - 1, 2**62, -(2**62)))
    return table.set_column(place, name, pa.array(values, type=column.type))
