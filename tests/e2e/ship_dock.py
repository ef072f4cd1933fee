"""`wiregrade serve --ship` and what stands before it, for ship_web.py."""
import collections
import http.client
import http.server
import random
import re
import socket
import ssl
import threading
import time

import desk
import ship
from daemon import Serve, until
from desk import Class, expect
from steady import DEADLINE

NOBODY = "http://127.0.0.1:9"


def until_all(count, all_of_them):
    """Waits until count() is that: as long as it grows, however slowly."""
    last, end = None, 0
    while (now := count()) != all_of_them:
        if now != last:
            last, end = now, time.monotonic() + DEADLINE
        assert time.monotonic() < end, (now, all_of_them)
        time.sleep(0.1)


class Dock(Serve):
    """`wiregrade serve --ship`, at the same port each time."""

    def __init__(self, c, port=0):
        super().__init__(c)
        self.port = port

    def __enter__(self):
        self.args = ("--ship", f"127.0.0.1:{self.port}")
        super().__enter__()
        self.port = int(re.fullmatch(r"journals of targets elsewhere by http://127\.0\.0\.1:(\d+)\n", self.process.stdout.readline())[1])
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


class Room(ship.Room):
    """A class with a daemon that takes journals, tokens of its targets, and a journal."""

    def __init__(self, name="class"):
        self.b = desk.board()
        self.c = Class(self.b.url, name)
        self.place = self.c.place
        text = (self.c.dir / "class.yml").read_text()
        (self.c.dir / "class.yml").write_text(text.replace("[target.jsonl]", "[]"))
        self.journal = self.c.dir / "east.jsonl"
        self.dock = self.other = None

    def store(self):
        self.dock = Dock(self.c).__enter__()
        return self

    def role(self, target="east"):
        (self.c.dir / f"{target}.token").unlink(missing_ok=True)
        expect(self.c, 0, "^$", self.c.run("key", "token", target, "--output", f"{target}.token"))
        return self

    def to(self, url=None, target="east"):
        return ["--to", url or self.url(), "--token-file", f"{target}.token"]

    def url(self, *_):
        return f"http://127.0.0.1:{self.dock.port}" if self.dock else NOBODY

    def port(self):
        """Of one of the daemons, as a proxy before several has it."""
        return random.choice([d.port for d in (self.dock, self.other) if d])

    def rest(self):
        for dock in filter(None, (self.dock, self.other)):
            dock.__exit__(None)
        self.dock = self.other = None

    def again(self):
        """After kill()."""
        self.dock.__enter__()

    def kept(self, target="east"):
        column = "encode(line, 'hex')" if self.c.server else "lower(hex(line))"
        out = collections.defaultdict(bytearray)
        for file, piece, at, line in self.c.sql(
                f"SELECT file, piece, at, 'x' || {column} FROM shipped WHERE target = '{target}' ORDER BY 1, 2, 3"):
            assert piece or at == len(out[file, piece]), (file, piece, at)
            out[file, piece] += bytes.fromhex(line[1:])
        return list(out.values())

    def tries(self):
        until(lambda: self.c.outbox("--once") == 0)  # the daemon is at it as well
        return super().tries()

    def everything(self):
        """Whether all of the journal is there."""
        return self.c.sql("SELECT coalesce(sum(length(line)), 0) FROM shipped") == [(self.journal.stat().st_size,)]


class Middle:
    """A proxy between ship and serve: fault(request's path, body) is None, or what is done: a status to answer, `lost` for none once serve
    has answered, `cut` for half of a request that serve then gets."""

    def __init__(self, room, fault=lambda path, body: None, cert=None):
        self.room, self.fault, self.met, self.seen = room, fault, collections.Counter(), collections.Counter()
        self.codes = collections.Counter()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.handle(self)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # of a ship that was killed
        if cert:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def handle(self, of):
        body = of.rfile.read(int(of.headers.get("Content-Length") or 0))
        self.seen[of.path.split("?")[0]] += 1
        what = self.fault(of.path, body)
        self.met[what] += 1
        if isinstance(what, int):
            return self.answer(of, what, {"Retry-After": "1"} if what in (429, 503) else {"Location": "https://else.example.edu/"}
                               if what == 302 else {}, b"<html>not now</html>" if what == 200 else b"not now\n")
        if what == "cut":
            with socket.create_connection(("127.0.0.1", self.room.dock.port)) as s:
                s.sendall(f"POST {of.path} HTTP/1.1\r\nHost: x\r\nAuthorization: {of.headers['Authorization']}\r\n"
                          f"Content-Length: {len(body)}\r\n\r\n".encode() + body[:len(body) // 2])
            return self.end(of)
        try:
            there = http.client.HTTPConnection("127.0.0.1", self.room.port(), timeout=DEADLINE)
            there.request(of.command, of.path, body, {"Authorization": of.headers["Authorization"]})
            got = there.getresponse()
            data = got.read()
            self.codes[got.status] += 1
        except (OSError, http.client.HTTPException):
            return self.end(of)
        if what == "lost":
            return self.end(of)
        return self.answer(of, got.status, {}, data)

    @staticmethod
    def answer(of, status, headers, data):
        of.send_response(status)
        for name, value in headers.items():
            of.send_header(name, value)
        of.send_header("Content-Length", str(len(data)))
        of.end_headers()
        of.wfile.write(data)

    @staticmethod
    def end(of):
        of.close_connection = True
        of.connection.shutdown(socket.SHUT_RDWR)
