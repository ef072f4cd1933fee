"""A class whose store is in a PostgreSQL of the test's own, for postgres_store.py and postgres_refused.py."""
import pathlib
import re

from daemon import Board
from desk import Class, STUDENT, expect

ROOT = pathlib.Path(__file__).resolve().parents[2]
USERS = [STUDENT, "jones", "lee"]


def room(place):
    """A board with users, and a class at it whose store is at place."""
    b = Board("board").start()
    for user in USERS:
        b.user(user)
    c = Class(b.url, token=b.token)
    move(c, place)
    expect(c, 0, "", c.run("deploy"))
    return b, c


def move(c, place):
    text = (c.dir / "class.yml").read_text()
    (c.dir / "class.yml").write_text(re.sub("(?m)^store: .*", lambda _: f"store: {place}", text))
    c.place, c.server = place, SERVER if "://" in place else None


SERVER = None
