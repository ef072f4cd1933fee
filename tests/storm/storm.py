#!/usr/bin/env python3
"""storm.py WIREGRADE COURSE CLOCKSHIFT [--solves N] [--seed S] [--through outbox|serve] [--faults PERCENT]: solves are
posted through a proxy that fails in every way it knows, while the clock jumps, the roster changes and the grader is killed again and again.
At the end each solve is on the scoreboard exactly once, and the store knows it by its number. A run is repeated by its
seed as far as two processes can be; the seed is printed."""
import argparse
import collections
import concurrent.futures
import http.client
import http.server
import json
import os
import pathlib
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import desk  # noqa: E402
import daemon  # noqa: E402
import steady  # noqa: E402

SLUGS = ["stream-sender", "raw-ipv4", "raw-tcp", "datagram-hex", "datagram-sender", "stream-base64"]
PAGE = "<!doctype html><title>A page</title>" + "x" * 300
GENERIC = '{"message":"Internal Server Error"}'
TIMEOUT_S = 1


class Proxy:
    """Stands before a scoreboard. Of every hundred requests `percent` meet a fault, drawn by the seed."""

    # kind: (is the request carried out?, status, type, body, more headers)
    PLAIN = {
        "500 before": (False, 500, "application/json", GENERIC, {}),
        "500 after": (True, 500, "application/json", GENERIC, {}),
        "502 before": (False, 502, "text/html", PAGE, {}),
        "502 after": (True, 502, "text/html", PAGE, {}),
        "503 before": (False, 503, "text/html", PAGE, {"Retry-After": "1"}),
        "login": (False, 302, "text/html", PAGE, {"Location": "/login"}),
        "page before": (False, 200, "text/html", PAGE, {}),
        "page after": (True, 200, "text/html", PAGE, {}),
        "429": (False, 429, "application/json", '{"code":429,"message":"Too many requests."}', {}),
        "429 retry": (False, 429, "application/json", '{"code":429,"message":"Too many requests."}', {"Retry-After": "1"}),
        "cut json": (True, 200, "application/json", '{"success": true, "data": {"id": 1, "ty', {}),
    }
    KINDS = [*PLAIN, "reset before", "reset after", "reset in body", "too late before", "too late after", "arrives late",
             "slow body"]

    def __init__(self, port, percent, seed):
        self.port, self.percent, self.draw = port, percent, random.Random(seed)
        self.lock, self.met, self.requests = threading.Lock(), collections.Counter(), 0
        handler = type("Handler", (Handler,), {"proxy": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.handle_error = lambda *_: None  # the peer gave up or was killed
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def fault(self, method):
        with self.lock:
            self.requests += 1
            if self.draw.random() * 100 >= self.percent:
                return None
            kinds = [k for k in self.KINDS if method == "POST" or "login" not in k]
            kind = self.draw.choice(kinds)
            self.met[kind] += 1
            return kind


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    wbufsize = 65536
    proxy = None

    def log_message(self, *_):
        pass

    def forward(self, body):
        there = http.client.HTTPConnection("127.0.0.1", self.proxy.port, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
        there.request(self.command, self.path, body or None, headers)
        got = there.getresponse()
        data = got.read()
        there.close()
        return got.status, got.headers.get("Content-Type", "text/plain"), data

    def answer(self, status, kind, data, more=()):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for key, value in dict(more).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(data)

    def reset(self, text=b""):
        self.wfile.write(text)
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def misbehave(self, kind, body):
        if kind in Proxy.PLAIN:
            carry, status, media, text, more = Proxy.PLAIN[kind]
            if carry:
                self.forward(body)
            self.answer(status, media, text.encode(), more)
            return
        if kind == "arrives late":
            time.sleep(TIMEOUT_S * 1.3)
        if kind in ("reset after", "too late after", "arrives late"):
            self.forward(body)
        if kind.startswith("too late"):
            time.sleep(TIMEOUT_S * 1.3)
        if kind == "reset in body":
            _, media, data = self.forward(body)
            self.reset(f"HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {len(data)}\r\n\r\n".encode()
                       + data[:len(data) // 2])
        elif kind == "slow body":
            status, media, data = self.forward(body)
            self.wfile.write(f"HTTP/1.1 {status} X\r\nContent-Type: {media}\r\nContent-Length: {len(data)}\r\n\r\n".encode())
            for at in range(0, len(data), max(1, len(data) // 20)):
                self.wfile.write(data[at:at + max(1, len(data) // 20)])
                self.wfile.flush()
                time.sleep(TIMEOUT_S / 10)
            self.close_connection = True
        else:
            self.reset()

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        kind = self.proxy.fault(self.command)
        if kind:
            self.misbehave(kind, body)
        else:
            self.answer(*self.forward(body))

    do_GET = do_POST = do_PATCH = do_DELETE = handle_one

    def handle(self):
        try:
            super().handle()
        except (OSError, ValueError, http.client.HTTPException):
            pass  # the peer gave up or was killed


class Registrar:
    """Who comes late is on the roster bit by bit, and now and then somebody is off it for a while."""

    def __init__(self, path, users, late, seed):
        self.path, self.draw, self.n = path, random.Random(seed), 0
        self.late, self.away = list(late), None
        self.on = [who for who in users if who not in late]
        self.told = lambda: None  # after each change
        self.write()

    def write(self):
        rows = [f"{who},{who} {self.n},{who}@example.edu,{self.n % 7}" for who in self.on if who != self.away]
        new = self.path.with_name("roster.new")
        new.write_text("\n".join(["handle,name,email,section", *rows, ""]))
        os.replace(new, self.path)

    def run(self):
        most = len(self.late) // 12 + 1
        while self.late or self.away:
            time.sleep(self.draw.uniform(0.2, 0.8))
            self.on += self.late[:self.draw.randint(0, most)]
            self.late = [who for who in self.late if who not in self.on]
            self.away = None if self.away or not self.late else self.draw.choice(self.on)
            self.n += 1
            self.write()
            self.told()

    def start(self):
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def done(self):
        return not self.thread.is_alive()


class Clock:
    """Sets the grader's time to some hours ahead or behind, now and then."""

    def __init__(self, path, seed, jumps):
        self.path, self.draw, self.n, self.jumps = path, random.Random(seed), 0, jumps
        path.write_bytes(struct.pack("q", 0))
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        if jumps:
            self.thread.start()

    def run(self):
        while not self.stop.wait(self.draw.uniform(0.3, 2)):
            self.set(self.draw.randint(-6 * 3600, 6 * 3600) * 10**6)
            self.n += 1

    def set(self, us):
        with open(self.path, "r+b") as f:
            f.write(struct.pack("q", us))

    def end(self):
        self.stop.set()
        if self.jumps:
            self.thread.join()


def mint(c, pairs):
    def one(pair):
        done = subprocess.run([desk.wiregrade, "flag", "mint", *pair], cwd=c.dir, check=True, capture_output=True, text=True)
        return done.stdout.strip()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, pairs))


def killed_outbox(c, draw, env, most, registrar):
    """`outbox run` until it ends by itself with nothing left, killed at random moments before."""
    kills, done = 0, False
    while not done:
        with open(c.dir / "outbox.log", "a", encoding="utf-8") as log:
            p = subprocess.Popen([desk.wiregrade, "outbox", "run", "--wait", "3600", "--timeout", str(TIMEOUT_S)], cwd=c.dir,
                                 stdout=log, stderr=log, env={**os.environ, **env})
            most *= 1.02  # a machine that gets nothing done in so long comes to the end, too
            try:
                # 1: held, rejected or unplaced, which the end looks at
                last = registrar.done()
                done = p.wait(draw.uniform(0.05, most)) in (0, 1) and last
                assert p.returncode in (0, 1, 4), f"exit status {p.returncode}: " + (c.dir / "outbox.log").read_text()[-2000:]
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
                kills += 1
    return kills


def killed_serve(c, draw, env, flags, most, registrar):
    """Flags go to the intake of a daemon that is killed at random moments; what was not answered is sent again."""
    kills, todo = 0, list(flags)
    old = {k: os.environ.get(k) for k in env}
    os.environ.update(env)
    try:
        while todo or not registrar.done() or set(c.states()) != {"posted"}:
            s = daemon.Serve(c, "--timeout", str(TIMEOUT_S)).__enter__()
            most *= 1.02
            registrar.told = lambda: s.process.send_signal(signal.SIGHUP)
            end = time.monotonic() + draw.uniform(0.05, most)
            while time.monotonic() < end:
                try:
                    if todo and daemon.word(s.hand_in(todo[-1])[0]) in ("OK", "DUP"):
                        todo.pop()
                except (OSError, IndexError):
                    pass
                time.sleep(0 if todo else 0.05)
            registrar.told = lambda: None
            s.process.kill()
            s.process.wait()
            s.process.stdout.close()
            s.log.close()
            kills += 1
    finally:
        for key, value in old.items():
            os.environ.pop(key)
            if value is not None:
                os.environ[key] = value
    return kills


def look(b, c, pairs, users):
    """Nothing lost, nothing doubled, and the store's numbers are the scoreboard's."""
    names = {x["id"]: x["name"] for x in b.api("GET", "/challenges?view=admin")["data"]}
    title = {p.name: next(n for n in names.values() if f"name: {n}\n" in (p / "challenge.yml").read_text().replace('"', ""))
             for p in pathlib.Path(desk.course).iterdir() if p.name in SLUGS}
    rows = b.solves()
    there = collections.Counter((r["user_id"], names[r["challenge_id"]]) for r in rows)
    wanted = {(users[who], title[slug]) for who, slug in pairs}
    lost, more = wanted - set(there), set(there) - wanted
    doubled = [k for k, n in there.items() if n > 1]
    assert not lost and not more and not doubled, (len(lost), len(more), len(doubled), list(lost)[:5], doubled[:5])
    numbers = {(r["user_id"], names[r["challenge_id"]]): r["id"] for r in rows}
    kept = c.rows()
    assert len(kept) == len(pairs) and all(k["state"] == "posted" for k in kept), collections.Counter(k["state"] for k in kept)
    for k in kept:
        assert k["submission"] == numbers[users[k["student"]], title[k["slug"]]], k


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("wiregrade")
    p.add_argument("course")
    p.add_argument("clockshift")
    p.add_argument("--solves", type=int, default=300)
    p.add_argument("--seed", type=int, default=steady.seed())
    p.add_argument("--through", choices=("outbox", "serve"), default="outbox")
    p.add_argument("--faults", type=float, default=3, metavar="PERCENT")
    p.add_argument("--kill-within", type=float, default=2, metavar="S")
    a = p.parse_args()
    print(f"seed {a.seed}", flush=True)
    desk.wiregrade, desk.course = os.path.abspath(a.wiregrade), os.path.abspath(a.course)
    draw = random.Random(a.seed)
    pairs = [(f"s{n // len(SLUGS)}", SLUGS[n % len(SLUGS)]) for n in range(a.solves)]
    with tempfile.TemporaryDirectory(prefix="wiregrade-storm-") as scratch:
        desk.scratch = scratch
        b = daemon.Board("board").start()
        users = {who: b.user(who, email=f"{who}@example.edu") for who in sorted({who for who, _ in pairs})}
        late = set(list(users)[len(users) * 2 // 3:])
        proxy = Proxy(b.port, a.faults, a.seed)
        c = desk.Class(proxy.url, token=b.token, roster="handle,name,email\n")
        with open(c.dir / "class.yml", "a", encoding="utf-8") as f:
            f.write("\npaste: audit\n")
        registrar = Registrar(c.dir / "roster.csv", users, late, a.seed + 2)
        quiet = desk.Class(b.url, name="quiet", token=b.token)
        assert quiet.run("deploy") == 0, quiet.output
        clock = Clock(c.dir / "clock", a.seed + 1, True)
        env = desk.shifted(clock.path, os.path.abspath(a.clockshift))
        for who, slug in pairs:  # the briefing took what the grader cannot place yet
            if who in late:
                c.brief(slug, who)
        flags = mint(c, [pair for pair in pairs if pair[0] not in late])
        begun = time.monotonic()
        if a.through == "serve":
            registrar.start()
            kills = killed_serve(c, draw, env, flags, a.kill_within, registrar)
        else:
            assert c.run("submit", "-", stdin="\n".join(flags) + "\n", env=env) == 0, c.output[-2000:]
            registrar.start()
            kills = killed_outbox(c, draw, env, a.kill_within, registrar)
        seconds = time.monotonic() - begun
        clock.end()
        # the last word, without faults and with the right time
        clock.set(0)
        proxy.percent = 0
        status = c.run("outbox", "run", "--wait", desk.PATIENT, env=env)
        assert status == 0, c.output
        look(b, c, pairs, users)
        b.stop()
        print(json.dumps({"seed": a.seed, "through": a.through, "solves": len(pairs), "seconds": round(seconds, 1), "kills": kills,
                          "clock jumps": clock.n, "late": len(late), "rosters": registrar.n, "requests": proxy.requests, "faults": sum(proxy.met.values()),
                          "kinds": len(proxy.met)}))


if __name__ == "__main__":
    main()
