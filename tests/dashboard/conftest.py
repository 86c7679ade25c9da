"""A real server on a free port and a real Chromium that can reach nothing else."""

import http.server
import threading

import pytest

from tests.served import Program, free_port, listen

START = "import sys; from sim.dashboard.server import serve; serve(port=int(sys.argv[1]), open_browser=False)"


class Server(Program):
    """The dashboard on a port."""

    def __init__(self, port, program=START, host="127.0.0.1"):
        super().__init__()
        self.url = f"http://{host}:{port}"
        self.run(program, str(port))

    def wait_until_ready(self):
        self.wait_for(f"{self.url}/readyz")


@pytest.fixture(scope="session", name="server")
def server_fixture():
    server = Server(free_port())
    server.wait_until_ready()
    yield server
    server.stop()


@pytest.fixture(scope="session", name="context")
def context_fixture(browser, server):
    context = server.let_in(browser.new_context(viewport={"width": 1280, "height": 860}, accept_downloads=True))
    yield context
    context.close()


@pytest.fixture(name="page")
def page_fixture(context, server):
    """A page that fails the test on any error of its own, any request to elsewhere, any traceback of the server.

    It finds nothing of what an earlier test has left in the browser.
    """
    page = context.new_page()
    page.add_init_script("""if (!window.sessionStorage.getItem("begun")) {
        window.localStorage.clear();
        window.localStorage.setItem("cultureshift-first", '{"step": "done"}');
        window.sessionStorage.setItem("begun", "yes");
    }""")
    wrong = []
    page.on("pageerror", lambda error: wrong.append(f"error in the page: {error}"))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    heard = listen(context, (server.url,), wrong)
    seen = len(server.tracebacks())
    yield page
    page.close()
    context.remove_listener("request", heard)
    assert wrong == []
    assert server.tracebacks()[seen:] == []


@pytest.fixture(name="explore")
def explore_fixture(page, server):
    """Explore, with its pictures drawn."""
    page.goto(server.url)
    wait_for_pictures(page)
    return page


@pytest.fixture(name="guest")
def guest_fixture(browser, server):
    """Somebody with a screen of a size (a narrow one is a phone), who keeps nothing and knows the page, or is new."""
    visits = []

    def visit(width, height, path="/", ready="[data-testid=stage]", is_new=False):
        screen = {"width": width, "height": height}
        context = server.let_in(browser.new_context(viewport=screen, has_touch=width < 800), is_new)
        page = context.new_page()
        visits.append(context)
        page.goto(server.url + path)
        page.wait_for_selector(ready, timeout=60_000)
        if path == "/" and not is_new:
            wait_for_pictures(page)
        return page

    yield visit
    for context in visits:
        context.close()


def wait_for_pictures(page):
    page.wait_for_selector("[data-testid=stage]", timeout=60_000)
    page.wait_for_function("Number(document.querySelector('[data-testid=safe]').textContent) > 0", timeout=60_000)


@pytest.fixture(scope="module", name="elsewhere")
def elsewhere_fixture():
    """Another site on this machine; the address of one of its pages."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Elsewhere</title><body></body>")

        def log_message(self, *args):
            pass

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}/"
    site.shutdown()
    site.server_close()
