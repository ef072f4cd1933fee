#!/usr/bin/python3
# expect: step 2 udp.dstport OTHER_STEP
# the ports are knocked at as their numbers go
import os
import socket

target = os.environ["WIREGRADE_TARGET"]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(os.environ["WIREGRADE_STUDENT"].encode(), (target, 7411))
for port in 8533, 9622:
    s.sendto(b'', (target, port))
