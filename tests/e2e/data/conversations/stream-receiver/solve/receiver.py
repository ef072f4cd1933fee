#!/usr/bin/python3
# Both terminals in one program: the receiver of the material, and who asks.
import os
import socket
import threading

handle = os.environ["WIREGRADE_STUDENT"].encode()
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 1111))
s.listen(1)


def receive():
    conn, addr = s.accept()
    connect = conn.recv(1024)
    conn.sendall(b"Hello %s, I am %s" % (connect, handle))
    conn.close()


threading.Thread(target=receive, daemon=True).start()
ask = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
ask.sendall(handle + b"\n")
while data := ask.recv(1024):
    print(data.decode(), end="")
