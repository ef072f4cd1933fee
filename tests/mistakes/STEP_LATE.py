#!/usr/bin/python3
# talk, expect: payload STEP_LATE
# the word is encoded by hand, and the program waits for it
import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'this is smith', ('172.16.1.15', 7010))
word = s.recv(1024).strip()
time.sleep(0.7)
s.sendto(word.hex().encode(), ('172.16.1.15', 7010))
