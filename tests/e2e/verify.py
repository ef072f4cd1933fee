#!/usr/bin/env python3
"""verify.py WIREGRADE COURSE SCHEMA root|user CASE: one end-to-end test of `wiregrade verify`. Exit status 77: skipped."""
import glob
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import xml.etree.ElementTree as ET

import verify_ended
import verify_refused
import verify_room as room
from verify_room import USER, checks, failing, only_solver, replace, report, require, run, write


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


def course_is_green():
    found, _ = report("--jobs", "2", status=0)
    with open(room.schema, encoding="utf-8") as file:
        conforms(found, json.load(file))
    require(len(found["challenges"]) == len(glob.glob(f"{room.course}/*/challenge.yml")), "every challenge")
    for challenge in found["challenges"]:
        groups = {c["group"] for c in challenge["checks"]}
        wire = {"solver", "near miss", "generated", "nothing", "satisfiable", "another's flag", "proof"}
        require(groups >= wire or groups == {"proof", "answer"}, challenge["slug"], groups)
    require(len(checks(found, "raw-tcp", "generated")) > 50, "generated near misses")


def one_router_hop():
    report("--hops", "1", status=0)


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
    target = f"{room.scratch}/run/out.json"
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
    keep = f"{room.scratch}/run/kept"
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


def what_cannot_be_kept_is_told():
    """Each file by its name, on stderr too; the others are tried all the same, and other challenges are verified."""
    only_solver("raw-ipv4", "nothing.py", "print(1)\n")
    keep = f"{room.scratch}/run/kept"
    os.makedirs(f"{keep}/raw-ipv4.1.jsonl/there")
    os.chmod(keep, 0o777)  # whoever runs it; what stands in the way of one file alone
    found, done = report("--keep", keep, "raw-ipv4", "stream-sender", status=1)
    lost = failing(found, "raw-ipv4", "kept")
    require([c["name"] for c in lost] == ["raw-ipv4.1.jsonl"] and lost[0]["blame"] == "environment", lost)
    require(f"{keep}/raw-ipv4.1.jsonl" in lost[0]["text"] and lost[0]["text"] in done.stderr, done.stderr)
    words = {"raw-ipv4.1.target.log"}  # of a target that had any
    require(set(os.listdir(keep)) - words == {"raw-ipv4.1.jsonl", "raw-ipv4.1.output", "raw-ipv4.1.pcap"}, os.listdir(keep))
    require(not failing(found, "stream-sender") and checks(found, "stream-sender", "solver"), "the other is verified")
    shutil.rmtree(keep)
    os.mkdir(keep, 0o755)  # root's, and the user may not write there
    if room.who == "user":
        if os.getuid():
            os.chmod(keep, 0o500)
        found, done = report("--keep", keep, "raw-ipv4", status=1)
        lost = failing(found, "raw-ipv4", "kept")
        require({c["name"] for c in lost} - words == {"raw-ipv4.1.jsonl", "raw-ipv4.1.output", "raw-ipv4.1.pcap"}, lost)
        require(all("name a folder of yours with --keep" in c["text"] and c["text"] in done.stderr for c in lost), done.stderr)


def usage():
    done = run("--format", "xml")
    require(done.returncode == 2, done)
    done = run("raw-tpc")
    require(done.returncode == 3 and "raw-tcp" in done.stderr, done)
    done = run(where=f"{room.scratch}/nothing")
    require(done.returncode == 3 and "nothing" in done.stderr, done)


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
        for path in sorted(glob.glob(f"{room.course}/{slug}/solve/*.py")):
            with open(path, encoding="utf-8") as file:
                write(f"{slug}/solve/{os.path.basename(path)}", OWN_SOURCE + file.read())
    report("--hops", hops, "practice-echo", "practice-ipv6", status=0)


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


def patterns_are_pythons():
    with open(f"{room.course}/socket-types/challenge.yml", encoding="utf-8") as file:
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


def files_of_a_challenge():
    """What challenge.yml names beside target.yml has to be there for the target, too."""
    write("stream-sender/data/hand.txt", "x")
    write("stream-sender/solution.md", "x")
    with open(f"{room.scratch}/course/stream-sender/challenge.yml", "a", encoding="utf-8") as file:
        file.write("\nfiles:\n  - data/hand.txt\nsolution: solution.md\n")
    report("stream-sender", status=0)


def twenty_class_words():
    """Of what is assessed; practice has more challenges, and each is proved once by course_is_green."""
    assessed = sorted(p.parent.name for p in pathlib.Path(room.course).glob("*/target.yml") if "assessed: false" not in p.read_text())
    found, _ = report("--repeat", "20", "--jobs", "2", *assessed, status=0, seconds=500)
    require(all(c["runs"] == 20 and c["failed_runs"] == 0 for c in found["challenges"]), found)


MODULES = sys.modules[__name__], verify_ended, verify_refused


def main():
    room.wiregrade, room.course, room.schema, room.who, case, *rest = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="v-") as room.scratch:
        os.chmod(room.scratch, 0o755)
        shutil.copytree(room.course, f"{room.scratch}/course")
        os.makedirs(f"{room.scratch}/run")
        if room.who == "user" and os.getuid() == 0:
            os.chown(f"{room.scratch}/run", USER, USER)
        next(vars(module)[case] for module in MODULES if case in vars(module))(*rest)


if __name__ == "__main__":
    main()
