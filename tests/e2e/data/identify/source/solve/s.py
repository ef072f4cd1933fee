#!/usr/bin/env python3
import os, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
s.sendto(b"knock", (os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
print(s.recv(1000).decode())
