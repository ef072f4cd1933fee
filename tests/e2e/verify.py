#!/usr/bin/env python3
"""verify.py WIREGRADE COURSE SCHEMA root|user CASE: one end-to-end test of `wiregrade verify`. Exit status 77: skipped."""
import contextlib
import glob
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET

from classroom import children, command_line

SKIP = 77
USER = 12345  # needs no account
DEADLINE = 60
wiregrade = course = schema = who = scratch = ""


def require(condition, *what):
    if not condition:
        sys.exit("not so: " + " ".join(str(w) for w in what))


def prefix():
    if who == "user" and os.getuid() == 0:
        return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    return []


def environment(**more):
    env = {k: v for k, v in os.environ.items() if k not in ("XDG_RUNTIME_DIR", "GITHUB_ACTIONS")}
    if who == "user":
        env["XDG_RUNTIME_DIR"] = f"{scratch}/run"
    return {**env, **more}


def base():
    return f"{scratch}/run/wiregrade" if who == "user" else f"/tmp/wiregrade-{os.getuid()}"


def run(*args, env=None, program=None, where=None, seconds=DEADLINE):
    return subprocess.run([*prefix(), program or wiregrade, "verify", "--course", where or f"{scratch}/course", *args],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False,
                          env=environment(**(env or {})))


def report(*args, status=None, **more):
    done = run("--format", "json", *args, **more)
    require(done.stdout.startswith("{"), done)
    if status is not None:
        require(done.returncode == status, "status", status, done)
    return json.loads(done.stdout), done


def checks(found, slug, group=None):
    return [c for ch in found["challenges"] if ch["slug"] == slug for c in ch["checks"] if group in (None, c["group"])]


def failing(found, slug, group=None):
    return [c for c in checks(found, slug, group) if not c["holds"]]


def write(path, text, mode=0o644):
    path = f"{scratch}/course/{path}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def replace(path, old, new):
    with open(f"{scratch}/course/{path}", encoding="utf-8") as file:
        text = file.read()
    require(old in text, old, "in", path)
    write(path, text.replace(old, new))


def only_solver(slug, name, text):
    shutil.rmtree(f"{scratch}/course/{slug}/solve")
    write(f"{slug}/solve/{name}", text)


def conforms(value, rule, at="$"):
    """The part of JSON Schema that docs/verify-schema.json uses."""
    types = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    wanted = rule.get("type", [])
    wanted = [wanted] if isinstance(wanted, str) else wanted
    if wanted:
        is_int = isinstance(value, int) and not isinstance(value, bool)
        require(any(is_int if t == "integer" else isinstance(value, types[t]) for t in wanted), at, wanted, value)
    require("enum" not in rule or value in rule["enum"], at, value, rule.get("enum"))
    require("minimum" not in rule or value >= rule["minimum"], at, value)
    if isinstance(value, dict):
        require(not set(rule["required"]) - set(value), at, "lacks", set(rule["required"]) - set(value))
        require(not set(value) - set(rule["properties"]), at, "has", set(value) - set(rule["properties"]))
        for key, part in value.items():
            conforms(part, rule["properties"][key], f"{at}.{key}")
    if isinstance(value, list):
        for i, part in enumerate(value):
            conforms(part, rule["items"], f"{at}[{i}]")


# ---- what holds

def course_is_green():
    found, _ = report("--jobs", "2", status=0, seconds=300)
    with open(schema, encoding="utf-8") as file:
        conforms(found, json.load(file))
    require(len(found["challenges"]) == len(glob.glob(f"{course}/*/challenge.yml")), "every challenge")
    for challenge in found["challenges"]:
        groups = {c["group"] for c in challenge["checks"]}
        wire = {"solver", "near miss", "generated", "nothing", "satisfiable", "another's flag", "proof"}
        require(groups >= wire or groups == {"proof", "answer"}, challenge["slug"], groups)
    require(len(checks(found, "raw-tcp", "generated")) > 50, "generated near misses")


def one_router_hop():
    report("--hops", "1", status=0, seconds=300)


def junit_is_well_formed():
    replace("stream-sender/target.yml", "encoding: utf-8}\n", "encoding: hex}\n")
    only_solver("datagram-sender", "a.py", "print('<&\"\\x01\\u00e9]]>')\n")
    done = run("--format", "junit", "stream-sender", "datagram-sender", "socket-types")
    require(done.returncode == 1, done)
    root = ET.fromstring(done.stdout)
    require(root.tag == "testsuites", root.tag)
    for suite in root:
        cases = suite.findall("testcase")
        require(int(suite.get("tests")) == len(cases) > 0, suite.attrib)
        require(int(suite.get("failures")) == len(suite.findall("testcase/failure")), suite.attrib)
    require(int(root.get("tests")) == len(root.findall("testsuite/testcase")), root.attrib)
    bad = root.find("testsuite[@name='datagram-sender']/testcase[@name='solve/a.py']/failure")
    require(bad is not None and bad.get("type") == "student's program" and "<&" in bad.get("message"), done.stdout)


def tap_is_right():
    only_solver("datagram-sender", "a#b.py", "print('no flag')\n")
    done = run("--format", "tap", "datagram-sender", "socket-types")
    lines = done.stdout.split("\n")
    require(lines[0] == "TAP version 14", lines[0])
    count = int(re.fullmatch(r"1\.\.(\d+)", lines[1])[1])
    results = [re.match(r"(not )?ok (\d+) - (.*)", line) for line in lines]
    results = [r for r in results if r]
    require([int(r[2]) for r in results] == list(range(1, count + 1)), "numbers")
    bad = [r[3] for r in results if r[1]]
    require(bad == ["datagram-sender: solver: solve/a\\#b.py"], bad)
    require(lines.count("  ---") == lines.count("  ...") == 1, "a block for it")


def output_goes_to_a_file():
    target = f"{scratch}/run/out.json"
    done = run("--format", "json", "--output", target, "socket-types")
    require(done.returncode == 0 and done.stdout == "", done)
    with open(target, encoding="utf-8") as file:
        require(json.load(file)["verdict"] == "pass", "verdict")


def github_annotations():
    only_solver("datagram-sender", "a.py", "print('no: flag, 100%')\n")
    done = run("datagram-sender", env={"GITHUB_ACTIONS": "true"})
    lines = [line for line in done.stderr.split("\n") if line.startswith("::error ")]
    require(len(lines) == 1 and "datagram-sender/solve/a.py,line=1,title=" in lines[0] and "100%25" in lines[0], done)
    require("::error" not in run("datagram-sender").stderr, "only there")


def repeats_are_counted():
    found, _ = report("--repeat", "3", "stream-sender", "socket-types", status=0)
    require([c["runs"] for c in found["challenges"]] == [3, 3], found["challenges"])
    done = run("--repeat", "2", "socket-types")
    require("0/2 failed" in done.stdout, done.stdout)


def failures_are_kept():
    only_solver("raw-ipv4", "loud.py", "print('x' * 1000)\n")
    keep = f"{scratch}/run/kept"
    run("--keep", keep, "--repeat", "2", "--jobs", "1", "raw-ipv4", "socket-types")
    names = sorted(os.listdir(keep))
    require({"raw-ipv4.1.jsonl", "raw-ipv4.1.output", "raw-ipv4.1.pcap"} <= set(names), names)
    require(not [n for n in names if not n.startswith("raw-ipv4.1.")], "the first failure alone", names)
    with open(f"{keep}/raw-ipv4.1.pcap", "rb") as file:
        pcap = file.read()
    require(pcap[:4] in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4") and len(pcap) > 2000, len(pcap))
    with open(f"{keep}/raw-ipv4.1.jsonl", encoding="utf-8") as file:
        require(any(json.loads(line)["event"] == "attempt" for line in file), "attempts")
    with open(f"{keep}/raw-ipv4.1.output", encoding="utf-8") as file:
        require("x" * 1000 in file.read(), "its output")


def usage():
    done = run("--format", "xml")
    require(done.returncode == 2, done)
    done = run("raw-tpc")
    require(done.returncode == 3 and "raw-tcp" in done.stderr, done)
    done = run(where=f"{scratch}/nothing")
    require(done.returncode == 3 and "nothing" in done.stderr, done)


# ---- what does not

def another_students_flag():
    only_solver("stream-sender", "borrowed.py", "print('flag{stream-sender.bob.7bny-7cws-ycwu-67ly}')\n")
    with open(f"{course}/datagram-sender/solve/sender.py", encoding="utf-8") as file:
        both = file.read() + "print('flag{datagram-sender.bob.7bny-7cws-ycwu-67ly}')\n"
    only_solver("datagram-sender", "both.py", both)
    # right in another's name: the flag of whoever is named, if anybody
    with open(f"{course}/datagram-hex/solve/sender.py", encoding="utf-8") as file:
        write("datagram-hex/solve/other.py", file.read().replace('os.environ["WIREGRADE_STUDENT"]', '"bob"'))
    found, _ = report("stream-sender", "datagram-sender", "datagram-hex", status=1)
    for slug, name in (("stream-sender", "borrowed"), ("datagram-sender", "both"), ("datagram-hex", "other")):
        bad = failing(found, slug)
        require(len(bad) == 1 and bad[0]["blame"] == "student's program" and name in bad[0]["name"], slug, bad)
    require("right for this class" in failing(found, "stream-sender")[0]["text"], failing(found, "stream-sender"))
    require("right for this class" in failing(found, "datagram-sender")[0]["text"], failing(found, "datagram-sender"))


OWN_SOURCE = """import os
import socket
target = os.environ["WIREGRADE_TARGET"]
with socket.socket(socket.AF_INET6 if ":" in target else socket.AF_INET, socket.SOCK_DGRAM) as own:
    own.connect((target, 9))
    if own.getsockname()[0] != os.environ["WIREGRADE_SOURCE"]:
        raise SystemExit(f"from {own.getsockname()[0]}, not {os.environ['WIREGRADE_SOURCE']}")
"""


def programs_send_from_their_address(hops):
    # each from another: a flag is not called to where one has just been called
    for slug in ("practice-echo", "practice-ipv6"):
        for path in sorted(glob.glob(f"{course}/{slug}/solve/*.py")):
            with open(path, encoding="utf-8") as file:
                write(f"{slug}/solve/{os.path.basename(path)}", OWN_SOURCE + file.read())
    report("--hops", hops, "practice-echo", "practice-ipv6", status=0)


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
    begin = time.monotonic()
    # what is ended by another limit than time must reach it first, on a slow machine too
    seconds = 8 if name in ("memory", "disk", "flood", "killed") else 2
    found, done = report("--timeout", str(seconds), "--jobs", "2", "stream-sender", "datagram-sender", "raw-tcp", status=1)
    bad = failing(found, "stream-sender")
    require(len(bad) == 1 and bad[0]["group"] == "solver" and bad[0]["blame"] == "student's program", bad)
    require(words in bad[0]["text"] and len(done.stdout) < 200000, bad[0]["text"])
    require(not failing(found, "datagram-sender") and not failing(found, "raw-tcp"), "others are not affected")
    require(len(checks(found, "stream-sender", "generated")) > 15, "the rest is proved all the same")
    require(time.monotonic() - begin < seconds + 10, "in time", time.monotonic() - begin)
    nothing_below(os.getpid())


def reads_of_a_solver():
    secret = f"{scratch}/secret"
    with open(secret, "w", encoding="utf-8") as file:
        file.write("hunter2")
    os.chmod(secret, 0o600)
    only_solver("stream-sender", "reader.py", f"""
import glob
for path in ['{secret}', '/etc/shadow', '/root/.bashrc', '{scratch}/course/stream-sender/target.yml', '{wiregrade}',
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


OTHERS = {
    "tcp-options": """kind: packet
listen: {tcp.dstport: 7002}
expect:
  tcp.options.mss_val: {param: u16, per: student}
  tcp.options.wscale.shift: {range: [1, 14]}
  tcp.options.timestamp.tsval: {not: 0}
  payload: {text: "{student}"}
refuse:
  - {tcp.dstport: off_by_one, why: OFF_BY_ONE}
  - {tcp.options.mss_val: swapped, why: BYTE_SWAPPED}
  - {tcp.options.wscale.shift: 0, why: NOT_SET}
  - {tcp.options.wscale.shift: 15, why: NOT_IN_RANGE}
  - {tcp.options.timestamp.tsval: zero, why: NOT_SET}
  - {payload: {encoding: hex}, why: WRONG_ENCODING}
deliver: {connect: 1111}
""",
    "udp-packet": """kind: packet
listen: {udp.dstport: 7001, ip.ttl: 9}
expect:
  udp.srcport: {param: u16, per: student}
  udp.checksum.status: good
  ip.src: 10.10.0.40
  payload: {text: "hello {student}!", encoding: utf-8}
refuse:
  - {udp.dstport: off_by_one, why: OFF_BY_ONE}
  - {ip.ttl: off_by_one, why: OFF_BY_ONE}
  - {udp.srcport: another_student, why: WRONG_STUDENT}
  - {udp.checksum.status: zero, why: CHECKSUM_ZERO}
  - {ip.src: 10.10.0.41, why: OFF_BY_ONE}
  - {payload: {text: "hello nobody!"}, why: WRONG_STUDENT}
  - {payload: empty, why: NO_PAYLOAD}
deliver: {connect: 1111}
""",
    "icmp": """kind: packet
listen: {icmp.type: 8}
expect:
  icmp.code: {in: [3, 5]}
  icmp.ident: {mask: 0xF000, value: 0x1000}
  icmp.seq: {param: u16, per: class}
  icmp.checksum.status: good
  ip.dsfield: any
  payload: {text: "{student}", encoding: base64}
refuse:
  - {icmp.type: 0, why: NOT_SET}
  - {icmp.code: 2, why: OFF_BY_ONE}
  - {icmp.code: 6, why: OFF_BY_ONE}
  - {icmp.ident: 0x0FFF, why: MISSING_FLAGS}
  - {icmp.ident: 0xE000, why: EXTRA_FLAGS}
  - {icmp.seq: swapped, why: BYTE_SWAPPED}
  - {icmp.checksum.status: not_complemented, why: CHECKSUM_NOT_COMPLEMENTED}
  - {payload: {encoding: hex}, why: WRONG_ENCODING}
deliver: {connect: 1112}
""",
    "by-source": """kind: datagram
listen: {udp.dstport: 7002}
identify: source
expect:
  payload: {text: "open sesame", encoding: hex}
refuse:
  - {udp.dstport: off_by_one, why: OFF_BY_ONE}
  - {payload: {encoding: utf-8}, why: NOT_ENCODED}
  - {payload: empty, why: NO_PAYLOAD}
""",
    "nobody": """kind: stream
listen: {tcp.dstport: 7003}
identify: nobody
expect:
  payload: {text: "open", encoding: utf-8}
refuse:
  - {tcp.dstport: off_by_one, why: OFF_BY_ONE}
  - {payload: {encoding: hex}, why: WRONG_ENCODING}
  - {payload: empty, why: NO_PAYLOAD}
""",
}


def other_clauses_and_kinds():
    """What the course has none of: two listen clauses, masks and sets, an address, ICMP, nobody's flag."""
    for slug, target in OTHERS.items():
        write(f"{slug}/challenge.yml", f"name: {slug}\nauthor: a\ncategory: b\ndescription: c\nattribution: ''\nvalue: 1\n"
              "type: standard\nstate: visible\nversion: '0.1'\n")
        write(f"{slug}/target.yml", target)
        write(f"{slug}/solve/none.py", "print('none')\n")
    found, _ = report(*OTHERS, status=1)
    for slug in OTHERS:
        bad = failing(found, slug)
        require([c["name"] for c in bad] == ["solve/none.py"], slug, bad)
        require(len(checks(found, slug, "generated")) > 20, slug)


def mutants_are_tried():
    with open(f"{course}/raw-ipv4/solve/ipraw.py", encoding="utf-8") as file:
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


def patterns_are_pythons():
    with open(f"{course}/socket-types/challenge.yml", encoding="utf-8") as file:
        text = file.read().split("flags:")[0]
    write("socket-types/challenge.yml", text + r"""flags:
  - {type: regex, content: "a|ab"}
  - {type: regex, content: '\d{3}x?', data: case_insensitive}
  - {type: static, content: ' Grün ', data: case_insensitive}
version: "0.1"
""")
    write("socket-types/target.yml", "accept: [a, '123X', GRÜN, ' a ']\nrefuse: [ab, b, '1234', '12', grün2]\n")
    found, _ = report("socket-types", status=0)
    require(len(checks(found, "socket-types", "answer")) == 9, checks(found, "socket-types"))
    write("socket-types/target.yml", "accept: [a, ab]\nrefuse: [b, '123']\n")
    found, _ = report("socket-types", status=1)
    require([c["name"] for c in failing(found, "socket-types")] == ["accept: ab", "refuse: 123"], failing(found, "socket-types"))
    require(failing(found, "socket-types")[0]["line"] == 1, failing(found, "socket-types"))


def an_unreadable_challenge_stands_alone():
    write("raw-tcp/target.yml", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect: {tcp.sequence: 5}\n")
    found, done = report("raw-tcp", "stream-sender", status=3)
    require(failing(found, "raw-tcp") and not failing(found, "stream-sender"), done)
    require(checks(found, "stream-sender", "solver"), "the other is proved")


def a_target_that_does_not_start():
    """The harness is to blame, not the challenge."""
    copy = f"{scratch}/bin"
    os.mkdir(copy)
    for name in ("wiregrade", "wiregrade-init", "wiregrade-sender"):
        shutil.copy(f"{os.path.dirname(wiregrade)}/{name}", copy)
    shutil.copy("/bin/false", f"{copy}/wiregrade-target")
    found, _ = report("stream-sender", program=f"{copy}/wiregrade", status=4)
    require([c["blame"] for c in failing(found, "stream-sender")] == ["harness"], failing(found, "stream-sender"))


def no_user_namespaces():
    done = subprocess.run(
        [*prefix(), "unshare", "-U", "--map-current-user", "--keep-caps", "sh", "-c",
         f"echo 0 > /proc/sys/user/max_user_namespaces && exec {wiregrade} verify --course {scratch}/course"],
        capture_output=True, text=True, env=environment(), check=False, timeout=DEADLINE)
    if "unshare" in done.stderr:
        print("skipped:", done.stderr)
        sys.exit(SKIP)
    require(done.returncode == 4 and "sysctl -w user.max_user_namespaces" in done.stderr, done)


# ---- nothing is left

def start_time(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return None if fields[0] == "Z" else fields[19]
    except OSError:
        return None


def nothing_below(pid):
    require(not children(pid), "processes left", children(pid))


def folders_of(pids):
    found = set(glob.glob(f"{base()}/range-*")) if who == "user" else set()  # the user's is this test's alone
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
    process = subprocess.Popen([*prefix(), wiregrade, "verify", "--course", f"{scratch}/course", "--format", "json", slug],
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


def the_first_refusal_is_named():
    """Of a packet in several steps: what is sent after it is refused because it was."""
    replace("practice-covert/target.yml", "# CO\n      udp.srcport: {bound: port}", "# CO\n      udp.srcport: {bound: port, plus: 1}")
    found, _ = report("practice-covert", status=1)
    bad = failing(found, "practice-covert", "solver")
    require([c["clause"] for c in bad] == ["udp.srcport", "udp.srcport"], bad)


def a_target_that_has_to_wait(what):
    """As on a machine with more to do than it can: what was sent is judged seconds later."""
    slug, words, seconds = {"near_misses": ("practice-udp", [b"sleep", b"1.25"], 5), "solver": ("practice-alarm", [b"sleep", b"0.3"], 11)}[what]
    if what == "near_misses":
        with open(f"{course}/{slug}/solve/udpraw.py", encoding="utf-8") as file:
            only_solver(slug, "slow.py", file.read() + "os.sys.stdout.flush()\nos.execvp('sleep', ['sleep', '1.25'])\n")
    else:  # stopped before his first packet
        with open(f"{course}/{slug}/solve/hping.sh", encoding="utf-8") as file:
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


def files_of_a_challenge():
    """What challenge.yml names beside target.yml has to be there for the target, too."""
    write("stream-sender/data/hand.txt", "x")
    write("stream-sender/solution.md", "x")
    with open(f"{scratch}/course/stream-sender/challenge.yml", "a", encoding="utf-8") as file:
        file.write("\nfiles:\n  - data/hand.txt\nsolution: solution.md\n")
    report("stream-sender", status=0)


def what_is_not_installed():
    """Blames the machine, not who wrote the script."""
    only_solver("stream-sender", "lacking", "#!/usr/bin/env -S no-such-interpreter -q\n")
    os.chmod(f"{scratch}/course/stream-sender/solve/lacking", 0o755)
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


def ended_by(number):
    only_solver("stream-sender", "slow.py", "import time\ntime.sleep(600)\n")
    only_solver("raw-ipv4", "slow.py", "import time\ntime.sleep(600)\n")
    process = subprocess.Popen([*prefix(), wiregrade, "verify", "--course", f"{scratch}/course", "--jobs", "2",
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
    until = time.monotonic() + 5
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


def twenty_class_words():
    """Of what is assessed; practice has more challenges, and each is proved once by course_is_green."""
    assessed = sorted(p.parent.name for p in pathlib.Path(course).glob("*/target.yml") if "assessed: false" not in p.read_text())
    found, _ = report("--repeat", "20", "--jobs", "2", *assessed, status=0, seconds=500)
    require(all(c["runs"] == 20 and c["failed_runs"] == 0 for c in found["challenges"]), found)


def main():
    global wiregrade, course, schema, who, scratch
    wiregrade, course, schema, who, case, *rest = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="v-") as scratch:
        os.chmod(scratch, 0o755)
        shutil.copytree(course, f"{scratch}/course")
        os.makedirs(f"{scratch}/run")
        if who == "user" and os.getuid() == 0:
            os.chown(f"{scratch}/run", USER, USER)
        globals()[case](*rest)


if __name__ == "__main__":
    main()
