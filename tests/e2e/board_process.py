#!/usr/bin/env python3
"""board_process.py BOARD: starting, stopping, being killed, bad input, and failing on purpose."""
import concurrent.futures
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

import leftovers  # noqa: F401  pylint: disable=unused-import
from steady import DEADLINE


class Board:
    def __init__(self, executable, folder, *more, listen=()):
        self.db, self.token_file = f"{folder}/b.db", f"{folder}/token"
        read, write = os.pipe()
        self.process = subprocess.Popen(
            [executable, "--port", "0", "--db", self.db, "--token-file", self.token_file, "--ready-fd", str(write),
             *more], stdout=subprocess.PIPE, text=True, pass_fds=[write])
        os.close(write)
        with os.fdopen(read) as ready:
            self.port = int(ready.readline())
        assert self.process.stdout.readline() == f"listening on http://127.0.0.1:{self.port}\n"
        with open(self.token_file) as f:
            self.token = f.read().strip()

    def ask(self, method, path, body=None, timeout=DEADLINE):
        """(status, type, raw), or None when the connection ended without an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, "/api/v1" + path, None if body is None else json.dumps(body), {
                "Authorization": f"Token {self.token}", "Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type"), answer.read()
        except (http.client.RemoteDisconnected, ConnectionResetError, TimeoutError):
            return None
        finally:
            connection.close()

    def data(self, method, path, body=None):
        status, _, raw = self.ask(method, path, body)
        assert status == 200, (status, raw)
        return json.loads(raw).get("data")

    def world(self, users=1, challenges=1):
        return ([self.data("POST", "/users", {"name": f"u{i}", "password": "x"})["id"] for i in range(users)],
                [self.data("POST", "/challenges", {"name": f"c{i}", "value": 1})["id"] for i in range(challenges)])

    def solves(self):
        return self.data("GET", "/submissions?type=correct&per_page=100")

    def stop(self, how=signal.SIGTERM, status=0):
        self.process.send_signal(how)
        assert self.process.wait(DEADLINE) == status, self.process.returncode
        self.process.stdout.close()


def run(executable, *arguments):
    done = subprocess.run([executable, *arguments], capture_output=True, text=True, timeout=DEADLINE)
    return done.returncode, done.stdout, done.stderr


def what_is_answered_survives_a_kill(executable, folder):
    board = Board(executable, folder)
    (user,), challenges = board.world(challenges=5)
    for c in challenges:
        board.data("POST", "/submissions", {"challenge_id": c, "user_id": user, "type": "correct"})
    board.stop(signal.SIGKILL, -signal.SIGKILL)
    token = board.token
    board = Board(executable, folder)
    assert board.token == token and len(board.solves()) == 5
    board.stop(signal.SIGINT)


def of_many_writers_one_makes_each_solve(executable, folder):
    board = Board(executable, folder)
    (user,), challenges = board.world(challenges=10)
    post = lambda c: board.ask("POST", "/submissions", {"challenge_id": c, "user_id": user, "type": "correct"})[0]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        got = list(pool.map(post, challenges * 6))
    assert sorted(got) == [200] * 10 + [500] * 50, got
    assert len(board.solves()) == 10
    board.stop()


def each_fault_does_what_it_says(executable, folder):
    rows = (  # kind, status or None, part of the body, is the solve there
        ("before-commit", 500, b'{"message":"Internal Server Error"}', False),
        ("after-commit", 500, b'{"message":"Internal Server Error"}', True),
        ("drop-before", None, b"", False),
        ("drop", None, b"", True),
        ("hang", None, b"", True),
        ("slow", 200, b'"type":"correct"', True),
        ("html", 200, b"<!doctype html>", False),
        ("garbage", 200, b'{"success": true, "data": {', False),
        ("302", 302, b"<!doctype html>", False),
        ("401", 401, b'{"message":"Your access token is invalid"}', False),
        ("403", 403, b'{"message":"You don', False),
        ("404", 404, b'{"message":"The requested URL', False),
        ("503", 503, b"<!doctype html>", False),
    )
    for kind, status, part, there in rows:
        with tempfile.TemporaryDirectory(dir=folder) as own:
            board = Board(executable, own, "--fault", f"post-submissions:{kind}:1")
            (user,), (challenge,) = board.world()
            body = {"challenge_id": challenge, "user_id": user, "type": "correct"}
            began = time.monotonic()
            answer = board.ask("POST", "/submissions", body, timeout=1 if kind == "hang" else 10)
            assert (answer[0] if answer else None) == status, (kind, answer)
            assert not answer or part in answer[2], (kind, answer)
            assert kind != "slow" or time.monotonic() - began >= 2
            assert len(board.solves()) == there, kind
            assert board.ask("POST", "/submissions", body)[0] == (500 if there else 200), f"{kind}: once only"
            board.stop()


def a_fault_may_come_later(executable, folder):
    board = Board(executable, folder, "--fault", "get-users:404:2:1")
    assert [board.ask("GET", "/users")[0] for _ in range(4)] == [200, 404, 404, 200]
    board.stop()


def bodies_over_the_ceiling_are_refused(executable, folder):
    board = Board(executable, folder)
    with socket.create_connection(("127.0.0.1", board.port), 5) as s:
        s.sendall(b"POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n")
        assert s.recv(100).startswith(b"HTTP/1.1 413 "), "before a byte of it came"
    connection = http.client.HTTPConnection("127.0.0.1", board.port, timeout=DEADLINE)
    for raw in (b"[" * 100000, b"{" * 500, b'{"a":"\xff"}', b"\0", b'{"name":"\\u0000"}', b'{"name":1e999}'):
        connection.request("POST", "/api/v1/users", raw, {"Authorization": f"Token {board.token}",
                                                          "Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 400, (raw[:20], answer.status)
    connection.close()
    board.stop()


def what_students_can_make_grow_has_a_ceiling(executable, folder):
    board = Board(executable, folder)
    (user,), (challenge,) = board.world()
    admin, board.token = board.token, run(executable, "token", "u0", "--db", board.db)[1].strip()
    guess = {"challenge_id": challenge, "submission": "ab" + "\u20ac" * 100000}
    got = [board.ask("POST", "/challenges/attempt", guess)[0] for _ in range(40)]
    assert got == [200] * 10 + [429] * 30, got
    board.token = admin
    rows = board.data("GET", f"/submissions?user_id={user}&per_page=100")
    assert sorted(row["type"] for row in rows) == ["incorrect"] * 10 + ["ratelimited"] * 10
    assert all(row["provided"] == "ab" + "\u20ac" * 1364 for row in rows), "cut between characters, at 4096 bytes"
    board.stop()


def a_redirect_to_the_login_says_what_is_missing(executable, folder):
    """Status and address as CTFd's; why, it does not say."""
    board = Board(executable, folder)
    for headers, words in (({"Authorization": f"Token {board.token}"}, "the token was not looked at"),
                           ({"Authorization": f"Token {board.token}", "Content-Type": "text/plain"}, "content-type: application/json"),
                           ({}, "an access token is missing")):
        connection = http.client.HTTPConnection("127.0.0.1", board.port, timeout=DEADLINE)
        connection.request("GET", "/api/v1/submissions", headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode().lower()
        assert answer.status == 302 and answer.getheader("Location").startswith("/login?next=") and words in text, text
        connection.close()
    board.stop()


def bad_input_is_one_sentence(executable, folder):
    board = Board(executable, folder)
    db, token, keyless = board.db, board.token_file, f"{folder}/class.yml"
    with open(keyless, "w") as f:
        f.write("class: w\ncourse: c\nnetworks: {target: 192.0.2.1, students: [198.51.100.0/24]}\n")
    status, out, text = run(executable, "--port", str(board.port), "--db", f"{folder}/other.db")
    assert status == 4 and "in use" in text and text.count("\n") == 1, (status, text)
    assert run(executable, "token", "nobody", "--db", db)[0] == 1
    status, out, text = run(executable, "token", "admin", "--db", db)
    assert status == 0 and out == board.token + "\n", (status, out, text)
    board.stop()
    for arguments, wanted, part in (
            (("--mode", "teams", "--db", db), 3, "made for --mode users"),
            (("--db", f"{folder}/no/such.db"), 4, "No such file"),
            (("token", "x", "--db", f"{folder}/none.db"), 3, "No such file"),
            (("--db", db, "--token-file", token, "--class", f"{folder}/none.yml"), 3, "none.yml: No such file"),
            (("--db", db, "--token-file", token, "--class", keyless), 3, "names no `key_file:`"),
            (("--listen", "localhost", "--db", db, "--token-file", token), 2, "numeric address"),
            (("--port", "x"), 2, "--port x"), (("--port", "65536"), 2, "65536"), (("--mode", "x"), 2, "--mode x"),
            (("--fault", "x"), 2, "WHAT:KIND"), (("--fault", "any:x"), 2, "kind"), (("--fault", "any:404:1:x"), 2, "counts"), (("token",), 2, "whose"),
            (("--bogus",), 2, "bogus"), (("x",), 2, "not known")):
        status, out, text = run(executable, *arguments)
        assert status == wanted and part in text and not out, (arguments, status, text)
    os.chmod(token, 0o644)
    status, _, text = run(executable, "--db", db, "--token-file", token, "--port", "0")
    assert status == 3 and "chmod 600" in text, text
    os.chmod(token, 0o600)
    with open(token, "w") as f:
        f.write("ctfd_another\n")
    status, _, text = run(executable, "--db", db, "--token-file", token, "--port", "0")
    assert status == 3 and "another token" in text, text
    connection = sqlite3.connect(db)
    connection.execute("PRAGMA user_version = 1000")
    connection.close()
    status, _, text = run(executable, "--db", db, "--port", "0")
    assert status == 3 and "newer" in text, text
    with open(f"{folder}/text.db", "w") as f:
        f.write("this is no database " * 100)
    assert run(executable, "--db", f"{folder}/text.db", "--port", "0")[0] == 3


CASES = (a_redirect_to_the_login_says_what_is_missing, what_is_answered_survives_a_kill, of_many_writers_one_makes_each_solve, each_fault_does_what_it_says,
         a_fault_may_come_later, bodies_over_the_ceiling_are_refused, what_students_can_make_grow_has_a_ceiling, bad_input_is_one_sentence)

for case in CASES:
    with tempfile.TemporaryDirectory(prefix="wiregrade-board-") as folder:
        case(os.path.abspath(sys.argv[1]), folder)
    print("ok", case.__name__)
