"""What is kept between processes is whole, checked before it is used, and never in a folder that others may write."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.base import cache, own_folder
from sim.base.cache import DamagedError, give_back_turn, keep, kept, wait_for_turn
from sim.base.own_folder import cache_folder

POSIX = pytest.mark.skipif(os.name != "posix", reason="rights as on POSIX")


@pytest.fixture(name="chosen")
def chosen_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that is set for the cache; nothing has been said yet."""
    monkeypatch.setenv("CULTURESHIFT_CACHE_DIR", str(tmp_path / "chosen"))
    monkeypatch.setattr(own_folder, "_said", set())
    cache_folder.cache_clear()
    yield tmp_path / "chosen"
    cache_folder.cache_clear()


def test_the_folder_that_is_set_is_made_for_oneself_alone(chosen: Path) -> None:
    folder = cache_folder("kernels")

    assert folder == chosen / "kernels"
    assert list(folder.iterdir()) == []
    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0


def test_without_a_setting_it_is_the_users_cache_folder(
    tmp_path: Path, chosen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CULTURESHIFT_CACHE_DIR")
    monkeypatch.setattr(own_folder.platformdirs, "user_cache_dir", lambda name: str(tmp_path / name))

    assert cache_folder("kernels") == tmp_path / "cultureshift" / "kernels"


def test_a_folder_that_cannot_be_is_said(chosen: Path, caplog: pytest.LogCaptureFixture) -> None:
    chosen.write_text("a file", "utf-8")

    assert cache_folder("kernels") is None
    assert cache_folder("sources") is None
    assert len(caplog.records) == 1
    assert f"Nothing can be kept in {chosen / 'kernels'} (" in caplog.text


@POSIX
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o707, 0o1777])
def test_a_folder_that_others_may_write_is_not_used(mode: int, chosen: Path, caplog: pytest.LogCaptureFixture) -> None:
    (chosen / "kernels").mkdir(parents=True)
    (chosen / "kernels").chmod(mode)

    assert cache_folder("kernels") is None
    assert "is not used to keep compiled code: others may write to it (close it with: chmod go-w" in caplog.text


@POSIX
def test_a_folder_in_one_that_everybody_may_write_is_not_used(chosen: Path, caplog: pytest.LogCaptureFixture) -> None:
    chosen.mkdir()
    chosen.chmod(0o777)
    assert cache_folder("kernels") is None
    assert f"everybody may write to {chosen}" in caplog.text

    cache_folder.cache_clear()
    chosen.chmod(0o1777)  # as /tmp: nobody renames what belongs to others
    assert cache_folder("kernels") == chosen / "kernels"


@POSIX
@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root may give folders away")
@pytest.mark.parametrize("place", ["kernels", "."])
def test_a_folder_of_another_user_is_not_used(place: str, chosen: Path, caplog: pytest.LogCaptureFixture) -> None:
    (chosen / "kernels").mkdir(parents=True)
    os.chown(chosen / place, 12345, 12345)

    assert cache_folder("kernels") is None
    assert "belongs to another user" in caplog.text


@POSIX
def test_a_link_is_judged_by_where_it_leads(chosen: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    chosen.mkdir()
    (chosen / "kernels").symlink_to(elsewhere)

    assert cache_folder("kernels") is None


def test_what_is_kept_is_what_was_given(tmp_path: Path) -> None:
    for content in (b"", b"\0\xff" * 1000):
        keep(tmp_path / "entry", content)
        assert kept(tmp_path / "entry") == content
    assert [path.name for path in tmp_path.iterdir()] == ["entry"]
    assert kept(tmp_path / "nothing") is None


def test_every_cut_and_every_flipped_bit_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "entry"
    keep(path, b"machine code")
    good = path.read_bytes()
    cut = [good[:length] for length in range(len(good))]
    flipped = [
        good[:place] + bytes([good[place] ^ 1 << bit]) + good[place + 1 :]
        for place in range(len(good))
        for bit in range(8)
    ]
    for bad in (*cut, *flipped, good + b"\0", bytes(len(good))):
        path.write_bytes(bad)
        with pytest.raises(DamagedError):
            kept(path)


def test_a_folder_in_the_place_of_an_entry_is_damage(tmp_path: Path) -> None:
    (tmp_path / "entry").mkdir()
    with pytest.raises(DamagedError):
        kept(tmp_path / "entry")
    cache.discard(tmp_path / "entry")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_what_was_there_and_is_said_once(
    call: str, chosen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "entry"
    keep(path, b"before")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(*((os, "fsync", full) if call == "fsync" else (Path, "replace", full)))
        keep(path, b"after")
        keep(path, b"after")

    assert kept(path) == b"before"
    assert [name.name for name in tmp_path.iterdir()] == ["entry"]
    assert len(caplog.records) == 1
    assert "No space left on device" in caplog.text


@POSIX
def test_one_maker_has_its_turn_after_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MOST_SECONDS", 0.3)
    first = wait_for_turn(tmp_path / "entry")

    assert first is not None
    assert wait_for_turn(tmp_path / "entry") is None, "nobody is waited for without end"
    give_back_turn(first)
    second = wait_for_turn(tmp_path / "entry")
    assert second is not None
    give_back_turn(second)
    assert list(tmp_path.iterdir()) == []


@POSIX
def test_without_a_place_for_turns_nobody_waits(tmp_path: Path) -> None:
    assert wait_for_turn(tmp_path / "nowhere" / "entry") is None
