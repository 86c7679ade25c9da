"""The code of the dashboard: kept for one user, the same at the next start, until a new one is asked for."""

import os
import stat

import pytest

from sim.base import own_folder
from sim.base.errors import InputError
from sim.dashboard import access
from sim.dashboard.server import make_app
from tests.dashboard.asking import OWN, ask


@pytest.fixture(autouse=True, name="file")
def file_fixture(tmp_path, monkeypatch):
    file = tmp_path / "state" / "dashboard-secret"
    monkeypatch.setattr(access, "secret_file", lambda: file)
    return file


def test_the_code_is_the_same_at_the_next_start_and_readable_by_its_user_alone(file):
    code = access.kept_secret()

    assert access.kept_secret() == code
    assert file.read_text() == code
    assert os.name == "nt" or stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_open_page_is_let_back_in_by_a_restarted_server_until_the_code_is_renewed():
    cookie = f"cultureshift-code={access.kept_secret()}"

    assert ask(make_app(OWN, access.kept_secret()), "/static/assets/custom.js", cookie=cookie).status == 200
    renewed = make_app(OWN, access.kept_secret(renew=True))
    assert ask(renewed, "/static/assets/custom.js", cookie=cookie).status == 403


def test_a_file_of_something_else_is_told_in_words(file):
    file.parent.mkdir()
    file.write_text("hello")

    with pytest.raises(InputError, match="secret of the dashboard"):
        access.kept_secret()


@pytest.mark.parametrize("content", [b"short", b"\xff\xfe" * 12, b"a" * 25, b"../../etc/passwd" + bytes(8)])
def test_something_else_is_refused_with_what_to_do_and_can_be_renewed(content):
    access.kept_secret()
    access.secret_file().write_bytes(content)

    with pytest.raises(InputError, match="--new-link"):
        access.kept_secret()
    assert len(access.kept_secret(renew=True)) == 24


def test_a_user_who_can_keep_nothing_has_a_code_for_this_start_alone_and_is_told(file, caplog, monkeypatch):
    monkeypatch.setattr(own_folder, "_said", set())
    file.parent.write_text("a file where the folder would be")

    codes = {access.kept_secret() for _ in range(2)}

    assert len(codes) == 2
    assert caplog.text.count("cannot be kept in") == 1
    with pytest.raises(InputError, match="a file that can be written"):
        access.kept_secret(renew=True)
