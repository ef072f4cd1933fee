#!/usr/bin/python3
import os
import socket

# The receiver first, so that nobody connects in vain
port = 1111
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', port))
s.listen(1)

# What nc does in the other terminal
asked = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
asked.connect((os.environ["WIREGRADE_TARGET"], 5111))
handle = os.environ["WIREGRADE_STUDENT"].encode()
asked.send(handle + b"\n")

conn, addr = s.accept()
connect = conn.recv(1024)
conn.sendall(handle + b" received " + connect)
conn.close()

while data := asked.recv(1024):
    print(data.decode())
asked.close()
