#!/usr/bin/env python3
"""wipe.py WIREGRADE: root ends ranges that show a folder, and removes its copies, while a process of the range's own user
exchanges folders in them for links to a folder of root's. That folder must keep its files. Exit status 77: skipped."""
import ctypes
import glob
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import shutil
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from steady import DEADLINE  # noqa: E402

SKIP = 77
ROUNDS, FOLDERS, FILES, VICTIMS = 3, 60, 50, 3000
EXCHANGE = 2  # renameat2(2)
wiregrade = sys.argv[1]
libc = ctypes.CDLL(None, use_errno=True)


def require(condition, *what):
    if not condition:
        sys.exit("not so: " + " ".join(str(w) for w in what))


def exchange_for_ever(copies, victim, uid):
    """In a child: one link for each folder, and the two change places as fast as they can."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    pairs = []
    for i in range(FOLDERS):
        try:
            os.symlink(victim, f"{copies}/link{i}")
        except OSError:
            pass
        pairs.append((f"{copies}/{i}".encode(), f"{copies}/link{i}".encode()))
    while True:
        for one, other in pairs:
            libc.renameat2(-100, one, -100, other, EXCHANGE)


def attack(shown, victim):
    """The user whom the range's copies belong to, after it has ended."""
    process = subprocess.Popen([wiregrade, "range", f"--show={shown}:/tmp/shown", "--", "sh", "-c", "echo $WIREGRADE_RANGE; sleep 60"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    name = process.stdout.readline().strip()
    if not name:
        print("skipped:", process.communicate(timeout=DEADLINE)[1].strip())
        sys.exit(SKIP)
    copies = glob.glob(f"/tmp/wiregrade-0/{name}/*-*/0")
    require(len(copies) == 1, "one copy in", name, copies)
    uid = os.stat(copies[0]).st_uid
    child = os.fork()
    if child == 0:
        try:
            exchange_for_ever(copies[0], victim, uid)
        finally:
            os._exit(1)
    try:
        until = time.monotonic() + DEADLINE
        while not os.path.lexists(f"{copies[0]}/link{FOLDERS - 1}") and time.monotonic() < until:
            time.sleep(0.01)
        require(os.path.lexists(f"{copies[0]}/link{FOLDERS - 1}"), "the attacker has begun")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=DEADLINE)
    finally:
        process.kill()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return uid


def main():
    if os.getuid() != 0:
        print("skipped: not root")
        sys.exit(SKIP)
    scratch = tempfile.mkdtemp(prefix=f"wg-wipe-{os.getpid()}")
    os.chmod(scratch, 0o755)
    shown, victim = f"{scratch}/shown", f"{scratch}/victim"
    try:
        os.mkdir(victim)
        for i in range(VICTIMS):
            open(f"{victim}/{i}", "w", encoding="ascii").close()
        for i in range(FOLDERS):
            os.makedirs(f"{shown}/{i}")
            for j in range(FILES):
                open(f"{shown}/{i}/{j}", "w", encoding="ascii").close()
        uids = {attack(shown, victim) for _ in range(ROUNDS)}
        left = len(os.listdir(victim))
        print(f"{VICTIMS - left} of {VICTIMS} files of root's removed in {ROUNDS} ranges of user {uids}")
        require(left == VICTIMS, "all are left")
        with open("/etc/passwd", encoding="utf-8") as file:
            taken = {int(line.split(":")[2]) for line in file}
        require(not uids & (taken | {0, 65534}), "a user that nobody else is:", uids)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


main()
