#!/usr/bin/env python3
import os
import socket

mine = f"/run/wiregrade/reply/{os.getpid()}"
os.umask(0)
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(mine)
s.sendto(os.environ["WIREGRADE_STUDENT"].encode(), "/run/wiregrade/practice.sock")
data, addr = s.recvfrom(1024)
print(data.decode('utf-8'))
s.close()
os.unlink(mine)
