#!/usr/bin/python3
import os
import socket

to = (os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"]))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(os.environ["WIREGRADE_STUDENT"].encode(), to)
port = int(s.recv(1000).split()[-1])
t = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
t.bind(("", port + 1))
t.sendto(b"moved", to)
print(t.recv(1000).decode())
