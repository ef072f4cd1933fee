#!/usr/bin/python3
# expect: step 2 payload WRONG_VALUE
# each knock carries the handle
import os
import socket

target = os.environ["WIREGRADE_TARGET"]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for port in 7411, 9622, 8533:
    s.sendto(os.environ["WIREGRADE_STUDENT"].encode(), (target, port))
