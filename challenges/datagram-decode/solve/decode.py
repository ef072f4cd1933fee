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
one, other = [binascii.unhexlify(line) for line in data.split()]
assert len(one) == len(other) == 8
# Only the encoded one is letters; the encrypted one is any bytes
if one.isalpha() and one.islower():
    word = one
else:
    word = other
s.sendto(word, (ip_addr, port))
data, addr = s.recvfrom(1024)
print(data.decode())
