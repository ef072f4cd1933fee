#!/usr/bin/python3
# expect: step 3 payload ENCODED_TWICE
# the word is taken as it came
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.connect((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
s.recv(1024)
s.send(os.environ["WIREGRADE_STUDENT"].encode() + b"\n")
word = s.recv(1024).strip()
s.send(word.hex().encode() + b"\n")
print(s.recv(1024).decode())
