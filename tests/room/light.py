"""People without a screen: they ask the server what the page asks, in the same order and with the same patience."""

import http.client
import json
import random
import threading
import time


class Light(threading.Thread):
    """One participant: waits for news in one line, and sends entries in another until they are answered.

    Parameters
    ----------
    port, code : of the server and of the room
    name : what they type
    """

    def __init__(self, port, code, name):
        super().__init__(daemon=True)
        self.port, self.code, self.name_typed = port, code, name
        self.request = f"light-{random.Random(name).getrandbits(64):x}"
        self.cookie, self.state, self.number = "", {}, None
        self.waits, self.entries = [], []
        self.is_done = False

    def ask(self, path, body=None, seconds=40):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            headers = {"cookie": self.cookie}
            if body is not None:
                headers |= {"content-type": "application/json", "origin": f"http://127.0.0.1:{self.port}"}
            connection.request("GET" if body is None else "POST", path, body and json.dumps(body), headers)
            answer = connection.getresponse()
            cookie = answer.getheader("set-cookie")
            if cookie:
                self.cookie = cookie.split(";")[0]
            content = answer.read()
            return answer.status, json.loads(content) if content else None
        finally:
            connection.close()

    def until_answered(self, path, body):
        """Send until there is an answer; return status, answer, and seconds with whether the server was away."""
        start, misses = time.perf_counter(), 0
        while True:
            try:
                status, data = self.ask(path, body)
                if status < 500:
                    return status, data, (time.perf_counter() - start, misses > 0)
            except (OSError, http.client.HTTPException):
                pass
            misses += 1
            time.sleep(min(2.5, 0.25 * misses) + random.random() * 0.3)

    def join_room(self):
        assert self.ask(f"/room/{self.code}/here")[0] == 200
        status, data, seconds = self.until_answered(
            f"/room/{self.code}/join", {"request": self.request, "name": self.name_typed}
        )
        assert status == 200, data
        self.number, self.team = data["number"], data["team"]
        self.waits.append(("join", *seconds))
        self.start()

    def act(self, **action):
        status, data, seconds = self.until_answered(f"/room/{self.code}/act", action)
        assert status == 200, (action, data)
        self.waits.append((action["do"], *seconds))
        self.entries.append(action)

    def run(self):
        mark, misses = "", 0
        while not self.is_done:
            try:
                status, data = self.ask(f"/room/{self.code}/state?seen={mark}")
                if status == 200:
                    mark, self.state = data["mark"], data
                misses = 0
            except (OSError, http.client.HTTPException):
                misses += 1
                time.sleep(min(2.5, 0.25 * misses) + random.random() * 0.3)

    def wait_until(self, phase, place, seconds=180):
        end = time.monotonic() + seconds
        while (self.state.get("phase"), self.state.get("round", {}).get("place")) != (phase, place):
            assert time.monotonic() < end, (self.name_typed, self.state.get("phase"))
            time.sleep(0.02)
