#!/usr/bin/python3
# steps, expect: payload OTHER_STEP
# the second and third message have changed places
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(('172.16.1.15', 7011))
for message in b'this is smith\n', b'goodbye\n':
    s.send(message)
    s.recv(1024)
