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
for line in data.split():
    word = binascii.unhexlify(line)
    if word.isalpha() and word.islower():
        s.sendto(word, (ip_addr, port))
data, addr = s.recvfrom(1024)
print(data.decode())
