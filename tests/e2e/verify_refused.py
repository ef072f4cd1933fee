"""What does not hold in a course, and who is to blame for it. For verify.py."""
import os
import re
import shutil
import subprocess
import sys

import verify_room as room
from verify_room import DEADLINE, SKIP, checks, environment, failing, nothing_below, only_solver, prefix, replace, report, require, write


def another_students_flag():
    only_solver("stream-sender", "borrowed.py", "print('flag{stream-sender.bob.7bny-7cws-ycwu-67ly}')\n")
    with open(f"{room.course}/datagram-sender/solve/sender.py", encoding="utf-8") as file:
        both = file.read() + "print('flag{datagram-sender.bob.7bny-7cws-ycwu-67ly}')\n"
    only_solver("datagram-sender", "both.py", both)
    # right in another's name: the flag of whoever is named, if anybody
    with open(f"{room.course}/datagram-hex/solve/sender.py", encoding="utf-8") as file:
        write("datagram-hex/solve/other.py", file.read().replace('os.environ["WIREGRADE_STUDENT"]', '"bob"'))
    found, _ = report("stream-sender", "datagram-sender", "datagram-hex", status=1)
    for slug, name in (("stream-sender", "borrowed"), ("datagram-sender", "both"), ("datagram-hex", "other")):
        bad = failing(found, slug)
        require(len(bad) == 1 and bad[0]["blame"] == "student's program" and name in bad[0]["name"], slug, bad)
    require("right for this class" in failing(found, "stream-sender")[0]["text"], failing(found, "stream-sender"))
    require("right for this class" in failing(found, "datagram-sender")[0]["text"], failing(found, "datagram-sender"))


HOSTILE = {
    "daemon": ("import os, time\nfor i in range(2):\n    if os.fork(): os._exit(0)\n    os.setsid()\n"
               "time.sleep(600)\n", ""),
    "fork": ("import os, time\nn = 0\ntry:\n    while True:\n        if os.fork() == 0: time.sleep(600)\n        n += 1\n"
             "except OSError as e: print('stopped after', n, flush=True)\ntime.sleep(600)\n", "longer than 2 s"),
    "memory": ("b = []\nwhile True: b.append(bytearray(64 << 20))\n", "Memory"),
    "disk": ("n = 0\ntry:\n    while True:\n        open('/tmp/%d' % n, 'wb').write(b'x' * (8 << 20)); n += 1\n"
             "except OSError as e: print('disk:', e.errno, n)\n", "disk: 28"),
    "flood": ("while True: print('flag{' * 1000)\n", "64 KiB"),
    "late": ("import time\ntime.sleep(600)\n", "longer than 2 s"),
    "killed": ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "signal 11"),
}


def hostile(name):
    text, words = HOSTILE[name]
    only_solver("stream-sender", "hostile.py", text)
    # what is ended by another limit than time must reach it first, on a slow machine too
    seconds = 8 if name in ("memory", "disk", "flood", "killed") else 2
    found, done = report("--timeout", str(seconds), "--jobs", "2", "stream-sender", "datagram-sender", "raw-tcp", status=1)
    bad = failing(found, "stream-sender")
    require(len(bad) == 1 and bad[0]["group"] == "solver" and bad[0]["blame"] == "student's program", bad)
    require(words in bad[0]["text"] and len(done.stdout) < 200000, bad[0]["text"])
    require(not failing(found, "datagram-sender") and not failing(found, "raw-tcp"), "others are not affected")
    require(len(checks(found, "stream-sender", "generated")) > 15, "the rest is proved all the same")
    nothing_below(os.getpid())


def reads_of_a_solver():
    secret = f"{room.scratch}/secret"
    with open(secret, "w", encoding="utf-8") as file:
        file.write("hunter2")
    os.chmod(secret, 0o600)
    only_solver("stream-sender", "reader.py", f"""
import glob
for path in ['{secret}', '/etc/shadow', '/root/.bashrc', '{room.scratch}/course/stream-sender/target.yml', '{room.wiregrade}',
             '/wiregrade/course.key', '/wiregrade/target.jsonl', '/proc/1/environ', '/proc/1/mem'] + \\
            glob.glob('/tmp/wiregrade-*/range-*/*') + glob.glob('/proc/[0-9]*/root/wiregrade/*'):
    try:
        data = open(path, 'rb').read(100)
        print('READ', path, data)
    except OSError:
        pass
print('done')
""")
    found, _ = report("stream-sender", "datagram-sender", status=1)
    bad = failing(found, "stream-sender")
    require(len(bad) == 1 and bad[0]["blame"] == "student's program", bad)
    read = re.findall(r"READ (\S+)", bad[0]["text"])
    require("done" in bad[0]["text"] and not [r for r in read if r != "/proc/1/environ"], bad[0]["text"])
    require("hunter2" not in bad[0]["text"] and "WIREGRADE_KEY" not in bad[0]["text"], bad[0]["text"])


def mutants_are_tried():
    with open(f"{room.course}/raw-ipv4/solve/ipraw.py", encoding="utf-8") as file:
        right = file.read().replace("conn, addr = listener.accept()", "raise SystemExit")
    swapped = right.replace("ip_frag, ip_ttl", "ip_frag, ip_ttl").replace(
        'ip_id = int(os.environ["WIREGRADE_PARAM_IP_ID"])', 'ip_id = socket.htons(int(os.environ["WIREGRADE_PARAM_IP_ID"]))')
    require(swapped != right, "changed")
    write("raw-ipv4/mutants/good.py", "# expect: ip.id BYTE_SWAPPED\n" + swapped)
    write("raw-ipv4/mutants/right.py", "# expect: ip.id BYTE_SWAPPED\n" + right)
    write("raw-ipv4/mutants/other.py", "# expect: ip.ttl NOT_SET\n" + swapped)
    write("raw-ipv4/mutants/lazy.py", "# expect: ip.id BYTE_SWAPPED\n")
    write("raw-ipv4/mutants/code.py", "# expect: ip.id NIBBLES_SWAPPED\n" + swapped)
    found, _ = report("raw-ipv4", status=1)
    bad = {c["name"]: c for c in failing(found, "raw-ipv4")}
    require(set(bad) == {"mutants/right.py", "mutants/other.py", "mutants/lazy.py", "mutants/code.py"}, list(bad))
    require(re.search("told is BYTE_SWAPPED.*, not NIBBLES_SWAPPED", bad["mutants/code.py"]["text"]), bad)
    require(bad["mutants/code.py"]["code"] == "NIBBLES_SWAPPED", bad)
    require("accepts it" in bad["mutants/right.py"]["text"], bad)
    require("another reason" in bad["mutants/other.py"]["text"] and "ip.id" in bad["mutants/other.py"]["text"], bad)
    require(bad["mutants/lazy.py"]["blame"] == "student's program", bad)


def codes_are_demanded():
    """On paper for what is never taken, too."""
    replace("raw-ipv4/target.yml", "{ip.dsfield.dscp: unshifted, why: NOT_SHIFTED}",
            "{ip.dsfield.dscp: unshifted, why: DECIMAL_AS_HEX}")  # no DSCP makes both the same value
    replace("raw-ipv4/target.yml", "{ip.proto: 17, why: WRONG_PROTOCOL}", "{ip.proto: 17, why: NOT_SET}")
    replace("datagram-hex/target.yml", "{payload: {newline: inside}, why: TRAILING_NEWLINE}",
            "{payload: {newline: inside}, why: TRAILING_NUL}")
    found, _ = report("raw-ipv4", "datagram-hex", status=1)
    bad = {(c["clause"], c["code"]): c["text"] for slug in ("raw-ipv4", "datagram-hex") for c in failing(found, slug)}
    require(set(bad) == {("ip.dsfield.dscp", "DECIMAL_AS_HEX"), ("ip.proto", "NOT_SET"), ("payload", "TRAILING_NUL")}, bad)
    require("NOT_SHIFTED" in bad["ip.dsfield.dscp", "DECIMAL_AS_HEX"], bad)
    require("TRAILING_NEWLINE" in bad["payload", "TRAILING_NUL"], bad)


def an_unreadable_challenge_stands_alone():
    write("raw-tcp/target.yml", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect: {tcp.sequence: 5}\n")
    found, done = report("raw-tcp", "stream-sender", status=3)
    require(failing(found, "raw-tcp") and not failing(found, "stream-sender"), done)
    require(checks(found, "stream-sender", "solver"), "the other is proved")


def a_target_that_does_not_start():
    """The harness is to blame, not the challenge."""
    copy = f"{room.scratch}/bin"
    os.mkdir(copy)
    for name in ("wiregrade", "wiregrade-init", "wiregrade-sender"):
        shutil.copy(f"{os.path.dirname(room.wiregrade)}/{name}", copy)
    shutil.copy("/bin/false", f"{copy}/wiregrade-target")
    found, _ = report("stream-sender", program=f"{copy}/wiregrade", status=4)
    require([c["blame"] for c in failing(found, "stream-sender")] == ["harness"], failing(found, "stream-sender"))


def no_user_namespaces():
    done = subprocess.run(
        [*prefix(), "unshare", "-U", "--map-current-user", "--keep-caps", "sh", "-c",
         f"echo 0 > /proc/sys/user/max_user_namespaces && exec {room.wiregrade} verify --course {room.scratch}/course"],
        capture_output=True, text=True, env=environment(), check=False, timeout=DEADLINE)
    if "unshare" in done.stderr:
        print("skipped:", done.stderr)
        sys.exit(SKIP)
    require(done.returncode == 4 and "sysctl -w user.max_user_namespaces" in done.stderr, done)


def the_first_refusal_is_named():
    """Of a packet in several steps: what is sent after it is refused because it was."""
    replace("practice-covert/target.yml", "# CO\n      udp.srcport: {bound: port}", "# CO\n      udp.srcport: {bound: port, plus: 1}")
    found, _ = report("practice-covert", status=1)
    bad = failing(found, "practice-covert", "solver")
    require([c["clause"] for c in bad] == ["udp.srcport", "udp.srcport"], bad)


def what_is_not_installed():
    """Blames the machine, not who wrote the script."""
    only_solver("stream-sender", "lacking", "#!/usr/bin/env -S no-such-interpreter -q\n")
    os.chmod(f"{room.scratch}/course/stream-sender/solve/lacking", 0o755)
    found, _ = report("stream-sender", status=4)
    bad = failing(found, "stream-sender")
    require([c["blame"] for c in bad] == ["environment"], bad)
    require("no-such-interpreter" in bad[0]["text"] and "not installed" in bad[0]["text"], bad)
    for head in ("# needs: bash no-such-tool\n", "#!/bin/bash\n# Why.\n# needs:\tno-such-tool cat\n"):
        only_solver("stream-sender", "lacking.sh", head + "no-such-tool\n")
        found, _ = report("stream-sender", status=4)
        bad = failing(found, "stream-sender")
        require([(c["blame"], c["text"]) for c in bad] == [("environment", "it needs no-such-tool, which is not installed here")], bad)
    only_solver("stream-sender", "found.sh", "# needs: bash cat\nexit 0\n# needs: no-such-tool\n")
    found, _ = report("stream-sender", status=1)
    require([c["blame"] for c in failing(found, "stream-sender")] == ["student's program"], found)


def a_solver_that_fails_says_so_first():
    """That it ended, and with which line, comes before what the target saw of it."""
    only_solver("stream-sender", "typo.py", "print('flag'\n")
    only_solver("datagram-sender", "typo.c", "int main(void) { return x; }\n")
    only_solver("raw-tcp", "silent.py", "print(1)\n")
    found, _ = report("stream-sender", "datagram-sender", "raw-tcp", status=1)
    typo, compiled, silent = (failing(found, slug)[0] for slug in ("stream-sender", "datagram-sender", "raw-tcp"))
    require(typo["text"].startswith("it ended with exit status 1: SyntaxError: "), typo)
    require(re.match(r"it ended with exit status 1: \S+:1:\d+: error: 'x' undeclared", compiled["text"]), compiled)
    require("by then nothing had come to udp.dstport" in compiled["text"], compiled)
    require(silent["text"].startswith("nothing came to tcp.dstport"), silent)


def what_may_not_be_read():
    """Is not missing: a file's rights are told as that, with the mend, and exit status 3."""
    shut = [f"{room.scratch}/course/{path}" for path in ("stream-sender/solve", "datagram-sender/solve/sender.py", "raw-tcp/target.yml")]
    for path in shut:
        os.chmod(path, 0)
    found, done = report("stream-sender", "datagram-sender", "raw-tcp", "raw-ipv4", status=3)
    for slug, blame in (("stream-sender", "environment"), ("datagram-sender", "environment"), ("raw-tcp", "challenge")):
        bad = failing(found, slug)
        require(len(bad) == 1 and "Permission denied" in bad[0]["text"] and "chmod" in bad[0]["text"], slug, bad)
        require(bad[0]["blame"] == blame, slug, bad)
    require(not failing(found, "raw-ipv4") and "chmod" in done.stderr, done.stderr)
    lint = subprocess.run([*prefix(), room.wiregrade, "lint", f"{room.scratch}/course"], capture_output=True, text=True, check=False)
    require(lint.returncode == 3 and lint.stdout.count("Permission denied") == 3 and "no solver" not in lint.stdout
            and "knowledge question" not in lint.stdout, lint)
