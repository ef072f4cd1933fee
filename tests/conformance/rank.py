#!/usr/bin/env python3
"""rank.py RANK MAKE.PY DIR…: the golden captures, made anew, and the packets of DIR…, which rank and judge must
find equally wrong."""
import subprocess
import sys
import tempfile


def main():
    rank, make, *folders = sys.argv[1:]
    with tempfile.TemporaryDirectory() as golden:
        subprocess.run([sys.executable, make, golden], check=True)
        return subprocess.run([rank, golden, *folders], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
