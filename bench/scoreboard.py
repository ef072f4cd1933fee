"""scoreboard.py - a wiregrade-board with users, classes that post to it, and a counter of requests between the two."""
import http.client
import http.server
import json
import os
import pathlib
import subprocess
import threading
import urllib.parse

from measure import ROOT, end

SLUGS = ["stream-sender", "raw-ipv4", "raw-tcp", "datagram-hex", "datagram-sender", "stream-base64"]


class Scoreboard:
    """What both answer. `process` is None where it is not ours."""
    process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def ask(self, method, path, body=None):
        self.connection.close()  # a server may have closed it meanwhile
        self.connection.request(method, "/api/v1" + path, None if body is None else json.dumps(body),
                                {"Authorization": f"Token {self.token}", "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        got = json.loads(answer.read())
        assert answer.status == 200, (method, path, answer.status, got)
        return got.get("data")

    def users(self, n, first=0):
        return [self.ask("POST", "/users", {"name": f"student{i}", "email": f"student{i}@example.org", "password": os.urandom(12).hex()})["id"]
                for i in range(first, first + n)]

    def challenges(self):
        return {row["name"]: row["id"] for row in self.ask("GET", "/challenges?view=admin")}

    def solves(self):
        """How many there are; a page holds at most 100."""
        total, page = 0, 1
        while n := len(self.ask("GET", f"/submissions?type=correct&per_page=100&page={page}")):
            total, page = total + n, page + 1
            if n < 100:
                break
        return total


class Given(Scoreboard):
    """A CTFd to try things on, of WIREGRADE_CTFD_URL and WIREGRADE_CTFD_TOKEN_FILE; what is on it may be written over."""

    def __init__(self):
        self.url = os.environ["WIREGRADE_CTFD_URL"].rstrip("/")
        self.token = pathlib.Path(os.environ["WIREGRADE_CTFD_TOKEN_FILE"]).read_text(encoding="ascii").strip()
        parts = urllib.parse.urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.connection = kind(parts.hostname, parts.port, timeout=60)


class Board(Scoreboard):
    """`with Board(BIN, FOLDER) as board:`"""

    def __init__(self, binaries, folder):
        folder.mkdir(parents=True)
        token = folder / "token"
        read, write = os.pipe()
        self.process = subprocess.Popen([binaries / "wiregrade-board", "--port", "0", "--db", folder / "b.db", "--token-file", token,
                                         "--ready-fd", str(write)], stdout=subprocess.DEVNULL, pass_fds=[write])
        os.close(write)
        with os.fdopen(read) as ready:
            self.port = int(ready.readline())
        self.url, self.token = f"http://127.0.0.1:{self.port}", token.read_text().strip()
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def __exit__(self, *_):
        super().__exit__()
        end(self.process)


class Counter:
    """Stands before a scoreboard, passes everything on, and counts."""

    def __init__(self, port):
        self.counts, self.lock, self.port = {}, threading.Lock(), port
        handler = type("Handler", (_Handler,), {"counter": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def take(self):
        """{method: requests} since the last time."""
        with self.lock:
            counts, self.counts = self.counts, {}
        return counts


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    counter = None

    def log_message(self, *_):
        pass

    def any(self):
        with self.counter.lock:
            self.counter.counts[self.command] = self.counter.counts.get(self.command, 0) + 1
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        there = http.client.HTTPConnection("127.0.0.1", self.counter.port, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
        there.request(self.command, self.path, body or None, headers)
        got = there.getresponse()
        data = got.read()
        there.close()
        self.send_response(got.status)
        self.send_header("Content-Type", got.headers.get("Content-Type", "text/plain"))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_DELETE = any


def class_at(binaries, folder, url, token, students=0, course=ROOT / "challenges"):
    """A class that posts to a scoreboard; with students, those on its roster: its folder."""
    subprocess.run([binaries / "wiregrade", "init", folder, "--course", course], check=True, capture_output=True)
    text = (folder / "class.yml").read_text().replace("http://127.0.0.1:8000", url)
    if students:
        text = text.replace("# roster: roster.csv", "roster: roster.csv")
        (folder / "roster.csv").write_text("handle,name,email\n" + "".join(
            f"student{i},Student {i},student{i}@example.org\n" for i in range(students)))
    (folder / "class.yml").write_text(text)
    (folder / "ctfd.token").write_text(token + "\n")
    (folder / "ctfd.token").chmod(0o600)
    return folder


def hand_in(binaries, folder, students, slugs, first=0):
    """Flags of so many students, kept as solves that wait: how many."""
    mint = ((f"student{i}", slug) for i in range(first, first + students) for slug in slugs)
    flags = [subprocess.run([binaries / "wiregrade", "flag", "mint", *words], cwd=folder, check=True, capture_output=True,
                            text=True).stdout for words in mint]
    subprocess.run([binaries / "wiregrade", "submit", "-"], cwd=folder, input="".join(flags), text=True, check=True, capture_output=True)
    return len(flags)
