#!/usr/bin/python3
import os
import socket

me = os.environ["WIREGRADE_STUDENT"].encode()
here = socket.socket()
here.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
here.bind(("", 1111))
here.listen(1)
s = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
s.sendall(me + b"\n")
conn, _ = here.accept()
conn.sendall(me + b" has " + conn.recv(1024))
conn.close()
while data := s.recv(1024):
    print(data.decode(), end="")
