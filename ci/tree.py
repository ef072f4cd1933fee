#!/usr/bin/env python3
"""tree.py [PATTERN...]: prints the files of this tree whose names fit a pattern, one a line, as git knows them; where
there is no git, or it will not speak of this checkout (a tarball, another user's), those that lie there."""
import fnmatch
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def _lying_there():
    for folder, below, names in os.walk(ROOT):
        at = pathlib.PurePath(folder).relative_to(ROOT)
        # what a build or an editor leaves behind
        below[:] = [b for b in below if not (str(at) == "." and b == "build") and b not in (".git", "__pycache__")]
        yield from (str(at / name) for name in names)


def files(*patterns):
    """Paths below ROOT as strings, sorted; a pattern is of a name ("*.c"), or of a whole path when it has a slash."""
    try:
        out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True,
                             check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        out = _lying_there()
    return sorted(path for path in out if (ROOT / path).is_file() and (not patterns or any(
        fnmatch.fnmatch(path if "/" in p else pathlib.PurePath(path).name, p) for p in patterns)))


if __name__ == "__main__":
    print("\n".join(files(*sys.argv[1:])))
