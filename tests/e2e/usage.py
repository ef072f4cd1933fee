#!/usr/bin/env python3
"""The command line of every subcommand: usage.py WIREGRADE COURSE CASE."""
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import leftovers  # noqa: F401  pylint: disable=unused-import
from steady import DEADLINE

PROGRAM, COURSE = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
LONG = "a" * 501
# words, and what is said of them before the usage; each ends with 2
WRONG = [
    ([], "Commands:"),
    (["feilds"], 'did you mean "fields"'),
    (["init"], "init: DIR is missing\nUsage: wiregrade init .* DIR\n"),
    (["init", "a", "b"], "init: b: not known here: it is a word too many\nUsage:"),
    (["init", "a", "--word", "A"], 'a class\'s word is .*, not "A"'),
    (["deploy", "x"], "x: not known here: `deploy` takes options alone; a class is named with --class FILE"),
    (["deploy", "--prune=all"], "takes nothing or =with-solves"),
    (["deploy", "--prune", "--only", "raw-tcp"], "do not go together"),
    (["deploy", *["--only=raw-tcp"] * 257], "--only: at most 256"),
    (["deploy", "--format", "xml"], '--format is human or json, not "xml"'),
    (["deploy", "--nonsense"], "unrecognized option '--nonsense'"),
    (["deploy", "--only"], "requires an argument"),
    (["roster"], r"what to do is missing: import, sync, link, rename or list\nUsage: .* import FILE\n.* sync\n.* link HANDLE ID\n.* rename OLD NEW\n.* list\n"),
    (["roster", "impart", "x"], "impart: not known here; did you mean `roster import`\\?"),
    (["roster", "r.csv"], "r.csv: not known here; behind `roster` stands import, sync, link, rename or list\n"),
    (["flag", "stream-utf8", "smith"], "stream-utf8: not known here; behind `flag` stands mint or check\n"),
    *(([name], f"{name}: what to do is missing: ") for name in ("key", "outbox", "borrowed", "flag")),
    (["report", "--csv"], "--csv: no such option; write --format csv"),
    *(([name, *words, "--json"], "--json: no such option; write --format json") for name, *words in (
        ("check", "x"), ("deploy",), ("verify",), ("diagnose", "--list"), ("fields",), ("lint",), ("report",), ("roster", "list"))),
    (["range", "--target"], "--target: no such option; write --side target"),
    (["range", "--join=x", "--hops=1"], "--hops is for a range that is started; .* not with --join"),
    (["range", "--join=x", "--hops=0"], "--hops is for a range that is started; .* not with --join"),
    (["range", "--neighbours", "3", "-j"], "--neighbours is for a range that is started; .* not with --join"),
    (["range", "--join", "range-aBc123", "--", "true"], "range-aBc123 is taken for the command.*; mend: --join=range-aBc123, with ="),
    (["range", "-j", "range-aBc123"], "; mend: --join=range-aBc123, with ="),
    (["roster", "import"], "FILE is missing"),
    (["roster", "link", "ann"], "ID is missing"),
    (["roster", "link", "ann", "bob"], 'ID is a number from 0 to .*, not "bob"'),
    (["roster", "link", "ann", "1", "2"], "2: not known here"),
    (["roster", "list", "--replace"], "`list` has no such option"),
    (["submit"], "a FLAG, - for standard input, or --capture"),
    (["submit", "flag{x}", "--capture", "f.pcap"], "do not go together"),
    (["submit", "flag{x}", "--student", "ann"], "--student goes with --capture"),
    (["captures"], r"what to do is missing: list, accept or refuse\nUsage: .* list\n.* accept ID\n.* refuse ID\n"),
    (["captures", "accept", "1"], "needs an ID, --by NAME and --reason TEXT"),
    (["serve", "--every", "0"], "--every 0: write at least 1"),
    (["serve", "--held", "1.5"], '--held is a number from 1 to 86400, not "1.5"'),
    (["serve", "--intake", "1109"], "--intake 1109: write ADDRESS:PORT"),
    (["serve", "--metrics", "1.2.3.256:1"], '"1.2.3.256" is no address'),
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
    done = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE, check=False)
    return done.returncode, done.stdout, done.stderr


def every_command_explains_itself():
    status, out, err = run("--help")
    commands = re.findall(r"(?m)^  (\w+) +(.+)$", out)
    assert status == 0 and not err and len(commands) == 23, (status, out, err)
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


EMPTY = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
# words, status, and what is said: each names the place and the mend. In a class without a token, with the folder `away` beside it
MISSING = [
    (["deploy"], 3, r"\./ctfd\.token: no such file; make an access token on the scoreboard .* mode 600"),
    (["serve"], 3, r"\./ctfd\.token: no such file; make an access token"),
    (["outbox", "run"], 3, r"\./ctfd\.token: no such file; make an access token"),
    (["report", "--class", "."], 3, r"\.: a folder; did you mean \./class\.yml\?"),
    (["report", "--class", "away"], 3, "away: a folder; a class is a file, class.yml, and it has none"),
    (["deploy", "--class", "nosuch/class.yml"], 3, "nosuch/class.yml: No such file .* make a class with `wiregrade init`"),
    (["submit", "x", "--class", "keyless.yml"], 3, r"nosuch\.key: no such file; `wiregrade init` or `wiregrade key export` made it"),
    (["lint", "away"], 3, "away: error: no course.yml is there"),
    (["lint", "."], 3, "no course.yml is there, and a course has one; for the class.yml that is there give --class"),
    (["lint", "challenges/raw-tcp"], 3, "a challenge of a course; name the course's folder: /.*/challenges\n"),
    (["lint", "challenges/raw-tcp/target.yml"], 3, "a file; name the course's folder: /.*/challenges\n"),
    (["lint", "challenges/course.yml"], 3, "a file; name the course's folder: /.*/challenges\n"),
    (["lint", "class.yml"], 3, "a file; a course is the folder of course.yml, and a class.yml is named with --class"),
    (["lint", "nosuch"], 3, "nosuch: error: no such folder"),
    *(([*words, "--class", "public/class.yml"], 3, "names no `key_file:`; what `wiregrade export` makes for students has none: take")
      for words in (["serve"], ["reconcile"], ["deploy"], ["key", "show"])),
    (["check", "nosuch.pcap"], 3, "^wiregrade: nosuch.pcap: No such file or directory\n$"),
    (["verify", "--course", "nosuch", "raw-tcp"], 3, "^wiregrade: nosuch: no such folder; a course is the folder of course.yml: go to where"),
    (["flag", "mint", "ann", "raw-tpc"], 3, 'no challenge "raw-tpc"; did you mean raw-tcp\\?'),
    (["diagnose", "not_shifed"], 3, "did you mean NOT_SHIFTED"),
    (["fields", "IP.TLL"], 3, r"did you mean ip\.ttl\?"),
    (["fields", "tcp.ack"], 3, r"did you mean tcp\.ack_raw or tcp\.flags\.ack\?"),
    (["check", "empty.pcap"], 1, "raw-tcp +no packet for it\n0 packets read, 0 judged: the capture is empty; start it before you send"),
    (["check", "away"], 3, "away: a folder; name one capture in it, or let `wiregrade submit --capture` take all"),
    (["check", "empty.pcap", "RAW-TPC"], 2, "did you mean raw-tcp"),
    (["flag", "mint", "an", "raw-tcp", "--class", "rostered.yml"], 3, r"roster\.csv: an is not on the roster; did you mean ann\? `wiregrade roster list`"),
    (["key", "pin", "nobody", "--class", "rostered.yml"], 3, "nobody is not on the roster; `wiregrade roster list` shows all handles"),
    (["check", "empty.pcap", "--student", "an", "--class", "rostered.yml"], 2, "an is not on the roster; did you mean ann"),
    (["submit", "--capture", "empty.pcap", "--student", "an", "--class", "rostered.yml"], 2, "an is not on the roster; did you mean ann"),
    (["lint", "--class", "rostered.yml"], 0, r"roster\.csv:3:1: warning: bob has the address 8\.8\.8\.8, and networks\.students .* has it not"),
    (["roster", "import", "list.xlsx", "--dry-run", "--class", "rostered.yml"], 3, r"list\.xlsx:1:1: a spreadsheet \(.xlsx or .ods\), no CSV"),
    (["range", "--join=range-nosuch"], 3, "no range range-nosuch of yours is running; mend: start one .* or join as the user who did"),
    (["range", "--join=/run/x/range-1"], 3, '"/run/x/range-1" is no range\'s name'),
]


def what_is_not_there_is_told_with_its_mend():
    os.mkdir("away")
    pathlib.Path("empty.pcap").write_bytes(EMPTY)
    pathlib.Path("keyless.yml").write_text(pathlib.Path("class.yml").read_text().replace("course.key", "nosuch.key"))
    pathlib.Path("rostered.yml").write_text(pathlib.Path("class.yml").read_text().replace("# roster: roster.csv", "roster: roster.csv"))
    pathlib.Path("roster.csv").write_text("handle,name,email,address\nann,Ann,ann@example.org,10.10.0.40\nbob,Bob,bob@example.org,8.8.8.8\n")
    pathlib.Path("list.xlsx").write_bytes(b"PK\3\4" + bytes(60))
    assert run("export", "public")[0] == 0
    for words, wanted, told in MISSING:
        status, out, err = run(*words)
        assert status == wanted and re.search(told, out + err), (words, status, out, err)
    os.chdir("away")
    status, out, err = run("check", "nosuch.pcap")  # not that there is no course
    assert (status, err) == (3, "wiregrade: nosuch.pcap: No such file or directory\n"), err
    for words in (["check", "../empty.pcap"], ["verify", "nosuch"]):  # no course is here, nor one installed
        status, out, err = run(*words)
        assert status == 3 and err.count("\n") == 1 and "go to where `challenges` is" in err, err
    status, out, err = run("submit", "flag{x}")  # a student, as the table in README has it
    assert status == 3 and "a student hands a flag in at the board's page" in err and "nc TARGET 1110" in err, err
    os.chdir("..")
    for word, told in (("not_shifted", "NOT_SHIFTED"), ("IP.TTL", "ip.ttl")):
        status, out, err = run("diagnose" if "_" in word else "fields", word)
        assert status == 0 and out.startswith(told), (word, out, err)
    if os.getuid() == 0:
        join_of_another()


def join_of_another():
    """A range of root's, seen by another user."""
    shell = subprocess.Popen([PROGRAM, "range", "--", "sh", "-c", "echo $WIREGRADE_RANGE; read x"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    name = shell.stdout.readline().strip()
    told = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", PROGRAM, "range", f"--join={name}", "true"],
                          capture_output=True, text=True, check=False, cwd="/").stderr
    shell.communicate("\n", timeout=DEADLINE)
    assert f"{name} is a range of user root; join it as that user" in told, told


def demo_explains_itself_unbuilt():
    """`ci/demo --help` answers at once; where nothing is built it builds nothing."""
    os.mkdir("ci")
    shutil.copy(COURSE.parent / "ci/demo", "ci/demo")
    for word in ("--help", "--usage"):
        told = subprocess.run(["ci/demo", word], capture_output=True, text=True, timeout=DEADLINE, check=False)
        assert told.returncode == 0 and "wiregrade demo" in told.stdout and not told.stderr and not os.path.exists("build"), told


def demo_in_a_clone_of_another():
    """Who may not build there is told whose it is, and what he can do."""
    os.makedirs("build")
    os.makedirs("ci")
    shutil.copy(COURSE.parent / "ci/demo", "ci/demo")
    pathlib.Path("build/.lock").touch(0o444)
    os.chmod(".", 0o755)
    os.chmod("build", 0o555)
    other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
    told = subprocess.run([*other, "ci/demo", "--once"], capture_output=True, text=True, timeout=DEADLINE, check=False)
    os.chmod("build", 0o755)
    assert told.returncode == 4 and told.stderr.count("\n") == 1, told
    assert re.search(r"ci/demo: /.*/build is \S+'s, and \S+ may not build there; build in a clone of your own \(git clone /", told.stderr), told


CASES = {f.__name__: f for f in (what_is_not_there_is_told_with_its_mend, demo_explains_itself_unbuilt, demo_in_a_clone_of_another, every_command_explains_itself, wrong_lines_are_refused, right_lines_are_taken)}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="wiregrade-usage-") as scratch:
        os.chdir(scratch)
        shutil.copytree(COURSE, "challenges")
        assert run("init", ".")[0] == 0
        CASES[sys.argv[3]]()
