#!/usr/bin/python3
import binascii
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.settimeout(5)
ip_addr = os.environ["WIREGRADE_TARGET"]
port = int(os.environ["WIREGRADE_PORT"])
message = ("I am " + os.environ["WIREGRADE_STUDENT"]).encode()
hidden_msg = binascii.hexlify(message)
s.sendto(hidden_msg, (ip_addr, port))
data, addr = s.recvfrom(1024)
print(data.decode())
