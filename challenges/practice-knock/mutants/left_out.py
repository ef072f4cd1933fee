#!/usr/bin/python3
# expect: step 2 udp.dstport OTHER_STEP
# the second knock is left out
import os
import socket

target = os.environ["WIREGRADE_TARGET"]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(os.environ["WIREGRADE_STUDENT"].encode(), (target, 7411))
s.sendto(b'', (target, 8533))
