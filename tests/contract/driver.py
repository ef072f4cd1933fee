#!/usr/bin/env python3
"""driver.py PROGRAM BOARD CASE users|teams|real: one contract case, against a fresh wiregrade-board or, with
`real`, against the scoreboard of WIREGRADE_CTFD_URL and WIREGRADE_CTFD_TOKEN_FILE (77, skipped, without them)."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from steady import DEADLINE  # noqa: E402

program, board, case, mode = sys.argv[1:]
if mode == "real":
    if not os.environ.get("WIREGRADE_CTFD_URL") or not os.environ.get("WIREGRADE_CTFD_TOKEN_FILE"):
        print("skipped: WIREGRADE_CTFD_URL and WIREGRADE_CTFD_TOKEN_FILE are not set")
        sys.exit(77)
    sys.exit(subprocess.run([program, case], check=False).returncode)
with tempfile.TemporaryDirectory(prefix="wiregrade-contract-") as folder:
    ready, theirs = os.pipe()
    server = subprocess.Popen([board, "--db", "b.db", "--token-file", "token", "--mode", mode, "--port", "0",
                               "--ready-fd", str(theirs)], cwd=folder, pass_fds=[theirs], stdout=subprocess.DEVNULL)
    os.close(theirs)
    with os.fdopen(ready) as pipe:
        port = int(pipe.readline())
    env = {**os.environ, "WIREGRADE_CTFD_URL": f"http://127.0.0.1:{port}", "WIREGRADE_CTFD_TOKEN_FILE": f"{folder}/token"}
    status = subprocess.run([program, case], env=env, check=False).returncode
    server.terminate()
    sys.exit(status or server.wait(DEADLINE))
