#!/usr/bin/env python3
import os, socket
s = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
s.sendall(b"knock\n")
print(s.recv(1000).decode())
