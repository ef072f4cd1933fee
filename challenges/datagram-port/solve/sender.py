#!/usr/bin/python3
import os
import socket

target = (os.environ["WIREGRADE_TARGET"], 6222)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.settimeout(5)
s.sendto(os.environ["WIREGRADE_STUDENT"].encode(), target)
data, addr = s.recvfrom(1024)
port, word = data.decode().split()

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.settimeout(5)
s.bind(('', int(port) + 1))
s.sendto(word.encode(), target)
data, addr = s.recvfrom(1024)
print(data.decode())
