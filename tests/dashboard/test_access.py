"""The secret that opens the dashboard: kept for its user alone, made anew on demand."""

import stat
import sys

import pytest

from sim.base.errors import InputError
from sim.dashboard.access import kept_secret, secret_file


@pytest.fixture(autouse=True)
def own_state(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def test_it_is_made_once_and_kept():
    secret = kept_secret()

    assert len(secret) == 24
    assert kept_secret() == secret


@pytest.mark.skipif(sys.platform == "win32", reason="who may read a file is told in another way there")
def test_it_can_be_read_by_its_owner_alone():
    kept_secret()

    assert stat.S_IMODE(secret_file().stat().st_mode) == 0o600


def test_a_new_one_is_another_one_and_is_kept():
    old = kept_secret()
    new = kept_secret(renew=True)

    assert new != old
    assert kept_secret() == new


@pytest.mark.parametrize("content", [b"short", b"\xff\xfe" * 12, b"a" * 25, b"../../etc/passwd" + bytes(8)])
def test_something_else_is_refused_with_what_to_do_and_can_be_renewed(content):
    kept_secret()
    secret_file().write_bytes(content)

    with pytest.raises(InputError, match="--new-link"):
        kept_secret()
    assert len(kept_secret(renew=True)) == 24
