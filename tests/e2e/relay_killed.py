"""The relay killed at every step, stopped in a request, and another one beside it. For relay.py."""
import os
import pathlib
import re
import signal
import subprocess
import sys

import desk
from desk import Class, PATIENT, RealBoard, STUDENT, board, call_api, expect, once
from steady import DEADLINE, until


def case_one_relay():
    b = board()
    c = Class(b.url)
    c.submit()
    b.faults.append(["", "", "502", 10**6])
    first = subprocess.Popen([desk.wiregrade, "outbox", "run", "--wait", PATIENT], cwd=c.dir, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    until(lambda: b.requests)
    second = subprocess.Popen([desk.wiregrade, "outbox", "run"], cwd=c.dir, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    said = second.stderr.readline()
    assert re.search(rf"process {first.pid}( on \S+)? is posting", said), said
    # a flag can be handed in all the while
    c.submit()
    assert c.output.count("already known") == 2, c.output
    assert c.states() == ["waiting", "waiting"]
    first.send_signal(signal.SIGTERM)
    assert first.wait(DEADLINE) == 4
    b.faults.clear()
    out, err = second.communicate(timeout=DEADLINE)
    assert second.returncode == 0 and "2 posted" in out, (out, err)


def case_stop_during_request():
    """SIGTERM while a POST waits for its answer: it ends without one, and the next run finds what became of it."""
    b = board()
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    b.faults.append(["POST", "/submissions", "after-held", 1])
    run = subprocess.Popen([desk.wiregrade, "outbox", "run", "--timeout", "600"], cwd=c.dir, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(b.solves)
    run.send_signal(signal.SIGTERM)
    assert run.wait(DEADLINE) == 4  # no answer has come, and none would before ten minutes are over
    b.released.set()
    assert c.states() == ["waiting"]
    expect(c, 0, "1 posted", c.outbox())
    once(b, 1)
    assert sum(r["method"] == "POST" for r in b.requests) == 1, "posted again without a look"


# board's fault, for the kill tests
KILL_FAULTS = {"none": None, "before": "500", "after": "after-500", "drop_before": "nothing", "drop_after": "after-nothing"}


def kill_case(which):
    """SIGKILL at every step in turn; the next run finishes, and each solve is there once."""
    for n in range(1, 100):
        b = board()
        c = Class(b.url, f"k{n}")
        c.submit()
        if KILL_FAULTS[which]:
            b.faults.append(["POST", "/submissions", KILL_FAULTS[which], 1])
        status = c.outbox("--wait", PATIENT, env={"WIREGRADE_TEST_KILL_AT": str(n)})
        assert status in (0, -9), c.output
        known = len(b.solves())
        assert sum(r["state"] == "posted" for r in c.rows()) <= known
        expect(c, 0, "0 waiting, 0 held", c.outbox())
        once(b)
        assert c.states() == ["posted", "posted"]
        if which in ("none", "after", "drop_after"):
            assert sum(r["method"] == "POST" for r in b.requests) == 2, "posted again without a look"
        b.stop()
        if status == 0:
            assert n > 8, f"only {n} steps"
            return
    raise AssertionError("it never came to its end")


def case_kill_twice():
    """Killed again while it recovers."""
    b = board()
    c = Class(b.url)
    c.submit()
    b.faults.append(["POST", "/submissions", "after-nothing", 2])
    for n in (6, 5, 4, 3, 2, 1, 5, 3):
        c.outbox("--wait", PATIENT, env={"WIREGRADE_TEST_KILL_AT": str(n)})
    expect(c, 0, "0 waiting", c.outbox())
    once(b)


def board_kill_case(fault):
    """SIGKILL at every step in turn against the local board, which fails once for each solve."""
    for n in range(1, 100):
        with RealBoard(f"board{n}", "--fault", f"post-submissions:{fault}:1") as b:
            c = Class(b.url, f"class{n}", token=b.token)
            b.api("POST", "/users", {"name": STUDENT, "password": os.urandom(12).hex()})
            expect(c, 0, "created   raw-ipv4", c.run("deploy"))
            c.submit()
            status = c.outbox("--wait", PATIENT, env={"WIREGRADE_TEST_KILL_AT": str(n)})
            assert status in (0, -9), c.output
            expect(c, 0, "0 waiting, 0 held", c.outbox())
            rows = b.api("GET", "/submissions?per_page=100")["data"]
            assert sorted(r["challenge"]["name"] for r in rows) == ["Raw IPv4", "Stream sender"], rows
            assert c.states() == ["posted", "posted"]
        if status == 0:
            assert n > 8, f"only {n} steps"
            return
    raise AssertionError("it never came to its end")


def case_real_ctfd():
    """The same against a real CTFd, with users of its own, killed at every step."""
    url, file = os.environ.get("WIREGRADE_CTFD_URL"), os.environ.get("WIREGRADE_CTFD_TOKEN_FILE")
    if not url or not file:
        print("skipped: WIREGRADE_CTFD_URL and WIREGRADE_CTFD_TOKEN_FILE are not set")
        sys.exit(77)
    token = pathlib.Path(file).read_text().strip()

    def api(*args):
        return call_api(url, token, *args)

    mode = api("GET", "/configs/user_mode")["data"]["value"]
    for n in range(1, 100):
        c = Class(url, f"real{n}", mode=mode, token=token)
        name = f"wg-{os.getpid()}-{n}"
        user = api("POST", "/users", {"name": name, "password": os.urandom(12).hex(), "hidden": True})["data"]["id"]
        team = None
        try:
            expect(c, 0, "raw-ipv4", c.run("deploy", "--take-over"))
            c.submit(student=name)
            if mode == "teams":
                expect(c, 1, "has to join a team", c.outbox())
                team = api("POST", "/teams", {"name": name, "password": os.urandom(12).hex(), "hidden": True})["data"]["id"]
                api("POST", f"/teams/{team}/members", {"user_id": user})
            status = c.outbox(env={"WIREGRADE_TEST_KILL_AT": str(n)})
            assert status in (0, -9), c.output
            expect(c, 0, "0 waiting, 0 held", c.outbox())
            rows = api("GET", f"/submissions?user_id={user}&per_page=100")["data"]
            assert len(rows) == 2 and {r["type"] for r in rows} == {"correct"}, rows
            assert {r["team_id"] for r in rows} == {team}, rows
        finally:
            if team:
                api("DELETE", f"/teams/{team}")
            api("DELETE", f"/users/{user}")
        if status == 0:
            assert n > 8
            return
    raise AssertionError("it never came to its end")
