"""Damage is seen: no bit of a study folder can change without a word, and what is damaged is run anew."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.base.errors import CultureshiftError
from sim.commands import main
from sim.results.store import DamagedStoreError, Results, StoreWriter, verify
from sim.study.runner import run_study
from tests.damage import as_older, files_of, mutants, questions
from tests.small_studies import results_of, small_study, write_study

N_MUTANTS = int(os.environ.get("CULTURESHIFT_MUTANTS", "120"))


@pytest.fixture(autouse=True, scope="module")
def _small_parts() -> Iterator[None]:
    """Several parts even in a small study."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.results.store.compacting.RUNS_PER_PART", 4)
        yield


@pytest.fixture(name="made", scope="module")
def made_fixture(tmp_path_factory: pytest.TempPathFactory, _small_parts: None) -> Path:
    """The folder of a finished study of twelve runs, in three parts."""
    folder = tmp_path_factory.mktemp("made")
    run_study(small_study(folder, replicates=3), folder / "out", workers=1)
    return folder / "out"


@pytest.fixture(name="out")
def out_fixture(made: Path, tmp_path: Path) -> Path:
    """A copy of it to damage."""
    shutil.copytree(made, tmp_path / "out")
    return tmp_path / "out"


def turn_a_bit(path: Path, place: int = 0) -> None:
    content = bytearray(path.read_bytes())
    content[place or len(content) // 2] ^= 1
    path.write_bytes(content)


def first_part(out: Path) -> Path:
    return sorted((out / "parts").iterdir())[0]


def answers(asked: dict[str, Callable[[Path], Any]], folder: Path) -> dict[str, Any]:
    """Return the answer to each question, or the error with which it was refused."""
    found: dict[str, Any] = {}
    for name, ask in asked.items():
        try:
            found[name] = ask(folder)
        except CultureshiftError as error:
            found[name] = error
    return found


def damage_and_ask(made: Path, out: Path, rng: random.Random, n: int, asked: dict[str, Callable[[Path], Any]]) -> int:
    """Damage file after file of a store, ask everything, and mend it again; return how often nobody saw the damage."""
    wanted = answers(asked, made)
    paths = files_of(made)
    streams = {path: mutants(path, rng) for path in paths}
    n_unseen = 0
    for number in range(n):
        path = paths[number % len(paths)]
        name, content = next(streams[path])
        place = out / path.relative_to(made)
        place.unlink()
        if content is not None:
            place.write_bytes(content)
        found = answers(asked, out)
        for question, answer in found.items():
            told = f"{place.name}, {name}: {question} gave {answer}"
            assert isinstance(answer, CultureshiftError) or answer.equals(wanted[question]), told
        n_unseen += not any(isinstance(answer, CultureshiftError) for answer in found.values())
        place.write_bytes(path.read_bytes())
    return n_unseen


def test_damage_to_any_file_is_told_or_changes_nothing(made: Path, out: Path) -> None:
    run = Results(made).runs().run[0]
    asked = {name: ask for name, ask in questions(run).items() if name in ("status", "summary", "sql summary")}

    damage_and_ask(made, out, random.Random(1), 16, asked)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_damage_of_any_kind_is_told_or_changes_nothing(made: Path, out: Path) -> None:
    run = Results(made).runs().run[0]

    n_unseen = damage_and_ask(made, out, random.Random(2), N_MUTANTS, questions(run))

    # What nobody sees changes nothing: a space in a description, say.
    assert n_unseen < N_MUTANTS / 20


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_damage_to_an_older_study_shows_no_traceback(made: Path, tmp_path: Path) -> None:
    older, out = tmp_path / "older", tmp_path / "out"
    shutil.copytree(made, older)
    as_older(older)
    shutil.copytree(older, out)
    asked = questions(Results(made).runs().run[0])
    rng = random.Random(3)
    streams = {path: mutants(path, rng) for path in files_of(older)}
    for number in range(N_MUTANTS):
        path = list(streams)[number % len(streams)]
        place = out / path.relative_to(older)
        content = next(streams[path])[1]
        place.unlink()
        if content is not None:
            place.write_bytes(content)
        answers(asked, out)
        place.write_bytes(path.read_bytes())


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_study_that_goes_on_mends_any_damage_bit_by_bit(made: Path, tmp_path: Path) -> None:
    rng = random.Random(4)
    streams = {path: mutants(path, rng) for path in files_of(made)}
    study = small_study(tmp_path, replicates=3)
    for number in range(N_MUTANTS // 15):
        path = list(streams)[number % len(streams)]
        shutil.copytree(made, tmp_path / "out")
        place = tmp_path / "out" / path.relative_to(made)
        name, content = next(streams[path])
        place.unlink()
        if content is not None:
            place.write_bytes(content)
        found = answers({"run": lambda out: run_study(study, out, workers=1)}, tmp_path / "out")["run"]
        # Somebody must look at a description of a newer format.
        if place.name != "store.json" or not isinstance(found, CultureshiftError):
            assert found.is_complete, (place.name, name, found)
            assert results_of(tmp_path / "out") == results_of(made), (place.name, name)
            assert not verify(tmp_path / "out").damaged, (place.name, name)
        shutil.rmtree(tmp_path / "out")


def test_no_single_bit_of_a_part_changes_the_summary_without_a_word(out: Path) -> None:
    path = first_part(out)
    content, wanted = path.read_bytes(), Results(out).summary()
    rng = random.Random(1)
    n_unseen = 0
    for _ in range(80):
        bit = rng.randrange(8 * len(content))
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        try:
            n_unseen += not Results(out).summary().equals(wanted)
        except CultureshiftError:
            continue

    assert n_unseen == 0


# --- what is damaged is told, and run anew ----------------------------------------------------------------------------


def test_a_sound_study_is_said_to_be_sound(out: Path) -> None:
    found = verify(out)

    assert (found.n_parts, found.n_runs) == (3, 12)
    assert not found.damaged
    assert not found.unverified


def test_a_damaged_part_tells_its_runs_and_just_these_are_run_anew(made: Path, out: Path) -> None:
    path = first_part(out)
    index = Results(out).index()
    content = path.read_bytes()
    wanted = {run for run in Results(out).runs().run if path in index.parts_of([run.rpartition("-")[0]])}
    # A bit of the weekly series, so that the part still tells what is in it.
    turn_a_bit(path, content.index(b"PAR1", 0) + 400)

    found = verify(out)
    end = run_study(small_study(out.parent, replicates=3), out, workers=1)

    assert list(found.damaged) == [path]
    assert len(found.lost_runs) == 4
    assert set(found.lost_runs) <= wanted
    assert end.progress.n_here == 4
    assert [place.name for place in end.set_aside] == [path.name]
    assert results_of(out) == results_of(made)
    assert not verify(out).damaged


def test_a_part_that_is_gone_is_told_and_run_anew(made: Path, out: Path) -> None:
    first_part(out).unlink()

    with pytest.raises(DamagedStoreError, match="it is gone"):
        Results(out).summary()
    assert len(verify(out).lost_runs) == 4
    assert run_study(small_study(out.parent, replicates=3), out, workers=1).progress.n_here == 4
    assert results_of(out) == results_of(made)


def test_damaged_parts_are_left_out_only_if_that_is_asked_for(out: Path) -> None:
    turn_a_bit(first_part(out))

    with pytest.raises(DamagedStoreError, match="see which runs: cultureshift study verify"):
        Results(out).summary()
    assert Results(out, leave_out_damaged=True).summary().replicates.sum() < 6


@pytest.mark.parametrize("name", ["cases.parquet", "configs.parquet", "outcomes.parquet", "summary.csv", "store.json"])
def test_every_table_is_checked_and_made_anew(made: Path, out: Path, name: str) -> None:
    turn_a_bit(out / name)
    changed = (out / name).read_bytes()
    damaged = answers({"": lambda folder: verify(folder).damaged}, out)[""]
    assert name in str(damaged)

    end = run_study(small_study(out.parent, replicates=3), out, workers=1)

    assert end.progress.n_here == 0
    assert results_of(out) == results_of(made)
    assert not verify(out).damaged
    assert (out / "damaged" / name).read_bytes() == changed
    assert out / "damaged" / name in end.set_aside


def test_names_of_columns_that_are_no_text_are_damage(out: Path) -> None:
    as_older(out)
    content = (out / "summary.csv").read_bytes()
    (out / "summary.csv").write_bytes(content.replace(b"holds", b"h\xe5lds"))
    with pytest.raises(DamagedStoreError, match=r"summary\.csv: damaged"):
        Results(out).sql("SELECT * FROM summary")


def test_the_command_tells_damaged_runs_and_ends_with_an_error(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def call(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        return int(ended.value.code or 0), *capsys.readouterr()

    assert call("study", "verify", out) == (0, "3 sound parts with 12 runs\nnothing is damaged\n", "")
    turn_a_bit(first_part(out))

    code, told, complaint = call("study", "verify", out)
    assert code == 2
    assert told.startswith("2 sound parts with 8 runs\ndamaged run: ")
    assert first_part(out).name in complaint
    assert "Give the command of the study again with the same --out" in complaint
    code, told, complaint = call("study", "status", out)
    assert code == 2
    assert "8 of 12 runs done" in told
    assert first_part(out).name in complaint
    path = write_study(out.parent, replicates=3)
    code, told, complaint = call("study", path, "--out", out, "--workers", 1)
    assert code == 0
    assert "4 were run now" in told
    assert "Was damaged, and is set aside" in complaint


# --- older stores, and kills between two writes -----------------------------------------------------------------------


def test_an_older_study_can_be_read_and_is_said_to_be_unverified(made: Path, out: Path) -> None:
    as_older(out)

    for name, ask in questions(Results(made).runs().run[0]).items():
        if name != "status":
            assert ask(out).equals(ask(made)), name
    assert Results(out).status().n_unverified == 3
    assert [path.name for path in verify(out).unverified][-1] == "summary.csv"
    assert not verify(out).damaged


def test_an_older_study_that_goes_on_has_hashes_of_what_is_written_from_then_on(made: Path, out: Path) -> None:
    as_older(out)

    end = run_study(small_study(out.parent, replicates=5), out, workers=1)

    assert end.progress.n_here == 8
    assert not verify(out).unverified
    assert not Results(out).status().faults
    run_study(small_study(out.parent, replicates=5), out.parent / "whole", workers=1)
    assert results_of(out) == results_of(out.parent / "whole")


def test_a_kill_between_a_hash_and_its_table_leaves_a_sound_study(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Results(out).cases()

    def killed(path: Path, content: bytes | str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, StoreWriter.open(out, Results(out).keep) as store:
        patch.setattr("sim.results.store.writer.write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            store.write_cases(("other",), [])

    assert Results(out).cases().equals(wanted)
    pd.testing.assert_frame_equal(Results(out).cases(), wanted)
