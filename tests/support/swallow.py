"""Stands before a PostgreSQL's socket and loses answers: what was done there is done, and who asked does not hear of it."""
import os
import socket
import tempfile
import threading


class Swallow:
    """Drops the connection in place of an answer that has `words` in it, `times` times, each `every`-th of them; calls lost() first."""

    def __init__(self, server, words, times, every=1, lost=lambda: None):
        self.server, self.words, self.left, self.every, self.lost = server, words, times, every, lost
        self.met = self.seen = 0
        self.lock = threading.Lock()
        self.dir = tempfile.mkdtemp(prefix="wiregrade-swallow-", dir="/tmp")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{self.dir}/.s.PGSQL.5432")
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def url(self, url):
        """The same place by way of this."""
        return url.replace(str(self.server.dir), self.dir)

    def done(self):
        self.listener.close()
        os.unlink(f"{self.dir}/.s.PGSQL.5432")
        os.rmdir(self.dir)

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            there = socket.socket(socket.AF_UNIX)
            try:
                there.connect(f"{self.server.dir}/.s.PGSQL.5432")
            except OSError:
                client.close()
                continue
            for pair in ((client, there), (there, client)):
                threading.Thread(target=self.pump, args=(*pair, pair[0] is there), daemon=True).start()

    def takes(self, data):
        with self.lock:
            if not self.left or not any(word in data for word in self.words):
                return False
            self.seen += 1
            if self.seen % self.every:
                return False
            self.left -= 1
            self.met += 1
        self.lost()
        return True

    def pump(self, source, to, answers):
        try:
            while data := source.recv(1 << 16):
                if answers and self.takes(data):
                    break
                to.sendall(data)
        except OSError:
            pass
        for s in (source, to):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
