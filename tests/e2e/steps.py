#!/usr/bin/env python3
"""steps.py BIN CASE: one end-to-end test of a conversation in a range; CASE is a function of steps_student.py, run as
the student. Exit status 77: skipped."""
import json
import os
import pathlib
import signal
import sys
import threading
import time

from steady import until
from targets import Range, skip, status_of

STUDENTS = ["smith", "jones", *(f"student{i}" for i in range(300))]
HERE = pathlib.Path(__file__).resolve().parent


def rss_kib(r):
    return int(status_of(r.pid())["VmRSS"].split()[0])


def end_when_dialled(r):
    until(lambda: r.journal() and '"event":"step","slug":"udpcall"' in r.read)
    os.kill(r.pid(), signal.SIGTERM)


def main():
    bin, case = sys.argv[1:]
    roster = "handle,name,email\n" + "".join(f"{who},{who},{who}@example.org\n" for who in STUDENTS)
    r = Range(bin, course="steps", arguments=["--every-attempt"], roster=None if case == "a_wrong_answer_is_no_new_name" else roster)
    try:
        before = rss_kib(r)
        if case == "a_target_that_ends_tells_who_waits":
            threading.Thread(target=end_when_dialled, args=(r,), daemon=True).start()
        began = time.monotonic()
        code, text = r.student(case, *(f"--show={HERE}/{name}.py:/tmp/{name}.py" for name in ("steps_student", "steps_called", "steps_talk")),
                               command=["python3", "/tmp/steps_student.py", case])
        if code == 77:
            skip(text)
        assert code == 0, f"{text}\n...{r.read[-4000:]}"
        ended = case == "a_target_that_ends_tells_who_waits"
        flags, wrong = int(text.split("FLAGS ")[1].split()[0]), 2 if case == "packets_in_several_steps" else 0

        def written():
            lines = [line for line in r.journal() if line["event"] == "attempt"]
            return sum(line["answer"] == "flag" for line in lines) >= flags and sum(line["verdict"] == "near" for line in lines) >= wrong

        # a line is written behind its answer
        until(lambda: '"event":"stop"' in r.read if ended and r.journal() else written())
        lines = r.journal()
        for line in lines:
            assert len(json.dumps(line)) <= 4096 and "flag{" not in json.dumps(line), line
            # a step that is not the last is no solve
            assert line["event"] != "step" or line["answer"] in ("step", "limited"), line
            # and a try is kept for the class's own addresses alone
            assert line["event"] != "step" or line["source"].startswith("10.10.0."), line
        answered = sum(line["event"] == "step" and line["answer"] == "step" for line in lines)
        # targets/state/budget.c: 500 at once and 200 a second over all sources
        assert case != "handshakes_in_others_names" or 100 <= answered <= 500 + 200 * (time.monotonic() - began + 1), answered
        # what was doubled and what kernels reset is no attempt: the value of another try and the packet out of order are
        near = sum(line["event"] == "attempt" and line["verdict"] == "near" for line in lines)
        assert case != "packets_in_several_steps" or near == wrong, near
        passes = [line for line in lines if line["event"] == "attempt" and line["verdict"] == "pass"]
        assert all(line["step"] == line["steps"] for line in passes), passes
        if ended:
            assert r.expect(r"exit status (\d+)").group(1) == "0" and any(l["event"] == "dial" and l["outcome"] == "stopped" for l in lines), lines
            return
        grown = rss_kib(r) - before
        print(text, f"{grown} KiB more resident than {before}",
              f"{sum(l['event'] == 'step' for l in lines)} steps in the journal, {answered} of them answered")
        # what the sanitizer keeps of memory that was given back comes on top
        assert grown < (8192 if b"__asan_init" in pathlib.Path(bin, "wiregrade-target").read_bytes() else 4096), grown
        assert len([line for line in lines if line["event"] == "attempt" and line["answer"] == "flag"]) == flags, text
    finally:
        r.end()


main()
