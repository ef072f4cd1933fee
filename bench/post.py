"""post.py - solves that wait are posted to the board: the poster's processor time for a solve, solves a second, requests.

The peers post the same solves and no more: they look nothing up, keep nothing, and cannot say after a lost answer whether
it counted."""
import json
import pathlib
import tempfile
import time

from measure import HERE, part, processor_of, processor_so_far, turns
from scoreboard import SLUGS, Board, Counter, class_at, hand_in

STUDENTS, ROUNDS = 25, 3


class Place:
    """A fresh board with the course and its students."""

    def __init__(self, row, folder):
        self.folder = folder
        self.board = Board(row.bin, folder / "board")
        self.class_folder = class_at(row.bin, folder / "class", self.board.url, self.board.token)
        self.users = self.board.users(STUDENTS)
        processor_of([row.bin / "wiregrade", "deploy"], self.class_folder, (0,))
        there = self.board.challenges()
        self.bodies = [{"challenge_id": c, "user_id": u, "type": "correct", "provided": f"bench/{c}/{u}", "ip": "10.10.0.40"}
                       for u in self.users for c in list(there.values())[:len(SLUGS)]]


def timed(place, command, cwd):
    board = processor_so_far(place.board.process.pid)
    began = time.monotonic()
    seconds, _ = processor_of(command, cwd, (0,))
    wall = time.monotonic() - began
    n = STUDENTS * len(SLUGS)
    assert place.board.solves() == n, (command, place.board.solves(), n)
    return {"us": seconds / n * 1e6, "rate": n / wall, "board": (processor_so_far(place.board.process.pid) - board) / n * 1e6}


def case(row, here, prepare):
    """prepare(place) is the command that posts all of a place's solves."""
    counter = iter(range(1000))

    def run():
        place = Place(row, here / f"{id(prepare)}-{next(counter)}")
        with place.board:
            command = prepare(place)
            return timed(place, command, place.class_folder)
    return run


def ours(row):
    def prepare(place):
        hand_in(row.bin, place.class_folder, STUDENTS, SLUGS)
        return [row.bin / "wiregrade", "outbox", "run"]
    return prepare


def by_curl(curl):
    def prepare(place):
        part_of = (f'url = "{place.board.url}/api/v1/submissions"\nheader = "Authorization: Token {place.board.token}"\n'
                   f'header = "Content-Type: application/json"\noutput = /dev/null\ndata = {json.dumps(json.dumps(body))}\n'
                   for body in place.bodies)
        (place.folder / "curl").write_text("next\n".join(part_of))
        return [curl, "--silent", "--fail", "--config", place.folder / "curl"]
    return prepare


def by_requests(python):
    def prepare(place):
        (place.folder / "bodies").write_text(json.dumps(place.bodies))
        return [python, HERE / "peers/post_requests.py", place.board.url, place.board.token, place.folder / "bodies"]
    return prepare


def requests_a_solve(binaries, folder):
    """Requests that posting one class's solves takes, less what posting none takes, for a solve."""
    with Board(binaries, folder / "counted") as board:
        counter = Counter(board.port)
        place = class_at(binaries, folder / "class-counted", counter.url, board.token)
        board.users(STUDENTS)
        processor_of([binaries / "wiregrade", "deploy"], place, (0,))
        n = hand_in(binaries, place, STUDENTS, SLUGS)
        counter.take()
        processor_of([binaries / "wiregrade", "outbox", "run"], place, (0,))
        return sum(counter.take().values()) / n


def measure(row):
    with tempfile.TemporaryDirectory(prefix="wiregrade-bench-") as name:
        here = pathlib.Path(name)
        cases = {"wiregrade outbox run": case(row, here, ours(row))}
        if curl := row.program("curl"):
            cases["curl, one connection"] = case(row, here, by_curl(curl))
        if python := row.module("requests"):
            cases["Python requests, one Session"] = case(row, here, by_requests(python))
        got = turns(cases, ROUNDS)
        row.add("a solve posted", "us of the poster's processor time", part(got, "us"))
        row.add("solves posted to wiregrade-board", "a second", part(got, "rate"), better="more")
        row.add("a solve taken", "us of the board's processor time", part(got, "board"))
        row.note(f"{requests_a_solve(row.bin, here):.2f} requests for a solve, {STUDENTS} students with {len(SLUGS)} each")
