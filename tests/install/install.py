#!/usr/bin/env python3
"""install.py BUILD CMAKE CASE: one test of an installation of BUILD into a temporary folder. Exit status 77: skipped."""
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ("wiregrade", "wiregrade-target", "wiregrade-board")
PREFIX = "opt/wiregrade"
QUIET = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}


def run(*command, status=0, cwd=None, env=QUIET):
    done = subprocess.run([*map(str, command)], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == status, (command, done.returncode, done.stdout, done.stderr)
    return done.stdout


class Installed:
    """The installation, below a DESTDIR."""

    def __init__(self, scratch, build, cmake):
        self.build, self.cmake, self.scratch = build, cmake, scratch
        run(cmake, "--install", build, "--prefix", f"/{PREFIX}", env={**QUIET, "DESTDIR": scratch})
        self.root = scratch / PREFIX

    def commands(self):
        """Every program and subcommand, as words."""
        for name in PROGRAMS:
            yield [name]
            for sub in re.findall(r"(?m)^  ([a-z]+)  ", run(self.root / "bin" / name, "--help")):
                yield [name, sub]

    def help(self, words):
        return run(self.root / "bin" / words[0], *words[1:], "--help")


def programs_find_what_is_theirs(at):
    empty = at.scratch / "empty"
    empty.mkdir()
    wiregrade = at.root / "bin/wiregrade"
    assert "wiregrade COMMAND" in run(wiregrade, "--help", cwd=empty)
    assert "challenges, no problems" in run(wiregrade, "lint", cwd=empty)
    made = run(wiregrade, "init", "spring", cwd=empty)
    assert f"{at.root}/share/wiregrade/challenges" in (empty / "spring/class.yml").read_text(), made
    # the range needs wiregrade-init, verify the other two
    done = subprocess.run([wiregrade, "verify", "stream-sender"], cwd=empty, env=QUIET, capture_output=True, text=True)
    assert "is missing" not in done.stdout + done.stderr, (done.stdout, done.stderr)
    if done.returncode == 4:
        print("skipped:", done.stdout, done.stderr)
        sys.exit(77)
    assert done.returncode == 0, (done.stdout, done.stderr)
    # ... and say what is missing, not something else
    (at.root / "libexec/wiregrade/wiregrade-sender").unlink()
    done = subprocess.run([wiregrade, "verify", "stream-sender"], cwd=empty, env=QUIET, capture_output=True, text=True)
    assert done.returncode == 4 and "wiregrade-sender is missing" in done.stdout, (done.stdout, done.stderr)


def options(text):
    """The long options of a --help, read another way than packaging/pages does."""
    return {word for line in text.splitlines() if line.startswith("  ") for word in
            re.findall(r"^ +(?:-., )?(--[a-z][a-z-]*)", line)}


def pages_and_completions_name_every_option(at):
    for words in at.commands():
        with gzip.open(at.root / f"share/man/man1/{words[0]}.1.gz", "rt") as file:
            page = file.read().replace("\\-", "-")
        completion = (at.root / "share/bash-completion/completions" / words[0]).read_text()
        if len(words) == 2:
            page = re.search(rf"(?ms)^\.SS {words[0]} {words[1]}$(.*?)(^\.S[SH]|\Z)", page).group(1)
            completion = re.search(rf"(?ms)^    {words[1]}\)$(.*?);;$", completion).group(1)
        offered = " ".join(re.findall(r'words="([^"]*)"', completion)).split()
        wanted = options(at.help(words))
        assert wanted or words == ["wiregrade"], words
        for option in wanted:
            assert option in offered, (words, option)
            assert re.search(rf"(?<![a-z-]){option}(?![a-z-])", page) or option in ("--help", "--usage"), (words, option)


def complete(at, *words):
    """What bash offers for the last word."""
    file = at.root / "share/bash-completion/completions" / words[0]
    function = "_" + words[0].replace("-", "_")
    script = f'. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); {function}; printf "%s\\n" "${{COMPREPLY[@]}}"'
    return set(run("bash", "-c", script, "bash", file, *words, cwd=at.scratch).split())


def completions_complete(at):
    (at.scratch / "folder").mkdir()
    (at.scratch / "file.yml").touch()
    for words, offered in ((["wiregrade", "ro"], {"roster"}), (["wiregrade", "roster", ""], {"import", "sync", "--pins"}),
                           (["wiregrade", "outbox", "--format", ""], {"human", "json"}),
                           (["wiregrade", "outbox", "--format", "=", "j"], {"json"}),
                           (["wiregrade", "lint", "--class", "fi"], {"file.yml"}),
                           (["wiregrade", "demo", "--course", "f"], {"folder"}),
                           (["wiregrade-target", "r"], {"run"}), (["wiregrade-board", "--mo"], {"--mode"})):
        got = complete(at, *words)
        assert offered <= got if words[-1] == "" and "roster" in words else offered == got, (words, got)
    assert "wiregrade" not in complete(at, "wiregrade", "outbox", "--timeout", "")


def units_are_well_formed(at):
    if not shutil.which("systemd-analyze"):
        print("skipped: no systemd-analyze")
        sys.exit(77)
    units = []
    for name in ("serve", "ship", "target"):
        text = (at.root / f"lib/systemd/system/wiregrade-{name}@.service").read_text()
        assert re.search(r"(?m)^ExecStart=wiregrade", text), text
        units.append(at.scratch / f"wiregrade-{name}@spring.service")
        # which it is told where to find: systemd looks in /usr alone
        units[-1].write_text(re.sub(r"(?m)^ExecStart=", f"ExecStart={at.root}/bin/", text))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr.strip(), done.stderr


CONTENT = """etc/logrotate.d/wiregrade usr/bin/wiregrade usr/bin/wiregrade-board usr/bin/wiregrade-target
usr/lib/systemd/system/wiregrade-serve@.service usr/lib/systemd/system/wiregrade-ship@.service
usr/share/wiregrade/postgresql.sql usr/lib/systemd/system/wiregrade-target@.service
usr/libexec/wiregrade/wiregrade-init usr/libexec/wiregrade/wiregrade-sender
usr/share/bash-completion/completions/wiregrade usr/share/bash-completion/completions/wiregrade-board
usr/share/bash-completion/completions/wiregrade-target
usr/share/doc/wiregrade/CHANGELOG.md usr/share/doc/wiregrade/LICENSE usr/share/doc/wiregrade/README.md usr/share/doc/wiregrade/changelog.gz
usr/share/doc/wiregrade/copyright usr/share/man/man1/wiregrade-board.1.gz usr/share/man/man1/wiregrade-target.1.gz
usr/share/man/man1/wiregrade.1.gz""".split()


def the_package_holds_what_it_should(at):
    cpack = pathlib.Path(at.cmake).with_name("cpack")
    os.umask(0o077)
    run(cpack, "-G", "DEB", "--config", at.build / "CPackConfig.cmake", "-B", at.scratch / "deb")
    package, = (at.scratch / "deb").glob("*.deb")
    files = {}
    for line in run("dpkg-deb", "-c", package).splitlines():
        mode, owner, _, _, _, name = line.split()[:6]
        assert mode[7] == "r" and (mode[0] == "-" or mode == "drwxr-xr-x"), line
        assert owner == "root/root" and mode[3] != "s" and mode[6] != "s" and mode[8] != "w", line
        if not name.endswith("/"):
            files[name[2:]] = mode
    copied = {f"usr/share/wiregrade/{f.relative_to(ROOT)}" for f in (ROOT / "challenges").rglob("*") if f.is_file()}
    copied |= {f"usr/share/doc/wiregrade/{f.relative_to(ROOT)}" for f in (ROOT / "docs").rglob("*") if f.is_file()}
    assert set(files) == copied | set(CONTENT), set(files) ^ (copied | set(CONTENT))
    assert files["usr/share/wiregrade/challenges/raw-ipv4/solve/ipraw.py"] == "-rwxr-xr-x"
    depends = run("dpkg-deb", "-f", package, "Depends")
    assert all(name in depends for name in ("adduser", "bubblewrap", "python3", "libuv1", "libseccomp2")), depends
    assert "-dev" not in depends, depends
    run("dpkg-deb", "-e", package, at.scratch / "control")
    for script in ("postinst", "prerm", "postrm"):
        run("sh", "-n", at.scratch / "control" / script)
    if b"__asan_init" not in (at.root / "bin/wiregrade").read_bytes():
        said = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", package], capture_output=True, text=True)
        assert said.returncode == 0, said.stdout + said.stderr


def main():
    build, cmake, case = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="wiregrade-install-") as scratch:
        globals()[case](Installed(pathlib.Path(scratch), pathlib.Path(build), cmake))


main()
