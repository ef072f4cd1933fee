#!/usr/bin/python3
import os
import socket
import threading

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM,0)
s.bind(('', 2222))


def receive():
    while True:
        data, addr = s.recvfrom(1024)
        s.sendto(data[::-1], addr)


threading.Thread(target=receive, daemon=True).start()
ask = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
ask.sendall(os.environ["WIREGRADE_STUDENT"].encode() + b"\n")
while data := ask.recv(1024):
    print(data.decode(), end="")
