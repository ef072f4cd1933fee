#!/usr/bin/python3
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.settimeout(5)
ip_addr = os.environ["WIREGRADE_TARGET"]
port = int(os.environ["WIREGRADE_PORT"])
message = os.environ["WIREGRADE_STUDENT"].encode()
s.sendto(message, (ip_addr, port))
data, addr = s.recvfrom(1024)
print(data.decode())
