"""The whole application as the public meets it: under a path, over an encrypted line, behind a proxy."""

import pytest

from sim.dashboard.address import Address, PublicAccess
from sim.dashboard.proxies import read_proxy
from sim.dashboard.server import MountedApp, make_app
from tests.dashboard.asking import CODE, HOST, OWN, ask

FRONT = PublicAccess((Address("https", "ward.example", "/culture"),), (read_proxy("127.0.0.1"),))
SAID = {"x_forwarded_proto": "https", "x_forwarded_for": "198.51.100.7"}


@pytest.fixture(name="asking")
def asking_fixture():
    """Asks as the proxy does; rooms are an application that says how it was asked."""

    async def rooms(scope, receive, send):
        said = f"{scope['client'][0]} {scope['scheme']} {scope['root_path']} {scope['path']}"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": said.encode()})

    app = make_app(OWN, CODE, beside=MountedApp("/room", rooms), public=FRONT)
    yield lambda address, host="ward.example", **asked: ask(app, address, host=host, **{**SAID, **asked})
    make_app(OWN, CODE)  # Solara keeps the path for the whole process.


def test_files_are_under_the_path_and_nowhere_else(asking):
    """What a whole page needs there is seen by a browser, in `tests/deployment/`."""
    assert asking("/culture/static/assets/custom.js").status == 200
    assert asking("/culture/_solara/cdn/requirejs@2.3.6/require.js").status == 200
    assert asking("/static/assets/custom.js").status == 404


def test_whoever_is_beside_hears_for_whom_it_was_asked_and_how(asking):
    assert asking("/culture/room/ABCD").body == b"198.51.100.7 https /culture /culture/room/ABCD"


def test_a_connection_that_is_no_websocket_is_told_what_a_proxy_has_to_pass_on(asking):
    answer = asking("/culture/jupyter/api/kernels/1/channels?session_id=2")

    assert answer.status == 426
    assert b"Upgrade" in answer.body


@pytest.mark.parametrize("forged", [SAID, {**SAID, "x_forwarded_host": "ward.example"}])
def test_somebody_who_is_no_named_proxy_can_say_what_they_like(forged):
    public = PublicAccess(FRONT.addresses, (read_proxy("192.0.2.10"),))
    app = make_app(OWN, CODE, public=public)

    assert ask(app, "/culture/", host="ward.example", **forged).status == 421
    assert ask(make_app(OWN, CODE), "/", host="ward.example", **forged).status == 421


def test_a_proxy_that_passes_on_nothing_is_told_so_at_once(asking):
    answer = asking("/culture/", host=HOST, x_forwarded_proto=None, x_forwarded_for=None)

    assert answer.status == 421
    assert b"pass on Host" in answer.body
