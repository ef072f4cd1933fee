"""A class on a scoreboard, and its students who enter flags there themselves, for watch.py."""
import json
import os
import pathlib
import subprocess
import sys

import desk
from desk import Class, expect

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "contract"))
import asking  # noqa: E402


class Room:
    """A class on a scoreboard with students of its own."""

    def __init__(self, board, names=("ann", "bob"), roster=False):
        self.b, self.made = board, []
        self.mode = board.api("GET", "/configs/user_mode")["data"]["value"]
        self.names = {n: f"{n}-{os.getpid()}" for n in names}
        self.users, self.teams = {}, {}
        for n, handle in self.names.items():
            self.users[n] = self.make("users", {"name": handle, "password": asking.PASSWORD, "hidden": True,
                                                "email": f"{handle}@example.edu"})
            if self.mode == "teams":
                self.teams[n] = self.make("teams", {"name": "team " + handle, "password": os.urandom(12).hex(),
                                                    "hidden": True})
                self.join(n, n)
        text = None
        if roster:
            text = "handle,name,email,role\n" + "".join(
                f"{h},{h},{h}@example.edu,{'staff' if n == 'tutor' else ''}\n" for n, h in self.names.items())
        self.c = Class(board.url, mode=self.mode, token=board.token, roster=text)
        if not roster:
            with open(self.c.dir / "class.yml", "a", encoding="utf-8") as f:
                f.write("\npaste: audit\n")
        # on a CTFd the challenges are another case's: each has a key of its own
        expect(self.c, 0, "raw-ipv4", self.c.run("deploy", "--take-over"))
        rows = board.api("GET", "/challenges?view=admin")["data"]
        self.challenges = {r["name"]: r["id"] for r in rows}

    def make(self, kind, body):
        made = self.b.api("POST", "/" + kind, body)["data"]["id"]
        self.made.append((kind, made))
        return made

    def join(self, n, team):
        self.b.api("POST", f"/teams/{self.teams[team]}/members", {"user_id": self.users[n]})

    def flag(self, n, slug="raw-ipv4"):
        return self.c.flag(slug, self.names[n])

    def enter(self, n, provided, kind, challenge="Raw IPv4"):
        body = {"challenge_id": self.challenges[challenge], "user_id": self.users[n], "type": kind,
                "provided": provided, "ip": "10.10.0.7"}
        if kind == "ratelimited" and not self.since(3, 8, 2):
            body["type"] = "incorrect"
        if self.teams:
            body["team_id"] = self.b.api("GET", f"/users/{self.users[n]}")["data"]["team_id"]
        return self.b.api("POST", "/submissions", body)["data"]["id"]

    def player(self, n):
        """Enters flags as the student himself: what the scoreboard says."""
        if hasattr(self.b, "dir"):
            program = pathlib.Path(desk.wiregrade).with_name("wiregrade-board")
            token = subprocess.run([program, "token", self.names[n], "--db", self.b.dir / "b.db"], check=True,
                                   capture_output=True, text=True).stdout.strip()
        else:
            token = asking.Ctfd(self.b.url, self.b.token).user_token(self.users[n])
        return lambda text: asking.attempt(asking.Board(self.b.url, self.b.token), token,
                                           self.challenges["Raw IPv4"], text)[1]

    def since(self, *release):
        """Whether the scoreboard is of this release of CTFd or a later one."""
        version = self.b.api("GET", "/configs/ctf_version")["data"]["value"]
        return tuple(int(x) for x in version.split(".")[:3]) >= release

    def rows(self, n):
        return {r["id"]: r for r in self.b.api("GET", f"/submissions?user_id={self.users[n]}&per_page=100")["data"]}

    def borrowed(self, status=0):
        got = self.c.run("borrowed", "list")
        assert got == status, self.c.output
        assert self.c.run("borrowed", "list", "--format", "json") == status, self.c.output
        line = [l for l in self.c.output.splitlines() if l.startswith("[")][0]
        return json.loads(line)

    def solves(self):
        return {(r["student"], r["slug"]): r for r in self.c.rows()}

    def mate(self):
        """One more student, without a team."""
        name = self.names["cleo"] = f"cleo-{os.getpid()}"
        self.users["cleo"] = self.make("users", {"name": name, "password": os.urandom(12).hex(), "hidden": True})
        return self.users["cleo"]

    def close(self):
        for kind, made in reversed(self.made):
            self.b.api("DELETE", f"/{kind}/{made}")
