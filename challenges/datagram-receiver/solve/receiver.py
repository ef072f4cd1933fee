#!/usr/bin/python3
import os
import socket

port = 2222
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.bind(('', port))

# What nc does in the other terminal
asked = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
asked.connect((os.environ["WIREGRADE_TARGET"], 5222))
handle = os.environ["WIREGRADE_STUDENT"].encode()
asked.send(handle + b"\n")

for i in range(3):
    data, addr = s.recvfrom(1024)
    s.sendto(handle + b" received " + data, addr)

while data := asked.recv(1024):
    print(data.decode())
asked.close()
