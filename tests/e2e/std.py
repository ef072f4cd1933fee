#!/usr/bin/env python3
"""Standard descriptors that are closed, or cannot be written to: std.py BINDIR COURSE VERSION CASE."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

import leftovers  # noqa: F401  pylint: disable=unused-import
from steady import DEADLINE

BIN, COURSE = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
VERSION = sys.argv[3]
LOST = r"standard output|stdout: |the report cannot be written"
CLASS = """class: std
course: course
networks: {target: 127.0.0.1, students: [10.10.0.0/24]}
key_file: course.key
store: wiregrade.db
"""
# Every one ends with 0 and prints something.
ROWS = [
    ["wiregrade", "--help"],
    ["wiregrade", "--version"],
    ["wiregrade", "fields"],
    ["wiregrade", "fields", "--help"],
    ["wiregrade", "fields", "--format", "json"],
    ["wiregrade", "diagnose", "--list"],
    ["wiregrade", "outbox", "--usage"],
    ["wiregrade", "lint", "course"],
    ["wiregrade", "key", "show"],
    ["wiregrade", "flag", "mint", "smith", "stream-base64"],
    ["wiregrade", "outbox", "list", "--format", "json"],
    ["wiregrade", "report", "--offline"],
    ["wiregrade", "verify", "--course", "course", "socket-types"],
    ["wiregrade-board", "--help"],
    ["wiregrade-board", "--version"],
    ["wiregrade-board", "token", "admin", "--db", "board.db"],
    ["wiregrade-target", "--help"],
    ["wiregrade-target", "--usage"],
    ["wiregrade-target", "--version"],
]
BOARD = ["wiregrade-board", "--port", "0", "--db", "board.db"]
TARGET = ["wiregrade-target", "run", "--only", "stream-base64", "--no-briefing", "--journal", "target.jsonl"]
if os.geteuid() == 0:
    TARGET += ["--user", "nobody"]


def run(words, redirect=""):
    """Status, stdout and stderr."""
    shell = ["sh", "-c", f'exec "$@" {redirect}', "sh", BIN / words[0], *words[1:]]
    process = subprocess.Popen(shell, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.communicate(timeout=DEADLINE)
    return process.returncode, out, err


def serves(words, redirect, ready):
    """Runs a server until it says that it is ready, and ends it."""
    process = subprocess.Popen(["sh", "-c", f'exec "$@" {redirect}', "sh", BIN / words[0], *words[1:]], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    late = threading.Timer(60, process.kill)
    late.start()
    said = ""
    while ready not in said and (line := process.stdout.readline()):
        said += line
    late.cancel()
    ended = process.poll()
    process.terminate()
    process.communicate(timeout=DEADLINE)
    assert ready in said and ended is None, (words, redirect, ended, said)


def steady(words, out):
    """What of the output is the same in two runs: not how long a run took, when it was, or a new token."""
    return len(out.splitlines()) if words[1] in ("verify", "report", "token") else out


def output_that_cannot_be_written():
    for words in ROWS:
        for redirect in (">/dev/full", ">&-"):
            status, _, err = run(words, redirect)
            assert status == 4 and re.search(LOST, err), (words, redirect, status, err)


def input_is_closed():
    for words in ROWS:
        assert run(words)[0] == 0, run(words)
        status, out, err = run(words, "<&-")
        assert status == 0 and out and steady(words, out) == steady(words, run(words)[1]), (words, status, out, err)
    status, out, err = run(["wiregrade", "submit", "-"], "<&-")
    assert status == 3 and "no flag on standard input" in err, (status, out, err)


def messages_have_no_reader():
    """Nothing else changes, and nothing that should have been said gets into what is opened next."""
    for words in ROWS:
        status, out, _ = run(words, "2>&-")
        assert status == 0 and steady(words, out) == steady(words, run(words)[1]), (words, status, out)
    store = pathlib.Path("wiregrade.db")
    for words, status in ((["wiregrade", "submit", "nonsense"], 1), (["wiregrade", "outbox", "run"], 3),
                          (["wiregrade", "fields", "nonsense"], 3), (["wiregrade", "fields", "--nonsense"], 2)):
        got = run(words, "2>&-")
        assert got[0] == status, (words, got)
    assert store.read_bytes().startswith(b"SQLite format 3\0") and b"wiregrade: " not in store.read_bytes()


def all_three_are_closed():
    for words in ROWS:
        assert run(words, "<&- >&- 2>&-")[0] == 4, words


def servers():
    """Who cannot say that it is ready is not; without input or messages a server serves."""
    for words, ready in ((BOARD, "listening on"), (TARGET, "stream-base64: tcp")):
        for redirect in (">/dev/full", ">&-"):
            status, out, err = run(words, redirect)
            assert status == 4 and re.search(LOST, err), (words, redirect, status, out, err)
        for redirect in ("<&-", "2>&-"):
            serves(words, redirect, ready)


def a_program_in_a_range():
    """What was closed is not one of ours to the student's program: it had been the range's first process, and a signalfd."""
    words = ["wiregrade", "range", "--", "sh", "-c", "for fd in 0 2; do readlink /proc/self/fd/$fd; done"]
    status, _, err = run(words)
    if status == 4:
        print("skipped:", err)
        sys.exit(77)
    assert run(words, "<&- 2>&-") == (0, "/dev/null\n/dev/null\n", ""), run(words, "<&- 2>&-")


def version():
    for program in ("wiregrade", "wiregrade-board", "wiregrade-target"):
        for word in ("--version", "-V"):
            assert run([program, word]) == (0, f"wiregrade {VERSION}\n", ""), run([program, word])


CASES = {f.__name__: f for f in (output_that_cannot_be_written, input_is_closed, messages_have_no_reader,
                                 all_three_are_closed, servers, a_program_in_a_range, version)}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="wiregrade-std-") as scratch:
        os.chdir(scratch)
        shutil.copytree(COURSE, "course")
        assert run(["wiregrade", "init", "made", "--course", "course"])[0] == 0
        shutil.move("made/course.key", "course.key")
        pathlib.Path("class.yml").write_text(CLASS, encoding="ascii")
        serves(BOARD, "", "listening on")
        flag = run(["wiregrade", "flag", "mint", "smith", "stream-base64"])[1].strip()
        assert run(["wiregrade", "submit", flag])[0] == 0
        CASES[sys.argv[4]]()
