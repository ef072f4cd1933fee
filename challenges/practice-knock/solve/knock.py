#!/usr/bin/python3
import os
import socket

target = os.environ["WIREGRADE_TARGET"]

# The flag is called back: listen before knocking
listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(os.environ["WIREGRADE_STUDENT"].encode(), (target, 7411))
for port in 9622, 8533:
    s.sendto(b'', (target, port))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
conn.close()
