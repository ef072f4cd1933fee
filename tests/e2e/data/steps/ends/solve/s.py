#!/usr/bin/python3
import os
import socket
import time

s = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
s.sendall(os.environ["WIREGRADE_STUDENT"].encode() + b"\n\x0a\x0b\x0a\x0cthis is in two lines")
time.sleep(0.5)
s.sendall(b"1234567")
s.shutdown(socket.SHUT_WR)
print(s.recv(1000).decode())
