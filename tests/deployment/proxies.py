"""The recipes of `docs/deployment/` put to work on this machine: the service, nginx and Caddy, each in front of it."""

import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import sim
from tests.served import Program, free_port

RECIPES = Path(sim.__file__).parents[1] / "docs" / "deployment"
ADDRESS = "https://ward.example/culture"
OTHER = "other.example"
_START = "import sys; from sim.commands import main; main(sys.argv[1:])"


def program(name):
    """Return where a program is, also where only administrators look for it."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")


def service_words():
    """Return the words of the command that the unit file starts, after the name of the program."""
    unit = (RECIPES / "cultureshift.service").read_text("utf-8")
    return re.search(r"^ExecStart=\S+ (.*)$", unit, re.MULTILINE)[1].split()


def service_environment(folder):
    """Return the environment that the unit file gives, with its folders in one of ours."""
    unit = (RECIPES / "cultureshift.service").read_text("utf-8")
    words = re.search(r"^Environment=(.*)$", unit, re.MULTILINE)[1]
    return dict(
        word.split("=", 1) for word in words.replace("%S", f"{folder}/lib").replace("%C", f"{folder}/cache").split()
    )


def certificate(folder):
    """Make a certificate for our names that nobody has signed."""
    names = f"subjectAltName=DNS:ward.example,DNS:{OTHER}"
    words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    words += [
        "-subj",
        "/CN=ward.example",
        "-addext",
        names,
        "-out",
        f"{folder}/cert.pem",
        "-keyout",
        f"{folder}/key.pem",
    ]
    subprocess.run(["openssl", *words], check=True, capture_output=True)


class Service(Program):
    """The server as the unit file starts it, on a port of its own, under the names by which the proxies are asked."""

    def __init__(self, folder, nginx_port, caddy_port):
        super().__init__()
        self.port = free_port()
        self.url = f"https://ward.example:{nginx_port}/culture"
        self.other_url = f"https://{OTHER}:{caddy_port}/culture"
        words = service_words()
        words[words.index("--port") + 1] = str(self.port)
        words[words.index(ADDRESS)] = self.url
        environment = service_environment(folder)
        # Compiled kernels are shared with all other tests.
        del environment["XDG_CACHE_HOME"]
        self.run(_START, *words, "--public-url", self.other_url, **environment)

    @property
    def key(self):
        return next(found[1] for line in self.log if (found := re.search(r"http\S+key=(\S+)", line)))


class Proxy:
    """A proxy that can be stopped and started again.

    Parameters
    ----------
    words : of its command
    port : where it listens
    """

    def __init__(self, words, port, folder):
        self.words, self.port, self.log = words, port, folder / f"{Path(words[0]).name}.log"
        self.folder = folder
        self.start()

    def start(self):
        with self.log.open("a") as log:
            home = {"HOME": str(self.folder), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
            self.process = subprocess.Popen(self.words, stdout=log, stderr=log, env=home, cwd=self.folder)
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def stop(self):
        """End it; it does not wait for those who are connected, as at a cut of power."""
        self.process.terminate()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def nginx(folder, port, plain_port, service):
    """Start nginx with the recipe, and beside it with what people write first: a `proxy_pass` and nothing more."""
    recipe = (RECIPES / "nginx.conf").read_text("utf-8")
    for said, here in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80", f"listen 127.0.0.1:{free_port()}"),
        ("/etc/ssl/ward.example/fullchain.pem", f"{folder}/cert.pem"),
        ("/etc/ssl/ward.example/privkey.pem", f"{folder}/key.pem"),
        ("127.0.0.1:8765", f"127.0.0.1:{service.port}"),
    ):
        assert said in recipe
        recipe = recipe.replace(said, here)
    plain = f"server {{ listen 127.0.0.1:{plain_port}; location / {{ proxy_pass http://127.0.0.1:{service.port}; }} }}"
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off;\npid {folder}/nginx.pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\n{places}{recipe}\n{plain}\n}}\n"
    )
    return Proxy([program("nginx"), "-p", str(folder), "-c", str(config), "-e", "stderr"], port, folder)


def caddy(folder, port, service):
    """Start Caddy with the recipe, for another name, and with our certificate: no authority can be asked for one."""
    recipe = (RECIPES / "Caddyfile").read_text("utf-8")
    for said, here in (
        (
            "\nward.example {",
            f"\nhttps://{OTHER}:{port} {{\n\tbind 127.0.0.1\n\ttls {folder}/cert.pem {folder}/key.pem",
        ),
        ("127.0.0.1:8765", f"127.0.0.1:{service.port}"),
    ):
        assert said in recipe
        recipe = recipe.replace(said, here)
    config = folder / "Caddyfile"
    config.write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + recipe)
    return Proxy([program("caddy"), "run", "--config", str(config), "--adapter", "caddyfile"], port, folder)
