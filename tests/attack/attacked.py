"""attacked.py - a class in a range, under attack: what the scripts beside it share."""
import os
import pathlib
import signal
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import classroom  # noqa: E402

NETWORKS = classroom.NETWORKS.replace("[10.10.0.0/24]", "[10.10.0.0/16, 10.50.0.0/16]")
SHOWN = {HERE / "many_sources.py": "/tmp/many_sources.py", HERE.parent / "e2e/targets_sends.py": "/tmp/targets_sends.py"}
ASK = """import socket, sys
s = socket.create_connection(('172.16.1.15', 1110), 5)
s.settimeout(60)
s.sendall(sys.argv[1].encode().decode('unicode_escape').encode('latin1'))
s.shutdown(socket.SHUT_WR)
text = b''
while got := s.recv(4096):
    text += got
print(text.decode())
"""


class Attacked(classroom.Classroom):
    """`with Attacked(BIN) as room:`; what was captured is not judged again at the end, it is too much."""

    def __init__(self, bin_dir, **more):
        super().__init__(bin_dir, course=HERE.parent / "e2e/data/targets", networks=NETWORKS, **more)

    def does(self, *args, check=True):
        return self.student("/usr/bin/python3", "/tmp/many_sources.py", *map(str, args), show=SHOWN, check=check)

    def begins(self, *args, **more):
        """The same, meanwhile; join() what it returns."""
        thread = threading.Thread(target=self.does, args=args, kwargs=more)
        thread.start()
        return thread

    def earns(self, handle, seconds=60):
        """Seconds until a right packet's flag is there; None when it is not within so many."""
        out = self.does("earns", handle, seconds, check=False).split()
        return float(out[0]) if len(out) == 2 and out[1].startswith("flag{chaos." + handle) else None

    def ask(self, lines):
        return self.python(ASK, lines)

    def size(self):
        """Bytes of the journal, once it grows no more."""
        size = -1
        while size != len(self.text):
            size = len(self.text)
            self._read(1)
        return sum(len(line) + 1 for line in self.text.splitlines() if line.startswith(b"{"))

    def stopped(self):
        """All lines of the journal, after the targets' end. What tail still has must not be mixed with what that prints."""
        self.size()
        os.kill(self.target_pid(), signal.SIGTERM)
        self.journal("stop", 1)
        return self.journal()

    def __exit__(self, *_):
        self.close()


def dropped(lines, kind):
    return sum(line.get("dropped", {}).get(kind, 0) for line in lines)
