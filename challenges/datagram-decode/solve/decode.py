#!/usr/bin/python3
import binascii
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.settimeout(5)
ip_addr = os.environ["WIREGRADE_TARGET"]
port = 5444
s.sendto(os.environ["WIREGRADE_STUDENT"].encode(), (ip_addr, port))
data, addr = s.recvfrom(1024)
s.sendto(binascii.unhexlify(data.strip()), (ip_addr, port))
data, addr = s.recvfrom(1024)
print(data.decode())
