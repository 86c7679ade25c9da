"""Readers of what we wrote earlier and anybody may have changed: runs, studies, what a kill left, the cache."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

# What some readers load when they need it is loaded once, here, and not used otherwise.
import duckdb  # noqa: F401
import numpy as np
import pandas as pd  # noqa: F401

from sim.base import cache, sources
from sim.base.errors import InputError
from sim.dashboard import access
from sim.results.run_folder import read_manifest, run_destination, write_run
from sim.results.store import Keep, Results, StoreWriter, numbers
from sim.results.store.verification import verify
from sim.study.replay import replay_run
from sim.study.resuming import ResumedStudy, resumable
from sim.study.runner import run_study
from tests.fuzzing.mutations import (
    changed_bytes,
    changed_csv,
    changed_json,
    changed_parquet,
)
from tests.fuzzing.reader import Changed, Inputs, Reader, one_of, writing
from tests.small_runs import small_pair
from tests.small_studies import write_study

__all__ = ["READERS"]


def _run_exists(folder: Path) -> None:
    write_run(folder, [small_pair(2)], summary=[], images={}, command=["run", "year"])
    for path in folder.iterdir():
        if path.name != "manifest.json":
            path.unlink()


def _manifest(folder: Path) -> object:
    destination = run_destination(folder, force=True)
    assert all((folder / name).parent == folder for name in destination.written()), "a file elsewhere is taken for ours"
    destination.check()
    told = read_manifest(folder / "manifest.json")
    return told.seed, [arm.digest() for arm, _ in told.pairs]


def _store_exists(folder: Path) -> None:
    work = folder / "work"
    work.mkdir()
    run_study(write_study(work, replicates=3), folder / "out", workers=1)
    (folder / "run").write_text(Results(folder / "out").runs()["run"].iloc[0])
    for path in work.iterdir():
        path.unlink()
    work.rmdir()


_STORED = (".json", ".jsonl", ".parquet", ".csv")


def _store_changed(inputs: Inputs, rng: Random) -> Changed:
    """Return a file of a store of which bytes were changed, or that is gone."""
    name = rng.choice([name for name in sorted(inputs) if name.endswith(_STORED)])
    return {name: None if rng.random() < 0.02 else changed_bytes(inputs[name], rng)}


def _store_told(inputs: Inputs, rng: Random) -> Changed:
    """Return a store that says something else, in keys and cells, as somebody would write it who means harm."""
    name = rng.choice([name for name in sorted(inputs) if name.endswith(_STORED)])
    content = inputs[name]
    if name.endswith(".json"):
        return {name: _sealed(changed_json(content, rng, 0.1))}
    if name.endswith(".jsonl"):
        lines = content.splitlines()
        place = rng.randrange(len(lines))
        lines[place] = changed_json(lines[place], rng, 0.2)
        return {name: b"\n".join(lines) + b"\n"}
    changed = changed_csv(content, rng) if name.endswith(".csv") else changed_parquet(content, rng, 0.2)
    return _in_its_place(name, changed, inputs)


def _in_its_place(name: str, content: bytes, inputs: Inputs) -> Changed:
    """Return a table or part under the hash that a store of today asks for."""
    described = json.loads(inputs["out/store.json"])
    if "sha256" not in described:
        return {name: content}
    from sim.results.store.reading import digest_of

    digest = digest_of(content)
    if "/parts/" not in name:
        described["tables"][Path(name).name] = [digest]
        return {name: content, "out/store.json": _sealed(json.dumps(described).encode())}
    old = Path(name).name
    new = f"{old.removesuffix('.parquet')[: -len(digest)]}{digest}.parquet"
    described["parts"] = [new if part == old else part for part in described["parts"]]
    return {name: None, f"out/parts/{new}": content, "out/store.json": _sealed(json.dumps(described).encode())}


def _sealed(content: bytes) -> bytes:
    """Return a description with a hash of itself that is right, if it is one."""
    try:
        table = json.loads(content)
    except (ValueError, RecursionError):
        return content
    if not isinstance(table, dict) or "sha256" not in table:
        return content
    from sim.results.store.reading import digest_of

    rest = {key: value for key, value in table.items() if key != "sha256"}
    return json.dumps({**rest, "sha256": digest_of(json.dumps(rest, sort_keys=True).encode())}).encode()


def _asked(question: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda folder: question(folder / "out")


def _status(folder: Path) -> object:
    status = Results(folder).status()
    faults = getattr(status, "faults", ())
    if faults:
        raise InputError.single(str(folder), "a study that is whole", "; ".join(faults))
    return status.n_cases, status.n_wanted, status.n_done, status.n_failed


def _replay(folder: Path) -> object:
    return replay_run(folder, (folder.parent / "run").read_text()).tobytes()


def _verified(folder: Path) -> object:
    found = verify(folder)
    if found.damaged:
        raise InputError.single(str(folder), "a study that is whole", "; ".join(found.damaged.values()))
    return found.n_parts, found.n_runs


def _resumed(folder: Path) -> object:
    with StoreWriter.open(folder, Keep(("safe_share", "coherence"), every_weeks=4)) as store:
        return store.folder.name


def _resumable(folder: Path) -> object:
    found = resumable(Results(folder))
    assert isinstance(found, ResumedStudy)
    return found.title, [scenario.digest() for row in found.cases for scenario in found.case(row.case)[2:]]


QUESTIONS: dict[str, Callable[[Path], object]] = {
    "status": _status,
    "resumable": _resumable,
    "runs": lambda folder: Results(folder).runs().to_csv(),
    "summary": lambda folder: Results(folder).summary().to_csv(),
    "outcomes": lambda folder: Results(folder).outcomes().to_csv(),
    "weekly": lambda folder: Results(folder).weekly().to_csv(),
    "sql": lambda folder: Results(folder).sql("SELECT * FROM summary ORDER BY ALL").to_csv(),
    "replay": _replay,
    "verify": _verified,
}
"""What is asked of a study folder, by anybody at any time."""


def _entry_exists(folder: Path) -> None:
    cache.keep(folder / "entry", json.dumps({"a": [["sim.base"], "b"]}).encode() * 20)


def _entry(folder: Path) -> object:
    return cache.kept(folder / "entry")


def _sources_exist(folder: Path) -> None:
    cache.keep(folder / "entry", json.dumps({"a": [["sim.base"], "b"]}).encode())


def _sources(folder: Path) -> object:
    return repr(sources._known_in(folder / "entry"))


def _secret_exists(folder: Path) -> None:
    writing({"dashboard-secret": "AbCdEfGhIjKlMnOpQrStUvWx"})(folder)


def _secret(folder: Path) -> object:
    usual = access.secret_file
    access.secret_file = lambda: folder / "dashboard-secret"
    try:
        told = access.kept_secret()
    finally:
        access.secret_file = usual
    assert len(told) >= 16, "a secret that can be guessed"
    return told


def _numbers_exist(folder: Path) -> None:
    content = numbers.encode_numbers({"chain": np.arange(24.0).reshape(2, 3, 4), "one": np.array(0.5)})
    (folder / numbers.NUMBERS).mkdir()
    (folder / numbers.NUMBERS / numbers.numbers_name("ab" * 12, content)).write_bytes(content)


def _numbers_damaged(inputs: Inputs, rng: Random) -> Changed:
    ((name, content),) = inputs.items()
    return {name: changed_bytes(content, rng)}


def _numbers_told(inputs: Inputs, rng: Random) -> Changed:
    """Return numbers that say something else, under the hash that they must have."""
    ((name, content),) = inputs.items()
    changed = changed_parquet(content, rng, 0.2)
    return {name: None, f"{numbers.NUMBERS}/{numbers.numbers_name('ab' * 12, changed)}": changed}


def _numbers(folder: Path) -> object:
    (path,) = numbers.kept_under(folder, "ab" * 12)
    return {name: values.tolist() for name, values in numbers.read_numbers(path).items()}


def _store_readers() -> dict[str, Reader]:
    """Return for each question to a store what reads damage, and what reads lies; and what goes on with either."""
    told: dict[str, Reader] = {}
    for name, question in {**QUESTIONS, "resumed": _resumed}.items():
        read, is_exact = _asked(question), name != "resumed"
        told[f"store-{name}-damaged"] = Reader(_store_exists, _store_changed, read, is_exact=is_exact)
        told[f"store-{name}-told"] = Reader(_store_exists, _store_told, read)
    return told


READERS: dict[str, Reader] = {
    "manifest": Reader(_run_exists, one_of({"manifest.json": changed_json}), _manifest),
    "cache-entry": Reader(
        _entry_exists, one_of({"entry": changed_bytes}), _entry, (cache.DamagedError,), is_exact=True
    ),
    "cache-sources": Reader(_sources_exist, one_of({"entry": changed_bytes}), _sources),
    "secret": Reader(_secret_exists, one_of({"dashboard-secret": changed_bytes}), _secret),
    "numbers-damaged": Reader(_numbers_exist, _numbers_damaged, _numbers, is_exact=True),
    "numbers-told": Reader(_numbers_exist, _numbers_told, _numbers),
    **_store_readers(),
}
