#!/usr/bin/python3
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
target = (os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"]))
s.sendto(os.environ["WIREGRADE_STUDENT"].encode(), target)
for _ in range(5):
    data, addr = s.recvfrom(1024)
    s.sendto(str((int(data) + 1) % 65536).encode(), target)
data, addr = s.recvfrom(1024)
print(data.decode())
