#!/usr/bin/python3
import os
import socket

me = os.environ["WIREGRADE_STUDENT"].encode()
here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
here.bind(("", 2222))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(me, (os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
_, caller = here.recvfrom(1024)
here.sendto(b"Message received by " + me + b"!", caller)
while not (text := s.recv(1024).decode()).startswith("flag"):
    pass
print(text)
