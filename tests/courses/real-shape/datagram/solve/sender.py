#!/usr/bin/python3
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.settimeout(5)
s.sendto(b"submarine", (os.environ["WIREGRADE_TARGET"], 10101))
data, addr = s.recvfrom(1024)
print(data.decode())
