#!/usr/bin/python3
# expect: step 2 udp.dstport STEP_LATE
# more than three seconds between the first knock and the second
import os
import socket
import time

target = os.environ["WIREGRADE_TARGET"]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(os.environ["WIREGRADE_STUDENT"].encode(), (target, 7411))
time.sleep(3.2)
s.sendto(b'', (target, 9622))
