#!/usr/bin/python3
import os
import socket

s = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
s.sendall(b"\x01\x02\x03")
print(s.recv(1000).decode())
