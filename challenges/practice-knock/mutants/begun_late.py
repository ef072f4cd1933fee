#!/usr/bin/python3
# expect: step 1 udp.dstport OTHER_STEP
# the first knock, which says who it is, is left out
import os
import socket

target = os.environ["WIREGRADE_TARGET"]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for port in 9622, 8533:
    s.sendto(b'', (target, port))
