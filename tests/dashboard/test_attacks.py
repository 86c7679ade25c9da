"""What a page of another site could once make the server do: delete, fetch and keep files."""

import functools
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.dashboard.address import is_plain
from sim.dashboard.bundled import bundled_files
from sim.dashboard.server import make_app
from tests.dashboard.asking import CODE, OWN, ask

BUNDLED = "/_solara/cdn/@widgetti/solara-vuetify-app@10.1.1/dist"


class Elsewhere:
    """The internet, which notes what it is asked for, and serves anybody's package."""

    def __init__(self):
        self.asked = []

    def get(self, url, **_options):
        self.asked.append(url)
        return self

    ok, status_code = True, 200
    content = b"<script>alert('in your origin')</script>"


@pytest.fixture(name="place")
def place_fixture(tmp_path, monkeypatch):
    """The whole application, a copy of the installed files that it may spoil, and an internet that notes."""
    app = make_app(OWN, CODE)
    import requests
    import solara.server.settings

    installed = Path(solara.server.settings.assets.proxy_cache_dir)
    copied = tmp_path / "cdn"
    for name in ("@widgetti/solara-vuetify-app@10.1.1", "requirejs@2.3.6"):
        shutil.copytree(installed / name, copied / name)
    monkeypatch.setattr(solara.server.settings.assets, "proxy_cache_dir", copied)
    internet = Elsewhere()
    monkeypatch.setattr(requests, "get", internet.get)
    return app, copied, internet


@functools.cache
def listed():
    return {f"{mount.path}/{path}" for mount in bundled_files() for path in mount.app.files}


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_no_address_deletes_a_folder_of_the_installation(place):
    app, folder, internet = place
    before = files(folder)

    assert ask(app, BUNDLED).status == 404
    assert ask(app, BUNDLED + "/").status == 404
    assert files(folder) == before
    assert internet.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "/_solara/cdn/requirejs@x/..%2fevil@1.0.0/x.html",
        "/_solara/cdn/requirejs@x/%2e%2e/evil@1.0.0/x.html",
        "/_solara/cdn/requirejs@x/../evil@1.0.0/x.html",
        "/_solara/cdn/requirejs@x/..%5cevil@1.0.0/x.html",
        "/_solara/cdn/requirejs@x/%252e%252e/evil@1.0.0/x.html",
        "/_solara/cdn/requirejs@2.3.6/evil.html",
        "/_solara/cdn/evil@1.0.0/x.html",
        "//_solara/cdn/evil@1.0.0/x.html",
        "/_solara/%63dn/evil@1.0.0/x.html",
    ],
)
def test_no_address_fetches_a_package_serves_it_or_keeps_it(place, address):
    app, folder, internet = place
    before = files(folder)

    assert ask(app, address).status in (400, 404)
    assert internet.asked == []
    assert files(folder) == before


def test_sixty_addresses_that_are_not_bundled_are_answered_at_once_and_ask_nobody(place, monkeypatch):
    app, _, internet = place
    naps = []
    monkeypatch.setattr(time, "sleep", naps.append)
    monkeypatch.setattr(Elsewhere, "ok", False)
    monkeypatch.setattr(Elsewhere, "status_code", 503)

    assert {ask(app, f"/_solara/cdn/requirejs@2.3.6/missing-{n}.js").status for n in range(60)} == {404}
    assert internet.asked == []
    assert naps == []


PARTS = st.sampled_from(
    ["..", ".", "", "%2e%2e", "%2f", "..%2f", "\\", "%5c", "%252e", "_solara", "cdn", "static", "assets", "jupyter",
     "nbextensions", "jupyter-vue", "requirejs@2.3.6", "require.js", "@widgetti", "custom.js", "server.py",
     "__init__.py"]
)  # fmt: skip


@given(st.lists(PARTS, min_size=2, max_size=7).map(lambda parts: "/" + "/".join(parts)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_no_address_leads_out_of_the_list(place, address):
    app, folder, internet = place

    assert ask(app, address).status == (200 if address in listed() else 404)
    assert internet.asked == []
    assert (folder / "requirejs@2.3.6").is_dir()


def test_the_list_has_what_pages_need_and_nothing_that_is_no_part_of_a_page():
    paths = listed()

    assert "/_solara/cdn/requirejs@2.3.6/require.js" in paths
    assert "/jupyter/nbextensions/jupyter-vue/nodeps.js" in paths
    assert "/static/assets/custom.js" in paths
    assert not [path for path in paths if path.endswith((".py", ".pickle", ".db", ".html", ".json", ".map"))]
    assert all(is_plain(path.encode(), path) for path in paths)
