"""The secret that opens the dashboard: one for each user of a computer, kept between starts."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from sim.base.errors import InputError, OutputError
from sim.base.files import read_file, write_whole
from sim.base.own_folder import say_once

__all__ = ["kept_secret", "secret_file"]

_WANTED = "the secret of the dashboard"
_MOST_BYTES = 1_000
_SECRET = re.compile(r"[A-Za-z0-9_-]{24}")


def secret_file() -> Path:
    """Return where the secret is kept."""
    from platformdirs import user_state_path

    return user_state_path("cultureshift") / "dashboard-secret"


def kept_secret(renew: bool = False) -> str:
    """Return the secret of this user, made when it is first asked for.

    Where there is no folder to keep it in, as for a user without a home, it is one for this start alone, and that is
    said.

    Parameters
    ----------
    renew : make another one, so that links and cookies from before open nothing any more

    Raises
    ------
    InputError : the file cannot be read, or is something else; or another one is asked for and cannot be kept
    """
    path = secret_file()
    try:
        is_there = not renew and _may_be_there(path)
        kept = read_file(path, _WANTED, _MOST_BYTES).decode("ascii").strip() if is_there else ""
    except InputError as error:
        raise _unusable(path, error.faults[0].came) from None
    except (OSError, ValueError) as error:
        raise _unusable(path, f"{error}") from None
    if kept:
        if not _SECRET.fullmatch(kept):
            raise _unusable(path, "something else")
        return kept
    made = secrets.token_urlsafe(18)
    try:
        write_whole(path, made, private=True)
    except OutputError as error:
        reason = getattr(error.__cause__, "strerror", None) or f"{error}"
        if renew:
            raise InputError.single(f"{path}", "a file that can be written", reason) from None
        say_once(
            "secret", f"The link of the dashboard cannot be kept in {path.parent} ({reason}): each start has another"
        )
    return made


def _may_be_there(path: Path) -> bool:
    """Tell whether there is a file; in a folder that this user may not enter there is none of theirs."""
    try:
        return path.exists()
    except PermissionError:
        return False


def _unusable(path: Path, came: str) -> InputError:
    hint = "make a new one with cultureshift dashboard --new-link"
    return InputError.single(f"{path}", _WANTED, came, hint)
