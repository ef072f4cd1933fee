#!/usr/bin/env python3
"""The command line of every subcommand: usage.py WIREGRADE COURSE CASE."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM, COURSE = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
LONG = "a" * 501
# words, and what is said of them before the usage; each ends with 2
WRONG = [
    ([], "Commands:"),
    (["feilds"], 'did you mean "fields"'),
    (["init"], "init: DIR is missing\nUsage: wiregrade init .* DIR\n"),
    (["init", "a", "b"], "init: b: not known here\nUsage:"),
    (["init", "a", "--word", "A"], 'a class\'s word is .*, not "A"'),
    (["deploy", "x"], "x: not known here"),
    (["deploy", "--prune=all"], "takes nothing or =with-solves"),
    (["deploy", "--prune", "--only", "raw-tcp"], "do not go together"),
    (["deploy", *["--only=raw-tcp"] * 257], "--only: at most 256"),
    (["deploy", "--format", "xml"], '--format is human or json, not "xml"'),
    (["deploy", "--nonsense"], "unrecognized option '--nonsense'"),
    (["deploy", "--only"], "requires an argument"),
    (["roster"], r"nothing to do\nUsage: .* import FILE\n.* sync\n.* link HANDLE ID\n.* rename OLD NEW\n.* list\n"),
    (["roster", "impart", "x"], "impart: not known here"),
    (["roster", "import"], "FILE is missing"),
    (["roster", "link", "ann"], "ID is missing"),
    (["roster", "link", "ann", "bob"], 'ID is a number from 0 to .*, not "bob"'),
    (["roster", "link", "ann", "1", "2"], "2: not known here"),
    (["roster", "list", "--replace"], "`list` has no such option"),
    (["submit"], "a FLAG, - for standard input, or --capture"),
    (["submit", "flag{x}", "--capture", "f.pcap"], "do not go together"),
    (["submit", "flag{x}", "--student", "ann"], "--student goes with --capture"),
    (["captures"], r"nothing to do\nUsage: .* list\n.* accept ID\n.* refuse ID\n"),
    (["captures", "accept", "1"], "needs an ID, --by NAME and --reason TEXT"),
    (["serve", "--every", "0"], "--every 0: write at least 1"),
    (["serve", "--held", "1.5"], '--held is a number from 1 to 86400, not "1.5"'),
    (["serve", "--intake", "1109"], "--intake 1109: write ADDRESS:PORT"),
    (["serve", "--metrics", "1.2.3.256:1"], '"1.2.3.256" is no IPv4 address'),
    (["outbox", "list", "run"], "run: not known here"),
    (["outbox", "run", "--timeout", "601"], "--timeout is a number from 0 to 600"),
    (["borrowed", "confirm", "3", "--by", "A"], "needs an ID, --by NAME and --reason TEXT"),
    (["borrowed", "confirm", "3", "--by", LONG], "--by is a text of up to 500 bytes"),
    (["borrowed", "confirm", "3", "--reason", "a\nb"], "--reason is one line"),
    (["report", "--format", "xls"], "write human, csv"),
    (["flag", "mint", "ann"], "SLUG is missing"),
    (["flag", "check", "a", "b"], "b: not known here"),
    (["key", "export"], "SLUG is missing"),
    (["key", "export", "raw-tcp"], "say with --output"),
    (["key", "show", "--pins"], "`show` has no such option"),
    (["demo", "--port", "65536"], "--port is a number from 0 to 65535"),
    (["demo", "--scoreboard", "http://127.0.0.1:9"], "go together"),
    (["verify", "--repeat", "0"], "--repeat 0: write at least 1"),
    (["verify", "--format", "xml"], "--format is human, tap, junit or json"),
    (["check"], "FILE is missing"),
    (["check", "x", "--student", "A B"], "--student A B is no handle"),
    (["check", "x", *["--param=a=b"] * 65], "--param: at most 64"),
    (["export", "x", "--course", "a", "--class", "b"], "not both"),
    (["range", "--side", "x"], '--side is student or target, not "x"'),
    (["range", "--hops", "2"], "--hops is a number from 0 to 1"),
    (["range", *["--show=x"] * 17], "--show: at most 16 times"),
    (["diagnose"], "which code"),
    (["diagnose", "NOT_SHIFTED", "--list"], "not both"),
    (["fields", "a", "b"], "b: not known here"),
    (["lint", "a", "--class", "b"], "not both"),
]
# where --class, --format and the words may stand, short and long; each ends with 0
RIGHT = [
    ["fields", "ip", "--format", "json"], ["fields", "--format=json", "ip"], ["fields", "--", "ip"],
    ["key", "show"], ["key", "-c", "class.yml", "show"], ["key", "show", "--class=class.yml"],
    ["key", "pin", "ann", "bob"], ["diagnose", "--list"], ["diagnose", "NOT_SHIFTED"],
    ["lint"], ["lint", "challenges", "-f", "json"], ["lint", "-c", "class.yml"],
    ["outbox", "list"], ["outbox", "list", "--once", "--wait", "86400", "--timeout", "0"],
    ["range", "--help"], ["verify", "socket-types", "-j", "64", "-h0"],
]


def run(*words):
    done = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def every_command_explains_itself():
    status, out, err = run("--help")
    commands = re.findall(r"(?m)^  (\w+) +(.+)$", out)
    assert status == 0 and not err and len(commands) == 21, (status, out, err)
    for name, does in commands:
        status, out, err = run(name, "--help")
        assert status == 0 and not err and out.startswith(f"Usage: wiregrade {name} ") and does, (name, out, err)
        assert re.search(r"Examples?:", out) and "-?, --help" in out, out
        assert run(name, "--usage")[0] == 0 and run(name, "--nonsense")[0] == 2, name


def wrong_lines_are_refused():
    for words, told in WRONG:
        status, out, err = run(*words)
        assert status == 2 and not out and re.search(told, err), (words, status, out, err)
    assert sorted(os.listdir()) == ["challenges", "class.yml", "course.key"], os.listdir()


def right_lines_are_taken():
    for words in RIGHT:
        status, out, err = run(*words)
        assert status == 0 and (out or words[0] == "outbox"), (words, status, out, err)


CASES = {f.__name__: f for f in (every_command_explains_itself, wrong_lines_are_refused, right_lines_are_taken)}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="wiregrade-usage-") as scratch:
        os.chdir(scratch)
        shutil.copytree(COURSE, "challenges")
        assert run("init", ".")[0] == 0
        CASES[sys.argv[3]]()
