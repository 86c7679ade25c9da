"""Damage to a study folder, for tests: what may befall its files, and what is asked of it afterwards."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from sim.base.errors import CultureshiftError
from sim.results.store import Results
from sim.study.replay import replay_run


def questions(run: str) -> dict[str, Callable[[Path], Any]]:
    """Return what is asked of a store, by name; ``run`` is the name of one of its runs."""

    def ask(view: str) -> Callable[[Path], Any]:
        return lambda folder: Results(folder).sql(f"SELECT * FROM {view} ORDER BY ALL")

    return {
        "status": _status,
        "runs": lambda folder: Results(folder).runs(),
        "summary": lambda folder: Results(folder).summary(),
        "outcomes": lambda folder: Results(folder).outcomes(),
        "weekly": lambda folder: Results(folder).weekly(),
        "sql outcomes": ask("outcomes"),
        "sql summary": ask("summary"),
        "replay": lambda folder: pd.Series(replay_run(folder, run)),
    }


def _status(folder: Path) -> pd.Series[Any]:
    found = Results(folder).status()
    if found.faults:
        raise CultureshiftError("\n".join(found.faults))
    return pd.Series(vars(found))


def files_of(folder: Path) -> list[Path]:
    """Return every file of a store that holds something."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "lock"]


def mutants(path: Path, rng: random.Random) -> Iterator[tuple[str, bytes | None]]:
    """Yield, for ever, what may have become of a file, and in words what happened; None if it is gone."""
    content = path.read_bytes()
    kinds = [_bit, _bit, _bit, _cut, _zeroed, _more, _byte]
    if path.suffix in (".json", ".jsonl"):
        kinds += [_key, _key, _line]
    yield "emptied", b""
    yield "gone", None
    while True:
        change = rng.choice(kinds)
        name, changed = change(content, rng)
        if changed != content:
            yield name, changed


def _bit(content: bytes, rng: random.Random) -> tuple[str, bytes]:
    place, bit = rng.randrange(len(content)), rng.randrange(8)
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return f"bit {bit} of byte {place} turned", bytes(changed)


def _byte(content: bytes, rng: random.Random) -> tuple[str, bytes]:
    place = rng.randrange(len(content))
    return f"byte {place} taken out", content[:place] + content[place + 1 :]


def _cut(content: bytes, rng: random.Random) -> tuple[str, bytes]:
    place = rng.randrange(len(content))
    return f"cut after {place} bytes", content[:place]


def _zeroed(content: bytes, rng: random.Random) -> tuple[str, bytes]:
    first = rng.randrange(len(content))
    last = min(len(content), first + rng.choice([1, 16, 512, 4096]))
    return f"bytes {first} to {last} zeroed", content[:first] + bytes(last - first) + content[last:]


def _more(content: bytes, rng: random.Random) -> tuple[str, bytes]:
    more = rng.randbytes(rng.choice([1, 16, 512]))
    return f"{len(more)} bytes added", content + more


def _line(content: bytes, rng: random.Random) -> tuple[str, bytes]:
    lines = content.split(b"\n")
    place = rng.randrange(len(lines))
    lines[place] = rng.choice(
        [b"{", b"null", b"[1]", lines[place][: len(lines[place]) // 2], lines[place] + b"}", b"\xff"]
    )
    return f"line {place + 1} broken", b"\n".join(lines)


def _key(content: bytes, rng: random.Random) -> tuple[str, bytes]:
    """Take a key away, or give it a value of another kind."""
    lines = content.split(b"\n") if content.count(b"}\n{") else [content]
    place = rng.randrange(len(lines))
    if not lines[place].strip():
        return "", content
    table = json.loads(lines[place])
    at = table
    while True:
        key = rng.choice(list(at) if isinstance(at, dict) else range(len(at)))
        if not isinstance(at[key], dict | list) or not at[key] or rng.random() < 0.3:
            break
        at = at[key]
    if rng.random() < 0.4:
        del at[key]
        name = f"key {key} taken away"
    else:
        at[key] = rng.choice([None, True, -1, 10**30, 0.5, "", "x", "\x1b[2J", [], {}, [[1]], {"a": 1}, 1e308])
        name = f"key {key} changed to {at[key]!r:.40}"
    lines[place] = json.dumps(table).encode()
    return name, b"\n".join(lines)


def as_older(folder: Path) -> None:
    """Turn a store into one of the first format, which kept no hashes."""
    path = folder / "store.json"
    described = json.loads(path.read_text())
    for name in ("sha256", "tables", "parts", "log_lines", "wanted"):
        described.pop(name)
    path.write_text(json.dumps({**described, "format": 1}))
    for part in list((folder / "parts").iterdir()):
        part.rename(part.with_name(f"{part.name[: len('runs-') + 24]}.parquet"))
    log = folder / "log.jsonl"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    log.write_text("".join(json.dumps({key: line[key] for key in line if key != "sum"}) + "\n" for line in lines))
