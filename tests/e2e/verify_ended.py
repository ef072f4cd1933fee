"""A verify whose target has to wait or ends, or that is ended itself: nothing is left. For verify.py."""
import contextlib
import glob
import json
import os
import re
import signal
import subprocess
import sys
import time

import verify_room as room
from leftovers import children, command_line
from verify_room import DEADLINE, base, checks, environment, failing, only_solver, prefix, require


def start_time(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return None if fields[0] == "Z" else fields[19]
    except OSError:
        return None


def folders_of(pids):
    found = set(glob.glob(f"{base()}/range-*")) if room.who == "user" else set()  # the user's is this test's alone
    for pid in pids:
        for path in glob.glob(f"/proc/{pid}/fd/*"):
            try:
                target = os.readlink(path)
            except OSError:
                continue
            if match := re.match(re.escape(base()) + r"/(range-\w+)/", target):
                found.add(f"{base()}/{match[1]}")
    return found


def while_it_runs(slug, program):
    """Begins to verify a challenge. The process, its target, and the program of which these words are the command line, when it runs."""
    process = subprocess.Popen([*prefix(), room.wiregrade, "verify", "--course", f"{room.scratch}/course", "--format", "json", slug],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        lines = {pid: command_line(pid).split(b"\0")[:-1] for pid in children(process.pid)}
        found = [pid for pid, line in lines.items() if line == program]
        target = [pid for pid, line in lines.items() if line[:1] == [b"wiregrade-target"]]
        if found and target:
            return process, target[0], found[0]
        time.sleep(0.02)
    return require(False, program, "runs", lines)


def a_target_that_has_to_wait(what):
    """As on a machine with more to do than it can: what was sent is judged seconds later."""
    slug, words, seconds = {"near_misses": ("practice-udp", [b"sleep", b"1.25"], 5), "solver": ("practice-alarm", [b"sleep", b"0.3"], 11)}[what]
    if what == "near_misses":
        with open(f"{room.course}/{slug}/solve/udpraw.py", encoding="utf-8") as file:
            only_solver(slug, "slow.py", file.read() + "os.sys.stdout.flush()\nos.execvp('sleep', ['sleep', '1.25'])\n")
    else:  # stopped before his first packet
        with open(f"{room.course}/{slug}/solve/hping.sh", encoding="utf-8") as file:
            only_solver(slug, "slow.sh", file.read().replace("  hping3 ", "  sleep 0.3\n  hping3 "))
    process, target, program = while_it_runs(slug, words)
    os.kill(target, signal.SIGSTOP)
    while command_line(program):
        time.sleep(0.02)
    time.sleep(seconds)
    with contextlib.suppress(ProcessLookupError):  # not waited for
        os.kill(target, signal.SIGCONT)
    out, err = process.communicate(timeout=DEADLINE)
    require(process.returncode == 0, failing(json.loads(out), slug), err)


def a_target_that_ends():
    """While a solver runs that would have failed by itself: that is no fault of the solver."""
    only_solver("stream-sender", "slow.py", "import time\ntime.sleep(4)\n")
    process, target, _ = while_it_runs("stream-sender", [b"python3", b"/tmp/slow.py"])
    os.kill(target, signal.SIGKILL)
    out, err = process.communicate(timeout=DEADLINE)
    found = json.loads(out)
    bad = failing(found, "stream-sender")
    require([(c["group"], c["blame"]) for c in bad] == [("run", "harness")], bad)
    require("wiregrade-target has ended by itself: signal 9" in bad[0]["text"] and "slow.py" in bad[0]["text"], bad)
    require(checks(found, "stream-sender")[0] == bad[0], "told first", out)
    require(not checks(found, "stream-sender", "solver"), "not judged", out)
    require(process.returncode == 4, process.returncode, err)


def ended_by(number):
    only_solver("stream-sender", "slow.py", "import time\ntime.sleep(600)\n")
    only_solver("raw-ipv4", "slow.py", "import time\ntime.sleep(600)\n")
    process = subprocess.Popen([*prefix(), room.wiregrade, "verify", "--course", f"{room.scratch}/course", "--jobs", "2",
                                "--timeout", "600", "--repeat", "5", "stream-sender", "raw-ipv4"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=environment())
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        below = children(process.pid)
        names = [command_line(pid) for pid in below]
        if sum(b"slow.py" in n and n.startswith(b"python3") for n in names) >= 2:
            break
        time.sleep(0.02)
    else:
        sys.exit(f"the solvers do not run: {names}")
    folders = folders_of(below)
    require(len(folders) == 2, "two ranges", folders)
    times = {pid: start_time(pid) for pid in below}
    process.send_signal(number)
    process.communicate(timeout=DEADLINE)
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        alive = [pid for pid, began in times.items() if began and start_time(pid) == began]
        left = [folder for folder in folders if os.path.exists(folder)]
        if not alive and not left:
            break
        time.sleep(0.02)
    require(not alive, "processes left", alive)
    require(not left, "folders left", left)
    return process


def ended_by_sigint():
    process = ended_by(signal.SIGINT)
    require(process.returncode == 1, process.returncode)


def ended_by_sigterm():
    ended_by(signal.SIGTERM)


def ended_by_sigkill():
    ended_by(signal.SIGKILL)
