#!/usr/bin/env python3
"""targets.py BIN CASE: one end-to-end test of wiregrade-target in a range. Exit status 77: skipped.

The outer half runs on this machine: it starts a range with the targets in it and joins it once more as the student,
with targets_student.py, whose function CASE does what a student or an attacker does. A case with a function of its
name here is led from outside instead."""
import json
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import leftovers  # noqa: F401  pylint: disable=unused-import
import steady
from steady import DEADLINE
from twice import judged_twice

HERE = pathlib.Path(__file__).resolve().parent
OUTCOMES = {"with_an_open_listener": "delivered", "with_a_closed_listener": "refused",
            "with_a_filtered_listener": "timeout"}
CLASS = """class: e2e
course: course
networks: {target: 172.16.1.15, students: [10.10.0.0/24]}
feedback: full
bind: %(bind)s
key_file: course.key
%(roster)s
"""


def skip(why):
    print("skipped:", why)
    sys.exit(77)


class Range:
    """The targets in a range. Their journal comes on the same pipe as their lines."""

    def __init__(self, bin, course="targets", bind="off", roster=None, arguments=(), script=None):
        self.bin = bin
        self.scratch = tempfile.mkdtemp(prefix="wg-targets-")
        folder = pathlib.Path(self.scratch, "class")
        made = subprocess.run([f"{bin}/wiregrade", "init", folder, "--course", HERE / "data" / course],
                              capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        steady.fix_key(folder)
        shutil.copytree(HERE / "data" / course, folder / "course")
        (folder / "class.yml").write_text(CLASS % {"bind": bind, "roster": "roster: roster.csv" if roster else ""})
        if roster:
            (folder / "roster.csv").write_text(roster)
        # a journal is a file, and nothing else
        script = script or (": >/tmp/j; tail -s 0.02 -f /tmp/j & (/tmp/wiregrade-target run --journal /tmp/j "
                  f"{' '.join(arguments)}; echo exit status $?); sleep 600")
        script = f"echo $WIREGRADE_RANGE; cd /tmp/class; {script}"
        self.process = subprocess.Popen(
            [f"{bin}/wiregrade", "range", "--side=target", "--show", f"{bin}/wiregrade-target:/tmp/wiregrade-target",
             "--show", f"{folder}:/tmp/class", "--", "sh", "-c", script],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.read = self.errors = ""
        self.name = self.expect(r"(range-\w+)\n").group(1)
        self.started = time.monotonic()
        self.expect(r'"event":"start"')
        self.expect(r"(?m)^\w+: (tcp|udp|packets) .*\n")
        self.ready_ms = (time.monotonic() - self.started) * 1000

    def expect(self, pattern):
        until = time.monotonic() + DEADLINE
        while not (match := re.search(pattern, self.read)):
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                sys.exit(f"no {pattern!r} in {self.read}")
            got = self.process.stdout.read()
            if not got:
                error = self.process.stderr.read().decode()
                if self.process.wait() == 4:
                    skip(error)
                sys.exit(f"no {pattern!r}: ended after {self.read}{error}")
            self.read += got.decode()
        return match

    def said(self, pattern):
        """What the targets say on standard error; each is waited for after the one before."""
        until = time.monotonic() + DEADLINE
        while not (match := re.search(pattern, self.errors)):
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stderr], [], [], left)[0]:
                sys.exit(f"nobody said {pattern!r}: {self.errors}")
            self.errors += os.read(self.process.stderr.fileno(), 65536).decode()
        self.errors = self.errors[match.end():]

    def journal(self, event=None, count=0):
        """What it holds by now, as objects; with count, waits until there are so many of that event."""
        until = time.monotonic() + DEADLINE
        while True:
            while select.select([self.process.stdout], [], [], 0.1)[0] and (got := self.process.stdout.read()):
                self.read += got.decode()
            lines = [json.loads(line) for line in re.findall(r"(?m)^\{.*\}$", self.read)]
            lines = [line for line in lines if event in (None, line["event"])]
            if len(lines) >= count:
                return lines
            assert time.monotonic() < until, lines

    def student(self, case, *show, side="student", command=None):
        """Runs a case of targets_student.py; its exit status and output."""
        command = command or ["python3", "/tmp/student.py", case]
        done = subprocess.run(
            [f"{self.bin}/wiregrade", "range", f"--join={self.name}", f"--side={side}", "--show",
             f"{HERE}/targets_student.py:/tmp/student.py", f"--show={HERE}/targets_sends.py:/tmp/targets_sends.py", *show, "--", *command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE)
        return done.returncode, done.stdout + done.stderr

    def pid(self):
        """The targets' process, as this machine numbers it."""
        children = {}
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                pid, name, parent = re.match(r"(\d+) \((.*)\) \w (\d+)", stat.read_text()).groups()
            except (OSError, AttributeError):
                continue
            children.setdefault(int(parent), []).append((int(pid), name))
        todo = [self.process.pid]
        while todo:
            for pid, name in children.get(todo.pop(), ()):
                if name == "wiregrade-targe":
                    return pid
                todo.append(pid)
        return sys.exit("no wiregrade-target below this range")

    def judged_twice(self):
        scratch = pathlib.Path(self.scratch)
        _, differences = judged_twice([f"{self.bin}/wiregrade"], scratch / "class/class.yml", scratch, self.journal())
        assert not differences, differences

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(DEADLINE)
        finally:
            self.process.kill()
            shutil.rmtree(self.scratch)


def text_of(path):
    try:
        return path.read_text()
    except OSError:
        return ""  # it has ended


def status_of(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return dict(re.findall(r"(?m)^(\w+):\s*(.*)$", text))


def privileges_are_gone(bin):
    r = Range(bin)
    try:
        status = status_of(r.pid())
        for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            assert int(status[name], 16) == 0, (name, status[name])
        # sanitizers need calls of their own, so their builds have no filter
        filtered = b"__asan_init" not in pathlib.Path(bin, "wiregrade-target").read_bytes()
        assert status["NoNewPrivs"] == "1" and status["Threads"] == "1", status
        assert status["Seccomp"] == "2" or not filtered, status
        clerk = [status_of(p.parent.name) for p in pathlib.Path("/proc").glob("[0-9]*/status")
                 if f"\nPPid:\t{r.pid()}\n" in text_of(p)]
        assert [c["Name"] for c in clerk] == ["wiregrade-clerk"], clerk
        assert clerk[0]["NoNewPrivs"] == "1" and all(int(clerk[0][n], 16) == 0 for n in ("CapInh", "CapPrm", "CapEff", "CapAmb")), clerk
        assert r.student("flag_is_called_back")[0] == 0
        os.kill(r.pid(), signal.SIGTERM)
        stop = json.loads(r.expect(r'(?m)^(.*"event":"stop".*)$').group(1))
        assert stop["refused_calls"] == 0, stop
    finally:
        r.end()


def sigterm_ends_within_a_second(bin):
    """With an idle peer, one that has begun, and a call that nobody answers: none of them ends before the targets do."""
    r = Range(bin)
    try:
        peers = subprocess.Popen(
            [f"{bin}/wiregrade", "range", f"--join={r.name}", "--show", f"{HERE}/targets_student.py:/tmp/student.py",
             f"--show={HERE}/targets_sends.py:/tmp/targets_sends.py", "--", "python3", "/tmp/student.py", "hold_everything_open"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert peers.stdout.readline() == "held\n"
        before = time.monotonic()
        os.kill(r.pid(), signal.SIGTERM)
        assert r.expect(r"exit status (\d+)").group(1) == "0"
        took = time.monotonic() - before
        assert peers.poll() is None
        peers.communicate(timeout=DEADLINE)
        # a second is given to who is there; a machine that is busy takes its own time on top
        assert took < 5, took
    finally:
        r.end()


def a_port_in_use_is_named(bin):
    r = Range(bin)
    try:
        again = ["sh", "-c", "cd /tmp/class && exec /tmp/wiregrade-target run --only datagram"]
        code, text = r.student("", "--show", f"{bin}/wiregrade-target:/tmp/wiregrade-target", "--show",
                               f"{r.scratch}/class:/tmp/class", side="target", command=again)
        assert code == 4 and "5002/udp" in text and "datagram:" in text and "in use" in text, (code, text)
        only = ["sh", "-c", "cd /tmp/class && exec /tmp/wiregrade-target run --only stream"]
        code, text = r.student("", "--show", f"{bin}/wiregrade-target:/tmp/wiregrade-target", "--show",
                               f"{r.scratch}/class:/tmp/class", side="target", command=only)
        assert code == 4 and "5001/tcp" in text and "stream:" in text and "in use" in text, (code, text)
    finally:
        r.end()


def no_right_to_capture_is_told(bin):
    r = Range(bin)
    try:
        bare = ["setpriv", "--ambient-caps=-all", "--inh-caps=-all", "sh", "-c",
                "cd /tmp/class && exec /tmp/wiregrade-target run --only chaos"]
        code, text = r.student("", "--show", f"{bin}/wiregrade-target:/tmp/wiregrade-target", "--show",
                               f"{r.scratch}/class:/tmp/class", side="target", command=bare)
        assert code == 4 and "setcap" in text, (code, text)
    finally:
        r.end()


def bound_flags_stay_at_home(bin):
    """bind: enforce: smith's host is the range's student, jones lives elsewhere, the roster does not say where kim does."""
    roster = "handle,name,email,address\nsmith,S,s@example.org,10.10.0.40\njones,J,j@example.org,10.10.0.77\nkim,K,k@example.org,\n"
    r = Range(bin, bind="enforce", roster=roster)
    try:
        code, text = r.student("only_the_own_hosts_flag")
        assert code == 0, text
        attempts = {a["student"]: a for a in r.journal("attempt", 4)}
        assert attempts["smith"]["own_host"] is True and attempts["smith"]["answer"] == "flag", attempts
        assert attempts["jones"]["own_host"] is False and attempts["jones"]["answer"] == "withheld", attempts
        assert "own_host" not in attempts["kim"] and attempts["kim"]["answer"] == "withheld", attempts
        strangers = [a for a in r.journal("attempt") if a["student"] is None]
        assert strangers and strangers[0]["stranger"] is True, strangers
    finally:
        r.end()


def what_is_wrong_is_for_the_own_host(bin):
    """bind: record: of a near miss in another's name neither values nor codes are told."""
    roster = "handle,name,email,address\nsmith,S,s@example.org,10.10.0.40\njones,J,j@example.org,10.10.0.77\n"
    r = Range(bin, bind="record", roster=roster)
    try:
        code, text = r.student("near_misses_of_oneself_and_of_another")
        assert code == 0, text
    finally:
        r.end()


def own_calls_are_never_judged(bin):
    """The course that listens to nearly every packet: resets of our own calls come back with the TTL it takes."""
    r = Range(bin, course="greedy")
    try:
        code, text = r.student("one_call_for_one_packet_of_everybody")
        assert code == 0, text
        assert len(r.journal("attempt", 1)) == 1, r.read
    finally:
        r.end()


# Inside: what was said so far is on the pipe. Each step waits for the journal to grow, as its reader would see it.
ROTATION = """python3 -c 'import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind("/tmp/manager")
print(s.recv(500).decode(), flush=True)' &
until [ -S /tmp/manager ]; do sleep 0.05; done
NOTIFY_SOCKET=/tmp/manager /tmp/wiregrade-target run --journal /tmp/j & target=$!
cd /tmp; lines() { grep -c '"event":"attempt"' "$1"; }
until grep -q start j 2>/dev/null; do sleep 0.05; done; cat j
until [ "$(lines j)" = 1 ]; do sleep 0.05; done; mv j j.1; echo MOVED
until [ "$(lines j.1)" = 2 ]; do sleep 0.05; done; kill -HUP $target
until [ -s j ]; do sleep 0.05; done; echo ANEW
until [ "$(lines j)" = 1 ]; do sleep 0.05; done; kill -HUP $target; kill -TERM $target; wait $target
echo exit status $?; echo; cat j; echo END; sleep 600
"""


def a_moved_journal_is_written_to_until_sighup(bin):
    if b"__asan_init" in pathlib.Path(bin, "wiregrade-target").read_bytes():
        return  # without the filter there is nothing to see that the unit test does not
    r = Range(bin, script=ROTATION)
    try:
        r.expect("READY=1\nSTATUS=serving 4 targets\n")
        # each of another student: a pass that comes again is only counted
        for student, after in (("smith", "MOVED"), ("jones", "ANEW"), ("brown", "exit status 0")):
            code, text = r.student(f"one_datagram_of_{student}")
            assert code == 0, text
            r.expect(after)
        anew = [json.loads(line) for line in r.expect(r"(?s)exit status 0\n\n(.*)END").group(1).splitlines()]
        assert [line["event"] for line in anew] == ["start", "attempt", "stop"], anew
        assert anew[0]["class"] == "e2e" and anew[2]["refused_calls"] == 0, anew
    finally:
        r.end()


# After each of the student's attempts the next change of the files.
CHANGES = """cp -r /tmp/class /tmp/c; cd /tmp/c; : >/tmp/j; tail -s 0.02 -f /tmp/j & /tmp/wiregrade-target run --journal /tmp/j & target=$!
after() { until [ "$(grep -c '"event":"attempt"' /tmp/j)" = $1 ]; do sleep 0.05; done; }
until grep -q start /tmp/j; do sleep 0.05; done
printf '%s\\n' jones,J,j@example.edu brown,B,b@example.edu >more
cp roster.csv one; after 2; cat more >>roster.csv; kill -HUP $target
after 3; echo 'x y,,' >>roster.csv; kill -HUP $target
after 4; cp one roster.csv
sed -i 's/feedback: full/feedback: none/; s#10.10.0.0/24#10.10.0.0/23#; $a briefing: 1199' class.yml; kill -HUP $target
after 5; rm class.yml; kill -HUP $target
wait $target; echo exit status $?; sleep 600
"""


def class_and_roster_are_read_anew(bin):
    """SIGHUP: who has enrolled since may play, what waits goes on waiting, and a file that is wrong changes nothing."""
    r = Range(bin, roster="handle,name,email\nsmith,S,smith@example.edu\n", script=CHANGES)

    def student(case):
        code, text = r.student(case)
        assert code == 0, text

    try:
        student("a_flag_without_a_listener")
        student("jones_is_a_stranger")
        r.said("class and roster are read anew: 3 on the roster, 1 before\n")
        student("one_datagram_of_jones")
        r.said(r"roster.csv:5:1: .*; class and roster stay as they were\n")
        student("one_datagram_of_brown")
        r.said("read anew: 1 on the roster, 3 before\n")
        r.said("class.yml: changed as well, and as before until the targets are restarted: `networks.students`, `briefing`\n")
        student("a_near_miss_is_told_nothing")
        r.said(r"class.yml: .*No such file.*; class and roster stay as they were\n")
        student("what_waits_is_called_back")
        os.kill(r.pid(), signal.SIGTERM)
        stop = json.loads(r.expect(r'(?m)^(.*"event":"stop".*)$').group(1))
        assert stop["refused_calls"] == 0 and "lost" not in stop and "kept" not in stop, stop
    finally:
        r.end()


# The targets three times: as they were ended, with a journal that somebody has changed, and as they should be.
RESTARTS = """run() { /tmp/wiregrade-target run --journal "$1"; echo; echo exit status $?; }
: >/tmp/j; tail -s 0.02 -f /tmp/j & run /tmp/j
sed 's/"student":"smith"/"student":"jones"/g' /tmp/j >/tmp/k; echo CHANGED; run /tmp/k; echo; grep -c waiting /tmp/k
echo RESTARTED; run /tmp/j; sleep 600
"""


def what_waits_outlives_a_restart(bin):
    r = Range(bin, script=RESTARTS)
    try:
        code, text = r.student("a_flag_without_a_listener")
        assert code == 0, text
        r.expect('"outcome":"refused"')
        os.kill(r.pid(), signal.SIGTERM)
        kept = json.loads(r.expect(r'(?m)^(.*"event":"waiting".*)$').group(1))
        assert (kept["to"], kept["port"], [(f["slug"], f["student"]) for f in kept["flags"]]) == (
            "10.10.0.40", 1111, [("chaos", "smith")]) and "flag{" not in r.read, kept
        assert json.loads(r.expect(r'(?m)^(.*"event":"stop".*)$').group(1))["kept"] == 1
        r.expect(r"(?s)CHANGED.*the briefing: ")
        os.kill(r.pid(), signal.SIGTERM)
        r.expect(r"exit status 0\n\n1\nRESTARTED")
        r.expect(r"(?s)RESTARTED.*the briefing: ")
        code, text = r.student("what_waits_is_called_back")
        assert code == 0, text
    finally:
        r.end()


def targets_are_up_quickly(bin):
    """The best of as many as there is time for: what else a machine does comes on top of what they take."""
    took, end = [], time.monotonic() + DEADLINE
    while not took or min(took) >= 1000 and time.monotonic() < end:
        r = Range(bin)
        try:
            kib = int(status_of(r.pid())["VmRSS"].split()[0])
            took.append(r.ready_ms)
            print(f"ready after {r.ready_ms:.0f} ms, {kib} KiB resident")
        finally:
            r.end()
    assert min(took) < 1000, took


def main():
    bin, case = sys.argv[1:]
    led = {f.__name__: f for f in (privileges_are_gone, sigterm_ends_within_a_second, a_port_in_use_is_named,
                                   no_right_to_capture_is_told, bound_flags_stay_at_home,
                                   what_is_wrong_is_for_the_own_host, own_calls_are_never_judged,
                                   a_moved_journal_is_written_to_until_sighup, targets_are_up_quickly,
                                   class_and_roster_are_read_anew, what_waits_outlives_a_restart)}
    if case in led:
        led[case](bin)
        return
    r = Range(bin)
    try:
        code, text = r.student(case)
        if code == 77:
            skip(text)
        deliveries = [line["outcome"] for line in r.journal("delivery", case in OUTCOMES and code == 0)]
        assert case not in OUTCOMES or deliveries == [OUTCOMES[case]], deliveries
        for line in r.journal():
            assert len(json.dumps(line)) <= 4096 and "flag{" not in json.dumps(line), line
        assert code == 0, f"{text}\n...{r.read[-4000:]}"
        r.judged_twice()
    finally:
        r.end()


if __name__ == "__main__":
    main()
