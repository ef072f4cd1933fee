"""Asking a scoreboard over its API: the local board, or a CTFd."""
import http.client
import json
import os
import pathlib
import re
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from steady import DEADLINE  # noqa: E402

STD_403 = ("You don't have the permission to access the requested resource. "
           "It is either read-protected or not readable by the server.")
BROKEN = (500, {"message": "Internal Server Error"})
PASSWORD = "correct horse battery"


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.type = response.getheader("Content-Type", "")
        self.location = response.getheader("Location")
        self.headers = response.headers
        self.raw = response.read()
        try:
            self.json = json.loads(self.raw)
        except ValueError:
            self.json = None

    @property
    def data(self):
        expect(self.status == 200 and self.json.get("success") is True, f"not a success: {self}")
        return self.json["data"]

    def is_(self, status, body=None):
        expect(self.status == status, f"status {status} wanted: {self}")
        if body is not None:
            expect(self.json == body, f"body {body} wanted: {self}")
        return self

    def message(self, status, text=None):
        expect(self.status == status and self.type == "application/json", f"{status} in JSON wanted: {self}")
        expect(list(self.json) == ["message"], f"message alone wanted: {self}")
        expect(text is None or self.json["message"] == text, f"{text!r} wanted: {self}")

    def error(self, field, value):
        self.is_(400, {"success": False, "errors": {field: value}})

    def __str__(self):
        return f"{self.status} {self.type} {self.raw[:300]!r}"


def expect(truth, text):
    if not truth:
        raise AssertionError(text)


class Board:
    """Where requests go, and how a user's own token is got there."""

    def __init__(self, url, token):
        self.host = urllib.parse.urlsplit(url).netloc
        self.token = token
        self.made = []  # what to remove, newest last

    def ask(self, method, path, body=None, token="admin", type="application/json", headers=None, base="/api/v1"):
        connection = http.client.HTTPConnection(self.host, timeout=DEADLINE)
        send = dict(headers or {})
        token = self.token if token == "admin" else token
        if token:
            send["Authorization"] = f"Token {token}"
        if type:
            send["Content-Type"] = type
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        connection.request(method, base + path, body, send)
        answer = Answer(connection.getresponse())
        connection.close()
        return answer

    def get(self, path, **how):
        return self.ask("GET", path, **how)

    def post(self, path, body, **how):
        return self.ask("POST", path, body, **how)

    def patch(self, path, body, **how):
        return self.ask("PATCH", path, body, **how)

    def delete(self, path, **how):
        return self.ask("DELETE", path, **how)

    def make(self, path, **body):
        made = self.post(path, body).data
        self.made.append(f"{path}/{made['id']}")
        return made["id"]

    def user(self, **more):
        name = "c-" + secrets.token_hex(6)
        return self.make("/users", **{"name": name, "email": f"{name}@example.org", "password": PASSWORD, **more})

    def challenge(self, **more):
        return self.make("/challenges", **{"name": "c-" + secrets.token_hex(6), "category": "tests", "description": "",
                                           "value": 10, "type": "standard", "state": "visible", **more})

    def clean(self):
        for path in reversed(self.made):
            self.delete(path)
        self.made = []


class Ctfd(Board):
    def user_token(self, user):
        name = self.get(f"/users/{user}").data["name"]
        cookie, page = self.page("GET", "/login")
        nonce = re.search(r'name="nonce"[^>]*value="([0-9a-f]+)"', page).group(1)
        form = urllib.parse.urlencode({"name": name, "password": PASSWORD, "nonce": nonce})
        cookie, _ = self.page("POST", "/login", form, cookie)
        _, page = self.page("GET", "/settings", None, cookie)
        nonce = re.search(r"'csrfNonce': \"([0-9a-f]+)\"", page).group(1)
        return self.ask("POST", "/tokens", {"expiration": "2099-01-01"}, token=None,
                        headers={"Cookie": cookie, "CSRF-Token": nonce}).data["value"]

    def page(self, method, path, body=None, cookie=None):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if cookie:
            headers["Cookie"] = cookie
        answer = self.ask(method, path, body, token=None, type=None, headers=headers, base="")
        deadline = time.monotonic() + 30
        while answer.status == 429 and time.monotonic() < deadline:  # ten logins in five seconds; each try restarts them
            time.sleep(5.2)
            answer = self.ask(method, path, body, token=None, type=None, headers=headers, base="")
        got = answer.headers.get("Set-Cookie")
        return (got.split(";")[0] if got else cookie), answer.raw.decode()


class Ours(Board):
    def __init__(self, executable, mode):
        self.dir = tempfile.TemporaryDirectory(prefix="wiregrade-contract-")
        self.executable, self.db = executable, f"{self.dir.name}/board.db"
        token_file = f"{self.dir.name}/token"
        self.process = subprocess.Popen([executable, "--port", "0", "--db", self.db, "--token-file", token_file,
                                         "--mode", mode], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        expect(line.startswith("listening on http://127.0.0.1:"), f"no ready line: {line!r}")
        expect(os.stat(token_file).st_mode & 0o777 == 0o600, "the token file is open to others")
        expect(os.stat(self.db).st_mode & 0o777 == 0o600, "the database is open to others")
        with open(token_file) as f:
            super().__init__(line.split()[-1], f.read().strip())

    def user_token(self, user):
        name = self.get(f"/users/{user}").data["name"]
        return subprocess.run([self.executable, "token", name, "--db", self.db], check=True, capture_output=True,
                              text=True).stdout.strip()

    def stop(self):
        self.process.terminate()
        expect(self.process.wait(DEADLINE) == 0, f"exit status {self.process.returncode}")
        self.process.stdout.close()
        self.dir.cleanup()


def attempt(b, token, challenge, text):
    answer = b.post("/challenges/attempt", {"challenge_id": challenge, "submission": text}, token=token)
    return answer.status, (answer.json.get("data") or {}).get("status"), (answer.json.get("data") or {}).get("message")
