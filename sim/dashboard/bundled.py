"""The files that pages are made of: a fixed list, made at the start from what is installed.

Solara would fetch what is missing from the internet, keep it beside what is installed, and delete folders that stand in
the way, for whoever asks. Here an address is in the list and is read, or there is nothing at it. What somebody else has
put into the folders since they were installed is not in the list either.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import solara.server
from solara.server.starlette import StaticFilesOptionalAuth, immutable_cache_control
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import Scope

from sim.base.errors import InputError
from sim.game.shown import ASSETS as _OF_THE_GAME

__all__ = ["CDN", "EXTENSIONS", "BundledFiles", "bundled_files"]

CDN = "/_solara/cdn"
"""Where pages look for the packages of Solara's own script, which it would have from a network for delivering them."""

EXTENSIONS = ("jupyter-vue", "jupyter-vuetify")
"""What a page loads besides; what else this user has installed for notebooks is no part of it."""

_PACKAGES = ("@widgetti/solara-vuetify-app@", "requirejs@")
_SUFFIXES = (".css", ".eot", ".js", ".png", ".svg", ".ttf", ".woff", ".woff2")
_OURS = Path(__file__).parent / "assets"
_SOLARAS = Path(solara.server.__path__[0])


class BundledFiles(StaticFilesOptionalAuth):
    """Serve the files of a list and nothing else.

    Parameters
    ----------
    files : where each is, by the end of its address
    is_versioned : an address carries the version of its package, so that a browser need not ask twice
    """

    def __init__(self, files: Mapping[str, Path], is_versioned: bool = False) -> None:
        super().__init__()
        self.files = dict(files)
        self._is_versioned = is_versioned

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Return where a file is, if it is in the list."""
        file = self.files.get(path.replace(os.sep, "/"))
        if file is None or not file.is_file():
            return "", None
        return str(file), file.stat()

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer for one address."""
        answer: Response = await super().get_response(path, scope)
        if self._is_versioned and answer.status_code in (200, 304):
            answer.headers["cache-control"] = immutable_cache_control()
        return answer


def bundled_files() -> list[Mount]:
    """Return all files that pages may ask for, by the places in which they are.

    Raises
    ------
    InputError : a package of which pages are made is not installed
    """
    packages = {path: file for path, file in _shared("solara-assets", "solara/cdn/") if path.startswith(_PACKAGES)}
    extensions = {
        path: file
        for package in ("ipyvue", "ipyvuetify")
        for path, file in _shared(package, "jupyter/nbextensions/")
        if path.split("/")[0] in EXTENSIONS
    }
    return [
        Mount(CDN, BundledFiles(packages, is_versioned=True)),
        Mount("/jupyter/nbextensions", BundledFiles(extensions)),
        Mount(
            "/static/assets",
            BundledFiles({**_in_folder(_SOLARAS / "assets"), **_in_folder(_OF_THE_GAME), **_in_folder(_OURS)}),
        ),
        Mount("/static", BundledFiles(_in_folder(_SOLARAS / "static"))),
    ]


def _shared(package: str, folder: str) -> Iterator[tuple[str, Path]]:
    """Give what a package has put below a folder of shared files, as it stands in the record of its installation."""
    try:
        recorded = distribution(package).files or []
    except PackageNotFoundError:
        recorded = []
    found = False
    for file in recorded:
        before, shared, path = file.as_posix().partition(f"share/{folder}")
        if shared and before.strip("./") == "" and file.suffix in _SUFFIXES:
            found = True
            yield path, Path(str(file.locate())).resolve()
    if not found:
        came = f"{package} is missing, or was not installed by an installer that records its files"
        raise InputError.single("dashboard", "the files of its pages", came, "pip install 'cultureshift[dashboard]'")


def _in_folder(folder: Path) -> dict[str, Path]:
    return {file.name: file for file in sorted(folder.iterdir()) if file.suffix in _SUFFIXES and file.is_file()}
