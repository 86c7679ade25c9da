"""The Chromium that the system has, and how it is started: for tests, pictures of documents, and measurements."""

import shutil

__all__ = ["CHROMIUM", "FLAGS", "MISSING", "PATIENT_MS", "names_lead"]

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The shell first: the same Chromium without the window, and the processes of the window's own."""

CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
PATIENT_MS = 60_000
"""How long a browser waits for what a test asks of it; other tests run beside it."""

MISSING = "there is no Chromium; install the package chromium-headless-shell (or chromium)"


def names_lead(*rules: str) -> str:
    """Return the flag with which names lead where rules say and nowhere else; this machine is reached by number."""
    return "--host-resolver-rules=" + ", ".join([*rules, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.*"])


FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", names_lead(),
)  # fmt: skip
