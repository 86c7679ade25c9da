"""The unit file and the Containerfile, as far as they can be judged without systemd and without an image."""

import re
import shlex
import shutil
import subprocess
import tomllib

import pytest

from tests.command_tree import COMMANDS
from tests.deployment.proxies import ADDRESS, RECIPES, program, service_environment, service_words

ROOT = RECIPES.parents[1]
CONTAINERFILE = (RECIPES / "Containerfile").read_text("utf-8")


def lines(word):
    """Return what stands behind a word of the Containerfile, with lines that go on put together."""
    whole = CONTAINERFILE.replace("\\\n", "")
    return [line.split(maxsplit=1)[1] for line in whole.splitlines() if line.startswith(f"{word} ")]


def words_of(entry):
    return re.findall(r'"((?:[^"\\]|\\.)*)"', entry)


def parsed(words):
    """Read the words of a command as the command itself does."""
    assert words[0] == "room"
    command = COMMANDS["room"]
    return command.make_context("room", list(words[1:])).params


def test_the_service_starts_what_the_page_says():
    said = parsed(service_words())

    assert [address.url for address in said["public_url"]] == [ADDRESS]
    assert (said["host"], said["port"], said["browser"]) == ("127.0.0.1", 8765, False)
    assert " ".join(word for word in service_words() if word not in ("--port", "8765")) in (
        (ROOT / "docs" / "deployment.md").read_text("utf-8")
    )


def test_all_that_the_service_keeps_is_in_its_folders(monkeypatch, tmp_path):
    from sim.dashboard.access import secret_file
    from sim.room.store import usual_file

    for name, value in service_environment(tmp_path).items():
        monkeypatch.setenv(name, value)

    assert usual_file().parent == secret_file().parent == tmp_path / "lib" / "cultureshift"


def test_systemd_understands_the_unit_file_and_finds_it_closed(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze; install the package systemd")
    unit = (RECIPES / "cultureshift.service").read_text("utf-8")
    file = tmp_path / "cultureshift.service"
    file.write_text(unit.replace("/opt/cultureshift/bin/cultureshift", program("true")), "utf-8")

    def told_by_systemd(*words):
        done = subprocess.run(["systemd-analyze", *words, str(file)], capture_output=True, text=True, check=False)
        return done.returncode, "\n".join(line for line in done.stderr.splitlines() if file.name in line)

    assert told_by_systemd("verify") == (0, "")
    assert told_by_systemd("security", "--offline=true", "--no-pager", "--threshold=20")[0] == 0


def test_the_container_copies_what_is_here_and_installs_what_there_is():
    copied = [one for line in lines("COPY") if not line.startswith("--from") for one in line.split()[:-1]]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]

    assert [one for one in copied if not (ROOT / one).exists()] == []
    assert {"pyproject.toml", "constraints.txt", "sim", "scenarios"} <= set(copied)
    (installed,) = re.findall(r"/src\[(\w+)\]", CONTAINERFILE)
    assert installed in extras


def test_the_container_starts_as_nobody_of_importance_and_its_options_are_ours():
    (entry,) = lines("ENTRYPOINT")
    program_path, *words = words_of(entry)
    (user,) = lines("USER")
    run = re.search(r"^#   podman run (?:.*\\\n#)?(.*)$", CONTAINERFILE, re.MULTILINE)[1]

    said = parsed([*words, *shlex.split(run)])
    assert program_path == "/opt/cultureshift/bin/cultureshift"
    assert (said["host"], [address.url for address in said["public_url"]]) == ("0.0.0.0", [ADDRESS])
    assert user.split(":")[0] not in ("0", "root")


def test_what_looks_whether_the_container_is_well_can_be_run():
    (check,) = [line for line in lines("HEALTHCHECK")]
    *_, code = words_of(check)

    compile(code, "HEALTHCHECK", "exec")
