#!/usr/bin/env python3
"""plain_text.py PROGRAMS COURSE: whoever reads an administrator's token on the way has his power. Every command that sends
it over http to another machine says so, however that machine is called; none does for this one. The hosts here that look
like another machine lead nowhere but to this one."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from steady import DEADLINE  # noqa: E402

bin_ = os.path.abspath(sys.argv[1])
OTHER = ("http://0:9", "http://127.1:9", "http://0x7f.0.0.1:9")
THIS = ("http://127.0.0.1:9", "http://127.9.9.9:9", "http://[::1]:9", "http://localhost:9", "http://LOCALHOST:9", "https://127.1:9")
COMMANDS = (("deploy", "--dry-run"), ("report",), ("reconcile",), ("roster", "sync", "--dry-run"), ("borrowed", "list"),
            ("outbox", "run"))


def main():
    with tempfile.TemporaryDirectory(prefix="wg-plain-") as scratch:
        def run(program, *args):
            done = subprocess.run([f"{bin_}/{program}", *args], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=DEADLINE, check=False, cwd=scratch)
            return done, "without encryption" in done.stderr

        shutil.copytree(sys.argv[2], f"{scratch}/course")
        assert run("wiregrade", "init", ".", "--course", "course")[0].returncode == 0
        with open(f"{scratch}/ctfd.token", "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write("ctfd_" + "0" * 64 + "\n")
        with open(f"{scratch}/roster.csv", "w", encoding="ascii") as file:
            file.write("handle,name,email\nada,Ada,ada@example.org\n")
        tried = 0
        for url in OTHER + THIS:
            with open(f"{scratch}/class.yml", "w", encoding="ascii") as file:
                file.write("class: a\ncourse: course\nkey_file: course.key\nstore: a.db\nroster: roster.csv\n"
                           "networks: {target: 127.0.0.1, students: [10.0.0.0/8]}\n"
                           f'scoreboard: {{url: "{url}", token_file: ctfd.token}}\n')
            for words in COMMANDS if url in (OTHER[0], THIS[0]) else COMMANDS[:1]:
                done, warned = run("wiregrade", *words)
                assert warned == (url in OTHER), (url, words, done)
                tried += 1
        for listen, wanted in (("0.0.0.0", True), ("127.0.0.2", False)):
            with subprocess.Popen([f"{bin_}/wiregrade-board", "--db", f"{scratch}/b.db", "--port", "0", "--listen", listen],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as board:
                board.stdout.readline()
                board.terminate()
                said = board.communicate(timeout=DEADLINE)[1]
            assert ("without encryption" in said) == wanted, (listen, said)
            tried += 1
        print(f"{tried} ways: warned of other machines, and of none else")


main()
