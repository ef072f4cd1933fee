"""steady.py - what a row needs to end in the same way each time: one deadline for what has to come, a key that follows from the
row's name, and a port that stays its own while nobody listens there."""
import hashlib
import os
import pathlib
import socket
import sys
import time

# Seconds for what has to come, however busy the machine is: too long costs a row that fails its time, too short costs a right one.
DEADLINE = 300
HELD = []


def until(what, seconds=DEADLINE):
    """Waits for what() to be true; returns it."""
    end = time.monotonic() + seconds
    while not (got := what()):
        assert time.monotonic() < end, f"it did not come about: {what}"
        time.sleep(0.02)
    return got


def drawn(of=""):
    """64 hexadecimal digits that follow from this row's words and WIREGRADE_SEED (any text, or none): a row that fails by one draw in
    thousands fails in each run or in none."""
    words = [pathlib.Path(sys.argv[0]).name, *(word for word in sys.argv[1:] if "/" not in word), of, os.environ.get("WIREGRADE_SEED", "")]
    return hashlib.sha256("\0".join(words).encode()).hexdigest()


def fix_key(folder):
    """Puts such a key in the place of the one that `init` drew for the class in this folder."""
    pathlib.Path(folder, "course.key").write_text(f"wiregrade-key 1\ncourse {drawn(pathlib.Path(folder).name)}\n", encoding="ascii")


def seed():
    """For random.Random, of what a row draws itself."""
    return int(drawn("seed")[:8], 16)


def port():
    """A TCP port of 127.0.0.1 for a program that ends and comes back: bound by this process, which never listens, so that the kernel
    gives it to nobody else meanwhile. A program that sets SO_REUSEADDR, as all of ours do, listens there all the same."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", 0))
    HELD.append(s)
    return s.getsockname()[1]
